//! Rejected lines: the first few on standard error, all of them in a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::format::replace_control_chars;

/// Number of rejected lines that standard error shows.
const MAX_SHOWN: u64 = 20;
/// Maximum length of a quoted line, in bytes.
pub(crate) const MAX_TEXT_BYTES: usize = 4096;
/// Maximum length of a reason, in characters. A reason can quote the line.
const MAX_REASON_CHARS: usize = 500;

/// Collector of rejected lines. Their file is created with the first one.
pub(crate) struct RejectedLines {
    path: PathBuf,
    file: RejectsFile,
    count: u64,
}

enum RejectsFile {
    None,
    File(BufWriter<File>),
    Failed(io::Error),
}

impl RejectedLines {
    pub(crate) fn with_path(path: PathBuf) -> Self {
        Self {
            path,
            file: RejectsFile::None,
            count: 0,
        }
    }

    /// Writes a rejected line to the file. Returns the text for standard error, if any.
    pub(crate) fn add_line(&mut self, line: u64, reason: &str, text: &[u8]) -> Option<String> {
        self.count += 1;
        let reason: String = reason.chars().take(MAX_REASON_CHARS).collect();
        let text = String::from_utf8_lossy(&text[..text.len().min(MAX_TEXT_BYTES)]);
        // JSON escapes control characters, so that only the text for the terminal needs a
        // replacement.
        self.write_entry(&json!({ "line": line, "error": reason, "text": text }).to_string());
        (self.count <= MAX_SHOWN).then(|| {
            format!(
                "line {line}: {}",
                replace_control_chars(&reason).replace('\n', " ")
            )
        })
    }

    fn write_entry(&mut self, entry: &str) {
        // Not created earlier, so that an import without rejected lines leaves no file.
        if let RejectsFile::None = self.file {
            self.file = match File::create(&self.path) {
                Ok(file) => RejectsFile::File(BufWriter::new(file)),
                Err(error) => RejectsFile::Failed(error),
            };
        }
        if let RejectsFile::File(file) = &mut self.file
            && let Err(error) = writeln!(file, "{entry}")
        {
            // The import continues; `finish` reports the error.
            self.file = RejectsFile::Failed(error);
        }
    }

    /// Closes the file and returns its name, if there is one, or the error of writing to it.
    pub(crate) fn finish(self) -> Result<Option<PathBuf>, String> {
        let ended = match self.file {
            RejectsFile::None => return Ok(None),
            RejectsFile::File(mut file) => file.flush(),
            RejectsFile::Failed(error) => Err(error),
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
pub(crate) fn default_rejects_path(file: &Path) -> PathBuf {
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
        let mut rejects = RejectedLines::with_path(path.clone());
        let long = [b"\xff\x1b".as_slice(), &[b'x'; 10_000]].concat();
        let shown = (1..=25)
            .filter(|line| rejects.add_line(*line, "bad \u{1b} line", &long).is_some())
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
        assert_eq!(RejectedLines::with_path(path.clone()).finish(), Ok(None));
        let mut rejects = RejectedLines::with_path(path);
        assert!(rejects.add_line(1, "bad", b"").is_some());
        assert!(
            rejects
                .finish()
                .is_err_and(|message| message.contains("--rejects"))
        );
    }

    #[test]
    fn the_file_of_rejected_lines_is_next_to_its_source() {
        assert_eq!(
            default_rejects_path(Path::new("a/events.ndjson")),
            Path::new("a/events.ndjson.rejects.ndjson")
        );
        assert_eq!(
            default_rejects_path(Path::new("-")),
            Path::new("stdin.rejects.ndjson")
        );
    }
}
