//! Comparison of responses with the OpenAPI document. Every response in these tests is compared.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::operations;

/// The document, in which objects have no other fields than the documented ones.
static STRICT_DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = operations::openapi_document();
    close_objects(&mut document["components"]["schemas"]);
    document
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Asserts that a response is documented: its status, and the schema of its body.
///
/// Paths that no operation has are not compared.
pub(crate) fn assert_documented(method: &str, path: &str, status: u16, kind: &str, body: &[u8]) {
    let path = path.split('?').next().unwrap_or_default();
    let Some(pointer) = find_operation(method, path) else {
        return;
    };
    let place = format!("{method} {path}: {status}");
    let responses = &STRICT_DOCUMENT.pointer(&pointer).unwrap()["responses"];
    let response = &responses[status.to_string()];
    assert!(
        response.is_object(),
        "{place} is not documented: {}",
        String::from_utf8_lossy(body)
    );
    let kind = kind.split(';').next().unwrap_or_default();
    let response = match response["$ref"].as_str() {
        Some(reference) => STRICT_DOCUMENT.pointer(&reference[1..]).unwrap(),
        None => response,
    };
    if body.is_empty() || !kind.ends_with("json") {
        return;
    }
    let schema = &response["content"][kind]["schema"];
    assert!(schema.is_object(), "{place}: {kind} is not documented");
    let body = serde_json::from_slice(body).unwrap();
    assert_valid(&place, schema, &body);
}

/// Asserts that a value matches a schema of the document.
#[track_caller]
pub(crate) fn assert_valid(place: &str, schema: &Value, value: &Value) {
    let validator = load_validator(schema);
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{place} does not match {schema}:\n{}\n{value:#}",
        errors.join("\n")
    );
}

fn load_validator(schema: &Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap();
    let build = || {
        let mut root = schema.clone();
        root["components"] = json!({ "schemas": STRICT_DOCUMENT["components"]["schemas"] });
        Arc::new(jsonschema::validator_for(&root).unwrap())
    };
    Arc::clone(validators.entry(schema.to_string()).or_insert_with(build))
}

/// Finds the operation of a request, as a pointer into the document.
fn find_operation(method: &str, path: &str) -> Option<String> {
    let paths = STRICT_DOCUMENT["paths"].as_object()?;
    let mut matching: Vec<&String> = paths
        .keys()
        .filter(|template| matches_template(template, path))
        .collect();
    // A path without parameters wins, as in the router.
    matching.sort_by_key(|template| template.matches('{').count());
    let template = matching.first()?;
    let method = method.to_lowercase();
    paths[*template].get(&method)?;
    Some(format!("/paths/{}/{method}", template.replace('/', "~1")))
}

fn matches_template(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let same = |(template, path): (&&str, &&str)| {
        template == path || (template.starts_with('{') && !path.is_empty())
    };
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

fn close_objects(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let is_closed = fields.get("properties").is_some_and(Value::is_object)
                && !fields.contains_key("additionalProperties");
            if is_closed {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
            fields.values_mut().for_each(close_objects);
        }
        Value::Array(items) => items.iter_mut().for_each(close_objects),
        _ => {}
    }
}
