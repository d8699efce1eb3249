//! Readers of the feed: by page, by long poll, and by stream. All run the whole time, and continue
//! after the last number that they received.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::{ClientResponse, ServiceClient};
use super::observations::ShownOutcome;
use super::run::{self, HammerRun};
use super::workload::RandomPurpose;

/// Page sizes of readers.
const PAGE_LIMITS: [u32; 3] = [1, 7, 200];
/// Longest time until a reader of a stream cuts it, in milliseconds.
const LONGEST_STREAM_MILLIS: u64 = 6000;
/// Time without a new outcome after which a reader gives up, if it may not end yet.
const PATIENCE: Duration = Duration::from_secs(120);

/// Way to read the feed.
#[derive(Debug, Clone, Copy)]
pub(super) enum FeedReader {
    Pages,
    LongPoll,
    Stream,
}

pub(super) const FEED_READERS: [FeedReader; 3] =
    [FeedReader::Pages, FeedReader::LongPoll, FeedReader::Stream];

/// Outcomes of a reader so far.
struct ReadState<'a> {
    run: &'a HammerRun,
    client: ServiceClient,
    random: fastrand::Rng,
    name: String,
    /// Number after which the reader continues.
    after: u64,
    outcomes: Vec<ShownOutcome>,
}

/// Reads the feed until the last number is reached, and records what was read.
pub(super) fn run_reader(run: &HammerRun, reader: FeedReader) {
    let mut state = ReadState {
        run,
        client: ServiceClient::with_key(&run.key),
        random: run.workload.random(RandomPurpose::Reader, reader as u64),
        name: format!("{reader:?}"),
        after: 0,
        outcomes: Vec::new(),
    };
    let mut last_progress = Instant::now();
    while !run.is_read(state.after) {
        let before = state.after;
        if let Some(url) = run.choose_url(&mut state.random) {
            match reader {
                FeedReader::Pages => state.read_page(&url, ""),
                FeedReader::LongPoll => state.read_page(&url, "&wait=2"),
                FeedReader::Stream => state.read_stream(&url),
            }
        }
        if state.after > before {
            last_progress = Instant::now();
        } else if last_progress.elapsed() > PATIENCE && !run.is_working() {
            let what = format!("the reader {} got stuck after {before}", state.name);
            run.observe().report(what);
            break;
        }
    }
    run.observe().readers.push((state.name, state.outcomes));
}

impl ReadState<'_> {
    fn read_page(&mut self, url: &str, options: &str) {
        let limit = PAGE_LIMITS[self.random.usize(..PAGE_LIMITS.len())];
        let path = format!("/v1/feed?after={}&limit={limit}{options}", self.after);
        let Some(ClientResponse { status, body }) = self.client.get(&format!("{url}{path}")) else {
            self.run.observe().broken += 1;
            return run::pause_before_retry();
        };
        if status != 200 {
            self.run.observe().record_refusal(&path, status, &body);
            return run::pause_before_retry();
        }
        let count = self.outcomes.len();
        match ShownOutcome::list_from_json(&body["items"]) {
            Ok(outcomes) => outcomes.into_iter().for_each(|shown| self.append(shown)),
            Err(wrong) => self.report(&format!("{path}: {wrong}")),
        }
        if body["after"] != self.after {
            self.report(&format!("{path} continues after {}", body["after"]));
        }
        if self.outcomes.len() == count {
            run::pause_before_retry();
        }
    }

    fn read_stream(&mut self, url: &str) {
        let cut_after = Duration::from_millis(self.random.u64(..=LONGEST_STREAM_MILLIS));
        let path = format!("{url}/v1/live");
        let Some((status, lines)) = self.client.open_stream(&path, self.after, cut_after) else {
            self.run.observe().broken += 1;
            return run::pause_before_retry();
        };
        if status != 200 {
            self.run
                .observe()
                .record_refusal("/v1/live", status, &Value::Null);
            return run::pause_before_retry();
        }
        let mut parser = ServerSentEvent::default();
        for line in lines {
            let Some(event) = parser.push_line(&line) else {
                continue;
            };
            match event.parse_outcome() {
                Ok(Some(shown)) => self.append(shown),
                Ok(None) => {}
                Err(wrong) => self.report(&wrong),
            }
            if self.run.is_read(self.after) {
                break;
            }
        }
    }

    fn append(&mut self, shown: ShownOutcome) {
        self.after = shown.seq;
        self.outcomes.push(shown);
    }

    fn report(&self, what: &str) {
        let difference = format!("the reader {} after {}: {what}", self.name, self.after);
        self.run.observe().report(difference);
    }
}

/// Server-sent event whose lines arrive one by one.
#[derive(Debug, Default)]
struct ServerSentEvent {
    name: String,
    id: String,
    data: String,
}

impl ServerSentEvent {
    /// Adds a line. Returns the event that an empty line ends.
    fn push_line(&mut self, line: &str) -> Option<Self> {
        if line.is_empty() {
            return Some(std::mem::take(self));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = value.to_owned(),
            "id" => self.id = value.to_owned(),
            "data" => self.data.push_str(value),
            // Comments keep the connection alive.
            _ => {}
        }
        None
    }

    /// Reads the outcome; `None` if the event is of another kind.
    fn parse_outcome(&self) -> Result<Option<ShownOutcome>, String> {
        if self.name != "outcome" {
            return Ok(None);
        }
        let json: Value = serde_json::from_str(&self.data)
            .map_err(|error| format!("an event without JSON: {error}: {}", self.data))?;
        let shown = ShownOutcome::from_json(&json)?;
        if self.id != shown.seq.to_string() {
            return Err(format!("an event with the id {} holds {json}", self.id));
        }
        Ok(Some(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_events(text: &str) -> Vec<Result<Option<u64>, String>> {
        let mut parser = ServerSentEvent::default();
        text.lines()
            .filter_map(|line| parser.push_line(line))
            .map(|event| Ok(event.parse_outcome()?.map(|shown| shown.seq)))
            .collect()
    }

    #[test]
    fn complete_events_are_read_and_a_cut_one_is_not() {
        let text = "event: ready\nid: 4\ndata: {}\n\n: keep-alive\n\nevent: outcome\nid: 5\n\
            data: {\"seq\":5}\n\nevent: outcome\nid: 6\ndata: {\"seq\":6}\n";
        assert_eq!(parse_events(text), [Ok(None), Ok(None), Ok(Some(5))]);
    }

    #[test]
    fn an_id_that_is_not_the_number_is_a_difference() {
        let found = parse_events("event: outcome\nid: 4\ndata: {\"seq\":5}\n\n");
        assert_eq!(
            found,
            [Err("an event with the id 4 holds {\"seq\":5}".to_owned())]
        );
    }
}
