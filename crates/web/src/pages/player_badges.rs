//! Badges of a player, as profiles and badge pages show them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use accolade::{AwardView, BadgeView, KeyLabel, ProgressView, Timestamp};
use serde::Serialize;

use super::display_names::DisplayNames;
use super::tier_card::{TierCard, build_tiers};
use super::{format, url};
use crate::artwork::Metal;

/// Number of keys that an award lists.
const SHOWN_ITEMS: usize = 5;

/// Badge of a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerBadgeCard {
    /// Id; `None` if the badge is secret.
    pub(super) id: Option<String>,
    /// URL of its page; `None` if the viewer may not see it.
    pub(super) url: Option<String>,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    /// Category id; empty for none.
    pub(super) category: String,
    /// URL of its picture, in the metal of the highest tier held.
    pub(super) image: String,
    /// True if the badge is secret and not earned.
    pub(super) is_secret: bool,
    /// True if the player holds it.
    pub(super) is_earned: bool,
    /// Number of keys for which it is held.
    pub(super) times: usize,
    /// Labels and links of the newest keys for which it is held, such as posts.
    pub(super) items: Vec<KeyLabel>,
    /// Number of older keys.
    pub(super) more_items: usize,
    /// Instant at which it was last earned.
    pub(super) at: String,
    /// Relative time at which it was last earned.
    pub(super) ago: String,
    /// Highest tier held; empty for none.
    pub(super) tier: String,
    /// Metal of the highest tier held.
    pub(super) metal: Metal,
    /// Reason of the last award, if it was given manually; empty otherwise.
    pub(super) reason: String,
    /// Administrator who gave the last award; empty if none did.
    pub(super) by: String,
    /// Tiers, lowest first.
    pub(super) tiers: Vec<TierCard>,
    /// Progress towards the next tier.
    pub(super) progress: Option<ProgressCard>,
    #[serde(skip)]
    pub(super) last_earned_at: Option<Timestamp>,
}

/// Progress of a player towards a tier.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProgressCard {
    /// The next tier; empty for badges without tiers.
    pub(super) tier: String,
    /// Formatted current value.
    pub(super) current: String,
    /// Formatted target value.
    pub(super) target: String,
    /// Name of the property that the best key belongs to, such as `post`; empty for badges without
    /// keys.
    pub(super) per: String,
    /// Percentage, from 0 to 100.
    pub(super) percent: u32,
    #[serde(skip)]
    pub(super) ratio: f64,
}

impl From<&ProgressView> for ProgressCard {
    fn from(view: &ProgressView) -> Self {
        Self {
            tier: view
                .tier
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            current: format::format_amount(view.current),
            target: format::format_amount(view.target),
            per: view.per.clone().unwrap_or_default(),
            percent: to_percent(view.ratio),
            ratio: view.ratio,
        }
    }
}

/// Returns a share as a percentage. Rounding must not show an open goal as complete.
pub(super) fn to_percent(ratio: f64) -> u32 {
    match ratio < 1.0 {
        true => (ratio * 100.0).clamp(0.0, 99.0) as u32,
        false => 100,
    }
}

impl PlayerBadgeCard {
    /// Returns the share of the next goal that is reached, from 0 to 1.
    pub(super) fn ratio(&self) -> f64 {
        self.progress
            .as_ref()
            .map_or(0.0, |progress| progress.ratio)
    }

    /// Builds the context from a badge of a profile.
    pub(super) fn from_view(
        base: &str,
        badge: &BadgeView,
        glossary: &DisplayNames,
        now: Timestamp,
    ) -> Self {
        let id = badge.id.as_deref();
        let tiers = build_tiers(base, id, &badge.tiers, badge.image.as_deref(), glossary);
        let last = badge.earned.iter().map(|award| award.at).max();
        let highest = highest_tier(&tiers, &badge.earned);
        let (tier, metal) = highest.map_or((String::new(), Metal::Plain), |tier| {
            (tier.name.clone(), tier.metal)
        });
        let is_earned = !badge.earned.is_empty();
        let items = newest_items(&badge.earned);
        Self {
            id: badge.id.as_ref().map(ToString::to_string),
            url: id.map(|id| url::badge_url(base, id)),
            name: badge.name.clone(),
            description: badge.description.clone(),
            category: badge.category.clone().map(String::from).unwrap_or_default(),
            image: badge
                .image
                .clone()
                .unwrap_or_else(|| url::art_url(base, id, metal, !is_earned)),
            is_secret: id.is_none(),
            is_earned,
            times: count_keys(&badge.earned),
            more_items: items.len().saturating_sub(SHOWN_ITEMS),
            items: items.into_iter().take(SHOWN_ITEMS).collect(),
            at: last.map(|at| at.to_string()).unwrap_or_default(),
            ago: last
                .map(|at| format::format_ago(at, now))
                .unwrap_or_default(),
            reason: last_text(&badge.earned, |award| award.reason.clone()),
            by: last_text(&badge.earned, |award| {
                // Authors are `admin:` and a name.
                Some(award.by.as_deref()?.strip_prefix("admin:")?.to_owned())
            }),
            tier,
            metal,
            tiers,
            progress: badge.progress.as_ref().map(ProgressCard::from),
            last_earned_at: last,
        }
    }
}

fn highest_tier<'t>(tiers: &'t [TierCard], earned: &[AwardView]) -> Option<&'t TierCard> {
    // A lower tier can be missing: revoking one leaves the others (S4).
    tiers.iter().rfind(|tier| {
        earned
            .iter()
            .any(|award| award.tier.as_deref() == Some(&tier.name))
    })
}

/// Returns a text of the last award; empty if it has none.
fn last_text(earned: &[AwardView], text: impl Fn(&AwardView) -> Option<String>) -> String {
    let last = earned.iter().max_by_key(|award| award.at);
    last.and_then(text).unwrap_or_default()
}

/// Counts the distinct keys for which a badge is held. Tiers do not count.
fn count_keys(earned: &[AwardView]) -> usize {
    // Badges without keys have one award without a key per tier.
    let mut keys: Vec<Option<&str>> = earned.iter().map(|award| award.key.as_deref()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

/// Lists the labels and links of the distinct keys for which a badge is held, newest first.
fn newest_items(earned: &[AwardView]) -> Vec<KeyLabel> {
    let mut awards: Vec<&AwardView> = earned.iter().collect();
    awards.sort_by_key(|award| Reverse(award.at));
    let mut seen = BTreeSet::new();
    // Tiers of one key are several awards.
    awards.retain(|award| seen.insert(award.key.as_deref()));
    awards
        .into_iter()
        .filter_map(|award| award.key_label.clone())
        .collect()
}
