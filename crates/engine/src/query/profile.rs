//! A player, as the player, others or an administrator may see them.

use std::sync::Arc;

use accolade_core::fold::Holdings;
use accolade_core::time::Timestamp;
use accolade_core::value::Props;
use serde::Serialize;

use super::badge_view::{self, BadgeView};
use super::names::display_name;
use super::secrecy::{Audience, fits_profile};
use crate::receipt::optional_text;
use crate::store::Reader;
use crate::view::View;
use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes shown in a profile.
const RECENT: usize = 20;

/// A player.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// The application's id.
    pub player: String,
    /// What pages show for the player: the attribute `name`, where that is a text with more than blanks. Everybody sees
    /// it.
    pub name: Option<String>,
    /// How many events and acts the timeline has.
    pub events: u64,
    /// When the first one happened.
    #[serde(serialize_with = "optional_text")]
    pub first_at: Option<Timestamp>,
    /// When the last one happened.
    #[serde(serialize_with = "optional_text")]
    pub last_at: Option<Timestamp>,
    /// Attributes, such as the zone. Others do not see them, except for the name above.
    pub attributes: Props,
    /// Every currency's balance.
    pub balances: Vec<Balance>,
    /// Badges, in order of id.
    pub badges: Vec<BadgeView>,
    /// Unlockables, in order of id. Others see the open ones.
    pub unlockables: Vec<UnlockableView>,
    /// The latest outcomes, newest first.
    pub recent: Vec<Outcome>,
}

/// A balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The currency's id.
    pub currency: String,
    /// How people read it.
    pub name: String,
    /// A picture or a symbol.
    pub icon: Option<String>,
    /// How much; negative in an overdraft.
    pub balance: i64,
}

/// An unlockable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockableView {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// Whether it is open.
    pub open: bool,
    /// Since when it is open or shut, if it ever was open.
    #[serde(serialize_with = "optional_text")]
    pub at: Option<Timestamp>,
}

impl Engine {
    /// A player, as the audience may see them; `None` when the player is not known.
    pub fn profile(&self, player: &str, audience: Audience) -> Ticket<Option<Profile>> {
        let player = player.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(
            move |reader| match View::of(reader, &catalogs, &player, now)? {
                Some(view) => Ok(Some(profile(reader, view, audience, now)?)),
                None => Ok(None),
            },
        )
    }
}

pub(crate) fn profile(
    reader: &mut dyn Reader,
    view: View,
    audience: Audience,
    now: Timestamp,
) -> Result<Profile, Error> {
    let recent = reader.recent_outcomes(&view.player, RECENT)?;
    let Holdings {
        awards, unlocks, ..
    } = view.holdings();
    let View {
        player,
        in_force,
        mut state,
        ..
    } = view;
    let catalog = &in_force.catalog;
    let now = state.header.as_of.map_or(now, |as_of| as_of.max(now));
    let rules = catalog.rules();
    let balances = rules.currencies.iter().map(|currency| Balance {
        currency: currency.id.clone(),
        name: currency.display.name.clone(),
        icon: currency.icon.clone(),
        balance: state.balance(currency.slot),
    });
    let unlockables = rules.unlockables.iter().map(|unlockable| UnlockableView {
        id: unlockable.id.clone(),
        name: unlockable.display.name.clone(),
        description: unlockable.display.description.clone(),
        open: state.is_open(unlockable.slot),
        at: unlocks.get(&unlockable.id).map(|unlocked| unlocked.at),
    });
    let retired = |id: &str| {
        rules
            .unlockable(id)
            .is_some_and(|index| rules.unlockables[index].retired)
    };
    let shown = |unlockable: &UnlockableView| {
        unlockable.open || audience != Audience::Others && !retired(&unlockable.id)
    };
    let header = &state.header;
    Ok(Profile {
        name: display_name(&header.profile),
        events: header.events,
        first_at: header.first_at,
        last_at: header.last.as_ref().map(|last| last.at),
        attributes: if audience == Audience::Others {
            Props::default()
        } else {
            header.profile.clone()
        },
        balances: balances.collect(),
        unlockables: unlockables.filter(shown).collect(),
        recent: recent
            .into_iter()
            .map(|(seq, row)| Outcome::new(seq, row))
            .filter(|outcome| fits_profile(catalog, &state, audience, outcome))
            .collect(),
        badges: badge_view::badges(catalog, &mut state, &player, audience, &awards, now),
        player,
    })
}
