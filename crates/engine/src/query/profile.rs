//! A player, as the player, others or an administrator may see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::rules::BadgeRule;
use accolade_core::fold::{self, AwardName, HeldAward, Holdings, State};
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use accolade_core::value::Props;
use serde::Serialize;

use crate::receipt::{optional_text, text};
use crate::store::{LedgerKind, Reader};
use crate::view::View;
use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes shown in a profile.
const RECENT: usize = 20;
/// What stands in place of a secret badge's name.
const SECRET_NAME: &str = "Secret badge";

/// Who looks. Secrecy is enforced here, not in what shows the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The player: secret badges are masked and invisible ones left out until they are earned.
    Player,
    /// Other players, who have earned none of the secrets: earned badges only, secret ones masked, invisible ones left
    /// out.
    Others,
    /// An administrator: everything.
    Everything,
}

/// A player.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// The application's id.
    pub player: String,
    /// How many events and acts the timeline has.
    pub events: u64,
    /// When the first one happened.
    #[serde(serialize_with = "optional_text")]
    pub first_at: Option<Timestamp>,
    /// When the last one happened.
    #[serde(serialize_with = "optional_text")]
    pub last_at: Option<Timestamp>,
    /// Attributes, such as the zone. Others do not see them.
    pub attributes: Props,
    /// Every currency's balance.
    pub balances: Vec<Balance>,
    /// Badges, in order of id.
    pub badges: Vec<BadgeView>,
    /// Unlockables, in order of id. Others see the open ones.
    pub unlockables: Vec<UnlockableView>,
    /// The latest outcomes, newest first.
    pub recent: Vec<Outcome>,
}

/// A balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The currency's id.
    pub currency: String,
    /// How people read it.
    pub name: String,
    /// A picture or a symbol.
    pub icon: Option<String>,
    /// How much; negative in an overdraft.
    pub balance: i64,
}

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
    pub spells: Vec<SpellView>,
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

/// An unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockableView {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// Whether it is open.
    pub open: bool,
    /// Since when it is open or shut, if it ever was open.
    #[serde(serialize_with = "optional_text")]
    pub at: Option<Timestamp>,
}

impl Engine {
    /// A player, as the audience may see them; `None` when the player is not known.
    pub fn profile(&self, player: &str, audience: Audience) -> Ticket<Option<Profile>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| match View::of(reader, &catalogs, &player, now)? {
            Some(view) => Ok(Some(profile(reader, view, audience, now)?)),
            None => Ok(None),
        })
    }
}

pub(crate) fn profile(
    reader: &mut dyn Reader,
    view: View,
    audience: Audience,
    now: Timestamp,
) -> Result<Profile, Error> {
    let recent = reader.recent_outcomes(&view.player, RECENT)?;
    let Holdings { awards, unlocks, .. } = view.holdings();
    let View { player, in_force, mut state, .. } = view;
    let catalog = &in_force.catalog;
    let now = state.header.as_of.map_or(now, |as_of| as_of.max(now));
    let rules = catalog.rules();
    let balances = rules.currencies.iter().map(|currency| Balance {
        currency: currency.id.clone(),
        name: currency.display.name.clone(),
        icon: currency.icon.clone(),
        balance: state.balance(currency.slot),
    });
    let unlockables = rules.unlockables.iter().map(|unlockable| UnlockableView {
        id: unlockable.id.clone(),
        name: unlockable.display.name.clone(),
        description: unlockable.display.description.clone(),
        open: state.is_open(unlockable.slot),
        at: unlocks.get(&unlockable.id).map(|unlocked| unlocked.at),
    });
    let retired = |id: &str| rules.unlockable(id).is_some_and(|index| rules.unlockables[index].retired);
    let shown =
        |unlockable: &UnlockableView| unlockable.open || audience != Audience::Others && !retired(&unlockable.id);
    let header = &state.header;
    Ok(Profile {
        events: header.events,
        first_at: header.first_at,
        last_at: header.last.as_ref().map(|last| last.at),
        attributes: if audience == Audience::Others { Props::default() } else { header.profile.clone() },
        balances: balances.collect(),
        unlockables: unlockables.filter(shown).collect(),
        recent: recent
            .into_iter()
            .map(|(seq, row)| Outcome::new(seq, row))
            .filter(|outcome| may_see(catalog, &state, audience, outcome))
            .collect(),
        badges: badges(catalog, &mut state, &player, audience, &awards, now),
        player,
    })
}

fn badges(
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
                spells: award.spells.iter().map(|spell| SpellView { from: spell.from, until: spell.until }).collect(),
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
                    Audience::Player | Audience::Everything => progress(catalog, state, player, index, now),
                };
                views.push(shown(catalog, state, badge, earned, progress, audience));
            }
        }
    }
    views
}

/// How a badge appears to somebody.
enum Appearance {
    Shown,
    Masked,
    Hidden,
}

fn appearance(badge: &BadgeRule, audience: Audience, earned: bool) -> Appearance {
    let knows = audience == Audience::Everything || (audience == Audience::Player && earned);
    match badge.visibility {
        Visibility::Secret if !knows => Appearance::Masked,
        Visibility::Invisible if !knows => Appearance::Hidden,
        _ => Appearance::Shown,
    }
}

/// A secret badge, with nothing that gives it away.
fn masked(badge: &BadgeRule, earned: Vec<AwardView>) -> BadgeView {
    let nothing = String::new;
    let earned =
        earned.into_iter().map(|award| AwardView { tier: nothing(), key: nothing(), event: nothing(), ..award });
    BadgeView {
        id: None,
        name: SECRET_NAME.to_owned(),
        description: String::new(),
        category: None,
        image: badge.image_secret.clone(),
        visibility: word(badge.visibility),
        earned: earned.collect(),
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
    let image = if earned.is_empty() { &badge.image_locked } else { &badge.image_unlocked };
    let target = progress.as_ref().map(|progress| progress.target).or_else(|| last_target(badge));
    let target = target.map_or_else(String::new, |target| target.to_string());
    BadgeView {
        id: Some(badge.id.clone()),
        name: badge.display.name.clone(),
        description: badge.display.description.replace("{target}", &target),
        category: badge.display.category.clone(),
        image: image.clone(),
        visibility: word(badge.visibility),
        earned,
        progress,
        next: next_in_chain(catalog, state, badge, audience),
    }
}

fn last_target(badge: &BadgeRule) -> Option<Decimal> {
    Some(badge.tiers.last()?.node.as_ref()?.target)
}

/// The first badge that requires this one and is not held yet, if the audience may know of it.
fn next_in_chain(catalog: &Catalog, state: &State, badge: &BadgeRule, audience: Audience) -> Option<String> {
    let rules = catalog.rules();
    let index = rules.badge(&badge.id)?;
    let open = |next: &&BadgeRule| {
        let held = state.badge(next.slot).is_some_and(|cell| cell.count(None) > 0);
        next.requires.contains(&index) && !held && matches!(appearance(next, audience, false), Appearance::Shown)
    };
    rules.badges.iter().find(open).map(|next| next.id.clone())
}

fn progress(catalog: &Catalog, state: &mut State, player: &str, index: usize, now: Timestamp) -> Option<ProgressView> {
    let progress =
        fold::progress(catalog, state, player, index, now).expect("the state has all of its cells at hand")?;
    Some(ProgressView {
        ratio: progress.ratio(),
        tier: progress.tier,
        key: progress.key,
        current: progress.current,
        target: progress.target,
    })
}

/// Whether an outcome gives nothing away to the audience.
fn may_see(catalog: &Catalog, state: &State, audience: Audience, outcome: &Outcome) -> bool {
    let badge = match outcome.kind.as_str() {
        "points" if audience == Audience::Others => return false,
        "points" if outcome.detail["kind"] == LedgerKind::Award.word() => outcome.detail["rule"].as_str(),
        kind if kind.starts_with("badge.") => Some(outcome.subject.as_str()),
        _ => return true,
    };
    let index = badge.and_then(|badge| catalog.rules().badge(badge));
    let Some(index) = index else { return audience == Audience::Everything };
    let badge = &catalog.rules().badges[index];
    let earned = state.badge(badge.slot).is_some_and(|cell| cell.count(None) > 0);
    matches!(appearance(badge, audience, earned), Appearance::Shown)
}

fn word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Secret => "secret",
        Visibility::Invisible => "invisible",
    }
}
