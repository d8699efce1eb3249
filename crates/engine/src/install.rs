//! Which catalog is in force: an empty database takes the one that is given, any other keeps its own.

use std::collections::BTreeMap;

use accolade_core::catalog::document::Visibility;
use accolade_core::catalog::rules::{Display, Rules};
use accolade_core::catalog::{Catalog, Format};
use accolade_core::code::CodeBadge;
use serde_json::json;

use crate::settings::Clock;
use crate::store::{CatalogRow, DefinitionRow, Store};
use crate::stored_code::StoredCode;
use crate::{Error, registry};

/// The catalog to work with.
pub(crate) struct InForce {
    pub(crate) catalog: Catalog,
    /// Badges in code that it counts on and that are not here, so that nothing can be folded.
    pub(crate) missing_code: Vec<String>,
}

impl From<Catalog> for InForce {
    fn from(catalog: Catalog) -> Self {
        Self { catalog, missing_code: Vec::new() }
    }
}

/// The catalog to work with, installed where there was none.
pub(crate) fn catalog(
    store: &dyn Store,
    given: Option<Catalog>,
    code_badges: Vec<CodeBadge>,
    clock: &Clock,
    read_only: bool,
) -> Result<InForce, Error> {
    let in_force = store.reader()?.catalog()?;
    match (in_force, given) {
        (None, None) => Err(Error::NoCatalog(store.location())),
        (None, Some(given)) if read_only => Ok(given.into()),
        (None, Some(given)) => install(store, given, clock).map(InForce::from),
        (Some(row), Some(given)) => same(store, &row, given).map(InForce::from),
        (Some(row), None) => own(&row, code_badges, read_only),
    }
}

/// Puts the first catalog in force. Another process may have done so in the meantime: then its catalog counts.
fn install(store: &dyn Store, catalog: Catalog, clock: &Clock) -> Result<Catalog, Error> {
    let mut writer = store.writer()?;
    let mut tx = writer.begin(&[])?;
    if let Some(row) = tx.catalog()? {
        return same(store, &row, catalog);
    }
    let code: Vec<_> = catalog.code_badges().iter().map(StoredCode::from).collect();
    let row = CatalogRow {
        version: 1,
        source: catalog.source().to_owned(),
        format: format_word(catalog.format()).to_owned(),
        fingerprint: catalog.fingerprint().to_owned(),
        code: json!(code).to_string(),
        installed_at: clock(),
        by: None,
        changes: "[]".to_owned(),
        take_back: false,
        retired: "[]".to_owned(),
    };
    tx.install_catalog(&row, &definitions(catalog.rules()))?;
    tx.commit()?;
    Ok(catalog)
}

/// The given catalog, if it is the one in force.
fn same(store: &dyn Store, row: &CatalogRow, given: Catalog) -> Result<Catalog, Error> {
    if row.fingerprint == given.fingerprint() {
        return Ok(given);
    }
    let stand_ins = StoredCode::of(row)?.into_iter().map(StoredCode::stand_in).collect();
    let differences = match Catalog::new(&row.source, "the catalog in force", format_of(&row.format), stand_ins) {
        Ok(stored) => differences(row, &stored, &given),
        Err(_) => vec!["this release cannot read the catalog in force".to_owned()],
    };
    Err(Error::CatalogDiffers { location: store.location(), differences })
}

/// The database's own catalog, with the badges in code that it counts on. To read only, those that are missing are
/// stood in for.
fn own(row: &CatalogRow, code_badges: Vec<CodeBadge>, read_only: bool) -> Result<InForce, Error> {
    let wanted = StoredCode::of(row)?;
    let mut used = if code_badges.is_empty() { registry::collected() } else { code_badges };
    used.retain(|badge| wanted.iter().any(|code| code.is(badge)));
    let lacking: Vec<StoredCode> = wanted.into_iter().filter(|code| !used.iter().any(|badge| code.is(badge))).collect();
    let missing_code: Vec<String> = lacking.iter().map(StoredCode::label).collect();
    if !missing_code.is_empty() && !read_only {
        return Err(Error::MissingCode(missing_code));
    }
    used.extend(lacking.into_iter().map(StoredCode::stand_in));
    let catalog = Catalog::new(&row.source, "the catalog in force", format_of(&row.format), used)?;
    Ok(InForce { catalog, missing_code })
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::Toml => "toml",
        Format::Json => "json",
    }
}

fn format_of(word: &str) -> Format {
    if word == "json" { Format::Json } else { Format::Toml }
}

/// What differs between two catalogs, a line each.
fn differences(row: &CatalogRow, in_force: &Catalog, given: &Catalog) -> Vec<String> {
    let sides = [parts(in_force), parts(given)];
    let mut lines = Vec::new();
    for (part, content) in &sides[0] {
        match sides[1].get(part) {
            None => lines.push(format!("{part} is missing in the catalog given")),
            Some(other) if other != content => lines.push(format!("{part} differs")),
            Some(_) => {}
        }
    }
    lines.extend(
        sides[1]
            .keys()
            .filter(|part| !sides[0].contains_key(*part))
            .map(|part| format!("{part} is new in the catalog given")),
    );
    if lines.is_empty() {
        lines.push(format!("the release that put it in force ({}) had other semantics", row.installed_at));
    }
    lines
}

/// Each definition of a catalog by name, as a text that is equal for equal definitions.
fn parts(catalog: &Catalog) -> BTreeMap<String, String> {
    let written = catalog.canonical_parts().iter().map(|part| (part.name.clone(), part.content.clone()));
    let code = catalog.code_badges().iter();
    let code = code.map(|badge| (format!("the badge in code `{}`", badge.id), badge.version.to_string()));
    written.chain(code).collect()
}

/// The rows for people's queries.
fn definitions(rules: &Rules) -> Vec<DefinitionRow> {
    let row = |kind: &str, id: &str, display: &Display, detail: serde_json::Value| DefinitionRow {
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
        rows.push(row("currency", &currency.id, &currency.display, json!({ "icon": currency.icon })));
    }
    for earning in &rules.earnings {
        rows.push(row("earning", &earning.id, &earning.display, json!({})));
    }
    for badge in &rules.badges {
        let visibility = match badge.visibility {
            Visibility::Public => "public",
            Visibility::Secret => "secret",
            Visibility::Invisible => "invisible",
        };
        let tiers: Vec<&str> = badge.tiers.iter().map(|tier| tier.id.as_str()).filter(|id| !id.is_empty()).collect();
        let detail = json!({
            "visibility": visibility,
            "tiers": tiers,
            "images": {
                "locked": badge.image_locked, "unlocked": badge.image_unlocked, "secret": badge.image_secret,
            },
            "in_code": badge.code.is_some(),
        });
        rows.push(row("badge", &badge.id, &badge.display, detail));
    }
    for unlockable in &rules.unlockables {
        let detail = json!({ "relock": unlockable.relock });
        rows.push(row("unlockable", &unlockable.id, &unlockable.display, detail));
    }
    rows
}
