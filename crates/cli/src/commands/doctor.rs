//! `accolade doctor`

use std::path::{Path, PathBuf};

use accolade::store::{CatalogRow, RowTotals, RuleErrorRow, Store, StoreError, StoreReader};
use accolade::{BackfillProgress, Catalog, EventNameFindings, Timestamp};
use accolade_core::expr::suggest_guard;
use serde_json::{Value, json};

use super::check::describe_rule_counts;
use crate::args::GlobalArgs;
use crate::catalog;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::event_names;
use crate::format::{count_noun, group_thousands};
use crate::output::{BAD, GOOD, Output, WARNING, render_table};

/// Reports the configuration, the stored data, and any problems.
pub(crate) fn run_doctor(global: &GlobalArgs, output: Output) -> Result<ExitStatus, CommandError> {
    let database = Database::from_args(global)?;
    let mut findings = DoctorReport::default();
    let file = database
        .catalog
        .clone()
        .unwrap_or_else(|| PathBuf::from(catalog::DEFAULT_FILE));
    // An invalid catalog file is a finding, too, because the database has a catalog of its own.
    let local = load_local_catalog(&file, database.catalog.is_some(), &mut findings);
    findings.add_fact(
        "configuration",
        "database",
        format!("{} ({})", database.url, database.url_source),
    );
    // A database with problems must not prevent the report.
    let ending = match load_database_state(&database) {
        Ok(None) if !has_folder(&database) => {
            findings.add_error(format!(
                "the folder of {} does not exist; create it, or name another database with --db",
                database.file.display()
            ));
            ExitStatus::Error
        }
        Ok(None) => {
            findings.add_warning(
                "no database yet; `accolade import` or `accolade record` creates one".to_owned(),
            );
            ExitStatus::Success
        }
        Ok(Some(found)) => {
            found.add_findings(&database, &file, local.as_ref(), &mut findings);
            ExitStatus::Success
        }
        Err(error) => {
            findings.add_error(format!("cannot open the database: {error}"));
            ExitStatus::Error
        }
    };
    output.print_result(&findings.to_json(), || findings.to_text())?;
    Ok(ending)
}

/// True if the folder of a database that does not exist yet is there.
fn has_folder(database: &Database) -> bool {
    let folder = database.file.parent();
    folder.is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}

/// State of a database.
struct DatabaseState {
    schema_version: i64,
    catalog: Option<CatalogRow>,
    /// The published catalog, if this program can compile it.
    compiled: Option<Catalog>,
    event_names: Option<EventNameFindings>,
    totals: RowTotals,
    rule_errors: Vec<RuleErrorRow>,
    backfill: Option<BackfillProgress>,
    next_timers: Vec<(Timestamp, String)>,
    erased_players: u64,
    feed_start: i64,
}

/// Maximum number of players with timers to count.
const MAX_TIMERS: usize = 1_000;

fn load_database_state(database: &Database) -> Result<Option<DatabaseState>, StoreError> {
    if !database.exists() {
        return Ok(None);
    }
    // The store is read directly, because the report must work even if the catalog does not
    // compile.
    let mut reader: Box<dyn StoreReader> =
        accolade_sqlite::SqliteStore::from_url(&database.url)?.open_reader()?;
    let (schema, catalog) = (reader.schema_version()?, reader.load_catalog()?);
    let compiled = catalog.as_ref().and_then(compile_published);
    let event_names = match &compiled {
        Some(compiled) => Some(EventNameFindings::load(&mut *reader, compiled)?),
        None => None,
    };
    let (totals, rule_errors) = (reader.count_rows()?, reader.list_rule_errors()?);
    Ok(Some(DatabaseState {
        schema_version: schema,
        catalog,
        compiled,
        event_names,
        totals,
        rule_errors,
        backfill: BackfillProgress::load_running(&mut *reader)?,
        // All timers, because the next one is shown even if it is far ahead.
        next_timers: reader.list_due_players(Timestamp::LAST, MAX_TIMERS)?,
        erased_players: reader.erased_totals()?.players,
        feed_start: reader.feed_start()?,
    }))
}

impl DatabaseState {
    fn add_findings(
        &self,
        database: &Database,
        file: &Path,
        local: Option<&Catalog>,
        findings: &mut DoctorReport,
    ) {
        if let Ok(metadata) = database.file.metadata() {
            findings.add_fact("database", "bytes", metadata.len());
            if metadata.permissions().readonly() {
                findings.add_warning(format!("{} is read-only", database.file.display()));
            }
        }
        findings.add_fact("database", "schema version", self.schema_version);
        for (what, count) in [
            ("players", self.totals.players),
            ("events", self.totals.events),
            ("awards held", self.totals.awards),
            ("ledger entries", self.totals.ledger),
        ] {
            findings.add_fact("database", what, count);
        }
        findings.add_fact("database", "last outcome", self.totals.last_outcome);
        match &self.catalog {
            None => findings.add_warning(
                "no catalog published yet; `accolade import` or `accolade record` publishes one"
                    .to_owned(),
            ),
            Some(row) => {
                add_catalog_findings(row, self.compiled.as_ref(), file, local, findings);
            }
        }
        findings.add_fact("database", "feed starts after", self.feed_start);
        findings.add_fact("database", "players erased", self.erased_players);
        match &self.backfill {
            None => findings.add_fact("background work", "backfill", "complete"),
            Some(running) => {
                let (done, version) = (running.done, running.version);
                let total = count_noun(running.total, "player");
                findings.add_fact(
                    "background work",
                    "backfill",
                    format!("{done} of {total} up to date with version {version}"),
                );
            }
        }
        let waiting = if self.next_timers.len() == MAX_TIMERS {
            format!("{MAX_TIMERS} or more")
        } else {
            self.next_timers.len().to_string()
        };
        findings.add_fact("background work", "players with timers", waiting);
        if let Some((at, player)) = self.next_timers.first() {
            findings.add_fact("background work", "next timer", format!("{player} at {at}"));
        }
        findings.rule_errors.clone_from(&self.rule_errors);
        let errors: u64 = self.rule_errors.iter().map(|error| error.count).sum();
        findings.add_fact("background work", "rule errors", errors);
        if errors > 0 {
            findings.add_warning(format!(
                "{} failed to evaluate for some events and did not apply to them",
                count_noun(self.rule_errors.len() as u64, "rule")
            ));
        }
        findings.event_names.clone_from(&self.event_names);
        findings.warn_of_event_names();
    }
}

fn add_catalog_findings(
    row: &CatalogRow,
    compiled: Option<&Catalog>,
    file: &Path,
    local: Option<&Catalog>,
    findings: &mut DoctorReport,
) {
    const SECTION: &str = "published catalog";
    findings.add_fact(SECTION, "version", row.version);
    findings.add_fact(SECTION, "published at", row.published_at.to_string());
    match compiled {
        Some(catalog) => {
            let name = catalog
                .document()
                .name
                .as_ref()
                .map_or("(none)", |name| name.value.as_str());
            findings.add_fact(SECTION, "name", name);
            findings.add_fact(SECTION, "definitions", describe_rule_counts(catalog));
        }
        // It compiled when it was published, so the usual cause is code that is missing here (S17).
        None => findings.add_warning(
            "the published catalog needs Rust badges that this program does not contain".to_owned(),
        ),
    }
    if local.is_some_and(|local| local.fingerprint() != row.fingerprint) {
        findings.add_warning(format!(
            "{} differs from the published catalog, which is the one in effect",
            file.display()
        ));
    }
}

/// Compiles the published catalog; `None` if this program lacks its code.
fn compile_published(row: &CatalogRow) -> Option<Catalog> {
    let format =
        accolade_core::catalog::CatalogFormat::from_file_name(&format!("catalog.{}", row.format));
    let badges = accolade::registry::collect_badges();
    Catalog::new(&row.source, "the published catalog", format, badges).ok()
}

/// Loads the local catalog file, if it exists and is valid.
fn load_local_catalog(file: &Path, named: bool, findings: &mut DoctorReport) -> Option<Catalog> {
    let describe = |state: &str| format!("{} ({state})", file.display());
    if !named && !file.exists() {
        findings.add_fact("configuration", "catalog", describe("not found"));
        return None;
    }
    match catalog::load_catalog(file) {
        Ok(catalog) => {
            findings.add_fact("configuration", "catalog", describe("valid"));
            Some(catalog)
        }
        Err(failure) => {
            findings.add_fact("configuration", "catalog", describe("invalid"));
            findings.add_warning(match failure {
                CommandError::Message(message) => message,
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
struct DoctorReport {
    facts: Vec<(&'static str, &'static str, Value)>,
    rule_errors: Vec<RuleErrorRow>,
    event_names: Option<EventNameFindings>,
    warnings: Vec<String>,
    errors: Vec<String>,
}

impl DoctorReport {
    fn add_fact(&mut self, section: &'static str, name: &'static str, value: impl Into<Value>) {
        self.facts.push((section, name, value.into()));
    }

    fn add_warning(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    fn add_error(&mut self, error: String) {
        self.errors.push(error);
    }

    /// Warns of names that are probably misspelled.
    fn warn_of_event_names(&mut self) {
        let Some(names) = self.event_names.clone() else {
            return;
        };
        const SECTION: &str = "event names";
        self.add_fact(SECTION, "recorded", names.recorded);
        self.add_fact(SECTION, "without a rule", names.unheard_count);
        self.add_fact(SECTION, "never recorded", names.unseen.len());
        // Others may be correct: applications send events that no rule needs, or not yet.
        for (name, events) in &names.unheard {
            if name.suggestion.is_some() {
                self.add_warning(format!("{}: {name}", count_noun(*events, "event")));
            }
        }
        for name in names.unseen.iter().filter(|name| name.suggestion.is_some()) {
            self.add_warning(name.to_string());
        }
    }

    fn to_json(&self) -> Value {
        let mut document = json!({});
        for (section, name, value) in &self.facts {
            document[section.replace(' ', "_")][name.replace(' ', "_")] = value.clone();
        }
        let error = |one: &RuleErrorRow| {
            json!({
                "kind": one.kind, "rule": one.id, "count": one.count, "message": one.message,
                "hint": suggest_guard(&one.message), "player": one.player, "event": one.event,
            })
        };
        document["rule_errors"] = self.rule_errors.iter().map(error).collect();
        if let Some(names) = &self.event_names {
            let unheard = |(name, events): &(accolade::UnheardName, u64)| json!({ "name": name.name, "events": events, "suggestion": name.suggestion });
            document["event_names"]["unheard"] = names.unheard.iter().map(unheard).collect();
            document["event_names"]["unseen"] = json!(names.unseen);
        }
        document["warnings"] = json!(self.warnings);
        document["errors"] = json!(self.errors);
        document
    }

    /// Returns the facts, those of one section together.
    fn facts_by_section(&self) -> Vec<&(&'static str, &'static str, Value)> {
        let mut facts: Vec<_> = self.facts.iter().collect();
        let first = |section| self.facts.iter().position(|(other, ..)| *other == section);
        // The sort is stable, so the facts of a section stay in order.
        facts.sort_by_key(|(section, ..)| first(*section));
        facts
    }

    fn to_text(&self) -> String {
        let mut lines = Vec::new();
        let mut last = "";
        for (section, name, value) in self.facts_by_section() {
            if *section != last {
                lines.push(format!("\n{section}"));
                last = section;
            }
            let value = value
                .as_str()
                .map_or_else(|| group_thousands(value), str::to_owned);
            lines.push(format!("  {name:<20}{value}"));
        }
        if !self.rule_errors.is_empty() {
            let row = |one: &RuleErrorRow| {
                [
                    format!("{} {}", one.kind, one.id),
                    group_thousands(one.count),
                    one.message.clone(),
                    one.event.clone(),
                ]
            };
            let rows = self.rule_errors.iter().map(row).collect();
            let shown = render_table(
                ["rule", "errors", "latest error", "event"],
                &["errors"],
                rows,
            );
            lines.push(format!("\n{}", shown));
            lines.extend(self.rule_errors.iter().filter_map(|one| {
                let hint = suggest_guard(&one.message)?;
                Some(format!("{} {}: {hint}", one.kind, one.id))
            }));
        }
        lines.extend(
            self.event_names
                .as_ref()
                .map(list_event_names)
                .into_iter()
                .flatten(),
        );
        lines.push(String::new());
        let bad = BAD.bold();
        lines.extend(
            self.errors
                .iter()
                .map(|error| format!("{bad}error:{bad:#} {error}")),
        );
        let warning = |text| format!("{WARNING}warning:{WARNING:#} {text}");
        lines.extend(self.warnings.iter().map(warning));
        if self.warnings.is_empty() && self.errors.is_empty() {
            lines.push(format!("{GOOD}no problems found{GOOD:#}"));
        }
        lines.join("\n").trim_start().to_owned()
    }
}

/// Lists names without a rule, and names that were never recorded. Names that are probably misspelled
/// are left out, because there is a warning of each.
fn list_event_names(names: &EventNameFindings) -> Vec<String> {
    let mut lines = Vec::new();
    let plain: Vec<_> = (names.unheard.iter())
        .filter(|(name, _)| name.suggestion.is_none())
        .collect();
    if !plain.is_empty() {
        lines.push("\nevents that no rule listens to".to_owned());
        let line = |(name, events): &&(accolade::UnheardName, u64)| {
            format!("  {:<20}{}", name.name, group_thousands(events))
        };
        lines.extend(plain.iter().map(line));
        let more = names.unheard_count - names.unheard.len() as u64;
        if more > 0 {
            lines.push(format!("  … and {}", count_noun(more, "more name")));
        }
    }
    let plain: Vec<_> = (names.unseen.iter())
        .filter(|name| name.suggestion.is_none())
        .cloned()
        .collect();
    if !plain.is_empty() {
        lines.push("\nevents that were never recorded".to_owned());
        lines.extend(event_names::list_unseen(&plain));
    }
    lines
}
