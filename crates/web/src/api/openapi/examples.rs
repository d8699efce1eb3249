//! Examples of requests and responses. A test sends the requests, and compares the responses.

use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::request_example::RequestExample;
use super::{code_samples, for_each_operation};

/// The file with all examples, in an order in which the requests can be sent. It is read from disk
/// in debug builds and embedded in release builds.
#[derive(RustEmbed)]
#[folder = "api-examples"]
struct ExampleFiles;

/// Adds examples and code samples to all operations.
pub(super) fn add_examples(document: &mut Value) {
    let file = ExampleFiles::get("examples.json").expect("it is part of the sources");
    let examples: Vec<RequestExample> =
        serde_json::from_slice(&file.data).expect("a test reads and writes the file");
    for_each_operation(document, |method, path, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let own: Vec<&RequestExample> = examples.iter().filter(|one| one.operation == id).collect();
        for example in &own {
            add_parameter_values(operation, example);
            add_bodies(operation, example);
        }
        if let Some(first) = own.first() {
            let samples = code_samples::write_samples(method, path, operation, first);
            operation["x-codeSamples"] = samples;
        }
    });
}

fn add_parameter_values(operation: &mut Value, example: &RequestExample) {
    let parameters = operation.get_mut("parameters");
    for parameter in parameters
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = match parameter["in"].as_str() {
            Some("path") => example.path.get(name).cloned(),
            Some("query") => example.query.get(name).cloned(),
            _ => example.headers.get(name).cloned().map(Value::from),
        };
        if let (Some(value), None) = (value, parameter.get("example")) {
            parameter["example"] = value;
        }
    }
}

fn add_bodies(operation: &mut Value, example: &RequestExample) {
    let RequestExample {
        name,
        summary,
        body,
        status,
        response,
        ..
    } = example;
    let written = |value: &Value| json!({ "summary": summary, "value": value });
    if let Some(body) = body {
        let contents = operation.pointer_mut("/requestBody/content");
        let contents = contents.and_then(Value::as_object_mut);
        for (_, content) in contents.into_iter().flatten() {
            content["examples"][name] = written(body);
        }
    }
    let contents = operation.pointer_mut(&format!("/responses/{status}/content"));
    let contents = contents.and_then(Value::as_object_mut);
    for (_, content) in contents.into_iter().flatten() {
        content["examples"][name] = written(response);
    }
}
