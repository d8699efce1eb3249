//! Who may know of what. Secrecy is enforced here, not in what shows the data.

use accolade_core::catalog::Catalog;
use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::rules::{BadgeRule, Rules};
use accolade_core::fold::State;
use accolade_core::suggest::nearest;

use crate::store::{Trigger, LedgerKind};
use crate::{Engine, Error, Outcome};

/// What stands in place of a secret badge's name.
pub(super) const SECRET_NAME: &str = "Secret badge";

/// Who looks. Secrecy is enforced here, not in what shows the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The player: secret badges are masked and invisible ones left out until they are earned.
    Player,
    /// Other players, who have earned none of the secrets: earned badges only, secret ones masked, invisible ones left
    /// out.
    Others,
    /// An administrator: everything.
    Admin,
}

impl Engine {
    /// Whether somebody may be told of an outcome as it happens, judged without looking at the player, for streams.
    ///
    /// [`Audience::Everything`] may be told all. [`Audience::Player`] stands for the player whom the outcome is about,
    /// which the caller has made sure of: they are told all, because what is taken from them they had seen before.
    /// [`Audience::Others`] are told of what there is to congratulate on: awards of public badges, and unlockables that
    /// opened, unless it was a new catalog that opened them. Never of points, which could give away what paid them.
    pub fn may_see(&self, audience: Audience, outcome: &Outcome) -> bool {
        audience != Audience::Others || others_may_see(self.catalog().rules(), outcome)
    }
}

/// Whether an outcome is for everybody: see [`Engine::may_see`].
pub(super) fn others_may_see(rules: &Rules, outcome: &Outcome) -> bool {
    match outcome.kind.as_str() {
        "badge.awarded" => rules
            .badge(&outcome.subject)
            .is_some_and(|index| is_public(&rules.badges[index])),
        "unlockable.opened" => {
            outcome.trigger != Trigger::Publish && rules.unlockable(&outcome.subject).is_some()
        }
        _ => false,
    }
}

/// Whether an outcome gives nothing away to somebody who looks at the player's profile: what is no longer held is a
/// secret again there.
pub(super) fn fits_profile(
    catalog: &Catalog,
    state: &State,
    audience: Audience,
    outcome: &Outcome,
) -> bool {
    let badge = match outcome.kind.as_str() {
        "points" if audience == Audience::Others => return false,
        "points" if outcome.detail["kind"] == LedgerKind::Award.word() => {
            outcome.detail["rule"].as_str()
        }
        kind if kind.starts_with("badge.") => Some(outcome.subject.as_str()),
        _ => return true,
    };
    let index = badge.and_then(|badge| catalog.rules().badge(badge));
    let Some(index) = index else {
        return audience == Audience::Admin;
    };
    let badge = &catalog.rules().badges[index];
    let earned = state
        .badge(badge.slot)
        .is_some_and(|cell| cell.count(None) > 0);
    matches!(appearance(badge, audience, earned), Appearance::Shown)
}

/// How a badge appears to somebody.
pub(super) enum Appearance {
    Shown,
    Masked,
    Hidden,
}

pub(super) fn appearance(badge: &BadgeRule, audience: Audience, earned: bool) -> Appearance {
    let knows = audience == Audience::Admin || (audience == Audience::Player && earned);
    match badge.visibility {
        Visibility::Secret if !knows => Appearance::Masked,
        Visibility::Invisible if !knows => Appearance::Hidden,
        _ => Appearance::Shown,
    }
}

/// The badge with this id, be it retired, if the audience may know of it without having earned it. To who may not, it
/// is like one that does not exist, and none of those is suggested.
pub(super) fn known_badge<'r>(
    rules: &'r Rules,
    id: &str,
    audience: Audience,
) -> Result<&'r BadgeRule, Error> {
    let knows = |badge: &&BadgeRule| audience == Audience::Admin || is_public(badge);
    if let Some(badge) = rules
        .badge(id)
        .map(|index| &rules.badges[index])
        .filter(knows)
    {
        return Ok(badge);
    }
    let ids = rules
        .badges
        .iter()
        .filter(knows)
        .map(|badge| badge.id.as_str());
    let suggestion = nearest(id, ids).map(str::to_owned);
    Err(Error::Unknown {
        kind: "badge",
        id: id.to_owned(),
        suggestion,
    })
}

fn is_public(badge: &BadgeRule) -> bool {
    badge.visibility == Visibility::Public
}

pub(super) fn word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Secret => "secret",
        Visibility::Invisible => "invisible",
    }
}
