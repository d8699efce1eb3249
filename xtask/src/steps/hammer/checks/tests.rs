//! A small run without differences, and the same with one thing wrong.

use serde_json::{Value, json};

use super::super::observations::FirstReceipt;
use super::super::stored::StoredEvent;
use super::*;

const CREATED: CreatedCounts = CreatedCounts {
    events: 3,
    actions: 1,
    imported: 1,
};

struct SmallRun {
    workload: Workload,
    observations: Observations,
    stored: StoredData,
}

/// Creates the outcome of an event in the feed.
fn outcome(seq: u64, name: &RecordName, trigger: &str) -> ShownOutcome {
    let json = json!({ "seq": seq, "player": name.0, "event": name.1, "trigger": trigger });
    ShownOutcome::from_json(&json).unwrap()
}

impl SmallRun {
    /// Creates a run with three events that have an outcome each, an action without outcomes, an
    /// imported event, and an outcome that time caused.
    fn new() -> Self {
        let workload = Workload::starting_now(7);
        let sent: Vec<WorkloadEvent> = (0..CREATED.events)
            .map(|number| workload.event(number))
            .collect();
        let action = workload.action(0).name();
        let imported = workload.imported_event(0);
        let mut feed: Vec<ShownOutcome> = (10..)
            .zip(&sent)
            .map(|(seq, event)| outcome(seq, &event.name(), "event"))
            .collect();
        let receipts = sent.iter().zip(&feed).map(|(event, shown)| {
            let receipt = FirstReceipt {
                accepted: true,
                outcomes: Some(vec![shown.clone()]),
            };
            (event.name(), receipt)
        });
        let mut observations = Observations {
            receipts: receipts.collect(),
            accepted: 4,
            ..Observations::default()
        };
        let receipt = FirstReceipt {
            accepted: true,
            outcomes: Some(Vec::new()),
        };
        observations.receipts.insert(action.clone(), receipt);
        feed.push(outcome(20, &sent[0].name(), "time"));
        for name in ["Pages", "Stream"] {
            observations.readers.push((name.to_owned(), feed.clone()));
        }
        let mut events: Vec<StoredEvent> = sent
            .into_iter()
            .chain([imported])
            .map(|event| StoredEvent {
                name: event.name(),
                json: event.json,
            })
            .collect();
        let (player, id) = action.clone();
        events.push(StoredEvent {
            name: action,
            json: json!({ "player": player, "id": id }),
        });
        Self {
            workload,
            observations,
            stored: StoredData { events, feed },
        }
    }

    fn event(&self, number: u64) -> RecordName {
        self.workload.event(number).name()
    }

    fn first_outcome(&mut self, number: u64) -> &mut ShownOutcome {
        let name = self.event(number);
        let receipt = self.observations.receipts.get_mut(&name).unwrap();
        &mut receipt.outcomes.as_mut().unwrap()[0]
    }

    fn find_differences(&self) -> Vec<String> {
        find_differences(&self.observations, &self.stored, &self.workload, CREATED)
    }
}

#[test]
fn a_run_without_differences_has_none() {
    let mut run = SmallRun::new();
    let none: [&str; 0] = [];
    assert_eq!(run.find_differences(), none);
    // Time caused the last outcome after the reader ended.
    run.observations.readers[0].1.pop();
    assert_eq!(run.find_differences(), none);
}

#[test]
fn each_difference_is_found() {
    type Change = fn(&mut SmallRun);
    let table: &[(&str, Change)] = &[
        ("was acknowledged and is not stored", |run| {
            run.stored.events.remove(1);
        }),
        ("was acknowledged and is not stored", |run| {
            run.stored.events.pop();
        }),
        ("was imported and is not stored", |run| {
            run.stored.events.remove(3);
        }),
        ("is stored twice", |run| {
            let event = run.stored.events[1].clone();
            run.stored.events.push(event);
        }),
        ("is stored and was never sent", |run| {
            run.stored.events[1].name.1 = "e99".to_owned();
        }),
        ("is not stored as it was sent", |run| {
            run.stored.events[1].json["props"] = Value::from("other");
        }),
        ("were accepted, and 4 are stored", |run| {
            run.observations.accepted += 1;
        }),
        ("an outcome that is not in the feed", |run| {
            run.stored.feed.remove(1);
        }),
        ("and the feed differ", |run| {
            run.first_outcome(1).json = "{}".to_owned();
        }),
        ("have the same outcome", |run| {
            *run.first_outcome(1) = run.first_outcome(0).clone();
        }),
        ("lacks an outcome of the feed", |run| {
            let name = run.event(1);
            let receipt = run.observations.receipts.get_mut(&name).unwrap();
            receipt.outcomes = Some(Vec::new());
        }),
        ("of the reader Stream is not that of the feed", |run| {
            run.observations.readers[1].1.remove(1);
        }),
        ("of the reader Stream is not that of the feed", |run| {
            let again = run.observations.readers[1].1[1].clone();
            run.observations.readers[1].1.insert(1, again);
        }),
        ("of the reader Pages is not that of the feed", |run| {
            run.observations.readers[0].1.swap(0, 1);
        }),
        ("of the reader Pages is not that of the feed", |run| {
            run.observations.readers[0].1[2].json = "{}".to_owned();
        }),
        ("received 5 outcomes, and the feed has 4", |run| {
            let last = run.observations.readers[0].1[3].clone();
            run.observations.readers[0].1.push(last);
        }),
        ("first", |run| {
            run.observations.report("first".to_owned());
        }),
    ];
    for (expected, change) in table {
        let mut run = SmallRun::new();
        change(&mut run);
        let found = run.find_differences();
        assert!(
            found.iter().any(|difference| difference.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}
