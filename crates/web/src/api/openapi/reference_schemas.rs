//! Schemas in the API reference: an index, and a page for each schema.

use serde::Serialize;
use serde_json::Value;

use super::reference_views::{SchemaView, build_schema, list_operations, text_of};

/// Section of the reference with the schemas.
pub(super) const SCHEMAS: &str = "schemas";

/// Schemas whose names begin with the same letter, for the index.
#[derive(Serialize)]
pub(super) struct SchemaGroup {
    letter: char,
    schemas: Vec<SchemaLink>,
}

/// Entry of the index.
#[derive(Serialize)]
struct SchemaLink {
    name: String,
    /// First sentence of the description.
    summary: String,
}

/// Schema with the places that refer to it.
#[derive(Serialize)]
pub(super) struct SchemaPage {
    schema: SchemaView,
    operations: Vec<UsingOperation>,
    /// Names of the schemas with a field of this type.
    schemas: Vec<String>,
}

/// Operation that receives or returns a schema.
#[derive(Serialize)]
struct UsingOperation {
    /// Path of the page, with the anchor.
    path: String,
    summary: String,
}

/// Lists all schemas with their names, in order of name.
pub(super) fn list_schemas(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let schemas = document["components"]["schemas"].as_object();
    schemas.into_iter().flatten()
}

/// Groups all schemas by their first letter.
pub(super) fn group_schemas(document: &Value) -> Vec<SchemaGroup> {
    let mut groups: Vec<SchemaGroup> = Vec::new();
    for (name, schema) in list_schemas(document) {
        let letter = name.chars().next().unwrap_or_default();
        let description = text_of(&schema["description"]);
        let link = SchemaLink {
            name: name.clone(),
            summary: first_sentence(&description).to_owned(),
        };
        match groups.last_mut().filter(|group| group.letter == letter) {
            Some(group) => group.schemas.push(link),
            None => groups.push(SchemaGroup {
                letter,
                schemas: vec![link],
            }),
        }
    }
    groups
}

/// Builds the page of a schema. Returns `None` if it does not exist.
pub(super) fn build_schema_page(document: &Value, name: &str) -> Option<SchemaPage> {
    let (name, schema) = list_schemas(document).find(|(one, _)| *one == name)?;
    let reference = format!("#/components/schemas/{name}");
    let operations = list_operations(document)
        .filter(|(_, _, operation)| refers_to(operation, &reference))
        .map(|(_, _, operation)| UsingOperation {
            path: operation_path(operation),
            summary: text_of(&operation["summary"]),
        });
    let schemas = list_schemas(document)
        .filter(|(other, schema)| *other != name && refers_to(schema, &reference))
        .map(|(other, _)| other.clone());
    Some(SchemaPage {
        schema: build_schema(name, schema),
        operations: operations.collect(),
        schemas: schemas.collect(),
    })
}

/// Returns the path of a schema's page.
pub(super) fn schema_path(name: &str) -> String {
    format!("/docs/{SCHEMAS}/{name}")
}

fn operation_path(operation: &Value) -> String {
    let (tag, id) = (&operation["tags"][0], &operation["operationId"]);
    format!("/docs/{}#{}", text_of(tag), text_of(id))
}

fn refers_to(value: &Value, reference: &str) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(key, one)| (key == "$ref" && one == reference) || refers_to(one, reference)),
        Value::Array(items) => items.iter().any(|one| refers_to(one, reference)),
        _ => false,
    }
}

fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    match line.find(". ") {
        Some(end) => &line[..=end],
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_lists_the_operations_and_schemas_that_use_it() {
        let badge = json!({ "$ref": "#/components/schemas/Badge" });
        let document = json!({
            "paths": { "/v1/badges": { "get": {
                "tags": ["badges"], "operationId": "listBadges", "summary": "List all badges",
                "responses": { "200": { "content": { "application/json": { "schema": badge } } } },
            } } },
            "components": { "schemas": {
                "Badge": { "type": "object", "description": "Badge of the catalog. With tiers." },
                "BadgeList": { "properties": { "items": { "type": "array", "items": badge } } },
                "Tier": { "type": "string" },
            } },
        });
        let page = build_schema_page(&document, "Badge").unwrap();
        assert_eq!(page.operations[0].path, "/docs/badges#listBadges");
        assert_eq!(
            (page.operations.len(), page.schemas),
            (1, vec!["BadgeList".to_owned()])
        );
        assert!(build_schema_page(&document, "Nothing").is_none());

        let groups = group_schemas(&document);
        let sizes: Vec<_> = groups
            .iter()
            .map(|one| (one.letter, one.schemas.len()))
            .collect();
        assert_eq!(sizes, [('B', 2), ('T', 1)]);
        assert_eq!(groups[0].schemas[0].summary, "Badge of the catalog.");
    }
}
