//! Choice of the sign of a badge by the words of its id.

use super::seed::Seed;
use super::signs::*;

/// Glyphs without a specific meaning.
const NEUTRAL_GLYPHS: [Glyph; 16] = [
    STAR, COMPASS, GEM, CROWN, SUN, FLAME, MOUNTAIN, LEAF, BOLT, TROPHY, ROCKET, GLOBE, TREE,
    PUZZLE, SHIELD, FLAG,
];

/// Glyphs by word prefix. More specific words come first, because the first match wins.
const GLYPHS_BY_PREFIX: [(&[&str], Glyph); 42] = [
    (&["question", "ask", "quiz", "riddle"], QUESTION),
    (
        &["curious", "view", "watch", "critic", "observ", "spot"],
        EYE,
    ),
    (
        &[
            "comment", "talk", "chat", "messag", "repl", "discuss", "post",
        ],
        SPEECH,
    ),
    (&["edit", "writ", "author", "draft", "blog"], PENCIL),
    (
        &["explain", "note", "wiki", "doc", "review", "report"],
        NOTE,
    ),
    (&["answer", "idea", "solve", "solution", "invent"], BULB),
    (
        &[
            "teach", "mentor", "coach", "friend", "invit", "team", "people", "civic",
        ],
        PEOPLE,
    ),
    (
        &["social", "communit", "guild", "meet", "group", "recruit"],
        PEOPLE,
    ),
    (
        &[
            "scholar", "research", "find", "search", "detect", "investig",
        ],
        MAGNIFIER,
    ),
    (
        &[
            "student", "read", "learn", "lesson", "course", "book", "study",
        ],
        BOOK,
    ),
    (
        &[
            "help", "hand", "love", "like", "fan", "favo", "heart", "thank", "kind",
        ],
        HEART,
    ),
    (&["vote", "boost", "upload", "rise", "promot"], ARROW),
    (
        &["accept", "complet", "done", "finish", "verif", "approv"],
        CHECK,
    ),
    (&["streak", "fire", "hot", "necro", "burn"], FLAME),
    (
        &["day", "daily", "week", "month", "calendar", "event"],
        CALENDAR,
    ),
    (&["enlight", "morning", "sun", "early"], SUN),
    (
        &["hour", "time", "clock", "night", "patien", "punctual"],
        CLOCK,
    ),
    (&["reviv", "green", "tree", "forest", "nature"], TREE),
    (
        &[
            "organiz", "organis", "tag", "sort", "tidy", "puzzle", "connect",
        ],
        PUZZLE,
    ),
    (&["world", "global", "language", "translat", "earth"], GLOBE),
    (
        &["explor", "travel", "discover", "wander", "visit"],
        COMPASS,
    ),
    (&["unlock", "key", "access"], KEY),
    (
        &["guard", "protect", "moderat", "secur", "safe", "trust"],
        SHIELD,
    ),
    (&["goal", "target", "aim", "accura"], TARGET),
    (&["launch", "rocket", "space", "deploy", "ship"], ROCKET),
    (&["fast", "quick", "speed", "power", "energ"], BOLT),
    (
        &["code", "commit", "develop", "program", "script", "hack"],
        CODE,
    ),
    (
        &["fix", "bug", "repair", "build", "craft", "maintain"],
        TOOLS,
    ),
    (&["engineer", "config", "setting", "automat"], GEAR),
    (&["stat", "chart", "score", "rank", "data", "analy"], CHART),
    (&["photo", "picture", "image", "camera", "film"], CAMERA),
    (&["music", "song", "sing", "listen", "audio"], MUSIC),
    (&["coffee", "host", "tea", "break"], CUP),
    (&["gift", "give", "donat", "birthday", "present"], GIFT),
    (&["dog", "cat", "pet", "animal", "paw"], PAW),
    (
        &["rich", "buy", "spend", "coin", "shop", "earn", "pay"],
        COIN,
    ),
    (&["king", "queen", "legend", "master", "elite"], CROWN),
    (
        &["first", "start", "begin", "new", "hello", "welcome"],
        FLAG,
    ),
    (&["climb", "level", "top", "peak", "step"], MOUNTAIN),
    (&["grow", "plant", "garden", "organic"], LEAF),
    (
        &["win", "champion", "year", "veteran", "trophy", "prize"],
        TROPHY,
    ),
    (&["collect", "treasure", "gem", "jewel"], GEM),
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
