//! Players: finding them, seeing everything of them, and acting on them.

pub(super) mod act;
pub(super) mod act_form;
pub(super) mod erase;
pub(super) mod ledger;
pub(super) mod link;
pub(super) mod profile;
pub(super) mod search;
pub(super) mod timeline;
pub(super) mod why;

/// Items on a page of a list.
const ITEMS: usize = 50;
