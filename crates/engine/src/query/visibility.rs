//! Visibility of badges, outcomes and players. It is enforced here, not by the code that renders
//! the data.

use accolade_core::catalog::Catalog;
use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::rules::{BadgeRule, RuleKind, RuleSet};
use accolade_core::fold::PlayerState;
use accolade_core::suggest::find_nearest;

use crate::store::{LedgerKind, OutcomeKind, Trigger};
use crate::{Error, Feed, Outcome};

/// Name shown for a masked badge.
pub(super) const SECRET_NAME: &str = "Secret badge";

/// The audience that data is shown to. Visibility is enforced by the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The player: secret badges are masked, and invisible ones left out, until they are earned.
    Player,
    /// Other players: earned badges only, with secret ones masked and invisible ones left out.
    Others,
    /// An administrator: everything.
    Admin,
}

impl Feed<'_> {
    /// Returns true if the audience may see an outcome in a live stream, judged without looking at
    /// the player.
    ///
    /// - [`Audience::Admin`] may see everything.
    /// - [`Audience::Player`] stands for the player that the outcome concerns, which the caller
    ///   must check. The player may see everything.
    /// - [`Audience::Others`] may see awards of public badges and unlockables that opened, except
    ///   those opened by a publication. Points are not shown, because they could reveal what paid
    ///   them.
    pub fn can_see(&self, audience: Audience, outcome: &Outcome) -> bool {
        audience != Audience::Others
            || is_visible_to_others(self.engine.catalog().published().rules(), outcome)
    }
}

/// True if an outcome is public: see [`Feed::can_see`].
pub(super) fn is_visible_to_others(rules: &RuleSet, outcome: &Outcome) -> bool {
    match outcome.kind {
        OutcomeKind::BadgeAwarded => rules
            .badge_position(&outcome.subject)
            .is_some_and(|index| is_public(&rules.badges[index])),
        OutcomeKind::UnlockableOpened => {
            // An unlockable that a publication opened is not an achievement to announce.
            outcome.trigger != Trigger::Publish
                && rules.unlockable_position(&outcome.subject).is_some()
        }
        _ => false,
    }
}

/// True if an outcome may be shown in a profile. A badge that is no longer held is secret again.
pub(super) fn is_visible_on_profile(
    catalog: &Catalog,
    state: &PlayerState,
    audience: Audience,
    outcome: &Outcome,
) -> bool {
    let badge = match outcome.kind {
        OutcomeKind::Points if audience == Audience::Others => return false,
        OutcomeKind::Points if outcome.detail["kind"] == LedgerKind::Award.as_str() => {
            outcome.detail["rule"].as_str()
        }
        OutcomeKind::Points | OutcomeKind::UnlockableOpened | OutcomeKind::UnlockableClosed => {
            return true;
        }
        OutcomeKind::BadgeAwarded | OutcomeKind::BadgeRevoked | OutcomeKind::BadgeLapsed => {
            Some(outcome.subject.as_str())
        }
    };
    let index = badge.and_then(|badge| catalog.rules().badge_position(badge));
    let Some(index) = index else {
        return audience == Audience::Admin;
    };
    let badge = &catalog.rules().badges[index];
    let earned = state
        .badge_cell(badge.slot)
        .is_some_and(|cell| cell.held_count(None) > 0);
    matches!(
        badge_appearance(badge, audience, earned),
        BadgeAppearance::Shown
    )
}

/// Appearance of a badge to an audience.
pub(super) enum BadgeAppearance {
    Shown,
    Masked,
    Hidden,
}

pub(super) fn badge_appearance(
    badge: &BadgeRule,
    audience: Audience,
    earned: bool,
) -> BadgeAppearance {
    let knows = audience == Audience::Admin || (audience == Audience::Player && earned);
    match badge.visibility {
        Visibility::Secret if !knows => BadgeAppearance::Masked,
        Visibility::Invisible if !knows => BadgeAppearance::Hidden,
        _ => BadgeAppearance::Shown,
    }
}

/// Finds a badge, including retired ones. Badges that are hidden from the audience are reported as
/// unknown, and are not suggested.
pub(super) fn find_visible_badge<'r>(
    rules: &'r RuleSet,
    id: &str,
    audience: Audience,
) -> Result<&'r BadgeRule, Error> {
    let knows = |badge: &&BadgeRule| audience == Audience::Admin || is_public(badge);
    if let Some(badge) = rules
        .badge_position(id)
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
    let suggestion = find_nearest(id, ids).map(str::to_owned);
    Err(Error::UnknownRule {
        kind: RuleKind::Badge,
        id: id.to_owned(),
        suggestion,
    })
}

fn is_public(badge: &BadgeRule) -> bool {
    badge.visibility == Visibility::Public
}
