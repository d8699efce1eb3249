//! `GET /players/{player}/why/{kind}/{id}`: how a player got a badge or unlockable, or can get it.
//!
//! Only the player sees this page. It has no conditions in code, no ids of events, and no names of
//! badges that the player may not know.

use accolade::explanation::{
    AwardEntry, BadgeExplanation, CountedEvent, Evidence, Explanation, NearMissGroup,
    group_near_misses, name_event,
};
use accolade::{Audience, KeyLabel, PlayerExplanation, Profile};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::display_names::DisplayNames;
use super::page::{PageRequest, not_found_problem};
use super::player_badges::{PlayerBadgeCard, ProgressCard};
use super::url;
use crate::problem::Problem;

/// Number of events that are shown without unfolding the list.
const SHOWN_EVENTS: usize = 5;

/// Context of `why.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerWhyPage {
    /// Name of the badge or unlockable.
    pub(super) name: String,
    pub(super) description: String,
    /// URL of the picture of a badge.
    pub(super) image: Option<String>,
    /// URL of the badge's page.
    pub(super) url: Option<String>,
    /// URL of the award's page, if the badge is earned.
    pub(super) award_url: Option<String>,
    /// URL of the player's page.
    pub(super) player_url: String,
    /// True if the player has it.
    pub(super) is_earned: bool,
    /// The answer in one sentence.
    pub(super) sentence: String,
    /// Progress towards the next tier.
    pub(super) progress: Option<ProgressCard>,
    /// Awards that are held, newest first.
    pub(super) awards: Vec<AwardStep>,
    /// Key of the events that counted, such as a post; `None` for none.
    pub(super) counted_for: Option<KeyLabel>,
    /// Newest events that counted, newest first.
    pub(super) counted: Vec<CountedStep>,
    /// Earlier events that counted, newest first.
    pub(super) earlier: Vec<CountedStep>,
    /// Number of still earlier events.
    pub(super) left_out: usize,
    /// Events that did not count, by reason.
    pub(super) near: Vec<String>,
}

/// Award in the story of a badge.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AwardStep {
    /// Tier; empty for none.
    tier: String,
    /// Key, such as a post; `None` for none.
    key: Option<KeyLabel>,
    at: String,
    /// Source in words.
    source: &'static str,
}

/// Event that counted.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CountedStep {
    /// Name of the event as words.
    name: String,
    /// Contribution with its sign.
    added: String,
    /// Value after the event.
    total: String,
    at: String,
}

pub(super) async fn show_player_why_page(
    page: PageRequest,
    Path((player, kind, id)): Path<(String, String, String)>,
) -> Response {
    let result = match page.viewer.is_player(&player) {
        true => render_why_page(&page, &player, &kind, &id).await,
        // The same for all paths, so that it does not reveal what exists.
        false => Err(only_player_problem()),
    };
    page.render_result(result).await
}

fn only_player_problem() -> Problem {
    let detail = "Only players themselves see how they earned something. Open your own page from \
        the site you use.";
    Problem::new(StatusCode::FORBIDDEN, "private", "Not your page", detail)
}

async fn render_why_page(
    page: &PageRequest,
    player: &str,
    kind: &str,
    id: &str,
) -> Result<Response, Problem> {
    let not_found = || not_found_problem("Page not found", "Check the address.");
    let players = page.app.engine.players();
    // The profile decides what the player may know.
    let profile = players.load_profile(player, Audience::Player).await?;
    let profile = profile.ok_or_else(not_found)?;
    let (mut context, about) = match kind {
        "badges" => (
            introduce_badge(page, &profile, id)
                .await?
                .ok_or_else(not_found)?,
            id.to_owned(),
        ),
        "unlockables" => (
            introduce_unlockable(page, &profile, id).ok_or_else(not_found)?,
            format!("unlockable:{id}"),
        ),
        _ => return Err(not_found()),
    };
    let why = players.why(player, &about).await?.ok_or_else(not_found)?;
    context.add_explanation(&why);
    page.render_page("why.html", &context).await
}

/// Begins the page of a badge; `None` if the player may not know it.
async fn introduce_badge(
    page: &PageRequest,
    profile: &Profile,
    id: &str,
) -> Result<Option<PlayerWhyPage>, Problem> {
    let mut badges = profile.badges.iter();
    let Some(view) = badges.find(|badge| badge.id.as_deref() == Some(id)) else {
        return Ok(None);
    };
    let glossary = DisplayNames::load_public(&page.app).await?;
    let (base, now) = (page.base(), page.app.engine.now());
    let card = PlayerBadgeCard::from_view(base, view, &glossary, now);
    Ok(Some(PlayerWhyPage {
        image: Some(card.image),
        award_url: card
            .is_earned
            .then(|| url::award_url(base, &profile.player, id)),
        url: card.url,
        is_earned: card.is_earned,
        progress: card.progress,
        ..PlayerWhyPage::new(base, &profile.player, card.name, card.description)
    }))
}

fn introduce_unlockable(page: &PageRequest, profile: &Profile, id: &str) -> Option<PlayerWhyPage> {
    let mut unlockables = profile.unlockables.iter();
    let view = unlockables.find(|unlockable| &*unlockable.id == id)?;
    let (name, description) = (view.name.clone(), view.description.clone());
    Some(PlayerWhyPage {
        is_earned: view.open,
        ..PlayerWhyPage::new(page.base(), &profile.player, name, description)
    })
}

impl PlayerWhyPage {
    fn new(base: &str, player: &str, name: String, description: String) -> Self {
        Self {
            name,
            description,
            image: None,
            url: None,
            award_url: None,
            player_url: url::player_url(base, player),
            is_earned: false,
            sentence: String::new(),
            progress: None,
            awards: Vec::new(),
            counted_for: None,
            counted: Vec::new(),
            earlier: Vec::new(),
            left_out: 0,
            near: Vec::new(),
        }
    }

    fn add_explanation(&mut self, why: &PlayerExplanation) {
        let Some(explanation) = &why.explanation else {
            return;
        };
        self.sentence = explanation.summary().for_player();
        match explanation {
            Explanation::Badge(badge) => {
                let label = |key: &str| badge.key_labels.get(key).cloned();
                let held = badge.awards.entries.iter().rev().filter(|award| award.held);
                self.awards = held
                    .map(|award| AwardStep::from_entry(award, label))
                    .collect();
                let focus = find_focused_key(badge);
                self.counted_for = focus.as_deref().and_then(label);
                // The progress towards another key is not about this award.
                if self.is_earned && badge.key_name.is_some() {
                    self.progress = None;
                }
                self.add_evidence(&badge.evidence, focus.as_deref());
            }
            Explanation::Unlockable(unlockable) => self.add_evidence(&unlockable.evidence, None),
            _ => {}
        }
    }

    /// Adds the events that counted, of one key if it is given.
    fn add_evidence(&mut self, evidence: &Evidence, key: Option<&str>) {
        let is_ours = |event: &&CountedEvent| key.is_none() || event.key.as_deref() == key;
        let mut steps = evidence.counted.entries.iter().rev().filter(is_ours);
        let step = CountedStep::from_event;
        self.counted = steps.by_ref().take(SHOWN_EVENTS).map(step).collect();
        self.earlier = steps.map(step).collect();
        self.left_out = evidence.counted.left_out;
        let groups = group_near_misses(&evidence.near_misses);
        self.near = groups.iter().filter_map(describe_group).collect();
        // Groups of several parts can read the same.
        self.near.dedup();
    }
}

/// Returns the key that the page is about: that of the newest award, or else the nearest one.
fn find_focused_key(badge: &BadgeExplanation) -> Option<String> {
    badge.key_name.as_ref()?;
    let newest = badge.awards.entries.iter().rev().find(|award| award.held);
    let nearest = badge.goals.first();
    let key = match newest {
        Some(award) => award.key.clone(),
        None => nearest.and_then(|goal| goal.progress.key.clone()),
    };
    let counted = &badge.evidence.counted.entries;
    key.filter(|key| counted.iter().any(|event| event.key.as_ref() == Some(key)))
}

impl AwardStep {
    fn from_entry(award: &AwardEntry, label: impl Fn(&str) -> Option<KeyLabel>) -> Self {
        Self {
            tier: award.tier.clone().unwrap_or_default(),
            key: award.key.as_deref().and_then(label),
            at: award.at.to_string(),
            source: match award.source.as_str() {
                "manual" => "awarded to you",
                "grandfathered" => "earned under earlier rules",
                _ => "earned",
            },
        }
    }
}

impl CountedStep {
    fn from_event(event: &CountedEvent) -> Self {
        let added = event.added.to_string();
        Self {
            name: name_event(&event.name, false),
            added: match added.strip_prefix('-') {
                Some(added) => format!("\u{2212}{added}"),
                None => format!("+{added}"),
            },
            total: event.total.to_string(),
            at: event.at.to_string(),
        }
    }
}

/// Describes why events did not count, in words that do not show the condition; `None` if the
/// reason concerns administrators only.
fn describe_group(group: &NearMissGroup<'_>) -> Option<String> {
    let reason = match group.reason.as_str() {
        "condition_false" => "something about them did not match",
        "before_since" => "they happened before it could be earned",
        "after_until" => "they happened after it could be earned",
        "already_earned" => "you had it already",
        "revoked" => "it had been withdrawn",
        "requires" => "another badge comes first",
        "duplicate" => "the same thing counts once",
        "another_key" => "they belong to something else",
        "outside_window" => "they are too long ago",
        "reset" => "your progress was reset",
        "retracted" => "they were withdrawn",
        _ => return None,
    };
    let verb = match group.events.len() {
        1 => "does",
        _ => "do",
    };
    Some(format!(
        "{} {verb} not count: {reason}.",
        group.count_in_words()
    ))
}
