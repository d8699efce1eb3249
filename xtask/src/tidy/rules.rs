//! Numbers of rules in docs/semantics.md, and citations of them.

use std::collections::BTreeSet;

use super::CheckFinding;
use super::language;
use super::lexer::TokenKind;
use super::tree::{SourceTree, is_word_char, number_lines};

/// Path of the document that defines the rules, with a heading `## S1 …` for each.
const RULES_PATH: &str = "docs/semantics.md";

/// Checks that cited rules exist, and that no user sees the number of one.
pub(crate) fn check_rule_numbers(tree: &SourceTree) -> Vec<CheckFinding> {
    let rules: BTreeSet<u32> = tree
        .text_files()
        .filter(|(path, _)| *path == RULES_PATH)
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| find_rules(line.strip_prefix("## ")?).next())
        .collect();
    let mut findings = Vec::new();
    let mut report_missing = |path: &str, line: usize, rule: u32| {
        if !rules.contains(&rule) {
            findings.push(CheckFinding::new(
                path,
                line,
                format!("rule S{rule} not found in {RULES_PATH}"),
            ));
        }
    };
    for (path, text) in tree.files_ending_with(".md") {
        for (line, text) in number_lines(text) {
            find_rules(text).for_each(|rule| report_missing(path, line, rule));
        }
    }
    for file in tree.rust_files() {
        let tokens = file.tokens();
        for (index, token) in tokens.iter().enumerate() {
            let is_test = index > 0 && tokens[index - 1].is("fn") && token.kind == TokenKind::Name;
            if is_test {
                find_rule_prefix(token.text)
                    .into_iter()
                    .for_each(|rule| report_missing(file.path, token.line, rule));
            } else if token.is_comment() {
                find_rules(token.text).for_each(|rule| report_missing(file.path, token.line, rule));
            }
        }
    }
    findings.extend(find_shown_numbers(tree));
    findings
}

/// Finds rule numbers in strings and templates, which reach users.
fn find_shown_numbers(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    let templates = tree
        .files_ending_with(".html")
        .flat_map(|(path, text)| number_lines(text).map(move |(line, text)| (path, line, text)));
    for (path, line, text) in templates {
        findings.extend(find_rules(text).map(|rule| report_shown(path, line, rule)));
    }
    for file in tree.rust_files() {
        for piece in language::find_shown_strings(&file) {
            let shown = find_rules(&piece.text);
            findings.extend(shown.map(|rule| report_shown(file.path, piece.line, rule)));
        }
    }
    findings
}

fn report_shown(path: &str, line: usize, rule: u32) -> CheckFinding {
    CheckFinding::new(path, line, format!("a user sees rule number S{rule}"))
}

/// Finds words such as `S11`.
fn find_rules(text: &str) -> impl Iterator<Item = u32> {
    text.split(|c| !is_word_char(c))
        .filter_map(|word| parse_digits(word.strip_prefix('S')?))
}

/// Finds the rule in the name of a test: `s11_a_limit_pays_the_remainder`.
fn find_rule_prefix(name: &str) -> Option<u32> {
    parse_digits(name.split('_').next()?.strip_prefix('s')?)
}

fn parse_digits(text: &str) -> Option<u32> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}
