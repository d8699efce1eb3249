//! `GET /`: community page.

use std::collections::BTreeSet;

use accolade::{Audience, Outcome};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::happening::{Glossary, Happening, Person};
use super::page::Page;
use super::tile::Tile;
use super::url;
use crate::problem::Problem;

/// Number of outcomes in the feed.
const FEED: usize = 20;
/// Number of badges in each list of the side column.
const SHELF: usize = 6;
/// Number of featured badges at the top.
const SHOWN_OFF: usize = 5;

/// Context of `community.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Community {
    /// Number of players.
    pub(super) players: u64,
    /// Number of awards of public badges.
    pub(super) awards: u64,
    /// Number of public badges.
    pub(super) badges: usize,
    /// Featured badges at the top.
    pub(super) showcase: Vec<Tile>,
    /// Recent activity, newest first.
    pub(super) feed: Vec<Happening>,
    /// Distinct badges that were awarded recently, newest first.
    pub(super) newest: Vec<Happening>,
    /// Held badges, rarest first.
    pub(super) rarest: Vec<Tile>,
}

pub(super) async fn get(page: Page) -> Response {
    // With private pages, players have only their own profile.
    if let (false, Some(player)) = (page.sees_others(), &page.viewer.0) {
        return Redirect::to(&url::player(page.base(), player)).into_response();
    }
    let result = match page.must_see_others() {
        Ok(()) => show(&page).await,
        Err(problem) => Err(problem),
    };
    page.answer(result).await
}

async fn show(page: &Page) -> Result<Response, Problem> {
    let engine = &page.app.engine;
    let base = page.base();
    let gallery = engine.gallery(Audience::Others).await?;
    let outcomes = engine
        .latest_outcomes(Audience::Others, None, FEED)
        .await?
        .items;
    let mut glossary = Glossary::of(&gallery, &page.app);
    glossary.add_retired(&page.app, &outcomes).await?;
    let feed = tell(page, &glossary, outcomes).await?;
    let mut rarest: Vec<Tile> = gallery
        .iter()
        .filter(|badge| badge.id.is_some())
        .map(|badge| Tile::of(base, badge, &glossary))
        .collect();
    // Badges without holders have rarity 0 and would all come first, so they are separated below.
    rarest.sort_by(|one, other| one.rarity.total_cmp(&other.rarity));
    let badges = rarest.len();
    let (held, open): (Vec<Tile>, Vec<Tile>) =
        rarest.into_iter().partition(|tile| tile.players > 0);
    let community = Community {
        players: engine.totals().await?.players,
        awards: gallery.iter().map(|badge| badge.awards).sum(),
        badges,
        showcase: held.iter().chain(&open).take(SHOWN_OFF).cloned().collect(),
        newest: newest(&feed),
        rarest: held.into_iter().take(SHELF).collect(),
        feed,
    };
    page.show("community.html", &community).await
}

/// Converts outcomes to activity items with the names of their players.
async fn tell(
    page: &Page,
    glossary: &Glossary,
    outcomes: Vec<Outcome>,
) -> Result<Vec<Happening>, Problem> {
    let engine = &page.app.engine;
    let players = outcomes
        .iter()
        .map(|outcome| outcome.player.clone())
        .collect();
    let names = engine.names(players).await?;
    let now = engine.now();
    let happening = |(outcome, name): (Outcome, Option<String>)| {
        let person = Person::new(page.base(), outcome.player.clone(), name);
        glossary.happening(page.base(), &outcome, person, now)
    };
    Ok(outcomes.into_iter().zip(names).map(happening).collect())
}

/// Returns the distinct badges that were awarded in a feed.
fn newest(feed: &[Happening]) -> Vec<Happening> {
    let mut seen = BTreeSet::new();
    let is_new =
        |one: &&Happening| one.kind == "badge.awarded" && seen.insert(one.subject.id.clone());
    feed.iter().filter(is_new).take(SHELF).cloned().collect()
}
