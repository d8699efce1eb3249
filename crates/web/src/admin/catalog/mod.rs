//! The catalog: looking at it, checking a change, seeing what it would do, and putting it in force.

mod draft;
pub(super) mod editor;
mod findings;
pub(super) mod history;
pub(super) mod preview;
pub(super) mod publish;

pub(super) use draft::Drafts;

/// Bytes of a form that holds a catalog: a byte becomes three at the most.
pub(super) const FORM_BYTES: usize = 3 * accolade_core::limits::CATALOG_BYTES + 64 * 1024;
