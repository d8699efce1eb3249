//! Page templates: the built-in ones and the host's overrides.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use minijinja::value::Serde;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, TemplateSource, UndefinedBehavior, Value,
};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::filters;

/// Built-in templates, read from disk in debug builds and embedded in release builds.
#[derive(RustEmbed)]
#[folder = "templates"]
struct BuiltInTemplates;

/// Template environment of all pages.
///
/// A file in the host's folder overrides the built-in template of the same name and may extend it
/// as `built-in/NAME`. Overrides are reloaded when they change.
pub(crate) struct TemplateSet(Environment<'static>);

impl TemplateSet {
    /// Creates the environment with overrides from a folder; an empty path means no overrides.
    pub(crate) fn new(overrides: &Path) -> Self {
        let mut environment = Environment::new();
        let overrides = overrides.to_owned();
        environment.set_loader(move |name| load_template(&overrides, name));
        environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("html" | "svg") => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        // Templates may use fields of optional objects without checking for them.
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        filters::register_filters(&mut environment);
        crate::admin::add_filters(&mut environment);
        Self(environment)
    }

    /// Renders a template with a context.
    ///
    /// # Errors
    /// Returns an error if the template does not exist or is invalid.
    pub(crate) fn render_template(
        &self,
        name: &str,
        context: impl Serialize,
    ) -> Result<String, Error> {
        self.0
            .get_template(name)?
            .render(Value::from(Serde(context)))
    }

    /// Returns the sorted names of all built-in templates.
    #[cfg(test)]
    pub(crate) fn built_in_names() -> Vec<String> {
        let mut names: Vec<String> = BuiltInTemplates::iter()
            .map(|name| name.into_owned())
            .collect();
        names.sort();
        names
    }
}

fn load_template(overrides: &Path, name: &str) -> Result<Option<TemplateSource>, Error> {
    // Without the prefix, an override that extends the template of its name would extend itself.
    let (plain, may_override) = match name.strip_prefix("built-in/") {
        Some(plain) => (plain, false),
        None => (name, !overrides.as_os_str().is_empty()),
    };
    // An override can extend any name, so names must not lead out of the folder.
    let is_plain = plain
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..");
    if may_override && is_plain {
        let path = overrides.join(plain);
        // Before the text is read: after a change in between, the template is merely read again.
        let seen = modified_at(&path);
        let source = match fs::read_to_string(&path) {
            Ok(source) => Some(source),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => load_built_in(plain),
            Err(error) => {
                let detail = format!("cannot read the template `{}`", path.display());
                return Err(Error::new(ErrorKind::InvalidOperation, detail).with_source(error));
            }
        };
        // The check runs even if no override exists yet, so that one added later takes effect.
        return Ok(source.map(|source| {
            TemplateSource::new(source).with_uptodate_check(move || modified_at(&path) == seen)
        }));
    }
    Ok(load_built_in(plain).map(TemplateSource::new))
}

fn load_built_in(name: &str) -> Option<String> {
    let file = BuiltInTemplates::get(name)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

fn modified_at(path: &PathBuf) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn a_host_file_overrides_the_built_in_template_of_the_same_name_and_may_extend_it() {
        let folder = tempfile::tempdir().unwrap();
        let templates = TemplateSet::new(folder.path());
        let page = || {
            templates
                .render_template(
                    "error.html",
                    context! { problem_title => "Gone", detail => "<b>" },
                )
                .unwrap()
        };
        assert!(
            page().contains("Gone") && page().contains("&lt;b&gt;"),
            "text is escaped"
        );

        let over = "{% extends 'built-in/error.html' %}{% block title %}Ours{% endblock %}";
        fs::write(folder.path().join("error.html"), over).unwrap();
        assert!(
            page().contains("<title>Ours"),
            "an override added later takes effect: {}",
            page()
        );
        fs::remove_file(folder.path().join("error.html")).unwrap();
        assert!(!page().contains("<title>Ours"));
    }

    #[test]
    fn names_do_not_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret.html"), "secret").unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        for name in [
            "../secret.html",
            "a/../../secret.html",
            "/secret.html",
            "built-in/../secret.html",
        ] {
            assert!(
                TemplateSet::new(&inner)
                    .render_template(name, context! {})
                    .is_err(),
                "{name}"
            );
        }
    }
}
