//! Putting another catalog in force, in constant time whatever the number of players (S14).

use std::sync::Arc;

use accolade_core::catalog::{Catalog, Retired};
use accolade_core::time::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::audit::Actor;
use crate::catalogs::{Catalogs, InForce, retired};
use crate::chores::Sweep;
use crate::install::{definitions, differences, document_row};
use crate::plan::{PlanProgress, PlanToken};
use crate::receipt::text;
use crate::store::{CatalogRow, StoreError, Transaction};
use crate::writer::Workshop;
use crate::{Cancellation, Engine, Error, Ticket};

/// How a catalog is published.
///
/// ```
/// use accolade::Publishing;
///
/// let careful = Publishing::default().by("grace");
/// let strict = Publishing::default().by("grace").take_back();
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishOptions {
    by: Option<String>,
    revoke: bool,
    expected_version: Option<i64>,
    plan: Option<PlanToken>,
    cancellation: Option<Cancellation>,
    /// On whose behalf.
    actor: Actor,
}

impl PublishOptions {
    /// Who does it.
    #[must_use]
    pub fn by(mut self, who: &str) -> Self {
        self.by = Some(who.to_owned());
        self
    }

    /// Takes away awards that the new catalog does not earn. They are kept when this is not called.
    #[must_use]
    pub fn revoke(mut self) -> Self {
        self.revoke = true;
        self
    }

    /// Publishes only if this version is still in force. When not called, it is the one that was planned over, or else
    /// the one that this engine knows.
    #[must_use]
    pub fn over(mut self, version: i64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Publishes only what was planned. When the catalog is another one than planned, another version is in force, or
    /// what was recorded since then changed what publishing would do, nothing is done, and
    /// [`Error::Plan`] says what differs.
    #[must_use]
    pub fn plan(mut self, token: PlanToken) -> Self {
        self.plan = Some(token);
        self
    }

    /// Gives up, with [`Error::Cancelled`], when somebody asks to before the catalog is in force. Only publishing what was
    /// [planned](Self::plan) takes long enough for that.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = Some(cancellation);
        self
    }

    /// What it is given up by.
    pub(crate) fn cancellation(&self) -> Cancellation {
        self.cancellation.clone().unwrap_or_default()
    }

    /// Whether awards are taken back.
    pub(crate) fn takes_back(&self) -> bool {
        self.revoke
    }
}

/// What publishing came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// The version in force.
    pub version: i64,
    /// Whether it is new. A catalog that says the same as the one in force is not published again.
    pub new: bool,
    /// What differs from the version before, a line each.
    pub changes: Vec<String>,
}

/// A catalog that is or was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// Since when it was in force.
    #[serde(serialize_with = "text")]
    pub published_at: Timestamp,
    /// Who published it, if they said so.
    pub published_by: Option<String>,
    /// Whether awards that it no longer earned were taken back.
    pub revoke: bool,
    /// What it changed, a line each.
    pub changes: Vec<String>,
    /// What it comes to; equal for catalogs that say the same.
    pub fingerprint: String,
}

impl Version {
    fn new(row: CatalogRow) -> Result<Self, StoreError> {
        let changes = serde_json::from_str(&row.changes).map_err(|error| {
            StoreError::Damaged(format!(
                "what catalog version {} changed: {error}",
                row.version
            ))
        })?;
        let CatalogRow {
            version,
            published_at: since,
            published_by: by,
            revoke: take_back,
            fingerprint,
            ..
        } = row;
        Ok(Self {
            version,
            published_at: since,
            published_by: by,
            revoke: take_back,
            changes,
            fingerprint,
        })
    }
}

impl Engine {
    /// Puts a catalog in force at once. Players are brought up to date when they are next touched, and by a sweep in the
    /// background, which [`Engine::sweep`] waits for.
    ///
    /// What the catalog no longer earns is kept, unless it is to be taken back; points that earnings paid follow the new
    /// catalog, by corrections in the ledger. When somebody else published meanwhile, nothing is done:
    /// [`Error::Overtaken`].
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, Publishing, memory::MemoryStore};
    ///
    /// let badge = |target| format!("[[badge]]\nid = 'fan'\ncriterion = {{ count = 'visit', at_least = {target} }}");
    /// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml(&badge(2))?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    ///
    /// let published = engine.publish(Catalog::from_toml(&badge(1))?, Publishing::default()).wait()?;
    /// assert_eq!(published.version, 2);
    /// engine.sweep(|_| {}).wait()?;
    /// assert_eq!(engine.awards("ada").wait()?.len(), 1);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn publish(&self, catalog: Catalog, how: PublishOptions) -> Ticket<Publication> {
        self.publish_with(catalog, how, |_| {})
    }

    /// The same. Where it is held to a [plan](Publishing::plan), everybody is looked at once more before, and `progress`
    /// hears of each page of players; when others write so much that some have to be looked at again, it begins anew.
    pub fn publish_with(
        &self,
        catalog: Catalog,
        how: PublishOptions,
        mut progress: impl FnMut(PlanProgress) + Send + 'static,
    ) -> Ticket<Publication> {
        let planned = how.plan.clone();
        let seen = || {
            planned
                .as_ref()
                .map_or_else(|| self.catalog_version(), PlanToken::version)
        };
        let how = PublishOptions {
            expected_version: Some(how.expected_version.unwrap_or_else(seen)),
            actor: self.actor.clone(),
            ..how
        };
        match planned {
            None => self.work(move |workshop| workshop.publish(&catalog, &how)),
            Some(token) => {
                let publish =
                    move |engine: &Self| engine.publish_planned(catalog, how, token, &mut progress);
                self.in_background("accolade-publish", publish)
            }
        }
    }

    /// All catalogs that were ever in force, oldest first.
    pub fn history(&self) -> Ticket<Vec<Version>> {
        self.inner.readers.run(|reader| {
            let versions: Result<_, StoreError> =
                reader.catalogs()?.into_iter().map(Version::new).collect();
            Ok(versions?)
        })
    }

    /// The catalog of a version, to look at or to publish again.
    pub fn version(&self, version: i64) -> Ticket<Catalog> {
        let code_badges = self.inner.catalogs.code_badges().to_vec();
        self.inner.readers.run(move |reader| {
            let row = reader
                .catalog_at(version)?
                .ok_or(Error::NoVersion(version))?;
            let loaded = InForce::load(&row, &code_badges)?;
            loaded.folds()?;
            let format = loaded.catalog.format();
            Ok(Catalog::new(
                &row.source,
                &format!("version {version}"),
                format,
                loaded.catalog.code_badges().to_vec(),
            )?)
        })
    }
}

impl Workshop {
    fn publish(&mut self, catalog: &Catalog, how: &PublishOptions) -> Result<Publication, Error> {
        how.cancellation().check()?;
        let now = self.now();
        let catalogs = Arc::clone(&self.catalogs);
        let (published, newer) =
            self.transact(|tx, _| publish_in(tx, &catalogs, catalog, how, now))?;
        self.put_in_force(newer);
        Ok(published)
    }

    /// Takes note of what was just published.
    pub(crate) fn put_in_force(&mut self, newer: Option<InForce>) {
        if let Some(newer) = newer {
            self.catalogs.put(Arc::new(newer));
            self.chores.sweep();
        }
    }
}

/// Publishes in a transaction, unless the catalog is in force already.
pub(crate) fn publish_in(
    tx: &mut dyn Transaction,
    catalogs: &Catalogs,
    catalog: &Catalog,
    how: &PublishOptions,
    now: Timestamp,
) -> Result<(Publication, Option<InForce>), Error> {
    let current = catalogs.refresh(tx)?;
    let row = tx
        .catalog_at(current.version)?
        .ok_or(Error::NoVersion(current.version))?;
    if how.expected_version.is_some_and(|over| over != current.version) {
        return Err(Error::Overtaken {
            version: current.version,
            by: row.published_by,
        });
    }
    if row.fingerprint == catalog.fingerprint() {
        return Ok((
            Publication {
                version: current.version,
                new: false,
                changes: Vec::new(),
            },
            None,
        ));
    }
    let (published, newer) = install(tx, &current, &row, catalog, how, now)?;
    Ok((published, Some(newer)))
}

fn install(
    tx: &mut dyn Transaction,
    current: &InForce,
    row: &CatalogRow,
    catalog: &Catalog,
    how: &PublishOptions,
    now: Timestamp,
) -> Result<(Publication, InForce), Error> {
    let changes = differences(row, &current.catalog, catalog);
    let (newer, gone) = successor(current, catalog, how.revoke, now)?;
    let new_row = CatalogRow {
        version: newer.version,
        published_at: newer.since,
        published_by: how.by.clone(),
        changes: serde_json::to_string(&changes).map_err(unwritable)?,
        revoke: newer.revoke,
        retired: serde_json::to_string(&gone).map_err(unwritable)?,
        ..document_row(catalog)
    };
    tx.install_catalog(&new_row, &definitions(newer.catalog.rules()))?;
    let (name, value) = Sweep::begin(newer.version).setting();
    tx.put_setting(name, &value)?;
    let told = json!({ "revoke": newer.revoke, "changes": changes });
    how.actor.note(
        tx,
        now,
        "catalog.publish",
        &format!("version {}", newer.version),
        told,
    )?;
    debug_assert!(
        retired(&new_row).is_ok(),
        "what was just written can be read"
    );
    Ok((
        Publication {
            version: newer.version,
            new: true,
            changes,
        },
        newer,
    ))
}

/// What is in force once a catalog is published, and what it retires.
pub(crate) fn successor(
    current: &InForce,
    catalog: &Catalog,
    take_back: bool,
    now: Timestamp,
) -> Result<(InForce, Retired), Error> {
    let gone = current.catalog.retired_by(catalog);
    let code_badges = catalog.code_badges().to_vec();
    let whole = Catalog::with_retired(
        catalog.source(),
        "the catalog",
        catalog.format(),
        code_badges,
        &gone,
    )?;
    let newer = InForce {
        version: current.version + 1,
        catalog: Arc::new(whole),
        since: now.max(current.since.plus(1)),
        revoke: take_back,
        missing_code: Vec::new(),
    };
    Ok((newer, gone))
}

fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Other(format!("the catalog's row: {error}"))
}
