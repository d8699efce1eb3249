//! OpenAPI document, generated from the handlers, and the page that renders it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value as JsonValue;
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder, Server, Tag,
};
use utoipa::{Modify, PartialSchema, ToSchema};

use crate::problem::{CatalogDiagnosticModel, MEDIA_TYPE, Problem};
use crate::state::{AppState, CommonContext};

const TAGS: [(&str, &str); 8] = [
    (
        "events",
        "Record what players do. Recording is idempotent: each event counts once.",
    ),
    (
        "players",
        "Profiles, progress, ledgers and timelines of players.",
    ),
    (
        "badges",
        "Badges, currencies and unlockables of the published catalog.",
    ),
    (
        "actions",
        "Manual actions on players, such as awards and retractions.",
    ),
    (
        "live",
        "The feed of all outcomes, as pages and as live streams.",
    ),
    ("catalog", "The catalog of rules: check, plan and publish."),
    (
        "administration",
        "API keys, administrators, the audit log and statistics.",
    ),
    ("jobs", "Background jobs, such as plans and verifications."),
];
const SERVICE: (&str, &str) = ("service", "Health, status and metrics of the service.");

/// Builds the document without paths.
pub(super) fn base_document() -> OpenApi {
    let info = Info::builder().title("Accolade").version("1").description(Some(
        "Points, badges and unlockables from the events of your application.\n\nSend an API key \
         with every request: `Authorization: Bearer acc_…`. Create one in the administration or \
         with `accolade keys create`. A player token gives a browser read access to the data of \
         one player. Errors are problem details according to RFC 9457.",
    ));
    let tags = TAGS.into_iter().chain([SERVICE]);
    let tags = tags.map(|(name, text)| Tag::builder().name(name).description(Some(text)).build());
    OpenApiBuilder::new()
        .info(info.build())
        .tags(Some(tags.collect::<Vec<_>>()))
        .build()
}

/// Adds what all operations share: the security scheme, the path prefix, and problems.
pub(super) fn complete_document(mut document: OpenApi, prefix: &str) -> OpenApi {
    if !prefix.is_empty() {
        document.servers = Some(vec![Server::new(prefix)]);
    }
    SharedComponents.modify(&mut document);
    document
}

struct SharedComponents;

impl Modify for SharedComponents {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        reference_list_items(&mut components.schemas);
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("acc_… or acp_…")
            .build();
        components.add_security_scheme("key", SecurityScheme::Http(key));
        components
            .schemas
            .insert(Problem::name().into_owned(), Problem::schema());
        components.schemas.insert(
            CatalogDiagnosticModel::name().into_owned(),
            CatalogDiagnosticModel::schema(),
        );
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(Problem::name())))
            .build();
        let problem = |description: &str| {
            ResponseBuilder::new()
                .description(description)
                .content(MEDIA_TYPE, content.clone())
                .build()
        };
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.delete,
                &mut item.patch,
            ];
            for operation in operations.into_iter().flatten() {
                let responses = &mut operation.responses.responses;
                // Ranges, because the middleware can fail every operation in several ways.
                responses.insert(
                    "4XX".to_owned(),
                    RefOr::T(problem("Client error; see `detail`")),
                );
                responses.insert(
                    "5XX".to_owned(),
                    RefOr::T(problem("Server error; see `detail`")),
                );
                // Operations without authentication declare an empty requirement.
                if operation.security.is_none() {
                    let needed =
                        utoipa::openapi::SecurityRequirement::new::<_, [&str; 0], &str>("key", []);
                    operation.security = Some(vec![needed]);
                }
            }
        }
    }
}

/// Replaces inlined item schemas of lists with references.
///
/// utoipa inlines the type argument of a generic schema, so that generated clients would have each
/// item type twice.
fn reference_list_items(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let names: BTreeSet<String> = schemas.keys().cloned().collect();
    for (list, schema) in schemas {
        let Some(item) = list
            .strip_prefix("List_")
            .filter(|item| names.contains(*item))
        else {
            continue;
        };
        let RefOr::T(Schema::Object(list)) = schema else {
            continue;
        };
        let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items") else {
            continue;
        };
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
    }
}

/// `GET /openapi.json`
pub(super) async fn get_openapi_document(document: Extension<Arc<OpenApi>>) -> Json<Arc<OpenApi>> {
    Json(Arc::clone(&document))
}

/// Template context of the API reference.
#[derive(Serialize)]
struct ApiReferenceContext<'a> {
    site: CommonContext<'a>,
    info: &'a JsonValue,
    tags: &'a JsonValue,
    operations: Vec<JsonValue>,
    schemas: Vec<JsonValue>,
}

/// `GET /docs`: the API reference as a page.
pub(super) async fn show_api_reference(
    State(app): State<AppState>,
    document: Extension<Arc<OpenApi>>,
) -> Result<Response, Problem> {
    let document =
        serde_json::to_value(document.as_ref()).map_err(|error| Problem::internal_error(&error))?;
    let reference = ApiReferenceContext {
        site: app.common_context(),
        operations: list_operations(&document),
        schemas: list_schemas(&document),
        info: &document["info"],
        tags: &document["tags"],
    };
    let page = app
        .templates
        .render_template("docs.html", reference)
        .map_err(|error| Problem::internal_error(&format!("{error:#}")))?;
    Ok(Html(page).into_response())
}

/// Lists all operations with their method and path.
fn list_operations(document: &JsonValue) -> Vec<JsonValue> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let mut operation = operation.clone();
            operation["method"] = method.to_uppercase().into();
            operation["path"] = path.clone().into();
            operations.push(operation);
        }
    }
    operations
}

/// Lists all schemas with their name, description and source.
fn list_schemas(document: &JsonValue) -> Vec<JsonValue> {
    let all = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten();
    let view = |(name, schema): (&String, &JsonValue)| {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        serde_json::json!({ "name": name, "description": schema["description"], "text": text })
    };
    all.map(view).collect()
}
