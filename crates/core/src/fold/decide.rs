//! Judging an action, once, against the state on which it is recorded (S3).

use super::actions::{
    AWARD, DECISION, MERGE, POINTS, PROFILE, PROGRESS, RESET, RESTORE, RETRACT, REVOKE, UNMERGE,
    text_prop,
};
use super::age::JOINED;
use super::cell::{AwardCell, Cell, CellId};
use super::state::{MissingCells, PlayerState};
use super::step::StepContext;
use crate::catalog::Catalog;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::BadgeRule;
use crate::event::Event;
use crate::limits;
use crate::number::Decimal;
use crate::suggest;
use crate::value::{Props, Value};

/// The reason why an action is refused. A refused action is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The action names a rule that the catalog does not define.
    #[error("{kind} `{id}` not found{}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// The kind of rule: `badge` or `currency`.
        kind: &'static str,
        /// The id in the action.
        id: String,
        /// The most similar known id.
        suggestion: Option<String>,
    },
    /// A property of the action is missing or invalid.
    #[error("action `{act}` requires {what}")]
    Invalid {
        /// The name of the action.
        act: String,
        /// The required property.
        what: &'static str,
    },
    /// The badge has tiers, and the action names none.
    #[error("badge `{badge}` has tiers; specify one of: {tiers}")]
    NeedsTier {
        /// The id of the badge.
        badge: String,
        /// The ids of its tiers, separated by commas.
        tiers: String,
    },
    /// The action names a tier that the badge does not have.
    #[error("badge `{badge}` has no tier `{tier}`; {}", list_tiers(.tiers))]
    UnknownTier {
        /// The id of the badge.
        badge: String,
        /// The unknown tier.
        tier: String,
        /// The ids of its tiers, separated by commas; empty for a badge without tiers.
        tiers: String,
    },
    /// The badge is earned per key, and the action names no key.
    #[error("badge `{badge}` is earned per key; specify the key")]
    NeedsKey {
        /// The id of the badge.
        badge: String,
    },
    /// The action names a key, and the badge is not earned per key.
    #[error("badge `{badge}` is not earned per key; omit the key")]
    UnexpectedKey {
        /// The id of the badge.
        badge: String,
    },
    /// The award is already held. It is not paid a second time.
    #[error("badge `{badge}` is already held; nothing changed")]
    AlreadyHeld {
        /// The id of the badge.
        badge: String,
    },
    /// There is no award to revoke.
    #[error("badge `{badge}` is not held; nothing to revoke")]
    NotHeld {
        /// The id of the badge.
        badge: String,
    },
    /// The badge's criterion is not a single number.
    #[error(
        "badge `{badge}` does not accept manual progress, because its criterion is not a single \
         number; record the events that it counts instead"
    )]
    NotANumber {
        /// The id of the badge.
        badge: String,
    },
    /// The balance is smaller than the amount to deduct.
    #[error(
        "balance is {balance} {currency}, less than the {amount} to deduct; allow an overdraft to \
         deduct them anyway"
    )]
    Insufficient {
        /// The id of the currency.
        currency: String,
        /// The current balance.
        balance: i64,
        /// The amount to deduct.
        amount: i64,
    },
    /// The result is out of the range of amounts.
    #[error("result out of range; amounts are 64-bit integers")]
    Overflow,
    /// The attribute `zone` is not an IANA time zone.
    #[error("`{0}` is not a valid time zone; use an IANA name such as `Europe/Paris`")]
    InvalidZone(String),
    /// The attribute `joined` is neither a date nor an instant.
    #[error(
        "`{0}` is not a valid date; use a date such as `2020-05-01` or a time such as \
         `2020-05-01T12:00:00Z`"
    )]
    InvalidJoined(String),
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    })
}

fn list_tiers(tiers: &str) -> String {
    match tiers {
        "" => "it has no tiers".to_owned(),
        tiers => format!("its tiers are {tiers}"),
    }
}

/// Judges an action and returns its properties together with the decided effect.
///
/// The state is not changed: the decided action still has to be recorded and folded.
///
/// # Errors
/// [`MissingCells`] names the cells to load first. The inner error is the reason for a refusal.
pub(super) fn decide(
    catalog: &Catalog,
    state: &mut PlayerState,
    act: &Event,
) -> Result<Result<Props, Refusal>, MissingCells> {
    let mut turn = StepContext::new(catalog, state, act, false);
    let decided = match act.name.as_str() {
        AWARD => turn.decide_award(),
        REVOKE => turn.decide_revoke(),
        PROGRESS => turn.decide_progress(),
        POINTS => Ok(turn.decide_points()),
        PROFILE => Ok(turn.decide_profile()),
        // A reset clears what it finds, and the others select events: there is no amount and no
        // holding to decide (S3).
        RESET | RETRACT | RESTORE | MERGE | UNMERGE => Ok(Ok(None)),
        _ => Ok(Err(turn.invalid_action("a known action name"))),
    };
    // Reading slides windows, which writes cells. Rolled back even if a cell is missing.
    state.roll_back();
    Ok(decided?.map(|decided| {
        let mut props = act.props.clone();
        if let Some(decided) = decided {
            props.insert(DECISION, Value::Map(decided));
        }
        props
    }))
}

type DecidedEffect = Result<Option<Props>, Refusal>;

impl StepContext<'_> {
    fn decide_award(&mut self) -> Result<DecidedEffect, MissingCells> {
        let (index, tier, key) = match self.resolve_target() {
            Ok(target) => target,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let badge = &self.rules.badges[index];
        let Some(tier) = tier else {
            return Ok(Err(needs_tier(badge)));
        };
        // A manual award of a repeatable badge is the next time; the caller cannot choose one.
        let key = match badge.repeat {
            RepeatMode::Again => self.highest_time(badge).saturating_add(1).to_string(),
            _ => key,
        };
        if self.is_award_held(badge, tier, &key)? {
            return Ok(Err(Refusal::AlreadyHeld {
                badge: badge.id.clone(),
            }));
        }
        // A tier stands above the lower ones, so it comes with those that are not held (S4).
        let mut awards = Vec::new();
        for index in 0..=tier {
            let is_lower = index < tier;
            if is_lower && (badge.tiers[index].retired || self.is_award_held(badge, index, &key)?) {
                continue;
            }
            let points = &badge.tiers[index].points;
            if !self.reserve_points(points) {
                return Ok(Err(Refusal::Overflow));
            }
            awards.push(award_props(
                badge,
                index,
                &key,
                Some(self.paid_props(points)),
            ));
        }
        Ok(Ok(Some(awards_props(awards))))
    }

    /// Writes down the points that an award pays.
    // They are stored with the award, so that another catalog does not change them (S3).
    fn paid_props(&self, points: &[(usize, i64)]) -> Props {
        let paid = points.iter().map(|(currency, amount)| {
            (
                self.rules.currencies[*currency].id.as_str().into(),
                Value::from(*amount),
            )
        });
        paid.collect()
    }

    fn decide_revoke(&mut self) -> Result<DecidedEffect, MissingCells> {
        let (index, tier, key) = match self.resolve_target() {
            Ok(target) => target,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let badge = &self.rules.badges[index];
        // Without a tier, all tiers are revoked; without a number, the latest time.
        let tiers = tier.map_or(0..badge.tiers.len(), |tier| tier..tier + 1);
        let key = match badge.repeat {
            RepeatMode::Again if key.is_empty() => self.highest_time(badge).to_string(),
            _ => key,
        };
        let mut awards = Vec::new();
        for tier in tiers {
            if self.is_award_held(badge, tier, &key)? {
                awards.push(award_props(badge, tier, &key, None));
            }
        }
        if awards.is_empty() {
            return Ok(Err(Refusal::NotHeld {
                badge: badge.id.clone(),
            }));
        }
        Ok(Ok(Some(awards_props(awards))))
    }

    fn decide_progress(&mut self) -> Result<DecidedEffect, MissingCells> {
        let (index, _, key) = match self.resolve_target() {
            Ok(target) => target,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let badge = &self.rules.badges[index];
        // All tiers count the same number, so the first one yields the value.
        let node = badge.tiers[0]
            .criterion
            .as_ref()
            .filter(|_| badge.has_numeric_criterion);
        let Some(node) = node else {
            return Ok(Err(Refusal::NotANumber {
                badge: badge.id.clone(),
            }));
        };
        let number = |name| self.event.props.get(name).and_then(Value::as_decimal);
        let add = match (number("add"), number("set")) {
            (Some(add), None) => Some(add),
            // Stored as a difference, so that events which count later still count.
            (None, Some(set)) => {
                let offset = self.progress_offset(badge, &key)?;
                set.checked_sub(self.criterion_value(node, &key, offset)?)
            }
            _ => return Ok(Err(self.invalid_action("either `add` or `set`, a number"))),
        };
        // The new offset must fit as well, or the fold could not apply it.
        let sum = add.and_then(|add| {
            Some((
                add,
                self.progress_offset(badge, &key).ok()?.checked_add(add)?,
            ))
        });
        let Some((add, _)) = sum else {
            return Ok(Err(Refusal::Overflow));
        };
        Ok(Ok(Some(
            [("add".into(), number_value(add))].into_iter().collect(),
        )))
    }

    fn decide_points(&mut self) -> DecidedEffect {
        let props = &self.event.props;
        let id = text_prop(props, "currency")
            .ok_or_else(|| self.invalid_action("`currency`, a string"))?;
        let amount = props
            .get("amount")
            .and_then(Value::as_int)
            .filter(|amount| *amount != 0);
        let amount =
            amount.ok_or_else(|| self.invalid_action("`amount`, an integer other than 0"))?;
        let Some(currency) = self.rules.currency_position(id) else {
            return Err(unknown_rule(
                "currency",
                id,
                self.rules
                    .currencies
                    .iter()
                    .map(|currency| currency.id.as_str()),
            ));
        };
        let balance = self.state.balance(self.rules.currencies[currency].slot);
        if !self.reserve_points(&[(currency, amount)]) {
            return Err(Refusal::Overflow);
        }
        // Only a deduction is refused: points can always be granted to an overdrawn player.
        let overdraft = matches!(props.get("overdraft"), Some(Value::Bool(true)));
        if amount < 0 && balance.saturating_add(amount) < 0 && !overdraft {
            return Err(Refusal::Insufficient {
                currency: id.to_owned(),
                balance,
                // `reserve_points` has refused the one integer that has no opposite.
                amount: amount.saturating_neg(),
            });
        }
        Ok(None)
    }

    fn decide_profile(&mut self) -> DecidedEffect {
        let Some(Value::Map(set)) = self.event.props.get("set") else {
            return Err(self.invalid_action("`set`, an object with the attributes"));
        };
        match set.get("zone") {
            // Null removes the attribute.
            None | Some(Value::Null) => {}
            Some(Value::Text(zone)) if crate::time::find_zone(zone).is_some() => {}
            Some(Value::Text(zone)) => return Err(Refusal::InvalidZone(zone.to_string())),
            Some(_) => return Err(self.invalid_action("a string as attribute `zone`")),
        }
        match set.get(JOINED) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(joined)) => {
                match crate::time::parse_instant_or_date(joined, &self.rules.zone) {
                    Some(_) => Ok(None),
                    None => Err(Refusal::InvalidJoined(joined.to_string())),
                }
            }
            Some(_) => Err(self.invalid_action("a string as attribute `joined`")),
        }
    }

    /// Resolves the badge, tier and key that an action names.
    fn resolve_target(&self) -> Result<(usize, Option<usize>, String), Refusal> {
        let props = &self.event.props;
        let id =
            text_prop(props, "badge").ok_or_else(|| self.invalid_action("`badge`, a string"))?;
        let index = self.rules.badge_position(id).ok_or_else(|| {
            unknown_rule(
                "badge",
                id,
                self.rules.badges.iter().map(|badge| badge.id.as_str()),
            )
        })?;
        let badge = &self.rules.badges[index];
        let tier = match text_prop(props, "tier") {
            Some(tier) => Some(
                badge
                    .tier_position(tier)
                    .ok_or_else(|| Refusal::UnknownTier {
                        badge: id.to_owned(),
                        tier: tier.to_owned(),
                        tiers: join_tiers(badge),
                    })?,
            ),
            None if badge.has_tiers() => None,
            None => Some(0),
        };
        let key = text_prop(props, "key").unwrap_or_default();
        // A NUL would mix up the key and the parts of a cell's address (S12).
        if key.len() > limits::KEY_BYTES || key.contains('\0') {
            return Err(self.invalid_action(
                "a `key` of at most 255 bytes without NUL characters (KEY_BYTES)",
            ));
        }
        match badge.repeat {
            RepeatMode::PerKey if key.is_empty() => Err(Refusal::NeedsKey {
                badge: id.to_owned(),
            }),
            RepeatMode::Once if !key.is_empty() => Err(Refusal::UnexpectedKey {
                badge: id.to_owned(),
            }),
            // Only a revoke can name one of several times.
            RepeatMode::Again if !key.is_empty() && self.event.name != REVOKE => {
                Err(Refusal::UnexpectedKey {
                    badge: id.to_owned(),
                })
            }
            _ => Ok((index, tier, key.to_owned())),
        }
    }

    fn highest_time(&self, badge: &BadgeRule) -> u64 {
        self.state
            .badge_cell(badge.slot)
            .map_or(0, |cell| cell.highest_time)
    }

    fn is_award_held(
        &self,
        badge: &BadgeRule,
        tier: usize,
        key: &str,
    ) -> Result<bool, MissingCells> {
        let cell = self.state.read_cell(&CellId::for_award(
            badge.award_slot,
            &badge.tiers[tier].id,
            key,
        ))?;
        Ok(matches!(cell, Some(Cell::Award(award)) if AwardCell::is_held(award)))
    }

    fn invalid_action(&self, what: &'static str) -> Refusal {
        Refusal::Invalid {
            act: self.event.name.clone(),
            what,
        }
    }
}

fn needs_tier(badge: &BadgeRule) -> Refusal {
    Refusal::NeedsTier {
        badge: badge.id.clone(),
        tiers: join_tiers(badge),
    }
}

/// Joins the ids of a badge's tiers. The tier of a badge without tiers has an empty id.
fn join_tiers(badge: &BadgeRule) -> String {
    let tiers: Vec<&str> = badge.tiers.iter().map(|tier| tier.id.as_str()).collect();
    tiers.join(", ")
}

fn unknown_rule<'a>(
    kind: &'static str,
    id: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Refusal {
    Refusal::Unknown {
        kind,
        id: id.to_owned(),
        suggestion: suggest::find_nearest(id, known).map(str::to_owned),
    }
}

fn award_props(badge: &BadgeRule, tier: usize, key: &str, points: Option<Props>) -> Value {
    let mut props = Props::default();
    props.insert("tier", Value::from(badge.tiers[tier].id.as_str()));
    props.insert("key", Value::from(key));
    if let Some(points) = points {
        props.insert("points", Value::Map(points));
    }
    Value::Map(props)
}

fn awards_props(awards: Vec<Value>) -> Props {
    [("awards".into(), Value::List(awards))]
        .into_iter()
        .collect()
}

/// Converts a decimal into a property: an integer if it is whole, or else text, so that no digit
/// is lost.
fn number_value(number: Decimal) -> Value {
    match number.trunc() {
        Some(whole) if number.is_whole() => Value::from(whole),
        _ => Value::from(number.to_string()),
    }
}
