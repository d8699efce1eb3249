//! All operations of the OpenAPI document, each with a valid request.
//!
//! Tests iterate over them, so that a new operation is covered automatically.

use std::collections::BTreeMap;

use accolade_web::KeyScope;
use serde_json::{Value, json};

use crate::world::{RequestBuilder, World};

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// Path with parameters in braces.
    pub(crate) path: String,
    /// Required scope; `None` if no key is required.
    pub(crate) scope: Option<KeyScope>,
    /// Media type of the request body, if any.
    pub(crate) media_type: Option<String>,
    pub(crate) is_stream: bool,
    queries: Vec<String>,
}

pub(crate) fn openapi_document() -> Value {
    accolade_web::openapi_document("")
}

/// Lists all operations, sorted by path.
pub(crate) fn all_operations() -> Vec<Operation> {
    let document = openapi_document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation::parse(method, path, operation));
        }
    }
    assert!(all.len() > 30, "{all:#?}");
    all
}

impl Operation {
    fn parse(method: &str, path: &str, operation: &Value) -> Self {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let needs_key = operation["security"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one.get("key").is_some());
        let description = operation["description"].as_str().unwrap_or_default();
        let word = description
            .split("Scope: `")
            .nth(1)
            .and_then(|rest| rest.split('`').next());
        let scope = word.map(|word| word.parse().unwrap_or_else(|error| panic!("{id}: {error}")));
        assert_eq!(
            needs_key,
            scope.is_some(),
            "{id}: the scope in its description must match its security"
        );
        let takes = operation["requestBody"]["content"]
            .as_object()
            .and_then(|content| content.keys().next().cloned());
        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let is_query = |one: &&Value| one["in"] == "query" && one["required"] == true;
        let queries = parameters
            .iter()
            .filter(is_query)
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        let is_stream = operation["responses"]["200"]["content"]
            .get("text/event-stream")
            .is_some();
        Self {
            id,
            method: method.to_uppercase(),
            path: path.to_owned(),
            scope,
            media_type: takes,
            is_stream,
            queries,
        }
    }

    /// Builds the path with a value for each parameter.
    pub(crate) fn example_path(&self) -> String {
        let values = [
            ("{player}", "ada"),
            ("{badge}", "author"),
            ("{version}", "1"),
            ("{job}", "1"),
            ("{key}", "1"),
            ("{name}", "unknown"),
        ];
        let path = values
            .iter()
            .fold(self.path.clone(), |path, (name, value)| {
                path.replace(name, value)
            });
        assert!(
            !path.contains('{'),
            "{path}: add a value for its parameter here"
        );
        let known = BTreeMap::from([
            ("about", "author"),
            ("from", "2026-01-01T00:00:00Z"),
            ("to", "2027-01-01T00:00:00Z"),
        ]);
        let queries = self
            .queries
            .iter()
            .map(|name| format!("{name}={}", known[name.as_str()]));
        match queries.collect::<Vec<_>>().join("&") {
            query if query.is_empty() => path,
            query => format!("{path}?{query}"),
        }
    }

    /// Builds a valid request without a key.
    pub(crate) fn example_request<'w>(&self, world: &'w World) -> RequestBuilder<'w> {
        let call = world
            .anonymous_request(&self.method, &self.example_path())
            .header("idempotency-key", &format!("of-{}", self.id));
        match self.media_type.as_deref() {
            Some("application/json") => call.json(self.example_body()),
            Some("application/x-ndjson") => {
                call.json_lines(json!({ "player": "ada", "name": "a" }).to_string())
            }
            Some(other) => panic!("{}: add a body of type {other} here", self.id),
            None => call,
        }
    }

    fn example_body(&self) -> Value {
        match format!("{} {}", self.method, self.path).as_str() {
            "POST /v1/events" => json!({ "player": "ada", "name": "post.published" }),
            "POST /v1/players/{player}/actions" => {
                json!({ "type": "points", "currency": "xp", "amount": 1 })
            }
            "POST /v1/actions" => json!([{ "player": "ada", "action": { "type": "reset" } }]),
            "POST /v1/players/{player}/tokens" => json!({}),
            "POST /v1/catalog/check" => json!({ "format": "toml", "source": "" }),
            "POST /v1/catalog/plans" => json!({ "catalog": { "format": "toml", "source": "" } }),
            "POST /v1/catalog" => json!({ "version": 1 }),
            "POST /v1/retractions" | "POST /v1/retractions/preview" => {
                json!({ "player": "ada", "names": ["a"] })
            }
            "POST /v1/keys" => json!({ "name": "one more", "scopes": ["read"] }),
            other => panic!("{other}: add a body here"),
        }
    }
}
