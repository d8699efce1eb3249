//! Reading of the files that `python manage.py dumpdata` writes.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use crate::error::CommandError;

/// Row of a dump.
#[derive(Debug, Deserialize)]
pub(crate) struct DumpRow {
    /// Label of the model, such as `django_gamification.badge`.
    pub(crate) model: String,
    /// Primary key; null in a dump with `--natural-primary`.
    #[serde(default)]
    pub(crate) pk: Value,
    /// Values of the other fields. A foreign key is the primary key of its row.
    pub(crate) fields: Map<String, Value>,
}

/// Reads a file in Django's formats `json` and `jsonl`, and passes each row on.
pub(crate) fn read_dump(
    path: &Path,
    mut take_row: impl FnMut(DumpRow),
) -> Result<(), CommandError> {
    let (input, name): (Box<dyn BufRead>, _) = if path == Path::new("-") {
        (
            Box::new(BufReader::new(io::stdin())),
            "standard input".to_owned(),
        )
    } else {
        let file =
            File::open(path).map_err(|error| CommandError::file_error("read", path, &error))?;
        (Box::new(BufReader::new(file)), path.display().to_string())
    };
    read_rows(input, &mut take_row).map_err(|error| {
        CommandError::new(format!(
            "{name} is not a dump in Django's JSON format: {error}; write it with `python \
             manage.py dumpdata django_gamification … -o FILE.json`"
        ))
    })
}

fn read_rows(
    mut input: impl BufRead,
    take_row: &mut impl FnMut(DumpRow),
) -> Result<(), serde_json::Error> {
    let is_array = starts_with_bracket(&mut input).map_err(serde_json::Error::io)?;
    let mut deserializer = Deserializer::from_reader(input);
    if is_array {
        // Row by row, because a dump can be larger than the memory that its rows need.
        deserializer.deserialize_seq(RowVisitor(take_row))?;
        return deserializer.end();
    }
    for row in deserializer.into_iter() {
        take_row(row?);
    }
    Ok(())
}

/// Skips white space and a byte order mark. True if the input is a JSON array.
fn starts_with_bracket(input: &mut impl BufRead) -> io::Result<bool> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    loop {
        let buffer = input.fill_buf()?;
        match buffer.first() {
            Some(byte) if byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(byte) => {
                input.consume(1);
            }
            first => return Ok(first == Some(&b'[')),
        }
    }
}

struct RowVisitor<'t, F>(&'t mut F);

impl<'de, F: FnMut(DumpRow)> Visitor<'de> for RowVisitor<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            (self.0)(row);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_djangos_json_formats_are_read() {
        let row = r#"{"model": "a.b", "pk": 1, "fields": {"x": null}}"#;
        for (text, expected) in [
            (format!("\u{feff}\n[{row},\n{row}]\n"), Some(2)),
            (format!("{row}\n{row}\n"), Some(2)),
            ("[]".to_owned(), Some(0)),
            (String::new(), Some(0)),
            (format!("[{row}] trailing"), None),
            (format!("[{row}"), None),
            ("- model: a.b\n".to_owned(), None),
        ] {
            let mut count = 0;
            let read = read_rows(text.as_bytes(), &mut |_| count += 1);
            assert_eq!(read.ok().map(|()| count), expected, "{text}");
        }
    }
}
