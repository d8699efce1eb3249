//! Dependencies and lints in every Cargo.toml, and the address of the repository.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::CheckFinding;
use super::tree::{SourceTree, number_lines};

const DEPENDENCY_TABLES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Parsed Cargo.toml.
pub(crate) struct CargoManifest<'a> {
    /// Path relative to the root.
    pub(crate) path: &'a str,
    text: &'a str,
    table: DeTable<'a>,
}

/// Dependency of a package.
pub(crate) struct PackageDependency<'a> {
    /// Name in the manifest.
    pub(crate) name: &'a str,
    /// Line number, from 1.
    pub(crate) line: usize,
    /// True if it is in `dev-dependencies`.
    pub(crate) only_in_tests: bool,
    value: &'a DeValue<'a>,
}

/// Parses the Cargo.toml of every package. One that is not valid TOML is a finding.
pub(crate) fn read_manifests<'a>(
    tree: &'a SourceTree,
    findings: &mut Vec<CheckFinding>,
) -> Vec<CargoManifest<'a>> {
    let texts = tree.files_ending_with("/Cargo.toml");
    texts
        .filter_map(|(path, text)| CargoManifest::parse_manifest(path, text, findings))
        .collect()
}

impl<'a> CargoManifest<'a> {
    fn parse_manifest(
        path: &'a str,
        text: &'a str,
        findings: &mut Vec<CheckFinding>,
    ) -> Option<Self> {
        let table = DeTable::parse(text).ok().map(Spanned::into_inner);
        if table.is_none() {
            findings.push(CheckFinding::new(path, 0, "not valid TOML"));
        }
        Some(Self {
            path,
            text,
            table: table?,
        })
    }

    /// Returns the name of the package.
    pub(crate) fn package_name(&self) -> &str {
        let name = find_table(&self.table, "package").and_then(|package| package.get("name"));
        name.and_then(|name| name.get_ref().as_str())
            .unwrap_or_default()
    }

    /// Iterates over the dependencies for all platforms.
    pub(crate) fn all_dependencies(&self) -> impl Iterator<Item = PackageDependency<'_>> {
        let platforms = find_table(&self.table, "target")
            .into_iter()
            .flat_map(DeTable::values);
        let tables = platforms
            .filter_map(|platform| platform.get_ref().as_table())
            .chain([&self.table]);
        tables.flat_map(move |tables| {
            DEPENDENCY_TABLES
                .iter()
                .flat_map(move |kind| self.dependencies_of_kind(tables, kind))
        })
    }

    fn dependencies_of_kind<'s>(
        &'s self,
        tables: &'s DeTable<'a>,
        kind: &str,
    ) -> impl Iterator<Item = PackageDependency<'s>> {
        let only_in_tests = kind == "dev-dependencies";
        find_table(tables, kind)
            .into_iter()
            .flatten()
            .map(move |(name, value)| PackageDependency {
                name: name.get_ref(),
                line: self.line_number(name),
                only_in_tests,
                value: value.get_ref(),
            })
    }

    fn line_number(&self, name: &Spanned<DeString<'_>>) -> usize {
        self.text[..name.span().start].matches('\n').count() + 1
    }
}

impl PackageDependency<'_> {
    /// True for a dev-dependency that is only a path. Cargo leaves it out of the published manifest,
    /// so that two crates may test with each other.
    fn is_only_a_test_path(&self) -> bool {
        let table = self.value.as_table();
        self.only_in_tests
            && table.is_some_and(|table| table.len() == 1 && table.contains_key("path"))
    }
}

/// Checks that dependencies and lints of every package are inherited from the workspace.
pub(crate) fn check_inheritance(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for manifest in read_manifests(tree, &mut findings) {
        for dependency in manifest.all_dependencies().filter(|dependency| {
            !is_inherited(dependency.value.as_table()) && !dependency.is_only_a_test_path()
        }) {
            let what = format!("`{}` is not inherited from the workspace", dependency.name);
            findings.push(CheckFinding::new(manifest.path, dependency.line, what));
        }
        if !is_inherited(find_table(&manifest.table, "lints")) {
            findings.push(CheckFinding::new(
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
pub(crate) fn check_explanations(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    let root = tree.text_files().find(|(path, _)| *path == "Cargo.toml");
    let Some(manifest) =
        root.and_then(|(path, text)| CargoManifest::parse_manifest(path, text, &mut findings))
    else {
        return findings;
    };
    let workspace = find_table(&manifest.table, "workspace");
    let dependencies = workspace.and_then(|workspace| find_table(workspace, "dependencies"));
    for (name, value) in dependencies.into_iter().flatten() {
        let ours = value
            .get_ref()
            .as_table()
            .is_some_and(|value| value.contains_key("path"));
        if !ours && !is_explained(&manifest.text[value.span().end..]) {
            let what = format!("`{}` has no comment with its purpose", name.get_ref());
            findings.push(CheckFinding::new(
                manifest.path,
                manifest.line_number(name),
                what,
            ));
        }
    }
    findings
}

/// Checks that every address of the repository is the one in the root Cargo.toml.
///
/// An address is a URL whose path begins with the owner's and the project's name, and the domain of
/// a mail address is that of the repository.
pub(crate) fn check_repository_address(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    let root = tree.text_files().find(|(path, _)| *path == "Cargo.toml");
    let manifest =
        root.and_then(|(path, text)| CargoManifest::parse_manifest(path, text, &mut findings));
    let package = manifest
        .as_ref()
        .and_then(|manifest| find_table(&manifest.table, "workspace"))
        .and_then(|workspace| find_table(workspace, "package"));
    let Some(address) = package
        .and_then(|package| package.get("repository"))
        .and_then(|address| address.get_ref().as_str())
    else {
        return findings;
    };
    let domain = address.split('/').nth(2).unwrap_or_default();
    for (path, text) in tree.text_files().filter(|(path, _)| !path.ends_with(".rs")) {
        for (line, text) in number_lines(text) {
            let wrong = find_repository_urls(text)
                .filter(|url| url.strip_suffix(".git").unwrap_or(url) != address);
            let mail = find_mail_domains(text).filter(|found| *found != domain);
            findings.extend(wrong.chain(mail).map(|found| {
                CheckFinding::new(path, line, format!("`{found}` is not in `{address}`"))
            }));
        }
    }
    findings
}

/// Finds URLs of a repository with the project's name, without what follows the name.
fn find_repository_urls(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("https://").filter_map(|(start, _)| {
        let rest = &line[start..];
        let end = rest
            .find(|c: char| c.is_whitespace() || "\"'`<>()[]#?,;".contains(c))
            .unwrap_or(rest.len());
        let url = &rest[..end];
        // https:, nothing, host, owner, project
        let mut parts = url.split('/').skip(2);
        let (host, owner, project) = (parts.next()?, parts.next()?, parts.next()?);
        let length = "https:////".len() + host.len() + owner.len() + project.len();
        (matches!(project, "accolade" | "accolade.git") && owner != "crates")
            .then(|| &url[..length])
    })
}

/// Finds the domains of the project's mail addresses.
fn find_mail_domains(line: &str) -> impl Iterator<Item = &str> {
    line.split("<accolade@")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
}

/// True if the rest of a line is a comment with text.
fn is_explained(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim();
    line.strip_prefix('#')
        .is_some_and(|comment| !comment.trim().is_empty())
}

fn find_table<'s, 'a>(parent: &'s DeTable<'a>, key: &str) -> Option<&'s DeTable<'a>> {
    parent.get(key)?.get_ref().as_table()
}
