//! Badges written in Rust: a function that sees an event and the player, and returns what they earned.

use std::sync::Arc;

use crate::catalog::document::Visibility;
use crate::expr::PlayerView;
use crate::time::Timestamp;
use crate::value::{Props, Value};

/// A badge whose criterion is a function.
///
/// The function must be pure, because it is replayed: the same event and player must always give the same answer (S17).
/// Raise `version` when its answer changes.
///
/// ```
/// use accolade_core::code::{CodeBadge, Unlocked};
///
/// let badge = CodeBadge::new("night-owl", |context| {
///     (context.prop("hour")?.as_int()? < 5).then(Unlocked::badge)
/// })
/// .name("Night owl")
/// .events(["comment.posted"]);
/// assert_eq!(badge.id, "night-owl");
/// ```
#[derive(Clone)]
pub struct CodeBadge {
    /// Its id, in the grammar of the catalog's ids, and not one of the catalog's.
    pub id: String,
    /// Raised when the function's answers change; part of the catalog's fingerprint.
    pub version: u32,
    /// How people read it; the id when empty.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// The category it belongs to, by id.
    pub category: Option<String>,
    /// Who sees it before it is earned.
    pub visibility: Visibility,
    /// Shown until it is earned.
    pub image_locked: Option<String>,
    /// Shown once it is earned.
    pub image_unlocked: Option<String>,
    /// Shown in place of a secret badge until it is earned.
    pub image_secret: Option<String>,
    /// Names of the events that can earn it.
    pub events: Vec<String>,
    /// Its tiers, lowest first; empty for a badge without tiers.
    pub tiers: Vec<String>,
    /// Points paid with each award, by id of the currency.
    pub points: Vec<(String, i64)>,
    unlock: Arc<UnlockFn>,
}

/// The function behind a badge in code.
type UnlockFn = dyn Fn(&CodeContext<'_>) -> Option<Unlocked> + Send + Sync;

impl CodeBadge {
    /// A public badge of version 1 without tiers that listens to nothing yet.
    pub fn new(
        id: impl Into<String>,
        unlock: impl Fn(&CodeContext<'_>) -> Option<Unlocked> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id: id.into(),
            version: 1,
            name: String::new(),
            description: String::new(),
            category: None,
            visibility: Visibility::Public,
            image_locked: None,
            image_unlocked: None,
            image_secret: None,
            events: Vec::new(),
            tiers: Vec::new(),
            points: Vec::new(),
            unlock: Arc::new(unlock),
        }
    }

    /// Sets the version.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Sets how people read it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the sentence about it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the category.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Hides its name, description and image until it is earned.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.visibility = Visibility::Secret;
        self
    }

    /// Leaves it out of every list until it is earned.
    #[must_use]
    pub fn invisible(mut self) -> Self {
        self.visibility = Visibility::Invisible;
        self
    }

    /// Sets the picture shown until it is earned.
    #[must_use]
    pub fn image_locked(mut self, image: impl Into<String>) -> Self {
        self.image_locked = Some(image.into());
        self
    }

    /// Sets the picture shown once it is earned.
    #[must_use]
    pub fn image_unlocked(mut self, image: impl Into<String>) -> Self {
        self.image_unlocked = Some(image.into());
        self
    }

    /// Sets the picture shown in place of a secret badge.
    #[must_use]
    pub fn image_secret(mut self, image: impl Into<String>) -> Self {
        self.image_secret = Some(image.into());
        self
    }

    /// Sets the names of the events that can earn it.
    #[must_use]
    pub fn events<S: Into<String>>(mut self, events: impl IntoIterator<Item = S>) -> Self {
        self.events = events.into_iter().map(Into::into).collect();
        self
    }

    /// Sets its tiers, lowest first.
    #[must_use]
    pub fn tiers<S: Into<String>>(mut self, tiers: impl IntoIterator<Item = S>) -> Self {
        self.tiers = tiers.into_iter().map(Into::into).collect();
        self
    }

    /// Adds points that each award pays.
    #[must_use]
    pub fn points(mut self, currency: impl Into<String>, amount: i64) -> Self {
        self.points.push((currency.into(), amount));
        self
    }

    /// Asks the function.
    pub fn unlock(&self, context: &CodeContext<'_>) -> Option<Unlocked> {
        (self.unlock)(context)
    }
}

impl std::fmt::Debug for CodeBadge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeBadge")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What a badge in code returns when it is earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlocked(String);

impl Unlocked {
    /// The badge, which has no tiers.
    pub fn badge() -> Self {
        Self(String::new())
    }

    /// This tier, and with it those below.
    pub fn tier(tier: impl Into<String>) -> Self {
        Self(tier.into())
    }

    /// Which tier; empty for a badge without tiers.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a badge in code sees: an event, and the player as they are before it.
pub struct CodeContext<'a> {
    event: &'a str,
    at: Timestamp,
    props: &'a Props,
    player: &'a dyn PlayerView,
}

impl<'a> CodeContext<'a> {
    /// An event and a player, as a test of a badge would make them up.
    pub fn new(
        event: &'a str,
        at: Timestamp,
        props: &'a Props,
        player: &'a dyn PlayerView,
    ) -> Self {
        Self {
            event,
            at,
            props,
            player,
        }
    }

    /// The event's name.
    pub fn event(&self) -> &str {
        self.event
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// One of its properties.
    pub fn prop(&self, name: &str) -> Option<&'a Value> {
        self.props.get(name)
    }

    /// All of its properties.
    pub fn props(&self) -> &'a Props {
        self.props
    }

    /// The player's balance in a currency.
    pub fn points(&self, currency: &str) -> i64 {
        self.player.points(currency)
    }

    /// Whether the player holds a badge.
    pub fn holds(&self, badge: &str) -> bool {
        self.player.holds(badge)
    }

    /// Whether an unlockable is open.
    pub fn unlocked(&self, unlockable: &str) -> bool {
        self.player.unlocked(unlockable)
    }

    /// An attribute of the player.
    pub fn attribute(&self, name: &str) -> Option<&'a Value> {
        self.player.attribute(name)
    }
}
