//! `accolade doctor`

use std::path::{Path, PathBuf};

use accolade::store::{CatalogRow, Reader, RuleErrorRow, Store, StoreError, Totals};
use accolade::{Catalog, SweepProgress, Timestamp};
use serde_json::{Value, json};

use super::check::definitions_line;
use crate::args::Global;
use crate::catalog;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, table, thousands};

/// Reports the configuration, the stored data, and any problems.
pub(crate) fn run(global: &Global, output: Output) -> Result<Ending, Failure> {
    let database = Database::named(global)?;
    let mut findings = Findings::default();
    let file = database
        .catalog
        .clone()
        .unwrap_or_else(|| PathBuf::from(catalog::DEFAULT_FILE));
    let local = local_catalog(&file, database.catalog.is_some(), &mut findings);
    findings.add(
        "configuration",
        "database",
        format!("{} ({})", database.url, database.named_by),
    );
    // A database with problems must not prevent the report.
    let ending = match inspect(&database) {
        Ok(None) => {
            findings.warn(
                "no database yet; `accolade import` or `accolade record` creates one".to_owned(),
            );
            Ending::Fine
        }
        Ok(Some(found)) => {
            found.tell(&database, &file, local.as_ref(), &mut findings);
            Ending::Fine
        }
        Err(error) => {
            findings.warn(format!("cannot open the database: {error}"));
            Ending::Failed
        }
    };
    output.show(&findings.to_json(), || findings.describe())?;
    Ok(ending)
}

/// State of a database.
struct Found {
    schema: i64,
    catalog: Option<CatalogRow>,
    totals: Totals,
    rule_errors: Vec<RuleErrorRow>,
    sweep: Option<SweepProgress>,
    due: Vec<(Timestamp, String)>,
    erased: u64,
    feed_start: i64,
}

/// Maximum number of players with timers to count.
const DUE: usize = 1_000;

fn inspect(database: &Database) -> Result<Option<Found>, StoreError> {
    if !database.exists() {
        return Ok(None);
    }
    // The store is read directly, because the report must work even if the catalog does not
    // compile.
    let mut reader: Box<dyn Reader> =
        accolade_sqlite::SqliteStore::from_url(&database.url)?.reader()?;
    let (schema, catalog) = (reader.schema_version()?, reader.catalog()?);
    let (totals, rule_errors) = (reader.totals()?, reader.rule_errors()?);
    Ok(Some(Found {
        schema,
        catalog,
        totals,
        rule_errors,
        sweep: SweepProgress::under_way(&mut *reader)?,
        due: reader.due(Timestamp::LAST, DUE)?,
        erased: reader.erased_totals()?.players,
        feed_start: reader.feed_start()?,
    }))
}

impl Found {
    fn tell(
        &self,
        database: &Database,
        file: &Path,
        local: Option<&Catalog>,
        findings: &mut Findings,
    ) {
        if let Ok(metadata) = database.file.metadata() {
            findings.add("database", "bytes", metadata.len());
            if metadata.permissions().readonly() {
                findings.warn(format!("{} is read-only", database.file.display()));
            }
        }
        findings.add("database", "schema version", self.schema);
        for (what, count) in [
            ("players", self.totals.players),
            ("events", self.totals.events),
            ("awards held", self.totals.awards),
            ("ledger entries", self.totals.ledger),
        ] {
            findings.add("database", what, count);
        }
        findings.add("database", "last outcome", self.totals.last_outcome);
        match &self.catalog {
            None => findings.warn(
                "no catalog published yet; `accolade import` or `accolade record` publishes one"
                    .to_owned(),
            ),
            Some(row) => tell_catalog(row, file, local, findings),
        }
        findings.add("database", "feed starts after", self.feed_start);
        findings.add("database", "players erased", self.erased);
        match &self.sweep {
            None => findings.add("background work", "backfill", "complete"),
            Some(SweepProgress {
                version,
                done,
                total,
            }) => {
                findings.add(
                    "background work",
                    "backfill",
                    format!("{done} of {total} players up to date with version {version}"),
                );
            }
        }
        let waiting = if self.due.len() == DUE {
            format!("{DUE} or more")
        } else {
            self.due.len().to_string()
        };
        findings.add("background work", "players with timers", waiting);
        if let Some((at, player)) = self.due.first() {
            findings.add("background work", "next timer", format!("{player} at {at}"));
        }
        findings.rule_errors.clone_from(&self.rule_errors);
        let errors: u64 = self.rule_errors.iter().map(|error| error.count).sum();
        findings.add("background work", "rule errors", errors);
        if errors > 0 {
            findings.warn(format!(
                "{} failed to evaluate for some events and did not apply to them",
                counted(self.rule_errors.len() as u64, "rule")
            ));
        }
    }
}

fn tell_catalog(row: &CatalogRow, file: &Path, local: Option<&Catalog>, findings: &mut Findings) {
    const SECTION: &str = "published catalog";
    findings.add(SECTION, "version", row.version);
    findings.add(SECTION, "published at", row.published_at.to_string());
    let format =
        accolade::core::catalog::CatalogFormat::from_file_name(&format!("catalog.{}", row.format));
    match Catalog::new(
        &row.source,
        "the published catalog",
        format,
        accolade::registry::collected(),
    ) {
        Ok(catalog) => {
            let name = catalog
                .document()
                .name
                .as_ref()
                .map_or("(none)", |name| name.value.as_str());
            findings.add(SECTION, "name", name);
            findings.add(SECTION, "definitions", definitions_line(&catalog));
        }
        Err(_) => findings.warn(
            "the published catalog needs Rust badges that this program does not contain".to_owned(),
        ),
    }
    if local.is_some_and(|local| local.fingerprint() != row.fingerprint) {
        findings.warn(format!(
            "{} differs from the published catalog, which is the one in effect",
            file.display()
        ));
    }
}

/// Loads the local catalog file, if it exists and is valid.
fn local_catalog(file: &Path, named: bool, findings: &mut Findings) -> Option<Catalog> {
    let describe = |state: &str| format!("{} ({state})", file.display());
    if !named && !file.exists() {
        findings.add("configuration", "catalog", describe("not found"));
        return None;
    }
    match catalog::read(file) {
        Ok(catalog) => {
            findings.add("configuration", "catalog", describe("valid"));
            Some(catalog)
        }
        Err(failure) => {
            findings.add("configuration", "catalog", describe("invalid"));
            findings.warn(match failure {
                Failure::Message(message) => message,
                _ => format!(
                    "{0} is invalid; run `accolade check {0}` for details",
                    file.display()
                ),
            });
            None
        }
    }
}

/// Report of facts in sections, rule errors, and warnings.
#[derive(Default)]
struct Findings {
    facts: Vec<(&'static str, &'static str, Value)>,
    rule_errors: Vec<RuleErrorRow>,
    warnings: Vec<String>,
}

impl Findings {
    fn add(&mut self, section: &'static str, name: &'static str, value: impl Into<Value>) {
        self.facts.push((section, name, value.into()));
    }

    fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    fn to_json(&self) -> Value {
        let mut document = json!({});
        for (section, name, value) in &self.facts {
            document[section.replace(' ', "_")][name.replace(' ', "_")] = value.clone();
        }
        let error = |one: &RuleErrorRow| {
            json!({
                "kind": one.kind, "rule": one.id, "count": one.count, "message": one.message,
                "player": one.player, "event": one.event,
            })
        };
        document["rule_errors"] = self.rule_errors.iter().map(error).collect();
        document["warnings"] = json!(self.warnings);
        document
    }

    fn describe(&self) -> String {
        let mut lines = Vec::new();
        let mut last = "";
        for (section, name, value) in &self.facts {
            if *section != last {
                lines.push(format!("\n{section}"));
                last = section;
            }
            let value = value
                .as_str()
                .map_or_else(|| thousands(value), str::to_owned);
            lines.push(format!("  {name:<20}{value}"));
        }
        if !self.rule_errors.is_empty() {
            let row = |one: &RuleErrorRow| {
                [
                    format!("{} {}", one.kind, one.id),
                    thousands(one.count),
                    one.message.clone(),
                    one.event.clone(),
                ]
            };
            let rows = self.rule_errors.iter().map(row).collect();
            let shown = table(
                ["rule", "errors", "latest error", "event"],
                &["errors"],
                rows,
            );
            lines.push(format!("\n{}", shown.trim_fmt()));
        }
        lines.push(String::new());
        lines.extend(
            self.warnings
                .iter()
                .map(|warning| format!("warning: {warning}")),
        );
        if self.warnings.is_empty() {
            lines.push("no problems found".to_owned());
        }
        lines.join("\n").trim_start().to_owned()
    }
}
