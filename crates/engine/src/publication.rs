//! Publications of a catalog, and their transaction.

use std::sync::Arc;

use accolade_core::catalog::{Catalog, RetiredRules};
use accolade_core::time::Timestamp;
use serde_json::json;

use crate::audit::AuditActor;
use crate::backfill_progress::StoredBackfill;
use crate::catalog_cache::{CatalogCache, PublishedCatalog, parse_retired};
use crate::open_catalog::{build_definition_rows, build_document_row, list_differences};
use crate::plan::PlanToken;
use crate::store::{CatalogRow, StoreError, Transaction};
use crate::{CancellationToken, Error};

/// Options of [`Catalogs::publish`](crate::Catalogs::publish).
///
/// ```
/// use accolade::PublishOptions;
///
/// let grandfathering = PublishOptions::default().by("grace");
/// let strict = PublishOptions::default().by("grace").revoke();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishOptions {
    by: Option<String>,
    note: Option<String>,
    revoke: bool,
    pub(crate) expected_version: Option<i64>,
    pub(crate) plan: Option<PlanToken>,
    cancellation: Option<CancellationToken>,
    /// Actor of the audit log.
    pub(crate) actor: AuditActor,
}

impl PublishOptions {
    /// Names the person or program that publishes.
    #[must_use]
    pub fn by(mut self, who: &str) -> Self {
        self.by = Some(who.to_owned());
        self
    }

    /// Stores a note with the version, such as the reason for the change. A blank note is none.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        self.note = Some(note.trim().to_owned()).filter(|note| !note.is_empty());
        self
    }

    /// Revokes holdings that the new catalog no longer earns, with the points that they paid.
    /// Default: players keep them as grandfathered.
    #[must_use]
    pub fn revoke(mut self) -> Self {
        self.revoke = true;
        self
    }

    /// Publishes only if this version is still the published one. Default: the version that was
    /// [planned](Self::plan) against, or else the one that this engine knows.
    #[must_use]
    pub fn expected_version(mut self, version: i64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Publishes only if the effect is exactly the planned one.
    ///
    /// If the catalog or the published version differs from the planned one, or if events recorded
    /// since then change the effect, nothing is published, and [`Error::Plan`] lists the
    /// differences.
    #[must_use]
    pub fn plan(mut self, token: PlanToken) -> Self {
        self.plan = Some(token);
        self
    }

    /// Sets a token that can cancel the publication, with [`Error::Cancelled`], until the catalog
    /// is published. Only a [planned](Self::plan) publication takes long enough for that.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = Some(cancellation);
        self
    }

    pub(crate) fn cancellation_token(&self) -> CancellationToken {
        self.cancellation.clone().unwrap_or_default()
    }

    pub(crate) fn revokes_unearned(&self) -> bool {
        self.revoke
    }
}

/// The result of [`Catalogs::publish`](crate::Catalogs::publish).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publication {
    /// The version that is published now.
    pub version: i64,
    /// False if the catalog is equivalent to the published one, so that nothing was done.
    pub is_new: bool,
    /// The differences to the previous version, one line each.
    pub changes: Vec<String>,
}

/// A published version of the catalog, current or earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogVersion {
    /// The version number, from 1.
    pub version: i64,
    /// The instant of publication.
    pub published_at: Timestamp,
    /// The name of the publisher, if one was given.
    pub published_by: Option<String>,
    /// The publisher's note, if one was given.
    pub note: Option<String>,
    /// True if holdings that it no longer earned were revoked, false if they were grandfathered.
    pub revoke: bool,
    /// The differences to the previous version, one line each.
    pub changes: Vec<String>,
    /// Hash of the rules, the code badges and the engine's semantics; equal for equivalent
    /// catalogs.
    pub fingerprint: String,
}

impl CatalogVersion {
    pub(crate) fn from_row(row: CatalogRow) -> Result<Self, StoreError> {
        let changes = serde_json::from_str(&row.changes).map_err(|error| {
            StoreError::Damaged(format!(
                "changes of catalog version {}: {error}",
                row.version
            ))
        })?;
        let CatalogRow {
            version,
            published_at,
            published_by,
            note,
            revoke,
            fingerprint,
            ..
        } = row;
        Ok(Self {
            version,
            published_at,
            published_by,
            note,
            revoke,
            changes,
            fingerprint,
        })
    }
}

/// Publishes in a transaction, unless the published catalog is equivalent.
pub(crate) fn publish_in_transaction(
    tx: &mut dyn Transaction,
    catalogs: &CatalogCache,
    catalog: &Catalog,
    how: &PublishOptions,
    now: Timestamp,
) -> Result<(Publication, Option<PublishedCatalog>), Error> {
    let current = catalogs.load_current(tx)?;
    let row = tx
        .find_catalog(current.version)?
        .ok_or(Error::UnknownCatalogVersion(current.version))?;
    if how
        .expected_version
        .is_some_and(|over| over != current.version)
    {
        return Err(Error::PublishConflict {
            version: current.version,
            by: row.published_by,
        });
    }
    if row.fingerprint == catalog.fingerprint() {
        return Ok((
            Publication {
                version: current.version,
                is_new: false,
                changes: Vec::new(),
            },
            None,
        ));
    }
    let (published, newer) = write_publication(tx, &current, &row, catalog, how, now)?;
    Ok((published, Some(newer)))
}

fn write_publication(
    tx: &mut dyn Transaction,
    current: &PublishedCatalog,
    row: &CatalogRow,
    catalog: &Catalog,
    how: &PublishOptions,
    now: Timestamp,
) -> Result<(Publication, PublishedCatalog), Error> {
    let changes = list_differences(row, &current.catalog, catalog);
    let (newer, gone) = compile_successor(current, catalog, how.revoke, now)?;
    let new_row = CatalogRow {
        version: newer.version,
        published_at: newer.published_at,
        published_by: how.by.clone(),
        note: how.note.clone(),
        changes: serde_json::to_string(&changes).map_err(serialization_error)?,
        revoke: newer.revoke,
        retired: serde_json::to_string(&gone).map_err(serialization_error)?,
        ..build_document_row(catalog)
    };
    tx.publish_catalog(&new_row, &build_definition_rows(newer.catalog.rules()))?;
    // In the same transaction, so that a crash cannot lose the backfill.
    let (name, value) = StoredBackfill::new(newer.version).to_setting();
    tx.put_setting(name, &value)?;
    let detail = match &how.note {
        Some(note) => json!({ "revoke": newer.revoke, "changes": changes, "note": note }),
        None => json!({ "revoke": newer.revoke, "changes": changes }),
    };
    how.actor.record_action(
        tx,
        now,
        "catalog.publish",
        &format!("version {}", newer.version),
        detail,
    )?;
    debug_assert!(
        parse_retired(&new_row).is_ok(),
        "what was just written can be read"
    );
    Ok((
        Publication {
            version: newer.version,
            is_new: true,
            changes,
        },
        newer,
    ))
}

/// Compiles a catalog as the next version, together with the rules that it retires.
pub(crate) fn compile_successor(
    current: &PublishedCatalog,
    catalog: &Catalog,
    revoke: bool,
    now: Timestamp,
) -> Result<(PublishedCatalog, RetiredRules), Error> {
    let gone = current.catalog.retired_by(catalog);
    let code_badges = catalog.code_badges().to_vec();
    // Compiled again with the retired rules, because players may hold their awards.
    let whole = Catalog::with_retired(
        catalog.source(),
        "the catalog",
        catalog.format(),
        code_badges,
        &gone,
    )?;
    let newer = PublishedCatalog {
        version: current.version + 1,
        catalog: Arc::new(whole),
        // Publications need increasing instants, even if the clock stands still or goes back.
        published_at: now.max(current.published_at.plus_micros(1)),
        revoke,
        missing_code: Vec::new(),
        unheard_names: Default::default(),
    };
    Ok((newer, gone))
}

fn serialization_error(error: serde_json::Error) -> StoreError {
    StoreError::Other(format!("the catalog's row: {error}"))
}
