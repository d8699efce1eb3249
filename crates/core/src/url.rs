//! Parts of URLs.

use std::fmt::Write;

/// Percent-encodes a text as a path segment or query value. Keeps letters, digits and `-._~`.
pub fn encode_segment(text: &str) -> String {
    // URL parsers resolve `.` and `..` as relative segments, so their dots are encoded too.
    let plain: &[u8] = if matches!(text, "." | "..") {
        b""
    } else {
        b"-._~"
    };
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
