//! `accolade record`

use accolade::{EventId, NewEvent, Props, Value};
use serde_json::json;

use crate::args::RecordArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::receipt;

/// Records one event and prints its receipt.
pub(crate) fn run_record(
    args: &RecordArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let event = build_event(args)?;
    let engine = database.open_or_create()?;
    let receipt = engine.record(event).wait()?;
    engine.close()?;
    receipt::print_receipt(&receipt, output)
}

fn build_event(args: &RecordArgs) -> Result<NewEvent, CommandError> {
    let mut event = NewEvent::new(&args.player, &args.name).order(args.order);
    event.id = args.id.as_ref().map(EventId::from);
    event.at = args.at;
    if let Some(props) = &args.props {
        event.props = Props::from_json(props.as_bytes()).map_err(|error| {
            CommandError::new(format!(
                "--props: {error}; write a JSON object, such as '{{\"words\": 250}}'"
            ))
        })?;
    }
    for (key, value) in &args.properties {
        let before = event.props.insert(key.as_str(), parse_value(key, value)?);
        // The key can also be in --props; which value is meant cannot be known.
        if before.is_some() {
            return Err(CommandError::new(format!(
                "property `{key}` is given twice"
            )));
        }
    }
    Ok(event)
}

/// Parses the value of a property as JSON if possible, and otherwise takes it as text.
fn parse_value(key: &str, text: &str) -> Result<Value, CommandError> {
    let invalid = |error| CommandError::new(format!("--prop: {error}"));
    // Under its own key, which errors name.
    let read = |value: &str| Props::from_json(format!("{{{}:{value}}}", json!(key)).as_bytes());
    // The text is checked alone first: `1,"other":2` is valid only inside the object.
    let props = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => read(text),
        Err(_) => read(&json!(text).to_string()),
    };
    Ok(props.map_err(invalid)?.remove(key).unwrap_or(Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_json_where_they_are_json() {
        for (text, json) in [
            ("40", "40"),
            ("2.50", "2.5"),
            ("true", "true"),
            ("[1,2]", "[1,2]"),
            ("answer", "\"answer\""),
            ("\"40\"", "\"40\""),
            ("", "\"\""),
            ("1,\"other\":2", "\"1,\\\"other\\\":2\""),
            ("2026-01-01", "\"2026-01-01\""),
        ] {
            let value = parse_value("a", text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json, "{text}");
        }
        let CommandError::Message(error) = parse_value("score", "9223372036854775808").unwrap_err()
        else {
            panic!("the error has a message");
        };
        let expected = "--prop: `score` is 9223372036854775808, a whole number beyond 64 bits";
        assert!(error.starts_with(expected), "{error}");
    }
}
