//! The attribute `#[badge]`, which `accolade` re-exports.

mod arguments;
mod expand;
mod item;
mod names;

use proc_macro::TokenStream;

/// Makes a badge of a function, or of a type that implements `accolade::registry::CodeUnlock`, and has
/// `accolade::registry::collected` list it.
///
/// The function is `fn(&CodeContext<'_>) -> Option<Unlocked>`. It must be pure: it is replayed, and the same event and
/// player must always give the same answer. Raise `version` when its answers change.
///
/// | argument | what it is |
/// |---|---|
/// | `events("comment.posted", …)` | Names of the events that can earn it. Required. |
/// | `id = "night-owl"` | Its id; by default the item's name: `night_owl` and `NightOwl` are `night-owl`. |
/// | `name = "Night owl"` | How people read it; by default made of the item's name. |
/// | `description = "…"` | One sentence about it; by default the first paragraph of the item's documentation. |
/// | `category = "…"` | The id of a category. |
/// | `version = 2` | 1 by default. |
/// | `secret` | Its name, description and image are hidden until it is earned. |
/// | `invisible` | It is in no list until it is earned. |
/// | `image_locked = "…"`, `image_unlocked = "…"`, `image_secret = "…"` | Its pictures. |
/// | `tiers("bronze", "silver", …)` | Its tiers, lowest first; without them it has one, unnamed. |
/// | `points(xp = 5, "gold-coins" = 1)` | What each award pays, by id of the currency. |
///
/// ```
/// use accolade::{CodeContext, Unlocked, badge};
///
/// /// Commented in the small hours.
/// #[badge(events("comment.posted"), tiers("bronze", "silver"))]
/// fn night_owl(context: &CodeContext<'_>) -> Option<Unlocked> {
///     match context.prop("hour")?.as_int()? {
///         0..3 => Some(Unlocked::tier("silver")),
///         3..5 => Some(Unlocked::tier("bronze")),
///         _ => None,
///     }
/// }
/// ```
///
/// A function of another type does not compile:
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
    expand::badge(arguments.into(), item.into()).into()
}
