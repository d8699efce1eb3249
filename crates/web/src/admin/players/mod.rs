//! Player pages: search, profile, timeline, ledger, explanations and manual actions.

pub(super) mod action;
pub(super) mod action_form;
pub(super) mod erase;
pub(super) mod ledger;
pub(super) mod link;
pub(super) mod performed;
pub(super) mod profile;
pub(super) mod search;
pub(super) mod timeline;
pub(super) mod why;
mod why_subjects;

/// Items per page.
const PAGE_SIZE: usize = 50;
