//! What a publication changes for one player, as lines of a list.

use std::collections::BTreeSet;

use accolade_core::fold::{AwardName, HeldAward, Unlocked};
use accolade_core::names::acts::KEEP;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::passenger::Passed;

/// Something that a publication changes for a player.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlayerChange {
    /// Whose.
    pub player: String,
    /// What happens.
    pub kind: ChangeKind,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// The badge's tier; empty where it has none.
    pub tier: String,
    /// The award's key; empty for awards that exist once.
    pub key: String,
    /// As it is: since when something is held or open and, of an award, the points that it paid; or a balance. `None`
    /// where there is nothing.
    pub before: Option<String>,
    /// As it will be.
    pub after: Option<String>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// An award is earned.
    AwardGained,
    /// An award is no longer earned, and kept.
    AwardKept,
    /// An award is taken back.
    AwardLost,
    /// An award has another instant, or paid other points.
    AwardChanged,
    /// A balance changes.
    Points,
    /// An unlockable opens.
    UnlockableOpened,
    /// An unlockable would no longer open, and is kept open.
    UnlockableKept,
    /// An unlockable shuts.
    UnlockableShut,
    /// An unlockable opened at another instant.
    UnlockableChanged,
}

impl ChangeKind {
    /// Its word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::AwardGained => "award_gained",
            Self::AwardKept => "award_kept",
            Self::AwardLost => "award_lost",
            Self::AwardChanged => "award_changed",
            Self::Points => "points",
            Self::UnlockableOpened => "unlockable_opened",
            Self::UnlockableKept => "unlockable_kept",
            Self::UnlockableShut => "unlockable_shut",
            Self::UnlockableChanged => "unlockable_changed",
        }
    }
}

impl PlayerChange {
    /// What is before and after, in words.
    pub(super) fn sides(&self) -> String {
        let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        format!("{} before, {} after", text(&self.before), text(&self.after))
    }
}

impl std::fmt::Display for PlayerChange {
    /// `ada: award_lost commentator:silver, 2026-06-01T12:00:00Z before, nothing after`.
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
            tier: tier.clone(),
            key: key.clone(),
        };
        write!(f, "{player}: {} {name}, {}", kind.word(), self.sides())
    }
}

/// What a publication changes for a player, in order of kind, subject, tier and key.
pub(super) fn changes_of(player: &str, passed: &Passed) -> Vec<PlayerChange> {
    let mut changes = award_changes(player, passed);
    changes.extend(unlock_changes(player, passed));
    for balance in passed.held.to(&passed.has).balances {
        changes.push(PlayerChange {
            player: player.to_owned(),
            kind: ChangeKind::Points,
            subject: balance.currency,
            tier: String::new(),
            key: String::new(),
            before: Some(balance.before.to_string()),
            after: Some(balance.after.to_string()),
        });
    }
    changes.sort_unstable();
    changes
}

fn award_changes(player: &str, passed: &Passed) -> Vec<PlayerChange> {
    let Passed { held, earned, has } = passed;
    let names: BTreeSet<&AwardName> = held.awards.keys().chain(has.awards.keys()).collect();
    let change = |name: &AwardName| {
        let of = |holdings: &accolade_core::fold::Holdings| {
            holdings
                .awards
                .get(name)
                .filter(|award| award.is_held())
                .map(award_text)
        };
        let (before, after) = (of(held), of(has));
        let kind = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::AwardGained,
            (Some(_), None) => ChangeKind::AwardLost,
            (Some(_), Some(_)) if of(earned).is_none() => ChangeKind::AwardKept,
            (before, after) if before == after => return None,
            _ => ChangeKind::AwardChanged,
        };
        let AwardName { badge, tier, key } = name.clone();
        Some(PlayerChange {
            player: player.to_owned(),
            kind,
            subject: badge,
            tier,
            key,
            before,
            after,
        })
    };
    names.into_iter().filter_map(change).collect()
}

fn unlock_changes(player: &str, passed: &Passed) -> Vec<PlayerChange> {
    let Passed { held, earned, has } = passed;
    let names: BTreeSet<&String> = held.unlocks.keys().chain(has.unlocks.keys()).collect();
    let change = |name: &String| {
        let of = |holdings: &accolade_core::fold::Holdings| {
            holdings
                .unlocks
                .get(name)
                .filter(|unlocked| unlocked.open)
                .map(unlock_text)
        };
        let (before, after) = (of(held), of(has));
        let kind = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::UnlockableOpened,
            (Some(_), None) => ChangeKind::UnlockableShut,
            (Some(_), Some(_)) if of(earned).is_none() => ChangeKind::UnlockableKept,
            (before, after) if before == after => return None,
            _ => ChangeKind::UnlockableChanged,
        };
        let (tier, key) = (String::new(), String::new());
        Some(PlayerChange {
            player: player.to_owned(),
            kind,
            subject: name.clone(),
            tier,
            key,
            before,
            after,
        })
    };
    names.into_iter().filter_map(change).collect()
}

fn award_text(award: &HeldAward) -> String {
    let paid: Vec<String> = award
        .paid
        .iter()
        .map(|(currency, amount)| format!("{amount} {currency}"))
        .collect();
    match paid.is_empty() {
        true => instant(award.at, &award.event),
        false => format!(
            "{} with {}",
            instant(award.at, &award.event),
            paid.join(", ")
        ),
    }
}

fn unlock_text(unlocked: &Unlocked) -> String {
    instant(unlocked.at, &unlocked.event)
}

/// When something came about. What the publication itself brings about has no instant before it is published.
fn instant(at: accolade_core::time::Timestamp, event: &str) -> String {
    if event.starts_with(KEEP) {
        "when published".to_owned()
    } else {
        at.to_string()
    }
}

/// A digest of the changes of one player; those of several players are added up, in any order.
pub(super) fn digest_of(changes: &[PlayerChange]) -> u128 {
    if changes.is_empty() {
        return 0;
    }
    let bytes = serde_json::to_vec(changes).expect("texts are JSON");
    let hash = Sha256::digest(&bytes);
    let half: [u8; 16] = hash[..16].try_into().expect("half of 32 bytes");
    u128::from_be_bytes(half)
}
