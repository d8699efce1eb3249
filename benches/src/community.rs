//! Synthetic histories in the proportions of the demo's. The same numbers give the same history.

use accolade_core::event::NewEvent;
use accolade_core::time::Timestamp;

/// Start of every history: 2020-01-01T00:00:00Z, in microseconds since the Unix epoch.
const START_MICROS: i64 = 1_577_836_800_000_000;
/// Time between two events, in microseconds.
const PAUSE_MICROS: i64 = 45 * 1_000_000;
/// Number of events of a player about one post before the player turns to the next.
const EVENTS_PER_POST: u64 = 12;

/// Event names and their shares, in percent.
const EVENT_SHARES: [(&str, u64); 6] = [
    ("vote.received", 56),
    ("comment.posted", 19),
    ("post.edited", 12),
    ("answer.posted", 7),
    ("question.asked", 4),
    ("accept.received", 2),
];

/// Generates a history of `count` events in order of time. Some players are busier than others, and
/// each turns to another post every few events.
pub fn generate_events(players: usize, count: u64) -> impl Iterator<Item = NewEvent> {
    let mut dice = RandomNumbers(players as u64);
    let mut seen = vec![0; players];
    (0..count).map(move |number| {
        // The minimum of two random numbers favors low ones, which makes some players busier.
        let player = dice
            .next_below(players as u64)
            .min(dice.next_below(players as u64));
        let seen = &mut seen[player as usize];
        *seen += 1;
        build_event(&mut dice, player, number, *seen / EVENTS_PER_POST)
    })
}

/// Generates a history of one player, who turns to another post every few events.
pub fn generate_player_events(player: u64, count: u64) -> impl Iterator<Item = NewEvent> {
    let mut dice = RandomNumbers(player);
    (0..count).map(move |number| build_event(&mut dice, player, number, number / EVENTS_PER_POST))
}

fn build_event(dice: &mut RandomNumbers, player: u64, number: u64, about: u64) -> NewEvent {
    let at = START_MICROS + PAUSE_MICROS * i64::try_from(number).expect("histories are short");
    let post = i64::try_from(about - about.min(dice.next_below(8))).expect("histories are short");
    let is_answer = post % 3 != 0;
    let kind = if is_answer { "answer" } else { "question" };
    let name = pick_event_name(dice.next_below(100));
    let event = NewEvent::new(format!("player-{player}"), name)
        .id(format!("{name}-{number}"))
        .at(Timestamp::from_micros(at).expect("histories are short"))
        .prop("post", post)
        .prop("question", post - post % 3)
        .prop("kind", kind);
    let event = match is_answer {
        true => event
            .prop("asker", "other")
            .prop("rank", 1)
            .prop("question_age_days", 0.25),
        false => event.prop("asked_on", format!("2020-01-{:02}", post % 28 + 1)),
    };
    match name {
        "vote.received" => {
            let delta = if dice.next_below(20) == 0 { -1 } else { 1 };
            event
                .prop("delta", delta)
                .prop("wiki", false)
                .prop("best_before", 0)
        }
        "accept.received" => event.prop("wiki", false),
        "post.edited" => event.prop("part", "body").prop("author", "other"),
        _ => event,
    }
}

fn pick_event_name(percent: u64) -> &'static str {
    let mut rest = percent;
    for (name, share) in EVENT_SHARES {
        if rest < share {
            return name;
        }
        rest -= share;
    }
    unreachable!("the shares add up to 100")
}

/// Linear congruential generator. Its numbers are the same in every run.
struct RandomNumbers(u64);

impl RandomNumbers {
    fn next_below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
