//! Checking what was sent, and recognising what was sent before (S12).

use std::collections::BTreeMap;

use accolade_core::event::{Event, EventError};
use accolade_core::fold::Refusal;
use accolade_core::names::acts;
use accolade_core::value::Props;

use super::{Actor, Answer, Item, Right, Setting, Verdict};
use crate::store::{EventRow, StoreError, Transaction};
use crate::{Rejection, Skipped, Status};

/// An item that breaks no rule by itself.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) event: Event,
    pub(super) at_given: bool,
    pub(super) explain: bool,
    /// Whether it is an act that must be judged.
    pub(super) judge: bool,
    /// On whose behalf it was sent.
    pub(super) actor: Actor,
    /// Whether it was exported before, and is recorded as it was decided then.
    pub(super) restored: bool,
    /// The items that it stands for: the first of its id, and the same sent again in this batch.
    pub(super) seen: Vec<Seen>,
}

/// An item of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Its position.
    pub(super) index: usize,
    /// Whether its event had been sent before.
    pub(super) again: bool,
}

impl Entry {
    /// Checks an item of a batch. Acts that join players are not for those.
    pub(super) fn new(index: usize, item: Item, setting: &Setting<'_>) -> Result<Self, Rejection> {
        let made_by_publishing = item.event.name == acts::KEEP && item.right != Right::Restore;
        if made_by_publishing {
            return Err(EventError::Reserved(item.event.name).into());
        }
        Self::checked(index, item, setting)
    }

    /// Checks an item and fills in what it leaves open.
    pub(super) fn checked(
        index: usize,
        item: Item,
        setting: &Setting<'_>,
    ) -> Result<Self, Rejection> {
        let Item {
            event,
            right,
            explain,
            flaw,
            actor,
        } = item;
        if let Some(flaw) = flaw {
            return Err(flaw.into());
        }
        event.check_clock(setting.now, setting.ahead)?;
        if event.is_reserved() && right == Right::Record {
            return Err(EventError::Reserved(event.name).into());
        }
        if event.is_reserved() && !acts::NAMES.contains(&event.name.as_str()) {
            return Err(EventError::Reserved(event.name).into());
        }
        let at_given = event.at.is_some();
        if at_given
            && right == Right::Act
            && [acts::RETRACT, acts::RESTORE].contains(&event.name.as_str())
        {
            let what =
                "no time of its own: the last word on an event is the one that was said last";
            return Err(Refusal::Invalid {
                act: event.name,
                what,
            }
            .into());
        }
        let judge = event.is_reserved()
            && (right == Right::Act
                || event.props.get(acts::DECIDED).is_none() && decides(&event.name));
        let event = Event {
            id: event.id.unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
            player: event.player,
            name: event.name,
            at: event.at.unwrap_or(setting.now),
            order: event.order,
            props: event.props,
        };
        let restored = right == Right::Restore;
        Ok(Self {
            event,
            at_given,
            explain,
            judge,
            actor,
            restored,
            seen: vec![Seen {
                index,
                again: false,
            }],
        })
    }

    /// An event that the engine itself makes.
    pub(super) fn made(event: Event) -> Self {
        let (actor, seen) = (Actor::default(), Vec::new());
        Self {
            event,
            at_given: true,
            explain: false,
            judge: false,
            actor,
            restored: false,
            seen,
        }
    }

    /// What of its content differs from that of an event of the same id, if anything does. A defaulted time is no
    /// content, and neither is what was decided about an act.
    fn differs(&self, other: &Event, other_at_given: bool) -> Option<&'static str> {
        let this = &self.event;
        if this.name != other.name {
            Some("name")
        } else if self.at_given != other_at_given || (self.at_given && this.at != other.at) {
            Some("time")
        } else if this.order != other.order {
            Some("order")
        } else if !same_content(&this.props, &other.props) {
            Some("props")
        } else {
            None
        }
    }
}

/// Whether judging an act of this name decides anything that is stored with it or with other events.
fn decides(name: &str) -> bool {
    [
        acts::AWARD,
        acts::REVOKE,
        acts::PROGRESS,
        acts::RETRACT,
        acts::RESTORE,
    ]
    .contains(&name)
}

fn same_content(one: &Props, other: &Props) -> bool {
    let content = |props: &Props| {
        props
            .iter()
            .filter(|(name, _)| *name != acts::DECIDED)
            .count()
    };
    content(one) == content(other)
        && one
            .iter()
            .filter(|(name, _)| *name != acts::DECIDED)
            .all(|(name, value)| other.get(name) == Some(value))
}

/// Takes out what was recorded before, or is in the batch more than once.
pub(super) fn recognise(
    tx: &mut dyn Transaction,
    by_player: &mut BTreeMap<String, Vec<Entry>>,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<(), StoreError> {
    for entries in by_player.values_mut() {
        merge_repeated(entries, verdicts);
    }
    let ids: Vec<(&str, &str)> = by_player
        .values()
        .flatten()
        .map(|entry| (entry.event.player.as_str(), entry.event.id.as_str()))
        .collect();
    let mut found = tx.find_events(&ids)?.into_iter();
    for entries in by_player.values_mut() {
        let mut new = Vec::with_capacity(entries.len());
        for entry in entries.drain(..) {
            match found.next().flatten() {
                None => new.push(entry),
                Some(row) => answer_again(tx, &entry, &row, verdicts)?,
            }
        }
        *entries = new;
    }
    Ok(())
}

/// What became of an act that was recorded before, under one of these ids of its player; `None` when it is new.
pub(super) fn recorded_before(
    tx: &mut dyn Transaction,
    entry: &Entry,
    players: [&str; 2],
) -> Result<Option<Verdict>, StoreError> {
    let places = players.map(|player| (player, entry.event.id.as_str()));
    let found = tx.find_events(&places)?.into_iter().flatten().next();
    let mut verdicts = BTreeMap::new();
    if let Some(row) = found {
        answer_again(tx, entry, &row, &mut verdicts)?;
    }
    Ok(verdicts.into_values().next())
}

/// Lets the first item of an id stand for all with the same content.
fn merge_repeated(entries: &mut Vec<Entry>, verdicts: &mut BTreeMap<usize, Verdict>) {
    let mut positions: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let name = (entry.event.player.clone(), entry.event.id.clone());
        match positions.get(&name) {
            None => {
                positions.insert(name, kept.len());
                kept.push(entry);
            }
            Some(&position) => {
                match entry.differs(&kept[position].event, kept[position].at_given) {
                    None => kept[position]
                        .seen
                        .extend(entry.seen.iter().map(|seen| Seen {
                            again: true,
                            ..*seen
                        })),
                    Some(differs) => {
                        let conflict = Rejection::Conflict {
                            id: entry.event.id,
                            differs,
                        };
                        verdicts.extend(
                            entry
                                .seen
                                .iter()
                                .map(|seen| (seen.index, Err(conflict.clone()))),
                        );
                    }
                }
            }
        }
    }
    *entries = kept;
}

/// Answers an item whose id was recorded before: with the first outcome, or that it is another event.
fn answer_again(
    tx: &mut dyn Transaction,
    entry: &Entry,
    row: &EventRow,
    verdicts: &mut BTreeMap<usize, Verdict>,
) -> Result<(), StoreError> {
    let id = entry.event.id.clone();
    let verdict = match entry.differs(&row.event, row.at_given) {
        Some(differs) => Err(Rejection::Conflict { id, differs }),
        None => {
            let outcomes = match row.outcomes {
                0 => Vec::new(),
                count => tx.feed(row.first_outcome - 1, count as usize)?,
            };
            // What the feed no longer keeps is not made up for by what follows.
            let own = row.first_outcome..row.first_outcome + i64::from(row.outcomes);
            let outcomes: Vec<_> = outcomes
                .into_iter()
                .filter(|(seq, _)| own.contains(seq))
                .collect();
            let gone = outcomes.len() < row.outcomes as usize;
            let told =
                "of what it changed the first time, the feed no longer keeps everything".to_owned();
            let skipped = gone
                .then(|| Skipped::of_event(&row.event.name, "outcomes_gone", told))
                .into_iter()
                .collect();
            Ok(Answer {
                id,
                status: Status::Duplicate,
                outcomes,
                skipped,
            })
        }
    };
    verdicts.extend(entry.seen.iter().map(|seen| (seen.index, verdict.clone())));
    Ok(())
}
