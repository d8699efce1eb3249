//! Manual actions. An action is judged once, stored with the decided effect, and never judged
//! again (S3).

use super::age;
use super::cell::{AwardCell, AwardSource, Cell, CellId};
use super::derived_events::DerivedEvent;
use super::effect::Effect;
use super::state::MissingCells;
use super::step::StepContext;
use crate::number::Decimal;
use crate::value::{Props, Value};

pub use crate::names::acts::{
    AWARD, DECISION, GRANDFATHER, MERGE, NAMES, POINTS, PROFILE, PROGRESS, RESET, RESET_APPLIED,
    RESTORE, RETRACT, REVOKE, UNMERGE,
};

impl StepContext<'_> {
    /// Applies the event if it is an action; returns `None` if it is not.
    pub(super) fn apply_action(&mut self) -> Result<Option<Vec<DerivedEvent>>, MissingCells> {
        let props = &self.event.props;
        match self.event.name.as_str() {
            AWARD => self.plan_award_action(props, true),
            REVOKE => self.plan_award_action(props, false),
            PROGRESS => self.apply_progress_action(props)?,
            POINTS => self.plan_points_action(props),
            // The caller has already left out the events before the reset.
            RESET if props.get(RESET_APPLIED).is_some() => {}
            RESET => return self.apply_reset().map(|()| Some(Vec::new())),
            PROFILE => self.apply_profile_action(props)?,
            GRANDFATHER => self.apply_grandfather_action(props)?,
            // These decide which events belong to a timeline. That is settled before the fold.
            RETRACT | RESTORE | MERGE | UNMERGE => {}
            _ => return Ok(None),
        }
        self.apply_effects().map(Some)
    }

    /// Plans the awards or revokes of an action. Skips badges and tiers that no longer exist.
    fn plan_award_action(&mut self, props: &Props, give: bool) {
        let Some(badge) = text_prop(props, "badge").and_then(|id| self.rules.badge_position(id))
        else {
            return;
        };
        let Some(Value::List(awards)) =
            decided_props(props).and_then(|decided| decided.get("awards"))
        else {
            return;
        };
        for award in awards {
            let Value::Map(award) = award else { continue };
            let Some(tier) = self.rules.badges[badge]
                .tier_position(text_prop(award, "tier").unwrap_or_default())
            else {
                continue;
            };
            let key: Box<str> = text_prop(award, "key").unwrap_or_default().into();
            if !give {
                self.effects.push(Effect::Revoke {
                    badge,
                    tier,
                    key,
                    block: true,
                });
                continue;
            }
            let points = self.decided_points(award);
            // They did fit when the action was judged, but a late event can have raised the
            // balance.
            if self.reserve_points(&points) {
                self.effects.push(Effect::Award {
                    badge,
                    tier,
                    key,
                    source: AwardSource::Manual,
                    points,
                });
            }
        }
    }

    /// Reads the points that were decided for an award. Currencies that no longer exist are left
    /// out.
    pub(super) fn decided_points(&self, award: &Props) -> Vec<(usize, i64)> {
        let Some(Value::Map(points)) = award.get("points") else {
            return Vec::new();
        };
        let known = |(currency, amount): (&str, &Value)| {
            Some((self.rules.currency_position(currency)?, amount.as_int()?))
        };
        points.iter().filter_map(known).collect()
    }

    fn plan_points_action(&mut self, props: &Props) {
        let currency = text_prop(props, "currency").and_then(|id| self.rules.currency_position(id));
        let amount = props.get("amount").and_then(Value::as_int);
        if let (Some(currency), Some(amount)) = (currency, amount)
            && self.reserve_points(&[(currency, amount)])
        {
            self.effects.push(Effect::Points { currency, amount });
        }
    }

    fn apply_progress_action(&mut self, props: &Props) -> Result<(), MissingCells> {
        let Some(index) = text_prop(props, "badge").and_then(|id| self.rules.badge_position(id))
        else {
            return Ok(());
        };
        let Some(add) = decided_props(props).and_then(|decided| parse_number(decided.get("add")?))
        else {
            return Ok(());
        };
        let badge = &self.rules.badges[index];
        // The action may have been decided under another catalog, in which the criterion was a
        // single number.
        if !badge.has_numeric_criterion {
            return Ok(());
        }
        let dependent = if let Some(key) = text_prop(props, "key") {
            let id = CellId::new(badge.slot, key);
            let before = match self.state.read_cell(&id)? {
                Some(Cell::Number(offset)) => *offset,
                _ => Decimal::ZERO,
            };
            let Some(offset) = before.checked_add(add) else {
                return Ok(());
            };
            self.state.put_cell(id, Some(Cell::Number(offset)));
            self.update_badge_cell(index, |cell| cell.keyed_offsets = true);
            (
                crate::catalog::rules::DependentRule::KeyedBadge(index),
                key.into(),
            )
        } else {
            self.update_badge_cell(index, |cell| {
                cell.progress_offset = cell
                    .progress_offset
                    .checked_add(add)
                    .unwrap_or(cell.progress_offset)
            });
            (
                crate::catalog::rules::DependentRule::Badge(index),
                Box::default(),
            )
        };
        // Before `since` the badge cannot be awarded, and no event may follow to trigger it. The
        // timer evaluates it at that instant.
        if let Some(since) = badge.bounds.since.filter(|since| self.at < *since) {
            self.schedule_timer(since, badge.slot, &dependent.1)?;
        }
        self.pending_dependents.push(dependent);
        Ok(())
    }

    fn apply_profile_action(&mut self, props: &Props) -> Result<(), MissingCells> {
        let Some(Value::Map(set)) = props.get("set") else {
            return Ok(());
        };
        let kept = self
            .state
            .header
            .profile
            .iter()
            .filter(|(name, _)| set.get(name).is_none());
        // Null removes an attribute.
        let new = set.iter().filter(|(_, value)| **value != Value::Null);
        let profile = kept
            .chain(new)
            .map(|(name, value)| (name.into(), value.clone()))
            .collect();
        let before = self.state.replace_profile(profile);
        let now = &self.state.header.profile;
        let (moved, aged) = (
            before.get("zone") != now.get("zone"),
            age::joined_attribute(&before) != age::joined_attribute(now),
        );
        // Days begin at other instants in the new zone, so the timers of calendar windows move.
        if moved {
            self.reschedule_zone_counters()?;
        }
        if aged { self.reschedule_ages() } else { Ok(()) }
    }

    /// Resets the player: revokes awards, closes unlockables, and clears balances and counters.
    ///
    /// Nothing is blocked, and the player's attributes and age stay. The changes are not rewards,
    /// so no rule hears of them and the limit on effects does not apply.
    fn apply_reset(&mut self) -> Result<(), MissingCells> {
        // Every cell is cleared, so every cell must be known.
        if !self.state.is_whole() {
            return Err(MissingCells::All);
        }
        let mut unheard = Vec::new();
        for effect in self.plan_full_revocation()? {
            self.apply_effect(effect, &mut unheard)?;
        }
        // Revoking has taken back what awards paid. The rest of each balance goes as one movement,
        // so that the ledger shows it.
        for (currency, rule) in self.rules.currencies.iter().enumerate() {
            let amount = -self.state.balance(rule.slot);
            self.apply_effect(Effect::Points { currency, amount }, &mut unheard)?;
        }
        let cells: Vec<CellId> = self.state.all_cells()?.into_keys().collect();
        for id in cells {
            // Awards and unlockables stay as records of what was once held.
            let is_record = matches!(
                self.state.peek_cell(&id),
                Some(Cell::Award(_) | Cell::Unlock { .. })
            );
            let is_balance = self
                .rules
                .currencies
                .iter()
                .any(|currency| currency.slot == id.slot);
            if !is_record && !is_balance {
                self.state.put_cell(id, None);
            }
        }
        // All timers were among the cells. Dependents that the effects marked are covered by the
        // initial ones: nothing but what holds without events can hold now.
        self.next_timer = None;
        self.pending_dependents.clear();
        self.mark_initial();
        self.reschedule_ages()
    }

    /// Plans the revocation of everything that is held or open. Lifts blocks at once.
    fn plan_full_revocation(&mut self) -> Result<Vec<Effect>, MissingCells> {
        let rules = self.rules;
        let mut effects = Vec::new();
        for (index, badge) in rules.badges.iter().enumerate() {
            // Written after the loop, because listing a slot borrows the state.
            let mut freed = Vec::new();
            for (id, cell) in self.state.slot_cells(badge.award_slot)? {
                let (Cell::Award(award), Some((tier, key))) = (cell, id.key.split_once('\0'))
                else {
                    continue;
                };
                let Some(tier) = badge.tier_position(tier) else {
                    continue;
                };
                if award.is_held() {
                    effects.push(Effect::Revoke {
                        badge: index,
                        tier,
                        key: key.into(),
                        block: false,
                    });
                } else if award.blocked {
                    freed.push((
                        id.clone(),
                        Cell::Award(AwardCell {
                            blocked: false,
                            ..award.clone()
                        }),
                    ));
                }
            }
            freed
                .into_iter()
                .for_each(|(id, cell)| self.state.put_cell(id, Some(cell)));
        }
        let open = rules
            .unlockables
            .iter()
            .enumerate()
            .filter(|(_, unlockable)| self.state.is_open(unlockable.slot));
        effects.extend(open.map(|(index, _)| Effect::Close(index)));
        Ok(effects)
    }
}

/// Reads a text property.
pub(super) fn text_prop<'a>(props: &'a Props, name: &str) -> Option<&'a str> {
    props.get(name)?.as_text()
}

/// Reads a number, or the text of one: `decide` writes fractions as text, because JSON numbers
/// would lose digits.
fn parse_number(value: &Value) -> Option<Decimal> {
    value.as_decimal().or_else(|| value.as_text()?.parse().ok())
}

/// Reads the decided effect of an action.
pub(super) fn decided_props(props: &Props) -> Option<&Props> {
    match props.get(DECISION) {
        Some(Value::Map(decided)) => Some(decided),
        _ => None,
    }
}
