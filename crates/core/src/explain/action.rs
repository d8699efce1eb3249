//! Manual actions in an explanation.

use serde::Serialize;

use crate::event::Event;
use crate::fold::actions::{AWARD, DECISION, POINTS, PROFILE, PROGRESS, RESET, REVOKE};
use crate::time::Timestamp;
use crate::value::{Props, Value};

/// A manual action that is relevant to an explanation, retracted or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActionEntry {
    /// The id of the action.
    pub action: String,
    /// The name of the action, such as `accolade.award`.
    pub name: String,
    /// Instant of the action.
    pub at: Timestamp,
    /// The effect in English, such as `awarded helper`.
    pub effect: String,
    /// The author, if given.
    pub by: Option<String>,
    /// The reason, if given.
    pub reason: Option<String>,
    /// The id of the action that retracted it.
    pub retracted_by: Option<String>,
}

impl ActionEntry {
    pub(super) fn new(act: &Event, retracted_by: Option<&str>) -> Self {
        let said = |name| text_prop(&act.props, name).map(str::to_owned);
        Self {
            action: act.id.clone(),
            name: act.name.clone(),
            at: act.at,
            effect: describe_effect(act),
            by: said("by"),
            reason: said("reason"),
            retracted_by: retracted_by.map(str::to_owned),
        }
    }
}

/// Describes the effect of an action.
fn describe_effect(act: &Event) -> String {
    let props = &act.props;
    let said = |name| text_prop(props, name).filter(|text| !text.is_empty());
    let badge = || {
        let tier = said("tier").map_or_else(String::new, |tier| format!(":{tier}"));
        let key = said("key").map_or_else(String::new, |key| format!("@{key}"));
        format!("{}{tier}{key}", said("badge").unwrap_or_default())
    };
    match act.name.as_str() {
        AWARD => {
            let lower = lower_tiers(props, said("tier"));
            let lower = match lower.is_empty() {
                true => String::new(),
                false => format!(" and the lower tiers {}", lower.join(", ")),
            };
            format!("awarded {}{lower}", badge())
        }
        REVOKE => format!("revoked {}", badge()),
        PROGRESS => {
            // Setting the progress was decided as a difference.
            let decided = props
                .get(DECISION)
                .and_then(Value::as_map)
                .and_then(|decided| decided.get("add"));
            let add = decided
                .or_else(|| props.get("add"))
                .map(plain_value)
                .unwrap_or_default();
            format!("added {add} to the progress of {}", badge())
        }
        POINTS => {
            let currency = said("currency").unwrap_or_default();
            match props
                .get("amount")
                .and_then(Value::as_int)
                .unwrap_or_default()
            {
                taken @ ..0 => format!("deducted {} {currency}", taken.unsigned_abs()),
                granted => format!("granted {granted} {currency}"),
            }
        }
        RESET => "reset the player".to_owned(),
        PROFILE => {
            let set = props
                .get("set")
                .and_then(Value::as_map)
                .map(|set| set.iter().map(|(name, _)| name).collect());
            let names: Vec<&str> = set.unwrap_or_default();
            format!("set attributes: {}", names.join(", "))
        }
        other => other.to_owned(),
    }
}

/// Lists the tiers that an award includes besides the one that it names.
fn lower_tiers<'a>(props: &'a Props, named: Option<&str>) -> Vec<&'a str> {
    let awards = props
        .get(DECISION)
        .and_then(Value::as_map)
        .and_then(|decided| decided.get("awards"));
    let Some(Value::List(awards)) = awards else {
        return Vec::new();
    };
    awards
        .iter()
        .filter_map(|award| text_prop(award.as_map()?, "tier"))
        .filter(|tier| !tier.is_empty() && Some(*tier) != named)
        .collect()
}

/// Formats a number or a text without quotes.
fn plain_value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => other
            .as_decimal()
            .map(|number| number.to_string())
            .unwrap_or_default(),
    }
}

/// Reads a text property.
pub(super) fn text_prop<'a>(props: &'a Props, name: &str) -> Option<&'a str> {
    props.get(name)?.as_text()
}
