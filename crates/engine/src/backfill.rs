//! Backfill of one player: bringing them up to a newer catalog, one publication after another
//! (S14).
//!
//! [`backfill_step`] is the only implementation. `batch/backfill.rs` stages what it finds for
//! writing; [`PlayerBackfill`] runs it in memory, for reads of a player whom the background
//! backfill has not reached yet, and for plans.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use accolade_core::catalog::rules::{RuleRef, RuleSet};
use accolade_core::event::Event;
use accolade_core::fold::{
    self, FoldObserver, Holdings, MovementSource, Replay, StepReport, WholeState,
};
use accolade_core::time::Timestamp;

use crate::catalog_cache::PublishedCatalog;

/// The points that earnings paid a player, by ids of the earning and the currency.
pub(crate) type EarningSums = BTreeMap<(String, String), i128>;

/// The effect of one publication on a player.
pub(crate) struct BackfillStep {
    /// The holdings before the publication, under the ids of the new catalog.
    pub(crate) before: Holdings,
    /// The holdings that the timeline earns under the new catalog.
    pub(crate) earned: Holdings,
    /// The holdings after the publication, including grandfathered ones.
    pub(crate) after: Holdings,
}

/// Takes a player through one publication: refolds the timeline under the new catalog up to `end`,
/// and grandfathers what the timeline no longer earns.
///
/// Returns the effect, the state, and the action that grandfathers, if there is one. The action is
/// folded but not part of the timeline yet.
pub(crate) fn backfill_step(
    next: &PublishedCatalog,
    player: &str,
    timeline: &[Event],
    held: Holdings,
    end: Timestamp,
    observer: &mut impl FoldObserver,
) -> (BackfillStep, WholeState, Option<Event>) {
    let rules = next.catalog.rules();
    let held = held.with_current_ids(rules);
    let mut state = Replay::new(&next.catalog, player).run(timeline, end, observer);
    let earned = state.holdings(rules);
    let action = grandfather_action(next, player, &held, &earned, state.last_change_at());
    let has = match &action {
        None => earned.clone(),
        Some(action) => {
            let mut replay = Replay::resume(&next.catalog, player, state);
            replay.fold_event(action, observer);
            state = replay.into_state();
            state.holdings(rules)
        }
    };
    let effect = BackfillStep {
        before: held,
        earned,
        after: has,
    };
    (effect, state, action)
}

/// A player on the way through publications, in memory.
pub(crate) struct PlayerBackfill<'p> {
    player: &'p str,
    /// The events that count, in order, followed by the actions that grandfathered something.
    timeline: Vec<Event>,
    /// The number of events in the timeline that are recorded.
    recorded: usize,
    state: WholeState,
    totals: FoldTotals,
    origin: BackfillOrigin,
}

/// The starting point of a backfill.
enum BackfillOrigin {
    /// A catalog, under which the state was folded.
    Catalog(Arc<PublishedCatalog>),
    /// A state that cannot be read; the holdings in the player's rows are all that is known.
    Rows(Holdings),
}

impl<'p> PlayerBackfill<'p> {
    /// Starts with a state that was folded under a catalog.
    pub(crate) fn with_state(
        player: &'p str,
        timeline: Vec<Event>,
        under: Arc<PublishedCatalog>,
        state: WholeState,
    ) -> Self {
        Self {
            player,
            recorded: timeline.len(),
            timeline,
            state,
            totals: FoldTotals::default(),
            origin: BackfillOrigin::Catalog(under),
        }
    }

    /// Starts with the rows of a player whose state cannot be read.
    pub(crate) fn with_rows(player: &'p str, timeline: Vec<Event>, rows: Holdings) -> Self {
        Self {
            player,
            recorded: timeline.len(),
            timeline,
            state: WholeState::empty(),
            totals: FoldTotals::default(),
            origin: BackfillOrigin::Rows(rows),
        }
    }

    /// Starts with the fold of a timeline under a catalog.
    pub(crate) fn from_timeline(
        player: &'p str,
        timeline: Vec<Event>,
        under: Arc<PublishedCatalog>,
        until: Timestamp,
    ) -> Self {
        let mut totals = FoldTotals::default();
        let state = Replay::new(&under.catalog, player).run(&timeline, until, &mut totals);
        Self {
            totals,
            ..Self::with_state(player, timeline, under, state)
        }
    }

    /// Takes the player through a publication.
    pub(crate) fn apply_publication(&mut self, next: &Arc<PublishedCatalog>) -> BackfillStep {
        let held = match &self.origin {
            BackfillOrigin::Rows(rows) => rows.clone(),
            BackfillOrigin::Catalog(before) => {
                // Timers before the publication belong to the old catalog.
                self.state
                    .advance_to(&before.catalog, self.player, next.published_at);
                self.state.holdings(before.catalog.rules())
            }
        };
        let as_of = self.state.header.as_of;
        let end = as_of.map_or(next.published_at, |as_of| as_of.max(next.published_at));
        let mut totals = FoldTotals::default();
        let (effect, state, action) =
            backfill_step(next, self.player, &self.timeline, held, end, &mut totals);
        self.timeline.extend(action);
        self.state = state;
        self.totals = totals;
        self.origin = BackfillOrigin::Catalog(Arc::clone(next));
        effect
    }

    /// Returns the state under the last catalog, and the actions that grandfathered something on
    /// the way.
    pub(crate) fn into_state(mut self) -> (WholeState, Vec<Event>) {
        let grandfathered = self.timeline.split_off(self.recorded);
        (self.state, grandfathered)
    }

    /// Returns the points that earnings paid under the last catalog, as far as events were folded
    /// here.
    pub(crate) fn earning_sums(&self) -> EarningSums {
        match &self.origin {
            BackfillOrigin::Rows(_) => EarningSums::new(),
            BackfillOrigin::Catalog(under) => self.totals.paid_by_id(under.catalog.rules()),
        }
    }

    /// Returns the evaluations that failed under the last catalog, as far as events were folded
    /// here, by rule of that catalog.
    pub(crate) fn into_failures(self) -> BTreeMap<RuleRef, FailureTotal> {
        self.totals.failures
    }
}

/// Totals of a fold: points that earnings paid, and evaluations that failed.
#[derive(Default)]
struct FoldTotals {
    /// Points by positions of the earning and the currency.
    paid: BTreeMap<(usize, usize), i128>,
    failures: BTreeMap<RuleRef, FailureTotal>,
}

/// Evaluations of a rule that failed.
#[derive(Debug, Clone)]
pub(crate) struct FailureTotal {
    /// Number of events and timers at which it failed.
    pub(crate) count: u64,
    /// Message of one of them: the first in alphabetical order, which depends on no other order.
    pub(crate) message: String,
}

impl FailureTotal {
    /// Adds further failures of the same rule.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        if other.message < self.message {
            self.message = other.message;
        }
    }
}

impl FoldObserver for FoldTotals {
    fn after_step(&mut self, _: &Event, step: StepReport, _: &WholeState) {
        for movement in step.movements {
            if let MovementSource::Earning(earning) = movement.source {
                let total = self.paid.entry((earning, movement.currency)).or_default();
                *total += i128::from(movement.amount);
            }
        }
        // A rule can fail several times at one event: once for each tier, or for each key.
        let mut failed = BTreeMap::new();
        for failure in step.failures {
            failed.entry(failure.rule).or_insert(failure.message);
        }
        for (rule, message) in failed {
            let one = FailureTotal { count: 1, message };
            match self.failures.entry(rule) {
                Entry::Vacant(place) => drop(place.insert(one)),
                Entry::Occupied(mut total) => total.get_mut().merge(one),
            }
        }
    }
}

impl FoldTotals {
    fn paid_by_id(&self, rules: &RuleSet) -> EarningSums {
        let ids = |(earning, currency): &(usize, usize)| {
            let earning = rules.earnings[*earning].id.clone();
            (earning, rules.currencies[*currency].id.clone())
        };
        self.paid
            .iter()
            .map(|(positions, amount)| (ids(positions), *amount))
            .collect()
    }
}

/// Builds the action that grandfathers holdings that a new catalog no longer earns. Returns `None`
/// if there are none, or if the publication revokes them. `held` uses the ids of the new catalog:
/// see [`Holdings::with_current_ids`].
fn grandfather_action(
    next: &PublishedCatalog,
    player: &str,
    held: &Holdings,
    earned: &Holdings,
    end: Option<Timestamp>,
) -> Option<Event> {
    if next.revoke {
        return None;
    }
    let rules = next.catalog.rules();
    let awards: Vec<_> = held
        .awards
        .iter()
        .filter(|(name, award)| {
            // A blocked award was revoked by a person. A publication must not bring it back.
            let now = earned.awards.get(&name.with_current_badge(rules));
            award.is_held()
                && now.is_none_or(|now| !now.is_held() && !now.blocked)
                && can_grandfather_badge(rules, &name.badge)
        })
        .collect();
    let unlocks: Vec<_> = held
        .unlocks
        .iter()
        .filter(|(unlockable, unlocked)| {
            let open = earned
                .unlocks
                .get(rules.current_unlockable(unlockable))
                .is_some_and(|now| now.open);
            unlocked.open && !open && can_grandfather_unlockable(rules, unlockable)
        })
        .collect();
    if awards.is_empty() && unlocks.is_empty() {
        return None;
    }
    let at = end.map_or(next.published_at, |end| {
        end.plus_micros(1).max(next.published_at)
    });
    Some(fold::grandfather_action(
        player,
        next.version,
        at,
        awards,
        unlocks,
    ))
}

/// True if awards of a badge can be grandfathered. Temporary awards end with their criterion.
fn can_grandfather_badge(rules: &RuleSet, badge: &str) -> bool {
    rules
        .badge_position(badge)
        .is_some_and(|index| !rules.badges[index].temporary)
}

/// True if an unlockable can be grandfathered. One that relocks closes with its criterion.
fn can_grandfather_unlockable(rules: &RuleSet, unlockable: &str) -> bool {
    rules
        .unlockable_position(unlockable)
        .is_some_and(|index| !rules.unlockables[index].relock)
}
