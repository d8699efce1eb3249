//! API reference: pages that show the OpenAPI document, one for each group of operations and for each
//! schema.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reference_schemas::{
    SCHEMAS, SchemaGroup, SchemaPage, build_schema_page, group_schemas, list_schemas, schema_path,
};
use super::reference_views::{OperationView, build_operation, list_operations, text_of};
use crate::problem::Problem;
use crate::problem_types::{PROBLEM_TYPES, TYPE_PREFIX};
use crate::state::{AppState, CommonContext};

/// Search in the reference.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReferenceQuery {
    /// Text to search for.
    #[serde(default)]
    q: String,
}

/// Template context of the reference.
#[derive(Serialize)]
struct ReferenceContext<'a> {
    site: ReferenceSite<'a>,
    title: String,
    /// Name of the section; empty for the start page.
    current: &'a str,
    /// Paragraphs of the introduction, or the description of the section.
    paragraphs: Vec<&'a str>,
    groups: Vec<OperationGroup>,
    query: &'a str,
    results: Vec<SearchResult>,
    operations: Vec<OperationView>,
    /// Index of all schemas.
    schema_groups: Vec<SchemaGroup>,
    /// The schema of the page.
    schema: Option<SchemaPage>,
    problems: Vec<ProblemRow>,
}

/// Context that the layout of all pages needs.
#[derive(Serialize)]
struct ReferenceSite<'a> {
    #[serde(flatten)]
    common: CommonContext<'a>,
    /// True if the pages are public, and the header links to them.
    public: bool,
    path: &'static str,
}

/// Operations of a tag, for the sidebar.
#[derive(Serialize)]
struct OperationGroup {
    name: String,
    title: String,
    description: String,
    operations: Vec<OperationLink>,
}

#[derive(Serialize)]
struct OperationLink {
    id: String,
    method: String,
    path: String,
    summary: String,
}

/// Operation or schema that matches a search.
#[derive(Serialize)]
struct SearchResult {
    /// Path of the page, with the anchor.
    path: String,
    title: String,
    text: String,
}

/// Type of problems, for the start page.
#[derive(Serialize)]
struct ProblemRow {
    status: u16,
    name: String,
    meaning: &'static str,
}

/// `GET /docs`: introduction, operations and errors.
pub(crate) async fn show_reference_start(
    State(app): State<AppState>,
    document: Extension<Arc<Value>>,
    Query(search): Query<ReferenceQuery>,
) -> Result<Response, Problem> {
    render_section(&app, &document, "", None, &search.q)
}

/// `GET /docs/{section}`: the operations of a tag, or the index of all schemas.
pub(crate) async fn show_reference_section(
    State(app): State<AppState>,
    document: Extension<Arc<Value>>,
    Path(section): Path<String>,
    Query(search): Query<ReferenceQuery>,
) -> Result<Response, Problem> {
    render_section(&app, &document, &section, None, &search.q)
}

/// `GET /docs/schemas/{name}`: a schema.
///
/// Each schema has its own page, because one page with all of them was too large to read.
pub(crate) async fn show_reference_schema(
    State(app): State<AppState>,
    document: Extension<Arc<Value>>,
    Path(name): Path<String>,
    Query(search): Query<ReferenceQuery>,
) -> Result<Response, Problem> {
    let page = build_schema_page(&document, &name).ok_or_else(Problem::path_not_found)?;
    render_section(&app, &document, SCHEMAS, Some((name, page)), &search.q)
}

fn render_section(
    app: &AppState,
    document: &Value,
    section: &str,
    schema: Option<(String, SchemaPage)>,
    query: &str,
) -> Result<Response, Problem> {
    let (schema_name, schema) = schema.unzip();
    let groups = list_groups(document);
    let current = groups.iter().find(|group| group.name == section);
    let (title, paragraphs) = match (section, current) {
        ("", _) => {
            let text = document["info"]["description"].as_str().unwrap_or_default();
            ("API reference".to_owned(), text.split("\n\n").collect())
        }
        (SCHEMAS, _) => (
            schema_name.unwrap_or_else(|| "Schemas".to_owned()),
            Vec::new(),
        ),
        (_, Some(group)) => (group.title.clone(), Vec::new()),
        (_, None) => return Err(Problem::path_not_found()),
    };
    let is_start = section.is_empty();
    let context = ReferenceContext {
        site: ReferenceSite {
            common: app.common_context(),
            public: app.settings.players.public_pages,
            path: "/docs",
        },
        title,
        current: section,
        paragraphs,
        results: find_matches(document, &groups, query.trim()),
        query: query.trim(),
        operations: list_operations(document)
            .filter(|(_, _, operation)| !is_start && operation["tags"][0] == section)
            .map(|(method, path, operation)| build_operation(document, method, path, operation))
            .collect(),
        schema_groups: if section == SCHEMAS && schema.is_none() {
            group_schemas(document)
        } else {
            Vec::new()
        },
        schema,
        problems: if is_start {
            list_problems()
        } else {
            Vec::new()
        },
        groups,
    };
    let page = app.templates.render_template("docs.html", context);
    let page = page.map_err(|error| Problem::internal_error(&format!("{error:#}")))?;
    Ok(Html(page).into_response())
}

fn list_groups(document: &Value) -> Vec<OperationGroup> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let group = |tag: &Value| {
        let name = text_of(&tag["name"]);
        let own = list_operations(document).filter(|(_, _, one)| one["tags"][0] == *name);
        let link = |(method, path, operation): (&str, &str, &Value)| OperationLink {
            id: text_of(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text_of(&operation["summary"]),
        };
        let (first, rest) = name.split_at(1);
        OperationGroup {
            title: first.to_uppercase() + rest,
            description: text_of(&tag["description"]),
            operations: own.map(link).collect(),
            name,
        }
    };
    tags.map(group).collect()
}

fn find_matches(document: &Value, groups: &[OperationGroup], query: &str) -> Vec<SearchResult> {
    if query.is_empty() {
        return Vec::new();
    }
    let query = query.to_lowercase();
    let matches = |texts: &[&str]| {
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&query))
    };
    let mut results = Vec::new();
    for group in groups {
        for one in &group.operations {
            if matches(&[&one.summary, &one.path, &one.id, &one.method]) {
                results.push(SearchResult {
                    path: format!("/docs/{}#{}", group.name, one.id),
                    title: one.summary.clone(),
                    text: format!("{} {}", one.method, one.path),
                });
            }
        }
    }
    for (name, schema) in list_schemas(document) {
        let description = text_of(&schema["description"]);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let has_property = properties.into_iter().any(|(name, _)| matches(&[name]));
        if matches(&[name, &description]) || has_property {
            results.push(SearchResult {
                path: schema_path(name),
                title: name.clone(),
                text: description,
            });
        }
    }
    results
}

fn list_problems() -> Vec<ProblemRow> {
    let row = |one: &crate::problem_types::ProblemType| ProblemRow {
        status: one.status,
        name: format!("{TYPE_PREFIX}{}", one.name),
        meaning: one.meaning,
    };
    PROBLEM_TYPES.iter().map(row).collect()
}
