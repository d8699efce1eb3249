//! The font of pictures that contain text, with the widths of its letters.

use std::sync::OnceLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Name of the font family in SVG, with `font-stretch="condensed"`.
pub(super) const FAMILY: &str = "DejaVu Sans";

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    /// Returns the value of `font-weight` in SVG.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "400",
            Self::Bold => "700",
        }
    }

    fn font(self) -> Option<&'static FontRef<'static>> {
        static REGULAR: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
        static BOLD: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
        let (place, data) = match self {
            Self::Regular => (&REGULAR, dejavu::sans_condensed::regular()),
            Self::Bold => (&BOLD, dejavu::sans_condensed::bold()),
        };
        place.get_or_init(|| FontRef::new(data).ok()).as_ref()
    }
}

/// Returns the files of the font.
pub(super) fn font_files() -> [&'static [u8]; 2] {
    [
        dejavu::sans_condensed::regular(),
        dejavu::sans_condensed::bold(),
    ]
}

/// Returns the text without the characters that the font lacks, such as emoji. `None` if it lacks
/// letters, so that the rest would be misleading.
pub(super) fn keep_drawable(text: &str) -> Option<String> {
    let font = Weight::Bold.font()?;
    let charmap = font.charmap();
    let has_glyph = |char: char| charmap.map(char).is_some();
    let is_lost = text
        .chars()
        .any(|char| char.is_alphanumeric() && !has_glyph(char));
    let kept: String = text
        .chars()
        // Joiners and variation selectors are left over from emoji.
        .filter(|char| char.is_whitespace() || has_glyph(*char))
        .filter(|char| !matches!(char, '\u{200d}' | '\u{fe00}'..='\u{fe0f}'))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    (!is_lost && !words.is_empty()).then(|| words.join(" "))
}

/// Returns the width of a text in pixels.
pub(super) fn measure_text(text: &str, size: f32, weight: Weight) -> f32 {
    let Some(font) = weight.font() else {
        return 0.0;
    };
    let charmap = font.charmap();
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    text.chars()
        .filter_map(|char| metrics.advance_width(charmap.map(char)?))
        .sum()
}

/// Breaks a text into lines of at most `width` pixels. The last of `most` lines ends with an
/// ellipsis if the text is longer; a word that is too long is cut.
pub(super) fn wrap_text(
    text: &str,
    size: f32,
    weight: Weight,
    width: f32,
    most: usize,
) -> Vec<String> {
    let fits = |line: &str| measure_text(line, size, weight) <= width;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer.filter(|line| fits(line)), lines.last_mut()) {
            (Some(longer), Some(last)) => *last = longer,
            _ => lines.push(word.to_owned()),
        }
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.push('…');
    }
    for line in &mut lines {
        let mut end = line.len();
        while !fits(line) && end > 0 {
            end = line[..end]
                .char_indices()
                .next_back()
                .map_or(0, |(at, _)| at);
            *line = format!("{}…", line[..end].trim_end_matches(['…', ' ']));
            end = end.min(line.len() - '…'.len_utf8());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_the_font_lacks_hide_the_text_and_emoji_are_left_out() {
        for (text, expected) in [
            ("Ada  Lovelace", Some("Ada Lovelace")),
            ("Zoë Иван Ωμέγα", Some("Zoë Иван Ωμέγα")),
            ("Ada \u{1f469}\u{200d}\u{1f680}", Some("Ada")),
            ("\u{6f22}\u{5b57}", None),
            ("\u{1f680}", None),
            ("", None),
        ] {
            assert_eq!(keep_drawable(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn text_is_broken_into_lines_that_fit() {
        let text = "Ask a question that a very patient person answers after a year of waiting";
        let lines = wrap_text(text, 30.0, Weight::Regular, 300.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].ends_with('…'));
        let long = "m".repeat(100);
        for line in lines
            .iter()
            .chain(&wrap_text(&long, 30.0, Weight::Bold, 300.0, 1))
        {
            assert!(measure_text(line, 30.0, Weight::Regular) <= 300.0, "{line}");
        }
        assert_eq!(wrap_text("short", 30.0, Weight::Bold, 300.0, 2), ["short"]);
    }
}
