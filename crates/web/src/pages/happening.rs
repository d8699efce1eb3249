//! Outcomes as pages tell them.

use std::collections::BTreeMap;

use accolade::{Audience, CurrencyView, GalleryBadge, Outcome, Timestamp, UnlockableSummary};
use serde::Serialize;

use super::{url, words};
use crate::art::Metal;
use crate::problem::Problem;
use crate::site::App;

/// Something that happened to a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Happening {
    /// Its number in the feed.
    pub(super) seq: i64,
    /// `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or `unlockable.closed`.
    pub(super) kind: String,
    /// Whom it happened to.
    pub(super) player: Person,
    /// The badge, currency or unlockable.
    pub(super) subject: Subject,
    /// The tier; empty where there is none.
    pub(super) tier: String,
    /// The tier's metal.
    pub(super) metal: Metal,
    /// Of points: `+10`.
    pub(super) amount: Option<String>,
    /// Whether points were lost.
    pub(super) is_loss: bool,
    /// When it happened.
    pub(super) at: String,
    /// How long ago that was.
    pub(super) ago: String,
}

/// A player, briefly.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Person {
    /// The application's id.
    pub(super) id: String,
    /// What people call them.
    pub(super) name: String,
    /// Where their page is.
    pub(super) url: String,
    /// Their picture.
    pub(super) avatar: String,
}

/// What an outcome is about.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Subject {
    /// Its id.
    pub(super) id: String,
    /// How people read it.
    pub(super) name: String,
    /// Where its page is, if it has one that whoever looks may see.
    pub(super) url: Option<String>,
    /// Its picture, of a badge.
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

/// What the definitions of a catalog are called, by what whoever looks may know.
#[derive(Default)]
pub(super) struct Glossary {
    badges: BTreeMap<String, BadgeEntry>,
    currencies: BTreeMap<String, String>,
    unlockables: BTreeMap<String, String>,
}

/// What is known of a badge by its id.
#[derive(Debug, Clone)]
pub(super) struct BadgeEntry {
    pub(super) name: String,
    pub(super) image: Option<String>,
    /// The ids of its tiers, lowest first.
    pub(super) tiers: Vec<String>,
}

impl Glossary {
    /// What everybody may know.
    pub(super) fn of(gallery: &[GalleryBadge], app: &App) -> Self {
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

    /// The same, from the engine.
    pub(super) async fn read(app: &App) -> Result<Self, Problem> {
        Ok(Self::of(&app.engine.gallery(Audience::Others).await?, app))
    }

    /// Adds the badges of outcomes that the gallery no longer has, which somebody may still hold.
    pub(super) async fn add_retired(
        &mut self,
        app: &App,
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

    /// Adds a badge that only whoever looks knows of.
    pub(super) fn add(&mut self, id: String, badge: BadgeEntry) {
        self.badges.entry(id).or_insert(badge);
    }

    pub(super) fn badge(&self, id: &str) -> Option<&BadgeEntry> {
        self.badges.get(id)
    }

    /// What a currency is called.
    pub(super) fn currency(&self, id: &str) -> String {
        self.currencies
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// What an unlockable is called.
    pub(super) fn unlockable(&self, id: &str) -> String {
        self.unlockables
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// An outcome, as a page tells it.
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
        // One that nobody may know of any more, or that is retired, has its id as its name and no page.
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
