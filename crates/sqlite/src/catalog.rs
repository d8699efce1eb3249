//! Publication of a catalog.

use accolade::store::{CatalogRow, DefinitionRow};

use crate::error::Error;
use crate::session::Session;

/// SQL statements for one kind of definition.
struct Kind {
    word: &'static str,
    retire: &'static str,
    put: &'static str,
}

macro_rules! kind {
    ($word:literal, $table:literal) => {
        Kind {
            word: $word,
            retire: concat!(
                "UPDATE ",
                $table,
                " SET retired_at = ?1 WHERE retired_at IS NULL"
            ),
            put: concat!(
                "INSERT INTO ",
                $table,
                " (id, name, description, category, detail) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                     description = excluded.description, category = excluded.category,
                     detail = excluded.detail, retired_at = NULL"
            ),
        }
    };
}

const KINDS: [Kind; 5] = [
    kind!("category", "categories"),
    kind!("currency", "currencies"),
    kind!("earning", "earnings"),
    kind!("badge", "badges"),
    kind!("unlockable", "unlockables"),
];

/// Stores a catalog version and its definitions. Definitions that the catalog no longer has are
/// retired.
pub(crate) fn install(
    session: &Session,
    catalog: &CatalogRow,
    definitions: &[DefinitionRow],
) -> Result<(), Error> {
    let installed_at = catalog.published_at.as_micros();
    session.execute(
        "INSERT INTO catalogs (version, source, format, fingerprint, code, published_at,
             published_by, changes, revoke, retired)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &[
            &catalog.version,
            &catalog.source,
            &catalog.format,
            &catalog.fingerprint,
            &catalog.code,
            &installed_at,
            &catalog.published_by,
            &catalog.changes,
            &catalog.revoke,
            &catalog.retired,
        ],
    )?;
    // Everything is retired first; putting a definition clears the mark again.
    for kind in &KINDS {
        session.execute(kind.retire, &[&installed_at])?;
        for definition in definitions
            .iter()
            .filter(|definition| definition.kind == kind.word)
        {
            session.execute(
                kind.put,
                &[
                    &definition.id,
                    &definition.name,
                    &definition.description,
                    &definition.category,
                    &definition.detail,
                ],
            )?;
        }
    }
    Ok(())
}
