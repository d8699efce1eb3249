//! Import of a file next to the servers, which is killed several times and then runs to its end.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::run::{self, HammerRun};
use super::workload::{RandomPurpose, Workload};
use crate::steps::service::ServiceSetup;

/// Number of times that the import is killed.
const IMPORT_KILLS: u32 = 3;
/// Time until an import is killed, in milliseconds.
const KILL_AFTER_MILLIS: std::ops::RangeInclusive<u64> = 500..=6000;
/// Attempts to import without a kill. An import may fail because the database stays busy.
const LAST_ATTEMPTS: u32 = 3;

/// File of events to import.
#[derive(Debug, Clone)]
pub(super) struct ImportFile {
    path: PathBuf,
    lines: u64,
}

/// Child process that is killed if this is dropped.
struct KilledChild(Child);

impl Drop for KilledChild {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl ImportFile {
    /// Writes a file with this number of events.
    pub(super) fn write(folder: &Path, workload: &Workload, lines: u64) -> Result<Self, String> {
        let path = folder.join("import.ndjson");
        let write_lines = || {
            let mut file = BufWriter::new(File::create(&path)?);
            for number in 0..lines {
                writeln!(file, "{}", workload.imported_event(number).json)?;
            }
            file.flush()
        };
        match write_lines() {
            Ok(()) => Ok(Self { path, lines }),
            Err(error) => Err(format!("cannot write {}: {error}", path.display())),
        }
    }

    /// Imports the file, kills the import several times, and lets it run to its end.
    pub(super) fn import_with_kills(
        &self,
        run: &HammerRun,
        setup: &ServiceSetup,
    ) -> Result<(), String> {
        let mut random = run.workload.random(RandomPurpose::Importer, 0);
        let path = self.path.display().to_string();
        let arguments = ["import", &path, "--json"];
        for _ in 0..IMPORT_KILLS {
            let mut command = setup.command(&arguments);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let child = command
                .spawn()
                .map_err(|error| format!("cannot run {command:?}: {error}"))?;
            let child = KilledChild(child);
            run::pause_for(Duration::from_millis(random.u64(KILL_AFTER_MILLIS)));
            drop(child);
        }
        let mut attempt = 1;
        let printed = loop {
            match setup.run_command(&arguments) {
                Ok(printed) => break printed,
                Err(error) if attempt >= LAST_ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
        };
        self.check_summary(&printed)
    }

    /// Checks that the last import has found every line acceptable.
    fn check_summary(&self, printed: &str) -> Result<(), String> {
        let summary: Value = serde_json::from_str(printed).unwrap_or_default();
        let count = |field: &str| summary[field].as_u64();
        let imported = count("accepted").zip(count("duplicates"));
        if imported.map(|(accepted, duplicates)| accepted + duplicates) == Some(self.lines) {
            Ok(())
        } else {
            Err(format!(
                "the import of {} lines ended with {printed}",
                self.lines
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_lacks_a_line_is_a_difference() {
        let file = ImportFile {
            path: PathBuf::from("import.ndjson"),
            lines: 5,
        };
        for (printed, good) in [
            (r#"{"accepted": 2, "duplicates": 3}"#, true),
            (r#"{"accepted": 2, "duplicates": 2, "rejected": 1}"#, false),
            ("", false),
        ] {
            assert_eq!(file.check_summary(printed).is_ok(), good, "{printed}");
        }
    }
}
