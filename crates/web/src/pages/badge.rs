//! `GET /badges/{id}`: page of a badge and its earners.

use accolade::{Audience, EarnerView, GalleryBadge, Timestamp};
use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::happening::{Glossary, Person};
use super::page::{Asked, Page, missing};
use super::shelf::OwnBadge;
use super::tile::{Tier, Tile};
use super::words;
use crate::api::cursor;
use crate::art::Metal;
use crate::problem::Problem;

/// Earners per page.
const EARNERS: usize = 24;

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    after: Option<String>,
}

/// Context of `badge.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Badge {
    pub(super) badge: Tile,
    /// Name of its category.
    pub(super) category: Option<String>,
    /// Repetition: `once`, `per-key` or `again`.
    pub(super) repeat: Option<&'static str>,
    /// True if it can no longer be earned.
    pub(super) is_retired: bool,
    /// False for a secret badge, which is shown only to players who have earned it.
    pub(super) is_public: bool,
    /// The badge of the signed-in player.
    pub(super) own: Option<OwnBadge>,
    /// Players who hold it, in the order in which they earned it.
    pub(super) earners: Vec<Earner>,
    /// True if the viewer may see the earners.
    pub(super) shows_earners: bool,
    /// True on the first page of earners.
    pub(super) is_first: bool,
    /// URL of the next page of earners.
    pub(super) next: Option<String>,
}

/// Player who holds a badge.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Earner {
    pub(super) player: Person,
    /// Tier; empty for none.
    pub(super) tier: String,
    /// Metal of the tier.
    pub(super) metal: Metal,
    /// Instant at which it was earned.
    pub(super) at: String,
    /// Relative time at which it was earned.
    pub(super) ago: String,
}

pub(super) async fn get(
    page: Page,
    Path(id): Path<String>,
    Asked(place): Asked<Place>,
) -> Response {
    let result = match page.must_be_let_in() {
        Ok(()) => show(&page, &id, place).await,
        Err(problem) => Err(problem),
    };
    page.answer(result).await
}

async fn show(page: &Page, id: &str, place: Place) -> Result<Response, Problem> {
    let engine = &page.app.engine;
    let glossary = Glossary::read(&page.app).await?;
    let found = engine.gallery_badge(id, Audience::Others).await?;
    // A renamed badge is also found by its former id, but profiles contain only the current one.
    let current = found
        .as_ref()
        .and_then(|badge| badge.id.as_deref())
        .unwrap_or(id);
    let own = own(page, current, &glossary).await?;
    let context = match (found, own) {
        (Some(badge), own) => of_gallery(page, badge, own, place, &glossary).await?,
        // A secret badge has a page only for players who have earned it.
        (None, Some(own)) if own.is_earned => of_own(page, own),
        (None, _) => {
            return Err(missing(
                "Badge not found",
                "It may have been renamed or removed.",
            ));
        }
    };
    page.show("badge.html", &context).await
}

/// Loads the badge of the signed-in player.
async fn own(page: &Page, id: &str, glossary: &Glossary) -> Result<Option<OwnBadge>, Problem> {
    let Some(player) = &page.viewer.0 else {
        return Ok(None);
    };
    let engine = &page.app.engine;
    let Some(profile) = engine.profile(player, Audience::Player).await? else {
        return Ok(None);
    };
    let badge = profile
        .badges
        .iter()
        .find(|badge| badge.id.as_deref() == Some(id));
    Ok(badge.map(|badge| OwnBadge::of(page.base(), badge, glossary, engine.now())))
}

async fn of_gallery(
    page: &Page,
    badge: GalleryBadge,
    own: Option<OwnBadge>,
    place: Place,
    glossary: &Glossary,
) -> Result<Badge, Problem> {
    let engine = &page.app.engine;
    let mut tile = Tile::of(page.base(), &badge, glossary);
    if let Some(own) = &own {
        // Both lists contain the same tiers in the same order.
        for (tier, earned) in tile.tiers.iter_mut().zip(&own.tiers) {
            tier.is_earned = earned.is_earned;
        }
    }
    let (mut earners, mut next) = (Vec::new(), None);
    if let (true, Some(id)) = (page.sees_others(), &badge.id) {
        let after = cursor::decode_cursor(place.after.as_deref())?;
        let found = engine
            .earners_for(id, Audience::Others, after, EARNERS)
            .await?;
        let now = engine.now();
        earners = found
            .items
            .into_iter()
            .map(|row| Earner::of(page.base(), row, &tile.tiers, now))
            .collect();
        let address = tile.url.as_deref().unwrap_or_default();
        next = found
            .next
            .map(|next| format!("{address}?after={}#earners", cursor::encode_cursor(&next)));
    }
    let categories = engine.categories();
    let category = categories
        .into_iter()
        .find(|category| badge.category.as_ref() == Some(&category.id));
    Ok(Badge {
        badge: tile,
        category: category.map(|category| category.name),
        repeat: badge.repeat,
        is_retired: badge.retired,
        is_public: true,
        own,
        earners,
        shows_earners: page.sees_others(),
        is_first: place.after.is_none(),
        next,
    })
}

/// Builds the page of a secret badge, without any information about other players.
fn of_own(page: &Page, own: OwnBadge) -> Badge {
    let categories = page.app.engine.categories();
    let category = categories
        .into_iter()
        .find(|category| own.category == category.id);
    let badge = Tile {
        id: own.id.clone(),
        url: own.url.clone(),
        name: own.name.clone(),
        description: own.description.clone(),
        image: own.image.clone(),
        is_secret: false,
        tiers: own.tiers.clone(),
        players: 0,
        rarity: 0.0,
        rarity_word: None,
    };
    Badge {
        badge,
        category: category.map(|category| category.name),
        repeat: None,
        is_retired: false,
        is_public: false,
        own: Some(own),
        earners: Vec::new(),
        shows_earners: false,
        is_first: true,
        next: None,
    }
}

impl Earner {
    fn of(base: &str, row: EarnerView, tiers: &[Tier], now: Timestamp) -> Self {
        let place = tiers.iter().position(|tier| tier.name == row.tier);
        Self {
            metal: Metal::of_tier(&row.tier, place),
            player: Person::new(base, row.player, row.name),
            tier: row.tier,
            at: row.at.to_string(),
            ago: words::ago(row.at, now),
        }
    }
}
