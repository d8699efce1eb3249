//! Code samples of requests, written from their examples.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::request_example::RequestExample;
use crate::filters::encode_segment;

/// Request of a sample.
struct SampleRequest {
    method: String,
    /// Path with its parameters and the query.
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    /// True if the body is JSON.
    has_json: bool,
    /// True if the operation needs an API key.
    needs_key: bool,
    /// True if the response is JSON.
    returns_json: bool,
    /// True if the response is a stream of events, which does not end.
    returns_stream: bool,
}

/// Writes the samples of an operation, in the form that documentation tools expect.
pub(super) fn write_samples(
    method: &str,
    path: &str,
    operation: &Value,
    example: &RequestExample,
) -> Value {
    let request = SampleRequest::new(method, path, operation, example);
    json!([
        { "lang": "Shell", "label": "curl", "source": request.to_curl() },
        { "lang": "JavaScript", "label": "JavaScript", "source": request.to_javascript() },
        { "lang": "Python", "label": "Python", "source": request.to_python() },
    ])
}

impl SampleRequest {
    fn new(method: &str, path: &str, operation: &Value, example: &RequestExample) -> Self {
        let mut address = path.to_owned();
        for (name, value) in &example.path {
            let value = encode_segment(&to_text(value));
            address = address.replace(&format!("{{{name}}}"), &value);
        }
        for (position, (name, value)) in example.query.iter().enumerate() {
            let sign = if position == 0 { '?' } else { '&' };
            let _ = write!(address, "{sign}{name}={}", encode_segment(&to_text(value)));
        }
        let media_type = operation["requestBody"]["content"]
            .as_object()
            .and_then(|content| content.keys().next());
        let mut headers: Vec<(String, String)> = Vec::new();
        if let (Some(kind), Some(_)) = (media_type, &example.body) {
            headers.push(("Content-Type".to_owned(), kind.clone()));
        }
        headers.extend(example.headers.clone());
        let responses = operation["responses"].as_object().into_iter().flatten();
        let good = responses.filter(|(status, _)| status.starts_with('2'));
        let returns = |kind: &str| {
            good.clone()
                .any(|(_, one)| one["content"].get(kind).is_some())
        };
        Self {
            method: method.to_uppercase(),
            path: address,
            headers,
            body: example.body.clone(),
            has_json: media_type.is_some_and(|kind| kind == "application/json"),
            needs_key: operation["security"] != json!([{}]),
            returns_json: returns("application/json"),
            returns_stream: returns("text/event-stream"),
        }
    }

    fn to_curl(&self) -> String {
        let mut words = Vec::new();
        if self.returns_stream {
            words.push("-N".to_owned());
        }
        if self.method != "GET" {
            words.push(format!("-X {}", self.method));
        }
        if self.needs_key {
            words.push("-H \"Authorization: Bearer $KEY\"".to_owned());
        }
        for (name, value) in &self.headers {
            words.push(format!("-H '{name}: {value}'"));
        }
        if let Some(body) = &self.body {
            let option = if self.has_json { "-d" } else { "--data-binary" };
            // A quote ends the word of the shell, so it stands between two words.
            let text = body_text(body).replace('\'', "'\\''");
            words.push(format!("{option} '{text}'"));
        }
        words.push(format!("\"$BASE{}\"", self.path));
        format!("curl {}", words.join(" \\\n  "))
    }

    fn to_javascript(&self) -> String {
        let mut options = String::new();
        if self.method != "GET" {
            let _ = writeln!(options, "  method: \"{}\",", self.method);
        }
        let mut headers = Vec::new();
        if self.needs_key {
            headers.push("Authorization: `Bearer ${key}`".to_owned());
        }
        for (name, value) in &self.headers {
            headers.push(format!("\"{name}\": {}", Value::from(value.as_str())));
        }
        if !headers.is_empty() {
            let _ = writeln!(options, "  headers: {{ {} }},", headers.join(", "));
        }
        if let Some(body) = &self.body {
            let text = match self.has_json {
                true => format!("JSON.stringify({})", indent(&pretty(body), "  ")),
                false => body.to_string(),
            };
            let _ = writeln!(options, "  body: {text},");
        }
        let options = match options.is_empty() {
            true => String::new(),
            false => format!(", {{\n{options}}}"),
        };
        let rest = if self.returns_stream {
            "for await (const text of response.body.pipeThrough(new TextDecoderStream())) {\n  \
             console.log(text);\n}"
        } else if self.returns_json {
            "console.log(await response.json());"
        } else {
            "console.log(response.status, await response.text());"
        };
        format!(
            "const response = await fetch(`${{base}}{}`{options});\n\
             if (!response.ok) throw new Error((await response.json()).detail);\n{rest}",
            self.path
        )
    }

    fn to_python(&self) -> String {
        let mut arguments = vec![format!("    f\"{{base}}{}\",\n", self.path)];
        let mut headers = Vec::new();
        if self.needs_key {
            headers.push("\"Authorization\": f\"Bearer {key}\"".to_owned());
        }
        for (name, value) in &self.headers {
            // The library adds the media type of JSON.
            if !(self.has_json && name == "Content-Type") {
                headers.push(format!("\"{name}\": {}", Value::from(value.as_str())));
            }
        }
        if !headers.is_empty() {
            arguments.push(format!("    headers={{{}}},\n", headers.join(", ")));
        }
        if let Some(body) = &self.body {
            let (name, text) = match self.has_json {
                true => ("json", indent(&to_python_literal(body, 0), "    ")),
                false => ("data", body.to_string()),
            };
            arguments.push(format!("    {name}={text},\n"));
        }
        if self.returns_stream {
            arguments.push("    stream=True,\n".to_owned());
        }
        let rest = if self.returns_stream {
            "for line in response.iter_lines(decode_unicode=True):\n    print(line)"
        } else if self.returns_json {
            "print(response.json())"
        } else {
            "print(response.status_code, response.text)"
        };
        format!(
            "import requests\n\nresponse = requests.{}(\n{})\nresponse.raise_for_status()\n{rest}",
            self.method.to_lowercase(),
            arguments.concat()
        )
    }
}

/// Returns the body as it is sent.
fn body_text(body: &Value) -> String {
    match body {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Indents all lines but the first.
fn indent(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

/// Writes a JSON value as a literal of Python.
fn to_python_literal(value: &Value, depth: usize) -> String {
    let inner = "    ".repeat(depth + 1);
    let outer = "    ".repeat(depth);
    let block = |open: char, lines: Vec<String>, close: char| match lines.is_empty() {
        true => format!("{open}{close}"),
        false => format!(
            "{open}\n{inner}{},\n{outer}{close}",
            lines.join(&format!(",\n{inner}"))
        ),
    };
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python_literal(item, depth + 1));
            block('[', items.collect(), ']')
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| {
                let name = Value::from(name.as_str());
                format!("{name}: {}", to_python_literal(field, depth + 1))
            });
            block('{', fields.collect(), '}')
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_python_have_its_words() {
        let value = json!({ "a": [true, null], "b": {}, "c": "it's" });
        assert_eq!(
            to_python_literal(&value, 0),
            "{\n    \"a\": [\n        True,\n        None,\n    ],\n    \"b\": {},\n    \"c\": \"it's\",\n}"
        );
    }
}
