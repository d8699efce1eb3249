//! Template filters of the administration pages.

use minijinja::{Environment, Value};

use crate::filters::format_thousands;

/// Registers the filters.
pub(crate) fn add_admin_filters(environment: &mut Environment<'static>) {
    environment.add_filter("signed", format_signed);
    environment.add_filter("compact_json", compact_json);
    environment.add_filter("prose", render_prose);
    environment.add_filter("actor", super::links::actor_label);
}

/// Formats a number with its sign: `+5`, `−3`.
fn format_signed(number: i64) -> String {
    match number {
        1.. => format!("+{}", format_thousands(number)),
        _ => format_thousands(number),
    }
}

/// Formats a value as JSON on one line. Returns strings unchanged.
fn compact_json(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(value).unwrap_or_default(),
    }
}

/// Converts a text with names in backticks to HTML, with the names as `<code>`.
fn render_prose(text: &str) -> Value {
    let mut written = String::with_capacity(text.len() + 32);
    // Odd parts are inside backticks. An unpaired backtick is kept as a character.
    let parts: Vec<&str> = text.split('`').collect();
    for (index, part) in parts.iter().enumerate() {
        let is_name = index % 2 == 1;
        let is_closed = index + 1 < parts.len();
        match (is_name, is_closed) {
            (true, true) => written.push_str("<code>"),
            (true, false) => written.push('`'),
            (false, _) => {}
        }
        escape_html(part, &mut written);
        if is_name && is_closed {
            written.push_str("</code>");
        }
    }
    // Every part was escaped above.
    Value::from_safe_string(written)
}

fn escape_html(text: &str, written: &mut String) {
    for char in text.chars() {
        match char {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#x27;"),
            other => written.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_sign() {
        assert_eq!(
            [5, 0, -3, i64::MIN].map(format_signed),
            ["+5", "0", "\u{2212}3", "\u{2212}9,223,372,036,854,775,808"]
        );
    }

    #[test]
    fn names_in_a_sentence_are_code_and_everything_is_escaped() {
        for (text, expected) in [
            ("plain", "plain"),
            (
                "the badge `a<b` differs",
                "the badge <code>a&lt;b</code> differs",
            ),
            ("`a`, `b`", "<code>a</code>, <code>b</code>"),
            ("one ` alone & <b>", "one ` alone &amp; &lt;b&gt;"),
            ("`\"'`", "<code>&quot;&#x27;</code>"),
        ] {
            assert_eq!(render_prose(text).to_string(), expected);
        }
    }
}
