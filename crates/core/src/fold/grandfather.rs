//! Grandfathering: the automatic fact by which a publication lets a player keep what the new
//! catalog no longer earns (S30), and its effect.

use super::actions::{GRANDFATHER, decided_props, text_prop};
use super::cell::{AwardCell, AwardSource, Cell, CellId};
use super::derived_events::{self, DerivedEvent};
use super::effect::{Effect, GrandfatheredAward};
use super::holdings::{AwardHolding, AwardName, UnlockableHolding};
use super::state::MissingCells;
use super::step::StepContext;
use super::step_report::MovementSource;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::ExpiryRule;
use crate::event::Event;
use crate::names::acts::DECISION;
use crate::time::Timestamp;
use crate::value::{Props, Value};

/// Creates the automatic fact that grandfathers awards and open unlockables at the publication of a
/// version.
///
/// The id is derived from the version, so that writing it again is a duplicate.
pub fn grandfather_action<'h>(
    player: &str,
    version: i64,
    at: Timestamp,
    awards: impl IntoIterator<Item = (&'h AwardName, &'h AwardHolding)>,
    unlocks: impl IntoIterator<Item = (&'h String, &'h UnlockableHolding)>,
) -> Event {
    let award = |(name, award): (&AwardName, &AwardHolding)| {
        let paid: Props = award
            .paid
            .iter()
            .map(|(currency, amount)| (currency.as_str().into(), Value::from(*amount)))
            .collect();
        let mut props = cause_props(award.at, &award.event);
        props.insert("badge", Value::from(name.badge.as_str()));
        props.insert("tier", Value::from(name.tier.as_str()));
        props.insert("key", Value::from(name.key.as_str()));
        props.insert("points", Value::Map(paid));
        Value::Map(props)
    };
    let unlock = |(unlockable, unlocked): (&String, &UnlockableHolding)| {
        let mut props = cause_props(unlocked.at, &unlocked.event);
        props.insert("unlockable", Value::from(unlockable.as_str()));
        Value::Map(props)
    };
    let mut kept = Props::default();
    kept.insert(
        "awards",
        Value::List(awards.into_iter().map(award).collect()),
    );
    kept.insert(
        "unlockables",
        Value::List(unlocks.into_iter().map(unlock).collect()),
    );
    let mut props = Props::default();
    props.insert("version", Value::from(version));
    props.insert(DECISION, Value::Map(kept));
    Event {
        id: format!("{GRANDFATHER}:{version}"),
        player: player.to_owned(),
        name: GRANDFATHER.to_owned(),
        at,
        order: 0,
        props,
    }
}

fn cause_props(at: Timestamp, event: &str) -> Props {
    let mut props = Props::default();
    props.insert("at", Value::from(at.to_string()));
    props.insert("event", Value::from(event));
    props
}

impl StepContext<'_> {
    /// Plans the grandfathered awards and opens the grandfathered unlockables.
    pub(super) fn apply_grandfather_action(&mut self, props: &Props) -> Result<(), MissingCells> {
        for entry in decided_entries(props, "awards") {
            let Some(badge) =
                text_prop(entry, "badge").and_then(|id| self.rules.badge_position(id))
            else {
                continue;
            };
            let Some(tier) = self.rules.badges[badge]
                .tier_position(text_prop(entry, "tier").unwrap_or_default())
            else {
                continue;
            };
            let Some((at, event)) = parse_cause(entry) else {
                continue;
            };
            let key = text_prop(entry, "key").unwrap_or_default().into();
            let points = self.decided_points(entry);
            // They did fit when they were paid, but the new catalog can have raised the balance.
            if self.reserve_points(&points) {
                self.effects.push(Effect::Grandfather(GrandfatheredAward {
                    badge,
                    tier,
                    key,
                    at,
                    event,
                    points,
                }));
            }
        }
        for entry in decided_entries(props, "unlockables") {
            let Some(index) =
                text_prop(entry, "unlockable").and_then(|id| self.rules.unlockable_position(id))
            else {
                continue;
            };
            let Some((at, event)) = parse_cause(entry) else {
                continue;
            };
            self.grandfather_unlockable(index, at, event)?;
        }
        Ok(())
    }

    /// Restores a grandfathered award, unless an earlier source has awarded it: only that source
    /// pays.
    pub(super) fn apply_grandfathered(
        &mut self,
        kept: GrandfatheredAward,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let GrandfatheredAward {
            badge: index,
            tier,
            key,
            at,
            event,
            points,
        } = kept;
        let badge = &self.rules.badges[index];
        let id = CellId::for_award(badge.award_slot, &badge.tiers[tier].id, &key);
        // A revoke blocks it like any other source, until an `award` action (S3).
        if matches!(self.state.read_cell(&id)?, Some(Cell::Award(award)) if award.is_held() || award.blocked)
        {
            return Ok(());
        }
        for (currency, amount) in &points {
            let source = MovementSource::Award {
                badge: index,
                tier,
                key: key.clone(),
            };
            self.move_points_earned_at(at, source, *currency, *amount, caused)?;
            self.expire_grandfathered(at, *currency, caused)?;
        }
        let source = AwardSource::Grandfathered;
        let (revoked_at, lapsed, blocked, paid, intervals) =
            (None, false, false, points, Vec::new());
        let award = AwardCell {
            at,
            event,
            source,
            revoked_at,
            lapsed,
            blocked,
            paid,
            holding_intervals: intervals,
        };
        self.state.put_cell(id, Some(Cell::Award(award)));
        self.update_badge_cell(index, |cell| {
            cell.held_counts[tier] += 1;
            // Under the earlier catalog the badge may have had keys, and the award of a key does
            // not settle a tier. A retired tier has no criterion to be settled for.
            if badge.repeat == RepeatMode::Once && key.is_empty() && !badge.tiers[tier].retired {
                cell.settled_tiers |= 1 << tier;
            }
            if badge.repeat == RepeatMode::Again {
                // The key is not a number if the badge was earned per key under the earlier
                // catalog.
                cell.highest_time = cell.highest_time.max(key.parse().unwrap_or(0));
            }
        });
        caused.push(DerivedEvent::badge_changed(
            derived_events::BADGE_AWARDED,
            &badge.id,
            &badge.tiers[tier].id,
            &key,
        ));
        Ok(())
    }

    /// Deducts points of a grandfathered award that expired before it was grandfathered, as the
    /// earlier catalog did.
    fn expire_grandfathered(
        &mut self,
        earned_at: Timestamp,
        currency: usize,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let Some(ExpiryRule { slot, lifetime }) = self.rules.currencies[currency].expiry else {
            return Ok(());
        };
        let at = self.expiry_of_gain(lifetime, earned_at);
        if self.at < at {
            return Ok(());
        }
        let amount = self.remove_expired_lots(slot)?;
        // An entry of this instant, not of the expiry: a refold of what follows an instant finds all
        // of its entries behind that instant.
        self.move_points(MovementSource::Expiry, currency, -amount, caused)
    }

    /// Opens a grandfathered unlockable. There is no derived event, because it was open before.
    fn grandfather_unlockable(
        &mut self,
        index: usize,
        at: Timestamp,
        event: Box<str>,
    ) -> Result<(), MissingCells> {
        let rule = &self.rules.unlockables[index];
        if self.state.is_open(rule.slot) {
            return Ok(());
        }
        // The key is not empty, as in `set_open`, and `put_cell` journals the previous content.
        let detail = CellId::new(rule.detail_slot, "\0");
        self.state.read_cell(&detail)?;
        self.state
            .put_cell(CellId::new(rule.slot, ""), Some(Cell::Mark));
        self.state.put_cell(
            detail,
            Some(Cell::Unlock {
                open: true,
                at,
                event,
            }),
        );
        self.mark_dependents(&rule.dependents);
        Ok(())
    }
}

/// Reads a list of the decided effect.
fn decided_entries<'p>(props: &'p Props, name: &str) -> impl Iterator<Item = &'p Props> {
    let list = match decided_props(props).and_then(|decided| decided.get(name)) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|entry| {
        if let Value::Map(entry) = entry {
            Some(entry)
        } else {
            None
        }
    })
}

fn parse_cause(entry: &Props) -> Option<(Timestamp, Box<str>)> {
    Some((
        text_prop(entry, "at")?.parse().ok()?,
        text_prop(entry, "event")?.into(),
    ))
}
