//! Steps of a sequence. Each is meaningful on its own, whatever was removed before it.

use accolade::{Props, Value};

use super::dice::Dice;
use super::fragile::FailurePoint;

/// A step. Its numbers refer to whatever exists when it runs.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Engine that runs it.
    pub(crate) engine: usize,
    /// Number of transactions before a crash, and its point.
    pub(crate) crash: Option<(usize, FailurePoint)>,
    pub(crate) what: Operation,
}

/// An operation.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// Records events in one request.
    Record(Vec<SentEvent>),
    /// Sends an acknowledged event again, optionally with other content.
    Resend { pick: usize, changed: bool },
    /// Submits a manual action.
    Action {
        id: usize,
        player: usize,
        hours_ago: Option<i64>,
        hand: ManualAction,
    },
    /// Retracts or restores events, which may not exist.
    Retract {
        id: usize,
        player: usize,
        picks: Vec<usize>,
        unknown: Option<usize>,
        restore: bool,
    },
    /// Retracts a range of events.
    RetractRange {
        id: usize,
        player: Option<usize>,
        name: &'static str,
        hours_ago: i64,
    },
    /// Merges two players.
    Merge {
        id: usize,
        player: usize,
        guest: usize,
    },
    /// Undoes a merge.
    Unmerge { id: usize, pick: usize },
    /// Erases a player.
    Erase { player: usize },
    /// Publishes another catalog.
    Publish { catalog: usize, take_back: bool },
    /// Waits for the backfill.
    AwaitBackfill,
    /// Advances the clock.
    Advance { minutes: i64 },
    /// Processes due timers.
    ProcessTimers,
    /// Prunes the feed.
    Prune { hours_ago: i64 },
    /// Reads a page of the feed.
    ReadFeed { reader: usize, limit: usize },
    /// Closes and reopens the engine.
    Reopen,
    /// Compares everything.
    Check,
}

/// An event to send.
#[derive(Debug, Clone)]
pub(crate) struct SentEvent {
    pub(crate) id: usize,
    pub(crate) player: usize,
    pub(crate) name: &'static str,
    /// Instant of the event; set by the engine if missing.
    pub(crate) hours_ago: Option<i64>,
    pub(crate) order: i64,
    pub(crate) props: Props,
}

/// A manual action on one player.
#[derive(Debug, Clone)]
pub(crate) enum ManualAction {
    Award {
        badge: usize,
        tier: usize,
        key: usize,
    },
    Revoke {
        badge: usize,
        tier: usize,
        key: usize,
    },
    AddProgress {
        badge: usize,
        key: usize,
        add: i64,
    },
    SetProgress {
        badge: usize,
        key: usize,
        value: i64,
    },
    Points {
        currency: usize,
        amount: i64,
        overdraft: bool,
    },
    Profile {
        zone: Option<&'static str>,
    },
    Reset,
}

/// Names of events.
const NAMES: [&str; 3] = ["post", "vote", "walk"];

/// Generates a sequence.
pub(crate) fn sequence(dice: &mut Dice) -> Vec<Step> {
    let length = 10 + dice.below(51);
    (0..length)
        .map(|number| random_step(dice, number))
        .collect()
}

fn random_step(dice: &mut Dice, number: usize) -> Step {
    let what = random_operation(dice, number);
    let engine = usize::from(dice.once_in(4));
    let crash = dice.once_in(12).then(|| {
        (
            dice.below(2),
            dice.one_of(&[
                FailurePoint::Begin,
                FailurePoint::Lost,
                FailurePoint::Unacknowledged,
            ]),
        )
    });
    Step {
        engine,
        crash,
        what,
    }
}

fn random_operation(dice: &mut Dice, id: usize) -> Operation {
    let player = dice.below(5);
    match dice.below(100) {
        0..36 => Operation::Record(
            (0..1 + dice.below(4))
                .map(|place| random_event(dice, id * 4 + place))
                .collect(),
        ),
        36..41 => Operation::Resend {
            pick: dice.below(1_000),
            changed: dice.once_in(4),
        },
        41..55 => {
            let hours_ago = dice.once_in(4).then(|| random_hours_ago(dice));
            Operation::Action {
                id,
                player,
                hours_ago,
                hand: random_action(dice),
            }
        }
        55..65 => {
            let picks = (0..1 + dice.below(3)).map(|_| dice.below(1_000)).collect();
            let unknown = dice.once_in(5).then(|| id * 4 + dice.below(40));
            Operation::Retract {
                id,
                player,
                picks,
                unknown,
                restore: dice.once_in(3),
            }
        }
        65..67 => {
            let player = (!dice.once_in(3)).then_some(player);
            Operation::RetractRange {
                id,
                player,
                name: dice.one_of(&NAMES),
                hours_ago: random_hours_ago(dice),
            }
        }
        67..70 => Operation::Merge {
            id,
            player,
            guest: dice.below(5),
        },
        70..72 => Operation::Unmerge {
            id,
            pick: dice.below(10),
        },
        72..73 => Operation::Erase { player },
        73..80 => Operation::Publish {
            catalog: dice.below(4),
            take_back: dice.once_in(3),
        },
        80..82 => Operation::AwaitBackfill,
        82..89 => Operation::Advance {
            minutes: dice.one_of(&[1, 30, 60, 60, 300, 1_500]),
        },
        89..90 => Operation::ProcessTimers,
        90..91 => Operation::Prune {
            hours_ago: random_hours_ago(dice),
        },
        91..96 => Operation::ReadFeed {
            reader: dice.below(3),
            limit: 1 + dice.below(6),
        },
        96..98 => Operation::Reopen,
        _ => Operation::Check,
    }
}

fn random_event(dice: &mut Dice, id: usize) -> SentEvent {
    let id = if dice.once_in(12) {
        dice.below(id + 1)
    } else {
        id
    };
    let hours_ago = (!dice.once_in(3)).then(|| {
        if dice.once_in(2) {
            0
        } else {
            random_hours_ago(dice)
        }
    });
    let order = if dice.once_in(5) {
        dice.one_of(&[-1, 1])
    } else {
        0
    };
    SentEvent {
        id,
        player: dice.below(5),
        name: dice.one_of(&NAMES),
        hours_ago,
        order,
        props: props(dice),
    }
}

/// Picks a number of hours ago, often a small one, so that instants coincide.
fn random_hours_ago(dice: &mut Dice) -> i64 {
    if dice.once_in(4) {
        dice.one_of(&[10, 24, 26, 40, 70])
    } else {
        dice.one_of(&[1, 2, 3, 5])
    }
}

fn props(dice: &mut Dice) -> Props {
    let number = [
        Value::from(1),
        Value::from(2),
        Value::from(3),
        Value::from(-2),
        Value::from(1.5),
        Value::from("x"),
    ];
    let key = [
        Value::from(1),
        Value::from(2),
        Value::from("a"),
        Value::Null,
    ];
    let party = [Value::from("p"), Value::from("q")];
    let ok = [Value::from(true), Value::from(false), Value::from(3)];
    let mut props = Props::new();
    for (name, values) in [
        ("n", &number[..]),
        ("k", &key[..]),
        ("p", &party[..]),
        ("ok", &ok[..]),
    ] {
        if !dice.once_in(8) {
            props.insert(name, values[dice.below(values.len())].clone());
        }
    }
    props
}

fn random_action(dice: &mut Dice) -> ManualAction {
    let (badge, tier, key) = (dice.below(8), dice.below(3), dice.below(4));
    match dice.below(14) {
        0..4 => ManualAction::Award { badge, tier, key },
        4..6 => ManualAction::Revoke { badge, tier, key },
        6..8 => ManualAction::AddProgress {
            badge,
            key,
            add: dice.one_of(&[-1, 1, 2, 3]),
        },
        8 => ManualAction::SetProgress {
            badge,
            key,
            value: dice.one_of(&[0, 1, 4]),
        },
        9..12 => ManualAction::Points {
            currency: dice.below(2),
            amount: dice.one_of(&[-4, -1, 2, 8]),
            overdraft: dice.once_in(3),
        },
        12 => ManualAction::Profile {
            zone: dice.one_of(&[None, Some("Asia/Tokyo"), Some("America/Los_Angeles")]),
        },
        _ => ManualAction::Reset,
    }
}
