//! Wording of results and errors, and colors.

use crate::terminal::Terminal;
use crate::world::World;

#[test]
fn misspelled_ids_are_answered_with_the_nearest_one() {
    let world = World::new();
    world.run_ok(&["record", "ada", "comment.posted"]);
    for (args, expected) in [
        (&["badges", "helpr"] as &[&str], "did you mean `helper`?"),
        (&["award", "ada", "helpr"], "did you mean `helper`?"),
        (
            &["progress", "ada", "helpr", "--add", "1"],
            "did you mean `helper`?",
        ),
        (&["why", "ada", "helpr"], "did you mean `helper`?"),
        (
            &["why", "ada", "unlockable:tittle"],
            "did you mean `unlockable:title`?",
        ),
        (&["points", "ada", "px", "5"], "did you mean `xp`?"),
        (&["points", "adda", "xp", "5"], "did you mean `ada`?"),
        (&["player", "adda"], "did you mean `ada`?"),
        (&["export", "personal-data", "adda"], "did you mean `ada`?"),
        (&["erase", "adda"], "did you mean `ada`?"),
        (
            &["award", "ada", "commentator", "--tier", "diamond"],
            "badge `commentator` has no tier `diamond`; its tiers are bronze, silver",
        ),
        (
            &["points", "ada", "xp", "ten"],
            "expected a whole number, such as 50 or -20",
        ),
        (
            &["badges", "--limit", "0"],
            "expected a whole number from 1 to 10000",
        ),
        (
            &["feed", "--after", "x"],
            "expected a whole number from 0 on",
        ),
    ] {
        world.assert_fails(args, expected);
    }
}

#[test]
fn colors_are_for_terminals_without_no_color() {
    let world = World::new();
    let typed = ["record", "ada", "comment.posted"];
    assert!(!world.run_ok(&typed).contains('\u{1b}'));
    world.run_ok(&typed);
    for (no_color, expected) in [("", true), ("1", false)] {
        let mut command = world.command(&["player", "ada"]);
        if !no_color.is_empty() {
            command.env("NO_COLOR", no_color);
        }
        let mut terminal = Terminal::start(command);
        assert_eq!(terminal.wait_for_end(), Some(0));
        assert_eq!(
            terminal.text.contains('\u{1b}'),
            expected,
            "{}",
            terminal.text
        );
    }
}
