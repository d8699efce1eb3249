//! `GET /`: community page.

use accolade::{Audience, Outcome};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::activity_item::{ActivityFeed, ActivityItem, FeedPlace, PlayerLink};
use super::badge_card::BadgeCard;
use super::display_names::DisplayNames;
use super::page::PageRequest;
use super::url;
use crate::problem::Problem;

/// Number of items in the feed.
const FEED_LEN: usize = 12;
/// Number of outcomes that are read for the feed. Several may be folded into one item.
const OUTCOMES_READ: usize = 120;
/// Number of badges in the list of the rarest.
const RAREST_LEN: usize = 5;
/// Number of players from which rarity says something.
const RARITY_PLAYERS: u64 = 20;
/// Share of players up to which a badge is among the rarest.
const RARITY_SHARE: f64 = 0.1;
/// Number of featured badges at the top.
const SHOWCASE_LEN: usize = 5;

/// Context of `community.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CommunityPage {
    /// Number of players, when the badges were counted.
    pub(super) players: u64,
    /// Number of awards of public badges.
    pub(super) awards: u64,
    /// Number of badges in the gallery, including secret ones.
    pub(super) badges: usize,
    /// Featured badges at the top.
    pub(super) showcase: Vec<BadgeCard>,
    /// Recent activity, newest first.
    pub(super) feed: Vec<ActivityItem>,
    /// Held badges, rarest first; empty as long as rarity says little.
    pub(super) rarest: Vec<BadgeCard>,
}

pub(super) async fn show_community_page(page: PageRequest) -> Response {
    // With private pages, players have only their own profile.
    if let (false, Some(player)) = (page.sees_others(), &page.viewer.0) {
        return Redirect::to(&url::player_url(page.base(), player)).into_response();
    }
    let result = match page.check_others_visible() {
        Ok(()) => render_community_page(&page).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_community_page(page: &PageRequest) -> Result<Response, Problem> {
    let engine = &page.app.engine;
    let base = page.base();
    let gallery = engine.catalog().list_gallery(Audience::Others).await?;
    let outcomes = engine
        .feed()
        .list_latest(Audience::Others, None, OUTCOMES_READ)
        .await?
        .items;
    let mut glossary = DisplayNames::load_public(&page.app).await?;
    glossary.load_retired(&page.app, &outcomes).await?;
    let mut feed = build_activity(page, &glossary, outcomes).await?;
    for item in feed.iter_mut().filter(|item| item.kind == "published") {
        let id = Some(item.subject.id.as_str());
        let badge = gallery.iter().find(|badge| badge.id.as_deref() == id);
        item.players = badge.map_or(0, |badge| badge.players);
    }
    // The effects of a publication on badges that no longer exist.
    feed.retain(|item| item.kind != "published" || item.players > 0);
    feed.truncate(FEED_LEN);
    let mut rarest: Vec<BadgeCard> = gallery
        .iter()
        .filter(|badge| badge.id.is_some())
        .map(|badge| BadgeCard::from_gallery(base, badge, &glossary))
        .collect();
    // Badges without holders have rarity 0 and would all come first, so they are separated below.
    rarest.sort_by(|one, other| one.rarity.total_cmp(&other.rarity));
    let (held, open): (Vec<BadgeCard>, Vec<BadgeCard>) =
        rarest.into_iter().partition(|card| card.players > 0);
    let players = engine.players().approximate_count().await?;
    let is_rare = |card: &&BadgeCard| players >= RARITY_PLAYERS && card.rarity <= RARITY_SHARE;
    let rarest = held.iter().filter(is_rare).take(RAREST_LEN);
    let rarest = rarest.cloned().collect();
    let community = CommunityPage {
        players,
        awards: gallery.iter().map(|badge| badge.awards).sum(),
        badges: gallery.len(),
        showcase: held
            .iter()
            .chain(&open)
            .take(SHOWCASE_LEN)
            .cloned()
            .collect(),
        rarest,
        feed,
    };
    page.render_page("community.html", &community).await
}

/// Converts outcomes to activity items with the names of their players.
async fn build_activity(
    page: &PageRequest,
    glossary: &DisplayNames,
    outcomes: Vec<Outcome>,
) -> Result<Vec<ActivityItem>, Problem> {
    let engine = &page.app.engine;
    let players = outcomes
        .iter()
        .map(|outcome| outcome.player.clone())
        .collect();
    let names = engine.players().display_names(players).await?;
    let feed = ActivityFeed {
        base: page.base(),
        names: glossary,
        now: engine.now(),
        place: FeedPlace::Community,
    };
    let with_player = |(outcome, name): (Outcome, Option<String>)| {
        let player = PlayerLink::new(page.base(), outcome.player.to_string(), name);
        (outcome, player)
    };
    Ok(feed.build_items(outcomes.into_iter().zip(names).map(with_player)))
}
