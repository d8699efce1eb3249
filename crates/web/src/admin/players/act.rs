//! Acts by hand on one player.

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

/// Characters of a reason, at the most.
const REASON_CHARS: usize = 1_000;

/// The form of an act.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ActPage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) word: &'static str,
    pub(in crate::admin) heading: &'static str,
    pub(in crate::admin) button: &'static str,
    pub(in crate::admin) explanation: &'static str,
    pub(in crate::admin) danger: bool,
    pub(in crate::admin) fields: Vec<Field>,
    /// The form's id, which makes a second click harmless.
    pub(in crate::admin) form: String,
    /// What is wrong with the whole.
    pub(in crate::admin) error: String,
}

impl Page for ActPage {
    const TEMPLATE: &'static str = "admin/act.html";
    const SECTION: &'static str = "players";
}

/// What is wrong with a field, by its name; with the whole, where the name is empty.
type Wrong = (&'static str, String);

/// `GET /admin/players/{player}/actions/{kind}`: fields in the address fill the form in.
pub(in crate::admin) async fn get(
    visit: Visit,
    Path((player, word)): Path<(String, String)>,
    query: Query<Vec<(String, String)>>,
) -> Answer {
    let kind = kind(&word)?;
    let mut fields = filled(kind, &visit, &Posted::of_query(query));
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
                .by(&visit.administrator.actor())
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
                    let told = "this form was sent before with something else in it, which was done; nothing was done \
                        this time. If you mean this, too, send it again";
                    let fields = filled(kind, &visit, &posted);
                    let page = page(kind, player, fields, draw_form_id(), told.to_owned());
                    return visit.show_as(StatusCode::CONFLICT, &page);
                }
                Err(Error::Rejected(rejection)) => ("", rejection.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(wrong) => wrong,
    };
    let mut fields = filled(kind, &visit, &posted);
    let (name, told) = wrong;
    let field = fields.iter_mut().find(|field| field.name == name);
    let error = match field {
        Some(field) => {
            field.error = told;
            String::new()
        }
        None => told,
    };
    visit.show_as(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(kind, player, fields, form, error),
    )
}

fn kind(word: &str) -> Result<Kind, Trouble> {
    Kind::of(word).ok_or_else(|| Trouble(Problem::unknown(format!("there is no act `{word}`"))))
}

/// The fields of an act with what was typed.
fn filled(kind: Kind, visit: &Visit, posted: &Posted) -> Vec<Field> {
    let mut fields = kind.fields(&visit.app().engine);
    for field in &mut fields {
        field.value = match field.shape {
            Shape::Lines => posted.lines(field.name),
            Shape::Tick if posted.has(field.name) => "yes".to_owned(),
            _ => posted.get(field.name).to_owned(),
        };
        // What was asked for stays choosable, be it retired.
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

/// The act that a form asks for.
fn act(kind: Kind, player: &str, posted: &Posted) -> Result<Act, Wrong> {
    let reason = posted.trimmed("reason");
    if reason.is_empty() || reason.chars().count() > REASON_CHARS {
        return Err((
            "reason",
            format!("say why, in up to {REASON_CHARS} characters: others will ask"),
        ));
    }
    let act = match kind {
        Kind::Award => for_award(posted, |badge| Act::award(player, badge))?,
        Kind::Revoke => for_award(posted, |badge| Act::revoke(player, badge))?,
        Kind::Points => {
            let amount = posted.trimmed("amount").replace('\u{2212}', "-");
            let amount: i64 = amount
                .parse()
                .map_err(|_| ("amount", "write a whole number, such as 50 or -20".into()))?;
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

/// An act on the badge, tier and key of a form.
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

/// Badge and tier of `badge:tier`.
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
            "write the id of an event; the timeline shows them".to_owned(),
        )),
        _ => Ok(ids),
    }
}

fn guest(posted: &Posted) -> Result<&str, Wrong> {
    match posted.trimmed("guest") {
        "" => Err(("guest", "write the guest's id".to_owned())),
        guest => Ok(guest),
    }
}

/// Attributes as lines of `name = value`.
fn attributes(lines: &str) -> Result<Props, Wrong> {
    let wrong = |told: String| ("attributes", told);
    let mut set = Map::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once('=') else {
            return Err(wrong(format!(
                "`{line}` has no sign of equality; write it as name = value"
            )));
        };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return Err(wrong(format!(
                "`{line}` has no name; write it as name = value"
            )));
        }
        let value = match serde_json::from_str(value) {
            _ if value.is_empty() => Value::Null,
            Ok(read) => read,
            Err(_) => Value::String(value.to_owned()),
        };
        set.insert(name.to_owned(), value);
    }
    if set.is_empty() {
        return Err(wrong("write at least one attribute".to_owned()));
    }
    Props::from_json(Value::Object(set).to_string().as_bytes())
        .map_err(|error| wrong(error.to_string()))
}

/// A player's attributes as such lines.
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
    fn attributes_are_lines_of_names_and_values() {
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
    fn every_act_has_a_word_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.words().word), Some(kind));
        }
        assert_eq!(Kind::of("keep"), None);
    }
}
