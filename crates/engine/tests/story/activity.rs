//! Activity statistics by day.

use std::collections::BTreeMap;

use accolade::{Action, DayActivity, Timestamp, props};

use crate::world::{World, instant};

const RUNS: &str = r#"
[[currency]]
id = "xp"

[[earning]]
id = "run"
on = "run"
points = { xp = 10 }

[[badge]]
id = "runner"
criterion = { count = "run", at_least = 2 }
"#;

fn days(world: &World) -> Vec<DayActivity> {
    world
        .engine
        .maintenance()
        .count_daily_activity(Timestamp::FIRST, Timestamp::LAST)
        .wait()
        .unwrap()
}

#[test]
fn a_day_counts_events_and_their_effects() {
    let world = World::new(RUNS);
    world.at("2026-06-01T13:00:00Z", "run", props! {});
    world.at("2026-06-01T23:59:59Z", "run", props! {});
    world.at("2026-06-03T00:00:00Z", "run", props! {});
    world.act(Action::points("ada", "xp", -7)).unwrap();
    let xp = |amount| BTreeMap::from([("xp".into(), amount)]);
    let [first, third] = &days(&world)[..] else {
        panic!("{:?}", days(&world))
    };
    assert_eq!(
        (first.day, first.events, first.players, first.awards),
        (instant("2026-06-01T00:00:00Z"), 2, 1, 1)
    );
    assert_eq!(
        (&first.points_issued, &first.points_revoked),
        (&xp(20), &BTreeMap::new())
    );
    assert_eq!(
        (third.day, third.events, third.players, third.awards),
        (instant("2026-06-03T00:00:00Z"), 1, 1, 0)
    );
    assert_eq!(
        (&third.points_issued, &third.points_revoked),
        (&xp(10), &xp(7))
    );
    let from = instant("2026-06-02T00:00:00Z");
    assert_eq!(
        world
            .engine
            .maintenance()
            .count_daily_activity(from, Timestamp::LAST)
            .wait()
            .unwrap(),
        days(&world)[1..]
    );
}

#[test]
fn retracted_events_do_not_count_but_their_ledger_entries_do() {
    let world = World::new(RUNS);
    world.at("2026-06-01T13:00:00Z", "run", props! {});
    world.at("2026-06-01T14:00:00Z", "run", props! {});
    world.act(Action::retract("ada", "e1")).unwrap();
    let [day] = &days(&world)[..] else {
        panic!("it was one day")
    };
    assert_eq!((day.events, day.players, day.awards), (1, 1, 0));
    assert_eq!(
        (day.points_issued["xp"], day.points_revoked["xp"]),
        (20, 10)
    );
}

#[test]
fn an_erased_player_is_in_no_day() {
    let world = World::new(RUNS);
    world.events(2, "run");
    world.engine.players().erase("ada").wait().unwrap();
    assert_eq!(days(&world), []);
}
