//! Schemas in the form that generators of clients understand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// Prefix of references to schemas.
const REFERENCE: &str = "#/components/schemas/";

/// Schemas with variants, each with the property that tells them apart and the end of their names.
const UNIONS: [(&str, &str, &str); 5] = [
    ("Action", "type", "Action"),
    ("CatalogSource", "format", "Catalog"),
    ("Job", "kind", "Job"),
    ("Outcome", "kind", "Outcome"),
    ("SubjectExplanation", "kind", "Explanation"),
];

/// Unions of requests, whose variants reject unknown fields.
const CLOSED_UNIONS: [&str; 2] = ["Action", "CatalogSource"];

/// Schemas by name.
type Schemas = BTreeMap<String, Value>;

/// Completes all schemas of a document.
pub(super) fn complete_schemas(document: &mut Value) {
    rename_generics(document);
    let taken = document["components"]["schemas"].take();
    let Value::Object(taken) = taken else { return };
    let mut schemas: Schemas = taken.into_iter().collect();
    reference_copies(&mut schemas);
    merge_parts(&mut schemas);
    for (name, tag, ending) in UNIONS {
        name_variants(&mut schemas, name, tag, ending);
    }
    allow_missing_results(&mut schemas);
    schemas.values_mut().for_each(open_objects);
    open_objects(&mut document["paths"]);
    require_response_fields(document, &mut schemas);
    let used = collect_used(
        &[&document["paths"], &document["components"]["responses"]],
        &schemas,
    );
    schemas.retain(|name, _| used.contains(name));
    document["components"]["schemas"] = schemas.into_iter().collect::<Map<_, _>>().into();
}

/// Renames instances of generic types: `List_Badge` to `BadgeList`.
fn rename_generics(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    let generic = |name: &str| {
        let (outer, inner) = name.split_once('_')?;
        let ending = outer.trim_start_matches("Explained");
        Some(format!("{inner}{ending}"))
    };
    let names: BTreeMap<String, String> = schemas
        .keys()
        .filter_map(|name| Some((name.clone(), generic(name)?)))
        .collect();
    for (old, new) in &names {
        let schema = schemas.remove(old).unwrap_or_default();
        schemas.insert(new.clone(), schema);
    }
    visit(document, &mut |value| {
        let reference = value.get("$ref").and_then(Value::as_str);
        let name = reference.and_then(|reference| reference.strip_prefix(REFERENCE));
        if let Some(new) = name.and_then(|name| names.get(name)) {
            value["$ref"] = format!("{REFERENCE}{new}").into();
        }
    });
}

/// Replaces copies of schemas with references.
///
/// utoipa inlines the type argument of a generic schema, so that generated clients would have each
/// of these types twice.
fn reference_copies(schemas: &mut Schemas) {
    let named: Vec<(String, Value)> = schemas
        .iter()
        // Simple schemas can be equal by accident.
        .filter(|(_, schema)| {
            ["properties", "oneOf", "allOf", "enum"]
                .iter()
                .any(|key| schema.get(key).is_some())
        })
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for (own, schema) in schemas.iter_mut() {
        let mut is_root = true;
        visit(schema, &mut |value| {
            let skip = std::mem::take(&mut is_root);
            let copy = named
                .iter()
                .find(|(name, other)| !skip && name != own && other == value);
            if let Some((name, _)) = copy {
                *value = reference_to(name);
            }
        });
    }
}

/// Merges schemas that consist of several objects into one object each.
fn merge_parts(schemas: &mut Schemas) {
    let before = schemas.clone();
    for schema in schemas.values_mut() {
        visit(schema, &mut |value| {
            if let Some(merged) = merge_object(value, &before) {
                *value = merged;
            }
        });
    }
}

fn merge_object(schema: &Value, schemas: &Schemas) -> Option<Value> {
    let parts = schema.get("allOf")?.as_array()?;
    let mut merged = json!({ "type": "object", "properties": {}, "required": [] });
    for part in parts {
        let part = resolve(part, schemas);
        let part = merge_object(&part, schemas).unwrap_or(part);
        let properties = part.get("properties")?.as_object()?;
        for (name, property) in properties {
            merged["properties"][name] = property.clone();
        }
        if let (Some(all), Some(more)) = (
            merged["required"].as_array_mut(),
            part.get("required").and_then(Value::as_array),
        ) {
            all.extend(more.iter().cloned());
        }
        if let (Some(text), None) = (part.get("description"), merged.get("description")) {
            merged["description"] = text.clone();
        }
    }
    if let Some(text) = schema.get("description") {
        merged["description"] = text.clone();
    }
    Some(merged)
}

/// Moves the variants of a schema to schemas of their own, with a discriminator.
fn name_variants(schemas: &mut Schemas, name: &str, tag: &str, ending: &str) {
    let Some(variants) = schemas
        .get(name)
        .and_then(|schema| schema["oneOf"].as_array())
    else {
        return;
    };
    let mut mapping = Map::new();
    let mut references = Vec::new();
    let mut named = Vec::new();
    for variant in variants {
        let mut variant = resolve(variant, schemas);
        let value = variant["properties"][tag]["enum"][0]
            .as_str()
            .unwrap_or_default();
        let new = format!("{}{ending}", pascal_case(value));
        mapping.insert(value.to_owned(), format!("{REFERENCE}{new}").into());
        references.push(reference_to(&new));
        let constant = json!({
            "type": "string",
            "const": value,
            "description": format!("Always `{value}`."),
        });
        variant["properties"][tag] = constant;
        if CLOSED_UNIONS.contains(&name) {
            variant["additionalProperties"] = false.into();
        }
        named.push((new, variant));
    }
    let discriminator = json!({ "propertyName": tag, "mapping": mapping });
    if let Some(schema) = schemas.get_mut(name) {
        schema["oneOf"] = references.into();
        schema["discriminator"] = discriminator;
        // Otherwise, readers that follow the discriminator would accept null as a variant.
        schema["type"] = "object".into();
    }
    schemas.extend(named);
}

/// Allows jobs without a result: utoipa drops the option around a type argument.
fn allow_missing_results(schemas: &mut Schemas) {
    for (name, schema) in schemas {
        let result = schema.pointer_mut("/properties/result");
        if let (true, Some(result)) = (name.ends_with("Job"), result) {
            *result = json!({
                "description": "Result of a completed job. Null otherwise, and in lists.",
                "oneOf": [{ "type": "null" }, result.take()],
            });
        }
    }
}

/// Says of free-form objects that they may have any properties.
fn open_objects(schema: &mut Value) {
    visit(schema, &mut |value| {
        let kind = &value["type"];
        let is_object = kind == "object"
            || kind
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!("object")));
        let keys = ["properties", "additionalProperties", "oneOf"];
        if is_object && keys.iter().all(|key| value.get(key).is_none()) {
            value["additionalProperties"] = true.into();
        }
    });
}

/// Requires all fields of responses: fields without a value are null.
fn require_response_fields(document: &Value, schemas: &mut Schemas) {
    let requests: Vec<&Value> = operations(document)
        .flat_map(|operation| [&operation["requestBody"], &operation["parameters"]])
        .collect();
    let responses: Vec<&Value> = operations(document)
        .map(|operation| &operation["responses"])
        .chain([&document["components"]["responses"]])
        .collect();
    let (sent, returned) = (
        collect_used(&requests, schemas),
        collect_used(&responses, schemas),
    );
    for name in returned.difference(&sent) {
        let Some(schema) = schemas.get_mut(name) else {
            continue;
        };
        visit(schema, &mut |value| {
            let Some(properties) = value.get("properties").and_then(Value::as_object) else {
                return;
            };
            let names: Vec<Value> = properties.keys().map(|name| name.clone().into()).collect();
            if !names.is_empty() {
                value["required"] = names.into();
            }
        });
    }
}

/// Lists the schemas that values refer to, directly or through other schemas.
fn collect_used(values: &[&Value], schemas: &Schemas) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut waiting: Vec<&Value> = values.to_vec();
    while let Some(value) = waiting.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str)
            && let Some(name) = reference.strip_prefix(REFERENCE)
            && used.insert(name.to_owned())
        {
            waiting.extend(schemas.get(name));
        }
        match value {
            Value::Object(fields) => waiting.extend(fields.values()),
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    used
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(_, item)| item.as_object().into_iter().flatten().map(|(_, one)| one))
}

/// Calls a function for a value and then for every value in it.
fn visit(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    if value.is_object() {
        change(value);
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| visit(field, change)),
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        _ => {}
    }
}

fn resolve(schema: &Value, schemas: &Schemas) -> Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.strip_prefix(REFERENCE));
    let found = name.and_then(|name| schemas.get(name));
    found.unwrap_or(schema).clone()
}

fn reference_to(name: &str) -> Value {
    json!({ "$ref": format!("{REFERENCE}{name}") })
}

/// Converts a name such as `badge.awarded` to `BadgeAwarded`.
fn pascal_case(name: &str) -> String {
    let words = name.split(['.', '-', '_']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variants_follow_from_their_values() {
        for (value, name) in [
            ("badge.awarded", "BadgeAwarded"),
            ("undo-award", "UndoAward"),
            ("points", "Points"),
        ] {
            assert_eq!(pascal_case(value), name);
        }
    }

    #[test]
    fn parts_of_an_object_are_merged() {
        let schemas: Schemas = [(
            "Base".to_owned(),
            json!({ "type": "object", "properties": { "a": {} }, "required": ["a"] }),
        )]
        .into();
        let schema = json!({ "description": "Both", "allOf": [
            { "$ref": "#/components/schemas/Base" },
            { "type": "object", "properties": { "b": {} }, "required": ["b"] },
        ]});
        assert_eq!(
            merge_object(&schema, &schemas).unwrap(),
            json!({
                "type": "object", "description": "Both",
                "properties": { "a": {}, "b": {} }, "required": ["a", "b"],
            })
        );
    }
}
