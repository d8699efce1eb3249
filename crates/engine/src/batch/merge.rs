//! Merging of a guest's timeline into a player's, and undoing of a merge (S19).

use std::collections::BTreeSet;

use accolade_core::event::RESERVED_PREFIX;
use accolade_core::fold::{Holdings, PartialState};
use accolade_core::ids::PlayerId;
use accolade_core::names::acts;
use accolade_core::value::{Props, Value};
use accolade_core::{props, suggest};

use super::cache::{CachedPlayer, PlayerCache};
use super::context::BatchContext;
use super::identity::{self, HeadersByPlayer, PlayerIdentity};
use super::intake::{self, ValidatedEvent};
use super::item::BatchItem;
use super::player_meta::{OptionalMeta, PlayerMeta};
use super::refold::RefoldResult;
use super::rows::CommitOrigin;
use super::unit_of_work::UnitOfWork;
use super::units::{UncommittedBatch, load_units, write_units};
use super::{history, load};
use crate::error::MergeError;
use crate::store::{AliasRow, StoreError, Transaction, Trigger};
use crate::{Rejection, player_ids};

/// Records the single item of this batch, which merges two players or undoes a merge.
pub(super) fn apply_merge<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    items: Vec<BatchItem>,
) -> Result<UncommittedBatch<'s>, StoreError> {
    let refuse = |rejection: Rejection| UncommittedBatch {
        results: vec![Err(rejection)],
        changes: Vec::new(),
        units: Vec::new(),
    };
    let Some(item) = items.into_iter().next() else {
        return Ok(UncommittedBatch::default());
    };
    let mut entry = match ValidatedEvent::validate(0, item, context) {
        Ok(entry) => entry,
        Err(rejection) => return Ok(refuse(rejection)),
    };
    let player = match identity::resolve_one(tx, &entry.event.player)? {
        PlayerIdentity::Player(player) => player,
        PlayerIdentity::Erased => return Ok(refuse(Rejection::PlayerErased)),
    };
    // A retry may come after the player was merged in turn, so look under both ids.
    let sent = std::mem::replace(&mut entry.event.player, player.clone());
    if let Some(result) = intake::find_earlier_result(tx, &entry, [&player, &sent])? {
        return Ok(UncommittedBatch {
            results: vec![result],
            changes: Vec::new(),
            units: Vec::new(),
        });
    }
    let merges = entry.event.name == acts::MERGE;
    let guest = entry
        .event
        .props
        .get("guest")
        .and_then(Value::as_text)
        .map(str::to_owned);
    let guest = match guest {
        Some(guest) if !guest.is_empty() => guest,
        _ => return Ok(refuse(MergeError::NoGuest.into())),
    };
    // Both ids are looked up, because a merge into or of a misspelled id would go unnoticed.
    let named = if merges {
        vec![&*player, &*guest]
    } else {
        vec![&*player]
    };
    for id in named {
        if !entry.may_create
            && let Some(unknown) = find_unknown(tx, id)?
        {
            return Ok(refuse(unknown));
        }
    }
    let joined = match merges {
        true => merge_guest(context, cache, tx, entry, &guest)?,
        false => unmerge_guest(context, cache, tx, entry, &guest)?,
    };
    let desks = match joined {
        Ok(desks) => desks,
        Err(rejection) => return Ok(refuse(rejection)),
    };
    let mut results = std::collections::BTreeMap::new();
    let mut done = write_units(tx, desks, &mut results)?;
    done.results = results.into_values().collect();
    Ok(done)
}

/// Returns the rejection of an id under which nothing was recorded.
fn find_unknown(tx: &mut dyn Transaction, id: &str) -> Result<Option<Rejection>, StoreError> {
    // A merged or erased id has no header, and is answered by what it resolves to.
    let is_known = match identity::resolve_one(tx, id)? {
        PlayerIdentity::Player(player) if player == id => {
            tx.load_headers(&[id])?.iter().any(Option::is_some)
        }
        _ => true,
    };
    if is_known {
        return Ok(None);
    }
    let suggestion = player_ids::find_similar_player(tx, id)?;
    Ok(Some(Rejection::unknown_player(id, suggestion)))
}

type MergeResult<'s> = Result<Vec<UnitOfWork<'s>>, Rejection>;

/// Merges a guest into a player: the guest's timeline becomes part of the player's, and the guest's
/// own state is cleared.
fn merge_guest<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    mut entry: ValidatedEvent,
    guest: &str,
) -> Result<MergeResult<'s>, StoreError> {
    let player = entry.event.player.clone();
    match identity::resolve_one(tx, guest)? {
        PlayerIdentity::Erased => return Ok(Err(Rejection::PlayerErased)),
        PlayerIdentity::Player(into) if into != guest => {
            return Ok(Err(MergeError::AlreadyMerged {
                guest: guest.to_owned().into(),
                player: into.into(),
            }
            .into()));
        }
        PlayerIdentity::Player(_) if guest == player => {
            return Ok(Err(MergeError::SamePlayer(player.into()).into()));
        }
        PlayerIdentity::Player(_) => {}
    }
    let [mut unit, mut other] = load_both(context, cache, tx, &player, guest)?;
    if !entry.explicit_at {
        let end = unit.last_change_at().max(other.last_change_at());
        entry.event.at = end.map_or(context.now, |end| end.plus_micros(1).max(context.now));
    }
    // Timers up to the merge fire on each side by itself, before the timelines become one.
    unit.advance_to(tx, entry.event.at)?;
    other.advance_to(tx, entry.event.at)?;
    let rare = std::mem::take(&mut other.meta.optional);
    unit.meta.optional.guests.push(guest.to_owned());
    unit.meta.optional.guests.extend(rare.guests);
    unit.meta
        .optional
        .pending_retractions
        .extend(rare.pending_retractions);
    // An unmerge compares this number to find out whether actions were recorded on the merged
    // player. A restored merge keeps its number, because an import records actions in another
    // order: one that was placed before the merge, but recorded after it, precedes it then.
    if !entry.restored || decided_count(&entry.event.props).is_none() {
        let decided = props! { "acts" => count_actions(tx, &unit)? };
        entry
            .event
            .props
            .insert(acts::DECISION, Value::Map(decided));
    }
    let act = entry.event.id.clone();
    tx.put_alias(&AliasRow {
        guest: guest.to_owned(),
        player,
        action_id: act.clone(),
        merged_at: context.now,
    })?;
    unit.refold_from(tx, None, vec![entry], Trigger::Merge, &act)?;
    other.clear_merged(tx, &act)?;
    Ok(Ok(vec![unit, other]))
}

/// Undoes a merge, as long as no action was recorded on the merged player since.
fn unmerge_guest<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    mut entry: ValidatedEvent,
    guest: &str,
) -> Result<MergeResult<'s>, StoreError> {
    let player = entry.event.player.clone();
    let aliases = tx.list_guests(&player)?;
    let Some(alias) = aliases.iter().find(|alias| alias.guest == guest).cloned() else {
        let guests = aliases.iter().map(|alias| &*alias.guest);
        return Ok(Err(MergeError::NotMerged {
            guest: guest.to_owned().into(),
            player: player.into(),
            suggestion: suggest::find_nearest(guest, guests).map(PlayerId::from),
        }
        .into()));
    };
    let mut desks = load_units(context, cache, tx, std::slice::from_ref(&player))?;
    let Some(mut unit) = desks.pop() else {
        return Ok(Ok(Vec::new()));
    };
    unit.backfill_to(tx, context.catalogs, context.published.version)?;
    let merged = tx
        .find_events(&[(&player, &alias.action_id)])?
        .into_iter()
        .flatten()
        .next();
    let then = merged.and_then(|row| decided_count(&row.event.props));
    // Actions on the merged player belong to neither side alone, so they cannot be divided. The
    // merge itself is the one action more.
    let now = count_actions(tx, &unit)?;
    if then.is_none_or(|then| now > then + 1) {
        return Ok(Err(MergeError::ActionsFollowed {
            guest: guest.to_owned().into(),
            player: player.into(),
        }
        .into()));
    }
    if !entry.explicit_at {
        entry.event.at = unit
            .last_change_at()
            .map_or(context.now, |end| end.plus_micros(1).max(context.now));
    }
    unit.advance_to(tx, entry.event.at)?;

    // Guests of the guest leave with them.
    let own: BTreeSet<String> = load_transitive_guests(tx, guest)?;
    let leaving = |name: &String| *name == guest || own.contains(name);
    let rare = &mut unit.meta.optional;
    rare.guests.retain(|name| !leaving(name));
    let (theirs, ours) = std::mem::take(&mut rare.pending_retractions)
        .into_iter()
        .partition(|one| leaving(&one.player));
    rare.pending_retractions = ours;
    let act = entry.event.id.clone();
    let end = entry.event.at;
    tx.delete_alias(guest)?;
    unit.refold_from(tx, None, vec![entry], Trigger::Merge, &act)?;

    // The guest's ledger kept its entries through the merge; numbering continues after them.
    let entries = tx
        .list_ledger_after(guest, None)?
        .into_iter()
        .map(|entry| entry.seq)
        .max()
        .unwrap_or_default();
    let account = PlayerMeta {
        catalog_version: context.published.version,
        last_entry: entries,
        keyed_cells: 0,
        optional: OptionalMeta {
            pending_retractions: theirs,
            guests: own.into_iter().collect(),
        },
    };
    let mut other = UnitOfWork::new(
        context,
        CachedPlayer {
            player: guest.to_owned(),
            meta: account,
            state: PartialState::empty(),
        },
    );
    other.refold_from(tx, None, Vec::new(), Trigger::Merge, &act)?;
    other.advance_to(tx, end)?;
    other.merged_away = other.state.header.event_count == 0;
    Ok(Ok(vec![unit, other]))
}

/// Loads the player and the guest, both backfilled to the published catalog.
fn load_both<'s>(
    context: &'s BatchContext<'_>,
    cache: &mut PlayerCache,
    tx: &mut dyn Transaction,
    player: &str,
    guest: &str,
) -> Result<[UnitOfWork<'s>; 2], StoreError> {
    let mut states = load::load_states(
        context.published.version,
        cache,
        tx,
        [player, guest].into_iter(),
        HeadersByPlayer::new(),
    )?
    .into_iter();
    let mut next = || states.next().map(|cached| UnitOfWork::new(context, cached));
    let (Some(mut unit), Some(mut other)) = (next(), next()) else {
        return Err(StoreError::Other(
            "the store returned fewer than two player states".to_owned(),
        ));
    };
    unit.backfill_to(tx, context.catalogs, context.published.version)?;
    other.backfill_to(tx, context.catalogs, context.published.version)?;
    Ok([unit, other])
}

/// Reads the number of actions that a merge found when it was decided.
fn decided_count(merge: &Props) -> Option<i64> {
    match merge.get(acts::DECISION) {
        Some(Value::Map(decided)) => decided.get("acts")?.as_int(),
        _ => None,
    }
}

/// Counts the actions in a player's timeline, including those of guests.
fn count_actions(tx: &mut dyn Transaction, unit: &UnitOfWork<'_>) -> Result<i64, StoreError> {
    let rows = history::load_recorded(tx, &unit.player, &unit.meta.optional.guests, None)?;
    let own = unit.recorded_events.iter().map(|recorded| &recorded.row);
    let acts = rows
        .iter()
        .chain(own)
        .filter(|row| row.event.name.starts_with(RESERVED_PREFIX))
        .count();
    Ok(i64::try_from(acts).unwrap_or(i64::MAX))
}

/// Loads all guests who were merged into a guest, directly or through others.
fn load_transitive_guests(
    tx: &mut dyn Transaction,
    guest: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let mut found = BTreeSet::new();
    let mut open = vec![guest.to_owned()];
    while let Some(one) = open.pop() {
        for alias in tx.list_guests(&one)? {
            open.push(alias.guest.clone());
            found.insert(alias.guest);
        }
    }
    Ok(found)
}

impl UnitOfWork<'_> {
    /// Clears a merged guest: revokes their holdings and offsets their ledger, because both now
    /// belong to the player.
    fn clear_merged(&mut self, tx: &mut dyn Transaction, act: &str) -> Result<(), StoreError> {
        let held = self.load_holdings(tx, self.catalog.rules())?;
        let before = self.load_ledger_after(tx, None)?;
        let origin = CommitOrigin {
            trigger: Trigger::Merge,
            caused_by: act,
            recorded_at: self.now,
        };
        let outcomes = self.record_differences(
            self.catalog,
            &held.diff_to(&Holdings::default()),
            &RefoldResult::empty(),
            &before,
            origin,
        );
        self.unattached_outcomes.extend(outcomes);
        self.merged_away = true;
        Ok(())
    }
}
