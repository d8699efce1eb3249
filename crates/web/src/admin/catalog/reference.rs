//! Rule reference: the keys of a catalog, generated from its schema.

use std::collections::BTreeSet;

use accolade_core::catalog::schema::render_schema;
use serde::Serialize;
use serde_json::Value;

use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::problem::Problem;

/// Rule reference page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ReferencePage {
    pub(in crate::admin) tables: Vec<ReferenceTable>,
}

/// Table of a catalog, with its keys.
#[derive(Debug, Default, Serialize)]
pub(in crate::admin) struct ReferenceTable {
    /// Id of the section.
    id: String,
    /// Heading, such as `[[badge]]`.
    heading: String,
    text: String,
    keys: Vec<ReferenceKey>,
    /// Ids of the tables of which one is chosen.
    variants: Vec<String>,
}

/// Key of a table.
#[derive(Debug, Serialize)]
struct ReferenceKey {
    name: String,
    text: String,
    is_required: bool,
    /// Ids of the tables that its value contains.
    tables: Vec<String>,
}

impl AdminPage for ReferencePage {
    const TEMPLATE: &'static str = "admin/reference.html";
    const SECTION: &'static str = "reference";
}

/// `GET /admin/catalog/reference`
pub(in crate::admin) async fn show_reference_page(visit: AdminRequest) -> PageResult {
    let schema: Value =
        serde_json::from_str(&render_schema()).map_err(|error| Problem::internal_error(&error))?;
    let page = ReferencePage {
        tables: list_tables(&schema),
    };
    visit.render_page(&page).await
}

/// Lists the tables in the order in which they refer to each other, beginning with the catalog.
fn list_tables(schema: &Value) -> Vec<ReferenceTable> {
    let mut tables = vec![build_table("catalog", "Top level", schema)];
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<String> = list_references(&schema["properties"]);
    waiting.reverse();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let is_list = schema["properties"][&*id]["type"] == "array";
        let heading = if is_list {
            format!("[[{id}]]")
        } else {
            id.clone()
        };
        let definition = &schema["$defs"][&*id];
        tables.push(build_table(&id, &heading, definition));
        waiting.extend(list_references(definition).into_iter().rev());
    }
    tables
}

fn build_table(id: &str, heading: &str, definition: &Value) -> ReferenceTable {
    let text = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
    let required: Vec<&str> = (definition["required"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let properties = definition["properties"].as_object().into_iter().flatten();
    let mut keys: Vec<ReferenceKey> = properties
        .map(|(name, value)| ReferenceKey {
            name: name.clone(),
            text: text(value),
            is_required: required.contains(&name.as_str()),
            tables: list_references(value),
        })
        .collect();
    // The keys that every table needs come first.
    keys.sort_by_key(|key| (!key.is_required, key.name != "id", key.name != "name"));
    let variants = ["oneOf", "anyOf"].map(|choice| list_references(&definition[choice]));
    ReferenceTable {
        id: id.to_owned(),
        heading: heading.to_owned(),
        text: text(definition),
        keys,
        variants: variants.concat(),
    }
}

/// Lists the definitions to which a part of the schema refers, in order and without duplicates.
fn list_references(part: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_references(part, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|id| seen.insert(id.clone()));
    found
}

fn collect_references(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value
                    .as_str()
                    .and_then(|target| target.strip_prefix("#/$defs/"))
                {
                    Some(id) if name == "$ref" => found.push(id.to_owned()),
                    _ if name == "$defs" => {}
                    _ => collect_references(value, found),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_every_table_of_the_schema() {
        let schema: Value = serde_json::from_str(&render_schema()).unwrap();
        let tables = list_tables(&schema);
        let ids: BTreeSet<&str> = tables.iter().skip(1).map(|table| &*table.id).collect();
        let defined = schema["$defs"].as_object().unwrap().keys();
        assert_eq!(ids, defined.map(String::as_str).collect());
        for table in &tables {
            assert!(
                table.keys.len() + table.variants.len() > 0,
                "{} is empty",
                table.id
            );
            assert!(!table.text.is_empty(), "{} has no text", table.id);
        }
    }
}
