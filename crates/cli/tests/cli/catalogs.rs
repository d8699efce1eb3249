//! `init`, `check`, and the choice between catalogs.

use crate::world::{CATALOG, World};

#[test]
fn init_writes_a_valid_catalog_and_does_not_overwrite_one() {
    let world = World::without_catalog();
    world.assert_fails(&["check"], "accolade init");
    assert!(world.run_ok(&["init"]).contains("accolade record"));
    let (status, report) = world.run_json(&["check"]);
    assert_eq!((status, &report["valid"]), (0, &true.into()), "{report}");
    assert!(
        report["tests"]
            .as_array()
            .is_some_and(|tests| tests.len() >= 3 && tests.iter().all(|one| one["passed"] == true))
    );

    world.write("accolade.toml", "name = \"mine\"\n");
    world.assert_fails(&["init"], "already exists");
    assert_eq!(world.read("accolade.toml"), "name = \"mine\"\n");
}

#[test]
fn the_first_line_of_the_starter_names_the_schema_next_to_it() {
    let world = World::without_catalog();
    world.run_ok(&["init"]);
    let catalog = world.read("accolade.toml");
    let named = catalog.lines().next().unwrap().strip_prefix("#:schema ./");
    assert_eq!(world.read(named.unwrap()), world.run_ok(&["schema"]));
    // A schema that a person has put there is left as it is.
    let world = World::without_catalog();
    world.write("accolade.schema.json", "{}");
    world.run_ok(&["init"]);
    assert_eq!(world.read("accolade.schema.json"), "{}");
}

#[test]
fn the_commands_that_init_suggests_work() {
    let world = World::without_catalog();
    let said = world.run_ok(&["init"]);
    let commands: Vec<&str> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("accolade "))
        .collect();
    assert_eq!(commands.len(), 4, "{said}");
    for command in commands {
        let typed = command.split("   ").next().unwrap();
        world.run_ok(&typed.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn check_shows_every_error_at_its_line() {
    let world = World::without_catalog();
    world.write(
        "bad.toml",
        "[[currency]]\nid = \"xp\"\ncolour = \"red\"\n\n[[badge]]\nid = \"xp\"\nrequires = \"missing\"\n",
    );
    let ran = world.run(&["check", "bad.toml"]);
    assert_eq!(ran.status, 1);
    for part in [
        "bad.toml:3:1",
        "colour = \"red\"",
        "bad.toml:7:12",
        "missing",
        "bad.toml: 2 errors",
    ] {
        assert!(ran.err.contains(part), "{part:?} is not in:\n{}", ran.err);
    }
    let (status, report) = world.run_json(&["check", "bad.toml"]);
    let lines: Vec<_> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].clone())
        .collect();
    assert_eq!(
        (status, &report["valid"], lines),
        (1, &false.into(), vec![3.into(), 7.into()])
    );
}

#[test]
fn check_shows_the_first_errors_and_counts_the_rest() {
    let world = World::without_catalog();
    let badge = |n| format!("[[badge]]\nid = \"b{n}\"\ncriterion = {{ badge = \"x{n}\" }}\n");
    world.write("bad.toml", (0..1_400).map(badge).collect::<String>());
    let ran = world.run(&["check", "bad.toml"]);
    let end = "\n\n… and 1,200 more errors\n\nbad.toml: 1,400 errors\n";
    assert!(
        ran.status == 1 && ran.err.ends_with(end),
        "{:?}",
        ran.status
    );
    let (status, report) = world.run_json(&["check", "bad.toml"]);
    let shown = report["diagnostics"].as_array().map(Vec::len);
    assert_eq!(
        (status, &report["error_count"], shown),
        (1, &1_400.into(), Some(200))
    );
}

#[test]
fn check_runs_the_catalogs_tests() {
    let world = World::new();
    let report = world.run_ok(&["check"]);
    assert!(
        report.contains("1 test, 0 failed")
            && report.contains("1 currency, 0 categories, 2 earnings, 4 badges"),
        "{report}"
    );

    world.write("accolade.toml", CATALOG.replace("xp = 10 }", "xp = 11 }"));
    let ran = world.run(&["check"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    for part in ["FAILED", "ada has 10 xp, expected 11", "accolade.toml:51"] {
        assert!(ran.out.contains(part), "{part:?} is not in:\n{}", ran.out);
    }
    let (status, report) = world.run_json(&["check"]);
    assert_eq!(
        (status, &report["tests"][0]["failures"][0]["line"]),
        (2, &51.into()),
        "{report}"
    );
}

#[test]
fn a_file_that_is_not_a_catalog_is_rejected_without_reading_all_of_it() {
    let world = World::without_catalog();
    world.write("binary.toml", b"name = \"x\"\n\xff\xfe");
    world.assert_fails(&["check", "binary.toml"], "line 2");
    world.assert_fails(&["check", "nowhere.toml"], "nowhere.toml");
    world.assert_fails(&["check", "."], "cannot read the catalog");
    #[cfg(unix)]
    world.assert_fails(&["check", "/dev/zero"], "exceeds the limit");
}

#[test]
fn a_database_keeps_its_catalog() {
    let world = World::new();
    world.run_ok(&["record", "ada", "comment.posted"]);
    let changed = CATALOG.replace("{ xp = 5 }", "{ xp = 6 }").replace(
        "[[unlockable]]\nid = \"title\"",
        "[[unlockable]]\nid = \"hat\"",
    );
    world.write("other.toml", &changed);
    world.write("accolade.toml", &changed);

    let ran = world.run(&["record", "ada", "comment.posted", "--catalog", "other.toml"]);
    assert_eq!(ran.status, 1);
    for part in [
        "other.toml differs",
        "commented",
        "title",
        "hat",
        "omit --catalog",
    ] {
        assert!(ran.err.contains(part), "{part:?} is not in {}", ran.err);
    }
    world.assert_fails(&["player", "ada", "--catalog", "other.toml"], "differs");

    let (_, receipt) = world.run_json(&["record", "ada", "comment.posted"]);
    assert_eq!(
        receipt["outcomes"][0]["detail"]["amount"], 5,
        "the default file has no effect any more: {receipt}"
    );
    world.write("same.toml", format!("# a comment\n{CATALOG}"));
    world.run_ok(&["record", "ada", "comment.posted", "--catalog", "same.toml"]);
}

#[test]
fn without_a_catalog_nothing_is_recorded_and_no_file_is_created() {
    let world = World::without_catalog();
    world.assert_fails(&["record", "ada", "comment.posted"], "accolade init");
    world.assert_fails(&["player", "ada"], "database not found");
    world.assert_fails(
        &["record", "ada", "comment.posted", "--db", "accolade.db"],
        "sqlite:PATH",
    );
    assert!(!world.path("accolade.db").exists());
}
