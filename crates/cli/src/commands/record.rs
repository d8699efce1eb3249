//! `accolade record`

use accolade::{NewEvent, Props, Value};
use serde_json::json;

use crate::args::Record;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;
use crate::receipt;

/// Records one event and prints its receipt.
pub(crate) fn run(args: &Record, database: &Database, output: Output) -> Result<Ending, Failure> {
    let event = event(args)?;
    let engine = database.to_write()?;
    let receipt = engine.record(event).wait()?;
    engine.close()?;
    receipt::show(&receipt, output)
}

fn event(args: &Record) -> Result<NewEvent, Failure> {
    let mut event = NewEvent::new(&args.player, &args.name).order(args.order);
    event.id.clone_from(&args.id);
    event.at = args.at;
    if let Some(props) = &args.props {
        event.props = Props::from_json(props.as_bytes())
            .map_err(|error| Failure::new(format!("--props: {error}")))?;
    }
    for (key, value) in &args.prop {
        let before = event.props.insert(key.as_str(), value_of(value)?);
        if before.is_some() {
            return Err(Failure::new(format!("property `{key}` is given twice")));
        }
    }
    Ok(event)
}

/// Parses a value as JSON if possible, and otherwise takes it as text.
fn value_of(text: &str) -> Result<Value, Failure> {
    let invalid = |error| Failure::new(format!("--prop: {error}"));
    let read = |value: &str| Props::from_json(format!("{{\"value\":{value}}}").as_bytes());
    // The text is checked alone first: `1,"other":2` is valid only inside the object.
    let props = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => read(text),
        Err(_) => read(&json!(text).to_string()),
    };
    Ok(props
        .map_err(invalid)?
        .remove("value")
        .unwrap_or(Value::Null))
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
            let value = value_of(text).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json, "{text}");
        }
    }
}
