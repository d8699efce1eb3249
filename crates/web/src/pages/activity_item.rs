//! Activity items: outcomes with the names and links that pages show.

use std::collections::BTreeMap;

use accolade::{Audience, BadgeSummary, CurrencyView, Outcome, Timestamp, UnlockableSummary};
use serde::Serialize;

use super::{format, url};
use crate::artwork::Metal;
use crate::problem::Problem;
use crate::state::AppState;

/// Item of an activity feed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ActivityItem {
    /// Sequence number in the feed.
    pub(super) seq: i64,
    /// Outcome kind: `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`,
    /// `unlockable.opened` or `unlockable.closed`.
    pub(super) kind: &'static str,
    pub(super) player: PlayerLink,
    /// Badge, currency or unlockable.
    pub(super) subject: OutcomeSubject,
    /// Tier; empty if there is none.
    pub(super) tier: String,
    /// Metal of the tier.
    pub(super) metal: Metal,
    /// Change of points, such as `+10`.
    pub(super) amount: Option<String>,
    /// True if points were lost.
    pub(super) is_loss: bool,
    /// Instant as RFC 3339.
    pub(super) at: String,
    /// Relative time, such as `3 minutes ago`.
    pub(super) ago: String,
}

/// Reference to a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerLink {
    pub(super) id: String,
    /// Display name; the id if there is none.
    pub(super) name: String,
    /// URL of the profile.
    pub(super) url: String,
    /// URL of the picture.
    pub(super) avatar: String,
}

/// Badge, currency or unlockable of an outcome.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OutcomeSubject {
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    /// URL of its page, if it has one that is visible to the viewer.
    pub(super) url: Option<String>,
    /// URL of its picture, for badges.
    pub(super) image: Option<String>,
}

impl PlayerLink {
    pub(super) fn new(base: &str, id: String, name: Option<String>) -> Self {
        let (url, avatar) = (url::player_url(base, &id), url::avatar_url(base, &id));
        Self {
            name: name.unwrap_or_else(|| id.clone()),
            url,
            avatar,
            id,
        }
    }
}

/// Display names of badges, currencies and unlockables that are visible to the viewer.
#[derive(Default)]
pub(super) struct DisplayNames {
    badges: BTreeMap<String, BadgeEntry>,
    currencies: BTreeMap<String, String>,
    unlockables: BTreeMap<String, String>,
}

/// Name, picture and tiers of a badge.
#[derive(Debug, Clone)]
pub(super) struct BadgeEntry {
    pub(super) name: String,
    pub(super) image: Option<String>,
    /// Ids of its tiers, lowest first.
    pub(super) tiers: Vec<String>,
}

impl DisplayNames {
    /// Loads the publicly visible names. Nothing is counted for them.
    pub(super) async fn load_public(app: &AppState) -> Result<Self, Problem> {
        let catalog = app.engine.catalog();
        let badges = catalog.list_badge_summaries(Audience::Others).await?;
        let badge = |badge: BadgeSummary| {
            let tiers = badge.tiers.into_iter().map(String::from).collect();
            let (name, image) = (badge.name, badge.image);
            (badge.id.into(), BadgeEntry { name, image, tiers })
        };
        let currency = |one: CurrencyView| (String::from(one.id), one.name);
        let unlockable = |one: UnlockableSummary| (String::from(one.id), one.name);
        Ok(Self {
            badges: badges.into_iter().map(badge).collect(),
            currencies: catalog
                .list_currencies()
                .into_iter()
                .map(currency)
                .collect(),
            unlockables: catalog
                .list_unlockables()
                .into_iter()
                .map(unlockable)
                .collect(),
        })
    }

    /// Adds retired badges that occur in the outcomes. Players may still hold them.
    pub(super) async fn load_retired(
        &mut self,
        app: &AppState,
        outcomes: &[Outcome],
    ) -> Result<(), Problem> {
        for outcome in outcomes.iter().filter(|outcome| outcome.badge().is_some()) {
            let id = &outcome.subject;
            // Each lookup is a query, so only unknown badges are looked up.
            if self.badges.contains_key(id) {
                continue;
            }
            let found = app
                .engine
                .catalog()
                .find_badge_summary(id, Audience::Others);
            if let Some(badge) = found.await? {
                self.add_badge(
                    id.clone(),
                    BadgeEntry {
                        name: badge.name,
                        image: badge.image,
                        tiers: Vec::new(),
                    },
                );
            }
        }
        Ok(())
    }

    /// Adds a badge that is visible only to the viewer.
    pub(super) fn add_badge(&mut self, id: String, badge: BadgeEntry) {
        self.badges.entry(id).or_insert(badge);
    }

    pub(super) fn find_badge(&self, id: &str) -> Option<&BadgeEntry> {
        self.badges.get(id)
    }

    /// Returns the name of a currency; its id if unknown.
    pub(super) fn currency_name(&self, id: &str) -> String {
        self.currencies
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// Returns the name of an unlockable; its id if unknown.
    pub(super) fn unlockable_name(&self, id: &str) -> String {
        self.unlockables
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// Converts an outcome to an activity item.
    pub(super) fn build_item(
        &self,
        base: &str,
        outcome: &Outcome,
        player: PlayerLink,
        now: Timestamp,
    ) -> ActivityItem {
        let tier = outcome.tier().map(String::from).unwrap_or_default();
        let points = outcome.amount();
        let (metal, subject) = self.build_subject(base, outcome, &tier);
        ActivityItem {
            seq: outcome.seq,
            kind: outcome.kind.as_str(),
            player,
            subject,
            tier,
            metal,
            amount: points.map(format::format_change),
            is_loss: points.is_some_and(|points| points < 0),
            at: outcome.at.to_string(),
            ago: format::format_ago(outcome.at, now),
        }
    }

    fn build_subject(&self, base: &str, outcome: &Outcome, tier: &str) -> (Metal, OutcomeSubject) {
        let id = outcome.subject.as_str();
        let plain = |name| OutcomeSubject {
            id: id.to_owned(),
            name,
            url: None,
            image: None,
        };
        if outcome.currency().is_some() {
            return (Metal::Plain, plain(self.currency_name(id)));
        }
        if outcome.unlockable().is_some() {
            return (Metal::Plain, plain(self.unlockable_name(id)));
        }
        // A badge that is no longer visible has no page to link to.
        let Some(badge) = self.find_badge(id) else {
            return (Metal::Plain, plain(id.to_owned()));
        };
        let metal = Metal::from_tier(tier, badge.tiers.iter().position(|other| other == tier));
        let image = badge
            .image
            .clone()
            .unwrap_or_else(|| url::art_url(base, Some(id), metal, false));
        (
            metal,
            OutcomeSubject {
                url: Some(url::badge_url(base, id)),
                image: Some(image),
                ..plain(badge.name.clone())
            },
        )
    }
}
