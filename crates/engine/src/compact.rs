//! Folding a player's past into a snapshot, chosen explicitly (S22).

use accolade_core::time::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::batch::identity::{self, Identity};
use crate::batch::{self, sealing::Seal};
use crate::receipt::{optional_text, text};
use crate::store::{Reader, StoreError};
use crate::{Engine, Ticket};

/// A past that was folded into a snapshot: what can no longer be explained, changed or exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Whose.
    pub player: String,
    /// Events before this instant are gone.
    #[serde(serialize_with = "text")]
    pub before: Timestamp,
    /// When the first of them happened.
    #[serde(serialize_with = "optional_text")]
    pub first_at: Option<Timestamp>,
    /// How many events this removes; none where everything before the instant was sealed already.
    pub removed: u64,
    /// How many are sealed in all, those of earlier times included.
    pub sealed: u64,
}

/// Why a past cannot be folded into a snapshot. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompactError {
    /// The past has not happened yet.
    #[error("{before} lies in the future (it is {now}); only a past can be compacted")]
    Future {
        /// The instant that was given.
        before: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
    /// The player's timeline is made of several.
    #[error(
        "`{guest}` was merged into `{player}`, and two timelines cannot be compacted as one; take the merge back first"
    )]
    Merged {
        /// A guest who was merged.
        guest: String,
        /// Into whom.
        player: String,
    },
}

impl Engine {
    /// Folds a player's events before an instant into a snapshot, and removes them. Awards, ledger and feed stay as they
    /// are, and every later fold begins with the snapshot. From then on nothing changes before the instant: events and
    /// acts that belong there are rejected with [`Rejection::TooLate`](crate::Rejection::TooLate), and what happened there
    /// is neither explained nor exported any more. It cannot be undone.
    ///
    /// `None` when nothing is known of the player.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, Timestamp, memory::MemoryStore};
    ///
    /// let catalog = Catalog::from_toml(r#"
    ///     [[badge]]
    ///     id = "regular"
    ///     criterion = { count = "visit", at_least = 2 }
    /// "#)?;
    /// let engine = Engine::open(MemoryStore::new(), catalog)?;
    /// let visit = |id: &str, at: &str| NewEvent { at: at.parse().ok(), ..NewEvent::new("ada", "visit").id(id) };
    /// engine.record(visit("1", "2020-05-01T12:00:00Z")).wait()?;
    ///
    /// let new_year: Timestamp = "2021-01-01T00:00:00Z".parse().expect("it is a time");
    /// let compacted = engine.compact("ada", new_year).wait()?.expect("she is known");
    /// assert_eq!((compacted.removed, compacted.sealed), (1, 1));
    /// assert!(engine.timeline("ada").wait()?.is_empty());
    ///
    /// assert!(engine.record(visit("2", "2020-06-01T12:00:00Z")).wait().is_err());
    /// engine.record(visit("3", "2021-06-01T12:00:00Z")).wait()?;
    /// assert_eq!(engine.awards("ada").wait()?.len(), 1);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn compact(&self, player: &str, before: Timestamp) -> Ticket<Option<Compacted>> {
        let (player, actor) = (player.to_owned(), self.actor.clone());
        self.work(move |workshop| {
            let mut compacted = Ok(None);
            workshop.commit(|setting, cache, tx| {
                let Identity::Player(player) = identity::of(tx, &player)? else { return Ok(batch::Done::default()) };
                let (done, result) = batch::sealing::compact(setting, cache, tx, &player, before)?;
                if let Ok(Some(Compacted { player, removed, sealed, .. })) = &result
                    && *removed > 0
                {
                    let told = json!({ "before": before.to_string(), "removed": removed, "sealed": sealed });
                    actor.note_of(tx, setting.now, "player.compact", Some(player), "", told)?;
                }
                compacted = result;
                Ok(done)
            })?;
            Ok(compacted?)
        })
    }

    /// What [`compact`](Self::compact) would remove of a player, without doing it; `None` when nothing is known of the
    /// player.
    pub fn compactable(&self, player: &str, before: Timestamp) -> Ticket<Option<Compacted>> {
        let (player, now) = (player.to_owned(), (self.inner.clock)());
        self.inner.readers.run(move |reader| {
            let Some((player, seal)) = look(reader, &player)? else {
                return Ok(None);
            };
            if before > now {
                return Err(CompactError::Future { before, now }.into());
            }
            if let Some(guest) = batch::stored_guests(reader, &player)?.into_iter().next() {
                return Err(CompactError::Merged { guest, player }.into());
            }
            let rows = reader.timeline(&player, None)?;
            let removed = rows.iter().filter(|row| row.event.at < before).count() as u64;
            let (sealed, sealed_first) =
                seal.map_or((0, None), |seal| (seal.events, seal.state.header.first_at));
            let first_at = sealed_first.or_else(|| rows.first().map(|row| row.event.at));
            Ok(Some(Compacted {
                player,
                before,
                first_at,
                removed,
                sealed: sealed + removed,
            }))
        })
    }

    /// What of a player was folded into a snapshot: it can be neither explained nor exported. `None` when nothing was, or
    /// nothing is known of the player.
    pub fn sealed(&self, player: &str) -> Ticket<Option<Compacted>> {
        let player = player.to_owned();
        self.inner
            .readers
            .run(move |reader| Ok(sealed_of(reader, &player)?))
    }
}

/// What of a player was folded into a snapshot.
pub(crate) fn sealed_of(
    reader: &mut dyn Reader,
    name: &str,
) -> Result<Option<Compacted>, StoreError> {
    let Some((player, Some(seal))) = look(reader, name)? else {
        return Ok(None);
    };
    let first_at = seal.state.header.first_at;
    Ok(Some(Compacted {
        player,
        before: seal.before,
        first_at,
        removed: 0,
        sealed: seal.events,
    }))
}

/// Who is behind an id that is known, with the seal of their past.
fn look(reader: &mut dyn Reader, name: &str) -> Result<Option<(String, Option<Seal>)>, StoreError> {
    let Identity::Player(player) = identity::of(reader, name)? else {
        return Ok(None);
    };
    if reader
        .headers(&[&player])?
        .into_iter()
        .flatten()
        .next()
        .is_none()
    {
        return Ok(None);
    }
    let seal = Seal::of(reader, &player)?;
    Ok(Some((player, seal)))
}
