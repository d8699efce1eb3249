//! Page that compares the text of a catalog version with the one before.

use axum::extract::{Path, Query};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::CatalogVersionModel;
use crate::problem::Problem;

/// Unchanged lines shown around a change.
const CONTEXT_LINES: usize = 3;
/// Maximum number of lines that a page shows.
const MAX_LINES: usize = 2_000;

/// Comparison of two versions.
#[derive(Default, Serialize)]
pub(in crate::admin) struct DifferencePage {
    pub(in crate::admin) version: Option<CatalogVersionModel>,
    pub(in crate::admin) number: i64,
    /// The version on the left; `None` if the text is shown as a whole.
    pub(in crate::admin) against: Option<i64>,
    pub(in crate::admin) published_version: i64,
    /// Groups of changed lines with the lines around them.
    pub(in crate::admin) hunks: Vec<Vec<DifferenceLine>>,
    pub(in crate::admin) added: usize,
    pub(in crate::admin) removed: usize,
    pub(in crate::admin) is_cut: bool,
}

/// Line of a comparison.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct DifferenceLine {
    /// `added`, `removed` or `same`.
    kind: &'static str,
    /// Number in the older text.
    old: Option<usize>,
    /// Number in the newer text.
    new: Option<usize>,
    text: String,
}

impl AdminPage for DifferencePage {
    const TEMPLATE: &'static str = "admin/difference.html";
    const SECTION: &'static str = "catalog";
}

/// `GET /admin/catalog/history/{version}`: compares with the version before, or with `against`.
pub(in crate::admin) async fn show_difference_page(
    visit: AdminRequest,
    Path(number): Path<i64>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let engine = &visit.app().engine;
    let versions = engine.catalog().list_versions().await?;
    let Some(version) = versions.iter().find(|one| one.version == number) else {
        let detail = format!("catalog version {number} not found");
        return Err(Problem::resource_not_found(detail).into());
    };
    let asked = FormData::from_query(query).get("against").parse();
    let earlier = versions.iter().map(|one| one.version);
    let against = asked
        .ok()
        .or_else(|| earlier.filter(|one| *one < number).max());
    let text = engine.catalog().load_version(number).await?;
    let before = match against {
        Some(against) => engine
            .catalog()
            .load_version(against)
            .await?
            .source()
            .to_owned(),
        None => String::new(),
    };
    let mut page = compare_texts(&before, text.source());
    page.number = number;
    page.against = against;
    page.published_version = engine.catalog().version();
    page.version = Some(version.clone().into());
    visit.render_page(&page).await
}

/// Compares two texts line by line.
fn compare_texts(before: &str, after: &str) -> DifferencePage {
    let compared = TextDiff::from_lines(before, after);
    let mut page = DifferencePage::default();
    let mut lines = 0;
    for group in compared.grouped_ops(CONTEXT_LINES) {
        let mut hunk = Vec::new();
        for change in group
            .iter()
            .flat_map(|operation| compared.iter_changes(operation))
        {
            let kind = match change.tag() {
                ChangeTag::Insert => "added",
                ChangeTag::Delete => "removed",
                ChangeTag::Equal => "same",
            };
            page.added += usize::from(kind == "added");
            page.removed += usize::from(kind == "removed");
            lines += 1;
            if lines <= MAX_LINES {
                hunk.push(DifferenceLine {
                    kind,
                    old: change.old_index().map(|index| index + 1),
                    new: change.new_index().map(|index| index + 1),
                    text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
                });
            }
        }
        page.hunks
            .extend(Some(hunk).filter(|hunk| !hunk.is_empty()));
    }
    page.is_cut = lines > MAX_LINES;
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_shown_with_the_lines_around_them() {
        let before: String = (1..=20).map(|line| format!("line {line}\n")).collect();
        let after = before.replace("line 10\n", "line ten\n");
        let page = compare_texts(&before, &after);
        assert_eq!((page.added, page.removed, page.hunks.len()), (1, 1, 1));
        let kinds: Vec<&str> = page.hunks[0].iter().map(|line| line.kind).collect();
        assert_eq!(
            kinds,
            [
                "same", "same", "same", "removed", "added", "same", "same", "same"
            ]
        );
        assert_eq!(page.hunks[0][4].new, Some(10));
        assert!(compare_texts(&before, &before).hunks.is_empty());
    }
}
