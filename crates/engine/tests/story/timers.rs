//! Changes by time alone, processed by the engine (S10).

use accolade::store::Trigger;
use accolade::{Action, NewEvent, props};
use accolade_testing::MemoryStore;

use crate::world::{World, catalog, instant, outcome};

const AWAY: &str = r#"
[[currency]]
id = "coins"
expires = "10d"

[[earning]]
id = "visit"
on = "visit"
points = { coins = 5 }

[[badge]]
id = "active"
criterion = { count = "visit", within = "7d", at_least = 2 }
temporary = true

[[badge]]
id = "veteran"
criterion = { age = "day", at_least = 365 }
"#;

fn outcomes(world: &World, because: Trigger) -> Vec<String> {
    let feed = world.engine.feed().list(0, 1_000).wait().unwrap();
    let own = feed.iter().filter(|one| one.trigger == because);
    own.map(|one| format!("{} {} {}", one.at, one.player, outcome(one)))
        .collect()
}

#[test]
fn s10_due_timers_are_processed_once_and_in_order() {
    let world = World::new(AWAY);
    for (player, day) in [("ada", 1), ("bob", 2)] {
        for hour in [10, 12] {
            let at = instant(&format!("2026-06-0{day}T{hour}:00:00Z"));
            world.advance_clock(24 * 60 * 60);
            world
                .send(NewEvent::new(player, "visit").id(hour.to_string()).at(at))
                .unwrap();
        }
    }
    world.advance_clock(8 * 24 * 60 * 60);
    world
        .engine
        .maintenance()
        .process_due_timers()
        .wait()
        .unwrap();
    let lapsed = [
        "2026-06-08T10:00:00Z ada badge.lapsed active",
        "2026-06-11T10:00:00Z ada points coins -5",
        "2026-06-11T12:00:00Z ada points coins -5",
        "2026-06-09T10:00:00Z bob badge.lapsed active",
        "2026-06-12T10:00:00Z bob points coins -5",
        "2026-06-12T12:00:00Z bob points coins -5",
    ];
    let mut lines = outcomes(&world, Trigger::Time);
    lines.sort_by_key(|line| line.split(' ').nth(1).map(str::to_owned));
    assert_eq!(lines, lapsed);
    assert_eq!(
        world
            .engine
            .maintenance()
            .process_due_timers()
            .wait()
            .unwrap(),
        0,
        "no timer is due twice"
    );
    assert_eq!(outcomes(&world, Trigger::Time).len(), lapsed.len());
}

#[test]
fn s10_after_downtime_everything_happens_at_its_own_instant() {
    let store = MemoryStore::new();
    let world = World::on(store.clone(), catalog(AWAY));
    world.at("2026-06-01T10:00:00Z", "visit", props! {});
    drop(world);
    let world = World::on(store, catalog(AWAY));
    world.advance_clock(400 * 24 * 60 * 60);
    world
        .engine
        .maintenance()
        .process_due_timers()
        .wait()
        .unwrap();
    assert!(world.holds("veteran"));
    let award = world
        .engine
        .players()
        .list_awards("ada")
        .wait()
        .unwrap()
        .into_iter()
        .find(|row| row.badge == "veteran")
        .unwrap();
    assert_eq!(award.at, instant("2027-06-01T10:00:00Z"));
    assert_eq!(award.event, "accolade.time:2027-06-01T10:00:00Z");
    assert_eq!(world.balance("coins"), 0);
}

#[test]
fn s10_reads_do_not_wait_for_due_timers() {
    let world = World::new(AWAY);
    world.at("2026-06-01T10:00:00Z", "visit", props! {});
    world.at("2026-06-01T11:00:00Z", "visit", props! {});
    assert_eq!((world.balance("coins"), world.holds("active")), (10, true));
    world.advance_clock(7 * 24 * 60 * 60);
    assert!(!world.holds("active"));
    world.advance_clock(3 * 24 * 60 * 60);
    assert_eq!(world.balance("coins"), 0);
}

#[test]
fn s10_a_late_event_changes_what_time_had_done() {
    let world = World::new(AWAY);
    world.at("2026-06-01T10:00:00Z", "visit", props! {});
    world.at("2026-06-02T10:00:00Z", "visit", props! {});
    world.advance_clock(8 * 24 * 60 * 60);
    world
        .engine
        .maintenance()
        .process_due_timers()
        .wait()
        .unwrap();
    assert_eq!(
        outcomes(&world, Trigger::Time),
        ["2026-06-08T10:00:00Z ada badge.lapsed active"]
    );
    world.at("2026-06-05T10:00:00Z", "visit", props! {});
    let award = world
        .engine
        .players()
        .list_awards("ada")
        .wait()
        .unwrap()
        .remove(0);
    assert_eq!(
        award.revoked_at,
        Some(instant("2026-06-09T10:00:00Z")),
        "it had lasted a day longer"
    );
}

#[test]
fn s3_points_that_have_expired_cannot_be_spent() {
    let world = World::new(AWAY);
    world.at("2026-06-01T10:00:00Z", "visit", props! {});
    world.advance_clock(11 * 24 * 60 * 60);
    let refused = world.act(Action::points("ada", "coins", -5)).unwrap_err();
    assert!(refused.starts_with("balance is 0 coins"), "{refused}");
}

#[test]
fn s4_a_temporary_award_is_one_row_with_its_holding_intervals() {
    let world = World::new(AWAY);
    for day in ["01", "02", "20", "21"] {
        world.at(&format!("2026-06-{day}T10:00:00Z"), "visit", props! {});
    }
    let rows = world.engine.players().list_awards("ada").wait().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].at, rows[0].revoked_at),
        (instant("2026-06-21T10:00:00Z"), None)
    );
    let held: Vec<_> = rows[0]
        .holding_intervals
        .iter()
        .map(|interval| (interval.from, interval.until, interval.event.as_deref()))
        .collect();
    assert_eq!(
        held,
        [(
            instant("2026-06-02T10:00:00Z"),
            instant("2026-06-08T10:00:00Z"),
            Some("e2")
        )]
    );
}
