//! Notice about a manual action that was just performed, with its undo.

use accolade::{Action, Catalog, Error, RecordedEvent, Rejection, Value};
use accolade_core::names::acts;
use axum::extract::Path;
use serde::Serialize;

use crate::admin::forms::{FormData, generate_form_id};
use crate::admin::links;
use crate::admin::notice::Notice;
use crate::admin::page::{AdminRequest, PageResult};
use crate::filters;
use crate::problem::Problem;

/// A manual action that was performed, as a sentence.
#[derive(Debug, Clone, Serialize)]
pub(in crate::admin) struct PerformedAction {
    /// Id of the action.
    pub(in crate::admin) event: String,
    /// Sentence such as "Hero awarded to Ada".
    pub(in crate::admin) text: String,
    /// True if it is in effect and can be undone.
    pub(in crate::admin) can_undo: bool,
    /// Form id of the undo.
    pub(in crate::admin) form: String,
}

/// Returns the path of a player's page that shows a performed action.
pub(in crate::admin) fn performed_path(player: &str, event: &str) -> String {
    let event = filters::encode_segment(event);
    format!("{}?action={event}", links::player_path(player))
}

/// Loads the action with an id, described for a player with a display name. Returns `None` if the
/// player has no such action.
pub(in crate::admin) async fn load_performed(
    visit: &AdminRequest,
    player: &str,
    name: &str,
    event: &str,
) -> Result<Option<PerformedAction>, Error> {
    let engine = &visit.app().engine;
    let Some(act) = engine.players().find_event(player, event).await? else {
        return Ok(None);
    };
    if !acts::NAMES.contains(&act.name.as_str()) {
        return Ok(None);
    }
    // An undo says what it undid.
    let targets = list_targets(&act);
    let target = match &targets[..] {
        [target] => engine.players().find_event(player, target).await?,
        _ => None,
    };
    let catalog = engine.catalog().published();
    let mut text = describe_action(&catalog, name, &act);
    if let Some(target) = target.filter(|target| acts::NAMES.contains(&target.name.as_str())) {
        let target = describe_action(&catalog, name, &target);
        text = match act.name.as_str() {
            acts::RETRACT => format!("Undone: {target}"),
            _ => format!("Restored: {target}"),
        };
    }
    let is_undone = act.retracted_by.is_some();
    if is_undone {
        text.push_str(" (undone)");
    }
    Ok(Some(PerformedAction {
        can_undo: !is_undone && build_undo(&act).is_some(),
        event: act.id.into(),
        text,
        form: generate_form_id(),
    }))
}

/// `POST /admin/players/{player}/undo`: undoes a manual action.
pub(in crate::admin) async fn undo_action(
    visit: AdminRequest,
    Path(player): Path<String>,
    posted: FormData,
) -> PageResult {
    let form = posted.form_id()?;
    let event = posted.get("event");
    let found = visit.engine().players().find_event(&player, event).await?;
    let Some(undo) = found.as_ref().and_then(build_undo) else {
        let detail = format!("player `{player}` has no action `{event}` that can be undone");
        return Err(Problem::resource_not_found(detail).into());
    };
    let undo = undo
        .id(&form)
        .by(&visit.administrator.actor_name())
        .reason(&format!("undo of {event}"));
    match visit.engine().submit_action(undo).await {
        Ok(_) => visit.redirect_to(&performed_path(&player, &form)),
        // Another tab was faster; the result is the one that was wanted.
        Err(Error::Rejected(Rejection::AlreadyRetracted | Rejection::NotRetracted)) => {
            visit.redirect_with_notice(&links::player_path(&player), Notice::UndoneBefore)
        }
        Err(error) => Err(error.into()),
    }
}

/// Builds the action that undoes another one. Returns `None` if there is none.
fn build_undo(act: &RecordedEvent) -> Option<Action> {
    let guest = || act.props.get("guest").and_then(Value::as_text);
    Some(match act.name.as_str() {
        acts::RETRACT => Action::restore_all(&act.player, list_targets(act)),
        acts::RESTORE => Action::retract_all(&act.player, list_targets(act)),
        acts::MERGE => Action::unmerge(&act.player, guest()?),
        acts::UNMERGE => Action::merge(&act.player, guest()?),
        acts::GRANDFATHER => return None,
        name if acts::NAMES.contains(&name) => Action::retract(&act.player, &act.id),
        _ => return None,
    })
}

/// Lists the ids of the events that a retraction or restoration names.
fn list_targets(act: &RecordedEvent) -> Vec<String> {
    if act.name != acts::RETRACT && act.name != acts::RESTORE {
        return Vec::new();
    }
    let listed = match act.props.get("events") {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    let single = act.props.get("event");
    let all = single.into_iter().chain(listed);
    all.filter_map(Value::as_text).map(str::to_owned).collect()
}

/// Describes an action in a sentence without a full stop.
fn describe_action(catalog: &Catalog, name: &str, act: &RecordedEvent) -> String {
    let said = |prop: &str| {
        act.props
            .get(prop)
            .and_then(Value::as_text)
            .unwrap_or_default()
    };
    match act.name.as_str() {
        acts::AWARD => format!("{} awarded to {name}", describe_badge(catalog, act)),
        acts::REVOKE => format!("{} revoked from {name}", describe_badge(catalog, act)),
        acts::PROGRESS => {
            format!(
                "Progress of {name} on {} changed",
                describe_badge(catalog, act)
            )
        }
        acts::POINTS => {
            let amount = act
                .props
                .get("amount")
                .and_then(Value::as_int)
                .unwrap_or_default();
            let currency = currency_name(catalog, said("currency"));
            let number = filters::format_thousands(amount.saturating_abs());
            match amount {
                ..0 => format!("{number} {currency} removed from {name}"),
                _ => format!("{number} {currency} added to {name}"),
            }
        }
        acts::RESET => format!("{name} reset"),
        acts::PROFILE => format!("Attributes of {name} saved"),
        acts::RETRACT => format!("{} retracted", count_events(act)),
        acts::RESTORE => format!("{} restored", count_events(act)),
        acts::MERGE => format!("{} merged into {name}", said("guest")),
        acts::UNMERGE => format!("{} unmerged from {name}", said("guest")),
        other => format!("{other} recorded"),
    }
}

fn count_events(act: &RecordedEvent) -> String {
    match list_targets(act).len() {
        1 => "1 event".to_owned(),
        events => format!("{events} events"),
    }
}

/// Returns the name of a badge; its id if unknown.
pub(in crate::admin) fn badge_name<'a>(catalog: &'a Catalog, id: &'a str) -> &'a str {
    let rules = catalog.rules();
    let badge = rules.badge_position(id);
    badge.map_or(id, |index| &*rules.badges[index].display.name)
}

/// Returns the name of a currency; its id if unknown.
pub(in crate::admin) fn currency_name<'a>(catalog: &'a Catalog, id: &'a str) -> &'a str {
    let rules = catalog.rules();
    let currency = rules.currency_position(id);
    currency.map_or(id, |index| &*rules.currencies[index].display.name)
}

/// Describes a badge with all tiers that an action concerns: "Helping Hand (bronze, silver)".
fn describe_badge(catalog: &Catalog, act: &RecordedEvent) -> String {
    let said = |prop: &str| {
        act.props
            .get(prop)
            .and_then(Value::as_text)
            .unwrap_or_default()
    };
    let name = badge_name(catalog, said("badge"));
    let mut details = list_decided_tiers(act);
    if details.is_empty() && !said("tier").is_empty() {
        details.push(said("tier"));
    }
    if !said("key").is_empty() {
        details.push(said("key"));
    }
    match details.is_empty() {
        true => name.to_owned(),
        false => format!("{name} ({})", details.join(", ")),
    }
}

/// Lists the tiers that an action was decided to award or revoke.
fn list_decided_tiers(act: &RecordedEvent) -> Vec<&str> {
    let decided = act.props.get(acts::DECISION).and_then(Value::as_map);
    let Some(Value::List(awards)) = decided.and_then(|decided| decided.get("awards")) else {
        return Vec::new();
    };
    let tiers = awards
        .iter()
        .filter_map(|award| award.as_map()?.get("tier")?.as_text());
    tiers.filter(|tier| !tier.is_empty()).collect()
}
