//! `accolade import`

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use accolade::{Engine, NewEvent, ReceiptStatus, Rejection};
use accolade_core::event::EventError;
use accolade_web::models::UnheardEventsModel;
use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::args::ImportArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::event_names;
use crate::format::{count_noun, group_thousands};
use crate::import::ids::LineIds;
use crate::import::lines::{
    ENDLESS_BYTES, LineCompleteness, MAX_LINE_BYTES, NumberedLine, NumberedLines,
};
use crate::import::pipeline::{EventPipeline, ImportResult};
use crate::import::reject_reason::{MalformedLine, RejectReason};
use crate::import::rejects::{self, MAX_TEXT_BYTES, RejectedLines};
use crate::output::Output;
use crate::progress;

/// Number of consecutive lines without an event that stops an import.
// A file of another kind would otherwise be copied to the rejects file, line by line.
const MAX_LINES_WITHOUT_EVENT: u64 = 100_000;

/// Records the events of a file.
pub(crate) fn run_import(
    args: &ImportArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    // Opened first, so that a wrong file name creates no database.
    let source = ImportSource::open(&args.file)?;
    let engine = database.open_or_create()?;
    let rejects = args
        .rejects
        .clone()
        .unwrap_or_else(|| rejects::default_rejects_path(&args.file));
    let mut report = ImportReport::new(source.bar, RejectedLines::with_path(rejects));
    let read = import_lines(&engine, args.allow_actions, source.input, &mut report);
    report.bar.finish_and_clear();
    // The rejects file is complete even if the import fails.
    let (counts, rejects) = (report.counts, report.rejects.finish());
    let stopped = read.map_err(|failure| {
        let kept = format!(
            "stopped after line {}; everything up to it is recorded",
            counts.last_line
        );
        failure.with_context(format!("{kept}; import the file again to continue"))
    })?;
    engine.close()?;

    let seconds = report.started.elapsed().as_secs_f64();
    let document = json!({
        "file": args.file,
        "database": database.url,
        "accepted": counts.accepted,
        "duplicates": counts.duplicates,
        "conflicts": counts.conflicts,
        "rejected": counts.rejected(),
        "rejected_by_reason": counts.rejected_by_reason(),
        "blank_lines": counts.blank_lines,
        "outcomes": counts.outcomes,
        "unheard": counts.unheard,
        "seconds": seconds,
        "events_per_second": counts.events_per_second(seconds),
        "rejects": rejects.as_ref().ok(),
        "rejects_error": rejects.as_ref().err(),
        "stopped": stopped,
    });
    output.print_result(&document, || {
        counts.to_text(
            &args.file,
            &database.url,
            seconds,
            &rejects,
            stopped.as_deref(),
        )
    })?;
    Ok(match stopped {
        Some(_) => ExitStatus::Error,
        None => ExitStatus::success_if(counts.rejected() + counts.conflicts == 0),
    })
}

/// Input of an import and its progress bar.
struct ImportSource {
    input: Box<dyn BufRead>,
    bar: ProgressBar,
}

impl ImportSource {
    fn open(path: &Path) -> Result<Self, CommandError> {
        if path == Path::new("-") {
            return Ok(Self {
                input: Box::new(BufReader::new(io::stdin())),
                bar: progress::start_spinner(),
            });
        }
        let opened =
            File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
        let (file, metadata) =
            opened.map_err(|error| CommandError::file_error("read", path, &error))?;
        // Opening a directory succeeds on Unix; the error of reading it would not name the mistake.
        if metadata.is_dir() {
            return Err(CommandError::new(format!(
                "{} is a directory; name a file of events, or - for standard input",
                path.display()
            )));
        }
        // A pipe or a device has no length.
        let bar = if metadata.is_file() {
            progress::start_byte_bar(metadata.len())
        } else {
            progress::start_spinner()
        };
        Ok(Self {
            input: Box::new(BufReader::new(file)),
            bar,
        })
    }
}

/// Sends every line to the engine. Returns the reason if it stopped before the end.
fn import_lines(
    engine: &Engine,
    may_act: bool,
    input: impl BufRead,
    report: &mut ImportReport,
) -> Result<Option<String>, CommandError> {
    let mut ids = LineIds::default();
    let mut barren = 0;
    let mut stopped = None;
    let mut blank_lines = 0;
    let mut pipeline = EventPipeline::new(engine, may_act, |line, answer| {
        report.count_result(&line, answer)
    });
    for line in NumberedLines::new(input) {
        let mut line =
            line.map_err(|error| CommandError::new(format!("cannot read the next line: {error}")))?;
        let bytes = line.text.len();
        let event = parse_event(&line, &mut ids);
        barren = if matches!(event, Ok(Some(_))) {
            0
        } else {
            barren + 1
        };
        // The iterator ends after this line, which is still reported as rejected.
        if line.completeness == LineCompleteness::Endless {
            stopped = Some(format!(
                "line {} has no end within {ENDLESS_BYTES} bytes; nothing after it was read",
                line.number
            ));
        }
        if let Some(event) = event.transpose() {
            // The line is kept until its receipt arrives, only to be quoted if it is rejected.
            line.text.truncate(MAX_TEXT_BYTES);
            line.text.shrink_to_fit();
            pipeline.send(line, bytes, event)?;
        } else {
            blank_lines += 1;
        }
        if barren == MAX_LINES_WITHOUT_EVENT {
            stopped = Some(format!(
                "{} consecutive lines contain no event; is this a file of events?",
                group_thousands(barren)
            ));
            break;
        }
    }
    // Also after a stop: the events before it are recorded.
    pipeline.finish()?;
    report.counts.blank_lines = blank_lines;
    Ok(stopped)
}

/// Parses the event of a line; `None` for a blank line.
fn parse_event(line: &NumberedLine, ids: &mut LineIds) -> Result<Option<NewEvent>, MalformedLine> {
    let too_long = |message| {
        let reason = RejectReason::TooLong;
        Err(MalformedLine { reason, message })
    };
    match line.completeness {
        LineCompleteness::Whole => {}
        LineCompleteness::TooLong(bytes) => {
            return too_long(format!(
                "the line has {bytes} bytes; the limit is {MAX_LINE_BYTES}"
            ));
        }
        LineCompleteness::Endless => {
            return too_long(format!("the line has no end within {ENDLESS_BYTES} bytes"));
        }
    }
    // Editors on Windows put a byte order mark before the first line.
    let text = line
        .text
        .strip_prefix("\u{feff}".as_bytes())
        .filter(|_| line.number == 1)
        .unwrap_or(&line.text);
    if text.trim_ascii().is_empty() {
        return Ok(None);
    }
    let mut event = NewEvent::from_json(text).map_err(|error| MalformedLine {
        reason: RejectReason::from_event_error(&error),
        message: error.to_string(),
    })?;
    if event.id.is_none() {
        // Importing the file again must find the same ids (S12).
        event.id = Some(ids.next_id(text).into());
    }
    Ok(Some(event))
}

/// Results of the lines so far.
struct ImportReport {
    counts: ImportCounts,
    rejects: RejectedLines,
    bar: ProgressBar,
    started: Instant,
}

impl ImportReport {
    fn new(bar: ProgressBar, rejects: RejectedLines) -> Self {
        Self {
            counts: ImportCounts::default(),
            rejects,
            bar,
            started: Instant::now(),
        }
    }

    fn count_result(
        &mut self,
        line: &NumberedLine,
        answer: ImportResult,
    ) -> Result<(), CommandError> {
        self.counts.last_line = line.number;
        if let ImportResult::Recorded(receipt) = &answer
            && let Some(unheard) = &receipt.unheard
        {
            self.counts.unheard.count_event(unheard);
        }
        match answer {
            ImportResult::Recorded(receipt) if receipt.status == ReceiptStatus::Duplicate => {
                self.counts.duplicates += 1
            }
            ImportResult::Recorded(receipt) => {
                self.counts.accepted += 1;
                self.counts.outcomes += receipt.outcomes.len() as u64;
            }
            ImportResult::Malformed(malformed) => {
                self.counts.count_rejected(malformed.reason);
                self.reject_line(line, &malformed.message);
            }
            ImportResult::Rejected(rejection) => {
                // Counted apart: a conflict means that other content is recorded under the id.
                if matches!(rejection, Rejection::Conflict { .. }) {
                    self.counts.conflicts += 1;
                } else {
                    let reason = RejectReason::from_rejection(&rejection);
                    self.counts.count_rejected(reason);
                }
                self.reject_line(line, &rejection_reason(&rejection));
            }
        }
        // Updating the bar for every line would slow the import down.
        if self.counts.last_line.is_multiple_of(1_000) {
            let rate = self
                .counts
                .events_per_second(self.started.elapsed().as_secs_f64());
            self.bar.set_message(format!(
                "{} events, {} per second",
                group_thousands(self.counts.event_count()),
                group_thousands(rate)
            ));
            self.bar.set_position(line.end_offset);
        }
        Ok(())
    }

    fn reject_line(&mut self, line: &NumberedLine, reason: &str) {
        if let Some(shown) = self.rejects.add_line(line.number, reason, &line.text) {
            // Without this, the bar would overwrite the message.
            self.bar.suspend(|| eprintln!("{shown}"));
        }
    }
}

/// Describes why an event was rejected and, for an action, how to import it.
fn rejection_reason(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Invalid(EventError::Reserved(_)) => {
            format!("{rejection}; to import actions from an export, add --allow-actions")
        }
        _ => rejection.to_string(),
    }
}

#[derive(Default)]
struct ImportCounts {
    /// Number of the last line whose result is known.
    last_line: u64,
    accepted: u64,
    duplicates: u64,
    conflicts: u64,
    rejected: BTreeMap<RejectReason, u64>,
    /// Number of blank lines, which are not rejected.
    blank_lines: u64,
    outcomes: u64,
    unheard: UnheardEventsModel,
}

impl ImportCounts {
    fn count_rejected(&mut self, reason: RejectReason) {
        *self.rejected.entry(reason).or_default() += 1;
    }

    fn rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    fn rejected_by_reason(&self) -> Map<String, Value> {
        (self.rejected.iter())
            .map(|(reason, count)| (reason.json_name().to_owned(), json!(count)))
            .collect()
    }

    fn event_count(&self) -> u64 {
        self.accepted + self.duplicates + self.conflicts
    }

    /// Returns the events per second.
    fn events_per_second(&self, seconds: f64) -> u64 {
        // A short file takes no measurable time.
        (self.event_count() as f64 / seconds.max(0.001)) as u64
    }

    fn to_text(
        &self,
        file: &Path,
        url: &str,
        seconds: f64,
        rejects: &Result<Option<PathBuf>, String>,
        stopped: Option<&str>,
    ) -> String {
        let file = if file == Path::new("-") {
            "standard input".to_owned()
        } else {
            file.display().to_string()
        };
        let seen = self.event_count() + self.rejected();
        let mut lines = match seen {
            0 => vec![format!("{file} contains no events; nothing was imported")],
            _ => vec![format!("imported {file} into {url}")],
        };
        if seen > 0 {
            lines.extend([
                format!("  accepted    {:>12}", group_thousands(self.accepted)),
                format!("  duplicates  {:>12}", group_thousands(self.duplicates)),
                format!("  conflicts   {:>12}", group_thousands(self.conflicts)),
                format!("  rejected    {:>12}", group_thousands(self.rejected())),
            ]);
            lines.extend((self.rejected.iter()).map(|(reason, count)| {
                format!("    {} {}", group_thousands(count), reason.as_str())
            }));
            lines.extend([
                format!("  blank lines {:>12}", group_thousands(self.blank_lines)),
                format!("  outcomes    {:>12}", group_thousands(self.outcomes)),
                format!(
                    "{} in {seconds:.1} s ({} per second)",
                    count_noun(self.event_count(), "event"),
                    group_thousands(self.events_per_second(seconds))
                ),
            ]);
        }
        lines.extend(event_names::describe_unheard(&self.unheard));
        match rejects {
            Ok(Some(path)) => lines.push(format!("rejected lines are in {}", path.display())),
            Ok(None) => {}
            Err(message) => lines.push(format!("warning: {message}")),
        }
        if let Some(reason) = stopped {
            lines.push(format!("stopped before the end: {reason}"));
        }
        lines.join("\n")
    }
}
