//! Catalogs: the rules of a gamification, read from one document, checked, and compiled.

pub mod art;
mod compile;
pub(crate) mod description;
pub mod diagnostic;
pub mod document;
mod event_names;
mod former_ids;
pub mod key_label;
pub mod key_template;
mod lint;
mod lookup;
pub mod read;
mod retired;
mod retirement;
pub mod rules;
pub mod schema;

pub use compile::FOLD_VERSION;
pub use read::{CanonicalPart, CatalogFormat};
pub use retired::{RetiredBadge, RetiredRules, RetiredUnlockable};

use diagnostic::Diagnostics;
use document::CatalogDocument;
use rules::RuleSet;

use crate::code::CodeBadge;

/// A valid catalog: its document and the rules compiled from it.
///
/// ```
/// use accolade_core::catalog::Catalog;
///
/// let catalog = Catalog::from_toml(r#"
///     [[badge]]
///     id = "commentator"
///     criterion = { count = "comment.posted", at_least = 10 }
/// "#).unwrap();
/// assert_eq!(catalog.rules().badges[0].id, "commentator");
/// ```
#[derive(Debug)]
pub struct Catalog {
    source: String,
    format: CatalogFormat,
    fingerprint: String,
    canonical_parts: Vec<CanonicalPart>,
    document: CatalogDocument,
    rules: RuleSet,
    code_badges: Vec<CodeBadge>,
}

impl Catalog {
    /// Reads a catalog in TOML.
    ///
    /// # Errors
    /// Returns all errors in the catalog at once.
    pub fn from_toml(source: &str) -> Result<Self, Diagnostics> {
        Self::new(source, "catalog", CatalogFormat::Toml, Vec::new())
    }

    /// Reads a catalog together with badges written in Rust. Errors refer to it as `file_name`.
    ///
    /// # Errors
    /// Returns all errors in the catalog at once.
    pub fn new(
        source: &str,
        file_name: &str,
        format: CatalogFormat,
        code_badges: Vec<CodeBadge>,
    ) -> Result<Self, Diagnostics> {
        Self::with_retired(
            source,
            file_name,
            format,
            code_badges,
            &RetiredRules::default(),
        )
    }

    /// Reads a catalog together with the rules that earlier catalogs defined and this one does not
    /// (S15). Retired rules do not affect the fingerprint.
    ///
    /// # Errors
    /// Returns all errors in the catalog at once.
    pub fn with_retired(
        source: &str,
        file_name: &str,
        format: CatalogFormat,
        mut code_badges: Vec<CodeBadge>,
        retired: &RetiredRules,
    ) -> Result<Self, Diagnostics> {
        // The order of registration must not change the fingerprint or the positions of badges.
        code_badges.sort_by(|one, other| one.id.cmp(&other.id));
        let (document, mut found) = read::read_catalog(source, file_name, format);
        // Compiled even after errors, so that those of the compiler are reported in the same run.
        let rules = compile::compile_document(&document, &code_badges, retired, &mut found);
        let parts = read::canonical_parts(source, format);
        let fingerprint = compile::compute_fingerprint(&parts, &code_badges);
        let catalog = Self {
            source: source.to_owned(),
            format,
            fingerprint,
            canonical_parts: parts,
            document,
            rules,
            code_badges,
        };
        found.into_result(catalog)
    }

    /// The source text of the catalog, unchanged.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The format of the source text.
    pub fn format(&self) -> CatalogFormat {
        self.format
    }

    /// A hash of the rules, the badges in code and the version of the engine's semantics. Catalogs
    /// that differ only in comments, layout or tests have the same fingerprint.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The rules and settings in a canonical form, in order of name. The fingerprint is computed
    /// from them.
    pub fn canonical_parts(&self) -> &[CanonicalPart] {
        &self.canonical_parts
    }

    /// The parsed document.
    pub fn document(&self) -> &CatalogDocument {
        &self.document
    }

    /// The compiled rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The badges in code, in order of id.
    pub fn code_badges(&self) -> &[CodeBadge] {
        &self.code_badges
    }
}
