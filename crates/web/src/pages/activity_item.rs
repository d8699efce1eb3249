//! Activity items: outcomes with the names and links that pages show, folded where many of them say
//! the same.

use accolade::{Outcome, OutcomeKind, Timestamp, Trigger};
use serde::Serialize;

use super::display_names::DisplayNames;
use super::{format, url};
use crate::artwork::Metal;

/// Item of an activity feed: one outcome, or several that say the same.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ActivityItem {
    /// Sequence number in the feed, of the newest outcome.
    pub(super) seq: i64,
    /// Outcome kind: `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`,
    /// `unlockable.opened` or `unlockable.closed`; or `published` for the effects of a publication.
    pub(super) kind: &'static str,
    /// Player; that of the newest outcome for a publication.
    pub(super) player: PlayerLink,
    /// Badge, currency or unlockable.
    pub(super) subject: OutcomeSubject,
    /// Further badges of the same commit, or subjects of a publication on a profile.
    pub(super) others: Vec<OutcomeSubject>,
    /// Tier; empty if there is none.
    pub(super) tier: String,
    /// Metal of the tier.
    pub(super) metal: Metal,
    /// Change of points, such as `+10`.
    pub(super) amount: Option<String>,
    /// Cause of a change of points, such as the name of an earning; empty if it has none.
    pub(super) cause: String,
    /// Number of outcomes about the subject that are folded into the item.
    pub(super) times: usize,
    /// Number of players who hold the badge, for a publication.
    pub(super) players: u64,
    /// True if points were lost.
    pub(super) is_loss: bool,
    /// Instant at which it was announced, as RFC 3339. The badge may have been earned earlier.
    pub(super) at: String,
    /// Relative time at which it was announced, such as `3 minutes ago`.
    pub(super) ago: String,
    #[serde(skip)]
    group: ItemGroup,
    #[serde(skip)]
    points: i64,
}

/// Outcomes of the same group become one item.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ItemGroup {
    /// Points of one cause on one day.
    Points {
        day: String,
        currency: String,
        rule: String,
        is_loss: bool,
    },
    /// Awards to one player in one commit.
    Award { player: String, at: Timestamp },
    /// Effects of a publication: on one badge in the community, on one player on a profile.
    Publication { version: String, subject: String },
    /// Any other outcome, on its own.
    Single(i64),
}

/// Reference to a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerLink {
    pub(super) id: String,
    /// Display name; the id if there is none.
    pub(super) name: String,
    /// URL of the profile.
    pub(super) url: String,
    /// URL of the picture.
    pub(super) avatar: String,
}

/// Badge, currency or unlockable of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct OutcomeSubject {
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    /// URL of its page, if it has one that is visible to the viewer.
    pub(super) url: Option<String>,
    /// URL of its picture, for badges.
    pub(super) image: Option<String>,
}

impl PlayerLink {
    pub(super) fn new(base: &str, id: String, name: Option<String>) -> Self {
        let (url, avatar) = (url::player_url(base, &id), url::avatar_url(base, &id));
        Self {
            name: name.unwrap_or_else(|| id.clone()),
            url,
            avatar,
            id,
        }
    }
}

/// Place of a feed, which determines what a publication is folded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeedPlace {
    Community,
    Profile,
}

/// Builder of the items of a feed.
pub(super) struct ActivityFeed<'a> {
    pub(super) base: &'a str,
    pub(super) names: &'a DisplayNames,
    pub(super) now: Timestamp,
    pub(super) place: FeedPlace,
}

impl ActivityFeed<'_> {
    /// Converts outcomes, newest first, to items. Outcomes of the same group become one, at the
    /// place of the newest.
    pub(super) fn build_items(
        &self,
        outcomes: impl IntoIterator<Item = (Outcome, PlayerLink)>,
    ) -> Vec<ActivityItem> {
        let mut items: Vec<ActivityItem> = Vec::new();
        for (outcome, player) in outcomes {
            let item = self.build_item(&outcome, player);
            match items.iter_mut().find(|other| other.group == item.group) {
                Some(newer) => newer.absorb(item),
                None => items.push(item),
            }
        }
        items
    }

    fn build_item(&self, outcome: &Outcome, player: PlayerLink) -> ActivityItem {
        let tier = outcome.tier().map(String::from).unwrap_or_default();
        let points = outcome.amount();
        let (metal, subject) = self.build_subject(outcome, &tier);
        let group = self.group_of(outcome);
        let kind = match group {
            ItemGroup::Publication { .. } => "published",
            _ => outcome.kind.as_str(),
        };
        ActivityItem {
            seq: outcome.seq,
            kind,
            player,
            subject,
            others: Vec::new(),
            tier,
            metal,
            amount: points.map(format::format_change),
            cause: self.describe_cause(outcome),
            times: 1,
            players: 0,
            is_loss: points.is_some_and(|points| points < 0),
            at: outcome.recorded_at.to_string(),
            ago: format::format_ago(outcome.recorded_at, self.now),
            group,
            points: points.unwrap_or_default(),
        }
    }

    fn group_of(&self, outcome: &Outcome) -> ItemGroup {
        if outcome.trigger == Trigger::Publish {
            let version = outcome.caused_by.clone().unwrap_or_default();
            let subject = match self.place {
                FeedPlace::Community => outcome.subject.clone(),
                FeedPlace::Profile => String::new(),
            };
            return ItemGroup::Publication { version, subject };
        }
        if let (Some(points), Some(currency)) = (outcome.amount(), outcome.currency()) {
            return ItemGroup::Points {
                day: outcome.recorded_at.to_string().chars().take(10).collect(),
                currency: currency.into(),
                rule: self.describe_cause(outcome),
                is_loss: points < 0,
            };
        }
        match outcome.kind {
            OutcomeKind::BadgeAwarded => ItemGroup::Award {
                player: outcome.player.to_string(),
                at: outcome.recorded_at,
            },
            _ => ItemGroup::Single(outcome.seq),
        }
    }

    /// Returns the name of what paid points: an earning or a badge.
    fn describe_cause(&self, outcome: &Outcome) -> String {
        if outcome.currency().is_none() {
            return String::new();
        }
        let text = |name: &str| outcome.detail.get(name).and_then(|value| value.as_str());
        let rule = text("rule").unwrap_or_default();
        match text("kind") {
            Some("earning") => self.names.earning_name(rule).unwrap_or(rule).to_owned(),
            Some("award") => {
                let badge = self.names.find_badge(rule);
                badge.map_or_else(String::new, |badge| badge.name.clone())
            }
            Some("expiry") => "Expired".to_owned(),
            Some("action") => "Changed by an administrator".to_owned(),
            _ => String::new(),
        }
    }

    fn build_subject(&self, outcome: &Outcome, tier: &str) -> (Metal, OutcomeSubject) {
        let id = outcome.subject.as_str();
        let plain = |name| OutcomeSubject {
            id: id.to_owned(),
            name,
            url: None,
            image: None,
        };
        if outcome.currency().is_some() {
            return (Metal::Plain, plain(self.names.currency_name(id)));
        }
        if outcome.unlockable().is_some() {
            return (Metal::Plain, plain(self.names.unlockable_name(id)));
        }
        // A badge that is no longer visible has no page to link to.
        let Some(badge) = self.names.find_badge(id) else {
            return (Metal::Plain, plain(id.to_owned()));
        };
        let metal = Metal::from_tier(tier, badge.tiers.iter().position(|other| other == tier));
        let image = badge
            .image
            .clone()
            .unwrap_or_else(|| url::art_url(self.base, Some(id), metal, false));
        (
            metal,
            OutcomeSubject {
                url: Some(url::badge_url(self.base, id)),
                image: Some(image),
                ..plain(badge.name.clone())
            },
        )
    }
}

impl ActivityItem {
    /// Adds an earlier outcome of the same group.
    fn absorb(&mut self, other: Self) {
        match self.group {
            // The higher tiers of one commit come first, and stand for the lower ones.
            ItemGroup::Award { .. } if self.subject.id == other.subject.id => {
                self.times += usize::from(self.tier == other.tier);
            }
            ItemGroup::Publication { .. } | ItemGroup::Award { .. } => {
                let is_known = self.subject.id == other.subject.id
                    || self.others.iter().any(|one| one.id == other.subject.id);
                if !is_known {
                    self.others.push(other.subject);
                }
            }
            ItemGroup::Points { .. } => {
                self.times += 1;
                self.points = self.points.saturating_add(other.points);
                self.amount = Some(format::format_change(self.points));
            }
            ItemGroup::Single(_) => {}
        }
    }
}
