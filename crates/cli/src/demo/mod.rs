//! Replay of a real community's history, and the report on it.

pub(crate) mod agreement;
pub(crate) mod history;
pub(crate) mod live;
mod names;
mod pace;
mod players;
pub(crate) mod report;
mod tour;
