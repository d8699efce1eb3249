//! The pure core of Accolade: the catalog, its conditions, and the fold, which computes a player's
//! state from their timeline.
//!
//! This crate does no I/O, reads no clock, generates no random numbers and is not asynchronous.

pub mod catalog;
pub mod code;
pub mod event;
pub mod explain;
pub mod expr;
pub mod fold;
pub mod ids;
pub mod limits;
pub mod names;
pub mod number;
pub mod suggest;
pub mod testing;
pub mod time;
pub mod timeline;
pub mod url;
pub mod value;
