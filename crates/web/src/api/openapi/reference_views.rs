//! Operations and schemas as the pages of the reference show them.

use serde::Serialize;
use serde_json::Value;

/// Operation of the reference.
#[derive(Serialize)]
pub(super) struct OperationView {
    id: String,
    method: String,
    path: String,
    summary: String,
    paragraphs: Vec<String>,
    parameters: Vec<FieldRow>,
    body: Option<BodyView>,
    responses: Vec<ResponseView>,
    errors: Vec<ErrorRow>,
    samples: Vec<SampleView>,
}

/// Schema of the reference.
#[derive(Serialize)]
pub(super) struct SchemaView {
    name: String,
    paragraphs: Vec<String>,
    /// Type, for schemas without fields.
    kind: Vec<TypePart>,
    /// Names that a value can have.
    values: Vec<String>,
    fields: Vec<FieldRow>,
}

/// Parameter of an operation, or field of a schema.
#[derive(Serialize)]
struct FieldRow {
    name: String,
    /// Place of a parameter: path, query or header.
    place: String,
    kind: Vec<TypePart>,
    required: bool,
    paragraphs: Vec<String>,
}

/// Part of a type: text, or the name of a schema to link to.
#[derive(Serialize)]
struct TypePart {
    text: String,
    is_schema: bool,
}

/// Body of a request or response.
#[derive(Serialize)]
struct BodyView {
    media_type: String,
    kind: Vec<TypePart>,
    fields: Vec<FieldRow>,
    examples: Vec<ExampleView>,
}

#[derive(Serialize)]
struct ExampleView {
    summary: String,
    text: String,
}

/// Successful response.
#[derive(Serialize)]
struct ResponseView {
    status: String,
    description: String,
    headers: Vec<FieldRow>,
    bodies: Vec<BodyView>,
}

/// Error of an operation.
#[derive(Serialize)]
struct ErrorRow {
    status: String,
    title: String,
    types: Vec<String>,
}

#[derive(Serialize)]
struct SampleView {
    label: String,
    source: String,
}

/// Lists all operations with method and path.
pub(super) fn list_operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

/// Builds the view of an operation.
pub(super) fn build_operation(
    document: &Value,
    method: &str,
    path: &str,
    operation: &Value,
) -> OperationView {
    let mut errors = Vec::new();
    let mut responses = Vec::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        match response["$ref"].as_str() {
            Some(reference) => errors.push(build_error(document, status, reference)),
            None => responses.push(build_response(document, status, response)),
        }
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let content = operation["requestBody"]["content"].as_object();
    let samples = operation["x-codeSamples"].as_array().into_iter().flatten();
    OperationView {
        id: text_of(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text_of(&operation["summary"]),
        paragraphs: split_paragraphs(&operation["description"]),
        parameters: parameters
            .map(|one| FieldRow {
                name: text_of(&one["name"]),
                place: text_of(&one["in"]),
                kind: describe_type(&one["schema"]),
                required: one["required"] == true,
                paragraphs: split_paragraphs(&one["description"]),
            })
            .collect(),
        body: content.and_then(|content| {
            let (media_type, content) = content.iter().next()?;
            Some(build_body(document, media_type, content))
        }),
        responses,
        errors,
        samples: samples
            .map(|sample| SampleView {
                label: text_of(&sample["label"]),
                source: text_of(&sample["source"]),
            })
            .collect(),
    }
}

/// Builds the view of a schema.
pub(super) fn build_schema(name: &str, schema: &Value) -> SchemaView {
    let values = schema["enum"].as_array().into_iter().flatten();
    let has_fields = schema.get("properties").is_some();
    SchemaView {
        name: name.to_owned(),
        paragraphs: split_paragraphs(&schema["description"]),
        kind: if has_fields {
            Vec::new()
        } else {
            describe_type(schema)
        },
        values: values.map(text_of).collect(),
        fields: list_fields(schema),
    }
}

fn build_error(document: &Value, status: &str, reference: &str) -> ErrorRow {
    let pointer = reference.trim_start_matches('#');
    let description = document
        .pointer(pointer)
        .map(|one| text_of(&one["description"]));
    let description = description.unwrap_or_default();
    let mut lines = description.lines();
    let title = lines.next().unwrap_or_default().to_owned();
    let types = lines.filter_map(|line| line.strip_prefix("- "));
    ErrorRow {
        status: status.to_owned(),
        title,
        types: types.map(str::to_owned).collect(),
    }
}

fn build_response(document: &Value, status: &str, response: &Value) -> ResponseView {
    let contents = response["content"].as_object().into_iter().flatten();
    let headers = response["headers"].as_object().into_iter().flatten();
    ResponseView {
        status: status.to_owned(),
        description: text_of(&response["description"]),
        headers: headers
            .map(|(name, header)| FieldRow {
                name: name.clone(),
                place: "header".to_owned(),
                kind: describe_type(&header["schema"]),
                required: true,
                paragraphs: split_paragraphs(&header["description"]),
            })
            .collect(),
        bodies: contents
            .map(|(media_type, content)| build_body(document, media_type, content))
            .collect(),
    }
}

fn build_body(document: &Value, media_type: &str, content: &Value) -> BodyView {
    let schema = &content["schema"];
    let reference = schema["$ref"].as_str().unwrap_or_default();
    let resolved = document.pointer(reference.trim_start_matches('#'));
    let examples = content["examples"].as_object().into_iter().flatten();
    BodyView {
        media_type: media_type.to_owned(),
        kind: describe_type(schema),
        fields: list_fields(resolved.filter(|_| !reference.is_empty()).unwrap_or(schema)),
        examples: examples
            .map(|(_, example)| ExampleView {
                summary: text_of(&example["summary"]),
                text: match &example["value"] {
                    Value::String(text) => text.clone(),
                    value => serde_json::to_string_pretty(value).unwrap_or_default(),
                },
            })
            .collect(),
    }
}

fn list_fields(schema: &Value) -> Vec<FieldRow> {
    let required = schema["required"].as_array();
    let is_required =
        |name: &String| required.is_some_and(|names| names.iter().any(|other| other == name));
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields
        .map(|(name, field)| FieldRow {
            name: name.clone(),
            place: String::new(),
            kind: describe_type(field),
            required: is_required(name),
            paragraphs: split_paragraphs(&field["description"]),
        })
        .collect()
}

/// Describes a type in words, with the schemas that it refers to.
fn describe_type(schema: &Value) -> Vec<TypePart> {
    let text = |text: &str| TypePart {
        text: text.to_owned(),
        is_schema: false,
    };
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|one| one.rsplit('/').next())
    {
        return vec![TypePart {
            text: name.to_owned(),
            is_schema: true,
        }];
    }
    if let Some(variants) = schema["oneOf"].as_array() {
        let mut parts = Vec::new();
        // Null is the exception, so it comes last.
        let (nulls, others): (Vec<_>, Vec<_>) =
            variants.iter().partition(|one| one["type"] == "null");
        for (position, variant) in others.into_iter().chain(nulls).enumerate() {
            if position > 0 {
                parts.push(text(" or "));
            }
            parts.extend(describe_type(variant));
        }
        return parts;
    }
    if let Some(value) = schema["const"].as_str() {
        return vec![text(&format!("`{value}`"))];
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let mut parts = Vec::new();
    for (position, kind) in kinds.into_iter().enumerate() {
        if position > 0 {
            parts.push(text(" or "));
        }
        parts.extend(match (kind, schema["format"].as_str()) {
            ("array", _) => {
                let mut parts = vec![text("list of ")];
                parts.extend(describe_type(&schema["items"]));
                parts
            }
            ("object", _) if schema["additionalProperties"].is_object() => {
                let mut parts = vec![text("map of ")];
                parts.extend(describe_type(&schema["additionalProperties"]));
                parts
            }
            ("object", _) if schema["additionalProperties"] == true => vec![text("any object")],
            ("string", Some("date-time")) => vec![text("time")],
            (kind, _) => vec![text(kind)],
        });
    }
    if parts.is_empty() {
        parts.push(text("any value"));
    }
    let values = schema["enum"].as_array().into_iter().flatten();
    let values: Vec<String> = values
        .map(|value| format!("`{}`", text_of(value)))
        .collect();
    if !values.is_empty() && values.len() < 12 {
        parts.push(text(&format!(": {}", values.join(", "))));
    }
    parts
}

fn split_paragraphs(text: &Value) -> Vec<String> {
    let text = text.as_str().unwrap_or_default();
    let paragraphs = text.split("\n\n").filter(|one| !one.is_empty());
    paragraphs.map(str::to_owned).collect()
}

/// Returns a text of the document; empty if there is none.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_described_in_words() {
        for (schema, words) in [
            (json!({ "type": "string" }), "string"),
            (
                json!({ "type": ["string", "null"], "format": "date-time" }),
                "time or null",
            ),
            (
                json!({ "type": "array", "items": { "$ref": "#/a/Badge" } }),
                "list of Badge",
            ),
            (
                json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/a/Badge" }] }),
                "Badge or null",
            ),
            (
                json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
                "map of integer",
            ),
            (
                json!({ "type": "string", "enum": ["a", "b"] }),
                "string: `a`, `b`",
            ),
            (json!({}), "any value"),
        ] {
            let parts = describe_type(&schema).into_iter().map(|part| part.text);
            assert_eq!(parts.collect::<String>(), words, "{schema}");
        }
    }
}
