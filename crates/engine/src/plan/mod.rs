//! What publishing a catalog would change, for every player, without changing anything.

mod advice;
mod changes;
mod check;
mod player;
mod survey;
mod token;
mod totals;

use std::sync::Arc;
use std::thread;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use serde::Serialize;

pub use advice::Advice;
pub use changes::{ChangeKind, PlayerChange};
pub use token::{PlanError, PlanToken};
pub use totals::{Affected, BadgeTotals, CurrencyTotals, Earners, UnlockableTotals};

use crate::engine::Inner;
use crate::install::differences;
use crate::publish::successor;
use crate::receipt::text;
use crate::store::StoreError;
use crate::{Cancellation, Engine, Error, Ticket};
use player::Scene;
use survey::Survey;
use totals::most_affected;

/// Players whom a plan names as the most affected, when nobody says how many.
const MOST_AFFECTED: usize = 20;

/// How a plan is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planning {
    take_back: bool,
    most_affected: usize,
    threads: Option<usize>,
    cancellation: Option<Cancellation>,
}

impl Default for Planning {
    fn default() -> Self {
        Self {
            take_back: false,
            most_affected: MOST_AFFECTED,
            threads: None,
            cancellation: None,
        }
    }
}

impl Planning {
    /// Plans to take away awards that the new catalog does not earn. They are kept when this is not called.
    #[must_use]
    pub fn take_back(mut self) -> Self {
        self.take_back = true;
        self
    }

    /// How many of the most affected players are named; twenty when not called.
    #[must_use]
    pub fn most_affected(mut self, players: usize) -> Self {
        self.most_affected = players;
        self
    }

    /// How many threads work on it; one for each core when not called. The result is the same.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Gives up, with [`Error::Cancelled`], when somebody asks to.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = Some(cancellation);
        self
    }
}

/// How far a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PlanProgress {
    /// Players looked at.
    pub done: u64,
    /// Players in all.
    pub total: u64,
}

/// What publishing a catalog would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The version in force.
    pub version: i64,
    /// Whether awards that the catalog does not earn are taken back.
    pub take_back: bool,
    /// When it was begun: what was recorded up to then is in it, and of what was recorded since, what was there when its
    /// player was read.
    #[serde(serialize_with = "text")]
    pub as_of: Timestamp,
    /// Definitions that differ, a line each.
    pub definitions: Vec<String>,
    /// Players looked at.
    pub players: u64,
    /// Their events and acts that count.
    pub events: u64,
    /// Players for whom something changes.
    pub changed: u64,
    /// Every badge and tier that anybody holds before or after.
    pub badges: Vec<BadgeTotals>,
    /// Every currency of which anybody has points before or after.
    pub currencies: Vec<CurrencyTotals>,
    /// Every unlockable that is open for anybody before or after.
    pub unlockables: Vec<UnlockableTotals>,
    /// The players for whom most changes, by number of changes, then by points.
    pub most_affected: Vec<Affected>,
    /// How to let stand what people have.
    pub advice: Vec<Advice>,
    /// Stands for this plan when it is published.
    pub token: PlanToken,
    /// Everything that changes, in order of player, kind, subject, tier and key.
    pub changes: Vec<PlayerChange>,
}

impl Plan {
    /// Whether publishing would do nothing at all.
    pub fn is_empty(&self) -> bool {
        self.definitions.is_empty() && self.changes.is_empty()
    }

    /// Stands for this plan: see [`Publishing::plan`](crate::Publishing::plan).
    pub fn token(&self) -> &PlanToken {
        &self.token
    }
}

impl Engine {
    /// Says what publishing a catalog would change for every player, as of now. It reads only, on all cores, and may run
    /// while events are recorded. `progress` hears of each page of players.
    ///
    /// Every player is folded twice: under the catalog in force, and under the given one as [`Engine::publish`] would.
    /// Players who are behind an earlier publication are taken through it first, in memory.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, Planning, Publishing, memory::MemoryStore};
    ///
    /// let badge = |target| format!("[[badge]]\nid = 'fan'\ncriterion = {{ count = 'visit', at_least = {target} }}");
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml(&badge(2))?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    ///
    /// let plan = engine.plan(Catalog::from_toml(&badge(1))?, Planning::default(), |_| {}).wait()?;
    /// assert_eq!((plan.badges[0].gained, plan.changes.len()), (1, 1));
    /// engine.publish(Catalog::from_toml(&badge(1))?, Publishing::default().plan(plan.token)).wait()?;
    /// # Ok::<(), accolade::Error>(())
    /// ```
    ///
    /// # Errors
    /// The ticket's: when the database fails, badges in code are missing, or somebody published meanwhile
    /// ([`Error::Overtaken`]); and when it was [cancelled](Planning::cancelled_by).
    pub fn plan(
        &self,
        catalog: Catalog,
        options: Planning,
        mut progress: impl FnMut(PlanProgress) + Send + 'static,
    ) -> Ticket<Plan> {
        self.in_background("accolade-plan", move |engine| {
            make(&engine.inner, &catalog, &options, &mut progress)
        })
    }

    /// Does something that takes long on a thread of its own.
    pub(crate) fn in_background<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Ticket<T> {
        let (reply, ticket) = Ticket::new();
        let engine = self.clone();
        let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let done = work(&engine);
            drop(engine);
            drop(reply.send(done));
        });
        match spawned {
            Ok(_) => ticket,
            Err(error) => Ticket::ready(Err(StoreError::Other(format!(
                "no thread to work on: {error}"
            ))
            .into())),
        }
    }
}

fn make(
    inner: &Inner,
    catalog: &Catalog,
    options: &Planning,
    progress: &mut (dyn FnMut(PlanProgress) + Send),
) -> Result<Plan, Error> {
    let as_of = (inner.clock)();
    let mut reader = inner.store.reader()?;
    let current = inner.catalogs.refresh(&mut *reader)?;
    current.folds()?;
    let row = reader
        .catalog_at(current.version)?
        .ok_or(Error::NoVersion(current.version))?;
    if row.fingerprint == catalog.fingerprint() {
        return Ok(nothing(current.version, catalog, options, as_of));
    }
    let definitions = differences(&row, &current.catalog, catalog);
    let (next, _) = successor(&current, catalog, options.take_back, as_of)?;
    let scene = Scene {
        catalogs: Arc::clone(&inner.catalogs),
        current,
        next: Arc::new(next),
        as_of: None,
    };
    let mut survey = Survey::make(&*inner.store, &scene, options, progress)?;
    let version = reader.catalog_version()?;
    if version != scene.current.version {
        let by = reader.catalog_at(version)?.and_then(|row| row.by);
        return Err(Error::Overtaken { version, by });
    }

    let token = PlanToken::new(version, catalog, options.take_back, as_of, survey.digest);
    let changed = survey.changes.len() as u64;
    let changes: Vec<PlayerChange> = std::mem::take(&mut survey.changes)
        .into_values()
        .flatten()
        .collect();
    let mut tally = survey.tally;
    Ok(Plan {
        definitions,
        players: tally.players,
        events: tally.events,
        changed,
        badges: tally.badges(&changes),
        currencies: tally.currencies(&changes),
        unlockables: tally.unlockables(&changes),
        most_affected: most_affected(&changes, options.most_affected),
        advice: advice::advice(&scene.current.catalog, catalog, &tally, &changes, as_of),
        token,
        changes,
        ..nothing(version, catalog, options, as_of)
    })
}

/// The plan of publishing the catalog that is in force.
fn nothing(version: i64, catalog: &Catalog, options: &Planning, as_of: Timestamp) -> Plan {
    Plan {
        version,
        take_back: options.take_back,
        as_of,
        definitions: Vec::new(),
        players: 0,
        events: 0,
        changed: 0,
        badges: Vec::new(),
        currencies: Vec::new(),
        unlockables: Vec::new(),
        most_affected: Vec::new(),
        advice: Vec::new(),
        token: PlanToken::new(version, catalog, options.take_back, as_of, 0),
        changes: Vec::new(),
    }
}
