//! Single values: what they must look like, and what they are read as.

use super::choice::suggest_choice;
use super::shapes::{MAX_TARGET, ValueShape};
use super::syntax::{SyntaxKind, SyntaxNode};
use crate::catalog::diagnostic::Diagnostic;
use crate::limits;
use crate::names::{acts, derived};
use crate::number::Decimal;
use crate::suggest::BoundedSuggestions;
use crate::time::{self, TimeWindow, Timestamp};

/// Checks the value of a node whose kind matches the shape.
pub(super) fn check_scalar(
    node: &SyntaxNode,
    shape: &'static ValueShape,
    what: &str,
    suggestions: &BoundedSuggestions,
) -> Result<(), Diagnostic> {
    let problem = |message: String, label: &str| Diagnostic::new(node.span.clone(), message, label);
    let text = match &node.kind {
        SyntaxKind::Text(text) | SyntaxKind::Time(text) => text.as_str(),
        _ => "",
    };
    let shown = shorten_text(text);
    match shape {
        ValueShape::Id if !is_id(text) => {
            let rule = "ids consist of lower-case letters, digits and `-`, begin with a letter or \
                        a digit, and have at most 64 bytes";
            let diagnostic = problem(format!("`{shown}` is not a valid id"), "invalid id");
            Err(diagnostic.with_help(match suggest_id(text) {
                Some(id) => format!("write `{id}`; {rule}"),
                None => rule.to_owned(),
            }))
        }
        ValueShape::ApplicationId if text.is_empty() || text.len() > limits::ID_BYTES => {
            Err(problem(
                format!(
                    "the id of a player or an event has 1 to {} bytes",
                    limits::ID_BYTES
                ),
                "invalid id",
            ))
        }
        ValueShape::RecordedEventName | ValueShape::ListenedEventName if !is_event_name(text) => {
            let message = format!("{what}: `{shown}` is not a valid event name");
            let rule = format!(
                "names have 1 to {} bytes and no control characters",
                limits::NAME_BYTES
            );
            Err(problem(message, "invalid event name").with_help(rule))
        }
        ValueShape::RecordedEventName if is_reserved(text, &acts::NAMES) => {
            let message = format!(
                "there is no action `{shown}`: names that begin with `accolade.` are reserved"
            );
            Err(problem(message, "unknown action").with_help(suggest_choice(
                text,
                acts::NAMES.into_iter(),
                suggestions,
            )))
        }
        ValueShape::ListenedEventName if is_reserved(text, &derived::NAMES) => {
            let message = format!(
                "rules cannot listen to `{shown}`: names that begin with `accolade.` are reserved"
            );
            Err(problem(message, "reserved name").with_help(suggest_choice(
                text,
                derived::NAMES.into_iter(),
                suggestions,
            )))
        }
        ValueShape::Award if !is_award(text) => {
            let help = "write `badge`, `badge:tier`, `badge@key` or `badge:tier@key`";
            Err(problem(format!("`{shown}` is not a valid award"), "invalid award").with_help(help))
        }
        ValueShape::Duration if time::parse_duration(text).is_none() => {
            let help = "write a whole number and a unit, such as `90s`, `15m`, `12h`, `7d` or `2w`";
            Err(problem(
                format!("`{shown}` is not a valid duration"),
                "invalid duration",
            )
            .with_help(help))
        }
        ValueShape::Window if parse_window(text).is_none() => {
            let rule = "write a duration such as `7d`, or one of `day`, `week`, `month` and `year`";
            let suggestion = suggestions.did_you_mean(text, ["day", "week", "month", "year"]);
            let help =
                suggestion.map_or(rule.to_owned(), |suggestion| format!("{suggestion} {rule}"));
            Err(
                problem(format!("`{shown}` is not a valid window"), "invalid window")
                    .with_help(help),
            )
        }
        ValueShape::Zone if time::find_zone(text).is_none() => {
            let names: Vec<String> = jiff::tz::db()
                .available()
                .map(|name| name.to_string())
                .collect();
            let rule = "zones have IANA names such as `Europe/Paris` or `UTC`";
            let suggestion = suggestions.did_you_mean(text, names.iter().map(String::as_str));
            let help =
                suggestion.map_or(rule.to_owned(), |suggestion| format!("{suggestion} {rule}"));
            Err(problem(format!("there is no time zone `{shown}`"), "unknown zone").with_help(help))
        }
        ValueShape::Instant => match text.parse::<Timestamp>() {
            Ok(_) => Ok(()),
            Err(error) => Err(match complete_time(text) {
                Some(whole) => problem(format!("`{shown}` has no time zone"), "no time zone")
                    .with_help(format!(
                        "write `{whole}` for UTC, or an offset such as `+01:00` instead of `Z`"
                    )),
                None => problem(error.to_string(), "invalid time"),
            }),
        },
        ValueShape::Word(words) if !words.iter().any(|(word, _)| *word == text) => {
            let help = suggest_choice(text, words.iter().map(|(word, _)| *word), suggestions);
            Err(problem(format!("{what} cannot be `{shown}`"), "unknown word").with_help(help))
        }
        ValueShape::True if node.kind != SyntaxKind::Bool(true) => {
            Err(problem(format!("{what} can only be `true`"), "not `true`")
                .with_help("leave the criterion out"))
        }
        ValueShape::Integer(least, most) => match &node.kind {
            SyntaxKind::Integer(number) if (least..=most).contains(&number) => Ok(()),
            // An `n` occurs in `inf` and `nan`. Other digits are integers beyond 64 bits.
            SyntaxKind::Number(digits) if digits.contains(['.', 'e', 'E', 'n']) => Err(problem(
                format!("{what} must be a whole number"),
                "not whole",
            )
            .with_help("leave the fraction out")),
            _ => Err(problem(
                format!("{what} must be between {least} and {most}"),
                "out of range",
            )),
        },
        ValueShape::Number => check_number(node, what),
        _ => Ok(()),
    }
}

/// Checks that a number is in range and has at most six decimal places.
fn check_number(node: &SyntaxNode, what: &str) -> Result<(), Diagnostic> {
    let range = Decimal::from_int(-MAX_TARGET)..=Decimal::from_int(MAX_TARGET);
    let digits = match &node.kind {
        SyntaxKind::Number(digits) => digits.as_str(),
        _ => "",
    };
    let (message, label) = match node.as_decimal() {
        Some(number) if range.contains(&number.value) => {
            // Parsing has rounded to six places. A different float shows that digits were lost.
            if digits.is_empty() || digits.parse() == Ok(number.to_f64()) {
                return Ok(());
            }
            (
                format!("{what} has more than six decimal places"),
                "too many decimal places",
            )
        }
        // TOML also allows a sign, as in `-inf`.
        None if digits.ends_with("nan") || digits.ends_with("inf") => (
            format!("{what} must be a number, found `{digits}`"),
            "not a number",
        ),
        _ => (
            format!("{what} is out of range; the limit is {MAX_TARGET} (10^15)"),
            "out of range",
        ),
    };
    Err(Diagnostic::new(node.span.clone(), message, label))
}

/// Parses a window such as `7d` or `week`.
pub(super) fn parse_window(text: &str) -> Option<TimeWindow> {
    text.parse()
        .ok()
        .map(TimeWindow::Calendar)
        .or_else(|| time::parse_duration(text).map(TimeWindow::Sliding))
}

pub(in crate::catalog) fn is_id(text: &str) -> bool {
    let grammar = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= limits::RULE_ID_BYTES
        && text.bytes().all(grammar)
        && !text.is_empty()
        && !text.starts_with('-')
}

/// Suggests a valid id for an invalid one: `nice-answer` for `Nice Answer`.
fn suggest_id(text: &str) -> Option<String> {
    let id = text
        .trim()
        .to_lowercase()
        .replace([' ', '_', '.', '/'], "-");
    Some(id.trim_start_matches('-').to_owned()).filter(|id| is_id(id))
}

fn is_event_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= limits::NAME_BYTES && !text.chars().any(char::is_control)
}

/// True if a name is reserved and not one of the `open` exceptions.
fn is_reserved(name: &str, open: &[&str]) -> bool {
    name.starts_with("accolade.") && !open.contains(&name)
}

fn is_award(text: &str) -> bool {
    // At the first `@`: ids contain neither `@` nor `:`, but a key may contain both.
    let (award, key) = text
        .split_once('@')
        .map_or((text, None), |(award, key)| (award, Some(key)));
    let (badge, tier) = award
        .split_once(':')
        .map_or((award, None), |(badge, tier)| (badge, Some(tier)));
    is_id(badge)
        && tier.is_none_or(is_id)
        && key.is_none_or(|key| !key.is_empty() && key.len() <= limits::KEY_BYTES)
}

/// Completes a time without a zone to a time in UTC.
fn complete_time(text: &str) -> Option<String> {
    // A local time lacks only the zone, a date also the time.
    let candidates = [format!("{text}Z"), format!("{text}T00:00:00Z")];
    candidates
        .into_iter()
        .find(|candidate| candidate.parse::<Timestamp>().is_ok())
}

/// Shortens a text for messages, because input may have any length.
pub(super) fn shorten_text(text: &str) -> String {
    const SHOWN: usize = 64;
    // Cut between characters, because slicing inside one would panic.
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
