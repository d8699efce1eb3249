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
//! - Events can be [retracted](Action::retract) and [restored](Action::restore), and a guest's
//!   history can be [merged](Action::merge) into a player's.
//! - A new catalog applies retroactively. [`Catalogs::plan`] shows its effect on every player before
//!   [`Catalogs::publish`] puts it into effect.
//! - [`Players::why`] explains any badge, balance or ledger entry by the events behind it, and
//!   [`Maintenance::verify`] checks all stored data against the fold.
//!
//! # Getting started
//!
//! ```
//! use accolade::{Audience, Catalog, Engine, NewEvent};
//! use accolade_sqlite::SqliteStore;
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
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("accolade.db");
//! let engine = Engine::open(SqliteStore::open(&path)?, catalog)?;
//! let receipt = engine.record(NewEvent::new("ada", "comment.posted").id("comment-1")).wait()?;
//! assert_eq!(receipt.outcomes.len(), 1);
//! let ada = engine.players().load_profile("ada", Audience::Player).wait()?.expect("the player exists");
//! assert_eq!(ada.balances[0].balance, 5);
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! The [`cookbook`] has recipes for recording, showing profiles, changing rules, undoing mistakes,
//! imports and tests.
//!
//! # Calls
//!
//! | Handle | Calls |
//! |---|---|
//! | [`Engine`] | record events, submit manual actions |
//! | [`Engine::players`] | profiles, holdings, ledgers, timelines, explanations, retractions, personal data |
//! | [`Engine::catalog`] | the published rules and badges, plans, publications |
//! | [`Engine::feed`] | outcomes: read, follow, prune |
//! | [`Engine::maintenance`] | verification, repair, statistics, imports of exports |
//!
//! # Concepts
//!
//! - A **player** is identified by a [`PlayerId`], and everything else by an id type of its own.
//!   Calls accept text in place of an id.
//! - An **event** is a fact about a player. A receipt lists its **outcomes**: the points, badges
//!   and unlockables that it changed.
//! - A **manual action** ([`Action`]) is an event that an administrator or the application decides
//!   on, such as awarding a badge. It is checked when it is submitted, and may be rejected.
//! - The **ledger** holds every movement of points. Entries are never edited; a correction is
//!   another entry.
//! - The **feed** is the ordered list of all outcomes. [`Feed::subscribe`] follows it without
//!   losing any.
//! - A **store** keeps the data, such as `SqliteStore` of the crate `accolade-sqlite`. The module
//!   [`store`] describes the interface.
//!
//! # Blocking and async
//!
//! Every call that reads or writes returns a [`Ticket`]: `.await` it in async code, or call
//! [`.wait()`](Ticket::wait) elsewhere. The engine has threads of its own and needs no runtime.

mod access_transaction;
mod action;
mod activity;
mod administrators;
mod audit;
mod backfill;
mod backfill_progress;
mod background;
mod background_schedule;
mod batch;
mod cancellation;
mod catalog_cache;
mod catalogs;
mod change_tracker;
pub mod cookbook;
mod current_player;
mod engine;
mod erasure;
mod erasure_report;
mod error;
mod event_names;
mod feed;
mod feed_notifier;
mod maintenance;
mod named_rule;
mod open_catalog;
mod page;
mod personal_data;
mod plan;
mod player_ids;
mod players;
mod publication;
mod publish;
mod query;
mod queue_place;
mod reader_pool;
mod receipt;
mod receipt_thread;
mod records;
pub mod registry;
mod retraction;
mod secret;
#[doc(hidden)]
pub mod service;
mod settings;
pub mod store;
mod stored_code_badge;
mod ticket;
mod verify;
mod why;
mod writer;

pub use accolade_core::catalog::art::{ArtColor, ArtShape, ArtSign, BadgeArt};
pub use accolade_core::catalog::diagnostic::{Diagnostic, Diagnostics};
pub use accolade_core::catalog::document::{RepeatMode, Visibility};
pub use accolade_core::catalog::key_label::KeyLabel;
pub use accolade_core::catalog::rules::RuleKind;
pub use accolade_core::catalog::{Catalog, CatalogFormat};
/// Explanations of badges, balances and unlockables: see [`Players::why`].
pub mod explanation {
    pub use accolade_core::explain::{
        ActionEntry, AwardEntry, BadgeExplanation, BadgeGoal, BalanceEntry, CountedEvent,
        CriterionPart, CurrencyExplanation, EntrySource, Evidence, Explanation, NearMiss,
        NearMissGroup, RequiredBadge, SourceTotal, Summary, Truncated, UnlockableExplanation,
        UnlockableTransition, group_near_misses, name_event,
    };
}

pub use accolade_core::code::{CodeBadge, CodeContext, EarnedTier};
pub use accolade_core::event::{EventError, NewEvent};
pub use accolade_core::explain::{SubjectError, UnlockableProgress};
pub use accolade_core::fold::{AwardSource, Refusal, SkipCode};
pub use accolade_core::ids::{
    BadgeId, CategoryId, CurrencyId, EventId, PlayerId, TierId, UnlockableId,
};
pub use accolade_core::number::Decimal;
pub use accolade_core::props;
pub use accolade_core::time::Timestamp;
pub use accolade_core::value::{Props, Value};
pub use accolade_macros::badge;

pub use action::Action;
pub use backfill_progress::BackfillProgress;
pub use cancellation::CancellationToken;
pub use catalogs::Catalogs;
pub use engine::{Engine, EngineBuilder};
pub use erasure_report::{ErasedPlayer, ErasureReport};
pub use error::{Error, EventPart, MergeError, Rejection};
pub use event_names::{EventNameFindings, UnheardName, UnseenName};
pub use feed::{Feed, FeedSubscription};
pub use maintenance::Maintenance;
pub use named_rule::NamedRule;
pub use page::ResultPage;
pub use personal_data::PersonalDataExport;
pub use plan::{
    Advice, AdviceKind, AdviceRemedy, AffectedPlayer, BadgeTotals, ChangeKind, CurrencyTotals,
    EarnerTotals, Plan, PlanError, PlanOptions, PlanProgress, PlanToken, PlayerChange, RemedyKind,
    UnlockableTotals,
};
pub use players::Players;
pub use publication::{CatalogVersion, Publication, PublishOptions};
pub use query::{
    Audience, AwardView, BadgeSummary, BadgeView, CategoryView, CurrencyBalance, CurrencyView,
    EarnerView, EarningSummary, EventNameCursor, EventNameFilter, EventNameTotals, EventNameView,
    GalleryBadge, HolderView, LedgerCursor, PlayerCandidate, PlayerListItem, PlayerMatch, Profile,
    ProgressView, TierView, TimelineCursor, UnlockableSummary, UnlockableView,
};
pub use queue_place::QueuePlace;
pub use receipt::{Outcome, Receipt, ReceiptStatus, SkippedRule};
pub use records::{Award, HeldInterval, LedgerEntry, RecordedEvent, RuleError, Unlock};
pub use registry::CodeUnlock;
pub use retraction::{BalanceChange, EventSelection, RetractionEffect, SelectedEvent};
pub use store::{
    AuditFilter, DayActivity, EarnerCursor, HolderCursor, LedgerKind, OutcomeKind, PlayerOrder,
    PlayerSearch, RowTotals, Trigger, compare_naturally,
};
pub use ticket::Ticket;
pub use verify::{Difference, RepairReport, VerifyProgress, VerifyReport};
pub use why::{EntryCause, EntryHistory, PlayerExplanation};
