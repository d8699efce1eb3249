//! Selects the events that count from the recorded ones, in timeline order.

use std::collections::BTreeSet;

use crate::event::Event;
use crate::names::acts::{DECISION, GRANDFATHER, PROFILE, RESET, RESET_APPLIED, RESTORE, RETRACT};
use crate::value::{Props, Value};

/// A recorded event with its current retraction state (S13).
#[derive(Debug, Clone, PartialEq)]
pub struct RetractableEvent {
    /// The event. Its player is the one for whom it was recorded, possibly a merged guest.
    pub event: Event,
    /// True if the event is retracted.
    pub retracted: bool,
}

/// Selects the events that count, in timeline order (S1).
///
/// Leaves out retracted events, and grandfathered holdings that depend on them or on other events
/// that are `lapsed` (S14). In a `union` of merged players, it also leaves out events before a
/// reset, which then only affects events of its own player (S19).
pub fn select_effective(
    recorded: Vec<RetractableEvent>,
    lapsed: &BTreeSet<String>,
    union: bool,
) -> Vec<Event> {
    // Merged players may have events with the same id. A grandfathered holding remains while one of
    // them counts.
    let counts: BTreeSet<&str> = recorded
        .iter()
        .filter(|one| !one.retracted)
        .map(|one| one.event.id.as_str())
        .collect();
    let own = recorded
        .iter()
        .filter(|one| one.retracted && !counts.contains(one.event.id.as_str()));
    let retracted: BTreeSet<String> = own
        .map(|one| one.event.id.clone())
        .chain(lapsed.iter().cloned())
        .collect();
    let mut events: Vec<Event> = recorded
        .into_iter()
        .filter(|one| !one.retracted)
        .map(|one| one.event)
        .collect();
    // The player of an event is its origin, the last criterion of the order (S1). Cached, because
    // the key owns its texts.
    events.sort_by_cached_key(|event| (event.position(), event.player.clone()));
    // Without any, the decided effects need not be rewritten.
    if !retracted.is_empty() {
        for event in events.iter_mut().filter(|event| event.name == GRANDFATHER) {
            drop_retracted_holdings(event, &retracted);
        }
    }
    // In the timeline of one player, the fold itself clears everything at the reset.
    if union {
        apply_resets_by_player(events)
    } else {
        events
    }
}

/// Lists the ids of the events that earned grandfathered holdings.
pub fn grandfathering_event_ids(keep: &Event) -> Vec<&str> {
    let Some(Value::Map(decided)) = keep.props.get(DECISION) else {
        return Vec::new();
    };
    let lists = decided.iter().filter_map(|(_, list)| {
        if let Value::List(list) = list {
            Some(list)
        } else {
            None
        }
    });
    let entries = lists.flatten().filter_map(|entry| {
        if let Value::Map(entry) = entry {
            Some(entry)
        } else {
            None
        }
    });
    entries
        .filter_map(|entry| entry.get("event")?.as_text())
        .collect()
}

/// Lists the ids of the events that a retraction or a restoration refers to.
pub fn retraction_targets(act: &Event) -> Vec<&str> {
    if act.name != RETRACT && act.name != RESTORE {
        return Vec::new();
    }
    let listed = match act.props.get("events") {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    act.props
        .get("event")
        .into_iter()
        .chain(listed)
        .filter_map(Value::as_text)
        .collect()
}

/// Removes grandfathered holdings that retracted events had earned.
fn drop_retracted_holdings(keep: &mut Event, retracted: &BTreeSet<String>) {
    let Some(Value::Map(decided)) = keep.props.get(DECISION) else {
        return;
    };
    let stays = |entry: &Value| match entry {
        Value::Map(entry) => !entry
            .get("event")
            .and_then(Value::as_text)
            .is_some_and(|id| retracted.contains(id)),
        _ => true,
    };
    let kept: Props = decided
        .iter()
        .map(|(name, value)| match value {
            Value::List(entries) => (
                name.into(),
                Value::List(
                    entries
                        .iter()
                        .filter(|entry| stays(entry))
                        .cloned()
                        .collect(),
                ),
            ),
            other => (name.into(), other.clone()),
        })
        .collect();
    keep.props.insert(DECISION, Value::Map(kept));
}

/// Removes events of merged players before their resets, except for changes of attributes. The
/// resets remain, marked as done, because later events may still arrive with an earlier time.
fn apply_resets_by_player(events: Vec<Event>) -> Vec<Event> {
    // Going backwards, the first reset of a player decides about all of the player's earlier
    // events.
    let mut over = BTreeSet::new();
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    for mut event in events.into_iter().rev() {
        if event.name == RESET {
            over.insert(event.player.clone());
            event.props.insert(RESET_APPLIED, Value::Bool(true));
            kept.push(event);
        } else if event.name == PROFILE || !over.contains(&event.player) {
            // Attributes survive a reset (S19).
            kept.push(event);
        }
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::props;

    fn event(id: &str, player: &str, name: &str, second: i64) -> Event {
        let at = crate::time::Timestamp::default().plus_micros(second * crate::time::SECOND);
        Event {
            id: id.into(),
            player: player.into(),
            name: name.into(),
            at,
            order: 0,
            props: Props::default(),
        }
    }

    fn ids(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.id.as_str()).collect()
    }

    #[test]
    fn s13_retracted_events_are_left_out() {
        let recorded = [("b", 2, true), ("a", 1, false), ("c", 3, false)];
        let recorded = recorded.map(|(id, at, retracted)| RetractableEvent {
            event: event(id, "ada", "x", at),
            retracted,
        });
        assert_eq!(
            ids(&select_effective(
                recorded.to_vec(),
                &BTreeSet::new(),
                false
            )),
            ["a", "c"]
        );
    }

    #[test]
    fn s14_a_grandfathered_award_ends_with_the_event_that_earned_it() {
        let entry = |id: &str| Value::Map(props! { "badge" => "b", "event" => id });
        let mut keep = event("k", "ada", GRANDFATHER, 9);
        keep.props.insert(
            DECISION,
            Value::Map(
                [("awards".into(), Value::List(vec![entry("a"), entry("b")]))]
                    .into_iter()
                    .collect(),
            ),
        );
        let recorded = [
            (event("a", "ada", "x", 1), true),
            (event("b", "ada", "x", 2), false),
            (keep, false),
        ];
        let recorded = recorded.map(|(event, retracted)| RetractableEvent { event, retracted });
        let events = select_effective(recorded.to_vec(), &BTreeSet::new(), false);
        let Some(Value::Map(decided)) = events[1].props.get(DECISION) else {
            panic!("{events:?}")
        };
        assert_eq!(decided.get("awards"), Some(&Value::List(vec![entry("b")])));
    }

    #[test]
    fn s14_s19_a_grandfathered_award_remains_while_one_of_two_events_with_its_id_counts() {
        let mut keep = event("k", "ada", GRANDFATHER, 9);
        let entry = Value::Map(props! { "badge" => "b", "event" => "e" });
        keep.props.insert(
            DECISION,
            Value::Map(
                [("awards".into(), Value::List(vec![entry]))]
                    .into_iter()
                    .collect(),
            ),
        );
        for (guests, left) in [(false, 1), (true, 0)] {
            let recorded = [
                (event("e", "ada", "x", 1), true),
                (event("e", "guest", "x", 2), guests),
                (keep.clone(), false),
            ];
            let recorded = recorded.map(|(event, retracted)| RetractableEvent { event, retracted });
            let events = select_effective(recorded.to_vec(), &BTreeSet::new(), true);
            assert_eq!(
                grandfathering_event_ids(events.last().unwrap()).len(),
                left,
                "the guest's retracted: {guests}"
            );
        }
    }

    #[test]
    fn s19_a_reset_in_a_union_affects_only_its_own_player() {
        for (events, expected) in [
            (
                vec![
                    ("a", "ada", "x"),
                    ("g", "guest", "x"),
                    ("r", "guest", RESET),
                    ("h", "guest", "x"),
                ],
                vec!["a", "r", "h"],
            ),
            (
                vec![
                    ("a", "ada", "x"),
                    ("p", "guest", PROFILE),
                    ("g", "guest", "x"),
                    ("r", "guest", RESET),
                ],
                vec!["a", "p", "r"],
            ),
        ] {
            let recorded = (0..)
                .zip(events)
                .map(|(second, (id, player, name))| RetractableEvent {
                    event: event(id, player, name, second),
                    retracted: false,
                });
            assert_eq!(
                ids(&select_effective(
                    recorded.collect(),
                    &BTreeSet::new(),
                    true
                )),
                expected
            );
        }
    }
}
