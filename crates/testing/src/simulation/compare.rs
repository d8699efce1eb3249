//! Comparison of the stored state with the expected one.

use std::collections::{BTreeMap, BTreeSet};

use accolade::store::{AwardRow, EventNameSelection, EventRow, LedgerKind, LedgerRow, UnlockRow};
use accolade::{Audience, Engine, Error, Outcome};
use accolade_core::event::RESERVED_PREFIX;
use accolade_core::names::acts;

use super::model::Model;
use super::world::{StepFailure, World, must};

/// A reader that reads the feed from time to time.
#[derive(Debug, Default)]
pub(crate) struct FeedReader {
    after: i64,
    seen: BTreeMap<i64, Outcome>,
    /// Number of the last outcome that was pruned before it was read.
    missed: i64,
}

impl FeedReader {
    /// Reads a page, and returns true if there was anything.
    pub(crate) fn read(&mut self, engine: &Engine, limit: usize) -> Result<bool, StepFailure> {
        let page = match engine.feed().list(self.after, limit).wait() {
            Err(Error::FeedPruned { kept_after }) => {
                must!(
                    kept_after > self.after,
                    "the feed is gone up to {kept_after}, before {}",
                    self.after
                );
                (self.after, self.missed) = (kept_after, kept_after);
                return Ok(true);
            }
            page => page?,
        };
        for outcome in &page {
            must!(
                outcome.seq > self.after,
                "outcome {} came after {}",
                outcome.seq,
                self.after
            );
            self.after = outcome.seq;
            self.seen.insert(outcome.seq, outcome.clone());
        }
        Ok(!page.is_empty())
    }
}

/// Stored rows of one id.
struct StoredRows {
    timeline: Vec<EventRow>,
    awards: Vec<AwardRow>,
    balances: Vec<(String, i64)>,
    unlocks: Vec<UnlockRow>,
    ledger: Vec<LedgerRow>,
}

fn stored(engine: &Engine, player: &str) -> Result<StoredRows, StepFailure> {
    let player = player.to_owned();
    let read = engine.maintenance().query_store(move |reader| {
        Ok(StoredRows {
            timeline: reader.list_timeline(&player, None)?,
            awards: reader.list_awards(&player)?,
            balances: reader.list_balances(&player)?,
            unlocks: reader.list_unlocks(&player)?,
            ledger: reader.list_ledger_after(&player, None)?,
        })
    });
    Ok(read.wait()?)
}

/// Compares everything.
pub(crate) fn compare_all(world: &mut World<'_>, engine: &Engine) -> Result<(), StepFailure> {
    let players = world.players();
    let ahead = views(engine, &players)?;
    engine.catalog().await_backfill(|_| {}).wait()?;
    engine.maintenance().process_due_timers().wait()?;
    let done = views(engine, &players)?;
    for (player, (before, after)) in players.iter().zip(ahead.iter().zip(&done)) {
        must!(
            before == after,
            "{player} is shown differently before and after the backfill: {}",
            differing(before, after)
        );
    }
    event_names(&world.model, engine)?;
    let report = engine.maintenance().verify(|_| ()).wait()?;
    must!(report.count == 0, "verify finds {:#?}", report.differences);

    let mut rows = BTreeMap::new();
    for player in &players {
        rows.insert(player.clone(), stored(engine, player)?);
    }
    for (player, stored) in &rows {
        timeline(&world.model, player, &stored.timeline)?;
    }
    for (player, stored) in &rows {
        let own = world.model.owner_of(player) == *player;
        let union = if own {
            world.model.list_merged_ids(player)
        } else {
            BTreeSet::new()
        };
        let events = union
            .iter()
            .filter_map(|one| rows.get(one))
            .flat_map(|stored| stored.timeline.iter().cloned());
        let folded = world.model.fold(player, events.collect(), world.now());
        let has = stored_lines(stored);
        let must: BTreeSet<String> = expected_lines(&folded);
        let (more, less): (Vec<_>, Vec<_>) = (
            has.difference(&must).collect(),
            must.difference(&has).collect(),
        );
        must!(
            more.is_empty() && less.is_empty(),
            "{player} has {more:#?} and should have {less:#?}"
        );
    }
    feed(world, engine)
}

/// Checks that the numbers of events by name are those of the acknowledged events.
fn event_names(model: &Model, engine: &Engine) -> Result<(), StepFailure> {
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    let names = model.known.values().map(|known| known.sent.name.as_str());
    for name in names.filter(|name| !name.starts_with(RESERVED_PREFIX)) {
        *expected.entry(name).or_default() += 1;
    }
    let rows = engine.maintenance().query_store(|reader| {
        let selection = EventNameSelection {
            limit: usize::MAX >> 1,
            ..EventNameSelection::default()
        };
        let rows = reader.list_event_names(selection)?;
        let last: Vec<_> = rows
            .iter()
            .filter_map(|row| row.last_event.clone())
            .collect();
        let ids: Vec<_> = last.iter().map(|(player, id)| (&**player, &**id)).collect();
        let samples = reader.find_events(&ids)?;
        Ok((rows, samples))
    });
    let (rows, samples) = rows.wait()?;
    let counted: BTreeMap<&str, u64> = rows.iter().map(|row| (&*row.name, row.events)).collect();
    must!(
        counted == expected,
        "events are counted as {counted:?}, and {expected:?} were acknowledged"
    );
    must!(
        samples.iter().all(Option::is_some),
        "an event name refers to an event that is gone: {rows:?}"
    );
    Ok(())
}

/// Loads the players as they are shown.
fn views(engine: &Engine, players: &[String]) -> Result<Vec<String>, StepFailure> {
    let mut views = Vec::new();
    for player in players {
        let mut profile = engine
            .players()
            .load_profile(player, Audience::Admin)
            .wait()?;
        if let Some(profile) = &mut profile {
            profile.recent.clear();
        }
        views.push(format!("{profile:#?}"));
    }
    Ok(views)
}

/// Returns the first lines in which two texts differ.
fn differing(one: &str, other: &str) -> String {
    let same = one
        .lines()
        .zip(other.lines())
        .take_while(|(one, other)| one == other)
        .count();
    let near = |text: &str| {
        text.lines()
            .skip(same.saturating_sub(4))
            .take(9)
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!("\n{}\nand\n{}", near(one), near(other))
}

/// Checks that the timeline consists of the acknowledged events, each once and as sent.
fn timeline(model: &Model, player: &str, rows: &[EventRow]) -> Result<(), StepFailure> {
    let rows: Vec<&EventRow> = rows
        .iter()
        .filter(|row| row.event.name != acts::GRANDFATHER)
        .collect();
    let mut ids: Vec<String> = rows.iter().map(|row| row.event.id.clone()).collect();
    ids.sort();
    let mut known = model.ids_of(player);
    known.sort();
    must!(
        ids == known,
        "{player}'s events are {ids:?}, and {known:?} were acknowledged"
    );
    for row in rows {
        let known = &model.known[&(player.to_owned(), row.event.id.clone())];
        let sent = &known.sent;
        must!(
            row.retracted_by.is_some() == known.retracted,
            "{row:?} is retracted: {}",
            known.retracted
        );
        let same = row.event.name == sent.name
            && row.event.order == sent.order
            && sent.at.is_none_or(|at| at == row.event.at)
            && sent
                .props
                .iter()
                .all(|(name, value)| row.event.props.get(name) == Some(value));
        must!(same, "{row:?} was sent as {sent:?}");
    }
    Ok(())
}

/// Renders the stored rows as lines.
fn stored_lines(stored: &StoredRows) -> BTreeSet<String> {
    let awards = stored.awards.iter().map(|row| {
        let AwardRow {
            badge,
            tier,
            key,
            at,
            event,
            source,
            revoked_at,
            paid,
            ..
        } = row;
        let paid: BTreeMap<String, i64> = serde_json::from_str(paid).expect("it is an object");
        format!("award {badge}:{tier}@{key} {at} {event} {source} {revoked_at:?} {paid:?}")
    });
    let balances = stored.balances.iter().filter(|(_, balance)| *balance != 0);
    let balances = balances.map(|(currency, balance)| format!("balance {currency} {balance}"));
    let unlocks = stored.unlocks.iter().map(|row| {
        let UnlockRow {
            unlockable,
            open,
            at,
            event,
        } = row;
        format!("unlockable {unlockable} {open} {at} {event}")
    });
    let mut ledger: BTreeMap<String, i128> = BTreeMap::new();
    for row in &stored.ledger {
        let LedgerRow {
            currency,
            rule,
            tier,
            key,
            event,
            ..
        } = row;
        let name = match row.kind {
            LedgerKind::Earning => format!("{currency} for {event} by {rule}"),
            LedgerKind::Award => format!("{currency} for award {rule}:{tier}@{key}"),
            _ => format!("{currency} for {event}"),
        };
        *ledger.entry(name).or_default() += i128::from(row.amount);
    }
    let ledger = ledger.iter().filter(|(_, amount)| **amount != 0);
    let ledger = ledger.map(|(name, amount)| format!("ledger {amount} {name}"));
    awards
        .chain(balances)
        .chain(unlocks)
        .chain(ledger)
        .collect()
}

/// Renders the expected rows as lines.
fn expected_lines(folded: &super::model::ExpectedPlayer) -> BTreeSet<String> {
    let holdings = &folded.holdings;
    let awards = holdings.awards.iter().map(|(name, award)| {
        let source = award.source.as_str();
        let (badge, tier, key) = (&name.badge, &name.tier, &name.key);
        let (at, event, revoked_at, paid) = (award.at, &award.event, award.revoked_at, &award.paid);
        format!("award {badge}:{tier}@{key} {at} {event} {source} {revoked_at:?} {paid:?}")
    });
    let balances = holdings
        .balances
        .iter()
        .map(|(currency, balance)| format!("balance {currency} {balance}"));
    let unlocks = holdings.unlocks.iter().map(|(unlockable, unlocked)| {
        format!(
            "unlockable {unlockable} {} {} {}",
            unlocked.open, unlocked.at, unlocked.event
        )
    });
    let ledger = folded
        .ledger
        .iter()
        .map(|(name, amount)| format!("ledger {amount} {name}"));
    awards
        .chain(balances)
        .chain(unlocks)
        .chain(ledger)
        .collect()
}

/// Checks that every reader has every outcome of the feed.
fn feed(world: &mut World<'_>, engine: &Engine) -> Result<(), StepFailure> {
    let kept = engine.feed().list(0, usize::MAX >> 1).wait()?;
    for reader in &mut world.readers {
        while reader.read(engine, 7)? {}
        for outcome in kept.iter().filter(|outcome| outcome.seq > reader.missed) {
            let seen = reader.seen.get(&outcome.seq);
            must!(
                seen == Some(outcome),
                "a reader of the feed saw {seen:?}, and {outcome:?} is kept"
            );
        }
    }
    Ok(())
}
