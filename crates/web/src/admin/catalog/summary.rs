//! Headlines of a preview: the effects of a publication, each in one sentence.

use std::collections::{BTreeMap, BTreeSet};

use accolade::{Catalog, ChangeKind, CurrencyTotals, PlayerChange};
use serde::Serialize;

use crate::filters::format_thousands;

/// Names and tier orders of the rules of a catalog.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct RuleNames {
    /// Names by id.
    pub(super) badge: BTreeMap<String, String>,
    pub(super) currency: BTreeMap<String, String>,
    pub(super) unlockable: BTreeMap<String, String>,
    /// Tiers of the badges, lowest first.
    #[serde(skip)]
    tiers: BTreeMap<String, Vec<String>>,
}

/// Effect of a publication, as a sentence without a full stop.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Headline {
    /// `good`, `bad` or empty.
    tone: &'static str,
    text: String,
}

impl RuleNames {
    /// Lists the names of a catalog and, for rules that it lacks, those of the published one.
    pub(super) fn new(given: &Catalog, published: &Catalog) -> Self {
        let mut names = Self::default();
        for rules in [published.rules(), given.rules()] {
            for badge in &rules.badges {
                let tiers = badge.tiers.iter().map(|tier| tier.id.clone()).collect();
                names.tiers.insert(badge.id.clone(), tiers);
                names
                    .badge
                    .insert(badge.id.clone(), badge.display.name.clone());
            }
            let currencies = rules.currencies.iter();
            let currencies = currencies.map(|one| (one.id.clone(), one.display.name.clone()));
            names.currency.extend(currencies);
            let unlockables = rules.unlockables.iter();
            let unlockables = unlockables.map(|one| (one.id.clone(), one.display.name.clone()));
            names.unlockable.extend(unlockables);
        }
        names
    }

    /// Returns the position of a tier among those of its badge, lowest first.
    pub(super) fn tier_position(&self, badge: &str, tier: &str) -> usize {
        let tiers = self.tiers.get(badge).map_or(&[][..], Vec::as_slice);
        tiers
            .iter()
            .position(|other| other == tier)
            .unwrap_or_default()
    }

    /// Writes a sentence for each effect, those on most players first.
    pub(super) fn list_headlines(
        &self,
        changes: &[PlayerChange],
        currencies: &[CurrencyTotals],
    ) -> Vec<Headline> {
        let mut found: Vec<(usize, Headline)> = Vec::new();
        for ((kind, subject), group) in group_changes(changes) {
            let players: BTreeSet<&str> = group.iter().map(|one| &*one.player).collect();
            if let Some(headline) = self.describe_group(kind, subject, &group, players.len()) {
                found.push((players.len(), headline));
            }
        }
        // Stable, so that effects on as many players stay in order of kind.
        found.sort_by_key(|(players, _)| std::cmp::Reverse(*players));
        let points = currencies.iter().filter(|one| one.before != one.after);
        let points = points.map(|one| self.describe_points(one));
        found
            .into_iter()
            .map(|(_, one)| one)
            .chain(points)
            .collect()
    }

    fn describe_group(
        &self,
        kind: ChangeKind,
        subject: &str,
        group: &[&PlayerChange],
        players: usize,
    ) -> Option<Headline> {
        let is_one = players == 1;
        let verb = |one: &'static str, many: &'static str| if is_one { one } else { many };
        let (tone, verb, names, end) = match kind {
            ChangeKind::AwardGained => ("good", verb("gets", "get"), &self.badge, " now"),
            ChangeKind::AwardLost => ("bad", verb("loses", "lose"), &self.badge, ""),
            ChangeKind::AwardKept => (
                "",
                verb("keeps", "keep"),
                &self.badge,
                " although the new rule does not award it",
            ),
            ChangeKind::UnlockableOpened => {
                ("good", verb("unlocks", "unlock"), &self.unlockable, " now")
            }
            ChangeKind::UnlockableClosed => (
                "bad",
                verb("loses access to", "lose access to"),
                &self.unlockable,
                "",
            ),
            ChangeKind::UnlockableKept => (
                "",
                verb("keeps access to", "keep access to"),
                &self.unlockable,
                " although the new rule does not unlock it",
            ),
            _ => return None,
        };
        let name = names.get(subject).map_or(subject, String::as_str);
        let count = format_count(players, "player", "players");
        let tiers = self.count_tiers(subject, group);
        Some(Headline {
            tone,
            text: format!("{count} {verb} {name}{end}{tiers}"),
        })
    }

    /// Counts the players of each tier, by the highest one that changes: " (10 bronze, 3 silver)".
    fn count_tiers(&self, badge: &str, group: &[&PlayerChange]) -> String {
        let Some(order) = self.tiers.get(badge).filter(|tiers| tiers.len() > 1) else {
            return String::new();
        };
        let mut highest: BTreeMap<&str, usize> = BTreeMap::new();
        for change in group {
            let tier = change.tier.as_deref().unwrap_or_default();
            let place = self.tier_position(badge, tier);
            let best = highest.entry(&change.player).or_default();
            *best = place.max(*best);
        }
        let counts = order.iter().enumerate().map(|(place, tier)| {
            let players = highest.values().filter(|best| **best == place).count();
            (players, tier)
        });
        let counts: Vec<String> = counts
            .filter(|(players, _)| *players > 0)
            .map(|(players, tier)| format!("{} {tier}", format_thousands(players as i64)))
            .collect();
        format!(" ({})", counts.join(", "))
    }

    fn describe_points(&self, one: &CurrencyTotals) -> Headline {
        let name = self
            .currency
            .get(&*one.currency)
            .map_or(&*one.currency, String::as_str);
        let difference = one.after - one.before;
        let amount = format_thousands(i64::try_from(difference.unsigned_abs()).unwrap_or(i64::MAX));
        let (tone, sign) = match difference {
            ..0 => ("bad", '\u{2212}'),
            _ => ("good", '+'),
        };
        let players = usize::try_from(one.players).unwrap_or(usize::MAX);
        let players = format_count(players, "player", "players");
        Headline {
            tone,
            text: format!("{sign}{amount} {name} in total, for {players}"),
        }
    }
}

fn group_changes(changes: &[PlayerChange]) -> BTreeMap<(ChangeKind, &str), Vec<&PlayerChange>> {
    let mut groups: BTreeMap<_, Vec<&PlayerChange>> = BTreeMap::new();
    for change in changes {
        groups
            .entry((change.kind, &*change.subject))
            .or_default()
            .push(change);
    }
    groups
}

fn format_count(number: usize, singular: &str, plural: &str) -> String {
    let noun = if number == 1 { singular } else { plural };
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    format!("{} {noun}", format_thousands(number))
}
