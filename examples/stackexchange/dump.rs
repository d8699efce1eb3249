//! XML files of a dump. Each is read once, with only one row in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use accolade_core::time::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Folder with the files of one site.
pub(crate) struct SiteDump {
    folder: PathBuf,
    progress: ProgressBar,
}

/// Error of reading a dump.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    /// A file cannot be opened.
    #[error(
        "{path}: {source}; a dump needs Posts.xml, Votes.xml, Comments.xml and PostHistory.xml"
    )]
    Open {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A file is not valid XML.
    #[error("{path}, byte {byte}: {problem}")]
    Xml {
        /// Path of the file.
        path: PathBuf,
        /// Position of the error, in bytes.
        byte: u64,
        /// Description of the error.
        problem: String,
    },
}

impl SiteDump {
    /// Opens a dump to read these files. A progress bar is shown if standard error is a terminal.
    pub(crate) fn open_folder(folder: &Path, files: &[&str]) -> Result<Self, DumpError> {
        let mut bytes = 0;
        for file in files {
            let path = folder.join(file);
            let data = path
                .metadata()
                .map_err(|source| DumpError::Open { path, source })?;
            bytes += data.len();
        }
        let style =
            ProgressStyle::with_template("{msg:16} {wide_bar} {binary_bytes_per_sec}, {eta} left")
                .expect("the template is well formed");
        Ok(Self {
            folder: folder.to_owned(),
            progress: ProgressBar::new(bytes).with_style(style),
        })
    }

    /// Passes the named attributes of every `<row …/>` of a file to `visit`, which returns `None`
    /// if it cannot use them. Returns the number of such rows.
    ///
    /// Entities in attributes are not resolved, because numbers and dates do not contain any.
    pub(crate) fn read_rows<const N: usize>(
        &self,
        file: &str,
        names: [&str; N],
        mut visit: impl FnMut([Option<&str>; N]) -> Option<()>,
    ) -> Result<u64, DumpError> {
        let path = self.folder.join(file);
        let input = File::open(&path).map_err(|source| DumpError::Open {
            path: path.clone(),
            source,
        })?;
        self.progress.set_message(file.to_owned());
        let mut reader = Reader::from_reader(BufReader::with_capacity(
            1 << 20,
            self.progress.wrap_read(input),
        ));
        let mut buffer = Vec::new();
        let mut unusable = 0;
        let mut open_elements = 0_usize;
        loop {
            buffer.clear();
            let xml = |byte, problem| DumpError::Xml {
                path: path.clone(),
                byte,
                problem,
            };
            let event = match reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => return Err(xml(reader.error_position(), error.to_string())),
            };
            let row = match event {
                Event::Empty(row) => row,
                Event::Start(row) => {
                    open_elements += 1;
                    row
                }
                Event::End(_) => {
                    open_elements -= 1;
                    continue;
                }
                Event::Eof if open_elements > 0 => {
                    return Err(xml(
                        reader.buffer_position(),
                        "the file ends too early; check that it is complete".into(),
                    ));
                }
                Event::Eof => return Ok(unusable),
                _ => continue,
            };
            if row.name().as_ref() == "row" {
                let attributes = read_attributes(&row, names)
                    .map_err(|problem| xml(reader.buffer_position(), problem))?;
                unusable += u64::from(visit(attributes).is_none());
            }
        }
    }

    /// Removes the progress bar.
    pub(crate) fn finish_progress(self) {
        self.progress.finish_and_clear();
    }
}

fn read_attributes<'a, const N: usize>(
    row: &'a BytesStart<'_>,
    names: [&str; N],
) -> Result<[Option<&'a str>; N], String> {
    let mut values = [None; N];
    for attribute in row.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if let Some(place) = names
            .iter()
            .position(|&name| name == attribute.key.as_ref())
        {
            let Cow::Borrowed(value) = attribute.value else {
                unreachable!("a value without unescaping is borrowed from the row");
            };
            values[place] = Some(value);
        }
    }
    Ok(values)
}

/// Parses the time of a row to microseconds since the Unix epoch. A dump writes times in UTC
/// without a zone.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    format!("{text}Z")
        .parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `rows` on a file with this text. Returns the ids that it visits, and its result.
    fn read_ids(text: &[u8]) -> (Vec<String>, Result<u64, String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Posts.xml"), text).unwrap();
        let dump = SiteDump::open_folder(folder.path(), &["Posts.xml"]).unwrap();
        let mut seen = Vec::new();
        let result = dump.read_rows("Posts.xml", ["Id"], |[id]| {
            seen.push(id?.to_owned());
            Some(())
        });
        (
            seen,
            result.map_err(|error| {
                error
                    .to_string()
                    .replace(&folder.path().display().to_string(), "…")
            }),
        )
    }

    /// Text, the ids in it, and the number of unusable rows or a part of the error.
    type Case = (
        &'static [u8],
        &'static [&'static str],
        Result<u64, &'static str>,
    );

    #[test]
    fn rows_are_read_or_the_error_says_where() {
        let cases: [Case; 10] = [
            (b"<posts><row Id=\"1\" /><row Id=\"2\"></row></posts>", &["1", "2"], Ok(0)),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<posts>\r\n  <row Id=\"1\" />\r\n</posts>",
                &["1"],
                Ok(0),
            ),
            (b"<posts><row Body=\"&lt;p&gt; a > b\" Id=\"1\" /></posts>", &["1"], Ok(0)),
            (b"<posts><row /><row id=\"1\" /></posts>", &[], Ok(2)),
            (b"<posts><row Id=\"\xff\" /></posts>", &[], Err("Posts.xml, byte")),
            (b"<posts></posts>", &[], Ok(0)),
            (b"", &[], Ok(0)),
            (b"<posts><row Id=\"1\" />", &["1"], Err("Posts.xml, byte 21: the file ends too early")),
            (b"<posts><row Id=\"1\" /><row Id=", &["1"], Err("Posts.xml, byte 21:")),
            (b"<posts><row Id=1 /></posts>", &[], Err("Posts.xml, byte")),
        ];
        for (text, ids, expected) in cases {
            let shown = String::from_utf8_lossy(text);
            let (seen, result) = read_ids(text);
            assert_eq!(seen, ids, "{shown}");
            match (&result, expected) {
                (Ok(unusable), Ok(expected)) => assert_eq!(*unusable, expected, "{shown}"),
                (Err(error), Err(part)) => assert!(error.contains(part), "{shown}: {error}"),
                _ => panic!("{shown}: {result:?}"),
            }
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = SiteDump::open_folder(folder.path(), &["Votes.xml"])
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("Votes.xml: ") && error.contains("PostHistory.xml"),
            "{error}"
        );
    }

    #[test]
    fn times_are_in_utc() {
        for (text, micros) in [
            ("1970-01-01T00:00:00.000", Some(0)),
            ("1970-01-02T00:00:00.507", Some(86_400_507_000)),
            ("1970-01-01T00:00:00", Some(0)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), micros, "{text}");
        }
    }
}
