//! `completions`, `man` and `schema`: what packages install.

use std::fs;

use serde_json::Value;

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
