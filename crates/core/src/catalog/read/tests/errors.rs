use super::*;

/// Asserts that each text has exactly one error, which begins with the location and contains all of
/// the parts.
pub(super) fn assert_single_errors<'a>(
    cases: impl IntoIterator<Item = (String, &'a str, &'a [&'a str])>,
) {
    let is_right = |errors: &[String], place: &str, parts: &[&str]| match errors {
        [error] => {
            error.starts_with(&format!("{place}: "))
                && parts.iter().all(|part| error.contains(part))
        }
        _ => false,
    };
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(source, place, parts)| {
            (
                errors_of(&source, CatalogFormat::Toml),
                source,
                place,
                parts,
            )
        })
        .filter(|(errors, _, place, parts)| !is_right(errors, place, parts))
        .collect();
    assert!(
        wrong.is_empty(),
        "(found, text, expected place, expected parts): {wrong:#?}"
    );
}

#[test]
fn keys_and_types() {
    let cases: [(&str, &str, &[&str]); 24] = [
        (
            "nam = \"x\"",
            "1:1",
            &[
                "the catalog has no key `nam`",
                "did you mean `name`?",
                "`currency`",
            ],
        ),
        (
            "name = 5",
            "1:8",
            &["`name` must be text, found a whole number"],
        ),
        ("name = [\"x\"]", "1:8", &["found a list"]),
        ("name = 2026-01-01", "1:8", &["found a time"]),
        (
            "currency = 5",
            "1:12",
            &["`currency` must be a list, found a whole number"],
        ),
        (
            "[currency]\nid = \"xp\"",
            "1:1",
            &["must be a list, found a table", "double brackets"],
        ),
        (
            "[[currency]]\nname = \"XP\"",
            "1:1",
            &["a currency needs the key `id`", "identity"],
        ),
        (
            "[[currency]]\nid = \"xp\"\ncolour = \"red\"",
            "3:1",
            &["a currency has no key `colour`", "allowed: `id`"],
        ),
        (
            "[[currency]]\nid = \"xp\"\nexpires = \"1y\"",
            "3:11",
            &["`1y` is not a valid window", "`year`"],
        ),
        (
            "[[currency]]\nid = \"xp\"\nexpires = 365",
            "3:11",
            &["`expires` must be text"],
        ),
        (
            "[[category]]\nid = \"x\"\nIcon = \"red\"",
            "3:1",
            &["a category has no key `Icon`"],
        ),
        (
            "[defaults]\ntier = [\"a\"]",
            "2:1",
            &["`[defaults]` has no key `tier`", "did you mean `tiers`?"],
        ),
        (
            "[defaults]\nimages = { lock = \"a\" }",
            "2:12",
            &["`images` has no key `lock`", "`locked`"],
        ),
        ("[defaults]\ntiers = []", "2:9", &["`tiers` is empty"]),
        (
            "[defaults]\ntiers = [\"a\", \"a\"]",
            "2:15",
            &["two default tiers are called `a`"],
        ),
        (
            "[[unlockable]]\nid = \"u\"\nrelock = 1\ncriterion = { manual = true }",
            "3:10",
            &["must be `true` or `false`"],
        ),
        (
            "[[unlockable]]\nid = \"u\"",
            "1:1",
            &["an unlockable needs the key `criterion`"],
        ),
        (
            "[[badge]]\nid = \"b\"\nvisibility = \"hiden\"",
            "3:14",
            &["`visibility` cannot be `hiden`", "`secret`"],
        ),
        (
            "[[badge]]\nid = \"b\"\nvisibility = \"Public\"",
            "3:14",
            &["did you mean `public`?"],
        ),
        (
            "[[badge]]\nid = \"b\"\nrequires = []",
            "3:12",
            &["`requires` is empty"],
        ),
        (
            "[[badge]]\nid = \"b\"\nrequires = [1]",
            "3:13",
            &["each of `requires` must be text"],
        ),
        (
            "[[badge]]\nid = \"b\"\nrequires = [\"a\", \"a\"]",
            "3:18",
            &["requires the badge twice: `a`"],
        ),
        (
            "[[badge]]\nid = \"b\"\npoints = { xp = \"5\" }",
            "3:17",
            &["`xp` must be a whole number, found text"],
        ),
        (
            "[[badge]]\nid = \"b\"\npoints = {}",
            "3:10",
            &["`points` is empty"],
        ),
    ];
    assert_single_errors(cases.map(|(source, place, parts)| (source.to_owned(), place, parts)));
}

#[test]
fn ids_names_zones_and_times() {
    let long = format!("[[badge]]\nid = \"{}\"", "x".repeat(65));
    let long_event = format!(
        "[[earning]]\nid = \"e\"\non = \"{}\"\npoints = {{ xp = 1 }}",
        "x".repeat(129)
    );
    let listens =
        |name: &str| format!("[[earning]]\nid = \"e\"\non = \"{name}\"\npoints = {{ xp = 1 }}");
    let lasts = |times: &str| format!("[[badge]]\nid = \"b\"\n{times}");
    let cases: [(String, &str, &[&str]); 21] = [
        ("[[badge]]\nid = \"Nice Answer\"".into(), "2:6", &["`Nice Answer` is not a valid id", "write `nice-answer`"]),
        ("[[badge]]\nid = \"-x\"".into(), "2:6", &["`-x` is not a valid id", "write `x`"]),
        ("[[badge]]\nid = \"\"".into(), "2:6", &["is not a valid id", "at most 64 bytes"]),
        (long, "2:6", &["x…` is not a valid id"]),
        (
            "[[badge]]\nid = \"b\"\n[[badge]]\nid = \"b\"".into(),
            "4:6",
            &["two badges have the id `b`; the first is on line 2"],
        ),
        (
            "[[limit]]\nid = \"l\"\npoints = 1\nper = \"day\"\n[[limit]]\nid = \"l\"\ntimes = 1\nper = \"day\"".into(),
            "6:6",
            &["two limits have the id `l`; the first is on line 2"],
        ),
        (listens(""), "3:6", &["is not a valid event name"]),
        (listens("a\\u0000b"), "3:6", &["control characters"]),
        (long_event, "3:6", &["1 to 128 bytes"]),
        (listens("accolade.badge_award"), "3:6", &["rules cannot listen", "did you mean `accolade.badge_awarded`?"]),
        (
            "[[earning]]\nid = \"e\"\non = [\"a\", \"a\"]\npoints = { xp = 1 }".into(),
            "3:12",
            &["names the event twice"],
        ),
        ("zone = \"Europe/Pariss\"".into(), "1:8", &["no time zone `Europe/Pariss`", "did you mean `Europe/Paris`?"]),
        (lasts("since = \"yesterday\""), "3:9", &["`yesterday` is not a valid time", "RFC 3339"]),
        (lasts("since = 5"), "3:9", &["`since` must be a time, found a whole number"]),
        (lasts("since = 2026-01-01"), "3:9", &["has no time zone", "write `2026-01-01T00:00:00Z`"]),
        (lasts("since = 2026-01-01T10:00:00"), "3:9", &["write `2026-01-01T10:00:00Z`"]),
        (lasts("since = 10:00:00"), "3:9", &["is not a valid time"]),
        (lasts("since = \"2300-01-01T00:00:00Z\""), "3:9", &["out of range"]),
        (
            lasts("since = 2026-01-02T00:00:00Z\nuntil = 2026-01-02T01:00:00+01:00"),
            "4:9",
            &["`until` (2026-01-02T00:00:00Z) is not after `since` (2026-01-02T00:00:00Z)"],
        ),
        (with_criterion("{ count = \"e\", within = \"weekly\" }"), "3:37", &["is not a valid window", "did you mean `week`?"]),
        (with_criterion("{ count = \"e\", within = \"0d\" }"), "3:37", &["`0d` is not a valid window"]),
    ];
    assert_single_errors(cases);
}

#[test]
fn s15_former_ids() {
    let badges = |one: &str, other: &str| {
        format!("[[badge]]\nid = \"a\"\n{one}\n[[badge]]\nid = \"b\"\n{other}")
    };
    let currency = |was: &str| format!("[[currency]]\nid = \"xp\"\nwas = {was}");
    let cases: [(String, &str, &[&str]); 12] = [
        (currency("[]"), "3:7", &["`was` is empty"]),
        (currency("5"), "3:7", &["`was` must be text or a list"]),
        (currency("\"X P\""), "3:7", &["`X P` is not a valid id"]),
        (
            currency("\"xp\""),
            "3:7",
            &["`xp` is the current id of the currency", "leave it out"],
        ),
        (
            currency("[\"a\", \"a\"]"),
            "3:13",
            &["`was` names the currency twice: `a`; the first is on line 3"],
        ),
        (
            badges("was = \"b\"", ""),
            "3:7",
            &["the badge `b` is still defined, so `a` cannot replace it"],
        ),
        (
            badges("was = \"old\"", "was = [\"older\", \"old\"]"),
            "6:17",
            &["`was` names the badge twice: `old`"],
        ),
        (
            "[[earning]]\nid = \"e\"\nwas = \"e\"\non = \"x\"\npoints = { xp = 1 }".into(),
            "3:7",
            &["`e` is the current id of the earning"],
        ),
        (
            "[[unlockable]]\nid = \"u\"\nwas = [\"v\", \"u\"]\ncriterion = { manual = true }"
                .into(),
            "3:13",
            &["`u` is the current id of the unlockable"],
        ),
        (
            "[[category]]\nid = \"c\"\nwas = \"d\"".into(),
            "3:1",
            &["a category has no key `was`"],
        ),
        (
            "[[limit]]\nid = \"l\"\nwas = \"m\"\ntimes = 1\nper = \"day\"".into(),
            "3:1",
            &["a limit in times has no key `was`"],
        ),
        (
            "[[test]]\nname = \"t\"\nwas = \"u\"\ngiven = []\nexpect = {}".into(),
            "3:1",
            &["has no key `was`"],
        ),
    ];
    assert_single_errors(cases);
    let swapped = errors_of(&badges("was = \"b\"", "was = \"a\""), CatalogFormat::Toml);
    assert_eq!(swapped.len(), 2, "{swapped:#?}");
}

#[test]
fn s11_earnings_and_limits() {
    let earning = |rest: &str| format!("[[earning]]\nid = \"e\"\non = \"x\"\n{rest}");
    let limited = |limit: &str| earning(&format!("points = {{ xp = 1 }}\nlimit = {limit}"));
    let cases: [(String, &str, &[&str]); 15] = [
        (earning(""), "1:1", &["an earning needs the key `points`"]),
        (
            "[[earning]]\nid = \"e\"\npoints = { xp = 1 }".into(),
            "1:1",
            &["an earning needs the key `on`"],
        ),
        (earning("points = 5"), "4:10", &["`points` must be a table"]),
        (
            earning("points = { xp = true }"),
            "4:17",
            &["`xp` must be a whole number or text, found `true`"],
        ),
        (
            earning("points = { xp = 1.5 }"),
            "4:17",
            &["`xp` must be a whole number"],
        ),
        (
            earning("points = { xp = 9223372036854775808 }"),
            "4:17",
            &["`xp` must be between"],
        ),
        (
            earning("points = { xp = 1 }\ncooldown = \"1 hour\""),
            "5:12",
            &["`1 hour` is not a valid duration", "`12h`"],
        ),
        (
            limited("{ points = 0, per = \"day\" }"),
            "5:20",
            &["`points` must be between 1 and"],
        ),
        (
            limited("{ points = 1, times = 1, per = \"day\" }"),
            "5:23",
            &["cannot be `points` and `times` at once"],
        ),
        (
            limited("{ per = \"day\" }"),
            "5:9",
            &[
                "a limit needs exactly one of its kinds",
                "`points`, `times`",
            ],
        ),
        (
            limited("{ times = 1 }"),
            "5:9",
            &["a limit in times needs the key `per`"],
        ),
        (
            limited("{ times = 1, per = \"hour\" }"),
            "5:28",
            &["`per` cannot be `hour`", "`ever`"],
        ),
        (
            limited("{ times = 1, per = \"ever\", zone = \"player\" }"),
            "5:36",
            &["`zone` has no effect on a limit"],
        ),
        (
            limited("{ times = 1, per = \"day\", zone = \"UTC\" }"),
            "5:42",
            &["`zone` cannot be `UTC`", "`player`"],
        ),
        (limited("5"), "5:9", &["`limit` must be text or a table"]),
    ];
    assert_single_errors(cases);
}

#[test]
fn tests_of_the_catalog() {
    let test = |given: &str, expect: &str| {
        format!("[[test]]\nname = \"t\"\ngiven = [{given}]\nexpect = {{ {expect} }}")
    };
    let event = |rest: &str| test(&format!("{{ player = \"ada\", name = \"e\", {rest} }}"), "");
    let cases: [(String, &str, &[&str]); 16] = [
        (
            test("", "").replace("given", "now = 2026-03-01\ngiven"),
            "3:7",
            &["has no time zone"],
        ),
        (
            "[[test]]\nname = \"t\"\ngiven = []".into(),
            "1:1",
            &["a test needs the key `expect`"],
        ),
        (
            test("{ player = \"ada\" }", ""),
            "3:10",
            &["a line of `given` needs the key `name`"],
        ),
        (
            test("{ player = \"a\", name = \"accolade.awards\" }", ""),
            "3:33",
            &["did you mean `accolade.award`?"],
        ),
        (
            test("{ player = \"\", name = \"e\" }", ""),
            "3:21",
            &["has 1 to 255 bytes"],
        ),
        (
            event("repeat = 0"),
            "3:49",
            &["`repeat` must be between 1 and 100000"],
        ),
        (
            event("repeat = 100001"),
            "3:49",
            &["`repeat` must be between 1 and 100000"],
        ),
        (
            event("every = \"daily\""),
            "3:48",
            &["`daily` is not a valid duration"],
        ),
        (event("at = 2026-01-01"), "3:45", &["has no time zone"]),
        (
            event("props = { x = nan }"),
            "3:54",
            &["`nan` is not a valid JSON number"],
        ),
        (event("props = 5"), "3:48", &["`props` must be a table"]),
        (
            test("", "ada = { badge = [\"b\"] }"),
            "4:20",
            &[
                "an expectation has no key `badge`",
                "did you mean `badges`?",
            ],
        ),
        (
            test("", "ada = { badges = [\"b:\"] }"),
            "4:30",
            &["`b:` is not a valid award", "badge:tier@key"],
        ),
        (
            test("", "ada = { badges = [\"b@\"] }"),
            "4:30",
            &["`b@` is not a valid award"],
        ),
        (
            test("", "ada = { points = { xp = 1.5 } }"),
            "4:36",
            &["`xp` must be a whole number"],
        ),
        (
            test("", "ada = { progress = { b = \"1\" } }"),
            "4:37",
            &["`b` must be a number, found text"],
        ),
    ];
    assert_single_errors(cases);
}

#[test]
fn all_errors_at_once() {
    let source = r#"
nmae = "My community"

[[currency]]
id = "XP"

[[earning]]
id = "vote"
on = []
points = { xp = 1.5 }
cooldown = "an hour"

[[badge]]
id = "nice"
visibility = "hidden"
criterion = { sum = "event.delta", onn = "vote", at_least = 0 }
tiers = [10, 5]

[[badge]]
id = "nice"
repeat = "per-key"
criterion = { count = "vote" }
since = 2026-01-01
broken =
"#;
    let (document, found) = read_catalog(source, "accolade.toml", CatalogFormat::Toml);
    assert_eq!(document.badges.len(), 2);
    insta::assert_snapshot!(found.into_result(document).unwrap_err(), @r#"
    accolade.toml:2:1: the catalog has no key `nmae`
      help: did you mean `name`? Allowed: `name`, `zone`, `defaults`, `currency`, `category`, `key`, `limit`, `earning`, `badge`, `unlockable`, `test`
    accolade.toml:5:6: `XP` is not a valid id
      help: write `xp`; ids consist of lower-case letters, digits and `-`, begin with a letter or a digit, and have at most 64 bytes
    accolade.toml:9:6: `on` is empty
      help: add at least one element, or leave the key out if it is optional
    accolade.toml:10:17: `xp` must be a whole number
      help: leave the fraction out
    accolade.toml:11:12: `an hour` is not a valid duration
      help: write a whole number and a unit, such as `90s`, `15m`, `12h`, `7d` or `2w`
    accolade.toml:15:14: `visibility` cannot be `hidden`
      help: allowed: `public`, `secret`, `invisible`
    accolade.toml:16:36: a `sum` criterion has no key `onn`
      help: did you mean `on`? Allowed: `sum`, `on`, `where`, `per`, `within`, `zone`, `at_least`
    accolade.toml:16:50: the badge's tiers already set the target
      help: leave `at_least` out
    accolade.toml:17:14: the targets of tiers must rise, but 5 follows 10
      help: order the tiers from the lowest to the highest
    accolade.toml:20:6: two badges have the id `nice`; the first is on line 14
      help: rename it, or leave it out
    accolade.toml:21:10: `per-key` needs a criterion with `per`
      help: add `per` to the criterion, such as `per = "event.post"`
    accolade.toml:23:9: `2026-01-01` has no time zone
      help: write `2026-01-01T00:00:00Z` for UTC, or an offset such as `+01:00` instead of `Z`
    accolade.toml:24:9: this is not TOML: string values must be quoted, expected literal string
    "#);
}

#[test]
fn s25_a_catalog_has_a_limit() {
    let long = " ".repeat(limits::CATALOG_BYTES + 1);
    let errors = errors_of(&long, CatalogFormat::Toml);
    assert_eq!(
        errors,
        ["1:1: the catalog has 4194305 bytes; the limit is 4194304"]
    );
}

#[test]
fn syntax_errors_come_with_the_others_but_without_their_consequences() {
    let source = "name = \nzone = \"Europe/Pariss\"\n[[badge]]\nid = \nid = 'b'\n";
    let errors = errors_of(source, CatalogFormat::Toml);
    let places: Vec<&str> = errors
        .iter()
        .map(|error| error.split(": ").next().unwrap())
        .collect();
    assert_eq!(places, ["1:8", "2:8", "4:6", "5:1"], "{errors:#?}");
}

#[test]
fn json_errors_have_places_too() {
    let source = "{\n  \"name\": null,\n  \"badge\": [{\"id\": \"B\", \"repeat\": \"agian\",\n   \"tires\": [1]}]\n}";
    let errors = errors_of(source, CatalogFormat::Json);
    let expected = [
        "2:11: `name` must be text, found null",
        "3:20: `B` is not a valid id",
        "3:35: `repeat` cannot be `agian` (did you mean `again`?",
        "4:4: a badge has no key `tires` (did you mean `tiers`?",
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for (error, expected) in errors.iter().zip(expected) {
        assert!(error.starts_with(expected), "{error} is not {expected}");
    }
}
