//! The examples of the OpenAPI document work.

use std::collections::{BTreeMap, BTreeSet};

use accolade_testing::MemoryStore;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::conformance::assert_valid;
use crate::credentials;
use crate::operations::{self, Operation};
use crate::world::{TestResponse, World};

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/api-examples/examples.json");
const CATALOG: &str = include_str!("examples.toml");
/// Fields whose values are random.
const RANDOM_FIELDS: [&str; 4] = ["id", "key", "link", "token"];
/// Examples of secrets, by their beginnings.
const SECRETS: [(&str, &str); 2] = [("acc_", "acc_a1b2c3d4_EXAMPLE"), ("acp_", "acp_EXAMPLE")];

/// Creates a world with the players of the examples.
async fn prepare_world() -> World {
    let world = World::with_catalog(CATALOG, MemoryStore::new(), Vec::new(), |_| {}).await;
    for (id, player, name) in [
        ("post-1", "ada", "post.published"),
        ("post-2", "ada", "post.published"),
        ("comment-1", "ada", "post.commented"),
        ("visit-0", "guest-7", "visit"),
    ] {
        let event = json!({
            "id": id, "player": player, "name": name, "at": "2026-03-01T10:00:00Z",
        });
        world.post("/v1/events", event).await.assert_status(201);
    }
    for name in ["grace", "margaret"] {
        credentials::create_administrator(&world, name).await;
    }
    world
}

#[tokio::test]
async fn every_example_is_answered_as_documented() {
    let world = prepare_world().await;
    let operations: BTreeMap<String, Operation> = operations::all_operations()
        .into_iter()
        .map(|operation| (operation.id.clone(), operation))
        .collect();
    let text = std::fs::read_to_string(PLACE).unwrap();
    let mut examples: Vec<Value> = serde_json::from_str(&text).unwrap();
    let is_renewing = std::env::var_os("ACCOLADE_RENEW").is_some();
    let mut random = BTreeMap::new();
    for example in &mut examples {
        let id = example["operation"].as_str().unwrap().to_owned();
        let operation = &operations[&id];
        let place = format!("{id} ({})", example["name"]);
        world.advance_clock(1);
        let response = send_example(&world, operation, example, &random).await;
        let body = match response.header("content-type") {
            kind if kind.contains("json") => response.json(),
            _ if response.body.is_empty() => Value::Null,
            _ => response.text().into(),
        };
        if is_renewing {
            // Random values keep their documented form, which later examples can name.
            note_random(&example["response"], &body, &mut random);
            let inverse = random.iter().map(|(old, new)| (new.clone(), old.clone()));
            let mut documented = body.clone();
            replace_random(&mut documented, &inverse.collect());
            hide_secrets(&mut documented);
            example["status"] = response.status.into();
            example["response"] = if id == "get_metrics" {
                shorten_metrics(&response.text()).into()
            } else {
                documented
            };
        }
        assert_eq!(
            example["status"],
            response.status,
            "{place}: {}",
            response.text()
        );
        if id == "get_metrics" {
            assert_documented_metrics(example["response"].as_str().unwrap(), &response.text());
            continue;
        }
        let mut documented = example["response"].clone();
        note_random(&documented, &body, &mut random);
        replace_random(&mut documented, &random);
        assert_eq!(
            documented, body,
            "{place}: renew the examples with ACCOLADE_RENEW=1"
        );
    }
    if is_renewing {
        let text = serde_json::to_string_pretty(&examples).unwrap() + "\n";
        std::fs::write(PLACE, text).unwrap();
    }
}

#[test]
fn every_operation_has_examples_that_match_its_schemas() {
    let document = operations::openapi_document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            for one in operation["parameters"].as_array().into_iter().flatten() {
                if let Some(example) = one.get("example") {
                    assert_valid(&format!("{place} {}", one["name"]), &one["schema"], example);
                }
                let is_known = one["required"] != true || one.get("example").is_some();
                assert!(
                    is_known,
                    "{place}: parameter {} has no example",
                    one["name"]
                );
            }
            let sent = operation["requestBody"]["content"].as_object();
            if operation.get("requestBody").is_some() {
                assert!(check_examples(&place, sent) > 0, "{place}: request");
            }
            let responses = operation["responses"].as_object().unwrap();
            let good = responses
                .iter()
                .filter(|(status, _)| status.starts_with('2'));
            let has_example = good.clone().any(|(status, response)| {
                let place = format!("{place} {status}");
                let content = response["content"].as_object();
                content.is_none() || check_examples(&place, content) > 0
            });
            assert!(has_example, "{place}: response");
            let samples = operation["x-codeSamples"].as_array().unwrap();
            let languages: BTreeSet<&str> = samples
                .iter()
                .map(|one| one["label"].as_str().unwrap())
                .collect();
            assert_eq!(
                languages,
                ["JavaScript", "Python", "curl"].into(),
                "{place}"
            );
        }
    }
}

/// Checks the examples of bodies, and counts them.
fn check_examples(place: &str, content: Option<&serde_json::Map<String, Value>>) -> usize {
    let mut count = 0;
    for (_, content) in content.into_iter().flatten() {
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            let place = format!("{place}, example {name}");
            assert_valid(&place, &content["schema"], &example["value"]);
            count += 1;
        }
    }
    count
}

async fn send_example(
    world: &World,
    operation: &Operation,
    example: &Value,
    random: &BTreeMap<String, String>,
) -> TestResponse {
    let text = |value: &Value| match value.as_str() {
        Some(text) => random.get(text).cloned().unwrap_or(text.to_owned()),
        None => value.to_string(),
    };
    let fields = |name: &str| example[name].as_object().cloned().unwrap_or_default();
    let mut path = operation.path.clone();
    for (name, value) in fields("path") {
        path = path.replace(&format!("{{{name}}}"), &text(&value));
    }
    for (position, (name, value)) in fields("query").into_iter().enumerate() {
        let sign = if position == 0 { '?' } else { '&' };
        path = format!("{path}{sign}{name}={}", text(&value));
    }
    let mut request = world.admin_request(&operation.method, &path);
    for (name, value) in fields("headers") {
        request = request.header(&name.to_lowercase(), value.as_str().unwrap());
    }
    let request = match (&example["body"], operation.media_type.as_deref()) {
        (Value::Null, _) => request,
        (Value::String(lines), Some("application/x-ndjson")) => request.json_lines(lines.clone()),
        (body, _) => request.json(body.clone()),
    };
    if !operation.is_stream {
        return request.send().await;
    }
    let (parts, mut body) = request.send_streaming().await.into_parts();
    // A stream does not end: the greeting and the first outcome are enough.
    let mut received = Vec::new();
    while received.windows(2).filter(|pair| pair == b"\n\n").count() < 2 {
        let frame = body.frame().await.unwrap().unwrap();
        received.extend_from_slice(frame.data_ref().unwrap());
    }
    TestResponse {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: received,
    }
}

/// Notes the values of random fields that stand for each other.
fn note_random(documented: &Value, actual: &Value, random: &mut BTreeMap<String, String>) {
    match (documented, actual) {
        (Value::Object(documented), Value::Object(actual)) => {
            for (name, value) in documented {
                let other = actual.get(name).unwrap_or(&Value::Null);
                match (value.as_str(), other.as_str()) {
                    (Some(value), Some(other)) if RANDOM_FIELDS.contains(&&**name) => {
                        random.insert(value.to_owned(), other.to_owned());
                    }
                    _ => note_random(value, other, random),
                }
            }
        }
        (Value::Array(documented), Value::Array(actual)) => {
            for (value, other) in documented.iter().zip(actual) {
                note_random(value, other, random);
            }
        }
        _ => {}
    }
}

fn replace_random(value: &mut Value, random: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(other) = random.get(text.as_str()) {
                *text = other.clone();
            }
        }
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|one| replace_random(one, random)),
        Value::Array(items) => items.iter_mut().for_each(|one| replace_random(one, random)),
        _ => {}
    }
}

fn hide_secrets(value: &mut Value) {
    match value {
        Value::String(text) => {
            let secret = SECRETS.iter().find(|(start, _)| text.starts_with(start));
            if let Some((_, example)) = secret {
                *text = (*example).to_owned();
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(hide_secrets),
        Value::Array(items) => items.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

/// Keeps the counters of events and outcomes, and the end.
fn shorten_metrics(text: &str) -> String {
    let shown = |line: &&str| {
        line.contains("accolade_events") || line.contains("live_streams") || *line == "# EOF"
    };
    text.lines()
        .filter(shown)
        .map(|line| format!("{line}\n"))
        .collect()
}

fn assert_documented_metrics(documented: &str, actual: &str) {
    for line in documented.lines() {
        let name = line.rsplit_once(' ').map_or(line, |(name, _)| name);
        assert!(actual.contains(name), "{name} is not in:\n{actual}");
    }
}
