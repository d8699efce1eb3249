//! Forms: submitted data, fields with values and errors, and ids that make submissions idempotent.

use axum::extract::Query;
use serde::Serialize;

use crate::auth::random_id;
use crate::problem::Problem;

/// Prefix of form ids. The ids of manual actions are derived from them.
const FORM_ID_PREFIX: &str = "form-";
/// Maximum length of a form id.
const MAX_FORM_ID_LEN: usize = 64;

/// Submitted names and values, in order.
// Not a map, because checkboxes with one name submit several values.
#[derive(Debug, Default)]
pub(super) struct FormData(pub(super) Vec<(String, String)>);

impl FormData {
    /// Reads the query string like a submitted form, for example to prefill one.
    pub(super) fn from_query(query: Query<Vec<(String, String)>>) -> Self {
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
    pub(super) fn get_trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// True if a checkbox is checked or a field is present.
    pub(super) fn has_field(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// Returns all values of a field.
    pub(super) fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns a multiline value with normalized line breaks.
    pub(super) fn get_lines(&self, name: &str) -> String {
        // Browsers submit textareas with CRLF.
        self.get(name).replace("\r\n", "\n").replace('\r', "\n")
    }

    /// Returns the form id, which makes a repeated submission a duplicate.
    pub(super) fn form_id(&self) -> Result<String, Problem> {
        let id = self.get("form");
        // The id becomes part of event ids, so only the format of generated ids is accepted.
        let fits = id.starts_with(FORM_ID_PREFIX) && id.len() <= MAX_FORM_ID_LEN;
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
pub(super) fn generate_form_id() -> String {
    format!("{FORM_ID_PREFIX}{}", random_id())
}

/// Form field.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct FormField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) shape: FieldShape,
    /// Submitted value.
    pub(super) value: String,
    pub(super) hint: String,
    /// Validation error; empty if valid.
    pub(super) error: String,
    pub(super) required: bool,
    pub(super) choices: Vec<FieldChoice>,
    /// Text of an empty choice that comes first; empty for none.
    pub(super) placeholder: &'static str,
}

/// Kind of input element.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldShape {
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
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct FieldChoice {
    pub(super) value: String,
    pub(super) label: String,
    /// True if the badge is earned per key, so that the form needs one.
    pub(super) is_keyed: bool,
}

impl FormField {
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
    pub(super) fn with_shape(mut self, shape: FieldShape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the hint below the field.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Turns the field into a drop-down list.
    pub(super) fn with_choices(mut self, choices: Vec<FieldChoice>) -> Self {
        (self.shape, self.choices) = (FieldShape::Choice, choices);
        self
    }

    /// Adds an empty choice, so that nothing is chosen by a slip.
    pub(super) fn with_placeholder(mut self, text: &'static str) -> Self {
        self.placeholder = text;
        self
    }
}
