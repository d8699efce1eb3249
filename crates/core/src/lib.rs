//! The pure heart of Accolade: the catalog, its conditions, and the fold that turns a player's timeline into a state.
//!
//! Nothing in this crate does I/O, reads a clock, draws a random number or is asynchronous.

// The random worlds of the tests name the crate as other crates do.
#[cfg(test)]
extern crate self as accolade_core;

pub mod catalog;
pub mod code;
pub mod event;
pub mod explain;
pub mod expr;
pub mod fold;
pub mod limits;
pub mod names;
pub mod number;
pub mod suggest;
pub mod testing;
pub mod time;
pub mod timeline;
pub mod value;
