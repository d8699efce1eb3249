//! Reads text into a [`CatalogDocument`]. Reports all errors of syntax and structure at once, and
//! returns the readable parts nevertheless, so that the compiler can report its errors in the same
//! run.

mod badge;
mod canonical;
mod check;
mod choice;
mod criterion;
mod definitions;
pub(in crate::catalog) mod grammar;
mod json;
mod planned;
mod renamed;
mod right_form;
mod scalar;
pub(in crate::catalog) mod shapes;
mod syntax;
mod target;
mod test;
#[cfg(test)]
mod tests;
mod tiers;
mod unique;

pub use canonical::CanonicalPart;
pub(in crate::catalog) use scalar::is_id;
pub use tiers::DEFAULT_TIERS;

use self::syntax::SyntaxNode;
use self::unique::check_unique;
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::CatalogDocument;
use crate::limits;

/// The formats of a catalog. Both have the same structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogFormat {
    /// TOML, for authors.
    Toml,
    /// JSON, for programs.
    Json,
}

impl CatalogFormat {
    /// Determines the format from a file name: JSON for `.json`, otherwise TOML.
    pub fn from_file_name(file_name: &str) -> Self {
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
/// use accolade_core::catalog::CatalogFormat;
/// use accolade_core::catalog::read::read_catalog;
///
/// let source = "[[currency]]\nid = \"xp\"\ncolour = \"red\"";
/// let (document, found) = read_catalog(source, "accolade.toml", CatalogFormat::Toml);
/// assert_eq!(*document.currencies[0].label.id, "xp");
/// let errors = found.into_result(document).unwrap_err();
/// assert!(errors.to_string().starts_with("accolade.toml:3:1: a currency has no key `colour`"));
/// ```
pub fn read_catalog(
    source: &str,
    file_name: &str,
    format: CatalogFormat,
) -> (CatalogDocument, DiagnosticCollector) {
    if source.len() > limits::CATALOG_BYTES {
        // The collector copies its text, so it does not get this one.
        let mut found = DiagnosticCollector::new("", file_name);
        let message = format!(
            "the catalog has {} bytes; the limit is {}",
            source.len(),
            limits::CATALOG_BYTES
        );
        found.push(Diagnostic::new(0..0, message, "too long"));
        return (CatalogDocument::default(), found);
    }
    let mut found = DiagnosticCollector::new(source, file_name);
    let root = parse_source(source, format, &mut found);
    // Errors of shape are reported here. The readers below skip the same parts silently, and report
    // only what the grammar cannot express.
    check::check_shape(&root, &grammar::DOCUMENT, "the catalog", &mut found);
    let document = read_document(&root, &mut found);
    check_ids(&document, &mut found);
    (document, found)
}

fn parse_source(
    source: &str,
    format: CatalogFormat,
    found: &mut DiagnosticCollector,
) -> SyntaxNode {
    match format {
        CatalogFormat::Toml => syntax::parse_toml(source, found),
        CatalogFormat::Json => json::parse_json(source, found),
    }
}

/// Reduces a text to its canonical parts; see [`CanonicalPart`].
pub(in crate::catalog) fn canonical_parts(
    source: &str,
    format: CatalogFormat,
) -> Vec<CanonicalPart> {
    // `read_catalog` has reported the syntax errors of this text, so they are dropped here.
    canonical::list_parts(&parse_source(
        source,
        format,
        &mut DiagnosticCollector::new(source, ""),
    ))
}

fn read_document(root: &SyntaxNode, found: &mut DiagnosticCollector) -> CatalogDocument {
    let items = |key: &str| {
        root.get(key)
            .map(SyntaxNode::items)
            .unwrap_or_default()
            .iter()
    };
    let defaults = root
        .get("defaults")
        .map(definitions::read_defaults)
        .unwrap_or_default();
    // Badges need them: a tier without a name takes the default one at its position.
    let tiers = defaults.tiers.as_deref();
    CatalogDocument {
        name: root.get("name").and_then(SyntaxNode::as_text),
        zone: root.get("zone").and_then(SyntaxNode::as_text),
        currencies: items("currency")
            .filter_map(definitions::read_currency)
            .collect(),
        categories: items("category")
            .filter_map(definitions::read_category)
            .collect(),
        keys: items("key").filter_map(definitions::read_key).collect(),
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
fn check_ids(document: &CatalogDocument, found: &mut DiagnosticCollector) {
    check_unique(
        "two currencies have the id",
        document.currencies.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two categories have the id",
        document.categories.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two keys have the property",
        document.keys.iter().map(|it| &it.property),
        found,
    );
    check_unique(
        "two limits have the id",
        document.limits.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two earnings have the id",
        document.earnings.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two badges have the id",
        document.badges.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two unlockables have the id",
        document.unlockables.iter().map(|it| &it.label.id),
        found,
    );
    check_unique(
        "two default tiers are called",
        document.defaults.tiers.iter().flatten(),
        found,
    );
    renamed::check_former_ids(document, found);
    for earning in &document.earnings {
        // It would be registered twice for the event, and paid twice.
        check_unique("the earning names the event twice:", &earning.on, found);
    }
    for badge in &document.badges {
        check_unique(
            "the badge requires the badge twice:",
            &badge.requires,
            found,
        );
    }
}
