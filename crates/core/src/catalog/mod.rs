//! The catalog: all definitions, read from one document, checked, and compiled into rules.

mod compile;
pub mod diagnostic;
pub mod document;
mod lookup;
pub mod read;
mod retired;
pub mod rules;
pub mod schema;

pub use read::{CanonicalPart, Format};
pub use retired::{Retired, RetiredBadge, RetiredUnlockable};

use diagnostic::Diagnostics;
use document::Document;
use rules::Rules;

use crate::code::CodeBadge;

/// The version of the engine's semantics. A release whose fold gives other results raises it (S16).
pub const FOLD_VERSION: u32 = 1;

/// A catalog that is right: its document, and the rules made of it.
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
    format: Format,
    fingerprint: String,
    parts: Vec<CanonicalPart>,
    document: Document,
    rules: Rules,
    code_badges: Vec<CodeBadge>,
}

impl Catalog {
    /// Reads a catalog in TOML.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_toml(source: &str) -> Result<Self, Diagnostics> {
        Self::new(source, "catalog", Format::Toml, Vec::new())
    }

    /// Reads a catalog together with badges written in code. `file_name` is what errors call it.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn new(
        source: &str,
        file_name: &str,
        format: Format,
        code_badges: Vec<CodeBadge>,
    ) -> Result<Self, Diagnostics> {
        Self::with_retired(source, file_name, format, code_badges, &Retired::default())
    }

    /// Reads a catalog that follows others, together with what those defined and it does not (S15). What is retired is
    /// no part of the fingerprint.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn with_retired(
        source: &str,
        file_name: &str,
        format: Format,
        mut code_badges: Vec<CodeBadge>,
        retired: &Retired,
    ) -> Result<Self, Diagnostics> {
        code_badges.sort_by(|one, other| one.id.cmp(&other.id));
        let (document, mut found) = read::read(source, file_name, format);
        let rules = compile::compile(&document, &code_badges, retired, &mut found);
        let parts = read::canonical(source, format);
        let fingerprint = compile::fingerprint(&parts, &code_badges);
        let catalog = Self {
            source: source.to_owned(),
            format,
            fingerprint,
            parts,
            document,
            rules,
            code_badges,
        };
        found.finish(catalog)
    }

    /// The document as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How it was written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What the definitions, the badges in code and the engine's semantics come to: equal for two catalogs that differ
    /// in comments, layout and tests at most.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Its definitions and settings without how they are written, in order of name: what the fingerprint is made of.
    pub fn canonical_parts(&self) -> &[CanonicalPart] {
        &self.parts
    }

    /// The document's definitions.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The rules made of them.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The badges in code, in order of id.
    pub fn code_badges(&self) -> &[CodeBadge] {
        &self.code_badges
    }
}
