//! Tables written as CSV or as one JSON object per line.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::args::ExportFormat;

/// Writer of rows under a fixed header.
pub(crate) struct TableWriter {
    header: &'static [&'static str],
    out: Sink,
    written: u64,
}

enum Sink {
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
                writer.write_record(header).map_err(io_error)?;
                Sink::Csv(Box::new(writer))
            }
            ExportFormat::Ndjson => Sink::Ndjson(BufWriter::new(out)),
        };
        Ok(Self {
            header,
            out,
            written: 0,
        })
    }

    /// Writes a row, which has one value per column.
    pub(crate) fn write(&mut self, row: &[Value]) -> io::Result<()> {
        self.written += 1;
        match &mut self.out {
            Sink::Csv(writer) => writer.write_record(row.iter().map(text)).map_err(io_error),
            Sink::Ndjson(out) => {
                serde_json::to_writer(
                    &mut *out,
                    &Object {
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
        match self.out {
            Sink::Csv(mut writer) => writer.flush()?,
            Sink::Ndjson(mut out) => out.flush()?,
        }
        Ok(self.written)
    }
}

/// Returns the I/O error inside a CSV error. A closed pipe is recognized by its kind.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Formats a value for a CSV cell: strings as they are, null as an empty cell, the rest as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Row that serializes as an object, with keys in the order of the header.
struct Object<'a> {
    header: &'static [&'static str],
    row: &'a [Value],
}

impl Serialize for Object<'_> {
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
    struct Shared(Rc<RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
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
            let out = Shared::default();
            let mut table =
                TableWriter::new(Box::new(out.clone()), format, &["z", "a", "m"]).unwrap();
            for row in &rows {
                table.write(row).unwrap();
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
