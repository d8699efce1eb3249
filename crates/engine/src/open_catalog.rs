//! Opening a database: an empty one publishes the given catalog, any other keeps its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::rules::{RuleDisplay, RuleSet};
use accolade_core::code::CodeBadge;
use serde_json::json;

use crate::catalog_cache::{PublishedCatalog, format_name};
use crate::settings::ClockFn;
use crate::store::{CatalogRow, DefinitionRow, Store};
use crate::stored_code_badge::StoredCodeBadge;
use crate::{Error, registry};

/// Loads the published catalog, or publishes the given one in an empty database.
pub(crate) fn resolve_catalog(
    store: &dyn Store,
    given: Option<Catalog>,
    code_badges: &[CodeBadge],
    clock: &ClockFn,
    read_only: bool,
) -> Result<PublishedCatalog, Error> {
    let published = store.open_reader()?.load_catalog()?;
    match (published, given) {
        (None, None) => Err(Error::NoCatalog(store.database_url())),
        // A read-only engine works with the given catalog without publishing it.
        (None, Some(given)) if read_only => Ok(first_version(given, clock)),
        (None, Some(given)) => publish_first(store, given, clock),
        (Some(row), Some(given)) => check_same_catalog(store, &row, &given),
        (Some(row), None) => load_own_catalog(&row, code_badges, read_only),
    }
}

fn first_version(catalog: Catalog, clock: &ClockFn) -> PublishedCatalog {
    let (since, missing_code) = (clock(), Vec::new());
    PublishedCatalog {
        version: 1,
        catalog: Arc::new(catalog),
        published_at: since,
        revoke: false,
        missing_code,
        unheard_names: Default::default(),
    }
}

/// Publishes the first catalog.
fn publish_first(
    store: &dyn Store,
    catalog: Catalog,
    clock: &ClockFn,
) -> Result<PublishedCatalog, Error> {
    let mut writer = store.open_writer()?;
    let mut tx = writer.begin_transaction(&[])?;
    // Another process may have published since the check without a transaction.
    if let Some(row) = tx.load_catalog()? {
        return check_same_catalog(store, &row, &catalog);
    }
    let published = first_version(catalog, clock);
    let row = CatalogRow {
        version: published.version,
        published_at: published.published_at,
        published_by: None,
        note: None,
        changes: "[]".to_owned(),
        revoke: false,
        retired: "{\"badges\":[],\"unlockables\":[]}".to_owned(),
        ..build_document_row(&published.catalog)
    };
    tx.publish_catalog(&row, &build_definition_rows(published.catalog.rules()))?;
    tx.commit()?;
    Ok(published)
}

/// Fills the fields of a row that follow from the catalog itself.
pub(crate) fn build_document_row(catalog: &Catalog) -> CatalogRow {
    let code: Vec<_> = catalog
        .code_badges()
        .iter()
        .map(StoredCodeBadge::from)
        .collect();
    CatalogRow {
        version: 0,
        source: catalog.source().to_owned(),
        format: format_name(catalog.format()).to_owned(),
        fingerprint: catalog.fingerprint().to_owned(),
        code: json!(code).to_string(),
        published_at: Default::default(),
        published_by: None,
        note: None,
        changes: String::new(),
        revoke: false,
        retired: String::new(),
    }
}

/// Compiles the published catalog if the given one is the same.
fn check_same_catalog(
    store: &dyn Store,
    row: &CatalogRow,
    given: &Catalog,
) -> Result<PublishedCatalog, Error> {
    if row.fingerprint == given.fingerprint() {
        return PublishedCatalog::compile_row(row, given.code_badges());
    }
    // Differences are listed by name, so the code badges of the stored catalog are not needed.
    let differences = match PublishedCatalog::compile_row(row, &[]) {
        Ok(stored) => list_differences(row, &stored.catalog, given),
        Err(_) => vec!["this release cannot read the published catalog".to_owned()],
    };
    Err(Error::CatalogDiffers {
        location: store.database_url(),
        differences,
    })
}

/// Compiles the database's own catalog. In read-only mode, placeholders stand in for missing code
/// badges.
fn load_own_catalog(
    row: &CatalogRow,
    code_badges: &[CodeBadge],
    read_only: bool,
) -> Result<PublishedCatalog, Error> {
    let published = match code_badges.is_empty() {
        true => PublishedCatalog::compile_row(row, &registry::collect_badges())?,
        false => PublishedCatalog::compile_row(row, code_badges)?,
    };
    if !read_only {
        published.require_code()?;
    }
    Ok(published)
}

/// Lists the differences between the published and a given catalog, one line each.
pub(crate) fn list_differences(
    row: &CatalogRow,
    published: &Catalog,
    given: &Catalog,
) -> Vec<String> {
    let sides = [canonical_rules(published), canonical_rules(given)];
    let mut lines = Vec::new();
    for (part, content) in &sides[0] {
        match sides[1].get(part) {
            None => lines.push(format!("{part} was removed")),
            Some(other) if other != content => lines.push(format!("{part} was changed")),
            Some(_) => {}
        }
    }
    lines.extend(
        sides[1]
            .keys()
            .filter(|part| !sides[0].contains_key(*part))
            .map(|part| format!("{part} was added")),
    );
    // The fingerprint also covers the version of the engine's semantics.
    if lines.is_empty() {
        lines.push(format!(
            "it was published at {} by a release with other semantics",
            row.published_at
        ));
    }
    lines
}

/// Lists the rules of a catalog by name, with texts that are equal for equal rules.
fn canonical_rules(catalog: &Catalog) -> BTreeMap<String, String> {
    let written = catalog
        .canonical_parts()
        .iter()
        .map(|part| (part.name.clone(), part.content.clone()));
    let code = catalog.code_badges().iter();
    let code = code.map(|badge| {
        (
            format!("the code badge `{}`", badge.id),
            badge.version.to_string(),
        )
    });
    written.chain(code).collect()
}

/// Builds the rows of the table `definitions`, which exists for queries in SQL.
pub(crate) fn build_definition_rows(rules: &RuleSet) -> Vec<DefinitionRow> {
    let row =
        |kind: &str, id: &str, display: &RuleDisplay, detail: serde_json::Value| DefinitionRow {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: display.name.clone(),
            description: display.description.clone(),
            category: display.category.clone(),
            detail: detail.to_string(),
        };
    let mut rows = Vec::new();
    for category in &rules.categories {
        rows.push(row("category", &category.id, &category.display, json!({})));
    }
    for currency in &rules.currencies {
        rows.push(row(
            "currency",
            &currency.id,
            &currency.display,
            json!({ "icon": currency.icon }),
        ));
    }
    for earning in &rules.earnings {
        rows.push(row("earning", &earning.id, &earning.display, json!({})));
    }
    // Retired rules keep their rows from earlier versions (S15).
    for badge in rules.badges.iter().filter(|badge| !badge.retired) {
        let visibility = match badge.visibility {
            Visibility::Public => "public",
            Visibility::Secret => "secret",
            Visibility::Invisible => "invisible",
        };
        let tiers: Vec<&str> = badge
            .tiers
            .iter()
            .filter(|tier| !tier.retired)
            .map(|tier| tier.id.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        let detail = json!({
            "visibility": visibility,
            "tiers": tiers,
            "images": {
                "locked": badge.image_locked, "unlocked": badge.image_unlocked, "secret": badge.image_secret,
            },
            "in_code": badge.code_badge.is_some(),
        });
        rows.push(row("badge", &badge.id, &badge.display, detail));
    }
    for unlockable in rules
        .unlockables
        .iter()
        .filter(|unlockable| !unlockable.retired)
    {
        let detail = json!({ "relock": unlockable.relock });
        rows.push(row(
            "unlockable",
            &unlockable.id,
            &unlockable.display,
            detail,
        ));
    }
    rows
}
