//! Rejected lines: the first few on standard error, all of them in a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::output::plain;

/// Number of rejected lines that standard error shows.
const SHOWN: u64 = 20;
/// Maximum length of a quoted line, in bytes.
pub(crate) const TEXT_BYTES: usize = 4096;
/// Maximum length of a reason, in characters. A reason can quote the line.
const REASON_CHARS: usize = 500;

/// Collector of rejected lines. Their file is created with the first one.
pub(crate) struct Rejects {
    path: PathBuf,
    file: Destination,
    count: u64,
}

enum Destination {
    None,
    File(BufWriter<File>),
    Failed(io::Error),
}

impl Rejects {
    pub(crate) fn to(path: PathBuf) -> Self {
        Self {
            path,
            file: Destination::None,
            count: 0,
        }
    }

    /// Writes a rejected line to the file. Returns the text for standard error, if any.
    pub(crate) fn add(&mut self, line: u64, reason: &str, text: &[u8]) -> Option<String> {
        self.count += 1;
        let reason: String = reason.chars().take(REASON_CHARS).collect();
        let text = String::from_utf8_lossy(&text[..text.len().min(TEXT_BYTES)]);
        self.write(&json!({ "line": line, "error": reason, "text": text }).to_string());
        (self.count <= SHOWN).then(|| format!("line {line}: {}", plain(&reason).replace('\n', " ")))
    }

    fn write(&mut self, entry: &str) {
        if let Destination::None = self.file {
            self.file = match File::create(&self.path) {
                Ok(file) => Destination::File(BufWriter::new(file)),
                Err(error) => Destination::Failed(error),
            };
        }
        if let Destination::File(file) = &mut self.file
            && let Err(error) = writeln!(file, "{entry}")
        {
            // The import continues; `finish` reports the error.
            self.file = Destination::Failed(error);
        }
    }

    /// Closes the file and returns its name, if there is one, or the error of writing to it.
    pub(crate) fn finish(self) -> Result<Option<PathBuf>, String> {
        let ended = match self.file {
            Destination::None => return Ok(None),
            Destination::File(mut file) => file.flush(),
            Destination::Failed(error) => Err(error),
        };
        let describe = |error| {
            format!(
                "cannot write {}: {error}; name another file with --rejects",
                self.path.display()
            )
        };
        ended.map(|()| Some(self.path.clone())).map_err(describe)
    }
}

/// Returns the default file of rejected lines for a file of events.
pub(crate) fn beside(file: &Path) -> PathBuf {
    let mut name = if file == Path::new("-") {
        "stdin".into()
    } else {
        file.as_os_str().to_owned()
    };
    name.push(".rejects.ndjson");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_lines_are_cut_and_shown_only_at_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.ndjson.rejects.ndjson");
        let mut rejects = Rejects::to(path.clone());
        let long = [b"\xff\x1b".as_slice(), &[b'x'; 10_000]].concat();
        let shown = (1..=25)
            .filter(|line| rejects.add(*line, "bad \u{1b} line", &long).is_some())
            .count();
        assert_eq!((shown, rejects.finish()), (20, Ok(Some(path.clone()))));

        let written = std::fs::read_to_string(path).unwrap();
        let entries: Vec<serde_json::Value> = written
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!((entries.len(), &entries[24]["line"]), (25, &json!(25)));
        assert!(
            entries[0]["text"]
                .as_str()
                .is_some_and(|text| text.starts_with('\u{fffd}') && text.len() < 5_000)
        );
    }

    #[test]
    fn without_rejected_lines_there_is_no_file() {
        let path = PathBuf::from("no-such-folder/rejects.ndjson");
        assert_eq!(Rejects::to(path.clone()).finish(), Ok(None));
        let mut rejects = Rejects::to(path);
        assert!(rejects.add(1, "bad", b"").is_some());
        assert!(
            rejects
                .finish()
                .is_err_and(|message| message.contains("--rejects"))
        );
    }

    #[test]
    fn the_file_of_rejected_lines_is_next_to_its_source() {
        assert_eq!(
            beside(Path::new("a/events.ndjson")),
            Path::new("a/events.ndjson.rejects.ndjson")
        );
        assert_eq!(beside(Path::new("-")), Path::new("stdin.rejects.ndjson"));
    }
}
