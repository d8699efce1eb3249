//! Effects of a generation: points, awards and unlockables, applied in order.

use super::cell::{AwardCell, AwardSource, BadgeCell, Cell, CellId};
use super::derived_events::{self, DerivedEvent};
use super::effect::{Effect, GrandfatheredAward};
use super::state::MissingCells;
use super::step::StepContext;
use super::step_report::{MovementSource, PointsMovement};
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::RuleRef;
use crate::limits;
use crate::number::Decimal;
use crate::time::Timestamp;

/// Stands in place of a rule's id in events about expired points.
const EXPIRY: &str = "expiry";

impl StepContext<'_> {
    /// Applies the effects of a generation and returns the events of the next one.
    pub(super) fn apply_effects(&mut self) -> Result<Vec<DerivedEvent>, MissingCells> {
        // From here on the amounts are part of the balances.
        self.reserved_points.clear();
        let effects = std::mem::take(&mut self.effects);
        let mut caused = Vec::with_capacity(effects.len());
        for effect in effects {
            // The bound keeps a badge that pays itself from running away within one event (S25).
            self.effect_count += 1;
            if self.effect_count > limits::DERIVED_EVENTS {
                self.report_dropped_effect(&effect);
                continue;
            }
            self.apply_effect(effect, &mut caused)?;
        }
        Ok(caused)
    }

    pub(super) fn apply_effect(
        &mut self,
        effect: Effect,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let rules = self.rules;
        match effect {
            Effect::Pay { earning, amounts } => {
                for (currency, amount) in amounts {
                    self.move_points(MovementSource::Earning(earning), currency, amount, caused)?;
                }
            }
            Effect::Points { currency, amount } => {
                self.move_points(MovementSource::Action, currency, amount, caused)?
            }
            Effect::Expire { currency, amount } => {
                self.move_points(MovementSource::Expiry, currency, -amount, caused)?
            }
            Effect::Award {
                badge,
                tier,
                key,
                source,
                points,
            } => self.apply_award(badge, tier, key, source, points, caused)?,
            Effect::Grandfather(kept) => self.apply_grandfathered(kept, caused)?,
            Effect::Revoke {
                badge,
                tier,
                key,
                block,
            } => self.apply_revoke(badge, tier, key, block, caused)?,
            Effect::Lapse { badge, tier, key } => self.apply_lapse(badge, tier, &key, caused)?,
            Effect::Open(unlockable) => {
                self.set_open(unlockable, true)?;
                caused.push(DerivedEvent::unlockable_changed(
                    derived_events::UNLOCKABLE_OPENED,
                    &rules.unlockables[unlockable].id,
                ));
            }
            Effect::Close(unlockable) => {
                self.set_open(unlockable, false)?;
                caused.push(DerivedEvent::unlockable_changed(
                    derived_events::UNLOCKABLE_CLOSED,
                    &rules.unlockables[unlockable].id,
                ));
            }
        }
        Ok(())
    }

    /// Moves points that are earned or spent now. They fit the balance, because `reserve_points`
    /// checked them when the effect was planned.
    pub(super) fn move_points(
        &mut self,
        source: MovementSource,
        currency: usize,
        amount: i64,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        self.move_points_earned_at(self.at, source, currency, amount, caused)
    }

    /// Moves points that were earned at an instant, from which they expire.
    pub(super) fn move_points_earned_at(
        &mut self,
        earned_at: Timestamp,
        source: MovementSource,
        currency: usize,
        amount: i64,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        if amount == 0 {
            return Ok(());
        }
        let rule = &self.rules.currencies[currency];
        let before = self.state.header_number(rule.slot);
        let Some(balance) = before.checked_add(Decimal::from_int(amount)) else {
            return Ok(());
        };
        // Both sides are sums of integers (S11). `PlayerState::balance` would lose a fraction.
        debug_assert!(balance.is_whole(), "balances are integers");
        // Expired points have been taken from their lots already.
        if let Some(expiry) = rule.expiry
            && source != MovementSource::Expiry
        {
            self.update_lots(expiry, before, balance, earned_at)?;
        }
        self.state
            .put_cell(CellId::new(rule.slot, ""), Some(Cell::Number(balance)));
        self.mark_dependents(&rule.dependents);
        let of = match &source {
            MovementSource::Earning(earning) => &self.rules.earnings[*earning].id,
            MovementSource::Award { badge, .. } => &self.rules.badges[*badge].id,
            MovementSource::Action => &self.event.name,
            MovementSource::Expiry => EXPIRY,
        };
        caused.push(DerivedEvent::points_moved(&rule.id, amount, of));
        self.report.movements.push(PointsMovement {
            source,
            currency,
            amount,
        });
        Ok(())
    }

    fn apply_award(
        &mut self,
        index: usize,
        tier: usize,
        key: Box<str>,
        source: AwardSource,
        points: Vec<(usize, i64)>,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        let id = CellId::for_award(badge.award_slot, &badge.tiers[tier].id, &key);
        // The effect was planned at the beginning of the generation, and an effect before this one
        // can have given the award already.
        let intervals = match self.state.read_cell(&id)? {
            Some(Cell::Award(award)) if award.is_held() => return Ok(()),
            Some(Cell::Award(award)) if badge.temporary => award.clone().past_intervals(),
            _ => Vec::new(),
        };
        for (currency, amount) in &points {
            let source = MovementSource::Award {
                badge: index,
                tier,
                key: key.clone(),
            };
            self.move_points(source, *currency, *amount, caused)?;
        }
        // A retraction of this event refolds the timeline, and then the award is not given.
        let event = self.event.id.as_str().into();
        let award = AwardCell {
            at: self.at,
            event,
            source,
            revoked_at: None,
            lapsed: false,
            blocked: false,
            paid: points,
            holding_intervals: intervals,
        };
        self.state.put_cell(id, Some(Cell::Award(award)));
        self.update_badge_cell(index, |cell| {
            cell.held_counts[tier] += 1;
            if badge.repeat == RepeatMode::Once && !badge.temporary {
                cell.settled_tiers |= 1 << tier;
            }
            if badge.repeat == RepeatMode::Again {
                let time = key.parse().unwrap_or(0);
                cell.highest_time = cell.highest_time.max(time);
                // A manual award must not skip times that the criterion has yet to reach: its
                // number follows all others, but its instant may precede theirs (S4).
                if source == AwardSource::Criterion {
                    cell.times_reached = cell.times_reached.max(time);
                }
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

    fn apply_revoke(
        &mut self,
        index: usize,
        tier: usize,
        key: Box<str>,
        block: bool,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        let id = CellId::for_award(badge.award_slot, &badge.tiers[tier].id, &key);
        let before = match self.state.read_cell(&id)? {
            Some(Cell::Award(award)) => Some(award.clone()),
            _ => None,
        };
        // An award that was never given can be revoked, too. It leaves a record, which blocks it.
        let was_held = before.as_ref().is_some_and(AwardCell::is_held);
        let mut award = before.unwrap_or_else(|| AwardCell {
            at: self.at,
            event: self.event.id.as_str().into(),
            source: AwardSource::Manual,
            revoked_at: Some(self.at),
            lapsed: false,
            blocked: false,
            paid: Vec::new(),
            holding_intervals: Vec::new(),
        });
        // Emptied, so that another revoke cannot take the points a second time.
        for (currency, amount) in std::mem::take(&mut award.paid) {
            let source = MovementSource::Award {
                badge: index,
                tier,
                key: key.clone(),
            };
            self.move_points(source, currency, -amount, caused)?;
        }
        award.revoked_at.get_or_insert(self.at);
        award.blocked |= block;
        self.state.put_cell(id, Some(Cell::Award(award)));
        self.update_badge_cell(index, |cell| {
            cell.held_counts[tier] -= u64::from(was_held);
            // A blocked tier is settled, because the criterion has nothing left to do. Without a
            // block it can be earned again. Retired tiers have no criterion.
            if badge.repeat == RepeatMode::Once
                && !badge.temporary
                && key.is_empty()
                && !badge.tiers[tier].retired
            {
                cell.settled_tiers = if block {
                    cell.settled_tiers | 1 << tier
                } else {
                    cell.settled_tiers & !(1 << tier)
                };
            }
        });
        if was_held {
            caused.push(DerivedEvent::badge_changed(
                derived_events::BADGE_REVOKED,
                &badge.id,
                &badge.tiers[tier].id,
                &key,
            ));
        }
        Ok(())
    }

    /// Ends an award of a temporary badge until its criterion holds again.
    fn apply_lapse(
        &mut self,
        index: usize,
        tier: usize,
        key: &str,
        caused: &mut Vec<DerivedEvent>,
    ) -> Result<(), MissingCells> {
        let badge = &self.rules.badges[index];
        let id = CellId::for_award(badge.award_slot, &badge.tiers[tier].id, key);
        let award = match self.state.read_cell(&id)? {
            Some(Cell::Award(award)) if award.is_held() => award.clone(),
            _ => return Ok(()),
        };
        // No points are deducted, because a temporary badge pays none (S4).
        let award = AwardCell {
            revoked_at: Some(self.at),
            lapsed: true,
            ..award
        };
        self.state.put_cell(id, Some(Cell::Award(award)));
        self.update_badge_cell(index, |cell| cell.held_counts[tier] -= 1);
        caused.push(DerivedEvent::badge_changed(
            derived_events::BADGE_REVOKED,
            &badge.id,
            &badge.tiers[tier].id,
            key,
        ));
        Ok(())
    }

    /// Updates the cell of a badge and marks the dependents of the badge.
    pub(super) fn update_badge_cell(&mut self, index: usize, change: impl FnOnce(&mut BadgeCell)) {
        let badge = &self.rules.badges[index];
        let mut cell = self
            .state
            .badge_cell(badge.slot)
            .cloned()
            .unwrap_or_default();
        // A new cell has no tiers yet.
        cell.held_counts.resize(badge.tiers.len(), 0);
        change(&mut cell);
        self.state
            .put_cell(CellId::new(badge.slot, ""), Some(Cell::Badge(cell)));
        self.mark_dependents(&badge.dependents);
    }

    fn set_open(&mut self, index: usize, open: bool) -> Result<(), MissingCells> {
        let rule = &self.rules.unlockables[index];
        // The key is not empty, or the cell would be part of the header. Real keys have no NUL.
        let detail = CellId::new(rule.detail_slot, "\0");
        // `put_cell` journals the previous content, so it must be loaded before it is written.
        self.state.read_cell(&detail)?;
        self.state
            .put_cell(CellId::new(rule.slot, ""), open.then_some(Cell::Mark));
        let cell = Cell::Unlock {
            open,
            at: self.at,
            event: self.event.id.as_str().into(),
        };
        self.state.put_cell(detail, Some(cell));
        self.mark_dependents(&rule.dependents);
        Ok(())
    }

    /// Reports that an effect was dropped because the event had too many.
    fn report_dropped_effect(&mut self, effect: &Effect) {
        let rule = match effect {
            Effect::Pay { earning, .. } => RuleRef::Earning(*earning),
            Effect::Award { badge, .. }
            | Effect::Revoke { badge, .. }
            | Effect::Lapse { badge, .. }
            | Effect::Grandfather(GrandfatheredAward { badge, .. }) => RuleRef::Badge(*badge),
            Effect::Open(unlockable) | Effect::Close(unlockable) => {
                RuleRef::Unlockable(*unlockable)
            }
            // An action or time causes these, so there is no rule to name.
            Effect::Points { .. } | Effect::Expire { .. } => return,
        };
        self.record_failure(
            rule,
            format!("one event has more than {} effects", limits::DERIVED_EVENTS),
        );
    }
}
