//! Workers: send events and actions, new ones and old ones, acknowledged or not.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::client::ServiceClient;
use super::observations::RecordName;
use super::run::{self, HammerRun};
use super::workload::{RandomPurpose, WorkloadAction, WorkloadEvent};

/// Number of concurrent workers.
pub(super) const WORKERS: u64 = 20;
/// Newest events among which a worker chooses those to send again.
const RECENT_EVENTS: u64 = 2000;
/// Newest actions among which a worker chooses those to send again.
const RECENT_ACTIONS: u64 = 100;
const BATCH_SIZES: [usize; 3] = [2, 10, 60];
/// Lines of a stream.
const STREAM_LINES: usize = 200;
/// Events in a batch after the kills. A larger batch folds the late events of a player together.
const LAST_BATCH_SIZE: usize = 500;
/// Attempts to send what was not acknowledged during the run.
const LAST_ATTEMPTS: u32 = 100;

struct HammerWorker<'a> {
    run: &'a HammerRun,
    client: ServiceClient,
    random: fastrand::Rng,
}

/// Sends events and actions until workers are stopped.
pub(super) fn run_worker(run: &HammerRun, number: u64) {
    let mut worker = HammerWorker::new(run, number);
    while run.is_working() {
        match worker.random.u32(..100) {
            0..50 => worker.send_drawn_event(),
            50..75 => {
                let size = BATCH_SIZES[worker.random.usize(..BATCH_SIZES.len())];
                let events = worker.draw_events(size);
                worker.send_batch(&events);
            }
            75..80 => {
                let events = worker.draw_events(STREAM_LINES);
                worker.send_stream(&events);
            }
            _ => {
                let action = worker.draw_action();
                worker.send_action(&action);
            }
        }
    }
}

/// Sends everything again: first until all events are acknowledged, then once more, so that each
/// response can be compared with the first one. All servers run.
pub(super) fn send_everything_again(run: &HammerRun) {
    let mut worker = HammerWorker::new(run, WORKERS);
    let events: Vec<WorkloadEvent> = (0..run.next_event.load(Ordering::SeqCst))
        .map(|number| run.workload.event(number))
        .collect();
    for attempt in 1.. {
        let missing: Vec<WorkloadEvent> = events
            .iter()
            .filter(|event| !run.observe().is_acknowledged(&event.name()))
            .cloned()
            .collect();
        if missing.is_empty() || !run.has_no_difference() {
            break;
        }
        if attempt > LAST_ATTEMPTS {
            let count = missing.len();
            let what = format!("{count} events are not acknowledged after {LAST_ATTEMPTS} retries");
            return run.observe().report(what);
        }
        for some in missing.chunks(LAST_BATCH_SIZE) {
            worker.send_batch(some);
        }
    }
    for some in events.chunks(LAST_BATCH_SIZE) {
        worker.send_batch(some);
    }
    for number in 0..run.next_action.load(Ordering::SeqCst) {
        worker.send_action(&run.workload.action(number));
    }
}

impl<'a> HammerWorker<'a> {
    fn new(run: &'a HammerRun, number: u64) -> Self {
        Self {
            run,
            client: ServiceClient::with_key(&run.key),
            random: run.workload.random(RandomPurpose::Worker, number),
        }
    }

    /// Draws events, of which about two thirds are new, and shuffles them.
    fn draw_events(&mut self, count: usize) -> Vec<WorkloadEvent> {
        let mut numbers: Vec<u64> = (0..count).map(|_| self.draw_event_number()).collect();
        self.random.shuffle(&mut numbers);
        numbers
            .into_iter()
            .map(|number| self.run.workload.event(number))
            .collect()
    }

    fn draw_event_number(&mut self) -> u64 {
        let next = self.run.next_event.load(Ordering::SeqCst);
        if next == 0 || self.random.u32(..100) < 65 {
            self.run.next_event.fetch_add(1, Ordering::SeqCst)
        } else {
            self.random.u64(next.saturating_sub(RECENT_EVENTS)..next)
        }
    }

    fn draw_action(&mut self) -> WorkloadAction {
        let next = self.run.next_action.load(Ordering::SeqCst);
        let number = if next == 0 || self.random.u32(..100) < 70 {
            self.run.next_action.fetch_add(1, Ordering::SeqCst)
        } else {
            self.random.u64(next.saturating_sub(RECENT_ACTIONS)..next)
        };
        self.run.workload.action(number)
    }

    /// Sends a body to a server that is up. Returns the response if it is complete.
    fn post(
        &mut self,
        path: &str,
        media_type: &str,
        key: Option<&str>,
        body: &str,
    ) -> Option<(u64, Value)> {
        let url = self.run.choose_url(&mut self.random)?;
        let Some(response) = self
            .client
            .post(&format!("{url}{path}"), media_type, key, body)
        else {
            self.run.observe().broken += 1;
            run::pause_before_retry();
            return None;
        };
        Some((response.status, response.body))
    }

    fn send_drawn_event(&mut self) {
        let number = self.draw_event_number();
        let event = self.run.workload.event(number);
        let name = event.name();
        let known = self.run.observe().count_sent(std::slice::from_ref(&name))[0];
        let body = event.json.to_string();
        match self.post("/v1/events", "application/json", None, &body) {
            Some((200 | 201, receipt)) => self.run.observe().record_receipt(&name, known, &receipt),
            Some((status, problem)) => {
                self.run
                    .observe()
                    .record_refusal(&format!("{name:?}"), status, &problem);
            }
            None => {}
        }
    }

    fn send_batch(&mut self, events: &[WorkloadEvent]) {
        let names: Vec<RecordName> = events.iter().map(WorkloadEvent::name).collect();
        let known = self.run.observe().count_sent(&names);
        let body = Value::Array(events.iter().map(|event| event.json.clone()).collect());
        let response = self.post("/v1/events", "application/json", None, &body.to_string());
        let Some((status, body)) = response else {
            return;
        };
        let mut observations = self.run.observe();
        if status != 200 {
            return observations.record_refusal("a batch", status, &body);
        }
        let items = body["items"].as_array().map_or(&[][..], Vec::as_slice);
        if items.len() != names.len() {
            observations.report(format!(
                "a batch of {} got {} results",
                names.len(),
                items.len()
            ));
        }
        for ((name, known), item) in names.iter().zip(known).zip(items) {
            match item["problem"]["status"].as_u64() {
                None => observations.record_receipt(name, known, item),
                Some(status) => {
                    observations.record_refusal(&format!("{name:?}"), status, &item["problem"]);
                }
            }
        }
    }

    fn send_stream(&mut self, events: &[WorkloadEvent]) {
        let names: Vec<RecordName> = events.iter().map(WorkloadEvent::name).collect();
        let known = self.run.observe().count_sent(&names);
        let lines: String = events
            .iter()
            .map(|event| format!("{}\n", event.json))
            .collect();
        let Some((status, summary)) =
            self.post("/v1/events/stream", "application/x-ndjson", None, &lines)
        else {
            return;
        };
        let mut observations = self.run.observe();
        if status != 200 {
            return observations.record_refusal("a stream", status, &summary);
        }
        let count = |field: &str| summary[field].as_u64().unwrap_or(u64::MAX);
        let sum = count("accepted").checked_add(count("duplicates"));
        if sum.and_then(|sum| sum.checked_add(count("rejected"))) != Some(names.len() as u64) {
            return observations.report(format!("a stream of {} lines got {summary}", names.len()));
        }
        let rejects = summary["rejects"].as_array().cloned().unwrap_or_default();
        for reject in &rejects {
            let status = reject["problem"]["status"].as_u64().unwrap_or(0);
            observations.record_refusal("a line of a stream", status, &reject["problem"]);
        }
        // The summary does not say which lines were accepted, and which were duplicates.
        if count("rejected") == 0 {
            let all_new = count("duplicates") == 0;
            for (name, known) in names.iter().zip(known) {
                observations.record_acknowledgement(name, known, all_new, None);
            }
            observations.accepted += if all_new { 0 } else { count("accepted") };
        } else {
            observations.accepted += count("accepted");
        }
    }

    fn send_action(&mut self, action: &WorkloadAction) {
        let name = action.name();
        let known = self.run.observe().count_sent(std::slice::from_ref(&name))[0];
        let path = format!("/v1/players/{}/actions", action.player);
        let body = action.json.to_string();
        match self.post(&path, "application/json", Some(&action.key), &body) {
            Some((200 | 201, receipt)) => self.run.observe().record_receipt(&name, known, &receipt),
            Some((status, problem)) => {
                self.run
                    .observe()
                    .record_refused_action(&name, known, status, &problem);
            }
            None => {}
        }
    }
}
