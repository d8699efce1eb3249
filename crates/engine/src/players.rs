//! The handle for everything about players.

use crate::Engine;

/// Profiles, holdings, explanations, timelines and personal data of players: see
/// [`Engine::players`].
///
/// A merged guest counts as the player it was merged into, in every call.
#[derive(Clone, Copy)]
pub struct Players<'a> {
    pub(crate) engine: &'a Engine,
}

impl Engine {
    /// Players: profiles, holdings, explanations, timelines and personal data.
    pub fn players(&self) -> Players<'_> {
        Players { engine: self }
    }
}
