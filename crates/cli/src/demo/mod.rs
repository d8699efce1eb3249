//! The history of a real community, and what its replay came to.

pub(crate) mod history;
mod players;
pub(crate) mod report;
pub(crate) mod score;
mod tour;
