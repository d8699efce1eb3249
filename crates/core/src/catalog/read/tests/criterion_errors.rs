//! Errors in criteria, tiers and repetition.

use super::errors::assert_single_errors;
use super::*;

#[test]
fn s8_criteria() {
    let deep = format!(
        "{}{{ count = \"e\" }}{}",
        "{ not = ".repeat(8),
        " }".repeat(8)
    );
    let keyed = |inner: &str| format!("{{ all = [{inner}], per = \"event.post\" }}");
    let (badge, over) = (
        keyed("{ badge = \"x\" }"),
        keyed("{ count = { count = \"e\", per = \"event.x\" } }"),
    );
    let age = keyed("{ not = { age = \"day\" } }");
    let own_per = keyed("{ any = [{ count = \"e\", per = \"event.x\" }] }");
    let cases: [(&str, &str, &[&str]); 38] = [
        ("5", "3:13", &["`criterion` must be a table"]),
        (
            "{}",
            "3:13",
            &["needs exactly one of its kinds", "`count`, `sum`", "`not`"],
        ),
        ("{ cuont = \"e\" }", "3:15", &["did you mean `count`?"]),
        (
            "{ count = \"e\", sum = \"event.x\" }",
            "3:28",
            &["cannot be `count` and `sum` at once", "`all = ["],
        ),
        (
            "{ count = \"e\", on = \"f\" }",
            "3:28",
            &["a `count` criterion has no key `on`"],
        ),
        ("{ count = [] }", "3:23", &["`count` is empty"]),
        (
            "{ count = 5 }",
            "3:23",
            &["must be text or a list or a table"],
        ),
        (
            "{ sum = \"event.x\", at_least = 1 }",
            "3:13",
            &["a `sum` criterion needs the key `on`"],
        ),
        (
            "{ sum = \"event.x\", on = \"e\" }",
            "3:13",
            &["a `sum` criterion needs the key `at_least`"],
        ),
        (
            "{ points = \"xp\" }",
            "3:13",
            &["a `points` criterion needs the key `at_least`"],
        ),
        (
            "{ some = [{ badge = \"x\" }] }",
            "3:13",
            &["a `some` criterion needs the key `at_least`"],
        ),
        (
            "{ some = [{ badge = \"x\" }], at_least = 2 }",
            "3:52",
            &["requires 2 criteria but lists only 1"],
        ),
        ("{ all = [] }", "3:21", &["`all` is empty"]),
        (
            "{ all = [{ badge = \"x\" }], at_least = 2 }",
            "3:40",
            &["an `all` criterion has no key `at_least`"],
        ),
        (
            "{ all = [{ badge = \"x\" }], at_least = 0 }",
            "3:40",
            &["an `all` criterion has no key `at_least`"],
        ),
        (
            "{ count = \"e\", within = \"weekly\", zone = \"player\" }",
            "3:37",
            &["is not a valid window"],
        ),
        (
            "{ sum = \"1\", on = \"e\", atleast = 1 }",
            "3:36",
            &["did you mean `at_least`?"],
        ),
        (
            "{ not = [{ badge = \"x\" }] }",
            "3:21",
            &["`not` must be a table"],
        ),
        (
            "{ manual = false }",
            "3:24",
            &["`manual` can only be `true`"],
        ),
        (
            "{ count = \"e\", at_least = 0 }",
            "3:39",
            &["`at_least` of a `count` criterion must be above zero"],
        ),
        (
            "{ count = \"e\", at_least = 1.5 }",
            "3:39",
            &["must be a whole number"],
        ),
        (
            "{ count = \"e\", at_least = 1000000000001 }",
            "3:39",
            &["must be at most 1000000000000 (10^12)"],
        ),
        (
            "{ sum = \"1\", on = \"e\", at_least = 1e16 }",
            "3:47",
            &["out of range; the limit is 1000000000000000"],
        ),
        (
            "{ sum = \"1\", on = \"e\", at_least = 1e999 }",
            "3:47",
            &["out of range"],
        ),
        (
            "{ sum = \"1\", on = \"e\", at_least = nan }",
            "3:47",
            &["must be a number, found `nan`"],
        ),
        (
            "{ sum = \"1\", on = \"e\", at_least = 0.0000005 }",
            "3:47",
            &["more than six decimal places"],
        ),
        (
            "{ count = \"e\", within = \"7d\", zone = \"player\" }",
            "3:43",
            &["without a calendar period"],
        ),
        (
            "{ max = \"1\", on = { count = \"e\", per = \"event.x\" }, at_least = 1 }",
            "3:31",
            &["cannot aggregate the keys"],
        ),
        (
            "{ count = { count = \"e\" } }",
            "3:23",
            &["needs the key `per`"],
        ),
        (
            "{ count = { count = \"e\", per = \"event.x\" }, within = \"7d\" }",
            "3:57",
            &["move it into the inner criterion"],
        ),
        (
            "{ age = \"years\" }",
            "3:21",
            &["`age` cannot be `years`", "did you mean `year`?"],
        ),
        (
            "{ age = \"day\", at_least = 0 }",
            "3:39",
            &["`at_least` of an `age` criterion must be above zero"],
        ),
        (
            "{ age = \"day\", at_least = 0.5 }",
            "3:39",
            &["must be a whole number"],
        ),
        (
            "{ age = \"day\", within = \"7d\" }",
            "3:28",
            &["an `age` criterion has no key `within`"],
        ),
        (
            &age,
            "3:30",
            &["`age` is not allowed inside a criterion with `per`"],
        ),
        (
            &badge,
            "3:22",
            &["`badge` is not allowed inside a criterion with `per`"],
        ),
        (
            &over,
            "3:22",
            &["an aggregate over keys is not allowed inside"],
        ),
        (
            &own_per,
            "3:46",
            &["an enclosing criterion already has `per`"],
        ),
    ];
    assert_single_errors(
        cases.map(|(criterion, place, parts)| (with_criterion(criterion), place, parts)),
    );
    assert_single_errors([(
        with_criterion(&deep),
        "3:77",
        &["nest deeper than 8 levels"] as &[_],
    )]);
}

#[test]
fn tiers_and_repetition() {
    let badge = |rest: &str| format!("[[badge]]\nid = \"b\"\n{rest}");
    let counted = |rest: &str| badge(&format!("criterion = {{ count = \"e\" }}\n{rest}"));
    let keyed = |rest: &str| {
        badge(&format!(
            "criterion = {{ count = \"e\", per = \"event.x\" }}\n{rest}"
        ))
    };
    let many = (1..=33)
        .map(|at| format!("{{ id = \"t{at}\", at = {at} }}"))
        .collect::<Vec<_>>()
        .join(", ");
    let cases: [(String, &str, &[&str]); 28] = [
        (counted("tiers = []"), "4:9", &["`tiers` is empty"]),
        (
            counted(&format!("tiers = [{many}]")),
            "4:9",
            &["has 33 elements; the limit is 32"],
        ),
        (
            counted("tiers = [\"gold\"]"),
            "4:10",
            &["each of `tiers` must be a number or a table"],
        ),
        (
            counted("tiers = [10, 10]"),
            "4:14",
            &["must rise, but 10 follows 10"],
        ),
        (
            counted("tiers = [10, { id = \"top\", at = 5 }]"),
            "4:33",
            &["must rise, but 5 follows 10"],
        ),
        (
            counted("tiers = [1, 2, 3, 4, 5]"),
            "4:22",
            &["tier 5 has no name: the default tiers end at 4"],
        ),
        (
            counted("tiers = [1, 2]\n[defaults]\ntiers = [\"only\"]"),
            "4:13",
            &["tier 2 has no name"],
        ),
        (
            counted("tiers = [1, { id = \"bronze\", at = 2 }]"),
            "4:20",
            &["two tiers of this badge are called `bronze`"],
        ),
        (
            counted("tiers = [{ id = \"top\" }]"),
            "4:10",
            &["a tier needs the key `at`"],
        ),
        (
            counted("tiers = [{ at = 1, name = \"Top\" }]"),
            "4:20",
            &["a tier has no key `name`"],
        ),
        (
            counted("tiers = [0.5]"),
            "4:10",
            &["the target of a `count` criterion must be a whole number"],
        ),
        (
            counted("tiers = [-1]"),
            "4:10",
            &["the target of a `count` criterion must be above zero"],
        ),
        (
            badge("tiers = [1]"),
            "3:9",
            &["a badge with tiers needs a criterion", "manual = true"],
        ),
        (
            badge("criterion = { all = [{ badge = \"x\" }] }\ntiers = [1]"),
            "3:13",
            &["a single number, and `all` has none"],
        ),
        (
            badge("criterion = { count = \"e\", at_least = 5 }\ntiers = [1]"),
            "3:28",
            &["the badge's tiers already set the target"],
        ),
        (
            counted("repeat = \"per_key\""),
            "4:10",
            &["`repeat` cannot be `per_key`", "did you mean `per-key`?"],
        ),
        (
            counted("repeat = \"per-key\""),
            "4:10",
            &["`per-key` needs a criterion with `per`"],
        ),
        (
            badge("repeat = \"per-key\""),
            "3:10",
            &["a badge that repeats needs a criterion"],
        ),
        (
            badge("repeat = \"again\""),
            "3:10",
            &["a badge that repeats needs a criterion"],
        ),
        (
            keyed("repeat = \"again\""),
            "3:28",
            &["`repeat = \"again\"` cannot have `per`", "per-key"],
        ),
        (
            counted("repeat = \"again\"\ntiers = [1]"),
            "5:1",
            &["`repeat = \"again\"` cannot have tiers"],
        ),
        (
            counted("temporary = 1"),
            "4:13",
            &["`temporary` must be `true` or `false`"],
        ),
        (
            badge("temporary = true"),
            "3:1",
            &[
                "a temporary badge needs a criterion",
                "or leave `temporary` out",
            ],
        ),
        (
            counted("temporary = true\nrepeat = \"again\""),
            "5:10",
            &["a temporary badge cannot have `repeat"],
        ),
        (
            counted("temporary = true\npoints = { xp = 1 }"),
            "5:1",
            &["a temporary badge pays no points"],
        ),
        (
            counted("temporary = true\ntiers = [1, { at = 2, points = { xp = 1 } }]"),
            "5:23",
            &[
                "a temporary badge pays no points",
                "leave `points` out, or `temporary`",
            ],
        ),
        (
            badge("criterion = { all = [{ age = \"day\" }] }\ntiers = [1]"),
            "3:13",
            &["a single number, and `all` has none", "`age`"],
        ),
        (
            badge("criterion = { points = \"xp\", at_least = 0 }\nrepeat = \"again\""),
            "3:41",
            &["cannot be reached again and again"],
        ),
    ];
    assert_single_errors(cases);
}
