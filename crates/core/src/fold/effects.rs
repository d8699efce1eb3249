//! Effects of a generation: points, awards and unlockables, applied in order.

use super::cell::{Award, AwardSource, BadgeCell, Cell, CellId};
use super::derived::{self, Derived};
use super::keep::Kept;
use super::state::Missing;
use super::step::Turn;
use super::trace::{Movement, MovementSource};
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::RuleRef;
use crate::limits;
use crate::number::Decimal;

/// Stands in place of a rule's id in events about expired points.
const EXPIRY: &str = "expiry";

/// A change that a rule, an action or a timer causes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// An earning pays.
    Pay {
        earning: usize,
        amounts: Vec<(usize, i64)>,
    },
    /// Points are granted or deducted manually.
    Points { currency: usize, amount: i64 },
    /// Expired points are deducted.
    Expire { currency: usize, amount: i64 },
    /// A badge tier is awarded.
    Award {
        badge: usize,
        tier: usize,
        key: Box<str>,
        source: AwardSource,
        points: Vec<(usize, i64)>,
    },
    /// An award is revoked; with `block`, the criterion cannot award it again.
    Revoke {
        badge: usize,
        tier: usize,
        key: Box<str>,
        block: bool,
    },
    /// An award that a publication would have revoked is grandfathered.
    Keep(Kept),
    /// The award of a temporary badge ends because its criterion no longer holds.
    Lapse {
        badge: usize,
        tier: usize,
        key: Box<str>,
    },
    /// An unlockable opens.
    Open(usize),
    /// An unlockable closes.
    Shut(usize),
}

impl Turn<'_> {
    /// Applies the effects of a generation and returns the events of the next one.
    pub(super) fn apply(&mut self) -> Result<Vec<Derived>, Missing> {
        // From here on the amounts are part of the balances.
        self.pending.clear();
        let effects = std::mem::take(&mut self.effects);
        let mut caused = Vec::with_capacity(effects.len());
        for effect in effects {
            // The bound keeps a badge that pays itself from running away within one event (S25).
            self.caused += 1;
            if self.caused > limits::DERIVED_EVENTS {
                self.refuse(&effect);
                continue;
            }
            self.apply_one(effect, &mut caused)?;
        }
        Ok(caused)
    }

    pub(super) fn apply_one(
        &mut self,
        effect: Effect,
        caused: &mut Vec<Derived>,
    ) -> Result<(), Missing> {
        let rules = self.rules;
        match effect {
            Effect::Pay { earning, amounts } => {
                for (currency, amount) in amounts {
                    self.move_points(MovementSource::Earning(earning), currency, amount, caused)?;
                }
            }
            Effect::Points { currency, amount } => {
                self.move_points(MovementSource::Act, currency, amount, caused)?
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
            } => self.award(badge, tier, key, source, points, caused)?,
            Effect::Keep(kept) => self.keep(kept, caused)?,
            Effect::Revoke {
                badge,
                tier,
                key,
                block,
            } => self.revoke(badge, tier, key, block, caused)?,
            Effect::Lapse { badge, tier, key } => self.lapse(badge, tier, &key, caused)?,
            Effect::Open(unlockable) => {
                self.set_open(unlockable, true)?;
                caused.push(Derived::unlockable(
                    derived::UNLOCKABLE_OPENED,
                    &rules.unlockables[unlockable].id,
                ));
            }
            Effect::Shut(unlockable) => {
                self.set_open(unlockable, false)?;
                caused.push(Derived::unlockable(
                    derived::UNLOCKABLE_CLOSED,
                    &rules.unlockables[unlockable].id,
                ));
            }
        }
        Ok(())
    }

    /// Moves points. They fit the balance, because `reserve` checked them when the effect was
    /// planned.
    pub(super) fn move_points(
        &mut self,
        source: MovementSource,
        currency: usize,
        amount: i64,
        caused: &mut Vec<Derived>,
    ) -> Result<(), Missing> {
        if amount == 0 {
            return Ok(());
        }
        let rule = &self.rules.currencies[currency];
        let before = self.state.number(rule.slot);
        let Some(balance) = before.checked_add(Decimal::from_int(amount)) else {
            return Ok(());
        };
        // Both sides are sums of integers (S11). A fraction would be lost in `State::balance`.
        debug_assert!(balance.is_whole());
        // `expire` has taken expired points from their lots already.
        if let Some(expiry) = rule.expiry
            && source != MovementSource::Expiry
        {
            self.settle(expiry, before, balance)?;
        }
        self.state
            .put(CellId::new(rule.slot, ""), Some(Cell::Number(balance)));
        self.mark(&rule.dependents);
        let of = match &source {
            MovementSource::Earning(earning) => &self.rules.earnings[*earning].id,
            MovementSource::Award { badge, .. } => &self.rules.badges[*badge].id,
            MovementSource::Act => &self.event.name,
            MovementSource::Expiry => EXPIRY,
        };
        caused.push(Derived::points(&rule.id, amount, of));
        self.out.movements.push(Movement {
            source,
            currency,
            amount,
        });
        Ok(())
    }

    fn award(
        &mut self,
        index: usize,
        tier: usize,
        key: Box<str>,
        source: AwardSource,
        points: Vec<(usize, i64)>,
        caused: &mut Vec<Derived>,
    ) -> Result<(), Missing> {
        let badge = &self.rules.badges[index];
        let id = CellId::award(badge.award_slot, &badge.tiers[tier].id, &key);
        // The effect was planned at the beginning of the generation, and an effect before this one
        // can have given the award already.
        let intervals = match self.state.get(&id)? {
            Some(Cell::Award(award)) if award.is_held() => return Ok(()),
            Some(Cell::Award(award)) if badge.temporary => award.clone().past_spells(),
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
        let award = Award {
            at: self.at,
            event,
            source,
            revoked_at: None,
            lapsed: false,
            blocked: false,
            paid: points,
            holding_intervals: intervals,
        };
        self.state.put(id, Some(Cell::Award(award)));
        self.change_badge(index, |cell| {
            cell.held[tier] += 1;
            if badge.repeat == RepeatMode::Once && !badge.temporary {
                cell.settled |= 1 << tier;
            }
            if badge.repeat == RepeatMode::Again {
                cell.reached = cell.reached.max(key.parse().unwrap_or(0));
            }
        });
        caused.push(Derived::badge(
            derived::BADGE_AWARDED,
            &badge.id,
            &badge.tiers[tier].id,
            &key,
        ));
        Ok(())
    }

    fn revoke(
        &mut self,
        index: usize,
        tier: usize,
        key: Box<str>,
        block: bool,
        caused: &mut Vec<Derived>,
    ) -> Result<(), Missing> {
        let badge = &self.rules.badges[index];
        let id = CellId::award(badge.award_slot, &badge.tiers[tier].id, &key);
        let before = match self.state.get(&id)? {
            Some(Cell::Award(award)) => Some(award.clone()),
            _ => None,
        };
        // An award that was never given can be revoked, too. It leaves a record, which blocks it.
        let was_held = before.as_ref().is_some_and(Award::is_held);
        let mut award = before.unwrap_or_else(|| Award {
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
        self.state.put(id, Some(Cell::Award(award)));
        self.change_badge(index, |cell| {
            cell.held[tier] -= u64::from(was_held);
            // A blocked tier is settled, because the criterion has nothing left to do. Without a
            // block it can be earned again. Retired tiers have no criterion.
            if badge.repeat == RepeatMode::Once
                && !badge.temporary
                && key.is_empty()
                && !badge.tiers[tier].retired
            {
                cell.settled = if block {
                    cell.settled | 1 << tier
                } else {
                    cell.settled & !(1 << tier)
                };
            }
        });
        if was_held {
            caused.push(Derived::badge(
                derived::BADGE_REVOKED,
                &badge.id,
                &badge.tiers[tier].id,
                &key,
            ));
        }
        Ok(())
    }

    /// Ends an award of a temporary badge until its criterion holds again.
    fn lapse(
        &mut self,
        index: usize,
        tier: usize,
        key: &str,
        caused: &mut Vec<Derived>,
    ) -> Result<(), Missing> {
        let badge = &self.rules.badges[index];
        let id = CellId::award(badge.award_slot, &badge.tiers[tier].id, key);
        let award = match self.state.get(&id)? {
            Some(Cell::Award(award)) if award.is_held() => award.clone(),
            _ => return Ok(()),
        };
        let award = Award {
            revoked_at: Some(self.at),
            lapsed: true,
            ..award
        };
        self.state.put(id, Some(Cell::Award(award)));
        self.change_badge(index, |cell| cell.held[tier] -= 1);
        caused.push(Derived::badge(
            derived::BADGE_REVOKED,
            &badge.id,
            &badge.tiers[tier].id,
            key,
        ));
        Ok(())
    }

    /// Updates the cell of a badge and marks the dependents of the badge.
    pub(super) fn change_badge(&mut self, index: usize, change: impl FnOnce(&mut BadgeCell)) {
        let badge = &self.rules.badges[index];
        let mut cell = self.state.badge(badge.slot).cloned().unwrap_or_default();
        // A new cell has no tiers yet.
        cell.held.resize(badge.tiers.len(), 0);
        change(&mut cell);
        self.state
            .put(CellId::new(badge.slot, ""), Some(Cell::Badge(cell)));
        self.mark(&badge.dependents);
    }

    fn set_open(&mut self, index: usize, open: bool) -> Result<(), Missing> {
        let rule = &self.rules.unlockables[index];
        // The key is not empty, or the cell would be part of the header. Real keys have no NUL.
        let detail = CellId::new(rule.detail_slot, "\0");
        // `put` journals the previous content, so it must be loaded before anything is written.
        self.state.get(&detail)?;
        self.state
            .put(CellId::new(rule.slot, ""), open.then_some(Cell::Mark));
        let cell = Cell::Unlock {
            open,
            at: self.at,
            event: self.event.id.as_str().into(),
        };
        self.state.put(detail, Some(cell));
        self.mark(&rule.dependents);
        Ok(())
    }

    /// Reports that an effect was dropped because the event had too many.
    fn refuse(&mut self, effect: &Effect) {
        let rule = match effect {
            Effect::Pay { earning, .. } => RuleRef::Earning(*earning),
            Effect::Award { badge, .. }
            | Effect::Revoke { badge, .. }
            | Effect::Lapse { badge, .. }
            | Effect::Keep(Kept { badge, .. }) => RuleRef::Badge(*badge),
            Effect::Open(unlockable) | Effect::Shut(unlockable) => RuleRef::Unlockable(*unlockable),
            Effect::Points { .. } | Effect::Expire { .. } => return,
        };
        self.problem(
            rule,
            format!("one event has more than {} effects", limits::DERIVED_EVENTS),
        );
    }
}
