//! Types of problems, with the status of each.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Prefix of the `type` of all problems.
pub(crate) const TYPE_PREFIX: &str = "urn:accolade:problem:";

/// Type of problems.
pub(crate) struct ProblemType {
    /// Name: the end of `type`.
    pub(crate) name: &'static str,
    /// HTTP status code.
    pub(crate) status: u16,
    /// Meaning, and the remedy if it is the same for all problems of the type.
    pub(crate) meaning: &'static str,
}

/// All types, by status.
pub(crate) const PROBLEM_TYPES: &[ProblemType] = &[
    problem_type("malformed", 400, "The request cannot be parsed."),
    problem_type(
        "idempotency-key",
        400,
        "The header `Idempotency-Key` is missing.",
    ),
    problem_type(
        "unauthenticated",
        401,
        "The API key or player token is missing, invalid, expired or revoked.",
    ),
    problem_type(
        "forbidden",
        403,
        "The API key lacks the required scope, or the token is of another player.",
    ),
    problem_type("private", 403, "The pages are not public."),
    problem_type("cross-site", 403, "A form was sent from another site."),
    problem_type("not-found", 404, "The path does not exist."),
    problem_type("unknown-player", 404, "The player does not exist."),
    problem_type("unknown", 404, "The resource does not exist."),
    problem_type(
        "method-not-allowed",
        405,
        "The path does not support the method; see `Allow`.",
    ),
    problem_type(
        "timeout",
        408,
        "The request took too long. Retry with the same ids.",
    ),
    problem_type(
        "conflict",
        409,
        "The request conflicts with the current state, or its id was used with other content.",
    ),
    problem_type("merge", 409, "The players cannot be merged or unmerged."),
    problem_type(
        "retraction",
        409,
        "The event cannot be retracted or restored.",
    ),
    problem_type(
        "overtaken",
        409,
        "The catalog or the players changed since the plan. Plan again.",
    ),
    problem_type("erased", 410, "The player was erased."),
    problem_type("used", 410, "The invitation was used or has expired."),
    problem_type(
        "feed-gone",
        410,
        "The outcomes were pruned. Continue from the oldest available one.",
    ),
    problem_type("too-large", 413, "The body, batch or line is too large."),
    problem_type(
        "unsupported-media-type",
        415,
        "The body has another media type, or is compressed.",
    ),
    problem_type("invalid", 422, "The content is invalid."),
    problem_type("invalid-event", 422, "The event is invalid."),
    problem_type(
        "invalid-catalog",
        422,
        "The catalog is invalid; see `diagnostics`.",
    ),
    problem_type(
        "refused",
        422,
        "The manual action is not possible for this player.",
    ),
    problem_type("rejected", 422, "The event or action was rejected."),
    problem_type(
        "too-many-requests",
        429,
        "A rate limit was exceeded. Retry after `Retry-After`.",
    ),
    problem_type(
        "internal",
        500,
        "Internal error; see the server log. Retrying with the same ids is safe.",
    ),
    problem_type("busy", 503, "The service is overloaded. Retry later."),
    problem_type("stopping", 503, "The service is shutting down."),
    problem_type("database", 503, "The database cannot be read."),
    problem_type(
        "too-many-streams",
        503,
        "Too many live streams are open. Close some of them.",
    ),
    problem_type(
        "unable",
        503,
        "The deployment cannot serve the request: the database is read-only, or a badge in code \
         is missing.",
    ),
    problem_type("full", 507, "The disk is full."),
];

const fn problem_type(name: &'static str, status: u16, meaning: &'static str) -> ProblemType {
    ProblemType {
        name,
        status,
        meaning,
    }
}

/// True if problems of this type have this status.
pub(crate) fn is_listed(name: &str, status: u16) -> bool {
    let mut types = PROBLEM_TYPES.iter();
    types.any(|one| one.name == name && one.status == status)
}

/// Schema of the `type` of problems.
pub(crate) enum ProblemTypeNames {}

impl ToSchema for ProblemTypeNames {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemType")
    }
}

impl PartialSchema for ProblemTypeNames {
    fn schema() -> RefOr<Schema> {
        let name = |one: &ProblemType| format!("{TYPE_PREFIX}{}", one.name);
        let lines = PROBLEM_TYPES
            .iter()
            .map(|one| format!("- `{}` ({}): {}", one.name, one.status, one.meaning));
        let text = format!(
            "Type of a problem. The names after the prefix `{TYPE_PREFIX}`, with their status:\n\n{}",
            lines.collect::<Vec<_>>().join("\n")
        );
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(text))
            .enum_values(Some(PROBLEM_TYPES.iter().map(name)))
            .into()
    }
}
