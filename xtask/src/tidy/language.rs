//! Banned words in everything that people read.

use super::CheckFinding;
use super::lexer::{Token, TokenKind};
use super::tree::{RustFile, SourceTree, is_word_char};

/// Banned words and phrases, in lower case. docs/style.md has the same list.
const BANNED_PHRASES: &[&[&str]] = &[
    &["mend"],
    &["mends"],
    &["mended"],
    &["mendable"],
    &["told"],
    &["untold"],
    &["whoever"],
    &["whomever"],
    &["somebody"],
    &["anybody"],
    &["everybody"],
    &["nobody"],
    &["anew"],
    &["beside"],
    &["lies"],
    &["shut"],
    &["by", "hand"],
    &["in", "force"],
    &["at", "hand"],
    &["dossier"],
    &["sweep"],
    &["long", "work"],
    &["how", "manieth"],
    &["compaction"],
];

/// Exceptions: path, phrase, and reason.
const ALLOWED_USES: &[(&str, &str, &str)] = &[];

/// Path of the document that contains the list.
const STYLE_PATH: &str = "docs/style.md";
/// Extensions of files that are checked as a whole. Rust files are checked in parts.
const READ_WHOLE: &[&str] = &[".md", ".html", ".js", ".toml", ".sql", ".css", ".py"];

/// Text that people read, with the line of its start.
pub(crate) struct TextPiece {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Checks that no text contains a banned word or phrase.
pub(crate) fn check_banned_words(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (path, text) in tree.text_files() {
        if READ_WHOLE.iter().any(|end| path.ends_with(end)) {
            let text = if path == STYLE_PATH {
                blank_word_list(text)
            } else {
                text.to_owned()
            };
            report_phrases(path, &[TextPiece { line: 1, text }], &mut findings);
        }
    }
    for file in tree.rust_files() {
        let mut pieces = join_comments(&file.tokens());
        pieces.extend(find_shown_strings(&file));
        report_phrases(file.path, &pieces, &mut findings);
    }
    findings
}

/// Counts the banned words in the comments and strings of shipped code.
pub(crate) fn count_banned_words(tokens: &[Token<'_>]) -> usize {
    let strings = tokens.iter().filter_map(read_string);
    join_comments(tokens)
        .into_iter()
        .chain(strings)
        .map(|piece| find_phrases(&piece.text).len())
        .sum()
}

/// Joins comments on adjacent lines, because a phrase can be broken between two lines.
pub(crate) fn join_comments(tokens: &[Token<'_>]) -> Vec<TextPiece> {
    let mut pieces: Vec<TextPiece> = Vec::new();
    let mut next_line = 0;
    for token in tokens.iter().filter(|token| token.is_comment()) {
        let text = token.text.trim_start_matches(['/', '!', '*']);
        match pieces.last_mut() {
            Some(piece) if token.line == next_line => {
                piece.text.push('\n');
                piece.text.push_str(text);
            }
            _ => pieces.push(TextPiece {
                line: token.line,
                text: text.to_owned(),
            }),
        }
        next_line = token.line + token.text.matches('\n').count() + 1;
    }
    pieces
}

/// Finds the string literals of the shipped code of a crate, which can reach a user.
pub(crate) fn find_shown_strings(file: &RustFile<'_>) -> Vec<TextPiece> {
    if file.crate_folder().is_none() {
        return vec![];
    }
    file.shipped_tokens()
        .iter()
        .filter_map(read_string)
        .collect()
}

fn read_string(token: &Token<'_>) -> Option<TextPiece> {
    (token.kind == TokenKind::Text).then(|| TextPiece {
        line: token.line,
        // An escaped newline is the end of a word.
        text: token.text.replace("\\n", "  "),
    })
}

/// Empties the lines of the style guide that show what is banned: tables, code spans, and the list.
fn blank_word_list(text: &str) -> String {
    let mut in_list = false;
    let lines = text.lines().map(|line| {
        in_list = line.starts_with("**Banned**") || in_list && !line.is_empty();
        if in_list || line.starts_with('|') {
            String::new()
        } else {
            line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn report_phrases(path: &str, pieces: &[TextPiece], findings: &mut Vec<CheckFinding>) {
    for piece in pieces {
        for (line, phrase) in find_phrases(&piece.text) {
            let is_allowed = ALLOWED_USES
                .iter()
                .any(|(file, allowed, _)| *file == path && *allowed == phrase);
            if !is_allowed {
                findings.push(CheckFinding::new(
                    path,
                    piece.line + line,
                    format!("`{phrase}` is banned"),
                ));
            }
        }
    }
}

/// Finds banned phrases, each with the number of line breaks before it.
fn find_phrases(text: &str) -> Vec<(usize, String)> {
    let words: Vec<(usize, String)> = text
        .split('\n')
        .enumerate()
        .flat_map(|(line, text)| {
            text.split(|c| !is_word_char(c))
                .filter(|word| !word.is_empty())
                .map(move |word| (line, word.to_lowercase()))
        })
        .collect();
    let mut found = Vec::new();
    for start in 0..words.len() {
        let rest = &words[start..];
        let matches = |phrase: &&&[&str]| {
            phrase.len() <= rest.len() && phrase.iter().zip(rest).all(|(a, (_, b))| a == b)
        };
        let shuts_down = rest[0].1 == "shut" && rest.get(1).is_some_and(|(_, word)| word == "down");
        if let Some(phrase) = BANNED_PHRASES.iter().find(matches)
            && !shuts_down
        {
            found.push((rest[0].0, phrase.join(" ")));
        }
    }
    found
}
