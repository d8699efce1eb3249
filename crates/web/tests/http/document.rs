//! The OpenAPI document is committed, so that it only changes deliberately, and usable by tools.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::operations;

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let now = format!(
        "{}\n",
        serde_json::to_string_pretty(&operations::openapi_document()).unwrap()
    );
    if std::env::var_os("ACCOLADE_RENEW").is_some() {
        std::fs::write(PLACE, &now).unwrap();
    }
    let committed = std::fs::read_to_string(Path::new(PLACE)).unwrap_or_default();
    let differs = now
        .lines()
        .zip(committed.lines())
        .position(|(now, committed)| now != committed);
    assert!(
        now == committed,
        "docs/openapi.json differs from line {}. If this is intended, regenerate it with \
         `ACCOLADE_RENEW=1 cargo test -p accolade-web --test http the_committed_document` and \
         mention the change in the changelog",
        differs.map_or(now.lines().count().min(committed.lines().count()), |line| {
            line
        }) + 1
    );
}

#[test]
fn every_operation_is_documented() {
    let document = operations::openapi_document();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            let text = |key: &str| operation[key].as_str().unwrap_or_default();
            assert!(
                ids.insert(text("operationId")),
                "{place}: `{}` is the id of two",
                text("operationId")
            );
            assert!(!text("summary").is_empty(), "{place}");
            assert!(!text("description").is_empty(), "{place}");
            let own = operation["tags"].as_array().unwrap();
            assert!(
                own.len() == 1 && tags.contains(own[0].as_str().unwrap()),
                "{place}: {own:?}"
            );
            assert!(
                operation["security"].is_array(),
                "{place} declares its security"
            );
            let answers: Vec<&String> =
                operation["responses"].as_object().unwrap().keys().collect();
            assert!(
                answers.iter().any(|status| status.starts_with('2')),
                "{place}: {answers:?}"
            );
            for (name, parameter) in operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
            {
                assert!(
                    parameter["description"].is_string(),
                    "{place}: parameter {name} {parameter}"
                );
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_path = parameters.filter(|one| one["in"] == "path").count();
            assert_eq!(
                in_path,
                path.matches('{').count(),
                "{place}: a parameter for each part in braces"
            );
        }
    }
}

#[test]
fn every_reference_resolves() {
    let document = operations::openapi_document();
    let mut found = BTreeSet::new();
    collect_references(&document, &mut found);
    assert!(found.len() > 30, "{found:?}");
    for reference in &found {
        let pointer = reference
            .strip_prefix('#')
            .unwrap_or_else(|| panic!("{reference} is not local"));
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} does not resolve"
        );
    }
}

#[test]
fn the_document_names_the_prefix_of_the_service() {
    let document = accolade_web::openapi_document("/game");
    assert_eq!(document["servers"][0]["url"], "/game");
    assert_eq!(operations::openapi_document()["servers"][0]["url"], "/");
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            map.values()
                .for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|value| collect_references(value, found)),
        _ => {}
    }
}

/// Calls a function for every object in a value, with its path.
fn visit_objects(value: &Value, path: &str, check: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            check(path, value);
            for (name, field) in fields {
                visit_objects(field, &format!("{path}/{name}"), check);
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                visit_objects(item, &format!("{path}/{position}"), check);
            }
        }
        _ => {}
    }
}

#[test]
fn no_schema_is_an_object_without_fields_or_a_statement_about_others() {
    let document = operations::openapi_document();
    let keys = ["properties", "additionalProperties", "oneOf"];
    visit_objects(
        &document["components"]["schemas"],
        "",
        &mut |path, schema| {
            let kind = &schema["type"];
            let is_object = kind == "object"
                || kind
                    .as_array()
                    .is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"));
            let is_typed = keys.iter().any(|key| schema.get(key).is_some());
            assert!(!is_object || is_typed, "{path}: {schema}");
        },
    );
}

#[test]
fn fields_of_responses_are_required_and_null_without_a_value() {
    let document = operations::openapi_document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut sent = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            collect_references(&operation["requestBody"], &mut sent);
        }
    }
    // Requests refer to these through other schemas.
    let mut count = 0;
    while count < sent.len() {
        count = sent.len();
        for reference in sent.clone() {
            collect_references(document.pointer(&reference[1..]).unwrap(), &mut sent);
        }
    }
    let is_sent = |name: &str| sent.contains(&format!("#/components/schemas/{name}"));
    for (name, schema) in schemas.iter().filter(|(name, _)| !is_sent(name)) {
        let required = schema["required"].as_array().map_or(0, Vec::len);
        let fields = schema["properties"]
            .as_object()
            .map_or(0, serde_json::Map::len);
        assert_eq!(required, fields, "{name}: {schema}");
    }
}

#[test]
fn variants_are_named_and_told_apart_by_a_field() {
    let document = operations::openapi_document();
    for (name, tag, count) in [
        ("Action", "type", 10),
        ("CatalogSource", "format", 2),
        ("Job", "kind", 6),
        ("Outcome", "kind", accolade::OutcomeKind::ALL.len()),
        ("SubjectExplanation", "kind", 3),
    ] {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(schema["discriminator"]["propertyName"], tag, "{name}");
        let mapping = schema["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(mapping.len(), count, "{name}: {mapping:?}");
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), count, "{name}");
        for (value, reference) in mapping {
            let pointer = reference.as_str().unwrap().trim_start_matches('#');
            let variant = document.pointer(pointer).unwrap();
            assert_eq!(&variant["properties"][tag]["const"], value, "{name}");
            assert!(
                schema["oneOf"]
                    .as_array()
                    .unwrap()
                    .contains(&serde_json::json!({ "$ref": reference }))
            );
        }
    }
}

#[test]
fn summaries_are_plain_and_errors_are_listed_one_by_one() {
    let document = operations::openapi_document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let summary = operation["summary"].as_str().unwrap();
            let is_plain = !summary.ends_with('.') && !summary.contains(['`', '*', '_']);
            assert!(is_plain, "{method} {path}: {summary}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let number: u16 = status.parse().unwrap();
                if number < 400 {
                    continue;
                }
                let pointer = response["$ref"].as_str().unwrap().trim_start_matches('#');
                let response = document.pointer(pointer).unwrap();
                let content = &response["content"]["application/problem+json"];
                assert_eq!(content["example"]["status"], number, "{method} {path}");
                let schema = &content["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{method} {path}");
                let waits = [429, 503].contains(&number);
                assert_eq!(
                    response["headers"].get("Retry-After").is_some(),
                    waits,
                    "{status}"
                );
            }
        }
    }
}
