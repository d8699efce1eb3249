//! Player profiles, as seen by the player, by others or by an administrator.

use std::sync::Arc;

use accolade_core::explain::{UnlockableProgress, find_unlockable_progress};
use accolade_core::fold::Holdings;
use accolade_core::ids::{CurrencyId, PlayerId, UnlockableId};
use accolade_core::time::Timestamp;
use accolade_core::value::Props;

use super::award_events;
use super::badge_view::{self, BadgeView};
use super::visibility::{Audience, is_visible_on_profile};
use crate::batch::display_name;
use crate::current_player::CurrentPlayer;
use crate::store::StoreReader;
use crate::{Error, Outcome, Players, Ticket};

/// Recent outcomes in a profile.
const RECENT_OUTCOMES: usize = 50;

/// A player's profile: see [`Players::load_profile`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// The player's id.
    pub player: PlayerId,
    /// The display name: the attribute `name`, if it is a text that is not blank. It is public.
    pub name: Option<String>,
    /// The number of events that the player caused and that count. Manual actions are not among
    /// them.
    pub events: u64,
    /// The instant of the first event or manual action.
    pub first_at: Option<Timestamp>,
    /// The instant of the last event that the player caused; `None` if there is none.
    pub last_seen_at: Option<Timestamp>,
    /// Attributes, such as `zone`. Empty for [`Audience::Others`].
    pub attributes: Props,
    /// Balances of all currencies, in order of id.
    pub balances: Vec<CurrencyBalance>,
    /// Badges, in order of id.
    pub badges: Vec<BadgeView>,
    /// Unlockables, in order of id. [`Audience::Others`] gets the open ones only.
    pub unlockables: Vec<UnlockableView>,
    /// The latest outcomes that the audience may see, newest first, at most 50.
    pub recent: Vec<Outcome>,
}

/// A balance of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrencyBalance {
    /// The currency's id.
    pub currency: CurrencyId,
    /// The currency's display name.
    pub name: String,
    /// An image URL or a symbol.
    pub icon: Option<String>,
    /// The amount, negative if overdrawn.
    pub balance: i64,
}

/// An unlockable of a player.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UnlockableView {
    /// The unlockable's id.
    pub id: UnlockableId,
    /// The display name.
    pub name: String,
    /// A description in one sentence.
    pub description: String,
    /// True if it is open.
    pub open: bool,
    /// The instant at which it last opened or closed; `None` if it was never open.
    pub at: Option<Timestamp>,
    /// The distance to it; `None` if it is open, if it can no longer or not yet open, and for
    /// [`Audience::Others`].
    pub progress: Option<UnlockableProgress>,
}

impl Players<'_> {
    /// Loads a player's profile as the audience may see it; `None` if the player is unknown.
    ///
    /// The profile is current: it includes changes by time alone, and those of a publication whose
    /// backfill is pending.
    pub fn load_profile(
        &self,
        player: impl Into<PlayerId>,
        audience: Audience,
    ) -> Ticket<Option<Profile>> {
        let player = player.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            match CurrentPlayer::load_player(reader, &catalogs, &player, now)? {
                Some(view) => Ok(Some(build_profile(reader, view, audience, now)?)),
                None => Ok(None),
            }
        })
    }
}

pub(crate) fn build_profile(
    reader: &mut dyn StoreReader,
    view: CurrentPlayer,
    audience: Audience,
    now: Timestamp,
) -> Result<Profile, Error> {
    let recent = reader.list_recent_outcomes(&view.player, RECENT_OUTCOMES)?;
    let Holdings {
        awards, unlocks, ..
    } = view.holdings();
    let CurrentPlayer {
        player,
        published,
        mut state,
        ..
    } = view;
    let catalog = &published.catalog;
    // Events may be ahead of the clock, and then the state is shown as of its own time.
    let now = state.header.as_of.map_or(now, |as_of| as_of.max(now));
    let rules = catalog.rules();
    let mut badges =
        badge_view::build_badge_views(catalog, &mut state, &player, audience, &awards, now);
    award_events::add_event_texts(reader, rules, &player, audience, &mut badges)?;
    let mut distances: Vec<Option<UnlockableProgress>> = vec![None; rules.unlockables.len()];
    if audience != Audience::Others {
        for (index, distance) in distances.iter_mut().enumerate() {
            *distance = find_unlockable_progress(catalog, &mut state, &player, index, now);
        }
    }
    let balances = rules.currencies.iter().map(|currency| CurrencyBalance {
        currency: currency.id.clone().into(),
        name: currency.display.name.clone(),
        icon: currency.icon.clone(),
        balance: state.balance(currency.slot),
    });
    let unlockables = rules.unlockables.iter().zip(distances);
    let unlockables = unlockables.map(|(unlockable, progress)| UnlockableView {
        id: unlockable.id.clone().into(),
        name: unlockable.display.name.clone(),
        description: unlockable.display.description.clone(),
        open: state.is_open(unlockable.slot),
        at: unlocks.get(&unlockable.id).map(|unlocked| unlocked.at),
        progress,
    });
    let retired = |id: &str| {
        rules
            .unlockable_position(id)
            .is_some_and(|index| rules.unlockables[index].retired)
    };
    // A retired unlockable can no longer open, so it is shown only while it is open.
    let shown = |unlockable: &UnlockableView| {
        unlockable.open || audience != Audience::Others && !retired(&unlockable.id)
    };
    let header = &state.header;
    Ok(Profile {
        name: display_name(&header.profile),
        events: header.own_event_count,
        first_at: header.first_at,
        last_seen_at: header.last_seen_at,
        attributes: if audience == Audience::Others {
            Props::default()
        } else {
            header.profile.clone()
        },
        balances: balances.collect(),
        unlockables: unlockables.filter(shown).collect(),
        recent: Outcome::from_rows(recent)?
            .into_iter()
            .filter(|outcome| is_visible_on_profile(catalog, &state, audience, outcome))
            .collect(),
        badges,
        player: player.into(),
    })
}
