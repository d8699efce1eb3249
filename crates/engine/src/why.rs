//! Explanations of badges, balances, unlockables and ledger entries, computed by one fold of the
//! player.

use std::fmt;
use std::sync::Arc;

use crate::records::LedgerEntry;
use accolade_core::explain::{self, EventStatus, Explanation, ExplanationSubject, TimelineEntry};
use accolade_core::ids::{EventId, PlayerId};
use accolade_core::time::Timestamp;

use crate::batch::{EntryIdentity, history};
use crate::current_player::CurrentPlayer;
use crate::store::{EventRow, LedgerKind, LedgerRow, StoreError, StoreReader};
use crate::{Error, Players, Ticket};

/// An explanation of one subject of one player: see [`Players::why`].
///
/// `Display` renders it as text; serialization yields the structured form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlayerExplanation {
    /// The player's id; differs from the requested id if that one is a merged guest's.
    pub player: PlayerId,
    /// The catalog version that the explanation applies to.
    pub version: i64,
    /// The instant of its publication.
    pub published_at: Timestamp,
    /// For a ledger entry: the entry and its related entries.
    pub entry: Option<EntryHistory>,
    /// For a badge, balance or unlockable: the explanation. For a ledger entry of an award: that of
    /// the badge.
    pub explanation: Option<Explanation>,
}

/// The origin of a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryHistory {
    /// The requested entry.
    pub requested: LedgerEntry,
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

/// The event or manual action that a ledger entry is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryCause {
    /// The event's id.
    pub event: EventId,
    /// The event's name.
    pub name: String,
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: PlayerId,
    /// The instant at which it happened.
    pub at: Timestamp,
    /// The author of a manual action, if given.
    pub by: Option<String>,
    /// The id of the action that retracted it, if it is retracted.
    pub retracted_by: Option<EventId>,
}

/// Parsed subject of an explanation.
enum ExplanationRequest {
    Entry(i64),
    Subject(ExplanationSubject),
}

impl Players<'_> {
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
    /// The ticket fails with [`Error::Subject`] or [`Error::UnknownLedgerEntry`] if the subject is
    /// unknown, and with [`Error::MissingCode`] if a code badge is not registered.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent};
    ///
    /// let catalog = Catalog::from_toml(
    ///     "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit', at_least = 2 }",
    /// )?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// engine.record(NewEvent::new("ada", "visit").id("1")).wait()?;
    /// let why = engine.players().why("ada", "fan").wait()?.expect("the player exists");
    /// assert!(why.to_string().starts_with("ada does not have fan yet: 1 of the 2 visits needed."));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn why(
        &self,
        player: impl Into<PlayerId>,
        about: &str,
    ) -> Ticket<Option<PlayerExplanation>> {
        let (player, about) = (player.into(), about.to_owned());
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let Some(view) = CurrentPlayer::load_player(reader, &catalogs, &player, now)? else {
                return Ok(None);
            };
            view.published.require_code()?;
            let question = parse_request(&view, &about)?;
            let guests = history::load_guests(reader, &view.player)?;
            let rows = history::load_recorded(reader, &view.player, &guests, None)?;
            let (entry, subject) = match question {
                ExplanationRequest::Subject(subject) => (None, Some(subject)),
                ExplanationRequest::Entry(seq) => {
                    let story = load_entry_history(reader, &view, &rows, seq)?;
                    let subject = award_subject(&view, &story.requested);
                    (Some(story), subject)
                }
            };
            let explanation = match subject {
                None => None,
                Some(subject) => {
                    let timeline = load_timeline_entries(reader, &view, &guests, rows)?;
                    let until = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
                    let catalog = &view.published.catalog;
                    Some(explain::explain(
                        catalog,
                        &view.player,
                        &timeline,
                        &subject,
                        until,
                    ))
                }
            };
            let CurrentPlayer {
                player, published, ..
            } = view;
            Ok(Some(PlayerExplanation {
                player: player.into(),
                version: published.version,
                published_at: published.published_at,
                entry,
                explanation,
            }))
        })
    }
}

fn parse_request(view: &CurrentPlayer, about: &str) -> Result<ExplanationRequest, Error> {
    if let Some(entry) = about.strip_prefix("entry:") {
        let unknown = || Error::UnknownLedgerEntry {
            player: view.player.clone().into(),
            entry: entry.to_owned(),
        };
        return entry
            .parse()
            .map(ExplanationRequest::Entry)
            .map_err(|_| unknown());
    }
    let subject = about.strip_prefix("award:").unwrap_or(about);
    Ok(ExplanationRequest::Subject(ExplanationSubject::parse(
        view.published.catalog.rules(),
        subject,
    )?))
}

/// Loads the timeline in order, including retracted events.
fn load_timeline_entries(
    reader: &mut dyn StoreReader,
    view: &CurrentPlayer,
    guests: &[String],
    rows: Vec<EventRow>,
) -> Result<Vec<TimelineEntry>, StoreError> {
    let retracted = rows.iter().filter_map(|row| {
        let by = row.retracted_by.clone()?;
        Some(TimelineEntry {
            event: row.event.clone(),
            status: EventStatus::Retracted { by },
        })
    });
    let mut entries: Vec<TimelineEntry> = retracted.collect();
    let counting = history::filter_effective(reader, &view.player, guests, rows)?.into_iter();
    let counting = counting.chain(view.grandfathered.iter().cloned());
    entries.extend(counting.map(|event| TimelineEntry {
        event,
        status: EventStatus::Counts,
    }));
    entries.sort_by_cached_key(|one| (one.event.position(), one.event.player.clone()));
    Ok(entries)
}

fn load_entry_history(
    reader: &mut dyn StoreReader,
    view: &CurrentPlayer,
    rows: &[EventRow],
    seq: i64,
) -> Result<EntryHistory, Error> {
    let ledger = reader.list_ledger_after(&view.player, None)?;
    let Some(asked) = ledger.iter().find(|row| row.seq == seq).cloned() else {
        return Err(Error::UnknownLedgerEntry {
            player: view.player.clone().into(),
            entry: seq.to_string(),
        });
    };
    // After a merge, events of several owners may have the same id; the instant tells them apart.
    let caused_by = rows
        .iter()
        .find(|row| row.event.id == asked.event && row.event.at == asked.at);
    let caused_by = caused_by.or_else(|| rows.iter().find(|row| row.event.id == asked.event));
    let caused_by = caused_by.map(|row| EntryCause {
        event: row.event.id.clone().into(),
        name: row.event.name.clone(),
        player: row.event.player.clone().into(),
        at: row.event.at,
        by: row
            .event
            .props
            .get("by")
            .and_then(|by| by.as_text())
            .map(str::to_owned),
        retracted_by: row.retracted_by.clone().map(Into::into),
    });
    let mut same: Vec<LedgerRow> = ledger
        .into_iter()
        .filter(|row| have_same_identity(row, &asked))
        .collect();
    same.sort_by_key(|row| row.seq);
    let sum: i128 = same.iter().map(|row| i128::from(row.amount)).sum();
    let catalog = &view.published.catalog;
    let rule_in_words = match asked.kind {
        LedgerKind::Earning => explain::describe_earning(catalog, &asked.rule, &asked.currency),
        LedgerKind::Award | LedgerKind::Action | LedgerKind::Expiry => None,
    };
    Ok(EntryHistory {
        requested: LedgerEntry::from_row(asked),
        caused_by,
        entries: same.into_iter().map(LedgerEntry::from_row).collect(),
        // Saturates, because an explanation must not fail on an overflow.
        sum: i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX }),
        rule_in_words,
    })
}

/// True if two entries have the same identity (S5).
fn have_same_identity(one: &LedgerRow, other: &LedgerRow) -> bool {
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
fn award_subject(view: &CurrentPlayer, entry: &LedgerEntry) -> Option<ExplanationSubject> {
    if entry.kind != LedgerKind::Award {
        return None;
    }
    let rules = view.published.catalog.rules();
    let badge = rules.badge_position(&entry.rule)?;
    let tier = entry
        .tier
        .as_ref()
        .and_then(|tier| rules.badges[badge].tier_position(tier));
    let key = entry.key.clone();
    Some(ExplanationSubject::Badge { badge, tier, key })
}

impl fmt::Display for PlayerExplanation {
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
            self.version, self.published_at
        )
    }
}

impl fmt::Display for EntryHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.requested;
        let tier = asked.tier.as_ref().map(|tier| format!(":{tier}"));
        let key = asked.key.as_ref().map(|key| format!("@{key}"));
        let (tier, key) = (tier.unwrap_or_default(), key.unwrap_or_default());
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
                entry.trigger.as_str()
            )?;
            if let Some(caused_by) = &entry.caused_by {
                write!(f, " {caused_by}")?;
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
