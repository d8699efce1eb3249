//! Code badges: collection of the functions marked with `#[badge]`, and a test helper for purity.
//!
//! The linker drops a crate of which nothing is used, and its badges with it. An application whose
//! badges are in a crate of their own therefore names that crate once:
//!
//! ```text
//! use my_badges as _;
//! ```
//!
//! Badges can also be passed to [`Catalog::new`] one by one, built with [`CodeBadge::new`]. Then
//! none are collected.

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::{BadgeRule, RuleRef};
use accolade_core::code::{CodeBadge, CodeContext, EarnedTier};
use accolade_core::fold::{FoldObserver, Replay, SkipReason, StepReport, WholeState};

pub use accolade_core::event::Event;

/// Collects all badges marked with `#[badge]` in the crates linked into this program, in order of
/// id.
///
/// ```standalone_crate
/// use accolade::CatalogFormat;
/// use accolade::{Catalog, CodeContext, EarnedTier, badge, registry};
///
/// /// Commented in the small hours.
/// #[badge(events("comment.posted"))]
/// fn night_owl(context: &CodeContext<'_>) -> Option<EarnedTier> {
///     (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
/// }
///
/// let badges = registry::collect_badges();
/// assert_eq!(badges[0].name, "Night owl");
/// let catalog = Catalog::new("", "accolade.toml", CatalogFormat::Toml, badges)?;
/// assert_eq!(catalog.rules().badges[0].id, "night-owl");
/// # Ok::<(), accolade::Error>(())
/// ```
pub fn collect_badges() -> Vec<CodeBadge> {
    let made = inventory::iter::<__private::BadgeRegistration>
        .into_iter()
        .map(|registration| (registration.0)());
    let mut badges: Vec<CodeBadge> = made.collect();
    // The linker decides the order of registration.
    badges.sort_by(|one, other| one.id.cmp(&other.id));
    badges
}

/// A code badge as a type, as an alternative to a function.
///
/// ```standalone_crate
/// use accolade::registry::{CodeUnlock, collect_badges};
/// use accolade::{CodeContext, EarnedTier, badge};
///
/// /// Commented in the small hours.
/// #[badge(events("comment.posted"))]
/// struct NightOwl;
///
/// impl CodeUnlock for NightOwl {
///     fn unlock(context: &CodeContext<'_>) -> Option<EarnedTier> {
///         (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
///     }
/// }
///
/// assert_eq!(collect_badges()[0].id, "night-owl");
/// ```
pub trait CodeUnlock {
    /// Returns the tier that the player earns by this event, or `None`.
    ///
    /// It must be pure: the result may depend on the context only, not on time, randomness or other
    /// state (S17).
    fn unlock(context: &CodeContext<'_>) -> Option<EarnedTier>;
}

/// Tests that the code badges of a catalog are pure: folds one player's events twice, side by side,
/// and compares the results (S17).
///
/// The events may be in any order. Include events that earn each badge and events that do not: the
/// test covers only the code that they run.
///
/// # Panics
/// Panics if the results differ, and names the event and the badges.
///
/// ```
/// use accolade::CatalogFormat;
/// use accolade::registry::Event;
/// use accolade::{Catalog, CodeBadge, EarnedTier, props, registry};
///
/// let badge = CodeBadge::new("night-owl", |context| {
///     (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
/// });
/// let badges = vec![badge.events(["comment.posted"])];
/// let catalog = Catalog::new("", "accolade.toml", CatalogFormat::Toml, badges)?;
/// let comment = |id: &str, hour: i64| Event {
///     id: id.into(),
///     player: "ada".into(),
///     name: "comment.posted".into(),
///     at: "2026-11-20T10:00:00Z".parse().expect("a valid time"),
///     order: 0,
///     props: props! { "hour" => hour },
/// };
/// registry::assert_pure(&catalog, &[comment("by-day", 10), comment("by-night", 3)]);
/// # Ok::<(), accolade::Error>(())
/// ```
pub fn assert_pure(catalog: &Catalog, timeline: &[Event]) {
    let mut events: Vec<&Event> = timeline.iter().collect();
    events.sort_by_key(|event| event.position());
    let Some(player) = events.first().map(|event| event.player.as_str()) else {
        return;
    };
    // Side by side rather than one after the other, so that code that counts its calls differs at
    // once.
    let mut replays = [(), ()].map(|()| Replay::new(catalog, player));
    for event in events {
        let [one, other] = replays.each_mut().map(|replay| {
            let mut steps = TracedSteps::default();
            replay.fold_event(event, &mut steps);
            steps.0
        });
        let [state, other_state] = replays.each_ref().map(|replay| replay.state());
        assert!(
            one == other && state.header == other_state.header,
            "event `{}` was folded twice with different results: {}; a code badge may depend only \
             on the event and the player",
            event.id,
            list_impure_badges(
                catalog,
                [state, other_state],
                [one.as_slice(), other.as_slice()]
            )
        );
    }
}

/// The steps of an event and of the timers before it, with what did not apply.
#[derive(Default)]
struct TracedSteps(Vec<StepReport>);

impl FoldObserver for TracedSteps {
    fn wants_trace(&self, _: &Event) -> bool {
        true
    }

    fn after_step(&mut self, _: &Event, step: StepReport, _: &WholeState) {
        self.0.push(step);
    }
}

/// Lists the code badges whose results differ.
fn list_impure_badges(
    catalog: &Catalog,
    states: [&WholeState; 2],
    steps: [&[StepReport]; 2],
) -> String {
    let badges = catalog
        .rules()
        .badges
        .iter()
        .enumerate()
        .filter(|(_, badge)| badge.code_badge.is_some());
    let differs = |index: usize, badge: &BadgeRule| {
        let [(one, why), (other, other_why)] = [0, 1].map(|n| {
            (
                states[n].badge_cell(badge.slot),
                collect_reasons(steps[n], index),
            )
        });
        one != other || why != other_why
    };
    let names = badges
        .filter(|(index, badge)| differs(*index, badge))
        .map(|(_, badge)| format!("`{}`", badge.id));
    names.collect::<Vec<_>>().join(", ")
}

/// Collects the reasons and problems that steps report for a badge.
fn collect_reasons(steps: &[StepReport], badge: usize) -> (Vec<&SkipReason>, Vec<&str>) {
    let rule = RuleRef::Badge(badge);
    let skipped = steps
        .iter()
        .flat_map(|step| &step.skipped)
        .filter(|skipped| skipped.rule == rule)
        .map(|skipped| &skipped.reason);
    let problems = steps
        .iter()
        .flat_map(|step| &step.failures)
        .filter(|problem| problem.rule == rule)
        .map(|problem| &*problem.message);
    (skipped.collect(), problems.collect())
}

/// Support for the expansion of `#[badge]`. Not a public API.
#[doc(hidden)]
pub mod __private {
    // The expansion reaches `inventory` through this crate, so applications need no dependency on
    // it.
    pub use inventory;

    use accolade_core::code::CodeBadge;

    /// Constructor of a marked badge.
    pub struct BadgeRegistration(pub fn() -> CodeBadge);

    inventory::collect!(BadgeRegistration);
}

/// Runs the examples of the guide as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/badges-in-code.md")]
struct Guide;

/// Runs the example of the README as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use accolade_core::catalog::CatalogFormat;
    use accolade_core::value::Props;

    use super::*;

    fn catalog(badge: CodeBadge) -> Catalog {
        Catalog::new(
            "",
            "accolade.toml",
            CatalogFormat::Toml,
            vec![badge.events(["comment.posted"])],
        )
        .unwrap()
    }

    fn timeline() -> Vec<Event> {
        let event = |n: u32| Event {
            id: format!("e{n}"),
            player: "ada".into(),
            name: "comment.posted".into(),
            at: "2026-11-20T10:00:00Z".parse().unwrap(),
            order: 0,
            props: Props::default(),
        };
        (1..=4).rev().map(event).collect()
    }

    #[test]
    fn s17_what_depends_on_the_event_and_the_player_is_pure() {
        let badge = CodeBadge::new("tidy", |context| {
            (!context.holds_badge("tidy")).then(EarnedTier::unnamed)
        });
        assert_pure(&catalog(badge), &timeline());
    }

    #[test]
    #[should_panic(expected = "event `e2` was folded twice with different results: `third-call`")]
    fn s17_what_depends_on_earlier_calls_is_found() {
        let calls = AtomicU32::new(0);
        let third = move |_: &CodeContext<'_>| {
            (calls.fetch_add(1, Ordering::Relaxed) == 2).then(EarnedTier::unnamed)
        };
        assert_pure(&catalog(CodeBadge::new("third-call", third)), &timeline());
    }

    #[test]
    #[should_panic(expected = "different results: `fickle`")]
    fn s17_a_panic_now_and_then_is_found() {
        let calls = AtomicU32::new(0);
        let fickle = move |_: &CodeContext<'_>| {
            assert!(calls.fetch_add(1, Ordering::Relaxed) != 4, "the fifth call");
            None
        };
        assert_pure(&catalog(CodeBadge::new("fickle", fickle)), &timeline());
    }
}
