//! The attribute macro `#[badge]`, which `accolade` re-exports.

mod arguments;
mod expand;
mod item;
mod names;

use proc_macro::TokenStream;

/// Turns a function, or a type that implements `accolade::registry::CodeUnlock`, into a badge and
/// registers it with `accolade::registry::collect_badges`.
///
/// The function has the type `fn(&CodeContext<'_>) -> Option<EarnedTier>`. It must be pure, because
/// it is replayed: for the same event and player it must always return the same result. Increase
/// `version` when its results change.
///
/// | argument | meaning |
/// |---|---|
/// | `events("comment.posted", …)` | The names of the events that can earn it. Required. |
/// | `id = "night-owl"` | The id; by default from the item's name: `night_owl` → `night-owl`. |
/// | `name = "Night owl"` | The display name; by default from the item's name. |
/// | `description = "…"` | A sentence; by default the first paragraph of its doc comment. |
/// | `category = "…"` | The id of a category. |
/// | `version = 2` | The version of its results; 1 by default. |
/// | `secret` | Hides its name, description and image until it is earned. |
/// | `invisible` | Omits it from all lists until it is earned. |
/// | `image_locked = "…"` | The image until it is earned. |
/// | `image_unlocked = "…"` | The image once it is earned. |
/// | `image_secret = "…"` | The image of a secret badge until it is earned. |
/// | `tiers("bronze", "silver", …)` | The tiers, lowest first; by default one unnamed tier. |
/// | `points(xp = 5, "gold-coins" = 1)` | The points that each award pays, by currency. |
///
/// ```
/// use accolade::{CodeContext, EarnedTier, badge};
///
/// /// Commented in the small hours.
/// #[badge(events("comment.posted"), tiers("bronze", "silver"))]
/// fn night_owl(context: &CodeContext<'_>) -> Option<EarnedTier> {
///     match context.prop("hour")?.as_int()? {
///         0..3 => Some(EarnedTier::named("silver")),
///         3..5 => Some(EarnedTier::named("bronze")),
///         _ => None,
///     }
/// }
/// ```
///
/// A function of a different type does not compile:
///
/// ```compile_fail,E0308
/// use accolade::{CodeContext, badge};
///
/// #[badge(events("comment.posted"))]
/// fn night_owl(context: &CodeContext<'_>) -> bool {
///     context.holds("commentator")
/// }
/// ```
#[proc_macro_attribute]
pub fn badge(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand_badge(arguments.into(), item.into()).into()
}
