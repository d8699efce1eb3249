//! Response models of outcomes, the entries of the feed.

use accolade::{Outcome, OutcomeKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::PictureUrls;
use super::schema_names::{PointsSourceNames, TriggerNames};

/// Change in what a player has, as published in the feed. Its `kind` determines its `detail`. New
/// kinds may be added: ignore outcomes of a kind that you do not know.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind")]
#[schema(as = Outcome)]
pub enum OutcomeModel {
    /// A badge was earned or awarded.
    #[serde(rename = "badge.awarded")]
    BadgeAwarded(OutcomeFields<BadgeOutcomeDetail>),
    /// An award was revoked.
    #[serde(rename = "badge.revoked")]
    BadgeRevoked(OutcomeFields<BadgeOutcomeDetail>),
    /// A temporary award ended.
    #[serde(rename = "badge.lapsed")]
    BadgeLapsed(OutcomeFields<BadgeOutcomeDetail>),
    /// A balance changed.
    #[serde(rename = "points")]
    Points(OutcomeFields<PointsOutcomeDetail>),
    /// An unlockable opened.
    #[serde(rename = "unlockable.opened")]
    UnlockableOpened(OutcomeFields<UnlockableOutcomeDetail>),
    /// An unlockable closed.
    #[serde(rename = "unlockable.closed")]
    UnlockableClosed(OutcomeFields<UnlockableOutcomeDetail>),
}

/// Fields of an outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutcomeFields<D> {
    /// Number in the feed. Increases with every outcome; gaps are possible.
    seq: i64,
    /// Id of the player.
    player: String,
    /// URL of the player's picture.
    avatar: String,
    /// Id of the badge, currency or unlockable.
    subject: String,
    /// Details by kind.
    detail: D,
    /// Time in the timeline.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that caused the outcome.
    event: String,
    /// Trigger of the commit.
    #[schema(value_type = TriggerNames)]
    trigger: &'static str,
    /// Cause of a correction, if it is not `event`: the id of an event or action, or `catalog:2` for
    /// the publication of version 2.
    caused_by: Option<String>,
    /// Time of recording.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Details of an outcome about an award.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BadgeOutcomeDetail)]
pub struct BadgeOutcomeDetail {
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    key: Option<String>,
    /// URL of the picture of the badge, in the metal of the tier.
    image: String,
}

/// Details of an outcome about points.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PointsOutcomeDetail)]
pub struct PointsOutcomeDetail {
    /// Number of points; negative if they were deducted.
    amount: i64,
    /// Source of the points.
    #[schema(value_type = PointsSourceNames)]
    kind: String,
    /// Id of the earning or badge, or name of the action. Null if there is none.
    rule: Option<String>,
    /// Icon of the currency: a symbol, or the URL or path of an image.
    icon: Option<String>,
}

/// Details of an outcome about an unlockable. There are none so far.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UnlockableOutcomeDetail)]
pub struct UnlockableOutcomeDetail {}

impl OutcomeModel {
    /// Returns the id of the player.
    pub(crate) fn player(&self) -> &str {
        match self {
            Self::BadgeAwarded(fields) | Self::BadgeRevoked(fields) | Self::BadgeLapsed(fields) => {
                &fields.player
            }
            Self::Points(fields) => &fields.player,
            Self::UnlockableOpened(fields) | Self::UnlockableClosed(fields) => &fields.player,
        }
    }

    /// Converts an outcome.
    pub fn from_outcome(outcome: Outcome, pictures: &PictureUrls) -> Self {
        match outcome.kind {
            OutcomeKind::BadgeAwarded => Self::BadgeAwarded(award_fields(outcome, pictures)),
            OutcomeKind::BadgeRevoked => Self::BadgeRevoked(award_fields(outcome, pictures)),
            OutcomeKind::BadgeLapsed => Self::BadgeLapsed(award_fields(outcome, pictures)),
            OutcomeKind::UnlockableClosed => {
                Self::UnlockableClosed(unlockable_fields(outcome, pictures))
            }
            OutcomeKind::UnlockableOpened => {
                Self::UnlockableOpened(unlockable_fields(outcome, pictures))
            }
            // Points, as no other kind exists yet.
            _ => Self::Points(points_fields(outcome, pictures)),
        }
    }
}

fn award_fields(outcome: Outcome, urls: &PictureUrls) -> OutcomeFields<BadgeOutcomeDetail> {
    let tier = outcome.tier().map(String::from);
    let detail = BadgeOutcomeDetail {
        image: urls.badge(&outcome.subject, tier.as_deref()),
        tier,
        key: outcome.key().map(str::to_owned),
    };
    build_fields(outcome, detail, urls)
}

fn points_fields(outcome: Outcome, urls: &PictureUrls) -> OutcomeFields<PointsOutcomeDetail> {
    let text = |name: &str| outcome.detail[name].as_str().unwrap_or_default().to_owned();
    let detail = PointsOutcomeDetail {
        amount: outcome.amount().unwrap_or_default(),
        kind: text("kind"),
        rule: Some(text("rule")).filter(|rule| !rule.is_empty()),
        icon: urls.icon(&outcome.subject),
    };
    build_fields(outcome, detail, urls)
}

fn unlockable_fields(
    outcome: Outcome,
    urls: &PictureUrls,
) -> OutcomeFields<UnlockableOutcomeDetail> {
    build_fields(outcome, UnlockableOutcomeDetail {}, urls)
}

fn build_fields<D>(outcome: Outcome, detail: D, urls: &PictureUrls) -> OutcomeFields<D> {
    OutcomeFields {
        seq: outcome.seq,
        avatar: urls.avatar(&outcome.player),
        player: outcome.player.into(),
        subject: outcome.subject,
        detail,
        at: outcome.at.to_string(),
        event: outcome.event.into(),
        trigger: outcome.trigger.as_str(),
        caused_by: outcome.caused_by,
        recorded_at: outcome.recorded_at.to_string(),
    }
}

impl From<Outcome> for OutcomeModel {
    /// Converts an outcome outside a service: pictures are paths.
    fn from(outcome: Outcome) -> Self {
        Self::from_outcome(outcome, &PictureUrls::default())
    }
}
