//! OpenAPI document, generated from the handlers, and the pages that render it.
//!
//! The attributes of the handlers describe parameters, bodies and successful responses. The rest is
//! added here for all operations alike: named variants, errors, examples and code samples.

mod code_samples;
mod examples;
mod reference;
mod reference_schemas;
mod reference_views;
mod request_example;
mod responses;
mod schemas;

use std::borrow::Cow;
use std::sync::Arc;

use axum::{Extension, Json};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder, RefOr, Tag};

use crate::models::{
    self, AwardJobResult, BadgeOutcomeDetail, PlanResult, PointsOutcomeDetail, PublicationModel,
    RepairResult, UnlockableOutcomeDetail, VerificationResult,
};
use crate::problem::{CatalogDiagnosticModel, Problem};
use crate::problem_types::ProblemTypeNames;
pub(super) use reference::{show_reference_schema, show_reference_section, show_reference_start};

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

/// Description of the document: the rules that hold for all operations.
const INTRODUCTION: &str = "\
Points, badges and unlockables from the events of your application.

Send an API key with every request: `Authorization: Bearer acc_…`. Create one in the administration \
or with `accolade keys create`. A player token gives a browser read access to the data of one \
player. Errors are problem details according to RFC 9457.

Every field of a response is always present; a field without a value is null. Fields of a request \
that are not required may be left out or null. Responses may get further fields, and lists of \
names, such as the kinds of outcomes, further names: ignore those that you do not know.

Pictures (`image`, `avatar`) are absolute URLs below `server.public_url`, unless the catalog names \
a picture of its own, which is returned as it is written.";

/// Builds the document without paths.
pub(super) fn base_document() -> OpenApi {
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    let info = Info::builder()
        .title("Accolade")
        .version("1")
        .description(Some(INTRODUCTION))
        .license(Some(license));
    let tags = TAGS.into_iter().chain([SERVICE]);
    let tags = tags.map(|(name, text)| Tag::builder().name(name).description(Some(text)).build());
    OpenApiBuilder::new()
        .info(info.build())
        .tags(Some(tags.collect::<Vec<_>>()))
        .build()
}

/// Adds everything that the attributes of the handlers leave out.
pub(super) fn complete_document(mut document: OpenApi, prefix: &str) -> Value {
    let components = document.components.get_or_insert_default();
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("acc_…")
        .description(Some("API key with the scope that the operation names."));
    components.add_security_scheme("key", SecurityScheme::Http(key.build()));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("acp_…")
        .description(Some("Token of the player whose data is read."));
    components.add_security_scheme("player_token", SecurityScheme::Http(token.build()));
    for (name, schema) in shared_schemas() {
        components.schemas.insert(name.into_owned(), schema);
    }
    let mut document = serde_json::to_value(document).expect("text and numbers serialize to JSON");
    let url = if prefix.is_empty() { "/" } else { prefix };
    document["servers"] = json!([{ "url": url, "description": "This service" }]);
    complete_operations(&mut document);
    schemas::complete_schemas(&mut document);
    examples::add_examples(&mut document);
    document
}

/// Lists the schemas that no attribute names: those of errors, and type arguments, which utoipa
/// inlines.
fn shared_schemas() -> Vec<(Cow<'static, str>, RefOr<Schema>)> {
    let mut schemas = vec![
        named_schema::<Problem>(),
        named_schema::<CatalogDiagnosticModel>(),
        named_schema::<ProblemTypeNames>(),
        named_schema::<PublicationModel>(),
        named_schema::<PlanResult>(),
        named_schema::<VerificationResult>(),
        named_schema::<RepairResult>(),
        named_schema::<AwardJobResult>(),
        named_schema::<BadgeOutcomeDetail>(),
        named_schema::<PointsOutcomeDetail>(),
        named_schema::<UnlockableOutcomeDetail>(),
    ];
    schemas.extend(models::explanation_entry_schemas());
    schemas
}

fn named_schema<T: ToSchema>() -> (Cow<'static, str>, RefOr<Schema>) {
    (T::name(), T::schema())
}

fn complete_operations(document: &mut Value) {
    for_each_operation(document, |method, _, operation| {
        // The first line of a handler's documentation is a sentence.
        let summary = operation["summary"].as_str().unwrap_or_default();
        operation["summary"] = summary.trim_end_matches('.').into();
        // Operations without authentication declare an empty requirement.
        if operation.get("security").is_none() {
            let description = operation["description"].as_str().unwrap_or_default();
            let is_for_players = description.contains("or the player's token");
            operation["security"] = match is_for_players {
                true => json!([{ "key": [] }, { "player_token": [] }]),
                false => json!([{ "key": [] }]),
            };
        }
        responses::add_errors(method, operation);
    });
    responses::add_shared_responses(document);
}

/// Calls a function for each operation, with its method and path.
fn for_each_operation(document: &mut Value, mut change: impl FnMut(&str, &str, &mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            change(method, path, operation);
        }
    }
}

/// `GET /openapi.json`
pub(super) async fn get_openapi_document(document: Extension<Arc<Value>>) -> Json<Arc<Value>> {
    Json(Arc::clone(&document))
}
