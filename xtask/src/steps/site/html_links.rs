//! Links of the built site: every one has a target, and every anchor an element.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Page of mdBook for missing pages. Its links depend on where the site is served.
const NOT_FOUND_PAGE: &str = "404.html";

/// Finds the links without a target in all pages of a folder.
pub(super) fn find_problems(folder: &Path) -> io::Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    read_pages(folder, &mut pages)?;
    let anchors: BTreeMap<&Path, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, html)| (path.as_path(), find_attributes(html, "id").collect()))
        .collect();
    let mut problems = Vec::new();
    for (path, html) in &pages {
        let links = find_attributes(html, "href").chain(find_attributes(html, "src"));
        for link in links.filter(|link| !is_external(link)) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = resolve_path(path, file);
            let found = match anchors.get(target.as_path()) {
                Some(ids) => anchor.is_empty() || ids.contains(anchor),
                None => target.is_file(),
            };
            if !found {
                let page = path.strip_prefix(folder).unwrap_or(path);
                problems.push(format!("{}: target `{link}` not found", page.display()));
            }
        }
    }
    Ok(problems)
}

fn read_pages(folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_pages(&path, pages)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "html")
            && !path.ends_with(NOT_FOUND_PAGE)
        {
            let html = fs::read_to_string(&path)?;
            pages.insert(path, html);
        }
    }
    Ok(())
}

/// Finds the values of an attribute in all tags. mdBook writes attributes with double quotes, and
/// escapes `<` in code.
fn find_attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let opening = format!(" {name}=\"");
    html.split('<').filter_map(move |rest| {
        let tag = rest.split('>').next()?;
        tag.split_once(&opening)?.1.split('"').next()
    })
}

fn is_external(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:")
}

/// Resolves the file of a link. A link without a file is about its own page, and a folder is its
/// `index.html`.
fn resolve_path(from: &Path, file: &str) -> PathBuf {
    if file.is_empty() {
        return from.to_owned();
    }
    let mut resolved = from.parent().unwrap_or(from).to_owned();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => resolved.push(name),
            _ => {}
        }
    }
    if resolved.is_dir() {
        resolved.push("index.html");
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_page_picture_or_anchor_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        let pages = [
            (
                "index.html",
                "<a href=\"docs/a.html#top\"> <a href=\"https://w/\"> <img src=\"p.png\">",
            ),
            (
                "docs/a.html",
                "<h1 id=\"top\"> &lt;a href=\"code\"&gt; <a href=\"../index.html\"> <a href=\"../\"> <a href=\"#top\"> \
                 <a href=\"#end\"> <a href=\"b.html\">",
            ),
            ("404.html", "<a href=\"/gone.html\">"),
        ];
        for (path, html) in pages {
            fs::write(folder.path().join(path), html).unwrap();
        }
        assert_eq!(
            find_problems(folder.path()).unwrap(),
            [
                "docs/a.html: target `#end` not found",
                "docs/a.html: target `b.html` not found",
                "index.html: target `p.png` not found",
            ]
        );
    }
}
