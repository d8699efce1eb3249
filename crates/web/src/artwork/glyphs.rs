//! Glyphs in the middle of badges, each in a square of 24 units.

use super::seed::Seed;

/// Glyph: a filled path and a stroked path. Either may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) filled: &'static str,
    pub(super) line: &'static str,
}

const fn filled_glyph(filled: &'static str) -> Glyph {
    Glyph { filled, line: "" }
}

pub(super) const QUESTION: Glyph = Glyph {
    filled: "M12 18a2 2 0 1 0 .01 4A2 2 0 0 0 12 18z",
    line: "M7.2 8.2a4.9 4.9 0 1 1 7.3 4.2c-1.8 1.1-2.5 1.9-2.5 3.2",
};
const STAR: Glyph =
    filled_glyph("M12 1.6l3.2 6.7 7.3 1-5.3 5.1 1.3 7.3L12 18.2l-6.5 3.5 1.3-7.3L1.5 9.3l7.3-1z");
const BOLT: Glyph = filled_glyph("M14 1.5L3.8 13.6h6.4L8.6 22.5 20.2 9.6h-7z");
const HEART: Glyph = filled_glyph(
    "M12 21.5C4.8 16 2 12.4 2 8.6 2 5.6 4.3 3.2 7.2 3.2c1.9 0 3.7 1 4.8 2.7 1.1-1.7 2.9-2.7 4.8-2.7C19.7 3.2 22 5.6 22 \
     8.6c0 3.8-2.8 7.4-10 12.9z",
);
const FLAME: Glyph = filled_glyph(
    "M12.6 1.5c.7 4 5.9 6.2 5.9 12 0 4.4-2.9 8.5-6.7 8.5S5 18.6 5 14.3c0-3.2 1.9-4.8 2.6-7.3 1.4.8 2.3 \
     1.9 2.6 3.4 1.8-2.1 2.6-5.3 2.4-8.9z",
);
const SPEECH: Glyph = filled_glyph(
    "M4.5 3.5h15a2.5 2.5 0 0 1 2.5 2.5v8.5a2.5 2.5 0 0 1-2.5 2.5h-7.3l-5.2 5v-5H4.5A2.5 2.5 0 0 1 2 14.5V6a2.5 2.5 0 0 \
     1 2.5-2.5z",
);
const PENCIL: Glyph = filled_glyph(
    "M15.2 5.1l3.7 3.7L7.9 19.8l-5.4 1.7 1.7-5.4zM16.6 3.7l1.5-1.5a1.6 1.6 0 0 1 2.3 0l1.4 1.4a1.6 1.6 0 0 1 0 2.3l-1.5 1.5z",
);
const CHECK: Glyph = filled_glyph("M9.3 20L2 12.7l3-3 4.3 4.3L19 4.3l3 3z");
const ARROW: Glyph = filled_glyph("M12 2l9.5 10h-5.3v9.5H7.8V12H2.5z");
const CROWN: Glyph =
    filled_glyph("M3.3 17.5L1.8 6.8l5.7 4L12 3.5l4.5 7.3 5.7-4-1.5 10.7zM3.5 19h17v2.5h-17z");
const BOOK: Glyph = filled_glyph(
    "M11.3 6.7C9.2 5.2 6 4.6 2 4.8v13.8c4-.2 7.2.4 9.3 1.9zM12.7 6.7c2.1-1.5 5.3-2.1 9.3-1.9v13.8c-4-.2-7.2.4-9.3 1.9z",
);
const COMPASS: Glyph = filled_glyph("M12 1l2.9 8.1L23 12l-8.1 2.9L12 23l-2.9-8.1L1 12l8.1-2.9z");
const MOUNTAIN: Glyph = filled_glyph("M1 20.5L8.7 6.5l3.7 6.3 2.7-4.3L23 20.5z");
const LEAF: Glyph = filled_glyph(
    "M21 3C10.3 3 3.9 7.6 3.9 14.4c0 1.2.2 2.3.6 3.3l7.7-7.1-6.2 9.1c1.1.6 2.4.9 3.9.9C16.9 20.6 21 13.9 21 3zM4.4 18.6L2.2 21.6l1.4 1 2.1-2.9z",
);
const KEY: Glyph = filled_glyph(
    "M7.3 6.5a5.5 5.5 0 1 0 5.2 7.3h2.2v3.4h3.2v-3.4H22.8v-3.6H12.5A5.5 5.5 0 0 0 7.3 6.5zm0 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
);
const TARGET: Glyph = filled_glyph(
    "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm0 3.7a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6zm0 3.4a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z",
);
const SUN: Glyph = filled_glyph(
    "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM10.9 1h2.2v4.2h-2.2zM10.9 18.8h2.2V23h-2.2zM1 10.9h4.2v2.2H1zM18.8 10.9H23v2.2h-4.2zM3.4 5L5 3.4l3 3L6.4 8zM19 3.4L20.6 5l-3 3L16 6.4zM3.4 19l3-3L8 17.6l-3 3zM16 17.6l1.6-1.6 3 3-1.6 1.6z",
);
const EYE: Glyph = filled_glyph(
    "M12 4.5C6.3 4.5 2.6 8.7 1 12c1.6 3.3 5.3 7.5 11 7.5s9.4-4.2 11-7.5c-1.6-3.3-5.3-7.5-11-7.5zm0 3.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z",
);
const PEOPLE: Glyph = filled_glyph(
    "M8.5 3.5a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM1 20.5c0-4.4 3.2-7.2 7.5-7.2s7.5 2.8 7.5 7.2zM16.2 4.6a3.6 3.6 0 1 1-.9 7.1 6 6 0 0 0 .9-7.1zM17.8 20.5H23c0-3.7-2.3-6-5.8-6.3.5 1.7.7 3.8.6 6.3z",
);
const GEM: Glyph = filled_glyph(
    "M6.3 3h4L8 8.7H2zM17.7 3h-4L16 8.7h6zM12 3l2.4 5.7H9.6zM2.3 10.2h5.8L11 20.7zM21.7 10.2h-5.8L13 20.7zM9.7 10.2h4.6L12 19.3z",
);
const TROPHY: Glyph = filled_glyph(
    "M6.2 2.5h11.6v2H22v3.6c0 3.2-2 5.4-4.7 5.7a6.2 6.2 0 0 1-3.9 2.9v2.3h3.8v2.5H6.8V19h3.8v-2.3a6.2 6.2 0 0 1-3.9-2.9C4 13.5 2 11.3 2 8.1V4.5h4.2zM4.2 6.7v1.4c0 1.5.7 2.7 1.9 3.2V6.7zM19.8 6.7h-1.9v4.6c1.2-.5 1.9-1.7 1.9-3.2z",
);
const BULB: Glyph = filled_glyph(
    "M12 1.5a7.3 7.3 0 0 0-4.3 13.2V17h8.6v-2.3A7.3 7.3 0 0 0 12 1.5zM8 18.4h8v1.8H8zM9.6 21.4h4.8c-.4.9-1.3 1.4-2.4 1.4s-2-.5-2.4-1.4z",
);
const FLAG: Glyph = filled_glyph("M4.5 2h2.6v1.6H20.5l-3.2 4.9 3.2 4.9H7.1V22.5H4.5z");

/// Glyphs without a specific meaning.
const NEUTRAL_GLYPHS: [Glyph; 10] = [
    STAR, COMPASS, GEM, CROWN, SUN, FLAME, MOUNTAIN, LEAF, BOLT, TROPHY,
];

/// Glyphs by word prefix. More specific words come first, because the first match wins.
const GLYPHS_BY_PREFIX: [(&[&str], Glyph); 24] = [
    (&["question", "ask", "curious", "quiz", "riddle"], QUESTION),
    (
        &[
            "comment", "talk", "chat", "message", "repl", "discuss", "post",
        ],
        SPEECH,
    ),
    (&["edit", "writ", "review", "draft", "note"], PENCIL),
    (
        &["answer", "teach", "idea", "help", "mentor", "solve"],
        BULB,
    ),
    (
        &[
            "student", "scholar", "read", "learn", "lesson", "course", "book", "study",
        ],
        BOOK,
    ),
    (&["vote", "support", "boost", "upload"], ARROW),
    (
        &["accept", "complet", "done", "finish", "verif", "approv"],
        CHECK,
    ),
    (&["streak", "fire", "hot", "necro", "burn"], FLAME),
    (&["day", "daily", "morning", "sun", "week"], SUN),
    (
        &[
            "friend", "invit", "team", "people", "civic", "social", "communit", "guild",
        ],
        PEOPLE,
    ),
    (
        &["love", "like", "fan", "favo", "heart", "thank", "kind"],
        HEART,
    ),
    (
        &["explor", "travel", "discover", "wander", "visit"],
        COMPASS,
    ),
    (&["view", "watch", "critic", "observ", "spot"], EYE),
    (&["unlock", "key", "access", "secur"], KEY),
    (&["goal", "target", "aim", "accura"], TARGET),
    (&["fast", "quick", "speed", "power", "energ"], BOLT),
    (
        &["king", "queen", "great", "legend", "master", "elite"],
        CROWN,
    ),
    (
        &["first", "start", "begin", "new", "hello", "welcome"],
        FLAG,
    ),
    (&["climb", "level", "top", "peak", "step"], MOUNTAIN),
    (&["green", "grow", "plant", "organi", "garden"], LEAF),
    (
        &["win", "champion", "year", "veteran", "trophy", "cup"],
        TROPHY,
    ),
    (&["rich", "buy", "spend", "collect", "treasure", "gem"], GEM),
    (&["good", "nice", "star", "best"], STAR),
    (&["enlight"], SUN),
];

/// Selects the glyph of a badge by the words of its id, or else a neutral one.
pub(super) fn select_glyph(id: &str) -> Glyph {
    let id = id.to_lowercase();
    match GLYPHS_BY_PREFIX
        .iter()
        .find(|(words, _)| words.iter().any(|word| has_word_prefix(&id, word)))
    {
        Some((_, glyph)) => *glyph,
        None => *Seed::new("glyph", &id).pick(&NEUTRAL_GLYPHS),
    }
}

/// True if a word of the text has this prefix.
fn has_word_prefix(text: &str, beginning: &str) -> bool {
    // Prefixes match inflected words: `repl` matches `reply` and `replies`.
    text.split(|char: char| !char.is_alphanumeric())
        .any(|word| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_fit_the_words_of_an_id() {
        for (id, glyph) in [
            ("nice-question", QUESTION),
            ("commentator", SPEECH),
            ("weekly-streak", FLAME),
        ] {
            assert_eq!(select_glyph(id), glyph, "{id}");
        }
        assert!(
            NEUTRAL_GLYPHS.contains(&select_glyph("basket")),
            "only prefixes match"
        );
    }
}
