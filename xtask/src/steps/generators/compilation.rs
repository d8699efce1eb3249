//! Form in which the generated clients get the examples of the documentation.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::api_document::{self, ApiDocument, ApiOperation};
use super::curl::CurlRequest;
use super::finding::{ExampleForm, FoundExample};
use super::listing::{ExampleListing, ListedUse};

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";
/// Headers that say nothing about the operation.
const GENERAL_HEADERS: [&str; 2] = ["authorization", "content-type"];
/// Ellipses in documents, and the shortest valid text for each.
const ELLIPSES: [(&str, &str); 4] = [("{…}", "{}"), ("[…]", "[]"), (", …}", "}"), (", …]", "]")];

/// Example for the generated clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CompiledExample {
    /// Document and line.
    pub(super) place: String,
    #[serde(flatten)]
    pub(super) kind: CompiledKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum CompiledKind {
    Request(CompiledRequest),
    Response {
        operation: String,
        status: u16,
        value: Value,
    },
    /// Program in TypeScript.
    Program {
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CompiledRequest {
    operation: String,
    path: String,
    method: String,
    /// Values of the parameters by place and name.
    parameters: BTreeMap<String, Map<String, Value>>,
    /// Null if there is none. Text if it consists of lines.
    body: Value,
    /// Events of a body that has one per line.
    lines: Vec<Value>,
}

/// Result for one example.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ExampleUse {
    Compiled(CompiledExample),
    Excluded { reason: String },
}

/// Prepares an example.
///
/// # Errors
/// Returns an error if the example belongs to no operation, and is not listed with a reason.
pub(super) fn compile_example(
    example: &FoundExample,
    listing: &ExampleListing,
    api: &ApiDocument,
) -> Result<ExampleUse, String> {
    let kind = match (listing.find_use(example)?, &example.form) {
        (Some(ListedUse::Excluded { reason }), _) => {
            let reason = reason.to_owned();
            return Ok(ExampleUse::Excluded { reason });
        }
        (Some(ListedUse::Request { operation }), _) => {
            CompiledKind::Request(compile_body(example, find_by_id(api, operation)?)?)
        }
        (Some(ListedUse::Response { operation, status }), _) => {
            compile_response(example, find_by_id(api, operation)?, status)?
        }
        (None, ExampleForm::Command(request)) => {
            CompiledKind::Request(compile_command(request, api)?)
        }
        (None, ExampleForm::Mention { method, target }) => {
            CompiledKind::Request(compile_mention(method, target, api)?)
        }
        (None, ExampleForm::TypeScript) => CompiledKind::Program {
            text: example.text.clone(),
        },
        (None, ExampleForm::Json | ExampleForm::Member | ExampleForm::Program) => {
            return Err("the listing has neither an operation nor a reason for it".to_owned());
        }
    };
    let place = format!("{}:{}", example.document, example.line);
    Ok(ExampleUse::Compiled(CompiledExample { place, kind }))
}

fn find_by_id<'a>(api: &'a ApiDocument, id: &str) -> Result<ApiOperation<'a>, String> {
    api.find_by_id(id)
        .ok_or_else(|| format!("operation `{id}` not found"))
}

impl CompiledRequest {
    fn new(operation: ApiOperation<'_>) -> Self {
        Self {
            operation: operation.id().to_owned(),
            path: operation.path.to_owned(),
            method: operation.method.to_owned(),
            parameters: BTreeMap::new(),
            body: Value::Null,
            lines: Vec::new(),
        }
    }

    /// Finds the operation of a method and a target, and reads the target's parameters.
    fn from_target<'a>(
        method: &str,
        target: &str,
        api: &'a ApiDocument,
    ) -> Result<(Self, ApiOperation<'a>), String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (operation, values) = api
            .find_by_path(method, path)
            .ok_or_else(|| format!("`{method} {path}` is no operation"))?;
        let mut request = Self::new(operation);
        for (name, value) in &values {
            request.set_parameter(operation, "path", name, value)?;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            request.set_parameter(operation, "query", name, value)?;
        }
        Ok((request, operation))
    }

    fn set_parameter(
        &mut self,
        operation: ApiOperation<'_>,
        place: &str,
        name: &str,
        value: &str,
    ) -> Result<(), String> {
        let (name, value) = operation.convert_parameter(place, name, value)?;
        let values = self.parameters.entry(place.to_owned()).or_default();
        values.insert(name.to_owned(), value);
        Ok(())
    }

    /// Adds documented values of the parameters that the text leaves out.
    fn fill_parameters(&mut self, operation: ApiOperation<'_>) {
        for place in ["path", "header"] {
            let documented = operation.documented_parameters(place);
            if documented.is_empty() {
                continue;
            }
            let values = self.parameters.entry(place.to_owned()).or_default();
            for (name, value) in documented {
                let given = values.entry(name).or_insert_with(|| value.clone());
                // A placeholder in the path, such as `{player}`.
                if given
                    .as_str()
                    .is_some_and(|text| api_document::parameter_name(text).is_some())
                {
                    *given = value;
                }
            }
        }
    }
}

fn compile_command(curl: &CurlRequest, api: &ApiDocument) -> Result<CompiledRequest, String> {
    let (mut request, operation) = CompiledRequest::from_target(&curl.method, &curl.target, api)?;
    for (name, value) in &curl.headers {
        if !GENERAL_HEADERS.contains(&name.as_str()) {
            request.set_parameter(operation, "header", name, value)?;
        }
    }
    let Some(body) = &curl.body else {
        return Ok(request);
    };
    let media_type = curl.headers.iter().find(|(name, _)| name == "content-type");
    let media_type = media_type.map(|(_, value)| value.as_str());
    match media_type {
        Some(media_type) if operation.accepts(media_type) => {}
        _ => return Err(format!("`{}` accepts no body of this type", operation.id())),
    }
    if media_type == Some(NDJSON) {
        request.lines = body.lines().map(parse_json).collect::<Result<_, _>>()?;
        request.body = body.as_str().into();
    } else {
        request.body = parse_json(body)?;
    }
    Ok(request)
}

/// Completes a mention with the documented parameters and body.
fn compile_mention(
    method: &str,
    target: &str,
    api: &ApiDocument,
) -> Result<CompiledRequest, String> {
    let (mut request, operation) = CompiledRequest::from_target(method, target, api)?;
    request.fill_parameters(operation);
    let body = operation.documented_bodies().into_iter().next();
    request.body = body.cloned().unwrap_or_default();
    Ok(request)
}

/// Completes the body of a request with the documented parameters.
fn compile_body(
    example: &FoundExample,
    operation: ApiOperation<'_>,
) -> Result<CompiledRequest, String> {
    if !operation.accepts(JSON) {
        return Err(format!("`{}` accepts no JSON", operation.id()));
    }
    let mut request = CompiledRequest::new(operation);
    request.fill_parameters(operation);
    request.body = read_value(example, &operation.documented_bodies())?;
    Ok(request)
}

fn compile_response(
    example: &FoundExample,
    operation: ApiOperation<'_>,
    status: u16,
) -> Result<CompiledKind, String> {
    if !operation.has_response(status) {
        return Err(format!("`{}` has no response {status}", operation.id()));
    }
    Ok(CompiledKind::Response {
        operation: operation.id().to_owned(),
        status,
        value: read_value(example, &operation.documented_responses(status))?,
    })
}

/// Parses an example. A single member replaces that of a documented object.
fn read_value(example: &FoundExample, documented: &[&Value]) -> Result<Value, String> {
    if example.form != ExampleForm::Member {
        return parse_json(&example.text);
    }
    let Value::Object(member) = parse_json(&format!("{{{}}}", example.text))? else {
        return Err(format!("`{}` is no member of an object", example.text));
    };
    let has_member =
        |object: &&Map<String, Value>| member.keys().all(|name| object.contains_key(name));
    let objects: Vec<&Map<String, Value>> = documented
        .iter()
        .filter_map(|value| value.as_object())
        .collect();
    // The compilers refuse a member that the object cannot have. One that it need not have may be
    // in no documented object.
    let whole = objects
        .iter()
        .copied()
        .find(has_member)
        .or(objects.first().copied());
    let mut whole = whole
        .ok_or("the document has no object that the member can be part of")?
        .clone();
    whole.extend(member);
    Ok(whole.into())
}

/// Parses JSON in which ellipses may stand for contents.
fn parse_json(text: &str) -> Result<Value, String> {
    let whole = ELLIPSES.iter().fold(text.to_owned(), |text, (cut, valid)| {
        text.replace(cut, valid)
    });
    serde_json::from_str(&whole).map_err(|error| format!("`{text}` is no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::steps::generators::api_document::tests::small_document;
    use crate::steps::generators::finding;

    const LISTING: &str = r#"
        [[example]]
        document = "a.md"
        text = '{"player"'
        request = "record_events"

        [[example]]
        document = "a.md"
        text = '"heard"'
        response = "record_events"
        status = 201

        [[example]]
        document = "a.md"
        text = '{"error"'
        reason = "output of a command"

        [[example]]
        document = "a.md"
        text = '{"gone"'
        response = "record_events"
        status = 410
    "#;

    fn compile_text(text: &str) -> Result<ExampleUse, String> {
        let listing = ExampleListing::parse(LISTING).unwrap();
        let found = finding::find_examples("a.md", text).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        compile_example(&found[0], &listing, &small_document())
    }

    fn compile_to_json(text: &str) -> Value {
        match compile_text(text).unwrap() {
            ExampleUse::Compiled(example) => serde_json::to_value(example).unwrap(),
            ExampleUse::Excluded { reason } => reason.into(),
        }
    }

    #[test]
    fn a_command_becomes_the_request_that_it_sends() {
        let text = "```sh\ncurl -H 'Content-Type: application/json' -H 'Idempotency-Key: a' \
             -d '{\"player\": \"ada\", \"props\": {…}}' $BASE/v1/events\n```\n";
        let expected = json!({
            "place": "a.md:2", "kind": "request", "operation": "record_events",
            "method": "post", "path": "/v1/events",
            "parameters": { "header": { "Idempotency-Key": "a" } },
            "body": { "player": "ada", "props": {} }, "lines": [],
        });
        assert_eq!(compile_to_json(text), expected);
    }

    #[test]
    fn a_streamed_body_is_compiled_line_by_line() {
        let text = "```sh\nprintf '%s\\n' '{\"a\": 1}' '{\"b\": 2}' |\n  curl -H 'Content-Type: \
             application/x-ndjson' --data-binary @- $BASE/v1/events/stream\n```\n";
        let compiled = compile_to_json(text);
        assert_eq!(compiled["lines"], json!([{ "a": 1 }, { "b": 2 }]));
        assert_eq!(compiled["body"], "{\"a\": 1}\n{\"b\": 2}\n");
    }

    #[test]
    fn a_mention_is_completed_from_the_document() {
        let compiled = compile_to_json("`GET /v1/players/{player}?limit=5`");
        let expected = json!({ "path": { "player": "ada" }, "query": { "limit": 5 } });
        assert_eq!(compiled["parameters"], expected);
        let recorded = compile_to_json("`POST /v1/events`");
        assert_eq!(
            recorded["body"],
            json!({ "player": "ada", "name": "visit" })
        );
    }

    #[test]
    fn a_listed_example_is_a_body_a_response_or_excluded() {
        let body = compile_to_json("`{\"player\": \"bob\"}`");
        assert_eq!(
            (&body["kind"], &body["body"]),
            (&"request".into(), &json!({ "player": "bob" }))
        );
        let response = compile_to_json("`\"heard\": false`");
        let expected = json!({
            "place": "a.md:1", "kind": "response", "operation": "record_events", "status": 201,
            "value": { "id": "1", "heard": false },
        });
        assert_eq!(response, expected);
        assert_eq!(compile_to_json("`{\"error\": …`"), "output of a command");
    }

    #[test]
    fn an_example_that_belongs_to_no_operation_is_an_error() {
        let table = [
            ("`GET /v1/plyers`", "`GET /v1/plyers` is no operation"),
            (
                "`GET /v1/players/ada?page=5`",
                "`get_player` has no parameter `page`",
            ),
            ("`{\"other\": 1}`", "the listing has neither"),
            ("`\"other\": 1`", "the listing has neither"),
            (
                "```python\nx = {\"a\": 1}\n```\n",
                "the listing has neither",
            ),
            ("`{\"player\": }`", "`{\"player\": }` is no JSON"),
            ("`{\"gone\": 1}`", "`record_events` has no response 410"),
            (
                "```sh\ncurl -d '{}' $BASE/v1/events\n```\n",
                "`record_events` accepts no body of this type",
            ),
            (
                "```sh\ncurl -H 'X-Other: a' $BASE/v1/players/ada\n```\n",
                "`get_player` has no parameter `x-other` in its header",
            ),
        ];
        for (text, expected) in table {
            let error = compile_text(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
