//! Errors that say the right form, and that do not cause others.

use super::errors::assert_single_errors;
use super::*;

const CURRENCY: &str = "[[currency]]\nid = \"xp\"\n";

fn badge(rest: &str) -> String {
    format!("[[badge]]\nid = \"b\"\n{rest}\n")
}

fn earning(rest: &str) -> String {
    format!("[[earning]]\nid = \"e\"\non = \"x\"\n{rest}\n")
}

#[test]
fn a_misspelled_key_is_the_only_error() {
    let slip = "criterium = { count = \"x\" }\n";
    let expected: &[&str] = &[
        "a badge has no key `criterium`",
        "did you mean `criterion`?",
    ];
    assert_single_errors(
        [
            "tiers = [1, 2]",
            "repeat = \"again\"",
            "repeat = \"per-key\"",
            "temporary = true",
        ]
        .map(|rest| (badge(&format!("{slip}{rest}")), "3:1", expected)),
    );
}

#[test]
fn values_of_the_wrong_kind_are_answered_with_the_right_form() {
    let cases: [(String, &str, &[&str]); 13] = [
        (
            badge("points = 10"),
            "3:10",
            &["name the currency: write `points = { xp = 10 }`"],
        ),
        (
            earning("points = 10"),
            "4:10",
            &["name the currency: write `points = { xp = 10 }`"],
        ),
        (
            earning("points = \"event.n\""),
            "4:10",
            &["write `points = { xp = \"event.n\" }`"],
        ),
        (
            badge("criterion = \"post.published >= 10\""),
            "3:13",
            &["write `criterion = { count = \"post.published\", at_least = 10 }`"],
        ),
        (
            badge("criterion = \"post.published\""),
            "3:13",
            &["write `criterion = { count = \"post.published\" }`"],
        ),
        (
            badge("criterion = 10"),
            "3:13",
            &["write `criterion = { count = \"post.published\", at_least = 10 }`"],
        ),
        (
            badge("criterion = [{ count = \"x\" }]"),
            "3:13",
            &["write `criterion = { all = […] }`"],
        ),
        (
            badge("criterion = { count = \"x\" }\ntiers = 5"),
            "4:9",
            &["write `tiers = [5]`"],
        ),
        (
            badge("criterion = { count = \"x\", within = 7 }"),
            "3:37",
            &["add a unit: write `within = \"7d\"`"],
        ),
        (
            badge("criterion = { count = \"x\", at_least = \"10\" }"),
            "3:39",
            &["leave the quotes out: write `at_least = 10`"],
        ),
        (
            badge("criterion = { count = \"x\" }\ntemporary = \"true\""),
            "4:13",
            &["leave the quotes out: write `temporary = true`"],
        ),
        (
            badge("name = 5"),
            "3:8",
            &["add quotes: write `name = \"5\"`"],
        ),
        (
            format!("{CURRENCY}{}", earning("points = { xp = 1 }\nlimit = 50")),
            "7:9",
            &["write `limit = { points = 50, per = \"day\" }`"],
        ),
    ];
    assert_single_errors(cases);
}

#[test]
fn mechanics_that_do_not_exist_yet_have_a_recipe() {
    let cases: [(String, &str, &[&str]); 4] = [
        (
            with_criterion("{ streak = \"day\", on = \"x\" }"),
            "3:15",
            &[
                "a criterion has no kind `streak`",
                "streaks are not available yet",
                "distinct",
            ],
        ),
        (
            with_criterion("{ level = 5 }"),
            "3:15",
            &["a criterion has no kind `level`", "a badge with tiers"],
        ),
        (
            "[[level]]\nid = \"l\"\n".to_owned(),
            "1:3",
            &[
                "the catalog has no key `level`",
                "levels are not available yet",
            ],
        ),
        (
            "[[quests]]\nid = \"q\"\n".to_owned(),
            "1:3",
            &["quests are not available yet", "all = ["],
        ),
    ];
    assert_single_errors(cases);
}

#[test]
fn a_parse_error_hides_no_other_error() {
    let source = format!(
        "{CURRENCY}{}{}",
        earning("where = \"event.a >\"\npoints = { xpp = 1 }\nlimit = \"daily\""),
        badge(
            "requires = \"c\"\npoints = { yp = 1 }\n\
             criterion = { any = [{ count = \"x\", where = \"event.q ==\" }, { badge = \"bb\" }, \
             { sum = \"event.n +\", on = \"x\", where = \"oops(1)\", at_least = 1 }] }"
        ),
    );
    let errors = crate::catalog::Catalog::from_toml(&source)
        .unwrap_err()
        .to_string();
    for expected in [
        "there is no currency `xpp`",
        "there is no limit `daily`",
        "there is no badge `c`",
        "there is no currency `yp`",
        "there is no badge `bb`",
        "there is no function `oops`",
    ] {
        assert!(
            errors.contains(expected),
            "{expected:?} is not in:\n{errors}"
        );
    }
    assert_eq!(
        errors.matches("unexpected end of the expression").count(),
        3,
        "{errors}"
    );
}
