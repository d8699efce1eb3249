//! Test support of Accolade, which no other crate ships: a store in memory, the conformance suite
//! of stores, random worlds, and the checks of the engine that every store's tests share.

pub mod conformance;
mod counting_store;
mod memory;
pub mod properties;
pub mod random;
pub mod simulation;

pub use counting_store::{CallHolds, CountingStore, Counts, HeldCalls};
pub use memory::MemoryStore;
