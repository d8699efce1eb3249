//! Sources of the site: the texts that the summary lists, with their links adapted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::api_page;
use crate::markdown::{self, MarkdownLink};

const SUMMARY_PATH: &str = "docs/SUMMARY.md";
/// Document for programs, of which the site has a page for people.
const API_PATH: &str = "docs/openapi.json";
const API_PAGE: &str = "docs/openapi.md";
/// Text that a code host shows for a folder, and its name in the site: mdBook renames the page, but
/// not the links to it.
const INDEX_SOURCE: &str = "README.md";
const INDEX_PAGE: &str = "index.md";
/// Path to a file in the repository, after its address.
const FILE_PREFIX: &str = "blob/main";
/// Files that are copied into the site if a page links to them.
const ASSET_EXTENSIONS: [&str; 4] = ["json", "png", "svg", "webp"];

/// Pages and other files of the site, by their paths in the repository.
pub(super) struct SiteSources {
    pages: BTreeMap<String, String>,
    assets: BTreeSet<String>,
    summary: String,
}

impl SiteSources {
    /// Reads the summary and the pages that it lists.
    ///
    /// # Errors
    /// Returns an error if a file is missing, or if the summary leaves out a page of `docs`.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let read = |path: &str| {
            fs::read_to_string(root.join(path))
                .map_err(|error| format!("cannot read {path}: {error}"))
        };
        let summary = read(SUMMARY_PATH)?;
        let listed = list_pages(&summary)?;
        check_completeness(root, &listed)?;
        let repository = find_repository(&read("Cargo.toml")?)?;
        let mut sources = Self {
            pages: BTreeMap::new(),
            assets: BTreeSet::new(),
            summary: adapt_summary(&summary),
        };
        for path in &listed {
            let text = if path == API_PATH {
                api_page::write_page(&read(API_PATH)?)?
            } else {
                read(path)?
            };
            let page = page_path(path);
            let adapted = sources.adapt_links(&page, &text, &listed, &repository);
            sources.pages.insert(page, adapted);
        }
        Ok(sources)
    }

    /// Returns the number of pages.
    pub(super) fn page_count(&self) -> u64 {
        self.pages.len() as u64
    }

    /// Writes everything in the layout of the repository.
    ///
    /// # Errors
    /// Returns an error if a file cannot be written, or a linked one does not exist.
    pub(super) fn write(&self, root: &Path, folder: &Path) -> Result<(), String> {
        write_file(&folder.join("SUMMARY.md"), &self.summary)?;
        for (path, text) in &self.pages {
            write_file(&folder.join(path), text)?;
        }
        for path in &self.assets {
            let to = folder.join(path);
            create_parent(&to)?;
            fs::copy(root.join(path), &to)
                .map_err(|error| format!("cannot copy {path}: {error}"))?;
        }
        Ok(())
    }

    /// Replaces links to files that are not in the site by links to the repository.
    fn adapt_links(
        &mut self,
        page: &str,
        text: &str,
        listed: &[String],
        repository: &str,
    ) -> String {
        replace_targets(text, |link| {
            if markdown::is_external(&link.target) || link.target.starts_with('#') {
                return None;
            }
            let (path, anchor) = markdown::resolve_link(page, &link.target)?;
            if path != API_PATH && listed.contains(&path) {
                return link
                    .target
                    .contains(INDEX_SOURCE)
                    .then(|| link.target.replace(INDEX_SOURCE, INDEX_PAGE));
            }
            let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
            if ASSET_EXTENSIONS.contains(&extension) {
                self.assets.insert(path);
                return None;
            }
            let anchor = if anchor.is_empty() {
                anchor
            } else {
                format!("#{anchor}")
            };
            Some(format!("{repository}/{FILE_PREFIX}/{path}{anchor}"))
        })
    }
}

/// Lists the pages of the summary as paths from the root.
fn list_pages(summary: &str) -> Result<Vec<String>, String> {
    let links = markdown::find_links(summary);
    let resolve = |link: &MarkdownLink| {
        markdown::resolve_link(SUMMARY_PATH, &link.target)
            .map(|(path, _)| path)
            .ok_or_else(|| {
                format!(
                    "{SUMMARY_PATH}:{}: `{}` leaves the project",
                    link.line, link.target
                )
            })
    };
    links.iter().map(resolve).collect()
}

/// Checks that the summary lists every page of `docs`.
fn check_completeness(root: &Path, listed: &[String]) -> Result<(), String> {
    let entries =
        fs::read_dir(root.join("docs")).map_err(|error| format!("cannot list docs: {error}"))?;
    let missing: Vec<String> = entries
        .flatten()
        .map(|entry| format!("docs/{}", entry.file_name().to_string_lossy()))
        .filter(|path| path.ends_with(".md") && path != SUMMARY_PATH && !listed.contains(path))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{SUMMARY_PATH} lacks {}; add a line where readers look for it",
            missing.join(", ")
        )),
    }
}

/// Adapts the summary to the root of the site, where mdBook expects it.
fn adapt_summary(summary: &str) -> String {
    replace_targets(summary, |link| {
        markdown::resolve_link(SUMMARY_PATH, &link.target).map(|(path, _)| page_path(&path))
    })
}

/// Returns the path of a page in the site.
fn page_path(path: &str) -> String {
    if path == API_PATH {
        return API_PAGE.to_owned();
    }
    path.replace(INDEX_SOURCE, INDEX_PAGE)
}

/// Finds the address of the repository in the root `Cargo.toml`.
fn find_repository(manifest: &str) -> Result<String, String> {
    let manifest: toml::Table = manifest
        .parse()
        .map_err(|error| format!("cannot read Cargo.toml: {error}"))?;
    manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("repository")?.as_str())
        .map(str::to_owned)
        .ok_or_else(|| "Cargo.toml lacks the address of the repository".to_owned())
}

/// Replaces the targets of links for which there is another one.
fn replace_targets(
    text: &str,
    mut find_other: impl FnMut(&MarkdownLink) -> Option<String>,
) -> String {
    let mut replacements: Vec<(usize, usize, String)> = Vec::new();
    for link in markdown::find_links(text) {
        let whole = &text[link.range.clone()];
        // The target of a reference is elsewhere; the check of the site's links then finds it.
        if let Some(position) = whole.rfind(&link.target)
            && let Some(other) = find_other(&link)
        {
            let start = link.range.start + position;
            replacements.push((start, start + link.target.len(), other));
        }
    }
    replacements.sort();
    let mut replaced = text.to_owned();
    for (start, end, other) in replacements.into_iter().rev() {
        replaced.replace_range(start..end, &other);
    }
    replaced
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    create_parent(path)?;
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn create_parent(path: &Path) -> Result<(), String> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)
        .map_err(|error| format!("cannot create {}: {error}", parent.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_project(summary: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let files = [
            (
                "Cargo.toml",
                "[workspace.package]\nrepository = 'https://host/us/it'\n",
            ),
            ("docs/SUMMARY.md", summary),
            (
                "docs/a.md",
                "[b](b.md#x) [code](../src/a.rs) ![p](images/p.svg) [w](https://w)\n",
            ),
            (
                "docs/b.md",
                "[![p](images/p.svg)](../src/a.rs#L3)\n# X\n[r](../README.md#r)\n",
            ),
            ("README.md", "# R\n[x](docs/b.md#x) [r](#r)\n"),
            ("docs/images/p.svg", "<svg/>"),
        ];
        for (path, text) in files {
            write_file(&root.path().join(path), text).unwrap();
        }
        root
    }

    #[test]
    fn links_between_pages_stay_and_others_lead_to_the_repository() {
        let root = write_project("[R](../README.md)\n- [A](a.md)\n- [B](b.md)\n");
        let site = root.path().join("site");
        let sources = SiteSources::read(root.path()).unwrap();
        sources.write(root.path(), &site).unwrap();
        let read = |path: &str| fs::read_to_string(site.join(path)).unwrap();
        assert_eq!(
            read("docs/a.md"),
            "[b](b.md#x) [code](https://host/us/it/blob/main/src/a.rs) ![p](images/p.svg) \
             [w](https://w)\n"
        );
        assert_eq!(
            read("docs/b.md"),
            "[![p](images/p.svg)](https://host/us/it/blob/main/src/a.rs#L3)\n# X\n\
             [r](../index.md#r)\n"
        );
        assert_eq!(read("index.md"), "# R\n[x](docs/b.md#x) [r](#r)\n");
        assert_eq!(read("docs/images/p.svg"), "<svg/>");
        assert_eq!(
            read("SUMMARY.md"),
            "[R](index.md)\n- [A](docs/a.md)\n- [B](docs/b.md)\n"
        );
    }

    #[test]
    fn a_page_that_the_summary_lacks_is_an_error() {
        let root = write_project("- [A](a.md)\n");
        let error = SiteSources::read(root.path()).err().unwrap();
        assert!(error.contains("docs/SUMMARY.md lacks docs/b.md"), "{error}");
    }
}
