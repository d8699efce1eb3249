//! An import whose process is killed.

use std::io::Write;

use crate::world::World;

const LINES: usize = 3_000;

/// Builds a line of about 400 bytes, so that the pipe holds only a part of the file. Events are out
/// of order.
fn line(n: usize) -> String {
    let (player, day, padding) = (n % 20, 1 + (n * 7) % 28, "x".repeat(300));
    format!(
        "{{\"id\":\"{n}\",\"player\":\"p{player}\",\"name\":\"comment.posted\",\"at\":\"2026-01-{day:02}T00:00:00Z\",\"props\":{{\"text\":\"{padding}\"}}}}\n"
    )
}

#[test]
fn s5_a_killed_import_leaves_a_valid_database_and_resumes() {
    let file: String = (0..LINES).map(line).collect();
    let world = World::new();
    // All bytes that do not fit in the pipe have been read, so each kill is later in the import.
    for written in [200_000, 450_000, 700_000, 1_000_000] {
        let mut child = world.start(&["import", "-"]);
        child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(&file.as_bytes()[..written])
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let ran = world.run(&["verify"]);
        assert_eq!(ran.status, 0, "after {written} bytes: {ran:?}");
    }

    world.write("events.ndjson", &file);
    let (status, report) = world.run_json(&["import", "events.ndjson"]);
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(
        (status, count("accepted") + count("duplicates")),
        (0, LINES as u64),
        "{report}"
    );
    assert_eq!(world.run(&["verify"]).status, 0);

    let whole = World::new();
    whole.write("events.ndjson", &file);
    whole.run_ok(&["import", "events.ndjson"]);
    for what in ["awards", "balances", "events", "players"] {
        assert_eq!(
            world.run_ok(&["export", what]),
            whole.run_ok(&["export", what]),
            "{what}"
        );
    }
}
