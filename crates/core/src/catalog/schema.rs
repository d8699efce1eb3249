//! The JSON Schema of the catalog, which lets editors complete and check it. It is generated from
//! the same table of keys that the reader checks catalogs against.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::read::grammar::CATALOG;
use super::read::shapes::{MAX_TARGET, TableShape, ValueShape, VariantShapes};
use crate::limits;
use crate::names::{acts, derived};

/// Renders the schema (draft 2020-12) as indented JSON, with the keys of every object sorted.
///
/// ```
/// let schema = accolade_core::catalog::schema::render_schema();
/// assert!(schema.contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
pub fn render_schema() -> String {
    let mut definitions = BTreeMap::new();
    let mut schema = form_schema(&CATALOG, &mut definitions);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "Accolade catalog".into();
    schema["$defs"] = definitions
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect::<Map<_, _>>()
        .into();
    let mut text =
        serde_json::to_string_pretty(&sort_keys(schema)).expect("a JSON value has a text");
    text.push('\n');
    text
}

type SchemaDefinitions = BTreeMap<&'static str, Value>;

fn form_schema(form: &'static TableShape, definitions: &mut SchemaDefinitions) -> Value {
    let mut properties = Map::new();
    for key in form.keys {
        let mut schema = shape_schema(&key.shape, definitions);
        // Allowed next to `$ref` since draft 2019-09, so a shared table can have a text per key.
        schema["description"] = describe_key(key.doc, &key.shape).into();
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = form
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    json!({
        "type": "object",
        "description": form.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Describes a key and each word that it may hold.
fn describe_key(doc: &str, shape: &ValueShape) -> String {
    let ValueShape::Word(words) = shape else {
        return doc.to_owned();
    };
    let words = words
        .iter()
        .map(|(word, meaning)| format!("`{word}`: {meaning}"))
        .collect::<Vec<_>>();
    format!("{doc} {}.", words.join("; "))
}

fn shape_schema(shape: &'static ValueShape, definitions: &mut SchemaDefinitions) -> Value {
    match shape {
        ValueShape::Text => json!({ "type": "string" }),
        ValueShape::Id | ValueShape::Reference => pattern_schema("^[a-z0-9][a-z0-9-]{0,63}$"),
        // `maxLength` counts characters and the limit counts bytes, so the reader refuses more.
        ValueShape::ApplicationId => {
            json!({ "type": "string", "minLength": 1, "maxLength": limits::ID_BYTES })
        }
        ValueShape::RecordedEventName => event_name_schema(&acts::NAMES),
        ValueShape::ListenedEventName => event_name_schema(&derived::NAMES),
        // Only the compiler can tell a valid expression from an invalid one.
        ValueShape::Expression => json!({ "type": "string", "pattern": "\\S" }),
        // A key may contain any character, and `.` would exclude line breaks.
        ValueShape::Award => {
            pattern_schema("^[a-z0-9][a-z0-9-]{0,63}(:[a-z0-9][a-z0-9-]{0,63})?(@[\\s\\S]+)?$")
        }
        ValueShape::Duration => pattern_schema("^[0-9]+[smhdw]$"),
        ValueShape::Window => pattern_schema("^([0-9]+[smhdw]|day|week|month|year)$"),
        ValueShape::Zone => json!({ "type": "string", "minLength": 1 }),
        ValueShape::Instant => json!({ "type": "string", "format": "date-time" }),
        ValueShape::Word(words) => {
            json!({ "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() })
        }
        ValueShape::Bool => json!({ "type": "boolean" }),
        ValueShape::True => json!({ "const": true }),
        ValueShape::Integer(i64::MIN, i64::MAX) => json!({ "type": "integer" }),
        ValueShape::Integer(least, i64::MAX) => json!({ "type": "integer", "minimum": least }),
        ValueShape::Integer(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        ValueShape::Number => {
            json!({ "type": "number", "minimum": -MAX_TARGET, "maximum": MAX_TARGET })
        }
        ValueShape::OneOrMore(each) => {
            let one = shape_schema(each, definitions);
            json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
        }
        ValueShape::List(each, least, most) => {
            let items = shape_schema(each, definitions);
            let mut schema = json!({ "type": "array", "items": items, "minItems": least });
            if *most != usize::MAX {
                schema["maxItems"] = (*most).into();
            }
            schema
        }
        ValueShape::Either(shapes) => {
            let schemas = shapes.iter().map(|shape| shape_schema(shape, definitions));
            json!({ "anyOf": schemas.collect::<Vec<_>>() })
        }
        ValueShape::Table(form) => define_once(form.name, definitions, |definitions| {
            form_schema(form, definitions)
        }),
        ValueShape::Variants(variants) => define_once(variants.name, definitions, |definitions| {
            variants_schema(variants, definitions)
        }),
        ValueShape::Map(keys, values, least) => json!({
            "type": "object",
            "propertyNames": shape_schema(keys, definitions),
            "additionalProperties": shape_schema(values, definitions),
            "minProperties": least,
        }),
        ValueShape::Props => json!({ "type": "object" }),
    }
}

fn variants_schema(variants: &'static VariantShapes, definitions: &mut SchemaDefinitions) -> Value {
    let one_of = |form: &'static TableShape| {
        define_once(form.name, definitions, |definitions| {
            form_schema(form, definitions)
        })
    };
    let forms = variants.forms.iter().map(one_of);
    json!({ "description": variants.doc, "oneOf": forms.collect::<Vec<_>>() })
}

/// Returns a reference to a definition, and creates the definition on first use.
fn define_once(
    name: &'static str,
    definitions: &mut SchemaDefinitions,
    make: impl FnOnce(&mut SchemaDefinitions) -> Value,
) -> Value {
    if !definitions.contains_key(name) {
        // Criteria contain criteria: reserving the name first ends the recursion.
        definitions.insert(name, Value::Null);
        let schema = make(definitions);
        definitions.insert(name, schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn pattern_schema(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// The schema of an application's event name, or of one of these reserved names.
fn event_name_schema(open: &[&str]) -> Value {
    let grammar = format!("^[^\\u0000-\\u001f\\u007f]{{1,{}}}$", limits::NAME_BYTES);
    json!({
        "anyOf": [
            { "type": "string", "pattern": grammar, "not": { "pattern": "^accolade\\." } },
            { "enum": open },
        ]
    })
}

/// Sorts the keys of all objects, because `serde_json` keeps insertion order if any crate in the
/// build enables `preserve_order`.
fn sort_keys(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries: BTreeMap<String, Value> = entries
                .into_iter()
                .map(|(key, value)| (key, sort_keys(value)))
                .collect();
            entries.into_iter().collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(sort_keys).collect::<Vec<_>>().into(),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_published_schema_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/catalog.schema.json");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, super::render_schema()).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == super::render_schema(),
            "docs/catalog.schema.json is out of date; \
             refresh it with `UPDATE=1 cargo test -p accolade-core schema`"
        );
    }
}
