//! Changes that a publication makes for one player, as lines of a list.

use std::collections::BTreeSet;

use accolade_core::fold::{AwardHolding, AwardName, UnlockableHolding};
use accolade_core::ids::{PlayerId, TierId};
use accolade_core::names::acts::GRANDFATHER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::backfill::BackfillStep;
use crate::records::optional_id;

/// A change that a publication makes for a player.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct PlayerChange {
    /// The player's id.
    pub player: PlayerId,
    /// Kind of change.
    pub kind: ChangeKind,
    /// Id of the badge, currency or unlockable.
    pub subject: String,
    /// Tier of the badge, if it has tiers.
    pub tier: Option<TierId>,
    /// Key of the award, if the badge is earned per key.
    pub key: Option<String>,
    /// Value before: a balance, or the instant since which something is held, with the points that
    /// an award paid. `None` if there is nothing.
    pub before: Option<String>,
    /// Value after, in the same form.
    pub after: Option<String>,
}

/// Kind of change that a publication makes for a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// An award is gained.
    AwardGained,
    /// An award is no longer earned, and grandfathered.
    AwardKept,
    /// An award is revoked.
    AwardLost,
    /// An award moves to another instant, or pays other points.
    AwardChanged,
    /// A balance changes.
    Points,
    /// An unlockable opens.
    UnlockableOpened,
    /// An unlockable would close, and is grandfathered.
    UnlockableKept,
    /// An unlockable closes.
    UnlockableClosed,
    /// An unlockable opens at another instant.
    UnlockableChanged,
}

impl ChangeKind {
    /// Returns the name used in lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwardGained => "award_gained",
            Self::AwardKept => "award_kept",
            Self::AwardLost => "award_lost",
            Self::AwardChanged => "award_changed",
            Self::Points => "points",
            Self::UnlockableOpened => "unlockable_opened",
            Self::UnlockableKept => "unlockable_kept",
            Self::UnlockableClosed => "unlockable_closed",
            Self::UnlockableChanged => "unlockable_changed",
        }
    }
}

impl PlayerChange {
    /// Formats both values: `2026-06-01T12:00:00Z → nothing`.
    pub(super) fn format_values(&self) -> String {
        let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        format!("{} → {}", text(&self.before), text(&self.after))
    }
}

impl std::fmt::Display for PlayerChange {
    /// Writes a line such as `ada: award_lost commentator:silver, 2026-06-01T12:00:00Z → nothing`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            player,
            kind,
            subject,
            tier,
            key,
            ..
        } = self;
        let name = AwardName {
            badge: subject.clone(),
            tier: tier.as_deref().unwrap_or_default().to_owned(),
            key: key.clone().unwrap_or_default(),
        };
        write!(
            f,
            "{player}: {} {name}, {}",
            kind.as_str(),
            self.format_values()
        )
    }
}

/// Lists the changes of a player, ordered by kind, subject, tier and key.
pub(super) fn list_changes(player: &str, passed: &BackfillStep) -> Vec<PlayerChange> {
    let mut changes = list_award_changes(player, passed);
    changes.extend(list_unlockable_changes(player, passed));
    for balance in passed.before.diff_to(&passed.after).balances {
        changes.push(PlayerChange {
            player: player.into(),
            kind: ChangeKind::Points,
            subject: balance.currency,
            tier: None,
            key: None,
            before: Some(balance.before.to_string()),
            after: Some(balance.after.to_string()),
        });
    }
    changes.sort_unstable();
    changes
}

fn list_award_changes(player: &str, passed: &BackfillStep) -> Vec<PlayerChange> {
    let BackfillStep {
        before: held,
        earned,
        after: has,
    } = passed;
    let names: BTreeSet<&AwardName> = held.awards.keys().chain(has.awards.keys()).collect();
    let change = |name: &AwardName| {
        let of = |holdings: &accolade_core::fold::Holdings| {
            holdings
                .awards
                .get(name)
                .filter(|award| award.is_held())
                .map(format_award)
        };
        let (before, after) = (of(held), of(has));
        // Temporary awards stay listed after they end, so only those that are held are compared.
        let kind = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::AwardGained,
            (Some(_), None) => ChangeKind::AwardLost,
            // Held on both sides, but not earned under the new catalog: only grandfathering holds
            // it.
            (Some(_), Some(_)) if of(earned).is_none() => ChangeKind::AwardKept,
            (before, after) if before == after => return None,
            _ => ChangeKind::AwardChanged,
        };
        let AwardName { badge, tier, key } = name.clone();
        Some(PlayerChange {
            player: player.into(),
            kind,
            subject: badge,
            tier: optional_id(tier),
            key: optional_id(key),
            before,
            after,
        })
    };
    names.into_iter().filter_map(change).collect()
}

fn list_unlockable_changes(player: &str, passed: &BackfillStep) -> Vec<PlayerChange> {
    let BackfillStep {
        before: held,
        earned,
        after: has,
    } = passed;
    let names: BTreeSet<&String> = held.unlocks.keys().chain(has.unlocks.keys()).collect();
    let change = |name: &String| {
        let of = |holdings: &accolade_core::fold::Holdings| {
            holdings
                .unlocks
                .get(name)
                .filter(|unlocked| unlocked.open)
                .map(format_unlock)
        };
        let (before, after) = (of(held), of(has));
        let kind = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::UnlockableOpened,
            (Some(_), None) => ChangeKind::UnlockableClosed,
            (Some(_), Some(_)) if of(earned).is_none() => ChangeKind::UnlockableKept,
            (before, after) if before == after => return None,
            _ => ChangeKind::UnlockableChanged,
        };
        Some(PlayerChange {
            player: player.into(),
            kind,
            subject: name.clone(),
            tier: None,
            key: None,
            before,
            after,
        })
    };
    names.into_iter().filter_map(change).collect()
}

fn format_award(award: &AwardHolding) -> String {
    let paid: Vec<String> = award
        .paid
        .iter()
        .map(|(currency, amount)| format!("{amount} {currency}"))
        .collect();
    match paid.is_empty() {
        true => format_instant(award.at, &award.event),
        false => format!(
            "{} with {}",
            format_instant(award.at, &award.event),
            paid.join(", ")
        ),
    }
}

fn format_unlock(unlocked: &UnlockableHolding) -> String {
    format_instant(unlocked.at, &unlocked.event)
}

/// Formats the instant of a holding. The publication itself has no instant yet.
fn format_instant(at: accolade_core::time::Timestamp, event: &str) -> String {
    if event.starts_with(GRANDFATHER) {
        "when published".to_owned()
    } else {
        at.to_string()
    }
}

/// Computes a digest of the changes of one player. Digests of several players are summed up, so
/// that the order in which threads finish does not matter.
pub(super) fn compute_digest(changes: &[PlayerChange]) -> u128 {
    if changes.is_empty() {
        return 0;
    }
    let bytes = serde_json::to_vec(changes).expect("strings serialize to JSON");
    let hash = Sha256::digest(&bytes);
    let half: [u8; 16] = hash[..16].try_into().expect("half of 32 bytes");
    u128::from_be_bytes(half)
}
