//! Names that are banned in the core. Its clippy.toml bans more, by resolved path.

use super::CheckFinding;
use super::tree::{SourceTree, is_word_char};

/// Names banned in the core's shipped code, each with its meaning.
const BANNED_NAMES: &[(&str, &str)] = &[
    ("SystemTime", "a clock"),
    ("Instant::now", "a clock"),
    ("Timestamp::now", "a clock"),
    ("Zoned::now", "a clock"),
    ("rand::", "randomness"),
    ("getrandom", "randomness"),
    ("RandomState", "randomness"),
    ("std::env", "access to the environment"),
    ("std::fs", "I/O"),
    ("std::net", "I/O"),
    ("std::process", "I/O"),
    ("stdin", "I/O"),
    ("stdout", "I/O"),
    ("stderr", "I/O"),
    ("print!", "I/O"),
    ("println!", "I/O"),
    ("eprint!", "I/O"),
    ("eprintln!", "I/O"),
    ("async fn", "asynchrony"),
    ("async move", "asynchrony"),
    (".await", "asynchrony"),
    ("tokio", "asynchrony"),
];

/// Checks that the core uses no clock, randomness, I/O or asynchrony.
pub(crate) fn check_core_purity(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for file in tree
        .rust_files()
        .filter(|file| file.path.starts_with("crates/core/src/"))
    {
        // Clippy resolves paths; this lexical check also covers macros and keywords.
        for (line, code) in file.shipped_lines() {
            for (word, what) in BANNED_NAMES.iter().filter(|(word, _)| has_word(code, word)) {
                findings.push(CheckFinding::new(
                    file.path,
                    line,
                    format!("`{word}` is {what}, which is banned in core"),
                ));
            }
        }
    }
    findings
}

/// True if the word occurs and is not the end of a longer one.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(start, _)| word.starts_with('.') || !code[..start].ends_with(is_word_char))
}
