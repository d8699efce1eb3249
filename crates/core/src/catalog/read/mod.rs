//! Reads text into a [`Document`]. Reports all errors of syntax and structure at once, and returns
//! the readable parts nevertheless, so that the compiler can report its errors in the same run.

mod badge;
mod canonical;
mod check;
mod criterion;
mod definitions;
mod former;
pub(in crate::catalog) mod forms;
mod json;
mod node;
mod scalar;
pub(in crate::catalog) mod shape;
mod target;
mod test;
#[cfg(test)]
mod tests;
mod tiers;

use std::collections::BTreeMap;

pub use canonical::CanonicalPart;
pub(in crate::catalog) use scalar::is_id;
pub use tiers::DEFAULT_TIERS;

use self::node::Node;
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Document, Text};
use crate::limits;

/// The formats of a catalog. Both have the same structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML, for authors.
    Toml,
    /// JSON, for programs.
    Json,
}

impl Format {
    /// Determines the format from a file name: JSON for `.json`, otherwise TOML.
    pub fn of(file_name: &str) -> Self {
        if file_name.to_ascii_lowercase().ends_with(".json") {
            Self::Json
        } else {
            Self::Toml
        }
    }
}

/// Reads the text of a catalog. If the collector is empty, the document is complete; otherwise it
/// contains the parts that could be read.
///
/// ```
/// use accolade_core::catalog::read::{Format, read};
///
/// let source = "[[currency]]\nid = \"xp\"\ncolour = \"red\"";
/// let (document, found) = read(source, "accolade.toml", Format::Toml);
/// assert_eq!(*document.currencies[0].label.id, "xp");
/// let errors = found.finish(document).unwrap_err();
/// assert!(errors.to_string().starts_with("accolade.toml:3:1: a currency has no key `colour`"));
/// ```
pub fn read(source: &str, file_name: &str, format: Format) -> (Document, Collector) {
    if source.len() > limits::CATALOG_BYTES {
        // The collector copies its text, so it does not get this one.
        let mut found = Collector::new("", file_name);
        let message = format!(
            "the catalog has {} bytes; the limit is {}",
            source.len(),
            limits::CATALOG_BYTES
        );
        found.push(Diagnostic::new(0..0, message, "too long"));
        return (Document::default(), found);
    }
    let mut found = Collector::new(source, file_name);
    let root = parse(source, format, &mut found);
    check::check(&root, &forms::DOCUMENT, "the catalog", &mut found);
    let document = read_document(&root, &mut found);
    check_ids(&document, &mut found);
    (document, found)
}

fn parse(source: &str, format: Format, found: &mut Collector) -> Node {
    match format {
        Format::Toml => node::from_toml(source, found),
        Format::Json => json::from_json(source, found),
    }
}

/// Reduces a text to its canonical parts; see [`CanonicalPart`].
pub(in crate::catalog) fn canonical(source: &str, format: Format) -> Vec<CanonicalPart> {
    canonical::canonical(&parse(source, format, &mut Collector::new(source, "")))
}

fn read_document(root: &Node, found: &mut Collector) -> Document {
    let items = |key: &str| root.get(key).map(Node::items).unwrap_or_default().iter();
    let defaults = root
        .get("defaults")
        .map(definitions::read_defaults)
        .unwrap_or_default();
    let tiers = defaults.tiers.as_deref();
    Document {
        name: root.get("name").and_then(Node::text),
        zone: root.get("zone").and_then(Node::text),
        currencies: items("currency")
            .filter_map(definitions::read_currency)
            .collect(),
        categories: items("category")
            .filter_map(definitions::read_category)
            .collect(),
        limits: items("limit")
            .filter_map(|limit| definitions::read_shared_limit(limit, found))
            .collect(),
        earnings: items("earning")
            .filter_map(|earning| definitions::read_earning(earning, found))
            .collect(),
        badges: items("badge")
            .filter_map(|badge| badge::read_badge(badge, tiers, found))
            .collect(),
        unlockables: items("unlockable")
            .filter_map(|it| definitions::read_unlockable(it, found))
            .collect(),
        tests: items("test")
            .filter_map(|test| test::read_test(test, found))
            .collect(),
        defaults,
    }
}

/// Checks that ids are unique among rules of one kind, and names within a list.
fn check_ids(document: &Document, found: &mut Collector) {
    unique(
        "two currencies have the id",
        document.currencies.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two categories have the id",
        document.categories.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two limits have the id",
        document.limits.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two earnings have the id",
        document.earnings.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two badges have the id",
        document.badges.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two unlockables have the id",
        document.unlockables.iter().map(|it| &it.label.id),
        found,
    );
    unique(
        "two default tiers are called",
        document.defaults.tiers.iter().flatten(),
        found,
    );
    former::check(document, found);
    for earning in &document.earnings {
        unique("the earning names the event twice:", &earning.on, found);
    }
    for badge in &document.badges {
        unique(
            "the badge requires the badge twice:",
            &badge.requires,
            found,
        );
    }
}

/// Reports every text that repeats an earlier one.
fn unique<'a>(problem: &str, texts: impl IntoIterator<Item = &'a Text>, found: &mut Collector) {
    let mut first = BTreeMap::new();
    for text in texts {
        if let Some(line) = first.get(text.as_str()) {
            let message = format!("{problem} `{}`; the first is on line {line}", text.value);
            found.push(
                Diagnostic::new(text.span.clone(), message, "duplicate")
                    .help("rename it, or leave it out"),
            );
        } else {
            first.insert(text.as_str(), found.line(text.span.start));
        }
    }
}
