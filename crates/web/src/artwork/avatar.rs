//! Avatars: the initials of a player on a generated background.

use std::f64::consts::PI;
use std::fmt::Write as _;

use super::drawing::{closed_path, format_number, point_on_circle};
use super::paint::ENAMELS;
use super::seed::Seed;
use crate::filters::escape_markup;

/// Draws the avatar of a player: a background from the id, with the initials of the display name.
pub(crate) fn draw_avatar(player: &str, called: &str) -> String {
    let mut seed = Seed::new("avatar", player);
    let enamel = seed.pick(&ENAMELS);
    let turn = PI * seed.next_below(24) as f64 / 12.0;
    let name = seed.id_prefix();
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\" role=\"img\" aria-hidden=\"true\">",
    );
    let _ = write!(
        svg,
        "<defs><linearGradient id=\"{name}e\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"><stop stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></linearGradient>\
         <clipPath id=\"{name}c\"><circle cx=\"32\" cy=\"32\" r=\"32\"/></clipPath></defs><g clip-path=\"url(#{name}c)\"><rect width=\"64\" height=\"64\" fill=\"url(#{name}e)\"/>",
        enamel.middle, enamel.deep
    );
    for (part, light) in [(0.0, ".13"), (2.1, ".08"), (3.9, ".1")] {
        let angle = turn + part;
        let plane = [
            (0.0, 0.0),
            point_on_circle(60.0, angle),
            point_on_circle(60.0, angle + 1.1),
        ];
        let _ = write!(
            svg,
            "<path transform=\"translate(32 32)\" d=\"{}\" fill=\"#fff\" fill-opacity=\"{light}\"/>",
            closed_path(&plane)
        );
    }
    let initials = extract_initials(called);
    let size = if initials.chars().count() > 1 {
        25.0
    } else {
        30.0
    };
    let _ = write!(
        svg,
        "</g><text x=\"32\" y=\"32\" dy=\".36em\" text-anchor=\"middle\" font-family=\"ui-sans-serif, system-ui, sans-serif\" font-weight=\"650\" font-size=\"{}\" fill=\"#fff\">{}</text></svg>",
        format_number(size),
        escape_markup(&initials)
    );
    svg
}

/// Returns the first letters of the first and the last word.
fn extract_initials(called: &str) -> String {
    let words = called
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut firsts = words
        .filter_map(|word| word.chars().next())
        .filter(|first| first.is_alphabetic());
    let first = firsts.next();
    let initials: String = first
        .into_iter()
        .chain(firsts.next_back())
        .flat_map(char::to_uppercase)
        .collect();
    // Ids and emoji names may contain no letters.
    match initials.is_empty() {
        true => called
            .chars()
            .find(|char| char.is_alphanumeric())
            .map_or_else(|| "\u{2022}".to_owned(), String::from),
        false => initials,
    }
}

// For text between tags only, where quotes need no escaping.

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (called, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada", "A"),
            ("user-4711", "U"),
            ("4711", "4"),
            ("Juan Carlos de la Cruz", "JC"),
            ("\u{5b6b}\u{609f}\u{7a7a}", "\u{5b6b}"),
            ("\u{202e}<script>", "S"),
            ("\u{1f9ed}", "\u{2022}"),
            ("", "\u{2022}"),
        ] {
            assert_eq!(extract_initials(called), expected, "{called}");
        }
    }

    #[test]
    fn an_avatar_depends_only_on_the_player() {
        assert_eq!(draw_avatar("ada", "Ada"), draw_avatar("ada", "Ada"));
        assert_ne!(draw_avatar("ada", "A"), draw_avatar("bob", "A"));
        assert!(!draw_avatar("<b>", "<b>").contains("<b>"));
    }
}
