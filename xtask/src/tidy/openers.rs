//! First words of documentation comments.

use super::CheckFinding;
use super::lexer::{Token, TokenKind};
use super::tree::SourceTree;

/// Words that do not begin a paragraph of documentation.
const BANNED_OPENERS: &[&str] = &["What", "Who", "Whose", "Whom", "Which", "How", "Whether"];

/// Checks that no paragraph of documentation begins with a question word.
pub(crate) fn check_doc_openers(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for file in tree.rust_files() {
        for (line, word) in find_banned_openers(&file.tokens()) {
            let what = format!("documentation begins with `{word}`");
            findings.push(CheckFinding::new(file.path, line, what));
        }
    }
    findings
}

/// Finds paragraphs that begin with a question word, with their lines.
pub(crate) fn find_banned_openers<'a>(tokens: &[Token<'a>]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let mut last_line = 0;
    let mut after_text = false;
    let mut in_code = false;
    for token in tokens
        .iter()
        .filter(|token| token.kind == TokenKind::DocComment)
    {
        if token.line != last_line + 1 {
            (after_text, in_code) = (false, false);
        }
        let text = token.text[3..].trim();
        if text.starts_with("```") {
            in_code = !in_code;
        }
        let word = text.split(|c: char| !c.is_alphabetic()).next();
        let banned = word.filter(|word| BANNED_OPENERS.contains(word));
        if let Some(word) = banned.filter(|_| !after_text && !in_code) {
            found.push((token.line, word));
        }
        last_line = token.line;
        after_text = !text.is_empty();
    }
    found
}
