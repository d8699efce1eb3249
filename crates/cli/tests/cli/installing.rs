//! `completions`, `man`, `schema` and `docs`: what packages install, and what the binary contains.

use std::fs;

use serde_json::Value;

use crate::terminal::Terminal;
use crate::world::World;

#[test]
fn every_shell_gets_a_script_that_completes_every_command() {
    let world = World::without_catalog();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.run_ok(&["completions", shell]);
        for word in ["import-django", "rotate-tokens", "allow-actions"] {
            assert!(script.contains(word), "{word} is not completed in {shell}");
        }
    }
    world.assert_fails(&["completions", "tcsh"], "tcsh");
}

#[test]
fn each_command_has_a_manual_page() {
    let world = World::without_catalog();
    let (status, written) = world.run_json(&["man", "share/man1"]);
    assert_eq!(status, 0, "{written}");
    let mut found: Vec<String> = fs::read_dir(world.path("share/man1"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut files: Vec<&str> = written["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    files.sort_unstable();
    assert_eq!(found, files);
    for page in ["accolade.1", "accolade-why.1", "accolade-keys-create.1"] {
        assert!(
            found.iter().any(|file| file == page),
            "no {page}: {found:?}"
        );
        let text = world.read(&format!("share/man1/{page}"));
        assert!(text.contains(".SH SYNOPSIS"), "{page}: {text}");
    }
}

#[test]
fn the_printed_schema_is_the_published_one() {
    let world = World::without_catalog();
    let printed: Value = serde_json::from_str(&world.run_ok(&["schema"])).unwrap();
    let published = include_str!("../../../../docs/catalog.schema.json");
    assert_eq!(printed, serde_json::from_str::<Value>(published).unwrap());
}

#[test]
fn the_documentation_is_inside_the_binary_and_opens_in_a_pager() {
    let world = World::without_catalog();
    let catalog = include_str!("../../../../docs/catalog.md");
    assert_eq!(world.run_ok(&["docs", "catalog"]).trim(), catalog.trim());
    let listed = world.run_ok(&["docs"]);
    for page in [
        "tutorial",
        "concepts",
        "cookbook",
        "troubleshooting",
        "catalog",
        "glossary",
    ] {
        assert!(
            listed.contains(&format!("accolade docs {page}")),
            "{listed}"
        );
    }
    for (pager, expected) in [("head -n 1", 1), ("no-such-pager", catalog.lines().count())] {
        let mut command = world.command(&["docs", "catalog"]);
        command.env("PAGER", pager);
        let mut terminal = Terminal::start(command);
        assert_eq!(terminal.wait_for_end(), Some(0), "{pager}");
        assert_eq!(
            terminal.text.trim_end().lines().count(),
            expected,
            "{pager}"
        );
    }
}
