//! Replay of a real community's history, and the report on it.

pub(crate) mod history;
pub(crate) mod live;
mod players;
pub(crate) mod report;
pub(crate) mod score;
mod tour;
