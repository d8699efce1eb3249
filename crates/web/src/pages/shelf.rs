//! The badges of one player, as the page of the player and the pages of badges show them.

use accolade::{AwardView, BadgeView, ProgressView, Timestamp};
use serde::Serialize;

use super::happening::Glossary;
use super::tile::{Tier, tiers};
use super::{url, words};
use crate::art::Metal;

/// A badge of a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OwnBadge {
    /// Its id; none where it is secret.
    pub(super) id: Option<String>,
    /// Where its page is; none where whoever looks has no page of it.
    pub(super) url: Option<String>,
    /// How people read it.
    pub(super) name: String,
    /// One sentence about it.
    pub(super) description: String,
    /// Its category's id; empty for none.
    pub(super) category: String,
    /// Its picture, as the player has it.
    pub(super) image: String,
    /// Whether it is shown as a mystery.
    pub(super) is_secret: bool,
    /// Whether it is earned.
    pub(super) is_earned: bool,
    /// How often.
    pub(super) times: usize,
    /// When it was last earned.
    pub(super) at: String,
    /// How long ago that was.
    pub(super) ago: String,
    /// The highest tier that is held; empty for none.
    pub(super) tier: String,
    /// Its metal.
    pub(super) metal: Metal,
    /// Its tiers, lowest first.
    pub(super) tiers: Vec<Tier>,
    /// How far the player is on what is left to earn.
    pub(super) progress: Option<Progress>,
    #[serde(skip)]
    pub(super) last: Option<Timestamp>,
}

/// How far a player is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Progress {
    /// The tier that comes next; empty where there are none.
    pub(super) tier: String,
    /// Where the player stands.
    pub(super) current: String,
    /// What must be reached.
    pub(super) target: String,
    /// The way covered, from 0 to 100.
    pub(super) percent: u32,
    #[serde(skip)]
    pub(super) ratio: f64,
}

impl From<&ProgressView> for Progress {
    fn from(view: &ProgressView) -> Self {
        Self {
            tier: view.tier.clone(),
            current: words::amount(view.current),
            target: words::amount(view.target),
            // What is not done never reads as done.
            percent: if view.ratio < 1.0 {
                (view.ratio * 100.0).clamp(0.0, 99.0) as u32
            } else {
                100
            },
            ratio: view.ratio,
        }
    }
}

impl OwnBadge {
    /// A badge of a profile.
    pub(super) fn of(base: &str, badge: &BadgeView, glossary: &Glossary, now: Timestamp) -> Self {
        let id = badge.id.as_deref();
        let tiers = tiers(base, id, &badge.tiers, badge.image.as_deref(), glossary);
        let last = badge.earned.iter().map(|award| award.at).max();
        let highest = highest(&tiers, &badge.earned);
        let (tier, metal) = highest.map_or((String::new(), Metal::Plain), |tier| {
            (tier.name.clone(), tier.metal)
        });
        let is_earned = !badge.earned.is_empty();
        Self {
            id: badge.id.clone(),
            url: id.map(|id| url::badge(base, id)),
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: badge.category.clone().unwrap_or_default(),
            image: badge
                .image
                .clone()
                .unwrap_or_else(|| url::art(base, id, metal, !is_earned)),
            is_secret: id.is_none(),
            is_earned,
            times: times(&badge.earned),
            at: last.map(|at| at.to_string()).unwrap_or_default(),
            ago: last.map(|at| words::ago(at, now)).unwrap_or_default(),
            tier,
            metal,
            tiers,
            progress: badge.progress.as_ref().map(Progress::from),
            last,
        }
    }
}

fn highest<'t>(tiers: &'t [Tier], earned: &[AwardView]) -> Option<&'t Tier> {
    tiers
        .iter()
        .rfind(|tier| earned.iter().any(|award| award.tier == tier.name))
}

/// How often a badge was earned: for how many keys, tiers not counted.
fn times(earned: &[AwardView]) -> usize {
    let mut keys: Vec<&str> = earned.iter().map(|award| award.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}
