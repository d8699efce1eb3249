//! Removing a person's data (S22).

use serde::Serialize;
use serde_json::{Value, json};

use crate::access;
use crate::batch::identity::{self, Identity, SECRET};
use crate::store::{Erased, Transaction};
use crate::{Engine, Error, Ticket};

/// What was removed of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The ids that were theirs: their own, and those of guests who were merged into them.
    pub players: Vec<ErasedPlayer>,
}

/// What was removed under one id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErasedPlayer {
    /// The id.
    pub player: String,
    /// Events and acts.
    pub events: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// Awards, those no longer held included.
    pub awards: u64,
    /// Outcomes in the feed.
    pub outcomes: u64,
    /// Rows of the state, balances, unlockables and merges.
    pub derived: u64,
}

impl Removed {
    /// How much it was, without saying whose.
    fn counts(&self) -> Value {
        let sum = |count: fn(&ErasedPlayer) -> u64| self.players.iter().map(count).sum::<u64>();
        json!({
            "ids": self.players.len(),
            "events": sum(|one| one.events),
            "ledger": sum(|one| one.ledger),
            "awards": sum(|one| one.awards),
            "outcomes": sum(|one| one.outcomes),
            "derived": sum(|one| one.derived),
        })
    }
}

impl Engine {
    /// Removes everything that is held on a player, under this id and those of guests who were merged into them: from
    /// the timeline, the ledger, the feed and everywhere else. What they add to totals stays, without a name. Nothing is
    /// recorded under these ids any more. It cannot be undone; copies of the database made before still have the data.
    ///
    /// `None` when nothing is known of the player.
    ///
    /// ```
    /// use accolade::{Audience, Catalog, Engine, NewEvent, memory::MemoryStore};
    ///
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let removed = engine.erase("ada").wait()?.expect("she was known");
    /// assert_eq!(removed.players[0].events, 1);
    /// assert!(engine.profile("ada", Audience::Everything).wait()?.is_none());
    /// assert!(engine.record(NewEvent::new("ada", "visit").id("1")).wait().is_err());
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn erase(&self, player: &str) -> Ticket<Option<Removed>> {
        let (player, actor) = (player.to_owned(), self.actor.clone());
        self.work(move |workshop| {
            let now = workshop.now();
            workshop.watch.note_anybody();
            workshop.transact(|tx, cache| {
                let Identity::Player(player) = identity::of(tx, &player)? else {
                    return Ok(None);
                };
                if !tx.headers(&[&player])?.iter().any(Option::is_some) {
                    return Ok(None);
                }
                let ids = ids_of(tx, player)?;
                let secret = access::secret(tx, SECRET)?;
                let mut removed = Removed::default();
                for id in ids {
                    drop(cache.take(&id));
                    let Erased {
                        events,
                        ledger,
                        awards,
                        outcomes,
                        derived,
                    } = tx.erase(&id, &identity::mark(&secret, &id), now)?;
                    removed.players.push(ErasedPlayer {
                        player: id,
                        events,
                        ledger,
                        awards,
                        outcomes,
                        derived,
                    });
                }
                // Who they were is what must not stay, so that only counts are told.
                actor.note(tx, now, "player.erase", "", removed.counts())?;
                Ok(Some(removed))
            })
        })
    }

    /// Whether a player was erased, so that nothing is recorded under their id any more.
    pub fn is_erased(&self, player: &str) -> Ticket<bool> {
        let player = player.to_owned();
        self.inner
            .readers
            .run(move |reader| Ok(identity::of(reader, &player)? == Identity::Erased))
    }
}

/// A player and everybody who was merged into them; nobody when the player is not known.
fn ids_of(tx: &mut dyn Transaction, player: String) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    let mut open = vec![player];
    while let Some(id) = open.pop() {
        open.extend(tx.guests(&id)?.into_iter().map(|alias| alias.guest));
        ids.push(id);
    }
    Ok(ids)
}
