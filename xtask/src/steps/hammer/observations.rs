//! Responses that the clients of a run have received, and first contradictions among them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Statuses of requests that may be sent again: timeout, rate limit, and service unavailable.
const RETRY_STATUSES: [u64; 3] = [408, 429, 503];

/// Player, and id of an event or key of an action.
pub(super) type RecordName = (String, String);

/// Outcome as the service showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownOutcome {
    /// Number in the feed.
    pub(super) seq: u64,
    pub(super) json: String,
}

/// First response to an acknowledged event or action.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstReceipt {
    /// True if a response has said `accepted`.
    pub(super) accepted: bool,
    /// Outcomes, if a response listed them. The summary of a stream does not.
    pub(super) outcomes: Option<Vec<ShownOutcome>>,
}

/// Everything that clients observed during a run.
#[derive(Debug, Default)]
pub(super) struct Observations {
    pub(super) receipts: BTreeMap<RecordName, FirstReceipt>,
    /// Outcomes that each reader received, with its name.
    pub(super) readers: Vec<(String, Vec<ShownOutcome>)>,
    /// Events and actions that responses called accepted.
    pub(super) accepted: u64,
    /// Events and actions in requests, repetitions included.
    pub(super) sent: u64,
    /// Events and actions in requests that were known when they were sent.
    pub(super) repeated: u64,
    /// Requests and items to be sent again, by status.
    pub(super) refused: BTreeMap<u64, u64>,
    /// Requests without a complete response.
    pub(super) broken: u64,
    /// Actions that were not possible.
    pub(super) impossible: u64,
    /// Contradictions in the order in which they were found.
    pub(super) differences: Vec<String>,
}

impl ShownOutcome {
    /// Reads an outcome of a response.
    pub(super) fn from_json(json: &Value) -> Result<Self, String> {
        let Some(seq) = json["seq"].as_u64() else {
            return Err(format!("an outcome without a number: {json}"));
        };
        let mut json = json.clone();
        remove_pictures(&mut json);
        Ok(Self {
            seq,
            json: json.to_string(),
        })
    }

    /// Reads a list of outcomes.
    pub(super) fn list_from_json(json: &Value) -> Result<Vec<Self>, String> {
        let items = json
            .as_array()
            .ok_or(format!("no list of outcomes: {json}"))?;
        items.iter().map(Self::from_json).collect()
    }
}

/// Removes the URLs of pictures, which contain the port of the service, and are paths on the command
/// line.
fn remove_pictures(outcome: &mut Value) {
    if let Some(fields) = outcome.as_object_mut() {
        fields.remove("avatar");
    }
    if let Some(detail) = outcome["detail"].as_object_mut() {
        detail.remove("image");
        detail.remove("icon");
    }
}

impl Observations {
    pub(super) fn report(&mut self, difference: String) {
        self.differences.push(difference);
    }

    pub(super) fn is_acknowledged(&self, name: &RecordName) -> bool {
        self.receipts.contains_key(name)
    }

    /// Counts the items of a request that is about to be sent. Returns which of them were
    /// acknowledged before.
    pub(super) fn count_sent(&mut self, names: &[RecordName]) -> Vec<bool> {
        let known: Vec<bool> = names
            .iter()
            .map(|name| self.receipts.contains_key(name))
            .collect();
        self.sent += names.len() as u64;
        self.repeated += known.iter().filter(|known| **known).count() as u64;
        known
    }

    /// Records an acknowledgement. `receipt` is a receipt or an item of a batch, and `known` is true
    /// if the event or action was acknowledged before the request.
    pub(super) fn record_receipt(&mut self, name: &RecordName, known: bool, receipt: &Value) {
        let accepted = match receipt["status"].as_str() {
            Some("accepted") => true,
            Some("duplicate") => false,
            _ => return self.report(format!("{name:?} has an unknown status: {receipt}")),
        };
        if receipt["id"] != name.1 {
            self.report(format!("{name:?} got the receipt of another id: {receipt}"));
        }
        match ShownOutcome::list_from_json(&receipt["outcomes"]) {
            Ok(outcomes) => self.record_acknowledgement(name, known, accepted, Some(outcomes)),
            Err(wrong) => self.report(format!("{name:?}: {wrong}")),
        }
    }

    /// Records that a response called an event or an action accepted or a duplicate.
    pub(super) fn record_acknowledgement(
        &mut self,
        name: &RecordName,
        known: bool,
        accepted: bool,
        outcomes: Option<Vec<ShownOutcome>>,
    ) {
        self.accepted += u64::from(accepted);
        let first = self.receipts.entry(name.clone()).or_default();
        let mut found = Vec::new();
        if accepted && first.accepted {
            found.push(format!("{name:?} was accepted twice"));
        } else if accepted && known {
            found.push(format!("{name:?} was accepted after its acknowledgement"));
        }
        first.accepted |= accepted;
        match (&first.outcomes, outcomes) {
            (Some(before), Some(now)) if *before != now => found.push(format!(
                "{name:?} had other outcomes in an earlier response:{}\nthan now:{}",
                print_outcomes(before),
                print_outcomes(&now)
            )),
            (None, Some(now)) => first.outcomes = Some(now),
            _ => {}
        }
        self.differences.extend(found);
    }

    /// Records the refusal of an event. Only those that allow a retry are as expected.
    pub(super) fn record_refusal(&mut self, request: &str, status: u64, problem: &Value) {
        if RETRY_STATUSES.contains(&status) {
            *self.refused.entry(status).or_default() += 1;
        } else {
            self.report(format!("{request} was refused with {status}: {problem}"));
        }
    }

    /// Records the refusal of an action, which may be impossible unless it was acknowledged before
    /// it was sent.
    pub(super) fn record_refused_action(
        &mut self,
        name: &RecordName,
        known: bool,
        status: u64,
        problem: &Value,
    ) {
        if !known && matches!(status, 404 | 409 | 422) {
            self.impossible += 1;
        } else {
            self.record_refusal(&format!("{name:?}"), status, problem);
        }
    }
}

/// Prints each outcome on a line.
fn print_outcomes(outcomes: &[ShownOutcome]) -> String {
    let lines = outcomes.iter().map(|shown| format!("\n  {}", shown.json));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn observe(responses: &[(&str, u64)]) -> Vec<String> {
        let mut observations = Observations::default();
        for (status, seq) in responses {
            let receipt = json!({ "id": "e1", "status": status, "outcomes": [{ "seq": seq }] });
            let name = ("ada".to_owned(), "e1".to_owned());
            observations.record_receipt(&name, false, &receipt);
        }
        observations.differences
    }

    #[test]
    fn an_acknowledged_event_is_not_accepted_any_more() {
        let mut observations = Observations::default();
        let name = ("ada".to_owned(), "e1".to_owned());
        assert_eq!(
            observations.count_sent(std::slice::from_ref(&name)),
            [false]
        );
        observations.record_acknowledgement(&name, false, false, None);
        assert_eq!(observations.count_sent(std::slice::from_ref(&name)), [true]);
        assert_eq!((observations.sent, observations.repeated), (2, 1));
        observations.record_acknowledgement(&name, true, false, None);
        let none: [&str; 0] = [];
        assert_eq!(observations.differences, none);
        observations.record_acknowledgement(&name, true, true, None);
        assert_eq!(
            observations.differences,
            ["(\"ada\", \"e1\") was accepted after its acknowledgement"]
        );
    }

    #[test]
    fn an_event_is_accepted_once_and_repeats_its_outcomes() {
        let none: [&str; 0] = [];
        assert_eq!(observe(&[("accepted", 1), ("duplicate", 1)]), none);
        assert_eq!(observe(&[("duplicate", 1), ("accepted", 1)]), none);
        assert_eq!(
            observe(&[("accepted", 1), ("accepted", 1)]),
            ["(\"ada\", \"e1\") was accepted twice"]
        );
        let other = observe(&[("accepted", 1), ("duplicate", 2)]);
        assert!(other[0].contains("had other outcomes"), "{other:?}");
        assert!(observe(&[("rejected", 1)])[0].contains("unknown status"));
    }

    #[test]
    fn only_a_refusal_that_allows_a_retry_is_as_expected() {
        let name = ("ada".to_owned(), "a1".to_owned());
        for (status, event, new_action, known_action) in [
            (408, 0, 0, 0),
            (429, 0, 0, 0),
            (503, 0, 0, 0),
            (409, 1, 0, 1),
            (422, 1, 0, 1),
            (500, 1, 1, 1),
        ] {
            let mut observations = Observations::default();
            observations.record_refusal("e1", status, &Value::Null);
            assert_eq!(observations.differences.len(), event, "{status}");
            observations.record_refused_action(&name, false, status, &Value::Null);
            assert_eq!(
                observations.differences.len(),
                event + new_action,
                "{status}"
            );
            observations.record_refused_action(&name, true, status, &Value::Null);
            assert_eq!(
                observations.differences.len(),
                event + new_action + known_action,
                "{status}"
            );
        }
    }
}
