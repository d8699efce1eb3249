//! Rules that later catalogs no longer define: what players have of them stays (S14, S15, S30).

use accolade::{Action, Audience, PublishOptions};

use crate::world::{World, catalog};

const XP: &str = "[[currency]]\nid = \"xp\"\n";

/// Badges that are awarded manually only.
fn manual_badges(ids: &[&str]) -> String {
    ids.iter()
        .map(|id| format!("[[badge]]\nid = \"{id}\"\n"))
        .collect()
}

/// A badge for one `e` that pays 5.
fn paying_badge(id: &str) -> String {
    format!("[[badge]]\nid = \"{id}\"\ncriterion = {{ count = \"e\" }}\npoints = {{ xp = 5 }}\n")
}

fn unlockables(ids: &[&str]) -> String {
    ids.iter()
        .map(|id| format!("[[unlockable]]\nid = \"{id}\"\ncriterion = {{ count = \"e-{id}\" }}\n"))
        .collect()
}

impl World {
    fn publish_rules(&self, source: &str) {
        self.advance_clock(60);
        let source = format!("{XP}{source}");
        self.engine
            .catalog()
            .publish(catalog(&source), PublishOptions::default())
            .wait()
            .unwrap();
        self.engine.catalog().await_backfill(|_| {}).wait().unwrap();
    }
}

/// The order of ids of the badges that were removed earlier and later must not matter.
#[test]
fn s15_s30_awards_of_removed_badges_stay_in_whatever_order_the_badges_are_removed() {
    for earlier in ["a1", "z9"] {
        let both = [manual_badges(&[earlier, "z"]), paying_badge("t")].concat();
        let world = World::new(&format!("{XP}{both}"));
        world.event("e");
        world.publish_rules(&[manual_badges(&["z"]), paying_badge("t")].concat());
        world.publish_rules(&manual_badges(&["z"]));
        assert_eq!(
            (world.held(), world.balance("xp")),
            (vec!["t".to_owned()], 5),
            "{earlier}"
        );
    }
}

#[test]
fn s30_a_grandfathered_award_stays_when_badges_with_later_ids_are_removed() {
    let first = [manual_badges(&["w1", "w2", "z"]), paying_badge("t")].concat();
    let world = World::new(&format!("{XP}{first}"));
    world.event("e");
    world.act(Action::award("ada", "w2")).unwrap();
    world.publish_rules(&manual_badges(&["w1", "w2", "z"]));
    assert_eq!(world.held(), ["t", "w2"]);
    world.publish_rules(&manual_badges(&["z"]));
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["t".to_owned(), "w2".to_owned()], 5)
    );
}

#[test]
fn s15_a_removed_unlockable_is_shown_only_while_it_is_open() {
    let world = World::new(&unlockables(&["a", "m", "t", "z"]));
    world.event("e-m");
    world.publish_rules(&unlockables(&["m", "t", "z"]));
    world.publish_rules(&unlockables(&["z"]));
    let shown: Vec<_> = world
        .profile(Audience::Player)
        .unwrap()
        .unlockables
        .into_iter()
        .map(|view| (view.id.to_string(), view.open))
        .collect();
    // `z` is still defined. Of the removed ones, only `m` was ever opened.
    assert_eq!(shown, [("z".to_owned(), false), ("m".to_owned(), true)]);
}
