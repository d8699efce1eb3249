//! Event names that no rule listens to, and those that rules listen to in vain.

use serde_json::json;

use crate::world::{CATALOG, World};

const HINT: &str = "no rule listens to `comment.postd`; did you mean `comment.posted`?";

#[test]
fn record_says_that_no_rule_listens_to_the_event() {
    let world = World::new();
    let report = world.run_ok(&["record", "ada", "comment.postd"]);
    assert!(report.contains(&format!("warning: {HINT}")), "{report}");
    let (_, receipt) = world.run_json(&["record", "ada", "comment.postd"]);
    assert_eq!(
        (&receipt["heard"], &receipt["hint"]),
        (&json!(false), &json!(HINT))
    );
    let report = world.run_ok(&["record", "ada", "comment.posted"]);
    assert!(!report.contains("no rule listens"), "{report}");
}

#[test]
fn import_counts_the_events_that_no_rule_listens_to() {
    let world = World::new();
    let line = |id: u32, name: &str| {
        format!(
            "{}\n",
            json!({ "id": id.to_string(), "player": "ada", "name": name })
        )
    };
    let mut lines: String = (0..3).map(|id| line(id, "comment.postd")).collect();
    lines += &line(9, "comment.posted");
    world.write("events.ndjson", &lines);
    let report = world.run_ok(&["import", "events.ndjson"]);
    assert!(
        report.contains(&format!("warning: 3 events: {HINT}")),
        "{report}"
    );
    let (status, report) = world.run_json(&["import", "events.ndjson"]);
    assert_eq!(
        (status, &report["unheard"]["names"][0]["events"]),
        (0, &json!(3)),
        "duplicates are counted, too: {report}"
    );
    lines.extend((0..150).map(|id| line(100 + id, &format!("name {id}"))));
    world.write("events.ndjson", &lines);
    let report = world.run_ok(&["import", "events.ndjson"]);
    assert!(
        report.contains("no rule listens to 51 more events of other names"),
        "{report}"
    );
}

#[test]
fn check_compares_the_catalog_with_a_database_that_exists() {
    let world = World::new();
    let report = world.run_ok(&["check"]);
    assert!(!report.contains("sqlite:"), "{report}");
    assert!(!world.path("accolade.db").exists(), "check creates no file");
    world.write("accolade.db", "");
    world.run_ok(&["check"]);
    assert_eq!(world.read("accolade.db"), "", "check writes no file");
    std::fs::remove_file(world.path("accolade.db")).unwrap();

    world.run_ok(&["record", "ada", "comment.posted"]);
    world.run_ok(&["record", "ada", "vote.receivd"]);
    let report = world.run_ok(&["check"]);
    for part in [
        "sqlite:accolade.db (default) has no events of 3 names",
        "badge `nice-answer` listens to `vote.received`, but no such event was recorded; did you \
         mean `vote.receivd`?",
        "earning `pace` listens to `run.finished`, but no such event was recorded\n",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    let (status, report) = world.run_json(&["check", "--db", "sqlite:accolade.db"]);
    assert_eq!(status, 0, "{report}");
    let names = &report["event_names"];
    assert_eq!(names["database"], json!("sqlite:accolade.db (--db)"));
    assert_eq!(names["unseen"].as_array().unwrap().len(), 3, "{names}");
    assert_eq!(names["unseen"][2]["suggestion"], json!("vote.receivd"));
}

#[test]
fn a_database_that_cannot_be_read_does_not_fail_a_check() {
    let world = World::new();
    world.write(
        "accolade.db",
        "this is not a database, but a text that is long enough to be read as one",
    );
    let report = world.run_ok(&["check"]);
    assert!(
        report.contains("warning: event names were not compared with sqlite:accolade.db (default)"),
        "{report}"
    );
}

#[test]
fn plan_lists_names_that_were_never_recorded() {
    let world = World::new();
    world.run_ok(&["record", "ada", "comment.posted"]);
    world.write(
        "new.toml",
        CATALOG.replace("vote.received", "comment.postd"),
    );
    let ran = world.run(&["plan", "new.toml"]);
    assert!(
        ran.out.contains(
            "badge `nice-answer` listens to `comment.postd`, but no such event was recorded; did \
             you mean `comment.posted`?"
        ),
        "{ran:?}"
    );
}

#[test]
fn doctor_reports_names_without_a_rule_and_names_that_were_never_recorded() {
    let world = World::new();
    for name in [
        "comment.posted",
        "comment.postd",
        "entirely.different",
        "riddle.solvd",
    ] {
        world.run_ok(&["record", "ada", name]);
    }
    let report = world.run_ok(&["doctor"]);
    for part in [
        "events that no rule listens to",
        "  entirely.different",
        "events that were never recorded",
        "  earning `pace` listens to `run.finished`, but no such event was recorded",
        &format!("warning: 1 event: {HINT}"),
        "warning: badge `riddle` listens to `riddle.solved`, but no such event was recorded; did \
         you mean `riddle.solvd`?",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    assert!(!report.contains("warning: earning `pace`"), "{report}");
    let (_, found) = world.run_json(&["doctor"]);
    let names = &found["event_names"];
    assert_eq!(
        (
            &names["recorded"],
            &names["without_a_rule"],
            &names["never_recorded"]
        ),
        (&json!(4), &json!(3), &json!(3)),
        "{found}"
    );
    assert_eq!(names["unheard"][0]["suggestion"], json!("comment.posted"));
}
