//! Serialization of instants.

use serde::Serializer;

use crate::time::Timestamp;

/// Serializes an instant as RFC 3339.
pub(super) fn serialize_rfc3339<S: Serializer>(
    at: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Serializes an optional instant as RFC 3339.
pub(super) fn serialize_optional_rfc3339<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
