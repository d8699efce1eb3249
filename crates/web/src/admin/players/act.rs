//! Pages of manual actions on a player.

use accolade::{Act, Decimal, Error, Props, Rejection, Status};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::act_form::{Kind, Words};
use crate::admin::forms::{Field, Posted, Shape, draw_form_id};
use crate::admin::links;
use crate::admin::notice::Notice;
use crate::admin::page::{Answer, Page, Trouble, Visit};
use crate::problem::Problem;

/// Maximum length of a reason, in characters.
const REASON_CHARS: usize = 1_000;

/// Form of a manual action.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ActPage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) word: &'static str,
    pub(in crate::admin) heading: &'static str,
    pub(in crate::admin) button: &'static str,
    pub(in crate::admin) explanation: &'static str,
    pub(in crate::admin) danger: bool,
    pub(in crate::admin) fields: Vec<Field>,
    /// Form id, which makes a repeated submission a duplicate.
    pub(in crate::admin) form: String,
    /// Error that is not about a single field.
    pub(in crate::admin) error: String,
}

impl Page for ActPage {
    const TEMPLATE: &'static str = "admin/act.html";
    const SECTION: &'static str = "players";
}

/// Field name and error message. The name is empty if the error is not about a single field.
type Wrong = (&'static str, String);

/// `GET /admin/players/{player}/actions/{kind}`: shows the form, prefilled from the query string.
pub(in crate::admin) async fn get(
    visit: Visit,
    Path((player, word)): Path<(String, String)>,
    query: Query<Vec<(String, String)>>,
) -> Answer {
    let kind = kind(&word)?;
    let mut fields = filled(kind, &visit, &Posted::of_query(query));
    // The attributes can be edited only if the form shows the current ones.
    if kind == Kind::Attributes && fields[0].value.is_empty() {
        fields[0].value = attributes_of(&visit, &player).await?;
    }
    visit.show(&page(kind, player, fields, draw_form_id(), String::new()))
}

/// `POST /admin/players/{player}/actions/{kind}`
pub(in crate::admin) async fn post(
    visit: Visit,
    Path((player, word)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let kind = kind(&word)?;
    let form = posted.form_id()?;
    let wrong = match act(kind, &player, &posted) {
        Ok(act) => {
            let act = act
                .id(&form)
                .by(&visit.administrator.actor_name())
                .reason(posted.trimmed("reason"));
            match visit.engine().act(act).await {
                Ok(receipt) => {
                    let before = receipt.status == Status::Duplicate;
                    let notice = if before {
                        Notice::DoneBefore
                    } else {
                        Notice::Done
                    };
                    return visit.done(&links::player(&player), notice);
                }
                Err(Error::Rejected(Rejection::Conflict { .. })) => {
                    let message = "this form was already submitted with other values, which were \
                        applied; these values were not. To apply them as well, submit the form \
                        again";
                    // A new form id makes the next submission a new action.
                    let fields = filled(kind, &visit, &posted);
                    let page = page(kind, player, fields, draw_form_id(), message.to_owned());
                    return visit.show_as(StatusCode::CONFLICT, &page);
                }
                Err(Error::Rejected(rejection)) => ("", rejection.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(wrong) => wrong,
    };
    let mut fields = filled(kind, &visit, &posted);
    let (name, message) = wrong;
    let field = fields.iter_mut().find(|field| field.name == name);
    let error = match field {
        Some(field) => {
            field.error = message;
            String::new()
        }
        None => message,
    };
    visit.show_as(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(kind, player, fields, form, error),
    )
}

fn kind(word: &str) -> Result<Kind, Trouble> {
    Kind::of(word).ok_or_else(|| {
        Trouble(Problem::resource_not_found(format!(
            "action `{word}` not found"
        )))
    })
}

/// Returns the fields of an action, filled with the submitted values.
fn filled(kind: Kind, visit: &Visit, posted: &Posted) -> Vec<Field> {
    let mut fields = kind.fields(&visit.app().engine);
    for field in &mut fields {
        field.value = match field.shape {
            Shape::Lines => posted.lines(field.name),
            Shape::Tick if posted.has(field.name) => "yes".to_owned(),
            _ => posted.get(field.name).to_owned(),
        };
        // A submitted value stays available even if its badge or currency is retired.
        let is_known = field
            .choices
            .iter()
            .any(|choice| choice.value == field.value);
        if field.shape == Shape::Choice && !field.value.is_empty() && !is_known {
            let (value, label) = (field.value.clone(), field.value.clone());
            field
                .choices
                .push(crate::admin::forms::Choice { value, label });
        }
    }
    fields
}

fn page(kind: Kind, player: String, fields: Vec<Field>, form: String, error: String) -> ActPage {
    let Words {
        word,
        title,
        button,
        explanation,
        danger,
    } = kind.words();
    ActPage {
        player,
        word,
        heading: title,
        button,
        explanation,
        danger,
        fields,
        form,
        error,
    }
}

/// Builds the action from a submitted form.
fn act(kind: Kind, player: &str, posted: &Posted) -> Result<Act, Wrong> {
    let reason = posted.trimmed("reason");
    if reason.is_empty() || reason.chars().count() > REASON_CHARS {
        return Err((
            "reason",
            format!("enter a reason of up to {REASON_CHARS} characters"),
        ));
    }
    let act = match kind {
        Kind::Award => for_award(posted, |badge| Act::award(player, badge))?,
        Kind::Revoke => for_award(posted, |badge| Act::revoke(player, badge))?,
        Kind::Points => {
            // Pages print negative numbers with a minus sign, which people copy.
            let amount = posted.trimmed("amount").replace('\u{2212}', "-");
            let amount: i64 = amount
                .parse()
                .map_err(|_| ("amount", "enter a whole number, such as 50 or -20".into()))?;
            let act = Act::points(player, posted.get("currency"), amount);
            if posted.has("overdraft") {
                act.overdraft()
            } else {
                act
            }
        }
        Kind::Progress => {
            let number = posted.trimmed("amount").replace('\u{2212}', "-");
            let number: Decimal = number
                .parse()
                .map_err(|error| ("amount", format!("{error}")))?;
            match posted.get("how") {
                "set" => for_award(posted, |badge| Act::set_progress(player, badge, number))?,
                _ => for_award(posted, |badge| Act::add_progress(player, badge, number))?,
            }
        }
        Kind::Attributes => Act::profile(player, attributes(&posted.lines("attributes"))?),
        Kind::Retract => Act::retract_all(player, events(posted)?),
        Kind::Restore => Act::restore_all(player, events(posted)?),
        Kind::Reset => Act::reset(player),
        Kind::Merge => Act::merge(player, guest(posted)?),
        Kind::Unmerge => Act::unmerge(player, guest(posted)?),
    };
    Ok(act)
}

/// Builds an action with the submitted badge, tier and key.
fn for_award(posted: &Posted, act: impl FnOnce(&str) -> Act) -> Result<Act, Wrong> {
    let (badge, tier) = split(posted.get("badge"));
    if badge.is_empty() {
        return Err(("badge", "choose a badge".to_owned()));
    }
    let act = act(badge);
    let act = if tier.is_empty() { act } else { act.tier(tier) };
    let key = posted.trimmed("key");
    Ok(if key.is_empty() { act } else { act.key(key) })
}

/// Splits `badge:tier`. The tier is empty if there is none.
pub(in crate::admin) fn split(award: &str) -> (&str, &str) {
    award.split_once(':').unwrap_or((award, ""))
}

fn events(posted: &Posted) -> Result<Vec<String>, Wrong> {
    let lines = posted.lines("events");
    let ids: Vec<String> = lines
        .lines()
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    match ids.len() {
        0 => Err((
            "events",
            "enter at least one event id; the timeline lists them".to_owned(),
        )),
        _ => Ok(ids),
    }
}

fn guest(posted: &Posted) -> Result<&str, Wrong> {
    match posted.trimmed("guest") {
        "" => Err(("guest", "enter the guest id".to_owned())),
        guest => Ok(guest),
    }
}

/// Parses lines of `name = value`.
fn attributes(lines: &str) -> Result<Props, Wrong> {
    let wrong = |message: String| ("attributes", message);
    let mut set = Map::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once('=') else {
            return Err(wrong(format!(
                "`{line}` has no `=`; write it as `name = value`"
            )));
        };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return Err(wrong(format!(
                "`{line}` has no name; write it as `name = value`"
            )));
        }
        let value = match serde_json::from_str(value) {
            // A null value removes the attribute.
            _ if value.is_empty() => Value::Null,
            Ok(read) => read,
            Err(_) => Value::String(value.to_owned()),
        };
        set.insert(name.to_owned(), value);
    }
    if set.is_empty() {
        return Err(wrong("enter at least one attribute".to_owned()));
    }
    Props::from_json(Value::Object(set).to_string().as_bytes())
        .map_err(|error| wrong(error.to_string()))
}

/// Loads a player's attributes, formatted as lines of `name = value`.
async fn attributes_of(visit: &Visit, player: &str) -> Result<String, Trouble> {
    let profile = visit
        .app()
        .engine
        .profile(player, accolade::Audience::Admin)
        .await?;
    let attributes = profile
        .map(|profile| profile.attributes)
        .unwrap_or_default();
    let line = |(name, value): (&str, &accolade::Value)| match value.as_text() {
        // A text that looks like JSON, such as `7`, is quoted so that it is parsed as text again.
        Some(text) if serde_json::from_str::<Value>(text).is_err() => format!("{name} = {text}\n"),
        _ => format!(
            "{name} = {}\n",
            serde_json::to_string(value).unwrap_or_default()
        ),
    };
    Ok(attributes.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_parsed_from_lines() {
        let read =
            attributes("zone = Europe/Vienna\n\nage=7\nvip = true\nold =\n code = \"7\"").unwrap();
        assert_eq!(
            read.to_json(),
            r#"{"age":7,"code":"7","old":null,"vip":true,"zone":"Europe/Vienna"}"#
        );
        for wrong in ["", "zone", "= x"] {
            assert_eq!(attributes(wrong).unwrap_err().0, "attributes", "{wrong}");
        }
    }

    #[test]
    fn every_action_has_a_distinct_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.words().word), Some(kind));
        }
        assert_eq!(Kind::of("keep"), None);
    }
}
