//! `accolade import`

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use accolade::core::event::EventError;
use accolade::{Engine, NewEvent, Rejection, Status};
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::Import;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::import::ids::LineIds;
use crate::import::lines::{ENDLESS_BYTES, LINE_BYTES, Length, Line, Lines};
use crate::import::pipeline::{Answer, Pipeline};
use crate::import::rejects::{self, Rejects, TEXT_BYTES};
use crate::output::{Output, counted, thousands};
use crate::progress;

/// Number of consecutive lines without an event that stops an import.
const BARREN_LINES: u64 = 100_000;

/// Records the events of a file.
pub(crate) fn run(args: &Import, database: &Database, output: Output) -> Result<Ending, Failure> {
    let source = Source::open(&args.file)?;
    let engine = database.to_write()?;
    let rejects = args
        .rejects
        .clone()
        .unwrap_or_else(|| rejects::beside(&args.file));
    let mut report = Report::new(source.bar, Rejects::to(rejects));
    let read = import(&engine, args.allow_actions, source.input, &mut report);
    report.bar.finish_and_clear();
    // The rejects file is complete even if the import fails.
    let (tally, rejects) = (report.tally, report.rejects.finish());
    let stopped = read.map_err(|failure| {
        let kept = format!(
            "stopped after line {}; everything up to it is recorded",
            tally.line
        );
        failure.context(format!("{kept}; import the file again to continue"))
    })?;
    engine.close()?;

    let seconds = report.started.elapsed().as_secs_f64();
    let document = json!({
        "file": args.file,
        "database": database.url,
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "conflicts": tally.conflicts,
        "rejected": tally.rejected,
        "outcomes": tally.outcomes,
        "seconds": seconds,
        "events_per_second": tally.rate(seconds),
        "rejects": rejects.as_ref().ok(),
        "rejects_error": rejects.as_ref().err(),
        "stopped": stopped,
    });
    output.show(&document, || {
        tally.describe(
            &args.file,
            &database.url,
            seconds,
            &rejects,
            stopped.as_deref(),
        )
    })?;
    Ok(match stopped {
        Some(_) => Ending::Failed,
        None => Ending::fine_if(tally.rejected + tally.conflicts == 0),
    })
}

/// Input of an import and its progress bar.
struct Source {
    input: Box<dyn BufRead>,
    bar: ProgressBar,
}

impl Source {
    fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self {
                input: Box::new(BufReader::new(io::stdin())),
                bar: progress::endless(),
            });
        }
        let opened =
            File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
        let (file, metadata) = opened.map_err(|error| Failure::file("read", path, &error))?;
        if metadata.is_dir() {
            return Err(Failure::new(format!(
                "{} is a directory; name a file of events, or - for standard input",
                path.display()
            )));
        }
        let bar = if metadata.is_file() {
            progress::bytes(metadata.len())
        } else {
            progress::endless()
        };
        Ok(Self {
            input: Box::new(BufReader::new(file)),
            bar,
        })
    }
}

/// Sends every line to the engine. Returns the reason if it stopped before the end.
fn import(
    engine: &Engine,
    may_act: bool,
    input: impl BufRead,
    report: &mut Report,
) -> Result<Option<String>, Failure> {
    let mut ids = LineIds::default();
    let mut barren = 0;
    let mut stopped = None;
    let mut pipeline = Pipeline::new(engine, may_act, |line, answer| report.note(&line, answer));
    for line in Lines::new(input) {
        let mut line =
            line.map_err(|error| Failure::new(format!("cannot read the next line: {error}")))?;
        let bytes = line.text.len();
        let event = event(&line, &mut ids);
        barren = if matches!(event, Ok(Some(_))) {
            0
        } else {
            barren + 1
        };
        if line.length == Length::Endless {
            stopped = Some(format!(
                "line {} has no end within {ENDLESS_BYTES} bytes; nothing after it was read",
                line.number
            ));
        }
        if let Some(event) = event.transpose() {
            // The line is kept until its receipt arrives, only to be quoted if it is rejected.
            line.text.truncate(TEXT_BYTES);
            line.text.shrink_to_fit();
            pipeline.send(line, bytes, event)?;
        }
        if barren == BARREN_LINES {
            stopped = Some(format!(
                "{} consecutive lines contain no event; is this a file of events?",
                thousands(barren)
            ));
            break;
        }
    }
    pipeline.finish()?;
    Ok(stopped)
}

/// Parses the event of a line; `None` for a blank line.
fn event(line: &Line, ids: &mut LineIds) -> Result<Option<NewEvent>, String> {
    match line.length {
        Length::Whole => {}
        Length::TooLong(bytes) => {
            return Err(format!(
                "the line has {bytes} bytes; the limit is {LINE_BYTES}"
            ));
        }
        Length::Endless => return Err(format!("the line has no end within {ENDLESS_BYTES} bytes")),
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
    let mut event = NewEvent::from_json(text).map_err(|error| error.to_string())?;
    if event.id.is_none() {
        event.id = Some(ids.next(text));
    }
    Ok(Some(event))
}

/// Results of the lines so far.
struct Report {
    tally: Tally,
    rejects: Rejects,
    bar: ProgressBar,
    started: Instant,
}

impl Report {
    fn new(bar: ProgressBar, rejects: Rejects) -> Self {
        Self {
            tally: Tally::default(),
            rejects,
            bar,
            started: Instant::now(),
        }
    }

    fn note(&mut self, line: &Line, answer: Answer) -> Result<(), Failure> {
        self.tally.line = line.number;
        match answer {
            Answer::Recorded(receipt) if receipt.status == Status::Duplicate => {
                self.tally.duplicates += 1
            }
            Answer::Recorded(receipt) => {
                self.tally.accepted += 1;
                self.tally.outcomes += receipt.outcomes.len() as u64;
            }
            Answer::Malformed(reason) => {
                self.tally.rejected += 1;
                self.reject(line, &reason);
            }
            Answer::Rejected(rejection) => {
                let conflict = matches!(rejection, Rejection::Conflict { .. });
                *(if conflict {
                    &mut self.tally.conflicts
                } else {
                    &mut self.tally.rejected
                }) += 1;
                self.reject(line, &reason(&rejection));
            }
        }
        // Updating the bar for every line would slow the import down.
        if self.tally.line.is_multiple_of(1_000) {
            let rate = self.tally.rate(self.started.elapsed().as_secs_f64());
            self.bar.set_message(format!(
                "{} events, {} per second",
                thousands(self.tally.events()),
                thousands(rate)
            ));
            self.bar.set_position(line.read);
        }
        Ok(())
    }

    fn reject(&mut self, line: &Line, reason: &str) {
        if let Some(shown) = self.rejects.add(line.number, reason, &line.text) {
            // Without this, the bar would overwrite the message.
            self.bar.suspend(|| eprintln!("{shown}"));
        }
    }
}

/// Describes why an event was rejected and, for an action, how to import it.
fn reason(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Invalid(EventError::Reserved(_)) => {
            format!("{rejection}; to import actions from an export, add --allow-actions")
        }
        _ => rejection.to_string(),
    }
}

#[derive(Default)]
struct Tally {
    /// Number of the last line whose result is known.
    line: u64,
    accepted: u64,
    duplicates: u64,
    conflicts: u64,
    rejected: u64,
    outcomes: u64,
}

impl Tally {
    fn events(&self) -> u64 {
        self.accepted + self.duplicates + self.conflicts
    }

    /// Returns the events per second.
    fn rate(&self, seconds: f64) -> u64 {
        (self.events() as f64 / seconds.max(0.001)) as u64
    }

    fn describe(
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
        let seen = self.events() + self.rejected;
        let mut lines = match seen {
            0 => vec![format!("{file} contains no events; nothing was imported")],
            _ => vec![format!("imported {file} into {url}")],
        };
        if seen > 0 {
            lines.extend([
                format!("  accepted    {:>12}", thousands(self.accepted)),
                format!("  duplicates  {:>12}", thousands(self.duplicates)),
                format!("  conflicts   {:>12}", thousands(self.conflicts)),
                format!("  rejected    {:>12}", thousands(self.rejected)),
                format!("  outcomes    {:>12}", thousands(self.outcomes)),
                format!(
                    "{} in {seconds:.1} s ({} per second)",
                    counted(self.events(), "event"),
                    thousands(self.rate(seconds))
                ),
            ]);
        }
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
