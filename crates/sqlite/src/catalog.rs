//! Publication of a catalog.

use accolade::store::{CatalogRow, DefinitionRow};

use crate::error::Error;
use crate::session::DatabaseSession;

/// SQL statements for one kind of definition.
struct DefinitionStatements {
    kind: &'static str,
    retire: &'static str,
    put: &'static str,
}

macro_rules! statements {
    ($kind:literal, $table:literal) => {
        DefinitionStatements {
            kind: $kind,
            // Definitions are never deleted: holdings and ledger entries refer to them (S15).
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

const STATEMENTS: [DefinitionStatements; 5] = [
    statements!("category", "categories"),
    statements!("currency", "currencies"),
    statements!("earning", "earnings"),
    statements!("badge", "badges"),
    statements!("unlockable", "unlockables"),
];

/// Stores a catalog version and its definitions. Definitions that the catalog no longer has are
/// retired.
pub(crate) fn publish_catalog(
    session: &DatabaseSession,
    catalog: &CatalogRow,
    definitions: &[DefinitionRow],
) -> Result<(), Error> {
    let installed_at = catalog.published_at.as_micros();
    session.execute_once(
        "INSERT INTO catalogs (version, source, format, fingerprint, code, published_at,
             published_by, note, changes, revoke, retired)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &[
            &catalog.version,
            &catalog.source,
            &catalog.format,
            &catalog.fingerprint,
            &catalog.code,
            &installed_at,
            &catalog.published_by,
            &catalog.note,
            &catalog.changes,
            &catalog.revoke,
            &catalog.retired,
        ],
    )?;
    // Everything is retired first; putting a definition clears the mark again.
    for kind in &STATEMENTS {
        session.execute_once(kind.retire, &[&installed_at])?;
        for definition in definitions
            .iter()
            .filter(|definition| definition.kind == kind.kind)
        {
            session.execute_once(
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
