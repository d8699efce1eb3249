//! Forms: submitted data, fields with values and errors, and ids that make submissions idempotent.

use axum::Form;
use axum::extract::{FromRequest, Query, Request};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::page::Trouble;
use crate::auth::random_id;
use crate::problem::Problem;
use crate::site::AppState;

/// Prefix of form ids. The ids of manual actions are derived from them.
const FORM: &str = "form-";
/// Maximum length of a form id.
const LONGEST: usize = 64;

/// Submitted names and values, in order.
#[derive(Debug, Default)]
pub(super) struct Posted(Vec<(String, String)>);

impl FromRequest<AppState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, app).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Trouble(Problem::payload_too_large("the form is too large")).into_response())
            }
            Err(error) => Err(Trouble(Problem::bad_request(error.body_text())).into_response()),
        }
    }
}

impl Posted {
    /// Reads the query string like a submitted form, for example to prefill one.
    pub(super) fn of_query(query: Query<Vec<(String, String)>>) -> Self {
        Self(query.0)
    }

    /// Returns the value of a field; empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value)
    }

    /// Returns the value of a field without surrounding whitespace.
    pub(super) fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// True if a checkbox is checked or a field is present.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// Returns all values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns a multiline value with normalized line breaks.
    pub(super) fn lines(&self, name: &str) -> String {
        // Browsers submit textareas with CRLF.
        self.get(name).replace("\r\n", "\n").replace('\r', "\n")
    }

    /// Returns the form id, which makes a repeated submission a duplicate.
    pub(super) fn form_id(&self) -> Result<String, Problem> {
        let id = self.get("form");
        // The id becomes part of event ids, so only the format of generated ids is accepted.
        let fits = id.starts_with(FORM) && id.len() <= LONGEST;
        match fits
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            true => Ok(id.to_owned()),
            false => Err(Problem::bad_request(
                "the form has no valid id; reload the page and submit it again",
            )),
        }
    }
}

/// Generates a new form id.
pub(super) fn draw_form_id() -> String {
    format!("{FORM}{}", random_id())
}

/// Form field.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) shape: Shape,
    /// Submitted value.
    pub(super) value: String,
    pub(super) hint: String,
    /// Validation error; empty if valid.
    pub(super) error: String,
    pub(super) required: bool,
    pub(super) choices: Vec<Choice>,
}

/// Kind of input element.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// Single-line text.
    #[default]
    Text,
    /// Multiline text.
    Lines,
    /// Drop-down list.
    Choice,
    /// Checkbox.
    Tick,
}

/// Option of a drop-down list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

impl Field {
    /// Creates a required single-line text field.
    pub(super) fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            required: true,
            ..Self::default()
        }
    }

    /// Makes the field optional.
    pub(super) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Sets the kind of input element.
    pub(super) fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the hint below the field.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Turns the field into a drop-down list.
    pub(super) fn choices(mut self, choices: Vec<Choice>) -> Self {
        (self.shape, self.choices) = (Shape::Choice, choices);
        self
    }
}
