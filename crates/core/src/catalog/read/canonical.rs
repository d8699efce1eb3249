//! The canonical form of a catalog. It is equal for documents that differ only in layout, comments,
//! tests, and the order of keys and rules.

use super::syntax::{SyntaxKind, SyntaxNode};

/// Top-level keys that do not affect the meaning of the catalog.
const IGNORED_KEYS: [&str; 1] = ["test"];

/// A rule of a catalog, or one of its settings, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanonicalPart {
    /// The name for display: "the badge `commentator`".
    pub name: String,
    /// The canonical content.
    pub content: String,
}

/// Lists the canonical parts of a document, sorted by name.
pub(super) fn list_parts(root: &SyntaxNode) -> Vec<CanonicalPart> {
    let entries = root
        .entries()
        .iter()
        .filter(|entry| !IGNORED_KEYS.contains(&entry.key.value.as_str()));
    let mut parts: Vec<CanonicalPart> = entries
        .flat_map(|entry| split_entry(&entry.key.value, &entry.value))
        .collect();
    parts.sort_unstable();
    parts
}

/// Splits a list of rules into parts, because their order has no meaning.
fn split_entry(key: &str, value: &SyntaxNode) -> Vec<CanonicalPart> {
    let part = |value: &SyntaxNode| {
        // Keys are named by their property.
        let id = value.get("id").or_else(|| value.get("property"));
        let name = match id.and_then(SyntaxNode::as_text) {
            Some(id) => format!("the {key} `{}`", id.value),
            None => format!("`{key}`"),
        };
        CanonicalPart {
            name,
            content: render_canonical(value),
        }
    };
    match &value.kind {
        // One part per rule, so that a plan can name the rules that changed.
        SyntaxKind::List(items) => items.iter().map(part).collect(),
        _ => vec![part(value)],
    }
}

fn render_canonical(node: &SyntaxNode) -> String {
    match &node.kind {
        SyntaxKind::Null => "null".to_owned(),
        SyntaxKind::Bool(value) => value.to_string(),
        SyntaxKind::Integer(number) => number.to_string(),
        // `1.50` and `1.5` are the same number.
        SyntaxKind::Number(digits) => digits.parse().map_or_else(
            |_| digits.clone(),
            |number: crate::number::Decimal| number.to_string(),
        ),
        // Quotes distinguish text from other kinds. A time means the same with and without quotes.
        SyntaxKind::Text(text) | SyntaxKind::Time(text) => format!("{text:?}"),
        SyntaxKind::List(items) => {
            format!(
                "[{}]",
                items
                    .iter()
                    .map(render_canonical)
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        SyntaxKind::Table(entries) => {
            let mut entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{:?}:{}", entry.key.value, render_canonical(&entry.value)))
                .collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn layout_order_and_tests_do_not_change_the_fingerprint() {
        let fingerprint =
            |source: &str| Catalog::from_toml(source).unwrap().fingerprint().to_owned();
        let one = "[[currency]]\nid = \"a\"\nname = \"A\"\n[[currency]]\nid = \"b\"";
        let same = "# other\n[[currency]]\nid='b'\n\n[[currency]]\nname='A'\nid='a'\n[[test]]\nname='t'\ngiven=[]\nexpect={}";
        let other = "[[currency]]\nid = \"a\"\nname = \"B\"\n[[currency]]\nid = \"b\"";
        assert_eq!(fingerprint(one), fingerprint(same));
        assert_ne!(fingerprint(one), fingerprint(other));
    }
}
