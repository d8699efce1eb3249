//! Compiles a document into rules: resolves references, compiles expressions, shares counters, and
//! rejects endless loops of rewards.

mod compiler;
mod criteria;
mod definitions;
mod dependencies;
mod keys;
mod names;
mod references;
mod retire;
mod rewards;
mod timers;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::diagnostic::DiagnosticCollector;
use super::document::CatalogDocument;
use super::read::CanonicalPart;
use super::retired::RetiredRules;
use super::rules::RuleSet;
use crate::code::CodeBadge;
use crate::expr::ExpressionCompiler;
use compiler::CatalogCompiler;
use names::DefinedIds;

/// The version of the engine's semantics. A release whose fold returns different results raises it
/// (S16).
pub const FOLD_VERSION: u32 = 1;

/// Compiles a document and reports its errors. After an error the rules are incomplete and must not
/// be used.
pub(super) fn compile_document(
    document: &CatalogDocument,
    code_badges: &[CodeBadge],
    retired: &RetiredRules,
    found: &mut DiagnosticCollector,
) -> RuleSet {
    let known = DefinedIds::new(document, code_badges, found);
    let mut compiler = CatalogCompiler {
        document,
        code_badges,
        diagnostics: found,
        expressions: ExpressionCompiler::new(),
        slot_count: 0,
        counters: Vec::new(),
        counter_addresses: FxHashMap::default(),
        keyed_criteria: Vec::new(),
        keyed_definitions: FxHashMap::default(),
        key_aggregates: Vec::new(),
        defined_ids: known,
    };
    let mut rules = compiler.compile_rules(retired);
    dependencies::link_dependencies(&mut rules);
    timers::add_timers(&mut rules);
    // Last, because it follows the dependencies that `link_dependencies` has filled in.
    rewards::check_rewards(&rules, document, compiler.diagnostics);
    rules
}

/// Computes the fingerprint of a document and of everything else that results depend on (S16, S17).
pub(super) fn compute_fingerprint(parts: &[CanonicalPart], code_badges: &[CodeBadge]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{}\n", FOLD_VERSION));
    for part in parts {
        hasher.update(format!("{} {}\n", part.name, part.content));
    }
    for badge in code_badges {
        hasher.update(format!("{} {}\n", badge.id, badge.version));
    }
    hasher
        .finalize()
        .iter()
        // 128 bits are enough to tell catalogs apart.
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
