//! Badges written in Rust: a function that receives an event and the player, and returns the earned
//! tier.

use std::sync::Arc;

use crate::catalog::document::Visibility;
use crate::expr::PlayerView;
use crate::time::Timestamp;
use crate::value::{Props, Value};

/// A badge whose criterion is a function.
///
/// The function must be pure, because it is replayed: for the same event and player it must always
/// return the same result (S17). Increase `version` when its results change.
///
/// ```
/// use accolade_core::code::{CodeBadge, EarnedTier};
///
/// let badge = CodeBadge::new("night-owl", |context| {
///     (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
/// })
/// .name("Night owl")
/// .events(["comment.posted"]);
/// assert_eq!(badge.id, "night-owl");
/// ```
#[derive(Clone)]
pub struct CodeBadge {
    /// The id, in the grammar of catalog ids. It must not occur in the catalog.
    pub id: String,
    /// The version of the function's results; part of the catalog's fingerprint.
    pub version: u32,
    /// The display name; the id when empty.
    pub name: String,
    /// A description of one sentence.
    pub description: String,
    /// The id of its category.
    pub category: Option<String>,
    /// The visibility before it is earned.
    pub visibility: Visibility,
    /// Shown until it is earned.
    pub image_locked: Option<String>,
    /// Shown once it is earned.
    pub image_unlocked: Option<String>,
    /// Shown in place of a secret badge until it is earned.
    pub image_secret: Option<String>,
    /// Names of the events that can earn it.
    pub events: Vec<String>,
    /// The tiers, lowest first; empty for a badge without tiers.
    pub tiers: Vec<String>,
    /// Points paid with each award, by id of the currency.
    pub points: Vec<(String, i64)>,
    // Shared, because a closure behind `dyn` cannot be cloned with the badge.
    function: Arc<BadgeFunction>,
}

/// The function of a badge in code.
type BadgeFunction = dyn Fn(&CodeContext<'_>) -> Option<EarnedTier> + Send + Sync;

impl CodeBadge {
    /// Creates a public badge of version 1 without tiers and events.
    pub fn new(
        id: impl Into<String>,
        unlock: impl Fn(&CodeContext<'_>) -> Option<EarnedTier> + Send + Sync + 'static,
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
            function: Arc::new(unlock),
        }
    }

    /// Sets the version of the function's results.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Sets the display name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the description, one sentence.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the category by its id.
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

    /// Omits it from all lists until it is earned.
    #[must_use]
    pub fn invisible(mut self) -> Self {
        self.visibility = Visibility::Invisible;
        self
    }

    /// Sets the image shown until it is earned.
    #[must_use]
    pub fn image_locked(mut self, image: impl Into<String>) -> Self {
        self.image_locked = Some(image.into());
        self
    }

    /// Sets the image shown once it is earned.
    #[must_use]
    pub fn image_unlocked(mut self, image: impl Into<String>) -> Self {
        self.image_unlocked = Some(image.into());
        self
    }

    /// Sets the image shown in place of a secret badge.
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

    /// Sets the tiers, lowest first.
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

    /// Calls the function; returns `None` if the badge is not earned.
    pub fn earned_tier(&self, context: &CodeContext<'_>) -> Option<EarnedTier> {
        (self.function)(context)
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

/// The tier that the function of a badge in code returns when the badge is earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarnedTier(String);

impl EarnedTier {
    /// The only tier of a badge without tiers.
    pub fn unnamed() -> Self {
        Self(String::new())
    }

    /// The tier with this id; lower tiers are earned with it.
    pub fn named(tier: impl Into<String>) -> Self {
        Self(tier.into())
    }

    /// The id of the tier; empty for a badge without tiers.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The input of a badge in code: an event, and the player before it.
pub struct CodeContext<'a> {
    // No clock and no timeline, so that a replay passes the same input (S17).
    event: &'a str,
    at: Timestamp,
    props: &'a Props,
    player: &'a dyn PlayerView,
}

impl<'a> CodeContext<'a> {
    /// Combines an event and a player. Tests of badges use it as well.
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

    /// The name of the event.
    pub fn event_name(&self) -> &str {
        self.event
    }

    /// The time of the event.
    pub fn event_time(&self) -> Timestamp {
        self.at
    }

    /// Returns a property of the event.
    pub fn prop(&self, name: &str) -> Option<&'a Value> {
        self.props.get(name)
    }

    /// The properties of the event.
    pub fn props(&self) -> &'a Props {
        self.props
    }

    /// The player's balance of a currency.
    pub fn points(&self, currency: &str) -> i64 {
        self.player.balance(currency)
    }

    /// True if the player holds a badge.
    pub fn holds_badge(&self, badge: &str) -> bool {
        self.player.holds_badge(badge)
    }

    /// True if an unlockable is open for the player.
    pub fn is_unlocked(&self, unlockable: &str) -> bool {
        self.player.is_unlocked(unlockable)
    }

    /// Returns an attribute of the player.
    pub fn attribute(&self, name: &str) -> Option<&'a Value> {
        self.player.attribute(name)
    }
}
