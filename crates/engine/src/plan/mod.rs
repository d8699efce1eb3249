//! Plans: the changes that publishing a catalog would make for every player, computed without
//! changing anything.

mod advice;
mod changes;
mod options;
mod parallel_plan;
mod planned_publication;
mod player_plan;
mod publish_planned;
mod token;
mod totals;

use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use serde::Serialize;

pub use advice::{Advice, AdviceKind, AdviceRemedy, RemedyKind};
pub use changes::{ChangeKind, PlayerChange};
pub use options::{PlanOptions, PlanProgress};
pub(crate) use planned_publication::{PlannedPublication, PublishAttempt};
pub use token::{PlanError, PlanToken};
pub use totals::{AffectedPlayer, BadgeTotals, CurrencyTotals, EarnerTotals, UnlockableTotals};

use crate::engine::EngineInner;
use crate::open_catalog::list_differences;
use crate::publication::compile_successor;
use crate::{Catalogs, Error, EventNameFindings, Ticket, UnseenName};
use parallel_plan::ParallelPlan;
use player_plan::PlanContext;
use totals::rank_affected_players;

/// The changes that publishing a catalog would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// Version of the published catalog that the plan was made against.
    pub version: i64,
    /// True if awards that the new catalog does not earn are revoked.
    pub revoke: bool,
    /// Start of the plan. Everything recorded before is included. Later events are included if they
    /// were recorded before their player was read.
    pub as_of: Timestamp,
    /// Rules that differ between the catalogs, one line each.
    pub rule_changes: Vec<String>,
    /// Number of players evaluated.
    pub players: u64,
    /// Number of their events and actions that count.
    pub events: u64,
    /// Number of players with at least one change.
    pub changed: u64,
    /// Badges and tiers that are held by a player before or after.
    pub badges: Vec<BadgeTotals>,
    /// Currencies in which a player has points before or after.
    pub currencies: Vec<CurrencyTotals>,
    /// Unlockables that are open for a player before or after.
    pub unlockables: Vec<UnlockableTotals>,
    /// Players with the most changes, by number of changes, then by points.
    pub most_affected: Vec<AffectedPlayer>,
    /// Suggestions for changed rules that apply retroactively.
    pub advice: Vec<Advice>,
    /// Event names that rules of the new catalog listen to and that were never recorded. Empty
    /// while no event was recorded at all.
    pub unseen_events: Vec<UnseenName>,
    /// Token for publishing exactly this plan.
    pub token: PlanToken,
    /// All changes, ordered by player, kind, subject, tier and key.
    pub changes: Vec<PlayerChange>,
}

impl Plan {
    /// True if publishing would change nothing.
    pub fn is_empty(&self) -> bool {
        self.rule_changes.is_empty() && self.changes.is_empty()
    }

    /// Returns the token for publishing exactly this plan: see
    /// [`PublishOptions::plan`](crate::PublishOptions::plan).
    pub fn token(&self) -> &PlanToken {
        &self.token
    }
}

impl Catalogs<'_> {
    /// Plans the publication of a catalog: a dry run that computes the changes for every player.
    ///
    /// Reads only, on all cores, and may run while events are recorded. `progress` is called after
    /// each page of players.
    ///
    /// Every player is folded twice: under the published catalog, and under the given one as
    /// [`Catalogs::publish`] would do it. Players who are not yet backfilled to the published catalog
    /// are backfilled in memory first.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, PlanOptions, PublishOptions};
    ///
    /// let badge = |target| {
    ///     let criterion = format!("{{ count = 'visit', at_least = {target} }}");
    ///     format!("[[badge]]\nid = 'fan'\ncriterion = {criterion}")
    /// };
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, Catalog::from_toml(&badge(2))?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    ///
    /// let options = PlanOptions::default();
    /// let plan = engine.catalog().plan(Catalog::from_toml(&badge(1))?, options, |_| {}).wait()?;
    /// assert_eq!((plan.badges[0].gained, plan.changes.len()), (1, 1));
    /// let options = PublishOptions::default().plan(plan.token);
    /// engine.catalog().publish(Catalog::from_toml(&badge(1))?, options).wait()?;
    /// # Ok::<(), accolade::Error>(())
    /// ```
    ///
    /// # Errors
    /// The ticket resolves to an error if the database fails, code badges are not registered, a
    /// catalog was published in the meantime ([`Error::PublishConflict`]), or the plan was
    /// [cancelled](PlanOptions::cancelled_by).
    pub fn plan(
        &self,
        catalog: impl Into<Arc<Catalog>>,
        options: PlanOptions,
        mut progress: impl FnMut(PlanProgress) + Send + 'static,
    ) -> Ticket<Plan> {
        let catalog = catalog.into();
        self.engine
            .run_in_background("accolade-plan", move |engine| {
                make_plan(&engine.inner, &catalog, &options, &mut progress)
            })
    }
}

fn make_plan(
    inner: &EngineInner,
    catalog: &Catalog,
    options: &PlanOptions,
    progress: &mut (dyn FnMut(PlanProgress) + Send),
) -> Result<Plan, Error> {
    // Taken before the first read: whatever is recorded later may or may not be included.
    let as_of = (inner.clock)();
    let mut reader = inner.store.open_reader()?;
    let current = inner.catalogs.load_current(&mut *reader)?;
    current.require_code()?;
    let row = reader
        .find_catalog(current.version)?
        .ok_or(Error::UnknownCatalogVersion(current.version))?;
    // Equal catalogs need no fold; the result is known.
    if row.fingerprint == catalog.fingerprint() {
        return Ok(empty_plan(current.version, catalog, options, as_of));
    }
    let definitions = list_differences(&row, &current.catalog, catalog);
    let (next, _) = compile_successor(&current, catalog, options.revoke, as_of)?;
    let scene = PlanContext {
        catalogs: Arc::clone(&inner.catalogs),
        current,
        next: Arc::new(next),
        as_of: None,
    };
    let mut evaluation = ParallelPlan::run(&*inner.store, &scene, options, progress)?;
    // A publication during the evaluation would mix two baselines in one plan.
    let version = reader.catalog_version()?;
    if version != scene.current.version {
        let by = reader
            .find_catalog(version)?
            .and_then(|row| row.published_by);
        return Err(Error::PublishConflict { version, by });
    }

    let token = PlanToken::new(version, catalog, options.revoke, as_of, evaluation.digest);
    let changed = evaluation.changes.len() as u64;
    let changes: Vec<PlayerChange> = std::mem::take(&mut evaluation.changes)
        .into_values()
        .flatten()
        .collect();
    let mut totals = evaluation.totals;
    Ok(Plan {
        rule_changes: definitions,
        players: totals.players,
        events: totals.events,
        changed,
        badges: totals.badge_totals(&changes),
        currencies: totals.currency_totals(&changes),
        unlockables: totals.unlockable_totals(&changes),
        most_affected: rank_affected_players(&changes, options.most_affected),
        unseen_events: EventNameFindings::load(&mut *reader, catalog)?.unseen,
        advice: advice::build_advice(&scene.current.catalog, catalog, &totals, &changes, as_of),
        token,
        changes,
        ..empty_plan(version, catalog, options, as_of)
    })
}

/// Builds the plan of publishing the catalog that is already published.
fn empty_plan(version: i64, catalog: &Catalog, options: &PlanOptions, as_of: Timestamp) -> Plan {
    Plan {
        version,
        revoke: options.revoke,
        as_of,
        rule_changes: Vec::new(),
        players: 0,
        events: 0,
        changed: 0,
        badges: Vec::new(),
        currencies: Vec::new(),
        unlockables: Vec::new(),
        most_affected: Vec::new(),
        advice: Vec::new(),
        unseen_events: Vec::new(),
        token: PlanToken::new(version, catalog, options.revoke, as_of, 0),
        changes: Vec::new(),
    }
}
