//! `GET /`: community page.

use std::collections::BTreeSet;

use accolade::{Audience, Outcome};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::activity_item::{ActivityItem, DisplayNames, PlayerLink};
use super::badge_card::BadgeCard;
use super::page::PageRequest;
use super::url;
use crate::problem::Problem;

/// Number of outcomes in the feed.
const FEED_LEN: usize = 20;
/// Number of badges in each list of the side column.
const SIDE_LIST_LEN: usize = 6;
/// Number of featured badges at the top.
const SHOWCASE_LEN: usize = 5;

/// Context of `community.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CommunityPage {
    /// Number of players, when the badges were counted.
    pub(super) players: u64,
    /// Number of awards of public badges.
    pub(super) awards: u64,
    /// Number of public badges.
    pub(super) badges: usize,
    /// Featured badges at the top.
    pub(super) showcase: Vec<BadgeCard>,
    /// Recent activity, newest first.
    pub(super) feed: Vec<ActivityItem>,
    /// Distinct badges that were awarded recently, newest first.
    pub(super) newest: Vec<ActivityItem>,
    /// Held badges, rarest first.
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
        .list_latest(Audience::Others, None, FEED_LEN)
        .await?
        .items;
    let mut glossary = DisplayNames::load_public(&page.app).await?;
    glossary.load_retired(&page.app, &outcomes).await?;
    let feed = build_activity(page, &glossary, outcomes).await?;
    let mut rarest: Vec<BadgeCard> = gallery
        .iter()
        .filter(|badge| badge.id.is_some())
        .map(|badge| BadgeCard::from_gallery(base, badge, &glossary))
        .collect();
    // Badges without holders have rarity 0 and would all come first, so they are separated below.
    rarest.sort_by(|one, other| one.rarity.total_cmp(&other.rarity));
    let badges = rarest.len();
    let (held, open): (Vec<BadgeCard>, Vec<BadgeCard>) =
        rarest.into_iter().partition(|card| card.players > 0);
    let community = CommunityPage {
        players: engine.players().approximate_count().await?,
        awards: gallery.iter().map(|badge| badge.awards).sum(),
        badges,
        showcase: held
            .iter()
            .chain(&open)
            .take(SHOWCASE_LEN)
            .cloned()
            .collect(),
        newest: distinct_awards(&feed),
        rarest: held.into_iter().take(SIDE_LIST_LEN).collect(),
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
    let now = engine.now();
    let to_item = |(outcome, name): (Outcome, Option<String>)| {
        let person = PlayerLink::new(page.base(), outcome.player.to_string(), name);
        glossary.build_item(page.base(), &outcome, person, now)
    };
    Ok(outcomes.into_iter().zip(names).map(to_item).collect())
}

/// Returns the distinct badges that were awarded in a feed.
fn distinct_awards(feed: &[ActivityItem]) -> Vec<ActivityItem> {
    let mut seen = BTreeSet::new();
    let is_new =
        |one: &&ActivityItem| one.kind == "badge.awarded" && seen.insert(one.subject.id.clone());
    feed.iter()
        .filter(is_new)
        .take(SIDE_LIST_LEN)
        .cloned()
        .collect()
}
