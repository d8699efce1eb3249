//! Forms: what was posted, fields with what was typed and what is wrong with it, and ids that make a second click
//! harmless.

use axum::Form;
use axum::extract::{FromRequest, Query, Request};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::page::Trouble;
use crate::auth::request_id;
use crate::problem::Problem;
use crate::site::App;

/// What every form's id begins with; the ids of acts are made of them.
const FORM: &str = "form-";
/// Characters of a form's id, at the most.
const LONGEST: usize = 64;

/// What was posted: names and values, in order.
#[derive(Debug, Default)]
pub(super) struct Posted(Vec<(String, String)>);

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, app).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Trouble(Problem::too_large(
                    "the form holds more than is taken at once",
                ))
                .into_response())
            }
            Err(error) => Err(Trouble(Problem::malformed(error.body_text())).into_response()),
        }
    }
}

impl Posted {
    /// What the address says, as if it had been posted: to fill a form in.
    pub(super) fn of_query(query: Query<Vec<(String, String)>>) -> Self {
        Self(query.0)
    }

    /// The value of a field; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value)
    }

    /// The value without blanks around it.
    pub(super) fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// Whether a box is ticked, or a field is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A text of several lines. Browsers send them with carriage returns.
    pub(super) fn lines(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n").replace('\r', "\n")
    }

    /// The form's id, which makes doing it again harmless.
    pub(super) fn form_id(&self) -> Result<String, Problem> {
        let id = self.get("form");
        let fits = id.starts_with(FORM) && id.len() <= LONGEST;
        match fits
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            true => Ok(id.to_owned()),
            false => Err(Problem::malformed(
                "the form has lost its id; open the page again, and send it from there",
            )),
        }
    }
}

/// The id of a form that is shown now.
pub(super) fn draw_form_id() -> String {
    format!("{FORM}{}", request_id())
}

/// A field of a form.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) shape: Shape,
    /// What was typed.
    pub(super) value: String,
    pub(super) hint: String,
    /// What is wrong with it; empty where nothing is.
    pub(super) error: String,
    pub(super) required: bool,
    /// What can be chosen.
    pub(super) choices: Vec<Choice>,
}

/// How a field looks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Lines,
    /// One of a list.
    Choice,
    /// A box to tick.
    Tick,
}

/// Something that can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

impl Field {
    /// A line of text that must be filled in.
    pub(super) fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            required: true,
            ..Self::default()
        }
    }

    /// It may be left out.
    pub(super) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// It looks otherwise.
    pub(super) fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// A word of help.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// One of these is chosen.
    pub(super) fn choices(mut self, choices: Vec<Choice>) -> Self {
        (self.shape, self.choices) = (Shape::Choice, choices);
        self
    }
}
