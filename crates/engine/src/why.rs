//! Explanations of badges, balances, unlockables and ledger entries, computed by one fold of the
//! player.

use std::fmt;
use std::sync::Arc;

use accolade_core::explain::{self, Explanation, Standing, Subject, Told};
use accolade_core::time::Timestamp;
use serde::{Serialize, Serializer};

use crate::batch::{EntryIdentity, history, stored_guests};
use crate::receipt::text;
use crate::store::{EventRow, LedgerKind, LedgerRow, Reader, StoreError, Trigger};
use crate::view::View;
use crate::{Engine, Error, Ticket};

/// An explanation of one subject of one player: see [`Engine::why`].
///
/// `Display` renders it as text; serialization yields the structured form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The player's id; differs from the requested id if that one is a merged guest's.
    pub player: String,
    /// The catalog version that the explanation applies to.
    pub version: i64,
    /// The instant of its publication.
    #[serde(serialize_with = "text")]
    pub since: Timestamp,
    /// For a ledger entry: the entry and its related entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryStory>,
    /// For a badge, balance or unlockable: the explanation. For a ledger entry of an award: that of
    /// the badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// The origin of a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryStory {
    /// The requested entry.
    pub asked: LedgerEntry,
    /// The event or manual action that the points are for; `None` if only time or a publication
    /// caused them.
    pub caused_by: Option<EntryCause>,
    /// All entries of the same cause and rule, including the requested one, in order of recording
    /// (S5).
    pub entries: Vec<LedgerEntry>,
    /// The sum of `entries`: the amount that the cause pays now.
    pub sum: i64,
    /// The rule in English, if it is an earning of the published catalog.
    pub rule_in_words: Option<String>,
}

/// An entry of a player's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// The number among the player's entries, in order of recording, from 1.
    pub seq: i64,
    /// The instant of the cause in the timeline.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The currency's id.
    pub currency: String,
    /// The amount, negative if points were deducted.
    pub amount: i64,
    /// `earning`, `award`, `action` or `expiry`.
    pub kind: &'static str,
    /// The id of the earning or badge, or the name of the manual action.
    pub rule: String,
    /// The tier of the award; empty otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tier: String,
    /// The key of the award; empty otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The id of the event or manual action that the entry is for.
    pub event: String,
    /// The trigger of the commit.
    #[serde(serialize_with = "word")]
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`: the id of an event or manual action, or
    /// `catalog:2` for the publication of version 2.
    pub caused_by: Option<String>,
    /// The reason and author of a manual action, if given.
    pub reason: Option<String>,
    /// The instant of recording.
    #[serde(serialize_with = "text")]
    pub recorded_at: Timestamp,
}

/// The event or manual action that a ledger entry is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryCause {
    /// The event's id.
    pub event: String,
    /// The event's name.
    pub name: String,
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: String,
    /// The instant at which it happened.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The author of a manual action, if given.
    pub by: Option<String>,
    /// The id of the action that retracted it, if it is retracted.
    pub retracted_by: Option<String>,
}

fn word<S: Serializer>(because: &Trigger, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(because.word())
}

impl From<LedgerRow> for LedgerEntry {
    fn from(row: LedgerRow) -> Self {
        let LedgerRow {
            at,
            seq,
            currency,
            amount,
            kind,
            rule,
            tier,
            key,
            event,
            trigger: because,
            caused_by: cause,
            reason,
            recorded_at,
        } = row;
        let kind = kind.word();
        Self {
            seq,
            at,
            currency,
            amount,
            kind,
            rule,
            tier,
            key,
            event,
            trigger: because,
            caused_by: cause,
            reason,
            recorded_at,
        }
    }
}

/// Parsed subject of an explanation.
enum Question {
    Entry(i64),
    Subject(Subject),
}

impl Engine {
    /// Explains why a player has, or does not have, something: the events that count, near misses,
    /// the missing part and the manual actions involved. Returns `None` if the player is unknown.
    ///
    /// `about` is one of:
    ///
    /// - a badge, with optional tier and key: `nice-answer`, `nice-answer:gold@7`;
    /// - `award:` and a badge as above;
    /// - `currency:xp` or `unlockable:edit-others`;
    /// - `entry:` and the number of a ledger entry.
    ///
    /// It folds the player once, and writes nothing.
    ///
    /// # Errors
    /// The ticket fails with [`Error::Subject`] or [`Error::NoEntry`] if the subject is unknown,
    /// and with [`Error::MissingCode`] if a code badge is not registered.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, memory::MemoryStore};
    ///
    /// let catalog = Catalog::from_toml(
    ///     "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit', at_least = 2 }",
    /// )?;
    /// let engine = Engine::open(MemoryStore::new(), catalog)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let why = engine.why("ada", "fan").wait()?.expect("the player exists");
    /// assert!(why.to_string().starts_with("ada does not have fan: 1 of 2, 1 to go."));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn why(&self, player: &str, about: &str) -> Ticket<Option<Why>> {
        let (player, about) = (player.to_owned(), about.to_owned());
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let Some(view) = View::of(reader, &catalogs, &player, now)? else {
                return Ok(None);
            };
            view.in_force.folds()?;
            let question = read_question(&view, &about)?;
            let guests = stored_guests(reader, &view.player)?;
            let rows = history::load_recorded(reader, &view.player, &guests, None)?;
            let (entry, subject) = match question {
                Question::Subject(subject) => (None, Some(subject)),
                Question::Entry(seq) => {
                    let story = story(reader, &view, &rows, seq)?;
                    let subject = subject_of(&view, &story.asked);
                    (Some(story), subject)
                }
            };
            let explanation = match subject {
                None => None,
                Some(subject) => {
                    let timeline = told(reader, &view, &guests, rows)?;
                    let until = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
                    let catalog = &view.in_force.catalog;
                    Some(explain::explain(
                        catalog,
                        &view.player,
                        &timeline,
                        &subject,
                        until,
                    ))
                }
            };
            let View {
                player, in_force, ..
            } = view;
            Ok(Some(Why {
                player,
                version: in_force.version,
                since: in_force.since,
                entry,
                explanation,
            }))
        })
    }
}

fn read_question(view: &View, about: &str) -> Result<Question, Error> {
    if let Some(entry) = about.strip_prefix("entry:") {
        let unknown = || Error::NoEntry {
            player: view.player.clone(),
            entry: entry.to_owned(),
        };
        return entry.parse().map(Question::Entry).map_err(|_| unknown());
    }
    let subject = about.strip_prefix("award:").unwrap_or(about);
    Ok(Question::Subject(Subject::parse(
        view.in_force.catalog.rules(),
        subject,
    )?))
}

/// Loads the timeline in order, including retracted events.
fn told(
    reader: &mut dyn Reader,
    view: &View,
    guests: &[String],
    rows: Vec<EventRow>,
) -> Result<Vec<Told>, StoreError> {
    let retracted = rows.iter().filter_map(|row| {
        let by = row.retracted_by.clone()?;
        Some(Told {
            event: row.event.clone(),
            standing: Standing::Retracted { by },
        })
    });
    let mut entries: Vec<Told> = retracted.collect();
    let counting = history::filter_effective(reader, &view.player, guests, rows)?.into_iter();
    let counting = counting.chain(view.keeps.iter().cloned());
    entries.extend(counting.map(|event| Told {
        event,
        standing: Standing::Counts,
    }));
    entries.sort_by_cached_key(|one| (one.event.position(), one.event.player.clone()));
    Ok(entries)
}

fn story(
    reader: &mut dyn Reader,
    view: &View,
    rows: &[EventRow],
    seq: i64,
) -> Result<EntryStory, Error> {
    let ledger = reader.ledger_after(&view.player, None)?;
    let Some(asked) = ledger.iter().find(|row| row.seq == seq).cloned() else {
        return Err(Error::NoEntry {
            player: view.player.clone(),
            entry: seq.to_string(),
        });
    };
    // After a merge, events of several owners may have the same id; the instant tells them apart.
    let cause = rows
        .iter()
        .find(|row| row.event.id == asked.event && row.event.at == asked.at);
    let cause = cause.or_else(|| rows.iter().find(|row| row.event.id == asked.event));
    let caused_by = cause.map(|row| EntryCause {
        event: row.event.id.clone(),
        name: row.event.name.clone(),
        player: row.event.player.clone(),
        at: row.event.at,
        by: row
            .event
            .props
            .get("by")
            .and_then(|by| by.as_text())
            .map(str::to_owned),
        retracted_by: row.retracted_by.clone(),
    });
    let mut same: Vec<LedgerRow> = ledger
        .into_iter()
        .filter(|row| belong_together(row, &asked))
        .collect();
    same.sort_by_key(|row| row.seq);
    let sum: i128 = same.iter().map(|row| i128::from(row.amount)).sum();
    let catalog = &view.in_force.catalog;
    let rule_in_words = match asked.kind {
        LedgerKind::Earning => explain::earning_in_words(catalog, &asked.rule, &asked.currency),
        LedgerKind::Award | LedgerKind::Action | LedgerKind::Expiry => None,
    };
    Ok(EntryStory {
        asked: asked.into(),
        caused_by,
        entries: same.into_iter().map(LedgerEntry::from).collect(),
        // Saturates, because an explanation must not fail on an overflow.
        sum: i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX }),
        rule_in_words,
    })
}

/// True if two entries have the same identity (S5).
fn belong_together(one: &LedgerRow, other: &LedgerRow) -> bool {
    match (one.kind, other.kind) {
        // An award that moves in time keeps its entries, so the instant is not part of its
        // identity.
        (LedgerKind::Award, LedgerKind::Award) => {
            let name = |row: &LedgerRow| {
                (
                    row.rule.clone(),
                    row.tier.clone(),
                    row.key.clone(),
                    row.currency.clone(),
                )
            };
            name(one) == name(other)
        }
        _ => EntryIdentity::from_row(one) == EntryIdentity::from_row(other),
    }
}

/// Returns the award behind an entry, if the published catalog still has its badge.
fn subject_of(view: &View, entry: &LedgerEntry) -> Option<Subject> {
    if entry.kind != LedgerKind::Award.word() {
        return None;
    }
    let rules = view.in_force.catalog.rules();
    let badge = rules.badge_position(&entry.rule)?;
    let tier = Some(&entry.tier)
        .filter(|tier| !tier.is_empty())
        .and_then(|tier| rules.badges[badge].tier_position(tier));
    let key = Some(entry.key.clone()).filter(|key| !key.is_empty());
    Some(Subject::Badge { badge, tier, key })
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.entry {
            writeln!(f, "{}: {entry}", self.player)?;
        }
        if let Some(explanation) = &self.explanation {
            writeln!(f, "{}", explanation.to_string().trim_end())?;
        }
        write!(
            f,
            "\nunder catalog version {}, published at {}",
            self.version, self.since
        )
    }
}

impl fmt::Display for EntryStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.asked;
        let tier = if asked.tier.is_empty() {
            String::new()
        } else {
            format!(":{}", asked.tier)
        };
        let key = if asked.key.is_empty() {
            String::new()
        } else {
            format!("@{}", asked.key)
        };
        let LedgerEntry {
            seq,
            amount,
            currency,
            kind,
            rule,
            ..
        } = asked;
        writeln!(
            f,
            "entry {seq} is {amount:+} {currency} of the {kind} {rule}{tier}{key}"
        )?;
        if let Some(rule) = &self.rule_in_words {
            writeln!(f, "  rule: {rule}")?;
        }
        match &self.caused_by {
            Some(cause) => writeln!(f, "  for {cause}")?,
            None => writeln!(f, "  for {} at {}", asked.event, asked.at)?,
        }
        writeln!(f, "  entries of the same cause, {:+} in total:", self.sum)?;
        for entry in &self.entries {
            write!(
                f,
                "    {:>6}  {:+}  recorded at {}, trigger: {}",
                entry.seq,
                entry.amount,
                entry.recorded_at,
                entry.trigger.word()
            )?;
            if let Some(cause) = &entry.caused_by {
                write!(f, " {cause}")?;
            }
            if let Some(reason) = &entry.reason {
                write!(f, " ({reason})")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for EntryCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {} of {} at {}",
            self.event, self.name, self.player, self.at
        )?;
        if let Some(by) = &self.by {
            write!(f, ", by {by}")?;
        }
        if let Some(act) = &self.retracted_by {
            write!(f, ", retracted by {act}")?;
        }
        Ok(())
    }
}
