//! Example of a request, as the file of examples has it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Example of a request with its response.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestExample {
    /// Id of the operation.
    pub(super) operation: String,
    /// Name, unique per operation.
    pub(super) name: String,
    /// Short description.
    pub(super) summary: String,
    /// Values of path parameters.
    #[serde(default)]
    pub(super) path: BTreeMap<String, Value>,
    /// Values of query parameters.
    #[serde(default)]
    pub(super) query: BTreeMap<String, Value>,
    /// Headers, without those that all requests have.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Body; text if it is not JSON.
    #[serde(default)]
    pub(super) body: Option<Value>,
    /// Status of the response.
    pub(super) status: u16,
    /// Body of the response; text if it is not JSON. Null if it has none.
    pub(super) response: Value,
}
