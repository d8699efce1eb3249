//! Templates of the labels and links of keys.

use crate::limits;
use crate::url::encode_segment;
use crate::value::{Props, Value};

/// The placeholder of the key.
const KEY: &str = "key";
/// The beginning of a placeholder of a property, and of an expression that reads one.
const EVENT_PREFIX: &str = "event.";

/// `[[key]]`: a label and a link for the keys that come from one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRule {
    /// The property that is the key: `post` for `per = "event.post"`.
    pub property: String,
    /// The template of the label.
    pub label: Option<KeyTemplate>,
    /// The template of the link.
    pub link: Option<KeyTemplate>,
}

/// A text with placeholders: `{key}`, or `{event.title}` for a property of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    parts: Vec<TemplatePart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Key,
    Property(String),
}

/// An invalid template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyTemplateError {
    /// A `{` without its `}`, or a `}` alone.
    #[error("has a `{{` or `}}` without its counterpart")]
    Unbalanced,
    /// A placeholder that is neither the key nor a property.
    #[error("has the unknown placeholder `{{{0}}}`")]
    UnknownPlaceholder(String),
    /// An address that events could redirect to another site, or to no web page.
    #[error("does not begin with the address of a site, such as `https://example.com/`")]
    NoSite,
}

impl KeyTemplate {
    /// Parses the template of a label.
    ///
    /// ```
    /// use accolade_core::catalog::key_template::KeyTemplate;
    ///
    /// assert!(KeyTemplate::parse_label("{event.title}").is_ok());
    /// let error = KeyTemplate::parse_label("{title}").unwrap_err();
    /// assert_eq!(error.to_string(), "has the unknown placeholder `{title}`");
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyTemplateError::Unbalanced`] and [`KeyTemplateError::UnknownPlaceholder`].
    pub fn parse_label(source: &str) -> Result<Self, KeyTemplateError> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some(open) = rest.find(['{', '}']) {
            let (text, tail) = rest.split_at(open);
            let inner = tail.strip_prefix('{').ok_or(KeyTemplateError::Unbalanced)?;
            let (name, after) = inner.split_once('}').ok_or(KeyTemplateError::Unbalanced)?;
            if !text.is_empty() {
                parts.push(TemplatePart::Text(text.to_owned()));
            }
            parts.push(TemplatePart::parse_placeholder(name)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Parses the template of a link. Its site is fixed text, so that no event can lead elsewhere.
    ///
    /// # Errors
    ///
    /// Those of [`Self::parse_label`], and [`KeyTemplateError::NoSite`].
    pub fn parse_link(source: &str) -> Result<Self, KeyTemplateError> {
        let template = Self::parse_label(source)?;
        let Some(TemplatePart::Text(start)) = template.parts.first() else {
            return Err(KeyTemplateError::NoSite);
        };
        let address = start
            .strip_prefix("https://")
            .or_else(|| start.strip_prefix("http://"));
        let host = address.and_then(|address| Some(address.split_once('/')?.0));
        let is_host_char = |char: char| char.is_ascii_alphanumeric() || ".-:[]".contains(char);
        match host {
            Some(host) if !host.is_empty() && host.chars().all(is_host_char) => Ok(template),
            _ => Err(KeyTemplateError::NoSite),
        }
    }

    /// True if it reads properties of an event.
    pub fn reads_event(&self) -> bool {
        let is_property = |part: &TemplatePart| matches!(part, TemplatePart::Property(_));
        self.parts.iter().any(is_property)
    }

    /// Fills in the placeholders. Returns `None` if a property is missing or blank.
    fn render(
        &self,
        key: &str,
        props: Option<&Props>,
        escape: fn(&str) -> String,
    ) -> Option<String> {
        let mut rendered = String::new();
        for part in &self.parts {
            match part {
                TemplatePart::Text(text) => rendered += text,
                TemplatePart::Key => rendered += &escape(key),
                TemplatePart::Property(name) => {
                    let value = read_text(props?.get(name)?)?;
                    rendered += &escape(&value);
                }
            }
        }
        Some(rendered)
    }
}

impl TemplatePart {
    fn parse_placeholder(name: &str) -> Result<Self, KeyTemplateError> {
        match read_property(name) {
            Some(property) => Ok(Self::Property(property.to_owned())),
            None if name == KEY => Ok(Self::Key),
            None => Err(KeyTemplateError::UnknownPlaceholder(name.to_owned())),
        }
    }
}

impl KeyRule {
    /// Renders the label of a key, with the properties of an event about it.
    pub fn render_label(&self, key: &str, props: Option<&Props>) -> Option<String> {
        let label = self.label.as_ref()?.render(key, props, str::to_owned)?;
        Some(shorten(&label, limits::KEY_LABEL_CHARS))
    }

    /// Renders the link of a key, with the properties of an event about it.
    pub fn render_link(&self, key: &str, props: Option<&Props>) -> Option<String> {
        self.link.as_ref()?.render(key, props, encode_segment)
    }

    /// True if a label or a link reads properties of an event.
    pub fn reads_event(&self) -> bool {
        let mut templates = self.label.iter().chain(&self.link);
        templates.any(KeyTemplate::reads_event)
    }
}

/// Returns the property that an expression reads, if it does nothing else: `post` for
/// `event.post`.
pub(super) fn read_property(expression: &str) -> Option<&str> {
    let property = expression.strip_prefix(EVENT_PREFIX)?;
    let is_name_char = |char: char| char.is_alphanumeric() || char == '_';
    let is_name = !property.is_empty() && property.chars().all(is_name_char);
    is_name.then_some(property)
}

/// Returns a text that is not blank, or a whole number.
fn read_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Cuts a text at a number of characters.
fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn props(title: &str) -> Props {
        let mut props = Props::default();
        props.insert("title", title);
        props
    }

    fn rule(label: &str, link: &str) -> KeyRule {
        KeyRule {
            property: "post".to_owned(),
            label: Some(KeyTemplate::parse_label(label).unwrap()),
            link: Some(KeyTemplate::parse_link(link).unwrap()),
        }
    }

    #[test]
    fn placeholders_are_filled_in_and_escaped_in_links() {
        let rule = rule(
            "{event.title} (no. {key})",
            "https://x.org/p/{key}?t={event.title}",
        );
        let props = props(" Bread & butter ");
        let label = rule.render_label("7/1", Some(&props));
        assert_eq!(label.as_deref(), Some("Bread & butter (no. 7/1)"));
        let link = rule.render_link("7/1", Some(&props));
        assert_eq!(
            link.as_deref(),
            Some("https://x.org/p/7%2F1?t=Bread%20%26%20butter")
        );
    }

    #[test]
    fn a_missing_or_blank_property_gives_no_label() {
        let rule = rule("{event.title}", "https://x.org/{key}");
        assert_eq!(rule.render_label("7", None), None);
        assert_eq!(rule.render_label("7", Some(&props("  "))), None);
        assert_eq!(
            rule.render_link("7", None).as_deref(),
            Some("https://x.org/7")
        );
    }

    #[test]
    fn long_labels_are_cut() {
        let rule = rule("{event.title}", "https://x.org/");
        let label = rule
            .render_label("7", Some(&props(&"ä".repeat(500))))
            .unwrap();
        assert_eq!(label.chars().count(), limits::KEY_LABEL_CHARS + 1);
        assert!(label.ends_with('…'));
    }

    #[test]
    fn no_event_can_choose_the_site_of_a_link() {
        let refused = [
            "{key}",
            "https://{key}/",
            "https://x.org{key}",
            "https://x.org:{key}/",
            "https:///{key}",
            "https://user@{key}/",
            "https://x.org\\{key}/",
            "javascript:alert({key})",
            "/posts/{key}",
        ];
        for link in refused {
            assert_eq!(
                KeyTemplate::parse_link(link),
                Err(KeyTemplateError::NoSite),
                "{link}"
            );
        }
        assert!(KeyTemplate::parse_link("http://[::1]:8000/{key}").is_ok());
    }

    #[test]
    fn braces_are_checked() {
        for source in ["{key", "key}", "a { b } c {", "}{"] {
            assert!(KeyTemplate::parse_label(source).is_err(), "{source}");
        }
        let error = KeyTemplate::parse_label("{event.a.b}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "has the unknown placeholder `{event.a.b}`"
        );
    }
}
