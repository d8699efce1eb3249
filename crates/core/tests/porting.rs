//! States carried from one catalog to another (S22).

#[path = "random/config.rs"]
mod config;
mod random;
#[path = "random/timelines.rs"]
mod timelines;

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Cell, CellId, Holdings, State};
use accolade_core::props;
use accolade_core::time::{DAY, Timestamp};
use proptest::prelude::*;

use config::config;
use random::{after_all, worlds};
use timelines::timelines;

const CASES: u32 = 1_000;

/// Definitions that come first, between and last, and that no other one notices.
const MORE: &str = r#"
[[currency]]
id = "a-new"
expires = "90d"

[[limit]]
id = "a-new"
points = 7
per = "day"

[[earning]]
id = "a-new"
on = "never"
points = { a-new = 1 }
limit = "a-new"
cooldown = "1h"

[[badge]]
id = "a-new"
criterion = { count = "never" }
tiers = [{ id = "low", at = 1 }, { id = "high", at = 2 }]

[[badge]]
id = "z-new"
criterion = { count = { count = "never", per = "event.new" } }

[[unlockable]]
id = "a-new"
when = { count = "never" }
"#;

proptest! {
    #![proptest_config(config(CASES, CASES, "proptest-regressions/porting.txt"))]

    #[test]
    fn s22_a_state_under_the_same_catalog_is_the_same(world in worlds()) {
        let catalog = catalog(&world.toml);
        for timeline in timelines(&world.events) {
            let state = fold::all_until(&catalog, &timeline, end());
            let ported = fold::port(catalog.rules(), catalog.rules(), &state).expect("the state is whole");
            prop_assert_eq!(&ported.state.header, &state.header);
            prop_assert_eq!(cells(&ported.state), cells(&state));
            prop_assert_eq!(ported.lost, Vec::<String>::new());
        }
    }

    #[test]
    fn s22_what_both_catalogs_define_is_as_a_fold_has_it(world in worlds()) {
        let [small, large] = [catalog(&world.toml), catalog(&format!("{}{MORE}", world.toml))];
        for timeline in timelines(&world.events) {
            let [of_small, of_large] = [&small, &large].map(|catalog| fold::all_until(catalog, &timeline, end()));
            let fewer = fold::port(large.rules(), small.rules(), &of_large).expect("the state is whole");
            prop_assert_eq!(&fewer.state.header, &of_small.header);
            prop_assert_eq!(cells(&fewer.state), cells(&of_small));
            let more = fold::port(small.rules(), large.rules(), &of_small).expect("the state is whole");
            prop_assert_eq!(&more.state.header, &of_large.header);
            prop_assert_eq!(cells(&more.state), cells(&of_large));
        }
    }

    #[test]
    fn s22_going_on_changes_nothing_that_was_right(world in worlds()) {
        let catalog = catalog(&world.toml);
        for timeline in timelines(&world.events) {
            let mut state = fold::all_until(&catalog, &timeline, end());
            let before = Holdings::of(catalog.rules(), &state).expect("the state is whole");
            fold::resume(&catalog, &mut state, "ada", end()).expect("the state is whole");
            let after = Holdings::of(catalog.rules(), &state).expect("the state is whole");
            let changed = before.to(&after);
            prop_assert!(changed.is_empty(), "{:#?}", changed);
        }
    }
}

/// A year of one event a day, ported and gone on with.
#[test]
fn s22_what_a_new_catalog_makes_of_an_old_state() {
    const BASE: &str =
        "[[currency]]\nid = \"xp\"\n[[earning]]\nid = \"e\"\non = \"vote\"\npoints = { xp = 1 }\n";
    let badge = |id: &str, rest: &str| format!("[[badge]]\nid = \"{id}\"\n{rest}\n");
    let nice = |at: u8| {
        badge(
            "nice",
            &format!("criterion = {{ count = \"vote\", at_least = {at} }}"),
        )
    };
    for (what, from, to, held, lost) in [
        ("a lower target", nice(15), nice(10), "nice", ""),
        ("a higher target", nice(10), nice(15), "nice", ""),
        (
            "another badge on the counter",
            nice(10),
            nice(10) + &badge("able", "criterion = { count = \"vote\", at_least = 12 }"),
            "able nice",
            "",
        ),
        (
            "another condition",
            nice(15),
            badge(
                "nice",
                "criterion = { count = \"vote\", where = 'event.n > 3' }",
            ),
            "",
            "vote cannot be counted again: badge `nice` counts from there on",
        ),
        (
            "keys of a counter that there is",
            badge(
                "nice",
                "criterion = { count = \"vote\", per = \"event.k\", at_least = 6 }\nrepeat = \"per-key\"",
            ),
            badge(
                "nice",
                "criterion = { count = { count = \"vote\", per = \"event.k\", at_least = 6 }, at_least = 2 }",
            ),
            "nice nice@a nice@b",
            "",
        ),
        (
            "tiers in another order",
            badge(
                "nice",
                "tiers = [{ id = \"a\", at = 5 }, { id = \"b\", at = 20 }]\ncriterion = { count = \"vote\" }",
            ),
            badge(
                "nice",
                "tiers = [{ id = \"z\", at = 1 }, { id = \"b\", at = 4 }, { id = \"a\", at = 9 }]\ncriterion = { count = \"vote\" }",
            ),
            "nice:a nice:b nice:z",
            "",
        ),
    ] {
        let [from, to] = [from, to].map(|rules| catalog(&format!("{BASE}{rules}")));
        let state = fold::all(&from, &votes(12));
        let ported = fold::port(from.rules(), to.rules(), &state).unwrap();
        assert_eq!(ported.lost.join("; "), lost, "{what}");
        let mut state = ported.state;
        fold::resume(&to, &mut state, "ada", end()).unwrap();
        let holdings = Holdings::of(to.rules(), &state).unwrap();
        let names: Vec<String> = holdings.awards.keys().map(ToString::to_string).collect();
        assert_eq!(names.join(" "), held, "{what}");
        assert_eq!(holdings.balances.get("xp"), Some(&12), "{what}");
    }
}

#[test]
fn s22_limits_and_cooldowns_go_on() {
    let rules = |more: &str| {
        let earning = |id: &str, rest: &str| {
            format!("[[earning]]\nid = \"{id}\"\non = \"vote\"\npoints = {{ xp = 1 }}\n{rest}\n")
        };
        let limited = earning("limited", "limit = { points = 5, per = \"month\" }");
        let shared = earning("shared", "limit = \"few\"")
            + "[[limit]]\nid = \"few\"\ntimes = 2\nper = \"year\"\n";
        let cooling = earning("cooling", "cooldown = \"30d\"");
        catalog(&format!(
            "[[currency]]\nid = \"xp\"\n{more}{limited}{shared}{cooling}"
        ))
    };
    let more = "[[currency]]\nid = \"gold\"\n[[limit]]\nid = \"a\"\npoints = 3\nper = \"day\"\n";
    let [from, to] = [rules(""), rules(more)];
    let votes = votes(9);
    let (first, rest) = votes.split_at(8);
    let mut state = fold::port(from.rules(), to.rules(), &fold::all(&from, first))
        .unwrap()
        .state;
    fold::step(&to, &mut state, &rest[0], false).unwrap();
    assert_eq!(
        Holdings::of(to.rules(), &state).unwrap(),
        Holdings::of(to.rules(), &fold::all(&to, &votes)).unwrap()
    );
    assert_eq!(
        Holdings::of(to.rules(), &state).unwrap().balances["xp"],
        5 + 2 + 1
    );
}

#[test]
fn s22_points_that_never_expired_begin_to() {
    let rules = |expires: &str| {
        catalog(&format!(
            "[[currency]]\nid = \"xp\"\n{expires}\n[[earning]]\nid = \"e\"\non = \"vote\"\npoints = {{ xp = 1 }}"
        ))
    };
    let [from, to] = [rules(""), rules("expires = \"2d\"")];
    let mut state = fold::port(from.rules(), to.rules(), &fold::all(&from, &votes(3)))
        .unwrap()
        .state;
    fold::resume(&to, &mut state, "ada", end()).unwrap();
    let due = fold::due(&to, &state, Timestamp::LAST).unwrap();
    assert_eq!(due, end().plus(2 * DAY));
    fold::advance(&to, &mut state, "ada", due).unwrap();
    assert_eq!(state.balance(to.rules().currencies[0].slot), 0);
}

#[test]
fn s22_a_balance_without_a_currency_is_named() {
    let currency = |id: &str| {
        catalog(&format!(
            "[[currency]]\nid = \"{id}\"\n[[earning]]\nid = \"e\"\non = \"vote\"\npoints = {{ {id} = 2 }}"
        ))
    };
    let [from, to] = [currency("gold"), currency("gems")];
    let ported = fold::port(from.rules(), to.rules(), &fold::all(&from, &votes(3))).unwrap();
    assert_eq!(ported.lost, ["6 gold have no currency any more"]);
}

/// Votes by ada, six hours apart, for `a` and `b` in turn.
fn votes(count: i64) -> Vec<Event> {
    let vote = |index: i64| Event {
        id: format!("v{index}"),
        player: "ada".into(),
        name: "vote".into(),
        at: after_all().plus((index - count) * DAY / 4),
        order: 0,
        props: props! { "k" => if index % 2 == 0 { "a" } else { "b" }, "n" => 9 },
    };
    (0..count).map(vote).collect()
}

fn catalog(toml: &str) -> Catalog {
    Catalog::from_toml(toml).unwrap_or_else(|refused| panic!("{toml}\n{refused}"))
}

fn end() -> Timestamp {
    after_all()
}

fn cells(state: &State) -> BTreeMap<CellId, Cell> {
    state
        .all()
        .expect("the state is whole")
        .into_iter()
        .map(|(id, cell)| (id, cell.clone()))
        .collect()
}
