//! Random criteria of every kind. References are written `@b3@` (a badge), `@u3@` (an unlockable)
//! and `@c3@` (a currency), and are resolved when the catalog is written.

use proptest::prelude::*;
use proptest::sample::select;

/// Expressions for `per` and `distinct`.
const KEYS: &[&str] = &["event.k", "event.p"];
/// Expressions that yield a number; some fail on some events.
const NUMBERS: &[&str] = &[
    "event.n",
    "event.n * 2",
    "event.n - 1",
    "6 / event.n",
    r#"event.n - 2 * player.points["@c1@"]"#,
];
/// Conditions; some fail on some events.
const CONDITIONS: &[&str] = &[
    "event.ok",
    "!event.ok",
    "event.n > 1",
    "has(event.n)",
    "event.k == 1 || event.ok",
    r#"event_name == "post""#,
    r#"player.points["@c0@"] >= 3"#,
    r#"player.badges["@b1@"]"#,
    r#"!player.unlocked["@u0@"]"#,
    r#"player.profile.zone == "Asia/Tokyo""#,
];

/// Generates an expression that yields a number.
pub(super) fn numbers() -> impl Strategy<Value = &'static str> {
    select(NUMBERS)
}

/// Generates the events of a rule, and a condition.
pub(super) fn sources() -> impl Strategy<Value = (String, Option<String>)> {
    let plain = select(&[r#""post""#, r#""vote""#, r#"["post", "vote"]"#][..]);
    let condition = prop_oneof![2 => Just(None), 1 => select(CONDITIONS).prop_map(|text| Some(text.to_owned()))];
    let derived = |name: &str, property: &str, kind: char, n: u8| {
        (
            format!(r#""accolade.{name}""#),
            Some(format!(r#"event.{property} == "@{kind}{n}@""#)),
        )
    };
    prop_oneof![
        24 => (plain, condition).prop_map(|(on, condition)| (on.to_owned(), condition)),
        1 => (0..4_u8).prop_map(move |n| derived("badge_awarded", "badge", 'b', n)),
        1 => (0..4_u8).prop_map(move |n| derived("badge_revoked", "badge", 'b', n)),
        1 => (0..2_u8).prop_map(move |n| derived("points_earned", "currency", 'c', n)),
        1 => (0..2_u8).prop_map(move |n| derived("unlockable_opened", "unlockable", 'u', n)),
    ]
}

/// Generates a target.
pub(super) fn targets() -> impl Strategy<Value = u8> {
    1..=4_u8
}

/// Generates the keys of a criterion that is a single number, without its target.
pub(super) fn single_numbers() -> impl Strategy<Value = String> {
    let over_keys =
        (keyed(), select(KEYS), select(NUMBERS), 0..3_u8).prop_map(|(keyed, key, number, kind)| {
            match kind {
                0 => format!("count = {keyed}"),
                1 => format!("distinct = '{key}', on = {keyed}"),
                _ => format!("sum = '{number}', on = {keyed}"),
            }
        });
    prop_oneof![
        6 => aggregates(),
        2 => over_keys,
        1 => (0..4_u8).prop_map(|n| format!(r#"badge = "@b{n}@""#)),
        1 => (0..2_u8).prop_map(|n| format!(r#"points = "@c{n}@""#)),
        1 => Just("manual = true".to_owned()),
        1 => Just("age = \"day\"".to_owned()),
    ]
}

/// Generates the keys of an aggregate with `per`, without its target.
pub(super) fn keyed_numbers() -> impl Strategy<Value = String> {
    (aggregates(), select(KEYS)).prop_map(|(aggregate, key)| format!("{aggregate}, per = '{key}'"))
}

/// Generates a criterion with `per`.
pub(super) fn keyed() -> impl Strategy<Value = String> {
    let part = (aggregates(), targets()).prop_map(with_target);
    let parts = (
        prop::collection::vec(part, 1..=2),
        select(&["all", "any"][..]),
        select(KEYS),
    );
    prop_oneof![
        3 => (keyed_numbers(), targets()).prop_map(with_target),
        1 => parts.prop_map(|(parts, kind, key)| format!("{{ {kind} = [{}], per = '{key}' }}", parts.join(", "))),
    ]
}

/// Generates a criterion of any kind.
pub(super) fn criteria() -> impl Strategy<Value = String> {
    let single = prop_oneof![
        6 => (single_numbers(), targets()).prop_map(with_target),
        2 => keyed(),
        1 => (0..2_u8).prop_map(|n| format!(r#"{{ unlocked = "@u{n}@" }}"#)),
        1 => (0..2_u8, -3..3_i8).prop_map(|(n, target)| format!(r#"{{ points = "@c{n}@", at_least = {target} }}"#)),
    ];
    single.prop_recursive(2, 6, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 1..=3);
        prop_oneof![
            3 => (some, 0..3_u8).prop_map(|(parts, kind)| {
                let all = parts.join(", ");
                match kind {
                    0 => format!("{{ all = [{all}] }}"),
                    1 => format!("{{ any = [{all}] }}"),
                    _ => format!("{{ some = [{all}], at_least = {} }}", parts.len().div_ceil(2)),
                }
            }),
            1 => inner.prop_map(|part| format!("{{ not = {part} }}")),
        ]
    })
}

/// Writes a criterion from its keys and its target.
pub(super) fn with_target((keys, target): (String, u8)) -> String {
    format!("{{ {keys}, at_least = {target} }}")
}

/// Generates the keys of an aggregate of events, without `per` and target.
fn aggregates() -> impl Strategy<Value = String> {
    let within = select(
        &[
            "2h",
            "12h",
            "3d",
            "day",
            "week",
            "month",
            "day\", zone = \"player",
        ][..],
    );
    let within = prop_oneof![
        3 => Just(String::new()),
        2 => within.prop_map(|window| format!(r#", within = "{window}""#)),
    ];
    (sources(), 0..5_u8, select(NUMBERS), select(KEYS), within).prop_map(
        |((on, condition), operator, number, key, within)| {
            let condition =
                condition.map_or_else(String::new, |text| format!(", where = '{text}'"));
            let what = match operator {
                0 => format!("count = {on}"),
                1 => format!("sum = '{number}', on = {on}"),
                2 => format!("max = '{number}', on = {on}"),
                3 => format!("latest = '{number}', on = {on}"),
                _ => format!("distinct = '{key}', on = {on}"),
            };
            format!("{what}{condition}{within}")
        },
    )
}
