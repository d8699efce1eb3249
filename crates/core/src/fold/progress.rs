//! Progress of a player towards the next tier of a badge.

use serde::Serialize;

use super::cell::{Cell, CellId};
use super::inspection_event::inspection_event;
use super::state::{MissingCells, PlayerState};
use super::step::StepContext;
use crate::catalog::Catalog;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{AgainMode, BadgeRule, CriterionRule, CriterionRuleKind, KeyOperator};
use crate::number::Decimal;
use crate::time::Timestamp;

/// A current value and the target that earns a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierProgress {
    /// The tier; `None` for a badge without tiers.
    pub tier: Option<String>,
    /// The key that is nearest to its target, for badges earned per key.
    pub key: Option<String>,
    /// The current value; can be negative.
    pub current: Decimal,
    /// The value to be reached.
    pub target: Decimal,
}

impl TierProgress {
    /// Returns the share of the target that is reached, from 0 to 1.
    pub fn completion_ratio(&self) -> f64 {
        // The quotient would be infinite or not a number.
        if self.target <= Decimal::ZERO {
            return 1.0;
        }
        (self.current.to_f64() / self.target.to_f64()).clamp(0.0, 1.0)
    }
}

/// Computes the progress on a badge at an instant; `None` if nothing is left to earn, or if the
/// badge has no criterion.
///
/// For a badge earned per key, this is the progress of the key that is nearest to its target among
/// those that have not earned it. For a composite criterion, it is the number of parts that hold.
///
/// # Errors
/// [`MissingCells`] names cells that must be loaded first.
pub(super) fn compute_progress(
    catalog: &Catalog,
    state: &mut PlayerState,
    player: &str,
    badge: usize,
    now: Timestamp,
) -> Result<Option<TierProgress>, MissingCells> {
    let moment = inspection_event(player, now);
    let mut turn = StepContext::new(catalog, state, &moment, false);
    let progress = turn.badge_progress(badge);
    state.roll_back();
    progress
}

impl StepContext<'_> {
    fn badge_progress(&mut self, index: usize) -> Result<Option<TierProgress>, MissingCells> {
        let badge = &self.rules.badges[index];
        match badge.repeat {
            RepeatMode::Once => self.progress_once(badge),
            RepeatMode::Again => self.progress_again(badge),
            RepeatMode::PerKey => self.progress_of_keys(index),
        }
    }

    fn progress_once(&mut self, badge: &BadgeRule) -> Result<Option<TierProgress>, MissingCells> {
        let settled = self
            .state
            .badge_cell(badge.slot)
            .map_or(0, |cell| cell.settled_tiers);
        for (position, tier) in badge.tiers.iter().enumerate() {
            let Some(node) = &tier.criterion else {
                continue;
            };
            // Tiers of a temporary badge are never settled, because they can be earned again.
            let is_done = if badge.temporary {
                self.award_obstacle(badge, position, "")?.is_some()
            } else {
                settled >> position & 1 == 1
            };
            if !is_done {
                let offset = self.progress_offset(badge, "")?;
                let (key, current, target) = self.criterion_progress(node, offset)?;
                return Ok(Some(TierProgress {
                    tier: tier.named_id(),
                    key,
                    current,
                    target,
                }));
            }
        }
        Ok(None)
    }

    fn progress_again(&mut self, badge: &BadgeRule) -> Result<Option<TierProgress>, MissingCells> {
        let Some(node) = &badge.tiers[0].criterion else {
            return Ok(None);
        };
        let offset = self.progress_offset(badge, "")?;
        let (key, current, target) = self.criterion_progress(node, offset)?;
        let target = match badge.again_mode {
            AgainMode::Edges => target,
            AgainMode::Multiples => {
                let next = i64::try_from(self.next_time(badge)?).unwrap_or(i64::MAX);
                target
                    .checked_mul(Decimal::from_int(next))
                    .unwrap_or(target)
            }
        };
        Ok(Some(TierProgress {
            tier: None,
            key,
            current,
            target,
        }))
    }

    fn progress_of_keys(&mut self, index: usize) -> Result<Option<TierProgress>, MissingCells> {
        let badge = &self.rules.badges[index];
        let mut best: Option<TierProgress> = None;
        for key in self.badge_keys(index)? {
            for tier in &badge.tiers {
                let Some(node) = &tier.criterion else {
                    continue;
                };
                let place = CellId::for_award(badge.award_slot, &tier.id, &key);
                let stands = matches!(self.state.read_cell(&place)?, Some(Cell::Award(award)) if award.is_held() || award.blocked);
                if stands {
                    continue;
                }
                let offset = self.progress_offset(badge, &key)?;
                let current = self.criterion_value(node, &key, offset)?;
                let progress = TierProgress {
                    tier: tier.named_id(),
                    key: Some(key.to_string()),
                    current,
                    target: node.target,
                };
                // Not `>=`: of keys that are equally near, the first in order is shown, whatever
                // the order of events.
                if best
                    .as_ref()
                    .is_none_or(|best| progress.completion_ratio() > best.completion_ratio())
                {
                    best = Some(progress);
                }
                // The tiers above the next one of a key are further away.
                break;
            }
        }
        // Before the first event, any key is at zero.
        let from_zero = || {
            let tier = badge.tiers.first()?;
            let target = tier.criterion.as_ref()?.target;
            Some(TierProgress {
                tier: tier.named_id(),
                key: None,
                current: Decimal::ZERO,
                target,
            })
        };
        Ok(best.or_else(from_zero))
    }

    /// Returns the value and target of a criterion. If it asks for some key, these are the ones of
    /// the best key, which is returned as well.
    pub(super) fn criterion_progress(
        &mut self,
        node: &CriterionRule,
        offset: Decimal,
    ) -> Result<(Option<String>, Decimal, Decimal), MissingCells> {
        if let CriterionRuleKind::KeyAggregate(aggregate) = &node.kind {
            let aggregate = &self.rules.key_aggregates[*aggregate];
            let keyed = &self.rules.keyed_criteria[aggregate.keyed_criterion];
            // "At least one key" says little as 0 of 1. The counter of the best key shows how far
            // it is.
            if let (KeyOperator::Count, Decimal::ONE, CriterionRuleKind::Counter(counter)) =
                (&aggregate.operator, node.target, &keyed.criterion.kind)
            {
                let best = self.best_key(*counter)?;
                let current = best.as_ref().map_or(Decimal::ZERO, |(value, _)| *value);
                return Ok((best.map(|(_, key)| key), current, keyed.criterion.target));
            }
        }
        Ok((None, self.criterion_value(node, "", offset)?, node.target))
    }

    /// Finds the key of a counter with the greatest value; the first in order if there are several.
    fn best_key(&mut self, counter: usize) -> Result<Option<(Decimal, String)>, MissingCells> {
        let keys = self.counter_keys(self.rules.counters[counter].slot)?;
        let mut best: Option<(Decimal, String)> = None;
        for key in keys {
            let value = self.counter_value(counter, &key)?;
            if best.as_ref().is_none_or(|(greatest, _)| value > *greatest) {
                best = Some((value, key.into()));
            }
        }
        Ok(best)
    }
}
