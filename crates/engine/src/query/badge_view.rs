//! Badges of a profile, as an audience may see them.

use std::collections::BTreeMap;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::art::BadgeArt;
use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::key_label::KeyLabel;
use accolade_core::catalog::rules::BadgeRule;
use accolade_core::fold::{AwardHolding, AwardName, AwardSource, PlayerState, WholeState};
use accolade_core::ids::{BadgeId, CategoryId, EventId, TierId};
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;

use super::tier_view::{TierView, list_tiers};
use super::visibility::{Audience, BadgeAppearance, SECRET_NAME, badge_appearance};
use crate::records::{HeldInterval, optional_id};

/// A badge in a profile.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BadgeView {
    /// The badge's id; `None` if it is masked.
    pub id: Option<BadgeId>,
    /// The display name.
    pub name: String,
    /// A description in one sentence: with the targets of all tiers before the first is held, then
    /// with the next target.
    pub description: String,
    /// The id of the category.
    pub category: Option<CategoryId>,
    /// The image that fits the state: locked, unlocked or secret.
    pub image: Option<String>,
    /// The choices for the drawn picture. The default if the badge is masked.
    pub art: BadgeArt,
    /// The visibility before it is earned.
    pub visibility: Visibility,
    /// The awards that the player holds.
    pub earned: Vec<AwardView>,
    /// The tiers that can be earned, lowest first. Empty for a badge without tiers or a masked one.
    pub tiers: Vec<TierView>,
    /// The progress toward the next tier or award; `None` if nothing is left to earn.
    pub progress: Option<ProgressView>,
    /// The id of the next badge in the chain: one that requires this one and is not held yet.
    pub next: Option<BadgeId>,
}

/// An award that a player holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwardView {
    /// The tier; `None` for a badge without tiers or a masked one.
    pub tier: Option<TierId>,
    /// The key; `None` for a badge without keys or a masked one.
    pub key: Option<String>,
    /// The label and the link of the key; `None` if `repeat` is not `per-key`.
    pub key_label: Option<KeyLabel>,
    /// The instant at which it was earned.
    pub at: Timestamp,
    /// The id of the event or manual action that earned it; `None` for a masked badge.
    pub event: Option<EventId>,
    /// The source of the award.
    pub source: AwardSource,
    /// The reason of a manual award, for the player and administrators.
    pub reason: Option<String>,
    /// The author of a manual award, for administrators, and for the player if it is an
    /// administrator.
    pub by: Option<String>,
    /// Earlier intervals during which a temporary award was held, oldest first.
    pub holding_intervals: Vec<HeldInterval>,
}

/// Progress of a player toward an award.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ProgressView {
    /// The next tier; `None` for a badge without tiers.
    pub tier: Option<TierId>,
    /// The key that is closest to its target, for badges with keys.
    pub key: Option<String>,
    /// The name of the property that is the key, such as `post`; `None` if the key is computed.
    pub per: Option<String>,
    /// The current value.
    pub current: Decimal,
    /// The value to reach.
    pub target: Decimal,
    /// The share of the target that is reached, from 0 to 1.
    pub ratio: f64,
}

/// Builds the badges of a profile. Masked badges come last, because their place in the order of ids
/// would hint at their ids.
pub(super) fn build_badge_views(
    catalog: &Catalog,
    state: &mut WholeState,
    player: &str,
    audience: Audience,
    awards: &BTreeMap<AwardName, AwardHolding>,
    now: Timestamp,
) -> Vec<BadgeView> {
    let (mut views, mut masks) = (Vec::new(), Vec::new());
    for (index, badge) in catalog.rules().badges.iter().enumerate() {
        let earned: Vec<AwardView> = awards
            .iter()
            .filter(|(name, award)| name.badge == badge.id && award.is_held())
            .map(|(name, award)| AwardView {
                tier: optional_id(name.tier.clone()),
                key: optional_id(name.key.clone()),
                key_label: None,
                at: award.at,
                event: Some((&award.event).into()),
                source: award.source,
                reason: None,
                by: None,
                holding_intervals: award
                    .holding_intervals
                    .iter()
                    .map(HeldInterval::from_state)
                    .collect(),
            })
            .collect();
        // Others see earned badges only, and a retired badge can no longer be earned.
        if earned.is_empty() && (audience == Audience::Others || badge.retired) {
            continue;
        }
        match badge_appearance(badge, audience, !earned.is_empty()) {
            BadgeAppearance::Hidden => {}
            BadgeAppearance::Masked => masks.push(mask_badge(badge, earned)),
            BadgeAppearance::Shown => {
                let progress = match audience {
                    Audience::Others => None,
                    Audience::Player | Audience::Admin => {
                        build_progress(catalog, state, player, index, now)
                    }
                };
                views.push(show_badge(
                    catalog, state, badge, earned, progress, audience,
                ));
            }
        }
    }
    views.append(&mut masks);
    views
}

/// Renders a secret badge without anything that identifies it.
fn mask_badge(badge: &BadgeRule, earned: Vec<AwardView>) -> BadgeView {
    // Tier, key and events would identify the badge.
    let earned = earned.into_iter().map(|award| AwardView {
        tier: None,
        key: None,
        event: None,
        holding_intervals: award
            .holding_intervals
            .into_iter()
            .map(|interval| HeldInterval {
                event: None,
                ..interval
            })
            .collect(),
        ..award
    });
    BadgeView {
        id: None,
        name: SECRET_NAME.to_owned(),
        description: String::new(),
        category: None,
        image: badge.image_secret.clone(),
        art: BadgeArt::default(),
        visibility: badge.visibility,
        earned: earned.collect(),
        tiers: Vec::new(),
        progress: None,
        next: None,
    }
}

fn show_badge(
    catalog: &Catalog,
    state: &PlayerState,
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
    let tiers = list_tiers(catalog.rules(), badge, |tier| {
        earned
            .iter()
            .any(|award| award.tier.as_deref() == Some(tier))
    });
    // Before the first tier, the description shows all targets. Then it shows the next one, or the
    // highest that is held if there is none.
    let held = tiers.iter().rfind(|tier| tier.earned);
    let next = progress
        .as_ref()
        .and_then(|progress| progress.tier.as_ref());
    let described = held.map(|held| next.unwrap_or(&held.id).as_str());
    BadgeView {
        id: Some(badge.id.clone().into()),
        name: badge.display.name.clone(),
        description: badge.render_description(described),
        category: badge.display.category.clone().map(Into::into),
        image: image.clone(),
        art: badge.art,
        visibility: badge.visibility,
        tiers,
        earned,
        progress,
        next: next_in_chain(catalog, state, badge, audience).map(Into::into),
    }
}

/// Finds the first badge that requires this one, is not held and is visible to the audience.
fn next_in_chain(
    catalog: &Catalog,
    state: &PlayerState,
    badge: &BadgeRule,
    audience: Audience,
) -> Option<String> {
    let rules = catalog.rules();
    let index = rules.badge_position(&badge.id)?;
    let open = |next: &&BadgeRule| {
        let held = state
            .badge_cell(next.slot)
            .is_some_and(|cell| cell.held_count(None) > 0);
        next.requires.contains(&index)
            && !held
            && matches!(
                badge_appearance(next, audience, false),
                BadgeAppearance::Shown
            )
    };
    rules.badges.iter().find(open).map(|next| next.id.clone())
}

fn build_progress(
    catalog: &Catalog,
    state: &mut WholeState,
    player: &str,
    index: usize,
    now: Timestamp,
) -> Option<ProgressView> {
    let progress = state.badge_progress(catalog, player, index, now)?;
    Some(ProgressView {
        ratio: progress.completion_ratio(),
        tier: progress.tier.map(TierId::from),
        per: progress
            .key
            .as_ref()
            .and_then(|_| catalog.rules().badges[index].key_noun()),
        key: progress.key,
        current: progress.current,
        target: progress.target,
    })
}
