//! Events and manual actions of a run. Each is a pure function of the seed, the start of the run,
//! and its number, so that a retry has the same content.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// Number of players.
const PLAYERS: u64 = 80;
/// Length of the history before the start of the run, in seconds.
const HISTORY_SECONDS: u64 = 5 * 24 * 3600;
/// Events that are recorded for each action, on average. Retractions choose among them.
const EVENTS_PER_ACTION: u64 = 40;

/// Purpose of random numbers. Each has sequences of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum RandomPurpose {
    Event = 1,
    ImportedEvent,
    Action,
    Worker,
    Killer,
    Reader,
    Importer,
}

/// Seed and start of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workload {
    pub(super) seed: u64,
    /// Start of the run in seconds since 1970.
    start: u64,
}

/// Event as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkloadEvent {
    pub(super) id: String,
    pub(super) player: String,
    /// JSON object of the request.
    pub(super) json: Value,
}

/// Manual action as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkloadAction {
    /// Idempotency key, which becomes the id of the action.
    pub(super) key: String,
    pub(super) player: String,
    /// JSON object of the request.
    pub(super) json: Value,
}

impl WorkloadEvent {
    pub(super) fn name(&self) -> (String, String) {
        (self.player.clone(), self.id.clone())
    }
}

impl WorkloadAction {
    pub(super) fn name(&self) -> (String, String) {
        (self.player.clone(), self.key.clone())
    }
}

impl Workload {
    /// Creates the workload of a run that starts now.
    pub(super) fn starting_now(seed: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            seed,
            start: now.unwrap_or_default().as_secs(),
        }
    }

    /// Returns the sequence of random numbers of a purpose and a number.
    pub(super) fn random(&self, purpose: RandomPurpose, number: u64) -> fastrand::Rng {
        let mixed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((purpose as u64) << 56);
        fastrand::Rng::with_seed(mixed.wrapping_add(number))
    }

    /// Creates the event with this number that a worker sends.
    pub(super) fn event(&self, number: u64) -> WorkloadEvent {
        self.create_event(format!("e{number}"), RandomPurpose::Event, number)
    }

    /// Creates the event with this number of the imported file.
    pub(super) fn imported_event(&self, number: u64) -> WorkloadEvent {
        self.create_event(format!("i{number}"), RandomPurpose::ImportedEvent, number)
    }

    fn create_event(&self, id: String, purpose: RandomPurpose, number: u64) -> WorkloadEvent {
        let mut random = self.random(purpose, number);
        let player = choose_player(&mut random);
        let (name, props) = match random.u32(..12) {
            0..5 => ("visit", json!({ "country": random.u32(..6) })),
            5..8 => ("post", json!({ "words": random.u32(1..20) })),
            _ => (
                "vote",
                json!({ "delta": random.i32(-1..=3), "post": random.u32(..20) }),
            ),
        };
        let mut second = self.start - random.u64(..HISTORY_SECONDS);
        // Full hours make many events of a player simultaneous.
        if random.u32(..3) == 0 {
            second -= second % 3600;
        }
        let at = UNIX_EPOCH + Duration::from_secs(second);
        let mut json = json!({
            "id": id, "player": player, "name": name,
            "at": humantime::format_rfc3339_seconds(at).to_string(),
        });
        match random.u32(..10) {
            0 => json["order"] = json!(1),
            1 => json["order"] = json!(-1),
            _ => {}
        }
        // Conditions then fail on the missing property.
        if random.u32(..100) > 0 {
            json["props"] = props;
        }
        WorkloadEvent { id, player, json }
    }

    /// Creates the manual action with this number.
    pub(super) fn action(&self, number: u64) -> WorkloadAction {
        let mut random = self.random(RandomPurpose::Action, number);
        let key = format!("a{number}");
        let kind = random.u32(..10);
        let target = match kind {
            6 | 7 => Some(self.event(random.u64(..(number + 1) * EVENTS_PER_ACTION))),
            8 => self.find_retracted_event(number),
            _ => None,
        };
        let (player, json) = match (kind, target) {
            (6 | 7, Some(event)) => (
                event.player,
                json!({ "type": "retract", "events": [event.id] }),
            ),
            (_, Some(event)) => (
                event.player,
                json!({ "type": "restore", "events": [event.id] }),
            ),
            (4, _) => (
                choose_player(&mut random),
                json!({ "type": "award", "badge": "thanks" }),
            ),
            (5, _) => (
                choose_player(&mut random),
                json!({ "type": "revoke", "badge": "thanks" }),
            ),
            (9, _) => (choose_player(&mut random), create_profile(&mut random)),
            _ => (choose_player(&mut random), create_points(&mut random)),
        };
        WorkloadAction { key, player, json }
    }

    /// Finds the event that the latest retraction before this action retracts.
    fn find_retracted_event(&self, number: u64) -> Option<WorkloadEvent> {
        (0..number).rev().find_map(|earlier| {
            let mut random = self.random(RandomPurpose::Action, earlier);
            matches!(random.u32(..10), 6 | 7)
                .then(|| self.event(random.u64(..(earlier + 1) * EVENTS_PER_ACTION)))
        })
    }
}

fn choose_player(random: &mut fastrand::Rng) -> String {
    format!("p{:02}", random.u64(..PLAYERS))
}

fn create_profile(random: &mut fastrand::Rng) -> Value {
    let mut set = Map::new();
    set.insert(
        "name".to_owned(),
        json!(format!("Player {}", random.u32(..1000))),
    );
    if random.u32(..3) == 0 {
        set.insert("zone".to_owned(), json!("America/New_York"));
    }
    json!({ "type": "profile", "set": set })
}

fn create_points(random: &mut fastrand::Rng) -> Value {
    let currency = if random.bool() { "xp" } else { "coins" };
    json!({
        "type": "points", "currency": currency, "amount": random.i32(-10..=20),
        "overdraft": random.u32(..4) == 0,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const WORKLOAD: Workload = Workload {
        seed: 7,
        start: 1_800_000_000,
    };

    #[test]
    fn an_event_and_an_action_are_functions_of_seed_and_number() {
        for number in 0..200 {
            assert_eq!(WORKLOAD.event(number), WORKLOAD.event(number));
            assert_eq!(WORKLOAD.action(number), WORKLOAD.action(number));
        }
        let other = Workload {
            seed: 8,
            ..WORKLOAD
        };
        let same = (0..200).filter(|&number| other.event(number) == WORKLOAD.event(number));
        assert_eq!(same.count(), 0);
    }

    #[test]
    fn events_are_late_simultaneous_ordered_and_sometimes_without_properties() {
        let events: Vec<WorkloadEvent> = (0..5000).map(|number| WORKLOAD.event(number)).collect();
        let players: BTreeSet<&str> = events.iter().map(|event| event.player.as_str()).collect();
        assert_eq!(players.len() as u64, PLAYERS);
        let places: BTreeSet<(&str, &str)> = events
            .iter()
            .map(|event| (event.player.as_str(), event.json["at"].as_str().unwrap()))
            .collect();
        assert!(places.len() < events.len() - 80, "{}", places.len());
        let late = events.windows(2).filter(|pair| {
            pair[1].json["at"].as_str().unwrap() < pair[0].json["at"].as_str().unwrap()
        });
        assert!(late.count() > 2000);
        for order in [-1, 1] {
            let ordered = events.iter().filter(|event| event.json["order"] == order);
            assert!((300..700).contains(&ordered.count()), "{order}");
        }
        let bare = events.iter().filter(|event| event.json["props"].is_null());
        assert!((20..100).contains(&bare.count()));
    }

    #[test]
    fn every_kind_of_action_occurs() {
        let kinds: BTreeSet<String> = (0..100)
            .map(|number| WORKLOAD.action(number).json["type"].to_string())
            .collect();
        let expected = ["award", "points", "profile", "restore", "retract", "revoke"];
        assert_eq!(
            kinds.into_iter().collect::<Vec<_>>(),
            expected.map(|kind| format!("\"{kind}\""))
        );
    }
}
