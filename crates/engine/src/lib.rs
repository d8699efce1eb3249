//! Accolade is an event-sourced gamification engine: it turns the events that an application
//! already has into points, badges and unlockables.
//!
//! # Overview
//!
//! The application records [events](NewEvent), such as `comment.posted`, with the id of the player
//! and any properties. A [`Catalog`] holds the rules in TOML or JSON. A player's state is the fold
//! of the catalog over the player's timeline, and everything else follows from that:
//!
//! - Recording is idempotent: an event counts once, however often it is sent.
//! - Late events count as if they had arrived on time.
//! - Events can be [retracted](Act::retract) and [restored](Act::restore), and a guest's history
//!   can be [merged](Act::merge) into a player's.
//! - A new catalog applies retroactively. [`Engine::plan`] shows its effect on every player before
//!   [`Engine::publish`] puts it into effect.
//! - [`Engine::why`] explains any badge, balance or ledger entry by the events behind it, and
//!   [`Engine::verify`] checks all stored data against the fold.
//!
//! # Getting started
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
//! let ada = engine.profile("ada", Audience::Player).wait()?.expect("the player exists");
//! assert_eq!(ada.balances[0].balance, 5);
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! # Concepts
//!
//! - An **event** is a fact about a player. A receipt lists its **outcomes**: the points, badges
//!   and unlockables that it changed.
//! - A **manual action** ([`Act`]) is an event that an administrator or the application decides on,
//!   such as awarding a badge. It is checked when it is submitted, and may be rejected.
//! - The **ledger** holds every movement of points. Entries are never edited; a correction is
//!   another entry.
//! - The **feed** is the ordered list of all outcomes. [`Engine::subscribe`] follows it without
//!   losing any.
//! - A **store** keeps the data: [`memory::MemoryStore`] for tests, or `SqliteStore` of the crate
//!   `accolade-sqlite`. The module [`store`] describes the interface.
//!
//! # Blocking and async
//!
//! Every call that reads or writes returns a [`Ticket`]: `.await` it in async code, or call
//! [`.wait()`](Ticket::wait) elsewhere. The engine has threads of its own and needs no runtime.

mod access;
mod act;
mod activity;
mod answers;
mod audit;
mod backfill;
mod batch;
mod cancellation;
mod catalogs;
mod chores;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dossier;
mod engine;
mod erase;
mod error;
mod feed;
mod install;
pub mod memory;
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
pub use accolade_core::code::{CodeBadge, CodeContext, EarnedTier};
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
pub use dossier::{HeldAward, HeldEvent, PersonalDataExport};
pub use engine::{Builder, Engine};
pub use erase::{ErasedPlayer, Removed};
pub use error::{Error, MergeError, Rejection};
pub use feed::Subscription;
pub use plan::{
    Advice, AffectedPlayer, BadgeTotals, ChangeKind, CurrencyTotals, EarnerTotals, Plan, PlanError,
    PlanOptions, PlanProgress, PlanToken, PlayerChange, UnlockableTotals,
};
pub use publish::{Publication, PublishOptions, Version};
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
