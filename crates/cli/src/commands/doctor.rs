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
use crate::output::{Output, table, thousands};

/// Says what is configured, what is there, and what is wrong.
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
    let ending = match inspect(&database) {
        Ok(None) => {
            findings.warn(
                "there is no database yet; `accolade import` or `accolade record` makes one"
                    .to_owned(),
            );
            Ending::Fine
        }
        Ok(Some(found)) => {
            found.tell(&database, &file, local.as_ref(), &mut findings);
            Ending::Fine
        }
        Err(error) => {
            findings.warn(format!("the database cannot be used: {error}"));
            Ending::Failed
        }
    };
    output.show(&findings.to_json(), || findings.describe())?;
    Ok(ending)
}

/// What a database says about itself.
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

/// Players who are counted as due.
const DUE: usize = 1_000;

fn inspect(database: &Database) -> Result<Option<Found>, StoreError> {
    if !database.exists() {
        return Ok(None);
    }
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
                findings.warn(format!("{} can be read only", database.file.display()));
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
                "the database has no catalog yet; what is recorded first brings one".to_owned(),
            ),
            Some(row) => tell_catalog(row, file, local, findings),
        }
        findings.add("database", "feed kept after", self.feed_start);
        findings.add("database", "players erased", self.erased);
        match &self.sweep {
            None => findings.add("work", "sweep", "done"),
            Some(SweepProgress {
                version,
                done,
                total,
            }) => {
                findings.add(
                    "work",
                    "sweep",
                    format!("{done} of {total} players looked at for version {version}"),
                );
            }
        }
        let waiting = if self.due.len() == DUE {
            format!("{DUE} or more")
        } else {
            self.due.len().to_string()
        };
        findings.add("work", "due later", waiting);
        if let Some((at, player)) = self.due.first() {
            findings.add("work", "next due", format!("{player} at {at}"));
        }
        findings.rule_errors.clone_from(&self.rule_errors);
        let errors: u64 = self.rule_errors.iter().map(|error| error.count).sum();
        findings.add("work", "rule errors", errors);
        if errors > 0 {
            findings.warn(format!(
                "{} rules failed on events and did not apply to them",
                self.rule_errors.len()
            ));
        }
    }
}

fn tell_catalog(row: &CatalogRow, file: &Path, local: Option<&Catalog>, findings: &mut Findings) {
    const SECTION: &str = "catalog in force";
    findings.add(SECTION, "version", row.version);
    findings.add(SECTION, "installed at", row.installed_at.to_string());
    let format = accolade::core::catalog::Format::of(&format!("catalog.{}", row.format));
    match Catalog::new(
        &row.source,
        "the catalog in force",
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
            "the catalog in force counts on badges in code that this program does not have"
                .to_owned(),
        ),
    }
    if local.is_some_and(|local| local.fingerprint() != row.fingerprint) {
        findings.warn(format!(
            "{} differs from the catalog in force, which is what counts",
            file.display()
        ));
    }
}

/// The catalog file, if it is there and right.
fn local_catalog(file: &Path, named: bool, findings: &mut Findings) -> Option<Catalog> {
    let told = |state: &str| format!("{} ({state})", file.display());
    if !named && !file.exists() {
        findings.add("configuration", "catalog", told("not there"));
        return None;
    }
    match catalog::read(file) {
        Ok(catalog) => {
            findings.add("configuration", "catalog", told("right"));
            Some(catalog)
        }
        Err(failure) => {
            findings.add("configuration", "catalog", told("wrong"));
            findings.warn(match failure {
                Failure::Message(message) => message,
                _ => format!(
                    "{0} is wrong; `accolade check {0}` says where",
                    file.display()
                ),
            });
            None
        }
    }
}

/// What was found: facts in sections, rule errors, and warnings.
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
            lines.push(format!("  {name:<16}{value}"));
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
                ["rule", "errors", "the latest", "on event"],
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
            lines.push("nothing is wrong".to_owned());
        }
        lines.join("\n").trim_start().to_owned()
    }
}
