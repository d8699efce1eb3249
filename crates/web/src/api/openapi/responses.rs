//! Errors of all operations.
//!
//! The authentication, the limits and the parsing of requests are the same for all operations, so
//! their errors follow from the operation's description. The others are listed by operation.

use serde_json::{Map, Value, json};

use crate::problem::{MEDIA_TYPE, status_title};
use crate::problem_types::{PROBLEM_TYPES, TYPE_PREFIX};

/// Errors that depend on the operation.
const SPECIFIC_ERRORS: &[(&str, &[u16])] = &[
    ("record_events", &[409, 410, 422]),
    ("submit_action", &[404, 409, 410, 422]),
    ("submit_actions", &[422]),
    ("erase_player", &[404]),
    ("retract_events", &[413, 422]),
    ("preview_retraction", &[413, 422]),
    ("list_players", &[422]),
    ("get_player", &[404]),
    ("list_player_badges", &[404]),
    ("list_player_progress", &[404]),
    ("list_player_unlockables", &[404]),
    ("list_ledger_entries", &[404]),
    ("list_timeline_events", &[404]),
    ("get_explanation", &[404, 422]),
    ("export_personal_data", &[404, 507]),
    ("create_player_token", &[422]),
    ("stream_player_outcomes", &[400, 410]),
    ("stream_outcomes", &[400, 410]),
    ("read_feed", &[410]),
    ("get_badge", &[404]),
    ("list_earners", &[404]),
    ("get_catalog_version", &[404]),
    ("plan_publication", &[422]),
    ("publish_catalog", &[404, 409, 422]),
    ("create_key", &[409, 422]),
    ("revoke_key", &[404]),
    ("remove_administrator", &[404, 409]),
    ("get_job", &[404]),
    ("cancel_job", &[404]),
];

/// Operations that are no `GET` and write nothing.
const READ_ONLY: [&str; 4] = [
    "check_catalog",
    "plan_publication",
    "preview_retraction",
    "cancel_job",
];

/// Adds the errors of an operation.
pub(super) fn add_errors(method: &str, operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let needs_key = operation["security"] != json!([{}]);
    let has_body = operation.get("requestBody").is_some();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    // An unreadable value of `If-None-Match` is ignored.
    let can_be_malformed = parameters
        .into_iter()
        .any(|one| one["in"] != "header" || one["name"] == "Idempotency-Key");
    let mut errors = vec![408, 500, 503];
    if needs_key {
        errors.extend([401, 403, 429]);
    }
    if has_body {
        errors.extend([413, 415]);
    }
    if has_body || can_be_malformed {
        errors.push(400);
    }
    if needs_key && method != "get" && !READ_ONLY.contains(&id) {
        errors.push(507);
    }
    let specific = SPECIFIC_ERRORS.iter().find(|(own, _)| *own == id);
    errors.extend(specific.iter().flat_map(|(_, errors)| *errors));
    for status in errors {
        let reference = format!("#/components/responses/{}", response_name(status));
        operation["responses"][status.to_string()] = json!({ "$ref": reference });
    }
}

/// Adds the responses that operations refer to.
pub(super) fn add_shared_responses(document: &mut Value) {
    let mut statuses: Vec<u16> = PROBLEM_TYPES.iter().map(|one| one.status).collect();
    statuses.dedup();
    // A known path has its documented methods only.
    statuses.retain(|status| *status != 405);
    let responses: Map<String, Value> = statuses
        .into_iter()
        .map(|status| (response_name(status), build_response(status)))
        .collect();
    document["components"]["responses"] = responses.into();
}

fn build_response(status: u16) -> Value {
    let types: Vec<_> = PROBLEM_TYPES
        .iter()
        .filter(|one| one.status == status && !is_for_pages(one.name))
        .collect();
    let meanings: Vec<String> = types
        .iter()
        .map(|one| format!("- `{}`: {}", one.name, one.meaning))
        .collect();
    let title = status_title(status);
    let detail = match types.first() {
        Some(first) => first.meaning.trim_end_matches('.').to_lowercase(),
        None => title.to_lowercase(),
    };
    let kind = types.first().map_or("", |first| first.name);
    let mut response = json!({
        "description": format!("{title}\n\n{}", meanings.join("\n")),
        "content": { MEDIA_TYPE: {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "example": {
                "type": format!("{TYPE_PREFIX}{kind}"),
                "title": title,
                "status": status,
                "detail": detail,
                "diagnostics": [],
            },
        }},
    });
    let header =
        |text: &str, kind: &str| json!({ "description": text, "schema": { "type": kind } });
    if let 429 | 503 = status {
        let text = "Seconds to wait before a retry, if known";
        response["headers"]["Retry-After"] = header(text, "integer");
    }
    if status == 429 {
        let text = "Remaining budget and the seconds to wait";
        response["headers"]["RateLimit"] = header(text, "string");
        let text = "Quota and the seconds in which it is restored";
        response["headers"]["RateLimit-Policy"] = header(text, "string");
    }
    if status == 401 {
        response["headers"]["WWW-Authenticate"] = header("Scheme of authentication", "string");
    }
    response
}

/// True if only pages respond with problems of a type.
fn is_for_pages(name: &str) -> bool {
    ["private", "cross-site", "used"].contains(&name)
}

/// Returns the name of a shared response: its title in one word.
fn response_name(status: u16) -> String {
    let words = status_title(status).split(' ');
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}
