//! Tables written as CSV or as one JSON object per line.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::args::ExportFormat;

/// Writer of rows under a fixed header.
pub(crate) struct TableWriter {
    header: &'static [&'static str],
    sink: TableSink,
    row_count: u64,
}

enum TableSink {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Ndjson(BufWriter<Box<dyn Write>>),
}

impl TableWriter {
    /// Starts a table with these columns. The CSV header is written even if no row follows.
    pub(crate) fn new(
        out: Box<dyn Write>,
        format: ExportFormat,
        header: &'static [&'static str],
    ) -> io::Result<Self> {
        let out = match format {
            ExportFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(header).map_err(into_io_error)?;
                TableSink::Csv(Box::new(writer))
            }
            // The CSV writer has a buffer of its own.
            ExportFormat::Ndjson => TableSink::Ndjson(BufWriter::new(out)),
        };
        Ok(Self {
            header,
            sink: out,
            row_count: 0,
        })
    }

    /// Writes a row, which has one value per column.
    pub(crate) fn write_row(&mut self, row: &[Value]) -> io::Result<()> {
        self.row_count += 1;
        match &mut self.sink {
            TableSink::Csv(writer) => writer
                .write_record(row.iter().map(cell_text))
                .map_err(into_io_error),
            TableSink::Ndjson(out) => {
                serde_json::to_writer(
                    &mut *out,
                    &RowObject {
                        header: self.header,
                        row,
                    },
                )?;
                out.write_all(b"\n")
            }
        }
    }

    /// Flushes the output and returns the number of rows.
    pub(crate) fn finish(self) -> io::Result<u64> {
        match self.sink {
            TableSink::Csv(mut writer) => writer.flush()?,
            TableSink::Ndjson(mut out) => out.flush()?,
        }
        Ok(self.row_count)
    }
}

/// Returns the I/O error inside a CSV error. A closed pipe is recognized by its kind.
fn into_io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        // The kind must survive: a closed pipe is not reported as an error.
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Formats a value for a CSV cell: text so that it cannot be a formula, null as an empty cell, the
/// rest as JSON.
fn cell_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if is_formula(text) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// True if a spreadsheet would evaluate this text. Players choose their ids and names, so a formula
/// could run on the computer of the person who opens the file.
fn is_formula(text: &str) -> bool {
    // Apostrophes before it count, too. Otherwise `'=1` and the guarded form of `=1` would be equal.
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Row that serializes as an object, with keys in the order of the header.
struct RowObject<'a> {
    header: &'static [&'static str],
    row: &'a [Value],
}

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A `serde_json::Map` would sort the keys.
        let mut map = serializer.serialize_map(Some(self.row.len()))?;
        for (name, value) in self.header.iter().zip(self.row) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use serde_json::json;

    use super::*;

    #[derive(Clone, Default)]
    struct SharedBuffer(Rc<RefCell<Vec<u8>>>);

    impl Write for SharedBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn text_in_csv_is_never_a_formula() {
        for (value, expected) in [
            (json!("=1+1"), "'=1+1"),
            (json!("+1"), "'+1"),
            (json!("-1"), "'-1"),
            (json!("@sum"), "'@sum"),
            (json!("\t=1"), "'\t=1"),
            (json!("\r=1"), "'\r=1"),
            (json!("'=1"), "''=1"),
            (json!("'tis"), "'tis"),
            (json!("a=1"), "a=1"),
            (json!(-5), "-5"),
            (json!(-1.5), "-1.5"),
            (json!({ "=": 1 }), "{\"=\":1}"),
        ] {
            assert_eq!(cell_text(&value), expected, "{value}");
        }
    }

    #[test]
    fn rows_are_written_in_the_order_of_the_header() {
        let rows = [
            [json!("b,\"c\""), json!(-5), json!(null)],
            [json!("d"), json!({ "x": [1] }), json!("")],
        ];
        for (format, expected) in [
            (
                ExportFormat::Csv,
                "z,a,m\n\"b,\"\"c\"\"\",-5,\nd,\"{\"\"x\"\":[1]}\",\n",
            ),
            (
                ExportFormat::Ndjson,
                "{\"z\":\"b,\\\"c\\\"\",\"a\":-5,\"m\":null}\n{\"z\":\"d\",\"a\":{\"x\":[1]},\"m\":\"\"}\n",
            ),
        ] {
            let out = SharedBuffer::default();
            let mut table =
                TableWriter::new(Box::new(out.clone()), format, &["z", "a", "m"]).unwrap();
            for row in &rows {
                table.write_row(row).unwrap();
            }
            assert_eq!(table.finish().unwrap(), 2);
            assert_eq!(
                String::from_utf8(out.0.take()).unwrap(),
                expected,
                "{format:?}"
            );
        }
    }
}
