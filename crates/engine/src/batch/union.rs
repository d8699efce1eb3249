//! Merging of a guest's timeline into a player's, and undoing of a merge (S19).

use std::collections::BTreeSet;

use accolade_core::event::RESERVED_PREFIX;
use accolade_core::fold::{Holdings, PartialState};
use accolade_core::names::acts;
use accolade_core::props;
use accolade_core::value::Value;

use super::cache::{Cache, Cached};
use super::desk::Desk;
use super::identity::{self, Headers, Identity};
use super::intake::{self, Entry};
use super::refold::Refolded;
use super::rows::Origin;
use super::stored::{Account, Rare};
use super::{Done, Item, Setting, history, load, write};
use crate::Rejection;
use crate::error::MergeError;
use crate::store::{AliasRow, StoreError, Transaction, Trigger};

/// Records the single item of this batch, which merges two players or undoes a merge.
pub(super) fn join<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    items: Vec<Item>,
) -> Result<Done<'s>, StoreError> {
    let refuse = |rejection: Rejection| Done {
        verdicts: vec![Err(rejection)],
        changes: Vec::new(),
        desks: Vec::new(),
    };
    let Some(item) = items.into_iter().next() else {
        return Ok(Done::default());
    };
    let mut entry = match Entry::checked(0, item, setting) {
        Ok(entry) => entry,
        Err(rejection) => return Ok(refuse(rejection)),
    };
    let player = match identity::of(tx, &entry.event.player)? {
        Identity::Player(player) => player,
        Identity::Erased => return Ok(refuse(Rejection::Erased)),
    };
    // A retry may come after the player was merged in turn, so look under both ids.
    let sent = std::mem::replace(&mut entry.event.player, player.clone());
    if let Some(verdict) = intake::recorded_before(tx, &entry, [&player, &sent])? {
        return Ok(Done {
            verdicts: vec![verdict],
            changes: Vec::new(),
            desks: Vec::new(),
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
    let joined = match merges {
        true => merge(setting, cache, tx, entry, &guest)?,
        false => unmerge(setting, cache, tx, entry, &guest)?,
    };
    let desks = match joined {
        Ok(desks) => desks,
        Err(rejection) => return Ok(refuse(rejection)),
    };
    let mut verdicts = std::collections::BTreeMap::new();
    let mut done = write(tx, desks, &mut verdicts)?;
    done.verdicts = verdicts.into_values().collect();
    Ok(done)
}

type Joined<'s> = Result<Vec<Desk<'s>>, Rejection>;

/// Merges a guest into a player: the guest's timeline becomes part of the player's, and the guest's
/// own state is cleared.
fn merge<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    mut entry: Entry,
    guest: &str,
) -> Result<Joined<'s>, StoreError> {
    let player = entry.event.player.clone();
    match identity::of(tx, guest)? {
        Identity::Erased => return Ok(Err(Rejection::Erased)),
        Identity::Player(into) if into != guest => {
            return Ok(Err(MergeError::Merged {
                guest: guest.to_owned(),
                player: into,
            }
            .into()));
        }
        Identity::Player(_) if guest == player => {
            return Ok(Err(MergeError::Itself(player).into()));
        }
        Identity::Player(_) => {}
    }
    let [mut desk, mut other] = two_desks(setting, cache, tx, &player, guest)?;
    if !entry.at_given {
        let end = desk.end().max(other.end());
        entry.event.at = end.map_or(setting.now, |end| end.plus(1).max(setting.now));
    }
    // Timers up to the merge fire on each side by itself, before the timelines become one.
    desk.let_time_pass(tx, entry.event.at)?;
    other.let_time_pass(tx, entry.event.at)?;
    let rare = std::mem::take(&mut other.account.rare);
    desk.account.rare.guests.push(guest.to_owned());
    desk.account.rare.guests.extend(rare.guests);
    desk.account.rare.awaited.extend(rare.awaited);
    // An unmerge compares this number to find out whether actions were recorded on the merged
    // player.
    let acts = acts_of(tx, &desk)?;
    entry
        .event
        .props
        .insert(acts::DECIDED, Value::Map(props! { "acts" => acts }));
    let act = entry.event.id.clone();
    tx.put_alias(&AliasRow {
        guest: guest.to_owned(),
        player,
        action_id: act.clone(),
        merged_at: setting.now,
    })?;
    desk.refold(tx, None, vec![entry], Trigger::Merge, &act)?;
    other.dissolve(tx, &act)?;
    Ok(Ok(vec![desk, other]))
}

/// Undoes a merge, as long as no action was recorded on the merged player since.
fn unmerge<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    mut entry: Entry,
    guest: &str,
) -> Result<Joined<'s>, StoreError> {
    let player = entry.event.player.clone();
    let Some(alias) = tx
        .guests(&player)?
        .into_iter()
        .find(|alias| alias.guest == guest)
    else {
        return Ok(Err(MergeError::NotMerged {
            guest: guest.to_owned(),
            player,
        }
        .into()));
    };
    let mut desks = super::desks(setting, cache, tx, std::slice::from_ref(&player))?;
    let Some(mut desk) = desks.pop() else {
        return Ok(Ok(Vec::new()));
    };
    desk.backfill_to(tx, setting.catalogs, setting.in_force.version)?;
    let merged = tx
        .find_events(&[(&player, &alias.action_id)])?
        .into_iter()
        .flatten()
        .next();
    let then = merged.and_then(|row| match row.event.props.get(acts::DECIDED) {
        Some(Value::Map(decided)) => decided.get("acts")?.as_int(),
        _ => None,
    });
    // Actions on the merged player belong to neither side alone, so they cannot be divided. The
    // merge itself is the one action more.
    if then.is_none_or(|then| acts_of(tx, &desk).is_ok_and(|now| now > then + 1)) {
        return Ok(Err(MergeError::Acted {
            guest: guest.to_owned(),
            player,
        }
        .into()));
    }
    if !entry.at_given {
        entry.event.at = desk
            .end()
            .map_or(setting.now, |end| end.plus(1).max(setting.now));
    }
    desk.let_time_pass(tx, entry.event.at)?;

    // Guests of the guest leave with them.
    let own: BTreeSet<String> = guests_of(tx, guest)?;
    let leaving = |name: &String| *name == guest || own.contains(name);
    let rare = &mut desk.account.rare;
    rare.guests.retain(|name| !leaving(name));
    let (theirs, ours) = std::mem::take(&mut rare.awaited)
        .into_iter()
        .partition(|one| leaving(&one.player));
    rare.awaited = ours;
    let act = entry.event.id.clone();
    let end = entry.event.at;
    tx.drop_alias(guest)?;
    desk.refold(tx, None, vec![entry], Trigger::Merge, &act)?;

    // The guest's ledger kept its entries through the merge; numbering continues after them.
    let entries = tx
        .ledger_after(guest, None)?
        .into_iter()
        .map(|entry| entry.seq)
        .max()
        .unwrap_or_default();
    let account = Account {
        version: setting.in_force.version,
        entries,
        cells: 0,
        rare: Rare {
            awaited: theirs,
            guests: own.into_iter().collect(),
        },
    };
    let mut other = Desk::new(
        setting,
        Cached {
            player: guest.to_owned(),
            account,
            state: PartialState::empty(),
        },
    );
    other.refold(tx, None, Vec::new(), Trigger::Merge, &act)?;
    other.let_time_pass(tx, end)?;
    other.gone = other.state.header.events == 0;
    Ok(Ok(vec![desk, other]))
}

/// Loads the player and the guest, both backfilled to the published catalog.
fn two_desks<'s>(
    setting: &'s Setting<'_>,
    cache: &mut Cache,
    tx: &mut dyn Transaction,
    player: &str,
    guest: &str,
) -> Result<[Desk<'s>; 2], StoreError> {
    let mut states = load::states(
        setting.in_force.version,
        cache,
        tx,
        [player, guest].into_iter(),
        Headers::new(),
    )?
    .into_iter();
    let mut next = || states.next().map(|cached| Desk::new(setting, cached));
    let (Some(mut desk), Some(mut other)) = (next(), next()) else {
        return Err(StoreError::Other(
            "the store returned fewer than two player states".to_owned(),
        ));
    };
    desk.backfill_to(tx, setting.catalogs, setting.in_force.version)?;
    other.backfill_to(tx, setting.catalogs, setting.in_force.version)?;
    Ok([desk, other])
}

/// Counts the actions in a player's timeline, including those of guests.
fn acts_of(tx: &mut dyn Transaction, desk: &Desk<'_>) -> Result<i64, StoreError> {
    let rows = history::stored(tx, &desk.player, &desk.account.rare.guests, None)?;
    let own = desk.recorded.iter().map(|recorded| &recorded.row);
    let acts = rows
        .iter()
        .chain(own)
        .filter(|row| row.event.name.starts_with(RESERVED_PREFIX))
        .count();
    Ok(i64::try_from(acts).unwrap_or(i64::MAX))
}

/// Loads all guests who were merged into a guest, directly or through others.
fn guests_of(tx: &mut dyn Transaction, guest: &str) -> Result<BTreeSet<String>, StoreError> {
    let mut found = BTreeSet::new();
    let mut open = vec![guest.to_owned()];
    while let Some(one) = open.pop() {
        for alias in tx.guests(&one)? {
            open.push(alias.guest.clone());
            found.insert(alias.guest);
        }
    }
    Ok(found)
}

impl Desk<'_> {
    /// Clears a merged guest: revokes their holdings and offsets their ledger, because both now
    /// belong to the player.
    fn dissolve(&mut self, tx: &mut dyn Transaction, act: &str) -> Result<(), StoreError> {
        let held = self.holdings(tx, self.catalog.rules())?;
        let before = self.ledger_after(tx, None)?;
        let origin = Origin {
            trigger: Trigger::Merge,
            caused_by: act,
            recorded_at: self.now,
        };
        let outcomes = self.emit(
            self.catalog,
            &held.to(&Holdings::default()),
            &Refolded::empty(),
            &before,
            origin,
        );
        self.loose.extend(outcomes);
        self.gone = true;
        Ok(())
    }
}
