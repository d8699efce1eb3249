//! Accolade: points, badges, unlockables and more for any application, driven by the events that it already has.
//!
//! A player's state is a fold of the catalog over the player's timeline. So an event counts once however often it is
//! sent, it may arrive late, and every number can be derived again from what happened.
//!
//! ```
//! use accolade::{Audience, Catalog, Engine, NewEvent, memory::MemoryStore};
//!
//! let catalog = Catalog::from_toml(r#"
//!     [[currency]]
//!     id = "xp"
//!
//!     [[earning]]
//!     id = "commented"
//!     on = "comment.posted"
//!     points = { xp = 5 }
//! "#)?;
//! let engine = Engine::open(MemoryStore::new(), catalog)?;
//! let receipt = engine.record(NewEvent::new("ada", "comment.posted").id("comment-1")).wait()?;
//! assert_eq!(receipt.outcomes.len(), 1);
//! let ada = engine.profile("ada", Audience::Player).wait()?.expect("she has an event");
//! assert_eq!(ada.balances[0].balance, 5);
//! # Ok::<(), accolade::Error>(())
//! ```

mod access;
mod act;
mod activity;
mod answers;
mod audit;
mod batch;
mod cancellation;
mod catalogs;
mod chores;
mod compact;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dossier;
mod engine;
mod erase;
mod error;
mod feed;
mod install;
pub mod memory;
mod passenger;
mod plan;
mod publish;
mod query;
mod readers;
mod receipt;
pub mod registry;
mod retract;
mod settings;
pub mod store;
mod stored_code;
mod ticket;
mod verify;
mod view;
mod watch;
mod why;
mod writer;

pub use accolade_core as core;
pub use accolade_core::catalog::Catalog;
pub use accolade_core::code::{CodeBadge, CodeContext, Unlocked};
pub use accolade_core::event::NewEvent;
pub use accolade_core::number::Decimal;
pub use accolade_core::props;
pub use accolade_core::time::Timestamp;
pub use accolade_core::value::{Props, Value};
pub use accolade_macros::badge;

pub use access::Administration;
pub use act::Act;
pub use audit::AuditEntry;
pub use cancellation::Cancellation;
pub use chores::SweepProgress;
pub use compact::{CompactError, Compacted};
pub use dossier::{Dossier, HeldAward, HeldEvent};
pub use engine::{Builder, Engine};
pub use erase::{ErasedPlayer, Removed};
pub use error::{Error, MergeError, Rejection};
pub use feed::Subscription;
pub use plan::{
    Advice, Affected, BadgeTotals, ChangeKind, CurrencyTotals, Earners, Plan, PlanError,
    PlanProgress, PlanToken, Planning, PlayerChange, UnlockableTotals,
};
pub use publish::{Published, Publishing, Version};
pub use query::{
    Audience, AwardView, BadgeStats, BadgeView, Balance, CategoryView, CurrencyView, EarnerView,
    GalleryBadge, LedgerCursor, Page, PlayerCard, Profile, ProgressView, SpellView, TierView,
    TimelineCursor, UnlockableSummary, UnlockableView,
};
pub use receipt::{Outcome, Receipt, Skipped, Status};
pub use registry::CodeUnlock;
pub use retract::{RetractionEffect, Selected, Selection};
pub use store::DayActivity;
pub use ticket::Ticket;
pub use verify::{Difference, RepairReport, VerifyProgress, VerifyReport};
pub use why::{EntryCause, EntryStory, LedgerEntry, Why};
