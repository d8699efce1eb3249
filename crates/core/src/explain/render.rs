//! Explanations as text: first the answer, then the evidence.

use std::fmt::{self, Display, Formatter};

use super::action::ActionEntry;
use super::award::AwardEntry;
use super::badge::BadgeExplanation;
use super::balance_source::{EntrySource, SourceKind};
use super::criterion_tree::CriterionPart;
use super::currency::{BalanceEntry, CurrencyExplanation};
use super::evidence::{CountedEvent, Evidence};
use super::goals::BadgeGoal;
use super::near_miss::NearMiss;
use super::truncated::Truncated;
use super::unlockable::{UnlockableExplanation, UnlockableTransition};
use super::{Explanation, describe};
use crate::fold::AwardSource;
use crate::number::Decimal;

/// The number of entries of a list that are shown as text.
const SHOWN_ENTRIES: usize = 20;

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Badge(badge) => badge.fmt(f),
            Self::Currency(currency) => currency.fmt(f),
            Self::Unlockable(unlockable) => unlockable.fmt(f),
        }
    }
}

impl Display for BadgeExplanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary.about_player(&self.player))?;
        writeln!(f, "\nRule: {}.", self.rule)?;
        write_section(f, "Awards", &self.awards, award_line)?;
        if self.goals.len() > 1 {
            writeln!(f, "\nProgress:")?;
            self.goals
                .iter()
                .try_for_each(|goal| writeln!(f, "  {}", goal_line(goal)))?;
        }
        // Required badges matter only as long as something is left to earn.
        let is_open = self.goals.iter().any(|goal| !goal.earned);
        for required in self
            .requires
            .iter()
            .filter(|required| is_open && !required.held)
        {
            let badge = describe::name_with_id(&required.name, &required.badge);
            writeln!(
                f,
                "\nRequires badge {badge}, which is not held; see `{}`.",
                required.badge
            )?;
        }
        write_criterion(f, self.criterion.as_ref())?;
        write_evidence(f, &self.evidence)
    }
}

impl Display for UnlockableExplanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary.about_player(&self.player))?;
        writeln!(f, "\nRule: {}.", self.rule)?;
        write_section(f, "History", &self.changes, change_line)?;
        write_criterion(f, self.criterion.as_ref())?;
        write_evidence(f, &self.evidence)
    }
}

impl Display for CurrencyExplanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary.about_player(&self.player))?;
        if !self.rules.is_empty() {
            writeln!(f, "\nRules:")?;
            self.rules
                .iter()
                .try_for_each(|rule| writeln!(f, "  {rule}"))?;
        }
        if !self.totals.is_empty() {
            writeln!(f, "\nBalance by source:")?;
            for total in &self.totals {
                let of = match total.source {
                    SourceKind::Action => "manual actions".to_owned(),
                    SourceKind::Expiry => "expired points".to_owned(),
                    source => format!("{source} {}", total.rule.as_deref().unwrap_or_default()),
                };
                writeln!(
                    f,
                    "  {:+}  {of} ({})",
                    total.amount,
                    count_entries(total.entries)
                )?;
            }
        }
        write_section(f, "Entries", &self.entries, balance_line)?;
        write_section(
            f,
            "Not paid, or not in full",
            &self.near_misses,
            near_miss_line,
        )?;
        write_section(f, "Manual actions", &self.actions, action_line)
    }
}

/// Writes the counted events, the near misses and the manual actions.
fn write_evidence(f: &mut Formatter<'_>, evidence: &Evidence) -> fmt::Result {
    write_section(f, "Counted", &evidence.counted, counted_line)?;
    if evidence.counted_since > 0 {
        writeln!(
            f,
            "  {} later, after everything was earned",
            evidence.counted_since
        )?;
    }
    write_section(f, "Not counted", &evidence.near_misses, near_miss_line)?;
    write_section(f, "Manual actions", &evidence.actions, action_line)
}

/// Writes the newest entries of a list under a title, or nothing if the list is empty.
fn write_section<T>(
    f: &mut Formatter<'_>,
    title: &str,
    listed: &Truncated<T>,
    line: impl Fn(&T) -> String,
) -> fmt::Result {
    if listed.is_empty() {
        return Ok(());
    }
    let unshown = listed.entries.len().saturating_sub(SHOWN_ENTRIES);
    writeln!(f, "\n{title} ({}):", listed.len())?;
    if unshown + listed.left_out > 0 {
        writeln!(f, "  {} earlier", unshown + listed.left_out)?;
    }
    listed
        .entries
        .iter()
        .skip(unshown)
        .try_for_each(|entry| writeln!(f, "  {}", line(entry)))
}

/// Writes the parts of a criterion. A single number adds nothing to its progress, and is left out.
fn write_criterion(f: &mut Formatter<'_>, part: Option<&CriterionPart>) -> fmt::Result {
    let Some(part) = part.filter(|part| !part.parts.is_empty() || part.subject.is_some()) else {
        return Ok(());
    };
    writeln!(f, "\nConditions:")?;
    write_branch(f, part, 1)
}

fn write_branch(f: &mut Formatter<'_>, part: &CriterionPart, depth: usize) -> fmt::Result {
    // Padded, so that the requirements are aligned.
    let mark = if part.holds { "yes" } else { "no " };
    let key = part
        .key
        .as_ref()
        .map_or_else(String::new, |key| format!(" (nearest key: {key})"));
    let ask = part
        .subject
        .as_ref()
        .map_or_else(String::new, |ask| format!("; see `{ask}`"));
    let CriterionPart {
        text: words,
        current,
        target,
        ..
    } = part;
    writeln!(
        f,
        "{:indent$}{mark}  {words}: {current} of {target}{key}{ask}",
        "",
        indent = depth * 2
    )?;
    if !part.keys.is_empty() {
        writeln!(
            f,
            "{:indent$}met for {}",
            "",
            part.keys.join(", "),
            indent = depth * 2 + 5
        )?;
    }
    part.parts
        .iter()
        .try_for_each(|part| write_branch(f, part, depth + 1))
}

/// Formats a goal: `8 of 10 for gold with key 7`.
fn goal_line(goal: &BadgeGoal) -> String {
    let progress = &goal.progress;
    let tier = progress
        .tier
        .as_ref()
        .map_or_else(String::new, |tier| format!(" for {tier}"));
    let key = progress
        .key
        .as_ref()
        .map_or_else(String::new, |key| format!(" with key {key}"));
    let by_hand = match goal.manual {
        Decimal::ZERO => String::new(),
        by_hand => format!(", {by_hand} of them added manually"),
    };
    let state = if goal.earned { "; earned" } else { "" };
    format!(
        "{} of {}{tier}{key}{by_hand}{state}",
        progress.current, progress.target
    )
}

fn award_line(award: &AwardEntry) -> String {
    format!(
        "{}  {}: {}.{}",
        award.at,
        award_place(award),
        award_source(award),
        revocation_text(award)
    )
}

/// Formats the source of an award.
fn award_source(award: &AwardEntry) -> String {
    let by = match award.source {
        AwardSource::Manual => "awarded manually",
        AwardSource::Code => "earned by code",
        AwardSource::Grandfathered => {
            // The name is that of the automatic fact, not of the event that earned it.
            return format!(
                "earned with {} under an earlier catalog and grandfathered",
                award.event
            );
        }
        _ => "earned",
    };
    format!("{by} with {} {}", award.event_name, award.event)
}

/// Formats the tier and key of an award.
fn award_place(award: &AwardEntry) -> String {
    match (&award.tier, &award.key) {
        (None, None) => "badge".to_owned(),
        (Some(tier), None) => tier.clone(),
        (None, Some(key)) => key.clone(),
        (Some(tier), Some(key)) => format!("{tier} with key {key}"),
    }
}

/// Formats the revocation of an award as a sentence.
fn revocation_text(award: &AwardEntry) -> String {
    let Some(at) = award.revoked_at else {
        return String::new();
    };
    let by = award
        .revoked_by
        .as_ref()
        .map_or_else(String::new, |by| format!(" by {by}"));
    let blocked = if award.blocked {
        "; only a manual award can restore it"
    } else {
        ""
    };
    format!(" Revoked at {at}{by}{blocked}.")
}

fn change_line(change: &UnlockableTransition) -> String {
    let UnlockableTransition {
        opened,
        at,
        event,
        event_name,
    } = change;
    format!(
        "{at}  {} by {event_name} {event}",
        if *opened { "opened" } else { "closed" }
    )
}

fn counted_line(counted: &CountedEvent) -> String {
    let CountedEvent {
        event,
        name,
        at,
        added,
        total,
        ..
    } = counted;
    let key = counted
        .key
        .as_ref()
        .map_or_else(String::new, |key| format!(" with key {key}"));
    let part = counted
        .part
        .as_ref()
        .map_or_else(String::new, |part| format!(" ({part})"));
    format!("{at}  {event}  {name}: added {added}, now {total}{key}{part}")
}

fn near_miss_line(near: &NearMiss) -> String {
    let NearMiss {
        event,
        name,
        at,
        message,
        ..
    } = near;
    let part = near
        .part
        .as_ref()
        .map_or_else(String::new, |part| format!(" ({part})"));
    format!("{at}  {event}  {name}: {message}{part}")
}

fn balance_line(entry: &BalanceEntry) -> String {
    let BalanceEntry {
        event,
        name,
        at,
        amount,
        balance,
        ..
    } = entry;
    let of = match &entry.source {
        EntrySource::Earning { rule } => format!("earning {rule}"),
        EntrySource::Badge { rule, tier, key } => {
            let tier = tier.as_ref().map(|tier| format!(":{tier}"));
            let key = key.as_ref().map(|key| format!("@{key}"));
            let (tier, key) = (tier.unwrap_or_default(), key.unwrap_or_default());
            format!("badge {rule}{tier}{key}")
        }
        EntrySource::Action => "manual action".to_owned(),
        EntrySource::Expiry => "expired".to_owned(),
    };
    format!("{at}  {event}  {name}: {amount:+} ({of}), balance {balance}")
}

fn action_line(act: &ActionEntry) -> String {
    let ActionEntry {
        action: id,
        at,
        effect: what,
        ..
    } = act;
    let by = act
        .by
        .as_ref()
        .map_or_else(String::new, |by| format!(", by {by}"));
    let reason = act
        .reason
        .as_ref()
        .map_or_else(String::new, |reason| format!(", reason: {reason}"));
    let retracted = act
        .retracted_by
        .as_ref()
        .map_or_else(String::new, |by| format!("; retracted by action {by}"));
    format!("{at}  {id}: {what}{by}{reason}{retracted}")
}

fn count_entries(number: usize) -> String {
    if number == 1 {
        "1 entry".to_owned()
    } else {
        format!("{number} entries")
    }
}
