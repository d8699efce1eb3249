//! `GET /`: what goes on in the community.

use std::collections::BTreeSet;

use accolade::{Audience, Outcome};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::happening::{Glossary, Happening, Person};
use super::page::Page;
use super::tile::Tile;
use super::url;
use crate::problem::Problem;

/// Outcomes in the feed.
const FEED: usize = 20;
/// Badges in each of the two shelves.
const SHELF: usize = 6;
/// Badges in the band at the top.
const SHOWN_OFF: usize = 5;

/// What `community.html` knows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Community {
    /// Players that there are.
    pub(super) players: u64,
    /// Awards that they hold, of badges that everybody may know of.
    pub(super) awards: u64,
    /// Badges that everybody may know of.
    pub(super) badges: usize,
    /// Badges for the band at the top.
    pub(super) showcase: Vec<Tile>,
    /// What happened, newest first.
    pub(super) feed: Vec<Happening>,
    /// The badges that were awarded last, each once, newest first.
    pub(super) newest: Vec<Happening>,
    /// The badges that fewest players hold, rarest first.
    pub(super) rarest: Vec<Tile>,
}

pub(super) async fn get(page: Page) -> Response {
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
    // Rarest first; those that nobody holds are not rare yet.
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

/// Outcomes with the names of their players.
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

/// The badges of a feed, each once.
fn newest(feed: &[Happening]) -> Vec<Happening> {
    let mut seen = BTreeSet::new();
    let is_new =
        |one: &&Happening| one.kind == "badge.awarded" && seen.insert(one.subject.id.clone());
    feed.iter().filter(is_new).take(SHELF).cloned().collect()
}
