//! Activity items: outcomes with the names and links that pages show.

use std::collections::BTreeMap;

use accolade::{Audience, CurrencyView, GalleryBadge, Outcome, Timestamp, UnlockableSummary};
use serde::Serialize;

use super::{url, words};
use crate::art::Metal;
use crate::problem::Problem;
use crate::site::AppState;

/// Item of an activity feed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Happening {
    /// Sequence number in the feed.
    pub(super) seq: i64,
    /// Outcome kind: `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`,
    /// `unlockable.opened` or `unlockable.closed`.
    pub(super) kind: String,
    pub(super) player: Person,
    /// Badge, currency or unlockable.
    pub(super) subject: Subject,
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
pub(super) struct Person {
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
pub(super) struct Subject {
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    /// URL of its page, if it has one that is visible to the viewer.
    pub(super) url: Option<String>,
    /// URL of its picture, for badges.
    pub(super) image: Option<String>,
}

impl Person {
    pub(super) fn new(base: &str, id: String, name: Option<String>) -> Self {
        let (url, avatar) = (url::player(base, &id), url::avatar(base, &id));
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
pub(super) struct Glossary {
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

impl Glossary {
    /// Collects the publicly visible names.
    pub(super) fn of(gallery: &[GalleryBadge], app: &AppState) -> Self {
        let badge = |badge: &GalleryBadge| {
            let tiers = badge.tiers.iter().map(|tier| tier.id.clone()).collect();
            let (name, image) = (badge.name.clone(), badge.image.clone());
            Some((badge.id.clone()?, BadgeEntry { name, image, tiers }))
        };
        let currency = |one: CurrencyView| (one.id, one.name);
        let unlockable = |one: UnlockableSummary| (one.id, one.name);
        Self {
            badges: gallery.iter().filter_map(badge).collect(),
            currencies: app.engine.currencies().into_iter().map(currency).collect(),
            unlockables: app
                .engine
                .unlockables()
                .into_iter()
                .map(unlockable)
                .collect(),
        }
    }

    /// Loads the publicly visible names.
    pub(super) async fn read(app: &AppState) -> Result<Self, Problem> {
        Ok(Self::of(&app.engine.gallery(Audience::Others).await?, app))
    }

    /// Adds retired badges that occur in the outcomes. Players may still hold them.
    pub(super) async fn add_retired(
        &mut self,
        app: &AppState,
        outcomes: &[Outcome],
    ) -> Result<(), Problem> {
        for outcome in outcomes
            .iter()
            .filter(|outcome| outcome.kind.starts_with("badge."))
        {
            let id = &outcome.subject;
            if self.badges.contains_key(id) {
                continue;
            }
            if let Some(GalleryBadge { name, image, .. }) =
                app.engine.gallery_badge(id, Audience::Others).await?
            {
                self.add(
                    id.clone(),
                    BadgeEntry {
                        name,
                        image,
                        tiers: Vec::new(),
                    },
                );
            }
        }
        Ok(())
    }

    /// Adds a badge that is visible only to the viewer.
    pub(super) fn add(&mut self, id: String, badge: BadgeEntry) {
        self.badges.entry(id).or_insert(badge);
    }

    pub(super) fn badge(&self, id: &str) -> Option<&BadgeEntry> {
        self.badges.get(id)
    }

    /// Returns the name of a currency; its id if unknown.
    pub(super) fn currency(&self, id: &str) -> String {
        self.currencies
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// Returns the name of an unlockable; its id if unknown.
    pub(super) fn unlockable(&self, id: &str) -> String {
        self.unlockables
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// Converts an outcome to an activity item.
    pub(super) fn happening(
        &self,
        base: &str,
        outcome: &Outcome,
        player: Person,
        now: Timestamp,
    ) -> Happening {
        let text = |name: &str| outcome.detail[name].as_str().unwrap_or_default().to_owned();
        let tier = text("tier");
        let points = outcome.detail["amount"]
            .as_i64()
            .filter(|_| outcome.kind == "points");
        let (metal, subject) = self.subject(base, &outcome.kind, &outcome.subject, &tier);
        Happening {
            seq: outcome.seq,
            kind: outcome.kind.clone(),
            player,
            subject,
            tier,
            metal,
            amount: points.map(words::change),
            is_loss: points.is_some_and(|points| points < 0),
            at: outcome.at.to_string(),
            ago: words::ago(outcome.at, now),
        }
    }

    fn subject(&self, base: &str, kind: &str, id: &str, tier: &str) -> (Metal, Subject) {
        let plain = |name| Subject {
            id: id.to_owned(),
            name,
            url: None,
            image: None,
        };
        if kind == "points" {
            return (Metal::Plain, plain(self.currency(id)));
        }
        if !kind.starts_with("badge.") {
            return (Metal::Plain, plain(self.unlockable(id)));
        }
        // A badge that is no longer visible has no page to link to.
        let Some(badge) = self.badge(id) else {
            return (Metal::Plain, plain(id.to_owned()));
        };
        let metal = Metal::of_tier(tier, badge.tiers.iter().position(|other| other == tier));
        let image = badge
            .image
            .clone()
            .unwrap_or_else(|| url::art(base, Some(id), metal, false));
        (
            metal,
            Subject {
                url: Some(url::badge(base, id)),
                image: Some(image),
                ..plain(badge.name.clone())
            },
        )
    }
}
