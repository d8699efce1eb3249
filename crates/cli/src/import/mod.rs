//! From lines to recorded events.

pub(crate) mod ids;
pub(crate) mod lines;
pub(crate) mod pipeline;
pub(crate) mod rejects;
