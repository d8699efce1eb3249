//! Recipes for common tasks. Each example compiles and runs.
//!
//! The examples block with [`wait`](crate::Ticket::wait); in async code, `.await` the ticket
//! instead. They share these imports and this engine:
//!
//! ```
//! use accolade::{Catalog, Engine};
//!
//! let catalog = Catalog::from_toml(r#"
//!     [[currency]]
//!     id = "xp"
//!
//!     [[earning]]
//!     id = "answered"
//!     on = "answer.posted"
//!     points = { xp = 10 }
//!
//!     [[badge]]
//!     id = "helper"
//!     criterion = { count = "answer.posted", at_least = 2 }
//! "#)?;
//! # let store = accolade_testing::MemoryStore::new();
//! let engine = Engine::open(store, catalog)?;
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! # Record an event from a request handler
//!
//! Give each event the id that your application already has for it. Then a retry is safe: the
//! second call returns the receipt of the first. A rejected event is invalid, so a retry cannot
//! help; any other error is temporary.
//!
//! ```
//! use accolade::{Engine, Error, NewEvent, Receipt};
//!
//! fn answer_posted(engine: &Engine, author: &str, answer: u64) -> Result<Receipt, Error> {
//!     let event = NewEvent::new(author, "answer.posted")
//!         .id(format!("answer-{answer}"))
//!         .prop("length", 140);
//!     match engine.record(event).wait() {
//!         Err(Error::Rejected(reason)) => {
//!             eprintln!("event of answer {answer} rejected: {reason}");
//!             Err(reason.into())
//!         }
//!         other => other,
//!     }
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, accolade::Catalog::from_toml("")?)?;
//! # answer_posted(&engine, "ada", 7)?;
//! # assert_eq!(answer_posted(&engine, "ada", 7)?.status, accolade::ReceiptStatus::Duplicate);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Tell players what they earned
//!
//! The receipt has the outcomes of its own event. Outcomes of late events, corrections and elapsed
//! time arrive through the feed. Store the number of the last outcome that you handled, and
//! continue after it.
//!
//! ```
//! use accolade::{Engine, Error, OutcomeKind};
//!
//! fn notify(engine: &Engine, last_handled: i64) -> Result<i64, Error> {
//!     let mut feed = engine.feed().subscribe(Some(last_handled))?;
//!     let mut last = last_handled;
//!     while let Some(outcome) = feed.try_next()? {
//!         if outcome.kind == OutcomeKind::BadgeAwarded {
//!             println!("{} earned the badge {}", outcome.player, outcome.subject);
//!         }
//!         last = outcome.seq;
//!     }
//!     Ok(last)
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let catalog = "[[badge]]\nid = 'b'\ncriterion = { count = 'x', at_least = 1 }";
//! # let engine = Engine::open(store, accolade::Catalog::from_toml(catalog)?)?;
//! # engine.record(accolade::NewEvent::new("ada", "x")).wait()?;
//! # assert_eq!(notify(&engine, 0)?, 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Show a profile
//!
//! The [`Audience`](crate::Audience) decides what is visible. Secret badges stay secret without any
//! check in your code.
//!
//! ```
//! use accolade::{Audience, Engine, Error};
//!
//! fn profile_lines(engine: &Engine, player: &str, viewer: &str) -> Result<Vec<String>, Error> {
//!     let audience = match player == viewer {
//!         true => Audience::Player,
//!         false => Audience::Others,
//!     };
//!     let Some(profile) = engine.players().load_profile(player, audience).wait()? else {
//!         return Ok(Vec::new());
//!     };
//!     let badges = profile.badges.iter().filter(|badge| !badge.earned.is_empty());
//!     Ok(badges.map(|badge| badge.name.clone()).collect())
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, accolade::Catalog::from_toml("")?)?;
//! # assert!(profile_lines(&engine, "ada", "bob")?.is_empty());
//! # Ok::<(), Error>(())
//! ```
//!
//! # Award a badge or points manually
//!
//! ```
//! use accolade::{Action, Catalog, Engine};
//!
//! # let store = accolade_testing::MemoryStore::new();
//! # let catalog = "[[currency]]\nid = 'xp'\n[[badge]]\nid = 'hero'\ncriterion = { manual = true }";
//! # let engine = Engine::open(store, Catalog::from_toml(catalog)?)?;
//! // Without `create`, an action on an unknown player is rejected: the id may be misspelled.
//! let hero = Action::award("ada", "hero").id("hero-2026").by("grace").reason("saved the launch");
//! let hero = hero.create();
//! engine.submit_action(hero).wait()?;
//! engine.submit_action(Action::points("ada", "xp", 50).id("thanks-1")).wait()?;
//! assert_eq!(engine.players().load_balances("ada").wait()?["xp"], 50);
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! # Change the rules safely
//!
//! Plan first: the plan lists the changes for every player. Publish with its token, which publishes
//! exactly these changes or nothing.
//!
//! ```
//! use std::sync::Arc;
//!
//! use accolade::{Catalog, Engine, Error, PlanOptions, PublishOptions};
//!
//! fn change_rules(engine: &Engine, source: &str) -> Result<(), Error> {
//!     let catalog = Arc::new(Catalog::from_toml(source)?);
//!     let plan = engine.catalog().plan(catalog.clone(), PlanOptions::default(), |_| {}).wait()?;
//!     for badge in &plan.badges {
//!         println!("{}: {} gained, {} kept", badge.badge, badge.gained, badge.kept);
//!     }
//!     let options = PublishOptions::default().by("grace").plan(plan.token);
//!     engine.catalog().publish(catalog, options).wait()?;
//!     Ok(())
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, Catalog::from_toml("")?)?;
//! # change_rules(&engine, "[[currency]]\nid = 'xp'")?;
//! # assert_eq!(engine.catalog().version(), 2);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Undo what a cheater did
//!
//! Select the events, preview the effect, then retract them. Everything is as if the events had
//! never happened, and the history still shows them.
//!
//! ```
//! use accolade::{Action, Engine, Error, EventSelection};
//!
//! fn undo_votes(engine: &Engine, voter: &str) -> Result<usize, Error> {
//!     let votes = EventSelection::default()
//!         .name("vote.received")
//!         .condition(&format!("event.voter == '{voter}'"));
//!     let selected = engine.players().find_events(votes).wait()?;
//!     for effect in engine.players().preview_retraction(selected.clone()).wait()? {
//!         println!("{} loses {}", effect.player, effect.lost.join(", "));
//!     }
//!     let count = selected.len();
//!     let action = Action::empty().id(format!("votes-of-{voter}")).reason("vote fraud");
//!     for answer in engine.players().retract_selected(selected, action).wait()? {
//!         answer?;
//!     }
//!     Ok(count)
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, accolade::Catalog::from_toml("")?)?;
//! # let vote = accolade::NewEvent::new("ada", "vote.received").prop("voter", "mallory");
//! # engine.record(vote).wait()?;
//! # assert_eq!(undo_votes(&engine, "mallory")?, 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Keep the points that a guest earned
//!
//! Record events of guests under an id of their own, and merge it when they sign up.
//!
//! ```
//! use accolade::{Action, Audience, Catalog, Engine, NewEvent};
//!
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, Catalog::from_toml("")?)?;
//! engine.record(NewEvent::new("guest-42", "visit").id("v1")).wait()?;
//! let merge = Action::merge("ada", "guest-42").id("signup-ada").create();
//! engine.submit_action(merge).wait()?;
//! let ada = engine.players().load_profile("ada", Audience::Player).wait()?;
//! assert!(ada.is_some_and(|ada| ada.events > 0));
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! # Import a history
//!
//! Send events in batches, with their original times and ids. Their order does not matter, and
//! repeating an import changes nothing.
//!
//! ```
//! use accolade::{Catalog, Engine, Error, NewEvent};
//!
//! fn import(engine: &Engine, history: Vec<NewEvent>) -> Result<(), Error> {
//!     for batch in history.chunks(1_000) {
//!         for answer in engine.record_many(batch.to_vec()).wait()? {
//!             if let Err(reason) = answer {
//!                 eprintln!("left out: {reason}");
//!             }
//!         }
//!     }
//!     Ok(())
//! }
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, Catalog::from_toml("")?)?;
//! # import(&engine, vec![NewEvent::new("ada", "visit").id("1")])?;
//! # assert_eq!(engine.players().count().wait()?, 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Answer a request for personal data
//!
//! ```
//! use accolade::{Catalog, Engine, NewEvent};
//!
//! # let store = accolade_testing::MemoryStore::new();
//! # let engine = Engine::open(store, Catalog::from_toml("")?)?;
//! # engine.record(NewEvent::new("ada", "visit").id("v1")).wait()?;
//! let data = engine.players().export_personal_data("ada").wait()?.expect("the player exists");
//! println!("{} events", data.events.len());
//! engine.players().erase("ada").wait()?;
//! assert!(engine.players().is_erased("ada").wait()?);
//! # Ok::<(), accolade::Error>(())
//! ```
//!
//! # Test your rules
//!
//! Set the clock, so that streaks and expiries are tested without waiting.
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicI64, Ordering};
//!
//! use accolade::{Action, Catalog, Engine, Timestamp};
//!
//! let catalog = Catalog::from_toml("[[currency]]\nid = 'xp'\nexpires = '30d'")?;
//! let micros = Arc::new(AtomicI64::new(0));
//! let clock = Arc::clone(&micros);
//! # let store = accolade_testing::MemoryStore::new();
//! let engine = Engine::builder(store)
//!     .catalog(catalog)
//!     .clock(move || Timestamp::from_micros(clock.load(Ordering::Relaxed)).expect("in range"))
//!     .open()?;
//! engine.submit_action(Action::points("ada", "xp", 5).create()).wait()?;
//! micros.fetch_add(31 * 24 * 60 * 60 * 1_000_000, Ordering::Relaxed);
//! assert!(engine.players().load_balances("ada").wait()?.is_empty());
//! # Ok::<(), accolade::Error>(())
//! ```
