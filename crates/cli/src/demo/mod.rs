//! The history of a real community, and what its replay came to.

pub(crate) mod history;
pub(crate) mod live;
mod players;
pub(crate) mod report;
pub(crate) mod score;
mod tour;
