//! From what was recorded to what the fold is given: the events that count, in order.

use std::collections::BTreeSet;

use crate::event::Event;
use crate::names::acts::{DECIDED, DONE, KEEP, PROFILE, RESET, RESTORE, RETRACT};
use crate::value::{Props, Value};

/// An event as it was recorded, and whether the last word on it is a retraction (S13).
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The event. Its player is the one it was recorded for, which may be a guest who was merged.
    pub event: Event,
    /// Whether it was taken back.
    pub retracted: bool,
}

/// The events that count, in timeline order (S1).
///
/// Left out are events that were retracted, what a publication kept because of them or of other events that are
/// `lapsed` (S14), and, in a `union` of several players, what a reset made stop counting: there it is about events of
/// its own player only (S19).
pub fn effective(recorded: Vec<Recorded>, lapsed: &BTreeSet<String>, union: bool) -> Vec<Event> {
    // Two players of a union may have events of one id. What was kept because of it stays as long as one of them counts.
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
    events.sort_by_cached_key(|event| (event.position(), event.player.clone()));
    if !retracted.is_empty() {
        for event in events.iter_mut().filter(|event| event.name == KEEP) {
            let_go(event, &retracted);
        }
    }
    if union {
        reset_by_origin(events)
    } else {
        events
    }
}

/// The events because of which a publication kept something.
pub fn kept_because_of(keep: &Event) -> Vec<&str> {
    let Some(Value::Map(decided)) = keep.props.get(DECIDED) else {
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

/// The ids that a retraction or its undoing names.
pub fn named(act: &Event) -> Vec<&str> {
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

/// Takes what retracted events had earned out of what a publication kept.
fn let_go(keep: &mut Event, retracted: &BTreeSet<String>) {
    let Some(Value::Map(decided)) = keep.props.get(DECIDED) else {
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
    keep.props.insert(DECIDED, Value::Map(kept));
}

/// Leaves out what players of a union had done before they were reset; attributes stay. The resets stay too, because
/// what comes before them comes late, and have nothing left to do.
fn reset_by_origin(events: Vec<Event>) -> Vec<Event> {
    let mut over = BTreeSet::new();
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    for mut event in events.into_iter().rev() {
        if event.name == RESET {
            over.insert(event.player.clone());
            event.props.insert(DONE, Value::Bool(true));
            kept.push(event);
        } else if event.name == PROFILE || !over.contains(&event.player) {
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
        let at = crate::time::Timestamp::default().plus(second * crate::time::SECOND);
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
    fn s13_what_was_retracted_is_left_out() {
        let recorded = [("b", 2, true), ("a", 1, false), ("c", 3, false)];
        let recorded = recorded.map(|(id, at, retracted)| Recorded {
            event: event(id, "ada", "x", at),
            retracted,
        });
        assert_eq!(
            ids(&effective(recorded.to_vec(), &BTreeSet::new(), false)),
            ["a", "c"]
        );
    }

    #[test]
    fn s14_a_kept_award_lapses_with_the_event_that_earned_it() {
        let entry = |id: &str| Value::Map(props! { "badge" => "b", "event" => id });
        let mut keep = event("k", "ada", KEEP, 9);
        keep.props.insert(
            DECIDED,
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
        let recorded = recorded.map(|(event, retracted)| Recorded { event, retracted });
        let events = effective(recorded.to_vec(), &BTreeSet::new(), false);
        let Some(Value::Map(decided)) = events[1].props.get(DECIDED) else {
            panic!("{events:?}")
        };
        assert_eq!(decided.get("awards"), Some(&Value::List(vec![entry("b")])));
    }

    #[test]
    fn s14_s19_what_was_kept_stays_while_one_of_two_events_of_an_id_counts() {
        let mut keep = event("k", "ada", KEEP, 9);
        let entry = Value::Map(props! { "badge" => "b", "event" => "e" });
        keep.props.insert(
            DECIDED,
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
            let recorded = recorded.map(|(event, retracted)| Recorded { event, retracted });
            let events = effective(recorded.to_vec(), &BTreeSet::new(), true);
            assert_eq!(
                kept_because_of(events.last().unwrap()).len(),
                left,
                "the guest's retracted: {guests}"
            );
        }
    }

    #[test]
    fn s19_a_reset_of_a_union_is_about_its_own_player() {
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
                .map(|(second, (id, player, name))| Recorded {
                    event: event(id, player, name, second),
                    retracted: false,
                });
            assert_eq!(
                ids(&effective(recorded.collect(), &BTreeSet::new(), true)),
                expected
            );
        }
    }
}
