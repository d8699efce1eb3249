//! Points of grandfathered awards expire when they would have without the publication (S11, S30).

use accolade::store::LedgerKind;
use accolade::{Action, PublishOptions, props};

use crate::world::{World, catalog};

/// A badge for a number of `a` that pays 5 points, which last a week, and an earning for `b` of
/// such points.
fn rules(target: u32, expires: &str) -> String {
    format!(
        "[[currency]]\nid = \"xp\"\nexpires = \"{expires}\"\n\
         [[badge]]\nid = \"b\"\ncriterion = {{ count = \"a\", at_least = {target} }}\n\
         points = {{ xp = 5 }}\n\
         [[earning]]\nid = \"e\"\non = \"b\"\npoints = {{ xp = \"event.xp\" }}\n"
    )
}

impl World {
    fn publish_harder_badge(&self, expires: &str) {
        self.engine
            .catalog()
            .publish(catalog(&rules(9, expires)), PublishOptions::default())
            .wait()
            .unwrap();
        self.engine.catalog().await_backfill(|_| {}).wait().unwrap();
        assert_eq!(self.held(), ["b"], "the award is grandfathered");
    }

    /// Sums up the ledger entries of points that expired.
    fn expired(&self) -> i64 {
        let ledger = self.ledger();
        let expired = ledger
            .iter()
            .filter(|entry| entry.kind == LedgerKind::Expiry);
        expired.map(|entry| entry.amount).sum()
    }
}

const DAY: i64 = 24 * 60 * 60;

#[test]
fn s30_points_that_had_expired_are_not_brought_back_by_grandfathering() {
    for expires in ["7d", "week"] {
        let world = World::new(&rules(1, expires));
        world.event("a");
        world.advance_clock(100 * DAY);
        assert_eq!(world.balance("xp"), 0);
        world.publish_harder_badge(expires);
        assert_eq!(world.balance("xp"), 0);
        let overdrawn = world.act(Action::points("ada", "xp", -5)).unwrap_err();
        assert!(overdrawn.starts_with("balance is 0 xp"), "{overdrawn}");
        assert_eq!(world.expired(), -5);
        // A late event refolds what follows it, and must not deduct the points a second time.
        world.at("2026-07-01T00:00:00Z", "other", props! {});
        assert_eq!((world.balance("xp"), world.expired()), (0, -5));
    }
}

#[test]
fn s30_spent_points_of_a_grandfathered_award_do_not_expire() {
    let world = World::new(&rules(1, "7d"));
    world.event("a");
    world.act(Action::points("ada", "xp", -3)).unwrap();
    world.advance_clock(100 * DAY);
    world.publish_harder_badge("7d");
    assert_eq!(world.balance("xp"), 0);
    assert_eq!(world.expired(), -2);
}

/// Lots that were earned later than the grandfathered award are there before it is.
#[test]
fn s11_points_of_a_grandfathered_award_expire_in_order_with_all_others() {
    let world = World::new(&rules(1, "7d"));
    world.event("a");
    world.advance_clock(DAY);
    world.event_with("b", props! { "xp" => 1 });
    // More lots than fit in one chunk.
    for _ in 0..40 {
        world.event_with("b", props! { "xp" => 2 });
    }
    world.advance_clock(DAY);
    world.publish_harder_badge("7d");
    assert_eq!(world.balance("xp"), 86);
    // Spending takes the points that expire first, which are those of the award.
    world.act(Action::points("ada", "xp", -2)).unwrap();
    world.advance_clock(5 * DAY + 60);
    assert_eq!(world.balance("xp"), 81, "three points of the award expired");
    world.advance_clock(DAY);
    assert_eq!(world.balance("xp"), 0);
}
