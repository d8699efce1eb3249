//! Dependencies and lints in every Cargo.toml.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::Finding;
use super::tree::Tree;

const KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Parsed Cargo.toml.
pub(crate) struct Manifest<'a> {
    /// Path relative to the root.
    pub(crate) path: &'a str,
    text: &'a str,
    table: DeTable<'a>,
}

/// Dependency of a package.
pub(crate) struct Dependency<'a> {
    /// Name in the manifest.
    pub(crate) name: &'a str,
    /// Line number, from 1.
    pub(crate) line: usize,
    /// True if it is in `dev-dependencies`.
    pub(crate) only_in_tests: bool,
    value: &'a DeValue<'a>,
}

/// Parses the Cargo.toml of every package. One that is not valid TOML is a finding.
pub(crate) fn all<'a>(tree: &'a Tree, findings: &mut Vec<Finding>) -> Vec<Manifest<'a>> {
    let texts = tree.ending("/Cargo.toml");
    texts
        .filter_map(|(path, text)| Manifest::read(path, text, findings))
        .collect()
}

impl<'a> Manifest<'a> {
    fn read(path: &'a str, text: &'a str, findings: &mut Vec<Finding>) -> Option<Self> {
        let table = DeTable::parse(text).ok().map(Spanned::into_inner);
        if table.is_none() {
            findings.push(Finding::new(path, 0, "not valid TOML"));
        }
        Some(Self {
            path,
            text,
            table: table?,
        })
    }

    /// Returns the name of the package.
    pub(crate) fn name(&self) -> &str {
        let name = table(&self.table, "package").and_then(|package| package.get("name"));
        name.and_then(|name| name.get_ref().as_str())
            .unwrap_or_default()
    }

    /// Iterates over the dependencies for all platforms.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        let platforms = table(&self.table, "target")
            .into_iter()
            .flat_map(DeTable::values);
        let tables = platforms
            .filter_map(|platform| platform.get_ref().as_table())
            .chain([&self.table]);
        tables.flat_map(move |tables| {
            KINDS
                .iter()
                .flat_map(move |kind| self.of_kind(tables, kind))
        })
    }

    fn of_kind<'s>(
        &'s self,
        tables: &'s DeTable<'a>,
        kind: &str,
    ) -> impl Iterator<Item = Dependency<'s>> {
        let only_in_tests = kind == "dev-dependencies";
        table(tables, kind)
            .into_iter()
            .flatten()
            .map(move |(name, value)| Dependency {
                name: name.get_ref(),
                line: self.line(name),
                only_in_tests,
                value: value.get_ref(),
            })
    }

    fn line(&self, name: &Spanned<DeString<'_>>) -> usize {
        self.text[..name.span().start].matches('\n').count() + 1
    }
}

/// Checks that dependencies and lints of every package are inherited from the workspace.
pub(crate) fn inherited(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in all(tree, &mut findings) {
        for dependency in manifest
            .dependencies()
            .filter(|dependency| !is_inherited(dependency.value.as_table()))
        {
            let what = format!("`{}` is not inherited from the workspace", dependency.name);
            findings.push(Finding::new(manifest.path, dependency.line, what));
        }
        if !is_inherited(table(&manifest.table, "lints")) {
            findings.push(Finding::new(
                manifest.path,
                0,
                "the lints are not inherited from the workspace",
            ));
        }
    }
    findings
}

fn is_inherited(table: Option<&DeTable<'_>>) -> bool {
    table
        .and_then(|table| table.get("workspace"))
        .and_then(|value| value.get_ref().as_bool())
        == Some(true)
}

/// Checks that every external dependency in the root Cargo.toml has a comment with its purpose.
pub(crate) fn explained(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = tree.texts().find(|(path, _)| *path == "Cargo.toml");
    let Some(manifest) = root.and_then(|(path, text)| Manifest::read(path, text, &mut findings))
    else {
        return findings;
    };
    let workspace = table(&manifest.table, "workspace");
    let dependencies = workspace.and_then(|workspace| table(workspace, "dependencies"));
    for (name, value) in dependencies.into_iter().flatten() {
        let ours = value
            .get_ref()
            .as_table()
            .is_some_and(|value| value.contains_key("path"));
        if !ours && !is_explained(&manifest.text[value.span().end..]) {
            let what = format!("`{}` has no comment with its purpose", name.get_ref());
            findings.push(Finding::new(manifest.path, manifest.line(name), what));
        }
    }
    findings
}

/// True if the rest of a line is a comment with text.
fn is_explained(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim();
    line.strip_prefix('#')
        .is_some_and(|comment| !comment.trim().is_empty())
}

fn table<'s, 'a>(parent: &'s DeTable<'a>, key: &str) -> Option<&'s DeTable<'a>> {
    parent.get(key)?.get_ref().as_table()
}
