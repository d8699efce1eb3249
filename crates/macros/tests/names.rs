//! Names that `#[badge]` derives, and ids that it accepts.

// The library of a procedural macro exports nothing else than macros.
#[path = "../src/names.rs"]
mod names;

use names::{describe_id_error, split_words, to_display_name};
use proc_macro2::{Ident, Span};

#[test]
fn names_become_words_and_sentences() {
    for (name, expected, read) in [
        ("night_owl", "night-owl", "Night owl"),
        ("NightOwl", "night-owl", "Night owl"),
        ("_first__post", "first-post", "First post"),
        ("HTTPHero", "http-hero", "Http hero"),
        ("Top10Player", "top10-player", "Top10 player"),
        ("x", "x", "X"),
        ("ANSWER_TO_ALL", "answer-to-all", "Answer to all"),
    ] {
        let words = split_words(&Ident::new(name, Span::call_site()));
        assert_eq!(words.join("-"), expected, "{name}");
        assert_eq!(to_display_name(&words), read, "{name}");
    }
    assert_eq!(
        split_words(&Ident::new_raw("try", Span::call_site())),
        ["try"]
    );
}

#[test]
fn ids_are_those_of_catalogs() {
    for (id, fits) in [
        ("a", true),
        ("7-up", true),
        ("", false),
        ("-a", false),
        ("Night", false),
        ("a b", false),
        ("é", false),
    ] {
        assert_eq!(describe_id_error(id).is_none(), fits, "{id}");
    }
    assert_eq!(describe_id_error(&"a".repeat(64)), None);
    assert!(describe_id_error(&"a".repeat(65)).is_some());
}
