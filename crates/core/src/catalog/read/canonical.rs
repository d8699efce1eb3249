//! The canonical form of a catalog. It is equal for documents that differ only in layout, comments,
//! tests, and the order of keys and rules.

use super::node::{Node, NodeKind};

/// Top-level keys that do not affect the meaning of the catalog.
const WITHOUT_MEANING: [&str; 1] = ["test"];

/// A rule of a catalog, or one of its settings, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanonicalPart {
    /// The name for display: "the badge `commentator`".
    pub name: String,
    /// The canonical content.
    pub content: String,
}

/// Lists the canonical parts of a document, sorted by name.
pub(super) fn canonical(root: &Node) -> Vec<CanonicalPart> {
    let entries = root
        .entries()
        .iter()
        .filter(|entry| !WITHOUT_MEANING.contains(&entry.key.value.as_str()));
    let mut parts: Vec<CanonicalPart> = entries
        .flat_map(|entry| parts_of(&entry.key.value, &entry.value))
        .collect();
    parts.sort_unstable();
    parts
}

/// Splits a list of rules into parts, because their order has no meaning.
fn parts_of(key: &str, value: &Node) -> Vec<CanonicalPart> {
    let part = |value: &Node| {
        let name = match value.get("id").and_then(Node::text) {
            Some(id) => format!("the {key} `{}`", id.value),
            None => format!("`{key}`"),
        };
        CanonicalPart {
            name,
            content: text(value),
        }
    };
    match &value.kind {
        NodeKind::List(items) => items.iter().map(part).collect(),
        _ => vec![part(value)],
    }
}

fn text(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::Integer(number) => number.to_string(),
        // `1.50` and `1.5` are the same number.
        NodeKind::Number(digits) => digits.parse().map_or_else(
            |_| digits.clone(),
            |number: crate::number::Decimal| number.to_string(),
        ),
        // Quotes distinguish text from other kinds. A time means the same with and without quotes.
        NodeKind::Text(text) | NodeKind::Time(text) => format!("{text:?}"),
        NodeKind::List(items) => {
            format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(","))
        }
        NodeKind::Table(entries) => {
            let mut entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{:?}:{}", entry.key.value, text(&entry.value)))
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
