//! Operations of the OpenAPI document, with their parameters and examples.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const JSON: &str = "application/json";

/// OpenAPI document.
#[derive(Debug)]
pub(super) struct ApiDocument(Value);

/// Operation of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApiOperation<'a> {
    pub(super) path: &'a str,
    /// In lower case.
    pub(super) method: &'a str,
    definition: &'a Value,
}

impl ApiDocument {
    pub(super) fn new(document: Value) -> Self {
        Self(document)
    }

    fn list_operations(&self) -> impl Iterator<Item = ApiOperation<'_>> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, definition)| ApiOperation {
                path,
                method,
                definition,
            })
        })
    }

    /// Finds an operation by its id.
    pub(super) fn find_by_id(&self, id: &str) -> Option<ApiOperation<'_>> {
        self.list_operations()
            .find(|operation| operation.id() == id)
    }

    /// Finds the operation of a request, with the values of the path's parameters.
    pub(super) fn find_by_path(
        &self,
        method: &str,
        path: &str,
    ) -> Option<(ApiOperation<'_>, BTreeMap<String, String>)> {
        let method = method.to_lowercase();
        let operations = self.list_operations();
        let matching = operations.filter(|operation| operation.method == method);
        let fitting = matching.filter_map(|operation| {
            match_path(operation.path, path).map(|found| (operation, found))
        });
        // A path of fixed words goes before one with parameters.
        fitting.min_by_key(|(_, parameters)| parameters.len())
    }
}

/// Returns the values of a path's parameters, if the path has this form.
fn match_path(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let (mut expected, mut parts) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), parts.next()) {
            (None, None) => return Some(values),
            (Some(word), Some(part)) => match parameter_name(word) {
                Some(name) if !part.is_empty() => {
                    values.insert(name.to_owned(), part.to_owned());
                }
                None if word == part => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

/// Returns the name of a parameter in braces.
pub(super) fn parameter_name(word: &str) -> Option<&str> {
    word.strip_prefix('{')?.strip_suffix('}')
}

impl<'a> ApiOperation<'a> {
    pub(super) fn id(&self) -> &'a str {
        self.definition["operationId"].as_str().unwrap_or_default()
    }

    /// Returns the value of a parameter with the type that the document gives it.
    ///
    /// # Errors
    /// Returns an error if the operation has no such parameter.
    pub(super) fn convert_parameter(
        &self,
        place: &str,
        name: &str,
        value: &str,
    ) -> Result<(&'a str, Value), String> {
        let parameters = self.definition["parameters"].as_array();
        let parameter = parameters.into_iter().flatten().find(|parameter| {
            let named = parameter["name"].as_str().unwrap_or_default();
            // Names of headers have no case.
            let is_named = named == name || place == "header" && named.eq_ignore_ascii_case(name);
            parameter["in"] == place && is_named
        });
        let parameter = parameter
            .ok_or_else(|| format!("`{}` has no parameter `{name}` in its {place}", self.id()))?;
        let name = parameter["name"].as_str().unwrap_or_default();
        let number = value.parse::<i64>();
        Ok(match number {
            // Other text stays as it is, for the compilers to refuse it.
            Ok(number) if parameter["schema"]["type"] == "integer" => (name, number.into()),
            _ => (name, value.into()),
        })
    }

    /// Returns the documented values of all parameters in a place.
    pub(super) fn documented_parameters(&self, place: &str) -> Map<String, Value> {
        let parameters = self.definition["parameters"].as_array();
        let placed = parameters
            .into_iter()
            .flatten()
            .filter(|one| one["in"] == place);
        placed
            .filter_map(|one| {
                Some((
                    one["name"].as_str()?.to_owned(),
                    one.get("example")?.clone(),
                ))
            })
            .collect()
    }

    /// True if the operation accepts bodies of a media type.
    pub(super) fn accepts(&self, media_type: &str) -> bool {
        self.definition["requestBody"]["content"]
            .get(media_type)
            .is_some()
    }

    pub(super) fn has_response(&self, status: u16) -> bool {
        self.definition["responses"]
            .get(status.to_string())
            .is_some()
    }

    /// Lists the documented bodies of requests.
    pub(super) fn documented_bodies(&self) -> Vec<&'a Value> {
        list_examples(&self.definition["requestBody"]["content"])
    }

    /// Lists the documented responses with a status.
    pub(super) fn documented_responses(&self, status: u16) -> Vec<&'a Value> {
        list_examples(&self.definition["responses"][status.to_string()]["content"])
    }
}

fn list_examples(content: &Value) -> Vec<&Value> {
    let examples = content[JSON]["examples"].as_object().into_iter().flatten();
    examples.map(|(_, example)| &example["value"]).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Document with a few operations.
    pub(in crate::steps::generators) fn small_document() -> ApiDocument {
        let player = serde_json::json!(
            { "in": "path", "name": "player", "schema": { "type": "string" }, "example": "ada" }
        );
        let key = serde_json::json!(
            { "in": "header", "name": "Idempotency-Key", "schema": { "type": "string" } }
        );
        let limit = serde_json::json!(
            { "in": "query", "name": "limit", "schema": { "type": "integer" } }
        );
        let receipt = serde_json::json!({
            "a": { "value": { "items": [] } },
            "b": { "value": { "id": "1", "heard": true } },
        });
        let event = serde_json::json!({ "a": { "value": { "player": "ada", "name": "visit" } } });
        ApiDocument::new(serde_json::json!({ "paths": {
            "/v1/players/{player}": { "get": { "operationId": "get_player", "parameters": [player, limit] } },
            "/v1/players/best": { "get": { "operationId": "get_best" } },
            "/v1/events": { "post": {
                "operationId": "record_events",
                "parameters": [key],
                "requestBody": { "content": { JSON: { "examples": event } } },
                "responses": { "201": { "content": { JSON: { "examples": receipt } } } },
            } },
            "/v1/events/stream": { "post": {
                "operationId": "stream_events",
                "requestBody": { "content": { "application/x-ndjson": {} } },
            } },
        } }))
    }

    #[test]
    fn an_operation_is_found_by_its_path_with_the_values_of_parameters() {
        let document = small_document();
        let table = [
            ("GET", "/v1/players/ada", Some(("get_player", "ada"))),
            ("GET", "/v1/players/best", Some(("get_best", ""))),
            ("POST", "/v1/players/ada", None),
            ("GET", "/v1/players/", None),
            ("GET", "/v1/players/ada/more", None),
            ("GET", "/v1", None),
        ];
        for (method, path, expected) in table {
            let found = document
                .find_by_path(method, path)
                .map(|(operation, values)| {
                    let player = values.get("player").cloned().unwrap_or_default();
                    (operation.id(), player)
                });
            let expected = expected.map(|(id, player)| (id, player.to_owned()));
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn a_parameter_gets_the_type_of_the_document() {
        let document = small_document();
        let operation = document.find_by_id("get_player").unwrap();
        let table = [
            ("query", "limit", "5", Ok(("limit", 5.into()))),
            ("query", "limit", "many", Ok(("limit", "many".into()))),
            ("path", "player", "5", Ok(("player", "5".into()))),
            (
                "query",
                "page",
                "5",
                Err("`get_player` has no parameter `page` in its query".to_owned()),
            ),
        ];
        for (place, name, value, expected) in table {
            let converted = operation.convert_parameter(place, name, value);
            assert_eq!(converted, expected, "{name}={value}");
        }
        let events = document.find_by_id("record_events").unwrap();
        let header = events.convert_parameter("header", "idempotency-key", "a");
        assert_eq!(header, Ok(("Idempotency-Key", "a".into())));
    }
}
