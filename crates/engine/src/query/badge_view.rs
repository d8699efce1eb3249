//! The badges of a profile, as somebody may see them.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::BadgeRule;
use accolade_core::fold::{self, AwardName, HeldAward, State};
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::secrecy::{Appearance, Audience, SECRET_NAME, appearance, word};
use super::tier_view::{TierView, described, last_target, tiers};
use crate::receipt::text;

/// A badge, as somebody may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BadgeView {
    /// Its id; `None` where the badge is masked.
    pub id: Option<String>,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// Its category's id.
    pub category: Option<String>,
    /// The picture that fits: locked, unlocked or secret.
    pub image: Option<String>,
    /// `public`, `secret` or `invisible`.
    pub visibility: &'static str,
    /// The awards that are held.
    pub earned: Vec<AwardView>,
    /// Its tiers, lowest first, without those that are retired; none in a badge without tiers or one that is masked.
    pub tiers: Vec<TierView>,
    /// How far the player is on what is left to earn.
    pub progress: Option<ProgressView>,
    /// The id of the next badge in its chain: one that requires this one and is not held yet.
    pub next: Option<String>,
}

/// An award that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwardView {
    /// Its tier; empty for a badge without tiers.
    pub tier: String,
    /// Its key; empty where there is none.
    pub key: String,
    /// When it was earned.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
    /// The event or act that earned it.
    pub event: String,
    /// `criterion`, `code` or `hand`; `keep` where a publication kept it.
    pub source: String,
    /// The times before this one for which a temporary award was held, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holding_intervals: Vec<SpellView>,
}

/// A time for which a temporary award was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpellView {
    /// From this instant on.
    #[serde(serialize_with = "text")]
    pub from: Timestamp,
    /// Up to, not including, this instant.
    #[serde(serialize_with = "text")]
    pub until: Timestamp,
}

/// How far a player is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgressView {
    /// The tier that comes next.
    pub tier: String,
    /// The key that is nearest to its target, in badges earned for each key.
    pub key: Option<String>,
    /// Where the player stands.
    pub current: Decimal,
    /// What must be reached.
    pub target: Decimal,
    /// The way covered, from 0 to 1.
    pub ratio: f64,
}

pub(super) fn badges(
    catalog: &Catalog,
    state: &mut State,
    player: &str,
    audience: Audience,
    awards: &BTreeMap<AwardName, HeldAward>,
    now: Timestamp,
) -> Vec<BadgeView> {
    let mut views = Vec::new();
    for (index, badge) in catalog.rules().badges.iter().enumerate() {
        let earned: Vec<AwardView> = awards
            .iter()
            .filter(|(name, award)| name.badge == badge.id && award.is_held())
            .map(|(name, award)| AwardView {
                tier: name.tier.clone(),
                key: name.key.clone(),
                at: award.at,
                event: award.event.clone(),
                source: award.source.word().to_owned(),
                holding_intervals: award
                    .holding_intervals
                    .iter()
                    .map(|spell| SpellView {
                        from: spell.from,
                        until: spell.until,
                    })
                    .collect(),
            })
            .collect();
        if earned.is_empty() && (audience == Audience::Others || badge.retired) {
            continue;
        }
        match appearance(badge, audience, !earned.is_empty()) {
            Appearance::Hidden => {}
            Appearance::Masked => views.push(masked(badge, earned)),
            Appearance::Shown => {
                let progress = match audience {
                    Audience::Others => None,
                    Audience::Player | Audience::Admin => {
                        progress(catalog, state, player, index, now)
                    }
                };
                views.push(shown(catalog, state, badge, earned, progress, audience));
            }
        }
    }
    views
}

/// A secret badge, with nothing that gives it away.
fn masked(badge: &BadgeRule, earned: Vec<AwardView>) -> BadgeView {
    let nothing = String::new;
    let earned = earned.into_iter().map(|award| AwardView {
        tier: nothing(),
        key: nothing(),
        event: nothing(),
        ..award
    });
    BadgeView {
        id: None,
        name: SECRET_NAME.to_owned(),
        description: String::new(),
        category: None,
        image: badge.image_secret.clone(),
        visibility: word(badge.visibility),
        earned: earned.collect(),
        tiers: Vec::new(),
        progress: None,
        next: None,
    }
}

fn shown(
    catalog: &Catalog,
    state: &State,
    badge: &BadgeRule,
    earned: Vec<AwardView>,
    progress: Option<ProgressView>,
    audience: Audience,
) -> BadgeView {
    let image = if earned.is_empty() {
        &badge.image_locked
    } else {
        &badge.image_unlocked
    };
    let target = progress
        .as_ref()
        .map(|progress| progress.target)
        .or_else(|| last_target(badge));
    BadgeView {
        id: Some(badge.id.clone()),
        name: badge.display.name.clone(),
        description: described(badge, target),
        category: badge.display.category.clone(),
        image: image.clone(),
        visibility: word(badge.visibility),
        tiers: tiers(catalog.rules(), badge, |tier| {
            earned.iter().any(|award| award.tier == tier)
        }),
        earned,
        progress,
        next: next_in_chain(catalog, state, badge, audience),
    }
}

/// The first badge that requires this one and is not held yet, if the audience may know of it.
fn next_in_chain(
    catalog: &Catalog,
    state: &State,
    badge: &BadgeRule,
    audience: Audience,
) -> Option<String> {
    let rules = catalog.rules();
    let index = rules.badge(&badge.id)?;
    let open = |next: &&BadgeRule| {
        let held = state
            .badge(next.slot)
            .is_some_and(|cell| cell.count(None) > 0);
        next.requires.contains(&index)
            && !held
            && matches!(appearance(next, audience, false), Appearance::Shown)
    };
    rules.badges.iter().find(open).map(|next| next.id.clone())
}

fn progress(
    catalog: &Catalog,
    state: &mut State,
    player: &str,
    index: usize,
    now: Timestamp,
) -> Option<ProgressView> {
    let progress = fold::progress(catalog, state, player, index, now)
        .expect("the state has all of its cells at hand")?;
    Some(ProgressView {
        ratio: progress.ratio(),
        tier: progress.tier,
        key: progress.key,
        current: progress.current,
        target: progress.target,
    })
}
