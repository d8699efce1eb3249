//! XML files of a dump. Each is read once, with only one row in memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::left_out::{LeftOutReason, RowCounts};

/// File of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DumpFile {
    /// Questions and answers, among other posts.
    Posts,
    /// Votes on posts.
    Votes,
    /// Comments on posts.
    Comments,
    /// Edits and closings of posts.
    PostHistory,
    /// Badges that the site awarded.
    Badges,
}

impl DumpFile {
    /// Returns the name of the file. Older dumps write it in lower case.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Posts => "Posts.xml",
            Self::Votes => "Votes.xml",
            Self::Comments => "Comments.xml",
            Self::PostHistory => "PostHistory.xml",
            Self::Badges => "Badges.xml",
        }
    }

    /// Describes the effect on the badges if the file is missing; `None` for required files.
    pub(crate) fn describe_absence(self) -> Option<&'static str> {
        match self {
            Self::Posts | Self::Votes | Self::Badges => None,
            Self::Comments => Some("no player can earn Commentator"),
            Self::PostHistory => Some(
                "no player can earn Editor, Explainer or Organizer, and closed questions count for \
                 Curious",
            ),
        }
    }
}

/// Folder with the files of one site.
pub(crate) struct SiteDump {
    paths: BTreeMap<DumpFile, PathBuf>,
    absent: Vec<DumpFile>,
    progress: ProgressBar,
}

/// Error of reading a dump.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DumpError {
    /// A file or folder cannot be opened.
    #[error("{path}: {source}")]
    Open {
        /// Path of the file or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A required file is missing.
    #[error("{folder}: {file} not found; name the folder of an unpacked dump")]
    Missing {
        /// Folder of the dump.
        folder: PathBuf,
        /// Name of the file.
        file: &'static str,
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
    pub(crate) fn open_folder(folder: &Path, files: &[DumpFile]) -> Result<Self, DumpError> {
        let open_error = |path: &Path, source| DumpError::Open {
            path: path.to_owned(),
            source,
        };
        let mut found = BTreeMap::new();
        let mut absent = Vec::new();
        let mut bytes = 0;
        let names = list_names(folder).map_err(|source| open_error(folder, source))?;
        for &file in files {
            if let Some(name) = find_name(&names, file.as_str()) {
                let path = folder.join(name);
                let data = (path.metadata()).map_err(|source| open_error(&path, source))?;
                bytes += data.len();
                found.insert(file, path);
            } else if file.describe_absence().is_some() {
                absent.push(file);
            } else {
                return Err(DumpError::Missing {
                    folder: folder.to_owned(),
                    file: file.as_str(),
                });
            }
        }
        let style =
            ProgressStyle::with_template("{msg:16} {wide_bar} {binary_bytes_per_sec}, {eta} left")
                .expect("the template is well formed");
        Ok(Self {
            paths: found,
            absent,
            progress: ProgressBar::new(bytes).with_style(style),
        })
    }

    /// Returns the optional files that the dump does not have.
    pub(crate) fn absent_files(&self) -> &[DumpFile] {
        &self.absent
    }

    /// Passes the named attributes of every `<row …/>` of a file to `visit`, and counts the rows
    /// that it cannot use. A file that the dump does not have contains no rows.
    ///
    /// Upper and lower case are the same in names of elements and attributes, because dumps of
    /// different years differ in it. Entities in attributes are not resolved, because numbers and
    /// dates do not contain any.
    pub(crate) fn read_rows<const N: usize>(
        &self,
        file: DumpFile,
        names: [&str; N],
        counts: &mut RowCounts,
        mut visit: impl FnMut([Option<&str>; N]) -> Result<(), LeftOutReason>,
    ) -> Result<(), DumpError> {
        let Some(path) = self.paths.get(&file) else {
            return Ok(());
        };
        let input = File::open(path).map_err(|source| DumpError::Open {
            path: path.clone(),
            source,
        })?;
        self.progress.set_message(file.as_str());
        let mut reader = Reader::from_reader(BufReader::with_capacity(
            1 << 20,
            self.progress.wrap_read(input),
        ));
        let xml = |byte, problem: String| DumpError::Xml {
            path: path.clone(),
            byte,
            problem,
        };
        let mut buffer = Vec::new();
        let mut elements = 0_u64;
        let mut depth = 0_usize;
        loop {
            buffer.clear();
            let byte = reader.buffer_position();
            let event = match reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => return Err(xml(reader.error_position(), error.to_string())),
            };
            let outer = depth;
            let element = match event {
                Event::Empty(element) => element,
                Event::Start(element) => {
                    depth += 1;
                    element
                }
                Event::End(_) => {
                    depth -= 1;
                    continue;
                }
                Event::Eof => {
                    return match (depth, elements) {
                        (0, 1..) => Ok(()),
                        (0, 0) => Err(xml(byte, "the file contains no XML element".into())),
                        _ => Err(xml(
                            byte,
                            "the file ends too early; check that it is complete".into(),
                        )),
                    };
                }
                _ => continue,
            };
            elements += 1;
            let used = if element.name().as_ref().eq_ignore_ascii_case("row") {
                counts.count_row(file);
                let attributes = read_attributes(&element, names)
                    .map_err(|problem| xml(reader.buffer_position(), problem))?;
                visit(attributes)
            } else if outer == 1 {
                Err(LeftOutReason::NotARow)
            } else {
                // The root element, or a part of an element that was counted.
                Ok(())
            };
            if let Err(reason) = used {
                counts.leave_out(file, reason, Some(byte));
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
            .position(|name| name.eq_ignore_ascii_case(attribute.key.as_ref()))
        {
            let Cow::Borrowed(value) = attribute.value else {
                unreachable!("a value without unescaping is borrowed from the row");
            };
            values[place] = Some(value);
        }
    }
    Ok(values)
}

/// Lists the names of the files in a folder, in alphabetical order.
fn list_names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in folder.read_dir()? {
        // The names of a dump's files are plain text; others are not looked for.
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Finds a file by its name, or by its name in another case.
fn find_name<'a>(names: &'a [String], wanted: &str) -> Option<&'a String> {
    let exact = names.iter().find(|name| *name == wanted);
    exact.or_else(|| (names.iter()).find(|name| name.eq_ignore_ascii_case(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the rows of a file with this text. Returns the ids in it, and the number of unreadable
    /// rows.
    fn read_ids(text: &[u8]) -> (Vec<String>, Result<u64, String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Posts.xml"), text).unwrap();
        let dump = SiteDump::open_folder(folder.path(), &[DumpFile::Posts]).unwrap();
        let mut seen = Vec::new();
        let mut counts = RowCounts::default();
        let result = dump.read_rows(DumpFile::Posts, ["Id"], &mut counts, |[id]| {
            seen.push(id.ok_or(LeftOutReason::InvalidAttribute("Id"))?.to_owned());
            Ok(())
        });
        (
            seen,
            result
                .map(|()| counts.unreadable_count())
                .map_err(|error| error.to_string()),
        )
    }

    /// Text, the ids in it, and the number of unreadable rows or a part of the error.
    type Case = (
        &'static [u8],
        &'static [&'static str],
        Result<u64, &'static str>,
    );

    #[test]
    fn rows_are_read_or_the_error_says_where() {
        let cases: [Case; 15] = [
            (b"<posts><row Id=\"1\" /><row Id=\"2\"></row></posts>", &["1", "2"], Ok(0)),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<posts>\r\n  <row Id=\"1\" />\r\n</posts>",
                &["1"],
                Ok(0),
            ),
            (b"<posts><row Body=\"&lt;p&gt; a > b\" Id=\"1\" /></posts>", &["1"], Ok(0)),
            (b"<POSTS><ROW ID='1' /><Row id='2' /></POSTS>", &["1", "2"], Ok(0)),
            (b"<row Id=\"1\" /><row Id=\"2\" />", &["1", "2"], Ok(0)),
            (b"<posts><row /><post Id=\"1\"><b/></post></posts>", &[], Ok(2)),
            (b"<posts><row Id=\"\xff\" /></posts>", &[], Err("Posts.xml, byte")),
            (b"<posts></posts>", &[], Ok(0)),
            (b"<posts />", &[], Ok(0)),
            (b"", &[], Err("Posts.xml, byte 0: the file contains no XML element")),
            (b"Id,PostTypeId\n1,1\n", &[], Err("the file contains no XML element")),
            (b"<posts><row Id=\"1\" />", &["1"], Err("Posts.xml, byte 21: the file ends too early")),
            (b"<posts><row Id=\"1\" /><row Id=", &["1"], Err("Posts.xml, byte 21:")),
            (b"<posts><row Id=1 /></posts>", &[], Err("Posts.xml, byte")),
            (b"<posts><row Id=\"1\" /></votes>", &["1"], Err("Posts.xml, byte")),
        ];
        for (text, ids, expected) in cases {
            let shown = String::from_utf8_lossy(text);
            let (seen, result) = read_ids(text);
            assert_eq!(seen, ids, "{shown}");
            match (&result, expected) {
                (Ok(unreadable), Ok(expected)) => assert_eq!(*unreadable, expected, "{shown}"),
                (Err(error), Err(part)) => assert!(error.contains(part), "{shown}: {error}"),
                _ => panic!("{shown}: {result:?}"),
            }
        }
    }

    #[test]
    fn files_are_found_in_any_case_and_a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let open = |files: &[DumpFile]| SiteDump::open_folder(folder.path(), files);
        for name in ["posts.xml", "Posts.xml", "VOTES.XML"] {
            std::fs::write(folder.path().join(name), "<a/>").unwrap();
        }
        let files = [DumpFile::Posts, DumpFile::Votes, DumpFile::PostHistory];
        let dump = open(&files).unwrap();
        let names: Vec<_> = (dump.paths.values())
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            names,
            ["Posts.xml", "VOTES.XML"],
            "the exact name is preferred"
        );
        assert_eq!(dump.absent_files(), [DumpFile::PostHistory]);

        let error = open(&[DumpFile::Badges]).err().unwrap().to_string();
        assert!(error.contains("Badges.xml not found"), "{error}");
        let nowhere = SiteDump::open_folder(&folder.path().join("nowhere"), &files);
        assert!(nowhere.err().unwrap().to_string().contains("nowhere: "));
    }
}
