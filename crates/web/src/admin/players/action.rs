//! Pages of manual actions on a player.

use std::collections::BTreeSet;

use accolade::{Action, Decimal, Error, Props, ReceiptStatus, Rejection};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::action_form::{ActionKind, ActionTexts, creation_field};
use super::performed::performed_path;
use crate::admin::forms::{FieldChoice, FieldShape, FormData, FormField, generate_form_id};
use crate::admin::notice::Notice;
use crate::admin::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::problem::Problem;

/// Maximum length of a reason, in characters.
const MAX_REASON_CHARS: usize = 1_000;

/// Form of a manual action.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ActionPage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) action: &'static str,
    pub(in crate::admin) heading: &'static str,
    pub(in crate::admin) button: &'static str,
    pub(in crate::admin) explanation: &'static str,
    pub(in crate::admin) danger: bool,
    pub(in crate::admin) fields: Vec<FormField>,
    /// Form id, which makes a repeated submission a duplicate.
    pub(in crate::admin) form: String,
    /// Error that is not about a single field.
    pub(in crate::admin) error: String,
    /// Sentence if there is nothing to choose from; empty otherwise.
    pub(in crate::admin) lacks_choices: &'static str,
}

impl AdminPage for ActionPage {
    const TEMPLATE: &'static str = "admin/action.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::from([self.player.clone()])
    }
}

/// Field name and error message. The name is empty if the error is not about a single field.
type FieldError = (&'static str, String);

/// `GET /admin/players/{player}/actions/{kind}`: shows the form, prefilled from the query string.
pub(in crate::admin) async fn show_action_form(
    visit: AdminRequest,
    Path((player, word)): Path<(String, String)>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let kind = parse_kind(&word)?;
    let mut fields = fill_fields(kind, &visit, &player, &FormData::from_query(query)).await?;
    // The attributes can be edited only if the form shows the current ones.
    if kind == ActionKind::Attributes && fields[0].value.is_empty() {
        fields[0].value = load_attributes(&visit, &player).await?;
    }
    if !visit.app().engine.players().exists(&player).await? {
        fields.push(creation_field(kind, false));
    }
    visit
        .render_page(&build_action_page(
            kind,
            player,
            fields,
            generate_form_id(),
            String::new(),
        ))
        .await
}

/// `POST /admin/players/{player}/actions/{kind}`
pub(in crate::admin) async fn submit_action_form(
    visit: AdminRequest,
    Path((player, word)): Path<(String, String)>,
    posted: FormData,
) -> PageResult {
    let kind = parse_kind(&word)?;
    let form = posted.form_id()?;
    // A box that was ticked stays on the form.
    let mut offers_creation = posted.has_field("create");
    let wrong = match build_action(kind, &player, &posted) {
        Ok(act) => {
            let act = act
                .id(&form)
                .by(&visit.administrator.actor_name())
                .reason(posted.get_trimmed("reason"));
            let may_create = posted.has_field("create");
            let act = if may_create { act.create() } else { act };
            match visit.engine().submit_action(act).await {
                Ok(receipt) => {
                    let path = performed_path(&player, &form);
                    return if receipt.status == ReceiptStatus::Duplicate {
                        visit.redirect_with_notice(&path, Notice::DoneBefore)
                    } else {
                        visit.redirect_to(&path)
                    };
                }
                Err(Error::Rejected(Rejection::Conflict { .. })) => {
                    let message = "this form was already submitted with other values, which were \
                        applied; these values were not. To apply them as well, submit the form \
                        again";
                    // A new form id makes the next submission a new action.
                    let fields = fill_fields(kind, &visit, &player, &posted).await?;
                    let page = build_action_page(
                        kind,
                        player,
                        fields,
                        generate_form_id(),
                        message.to_owned(),
                    );
                    return visit
                        .render_page_with_status(StatusCode::CONFLICT, &page)
                        .await;
                }
                Err(Error::Rejected(Rejection::UnknownPlayer { player, suggestion })) => {
                    offers_creation = true;
                    ("", describe_unknown(&player, suggestion.as_deref()))
                }
                Err(Error::Rejected(rejection)) => ("", rejection.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(wrong) => wrong,
    };
    let mut fields = fill_fields(kind, &visit, &player, &posted).await?;
    if offers_creation {
        fields.push(creation_field(kind, posted.has_field("create")));
    }
    let (name, message) = wrong;
    let field = fields.iter_mut().find(|field| field.name == name);
    let error = match field {
        Some(field) => {
            field.error = message;
            String::new()
        }
        None => message,
    };
    visit
        .render_page_with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &build_action_page(kind, player, fields, form, error),
        )
        .await
}

fn describe_unknown(player: &str, suggestion: Option<&str>) -> String {
    let suggestion = suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    });
    format!("player `{player}` not found{suggestion}")
}

fn parse_kind(word: &str) -> Result<ActionKind, PageError> {
    ActionKind::parse_name(word).ok_or_else(|| {
        PageError(Problem::resource_not_found(format!(
            "action `{word}` not found"
        )))
    })
}

/// Returns the fields of an action, filled with the submitted values.
async fn fill_fields(
    kind: ActionKind,
    visit: &AdminRequest,
    player: &str,
    posted: &FormData,
) -> Result<Vec<FormField>, PageError> {
    let engine = &visit.app().engine;
    let awards = match kind {
        ActionKind::Award | ActionKind::Revoke => engine.players().list_awards(player).await?,
        _ => Vec::new(),
    };
    let mut fields = kind.form_fields(engine, &awards);
    for field in &mut fields {
        field.value = match field.shape {
            FieldShape::Lines => posted.get_lines(field.name),
            FieldShape::Tick if posted.has_field(field.name) => "yes".to_owned(),
            _ => posted.get(field.name).to_owned(),
        };
        // A submitted value stays available even if its badge or currency is retired.
        let is_known = field
            .choices
            .iter()
            .any(|choice| choice.value == field.value);
        if field.shape == FieldShape::Choice && !field.value.is_empty() && !is_known {
            field.choices.push(FieldChoice {
                value: field.value.clone(),
                label: field.value.clone(),
                ..FieldChoice::default()
            });
        }
    }
    Ok(fields)
}

fn build_action_page(
    kind: ActionKind,
    player: String,
    fields: Vec<FormField>,
    form: String,
    error: String,
) -> ActionPage {
    let ActionTexts {
        name: word,
        title,
        button,
        explanation,
        danger,
    } = kind.form_texts();
    let lacks_badges =
        (fields.iter()).any(|field| field.name == "badge" && field.choices.is_empty());
    let lacks_choices = match kind {
        _ if !lacks_badges => "",
        ActionKind::Revoke => "This player holds no badges.",
        ActionKind::Progress => "No badge has progress that can be changed.",
        _ => "The catalog has no badges yet.",
    };
    ActionPage {
        lacks_choices,
        player,
        action: word,
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
fn build_action(kind: ActionKind, player: &str, posted: &FormData) -> Result<Action, FieldError> {
    let reason = posted.get_trimmed("reason");
    if reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS {
        return Err((
            "reason",
            format!("enter a reason of up to {MAX_REASON_CHARS} characters"),
        ));
    }
    let act = match kind {
        ActionKind::Award => build_badge_action(posted, |badge| Action::award(player, badge))?,
        ActionKind::Revoke => build_badge_action(posted, |badge| Action::revoke(player, badge))?,
        ActionKind::Points => {
            // Pages print negative numbers with a minus sign, which people copy.
            let amount = posted.get_trimmed("amount").replace('\u{2212}', "-");
            let amount: i64 = amount
                .parse()
                .map_err(|_| ("amount", "enter a whole number, such as 50 or -20".into()))?;
            let act = Action::points(player, posted.get("currency"), amount);
            if posted.has_field("overdraft") {
                act.overdraft()
            } else {
                act
            }
        }
        ActionKind::Progress => {
            let number = posted.get_trimmed("amount").replace('\u{2212}', "-");
            let number: Decimal = number
                .parse()
                .map_err(|error| ("amount", format!("{error}")))?;
            match posted.get("how") {
                "set" => {
                    build_badge_action(posted, |badge| Action::set_progress(player, badge, number))?
                }
                _ => {
                    build_badge_action(posted, |badge| Action::add_progress(player, badge, number))?
                }
            }
        }
        ActionKind::Attributes => {
            Action::profile(player, parse_attributes(&posted.get_lines("attributes"))?)
        }
        ActionKind::Retract => Action::retract_all(player, parse_event_ids(posted)?),
        ActionKind::Restore => Action::restore_all(player, parse_event_ids(posted)?),
        ActionKind::Reset => Action::reset(player),
        ActionKind::Merge => Action::merge(player, parse_guest(posted)?),
        ActionKind::Unmerge => Action::unmerge(player, parse_guest(posted)?),
    };
    Ok(act)
}

/// Builds an action with the submitted badge, tier and key.
fn build_badge_action(
    posted: &FormData,
    act: impl FnOnce(&str) -> Action,
) -> Result<Action, FieldError> {
    let (badge, tier) = split_tier(posted.get("badge"));
    if badge.is_empty() {
        return Err(("badge", "choose a badge".to_owned()));
    }
    let act = act(badge);
    let act = if tier.is_empty() { act } else { act.tier(tier) };
    let key = posted.get_trimmed("key");
    Ok(if key.is_empty() { act } else { act.key(key) })
}

/// Splits `badge:tier`. The tier is empty if there is none.
pub(in crate::admin) fn split_tier(award: &str) -> (&str, &str) {
    award.split_once(':').unwrap_or((award, ""))
}

fn parse_event_ids(posted: &FormData) -> Result<Vec<String>, FieldError> {
    let lines = posted.get_lines("events");
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

fn parse_guest(posted: &FormData) -> Result<&str, FieldError> {
    match posted.get_trimmed("guest") {
        "" => Err(("guest", "enter the guest id".to_owned())),
        guest => Ok(guest),
    }
}

/// Parses lines of `name = value`.
fn parse_attributes(lines: &str) -> Result<Props, FieldError> {
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
            // Texts need no quotes, as in `zone = Europe/Vienna`.
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
async fn load_attributes(visit: &AdminRequest, player: &str) -> Result<String, PageError> {
    let profile = visit
        .app()
        .engine
        .players()
        .load_profile(player, accolade::Audience::Admin)
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
            parse_attributes("zone = Europe/Vienna\n\nage=7\nvip = true\nold =\n code = \"7\"")
                .unwrap();
        assert_eq!(
            read.to_json(),
            r#"{"age":7,"code":"7","old":null,"vip":true,"zone":"Europe/Vienna"}"#
        );
        for wrong in ["", "zone", "= x"] {
            assert_eq!(
                parse_attributes(wrong).unwrap_err().0,
                "attributes",
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_action_has_a_distinct_name() {
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::parse_name(kind.form_texts().name), Some(kind));
        }
        assert_eq!(ActionKind::parse_name("keep"), None);
    }
}
