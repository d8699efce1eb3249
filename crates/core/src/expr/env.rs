//! The input of an evaluation.

use crate::value::{Props, Value};

/// The player as expressions see it.
pub trait PlayerView {
    /// Returns the balance in a currency.
    fn balance(&self, currency: &str) -> i64;
    /// True if the player holds a badge.
    fn holds_badge(&self, badge: &str) -> bool;
    /// True if an unlockable is open.
    fn is_unlocked(&self, id: &str) -> bool;
    /// Returns an attribute of the player.
    fn attribute(&self, name: &str) -> Option<&Value>;
}

/// A player who has nothing, for expressions that read no player.
pub struct EmptyPlayer;

impl PlayerView for EmptyPlayer {
    fn balance(&self, _: &str) -> i64 {
        0
    }

    fn holds_badge(&self, _: &str) -> bool {
        false
    }

    fn is_unlocked(&self, _: &str) -> bool {
        false
    }

    fn attribute(&self, _: &str) -> Option<&Value> {
        None
    }
}

/// The input of an evaluation.
#[derive(Clone, Copy)]
pub struct EvalEnv<'a> {
    /// The name of the event.
    pub event_name: &'a str,
    /// The properties of the event.
    pub props: &'a Props,
    /// The player before the event.
    pub player: &'a dyn PlayerView,
}
