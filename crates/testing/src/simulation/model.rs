//! The expected state, computed in the simplest way: a list of acknowledged events, folded once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade::store::EventRow;
use accolade::{Catalog, NewEvent, Timestamp};
use accolade_core::catalog::CatalogFormat;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::Event;
use accolade_core::fold::{Holdings, MovementSource, Replay, StepReport, WholeState};
use accolade_core::names::acts;
use accolade_core::timeline::{self, RetractableEvent};

/// A player's id, as sent, and the event's id.
pub(crate) type EventName = (String, String);

/// All acknowledged requests.
pub(crate) struct Model {
    /// Acknowledged events, each with its retraction state.
    pub(crate) known: BTreeMap<EventName, AcknowledgedEvent>,
    /// Events that are retracted and have not arrived.
    pub(crate) awaited: BTreeSet<EventName>,
    /// Merged guests with their players.
    pub(crate) aliases: BTreeMap<String, String>,
    pub(crate) erased: BTreeSet<String>,
    pub(crate) version: i64,
    pub(crate) catalog: Arc<Catalog>,
}

/// An acknowledged event.
#[derive(Debug, Clone)]
pub(crate) struct AcknowledgedEvent {
    pub(crate) sent: NewEvent,
    pub(crate) retracted: bool,
}

/// Expected result of a retraction.
#[derive(Debug, PartialEq)]
pub(crate) enum ExpectedRetraction {
    Taken,
    Nothing,
    NotRetractable,
}

/// Expected state of a player.
pub(crate) struct ExpectedPlayer {
    pub(crate) holdings: Holdings,
    pub(crate) ledger: BTreeMap<String, i128>,
}

impl Model {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self {
            known: BTreeMap::new(),
            awaited: BTreeSet::new(),
            aliases: BTreeMap::new(),
            erased: BTreeSet::new(),
            version: 1,
            catalog: Arc::new(catalog),
        }
    }

    /// Resolves an id to its player.
    pub(crate) fn owner_of(&self, player: &str) -> String {
        let mut player = player;
        while let Some(into) = self.aliases.get(player) {
            player = into;
        }
        player.to_owned()
    }

    /// Lists a player and all guests merged into them, directly or through others.
    pub(crate) fn list_merged_ids(&self, root: &str) -> BTreeSet<String> {
        let guests = self
            .aliases
            .keys()
            .filter(|guest| self.owner_of(guest) == *root);
        guests.cloned().chain([root.to_owned()]).collect()
    }

    /// Lists the known event ids of a player, as sent.
    pub(crate) fn ids_of(&self, player: &str) -> Vec<String> {
        self.known
            .keys()
            .filter(|(whose, _)| whose == player)
            .map(|(_, id)| id.clone())
            .collect()
    }

    /// Records an accepted event or manual action.
    pub(crate) fn record_accepted(&mut self, sent: NewEvent) {
        let name = (
            String::from(&*sent.player),
            sent.id
                .as_ref()
                .expect("everything is sent with an id")
                .to_string(),
        );
        let retracted = self.awaited.remove(&name);
        self.known
            .entry(name)
            .or_insert(AcknowledgedEvent { sent, retracted });
    }

    /// Computes the expected result of retracting or restoring events of a player.
    pub(crate) fn expected(
        &self,
        player: &str,
        ids: &[String],
        restore: bool,
    ) -> ExpectedRetraction {
        let never = [
            acts::RETRACT,
            acts::RESTORE,
            acts::MERGE,
            acts::UNMERGE,
            acts::GRANDFATHER,
        ];
        let mut changes = false;
        for id in ids {
            let name = (player.to_owned(), id.clone());
            match self.known.get(&name) {
                Some(known) if never.contains(&known.sent.name.as_str()) => {
                    return ExpectedRetraction::NotRetractable;
                }
                Some(known) => changes |= known.retracted == restore,
                None => changes |= self.awaited.contains(&name) == restore,
            }
        }
        if changes {
            ExpectedRetraction::Taken
        } else {
            ExpectedRetraction::Nothing
        }
    }

    /// Records an accepted retraction or restoration.
    pub(crate) fn retract(&mut self, player: &str, ids: &[String], restore: bool) {
        for id in ids {
            let name = (player.to_owned(), id.clone());
            match self.known.get_mut(&name) {
                Some(known) => known.retracted = !restore,
                None if restore => drop(self.awaited.remove(&name)),
                None => drop(self.awaited.insert(name)),
            }
        }
    }

    /// True if erasing a player blocks the ids: if any event is their own (S22).
    pub(crate) fn is_blocked_by_erasure(&self, root: &str) -> bool {
        let ids = self.list_merged_ids(root);
        let mut own = self
            .known
            .iter()
            .filter(|((player, _), _)| ids.contains(player));
        own.any(|(_, known)| !known.sent.is_reserved())
    }

    /// Forgets a player.
    pub(crate) fn erase(&mut self, root: &str) {
        let is_blocked = self.is_blocked_by_erasure(root);
        let ids = self.list_merged_ids(root);
        self.known.retain(|(player, _), _| !ids.contains(player));
        self.awaited.retain(|(player, _)| !ids.contains(player));
        self.aliases.retain(|guest, _| !ids.contains(guest));
        if is_blocked {
            self.erased.extend(ids);
        }
    }

    /// Records a publication.
    pub(crate) fn publish(&mut self, catalog: &Catalog, version: i64) {
        let gone = self.catalog.retired_by(catalog);
        let whole = Catalog::with_retired(
            catalog.source(),
            "the catalog",
            CatalogFormat::Toml,
            Vec::new(),
            &gone,
        );
        self.catalog = Arc::new(whole.expect("it was published"));
        self.version = version;
    }

    /// Folds the recorded events of a player, including those of guests, into the expected state.
    pub(crate) fn fold(&self, root: &str, rows: Vec<EventRow>, until: Timestamp) -> ExpectedPlayer {
        let union = self.list_merged_ids(root).len() > 1;
        let retracted = |event: &Event| {
            self.known
                .get(&(event.player.clone(), event.id.clone()))
                .is_some_and(|one| one.retracted)
        };
        let recorded = rows.into_iter().map(|row| RetractableEvent {
            retracted: retracted(&row.event),
            event: row.event,
        });
        let events = timeline::select_effective(recorded.collect(), &BTreeSet::new(), union);
        let rules = self.catalog.rules();
        let mut ledger = BTreeMap::new();
        let mut record = |event: &Event, step: StepReport, _: &WholeState| {
            for movement in step.movements {
                let name = identity(rules, event, &movement.source, movement.currency);
                *ledger.entry(name).or_default() += i128::from(movement.amount);
            }
        };
        let state = Replay::new(&self.catalog, root).run(&events, until, &mut record);
        ledger.retain(|_, amount| *amount != 0);
        let holdings = state.holdings(rules);
        ExpectedPlayer { holdings, ledger }
    }
}

/// Renders the identity of a ledger entry (S5).
fn identity(rules: &RuleSet, event: &Event, source: &MovementSource, currency: usize) -> String {
    let currency = &rules.currencies[currency].id;
    match source {
        MovementSource::Earning(earning) => format!(
            "{currency} for {} by {}",
            event.id, rules.earnings[*earning].id
        ),
        MovementSource::Action | MovementSource::Expiry => format!("{currency} for {}", event.id),
        MovementSource::Award { badge, tier, key } => {
            let badge = &rules.badges[*badge];
            format!(
                "{currency} for award {}:{}@{key}",
                badge.id, badge.tiers[*tier].id
            )
        }
    }
}
