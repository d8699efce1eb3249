//! Limits new rules of a draft to events from now on.

use accolade::{Advice, Catalog, RemedyKind, Timestamp};
use accolade_core::catalog::rules::RuleSet;
use serde::Serialize;

/// New rule of a draft that can be limited to events from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct NewRule {
    /// `badge` or `earning`.
    kind: &'static str,
    id: String,
    name: String,
}

impl NewRule {
    /// True if the rule would follow an advice by counting only events from now on.
    pub(super) fn follows(&self, advice: &Advice) -> bool {
        let remedy = advice.remedy.as_ref().map(|remedy| remedy.kind);
        remedy == Some(RemedyKind::AddSince)
            && (self.kind, &self.id) == (advice.rule.kind.as_str(), &advice.rule.id)
    }
}

/// Lists the new badges and earnings of a catalog into whose text a `since` can be inserted.
pub(super) fn list_new_rules(text: &str, given: &Catalog, published: &Catalog) -> Vec<NewRule> {
    let is_known = |rules: &RuleSet, kind: &str, id: &str| match kind {
        "badge" => rules.badge_position(id).is_some(),
        _ => rules.earnings.iter().any(|rule| rule.id == id),
    };
    let rules = given.rules();
    let badges = rules.badges.iter().filter(|rule| !rule.retired);
    let badges = badges.map(|rule| ("badge", &rule.id, &rule.display.name));
    let earnings = rules.earnings.iter();
    let earnings = earnings.map(|rule| ("earning", &rule.id, &rule.display.name));
    badges
        .chain(earnings)
        .filter(|(kind, id, _)| !is_known(published.rules(), kind, id))
        .filter(|(kind, id, _)| insert_since(text, kind, id, Timestamp::FIRST).is_some())
        .map(|(kind, id, name)| NewRule {
            kind,
            id: id.clone(),
            name: name.clone(),
        })
        .collect()
}

/// Inserts a `since` after the id of a rule, in a text in TOML.
///
/// Returns `None` if the rule is not found, has a `since` or is written as an inline table.
pub(super) fn insert_since(text: &str, kind: &str, id: &str, at: Timestamp) -> Option<String> {
    let heading = format!("[[{kind}]]");
    let lines: Vec<&str> = text.lines().collect();
    let is_heading = |line: &&str| line.trim_start().starts_with('[');
    let mut start = 0;
    while let Some(found) = lines[start..]
        .iter()
        .position(|line| strip_comment(line) == heading)
    {
        let first = start + found + 1;
        let table = &lines[first..];
        // Subtables, such as `[badge.criterion]`, end the keys of the rule itself.
        let table = &table[..table.iter().position(is_heading).unwrap_or(table.len())];
        let own = table
            .iter()
            .position(|line| read_key(line) == Some(("id", id)));
        if let Some(own) = own {
            let has_since = table
                .iter()
                .any(|line| read_key(line).is_some_and(|(key, _)| key == "since"));
            if has_since {
                return None;
            }
            let at_line = first + own + 1;
            let indent: String = lines[at_line - 1]
                .chars()
                .take_while(|char| char.is_whitespace())
                .collect();
            let mut written: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            written.insert(at_line, format!("{indent}since = {at}"));
            return Some(written.join("\n") + "\n");
        }
        start = first;
    }
    None
}

fn strip_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

/// Reads `key = "value"`, with the value without quotes and comment.
fn read_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next()?,
        _ => strip_comment(value),
    };
    Some((key.trim(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_since_is_inserted_after_the_id_of_the_rule() {
        let text = "[[earning]]\nid = 'a'\n\n[[badge]] # first\n  name = \"B\"\n  id = \"a\" # one\n\n\
            [[badge]]\nid = \"b\"\nsince = 2026-01-01T00:00:00Z\n";
        let at: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let insert = |kind, id| insert_since(text, kind, id, at);
        let found = insert("badge", "a").unwrap();
        assert!(
            found.contains("id = \"a\" # one\n  since = 2026-06-01T12:00:00Z\n\n"),
            "{found}"
        );
        assert!(
            insert("earning", "a")
                .unwrap()
                .contains("id = 'a'\nsince = 2026-06-01")
        );
        assert_eq!([insert("badge", "b"), insert("badge", "c")], [None, None]);
    }
}
