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
fn under_a_prefix_the_document_says_so() {
    let document = serde_json::to_value(accolade_web::openapi_document("/game")).unwrap();
    assert_eq!(document["servers"][0]["url"], "/game");
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
