//! Compiles the labels and links of keys.

use super::compiler::CatalogCompiler;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{KeyDocument, SpannedString};
use crate::catalog::key_template::{KeyRule, KeyTemplate, KeyTemplateError};

impl CatalogCompiler<'_> {
    pub(super) fn compile_keys(&mut self) -> Vec<KeyRule> {
        let document = self.document;
        let mut compile = |key: &KeyDocument| KeyRule {
            property: key.property.value.clone(),
            label: self.compile_key_template("label", key.label.as_ref(), KeyTemplate::parse_label),
            link: self.compile_key_template("link", key.link.as_ref(), KeyTemplate::parse_link),
        };
        document.keys.iter().map(&mut compile).collect()
    }

    fn compile_key_template(
        &mut self,
        name: &str,
        source: Option<&SpannedString>,
        parse: fn(&str) -> Result<KeyTemplate, KeyTemplateError>,
    ) -> Option<KeyTemplate> {
        let source = source?;
        match parse(source) {
            Ok(template) => Some(template),
            Err(error) => {
                let message = format!("the {name} {error}");
                let help = match error {
                    KeyTemplateError::NoSite => {
                        "write the scheme and the host as they are, followed by `/`: \
                         `https://example.com/posts/{key}`"
                    }
                    _ => {
                        "use `{key}` for the key, or `{event.title}` for the property `title` of \
                         the event"
                    }
                };
                let diagnostic = Diagnostic::new(source.span.clone(), message, "invalid template");
                self.diagnostics.push(diagnostic.with_help(help));
                None
            }
        }
    }
}
