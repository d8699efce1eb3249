//! What a catalog says, without how it says it: the same for two documents that differ in layout, comments, the order
//! of keys and definitions, and tests at most.

use super::node::{Node, NodeKind};

/// Keys at the top that do not change what the catalog means.
const WITHOUT_MEANING: [&str; 1] = ["test"];

/// A definition of a document, or one of its settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanonicalPart {
    /// What it is, for people: "the badge `commentator`".
    pub name: String,
    /// What it says.
    pub content: String,
}

/// The parts of a document, in order of name.
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

/// Each definition of a kind on its own, because their order means nothing.
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
        NodeKind::Number(digits) => digits.parse().map_or_else(
            |_| digits.clone(),
            |number: crate::number::Decimal| number.to_string(),
        ),
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
