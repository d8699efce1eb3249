//! Import of events from lines of JSON.

pub(crate) mod ids;
pub(crate) mod lines;
pub(crate) mod pipeline;
pub(crate) mod reject_reason;
pub(crate) mod rejects;
