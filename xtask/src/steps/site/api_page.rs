//! Page of the site about all operations and types of the API, written from the OpenAPI document.

use std::fmt::Write;

use serde_json::{Map, Value};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const INTRODUCTION: &str = "\
# Operations and types

All operations of the JSON API, from its [OpenAPI document](openapi.json). [The HTTP API](http.md)
explains how to use them. A running service serves this reference under `/docs`.
";

/// Writes the page in Markdown.
///
/// # Errors
/// Returns an error if the text is not an OpenAPI document.
pub(super) fn write_page(document: &str) -> Result<String, String> {
    let document: Value = serde_json::from_str(document)
        .map_err(|error| format!("cannot read the OpenAPI document: {error}"))?;
    let paths = object(&document["paths"]).ok_or("the OpenAPI document has no paths")?;
    let mut page = INTRODUCTION.to_owned();
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        write_line(&mut page, &format!("\n## {}\n", capitalize(name)));
        write_line(&mut page, &one_line(&tag["description"]));
        for (path, methods) in paths {
            for method in METHODS {
                let operation = &methods[method];
                if operation["tags"][0].as_str() == Some(name) {
                    write_operation(&mut page, method, path, operation);
                }
            }
        }
    }
    write_line(&mut page, "\n## Types");
    for (name, schema) in object(&document["components"]["schemas"])
        .into_iter()
        .flatten()
    {
        write_schema(&mut page, name, schema);
    }
    Ok(page)
}

fn write_operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let method = method.to_uppercase();
    write_line(
        page,
        &format!(
            "\n### {}\n",
            one_line(&operation["summary"]).trim_end_matches('.')
        ),
    );
    write_line(page, &format!("`{method} {path}`\n"));
    write_line(page, &one_line(&operation["description"]));
    let body = &operation["requestBody"]["content"];
    if let Some((media, content)) = object(body).and_then(|body| body.iter().next()) {
        let link = describe_type(&content["schema"]);
        write_line(page, &format!("\nBody: {link} (`{media}`)"));
    }
    let parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    if !parameters.is_empty() {
        write_line(page, "\n| parameter | in | meaning |\n|---|---|---|");
    }
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = parameter["in"].as_str().unwrap_or_default();
        write_line(
            page,
            &format!(
                "| `{name}` | {place} | {} |",
                cell(&parameter["description"])
            ),
        );
    }
    write_line(page, "\n| status | response |\n|---|---|");
    for (status, response) in object(&operation["responses"]).into_iter().flatten() {
        let schema = object(&response["content"])
            .and_then(|content| content.values().next())
            .map(|content| format!(": {}", describe_type(&content["schema"])))
            .unwrap_or_default();
        write_line(
            page,
            &format!("| {status} | {}{schema} |", cell(&response["description"])),
        );
    }
}

fn write_schema(page: &mut String, name: &str, schema: &Value) {
    write_line(page, &format!("\n### {name}\n"));
    write_line(page, &one_line(&schema["description"]));
    let Some(properties) = object(&schema["properties"]) else {
        write_line(page, &format!("\nType: {}", describe_type(schema)));
        return;
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    write_line(page, "\n| field | type | meaning |\n|---|---|---|");
    for (field, property) in properties {
        let optional = if required.contains(&field.as_str()) {
            ""
        } else {
            ", optional"
        };
        let kind = describe_type(property);
        write_line(
            page,
            &format!(
                "| `{field}` | {kind}{optional} | {} |",
                cell(&property["description"])
            ),
        );
    }
}

/// Describes a type in words, with links to the types that it refers to.
fn describe_type(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for kind in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[kind].as_array() {
            let choices: Vec<String> = choices.iter().map(describe_type).collect();
            return choices.join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("`{}`", one_line(value)))
            .collect();
        return values.join(", ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => {
            format!("list of {}", describe_type(&schema["items"]))
        }
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}

fn one_line(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text for a cell of a table.
fn cell(value: &Value) -> String {
    one_line(value).replace('|', "\\|")
}

fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn write_line(page: &mut String, line: &str) {
    writeln!(page, "{line}").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_grouped_by_tag_and_link_to_their_types() {
        let document = r##"{
            "tags": [{"name": "badges", "description": "All\nbadges."}],
            "paths": {"/v1/badges": {"get": {
                "tags": ["badges"], "summary": "List all badges.", "description": "Scope: `read`.",
                "parameters": [{"name": "as", "in": "query", "description": "a | b"}],
                "responses": {"200": {"description": "The badges", "content": {"application/json":
                    {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Badge"}}}}}}
            }}},
            "components": {"schemas": {"Badge": {"description": "A badge.", "required": ["id"],
                "properties": {"id": {"type": "string"}, "tier": {"type": ["string", "null"]}}}}}
        }"##;
        let page = write_page(document).unwrap();
        let expected = "\n## Badges\n\nAll badges.\n\n### List all badges\n\n`GET /v1/badges`\n\n\
            Scope: `read`.\n\n| parameter | in | meaning |\n|---|---|---|\n| `as` | query | a \\| b |\n\n\
            | status | response |\n|---|---|\n| 200 | The badges: list of [Badge](#badge) |\n\n\
            ## Types\n\n### Badge\n\nA badge.\n\n| field | type | meaning |\n|---|---|---|\n\
            | `id` | string |  |\n| `tier` | string or null, optional |  |\n";
        assert_eq!(page.strip_prefix(INTRODUCTION), Some(expected));
    }
}
