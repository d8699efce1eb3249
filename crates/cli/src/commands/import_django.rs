//! `accolade import-django`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use accolade::{Catalog, CatalogFormat, Engine, ReceiptStatus, Rejection};
use accolade_core::event::NewEvent;
use accolade_core::time::{self, TimeZone, Timestamp};
use serde_json::json;

use crate::args::ImportDjangoArgs;
use crate::database::Database;
use crate::django::accounts::{Account, collect_accounts};
use crate::django::catalog_text::write_catalog;
use crate::django::comparison::{Comparison, compare_accounts};
use crate::django::dump::read_dump;
use crate::django::findings::Findings;
use crate::django::history::plan_history;
use crate::django::player_ids::PlayerIds;
use crate::django::rule_ids::RuleIds;
use crate::django::rule_targets::RuleTargets;
use crate::django::tables::Tables;
use crate::error::{CommandError, ExitStatus};
use crate::format::{count_noun, group_thousands};
use crate::import::pipeline::{EventPipeline, ImportResult};
use crate::output::{Output, render_table};
use crate::progress;

/// Differences and refused actions that are listed as text. JSON has all.
const MAX_LISTED: usize = 20;

/// Writes the catalog for a dump, or imports the dump and compares the result with it.
pub(crate) fn run_import_django(
    args: &ImportDjangoArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let mut findings = Findings::default();
    let zone = time::find_zone(&args.zone).ok_or_else(|| {
        CommandError::new(format!(
            "`{}` (--zone) is not a valid time zone; use an IANA name such as Europe/Paris",
            args.zone
        ))
    })?;
    let tables = read_tables(args, &zone, &mut findings)?;
    let ids = RuleIds::from_tables(&tables);
    if let Some(path) = &args.write_catalog {
        let text = write_catalog(&tables, &ids, &args.zone, &args.media_url, &mut findings);
        return save_catalog(path, &text, &findings, output);
    }
    let players = PlayerIds::from_tables(
        &tables,
        args.players.as_deref(),
        args.player_id.clone(),
        &zone,
        &mut findings,
    )?;
    let accounts = collect_accounts(&tables, &players, &mut findings);
    let end = find_end(args.at, &tables, &accounts)?;
    let engine = database.open_or_create()?;
    let catalog = engine.catalog().published();
    let targets = RuleTargets::from_catalog(catalog.rules(), &ids, &tables)?;
    let counts = record_accounts(&engine, &accounts, &targets, end, &mut findings)
        .map_err(|error| error.with_context("stopped; run the command again to continue"))?;
    let comparison = compare_accounts(&engine, &tables, &accounts, &targets, &mut findings)?;
    engine.close()?;
    let report = DjangoReport {
        players: &players,
        counts,
        comparison,
        findings,
    };
    output.print_result(&report.to_json(args, &database.url), || {
        report.to_text(&database.url)
    })?;
    Ok(ExitStatus::success_if(report.is_complete()))
}

fn read_tables(
    args: &ImportDjangoArgs,
    zone: &TimeZone,
    findings: &mut Findings,
) -> Result<Tables, CommandError> {
    let mut tables = Tables::default();
    for file in &args.files {
        read_dump(file, |row| tables.insert_row(row, zone, findings))?;
    }
    if tables.is_empty() {
        return Err(CommandError::new(
            "the dump has no rows of django-gamification or django-hero; write it with `python \
             manage.py dumpdata django_gamification hero … -o FILE.json`",
        ));
    }
    Ok(tables)
}

/// Checks the catalog and writes it to a new file.
fn save_catalog(
    path: &Path,
    text: &str,
    findings: &Findings,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let name = path.display().to_string();
    let code_badges = accolade::registry::collect_badges();
    let catalog = Catalog::new(text, &name, CatalogFormat::Toml, code_badges)
        .map_err(CommandError::Catalog)?;
    // `create_new` cannot overwrite a file that appears in the meantime.
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => CommandError::new(format!(
                "{name} already exists and was not changed; name another file, or import with it"
            )),
            _ => CommandError::file_error("write", path, &error),
        })?;
    let rules = catalog.rules();
    let document = json!({
        "written": name,
        "badges": rules.badges.len(),
        "unlockables": rules.unlockables.len(),
        "left_out": findings.list_left_out(),
        "notes": findings.list_notes(),
    });
    output.print_result(&document, || {
        let mut text = format!(
            "wrote {name} with {} and {}\nreview it, then run this command with --catalog {name} \
             in place of --write-catalog\n",
            count_noun(rules.badges.len() as u64, "badge"),
            count_noun(rules.unlockables.len() as u64, "unlockable"),
        );
        describe_findings(findings, &mut text);
        text
    })?;
    Ok(ExitStatus::success_if(findings.list_left_out().is_empty()))
}

/// Returns the time of everything that has none in the dump.
fn find_end(
    given: Option<Timestamp>,
    tables: &Tables,
    accounts: &BTreeMap<String, Account>,
) -> Result<Timestamp, CommandError> {
    let joined = accounts.values().filter_map(|account| account.joined);
    let latest = joined.chain(tables.latest_time()).max();
    match (given, latest) {
        (Some(given), Some(latest)) if given < latest => Err(CommandError::new(format!(
            "`{given}` (--at) is before the latest time in the dump; name {latest} or a later time"
        ))),
        (Some(end), _) | (None, Some(end)) => Ok(end),
        (None, None) => Err(CommandError::new(
            "the dump contains no times; name the time of its badges with --at, such as --at \
             2026-01-01T00:00:00Z",
        )),
    }
}

/// Records the actions of all players.
fn record_accounts(
    engine: &Engine,
    accounts: &BTreeMap<String, Account>,
    targets: &RuleTargets<'_>,
    end: Timestamp,
    findings: &mut Findings,
) -> Result<RecordedCounts, CommandError> {
    let mut counts = RecordedCounts::default();
    let bar = progress::start_item_bar(accounts.len() as u64, "players");
    let mut pipeline =
        EventPipeline::new(engine, true, |(player, id): (String, String), result| {
            counts.count_result(player, id, result);
            Ok(())
        });
    for (player, account) in accounts {
        for event in plan_history(player, account, targets, end, findings) {
            let id = event.id.as_deref().unwrap_or_default().to_owned();
            let bytes = event_bytes(&event);
            pipeline.send((player.clone(), id), bytes, Ok(event))?;
        }
        bar.inc(1);
    }
    pipeline.finish()?;
    bar.finish_and_clear();
    Ok(counts)
}

/// Estimates the size of an event, which bounds the batches.
fn event_bytes(event: &NewEvent) -> usize {
    event.player.len() + event.props.to_json().len()
}

/// Results of the actions.
#[derive(Default)]
struct RecordedCounts {
    recorded: u64,
    duplicates: u64,
    conflicts: u64,
    refused: Vec<RefusedAction>,
}

/// Action that the engine refused.
#[derive(serde::Serialize)]
struct RefusedAction {
    player: String,
    id: String,
    error: String,
}

impl RecordedCounts {
    fn count_result(&mut self, player: String, id: String, result: ImportResult) {
        let error = match result {
            ImportResult::Recorded(receipt) if receipt.status == ReceiptStatus::Duplicate => {
                self.duplicates += 1;
                return;
            }
            ImportResult::Recorded(_) => {
                self.recorded += 1;
                return;
            }
            ImportResult::Rejected(rejection) => {
                self.conflicts += u64::from(matches!(rejection, Rejection::Conflict { .. }));
                rejection.to_string()
            }
            ImportResult::Malformed(line) => line.message,
        };
        self.refused.push(RefusedAction { player, id, error });
    }
}

/// Result of an import.
struct DjangoReport<'r> {
    players: &'r PlayerIds,
    counts: RecordedCounts,
    comparison: Comparison,
    findings: Findings,
}

impl DjangoReport<'_> {
    /// True if every row is imported and nothing differs.
    fn is_complete(&self) -> bool {
        self.counts.refused.is_empty()
            && self.comparison.differences.is_empty()
            && self.findings.list_left_out().is_empty()
    }

    fn to_json(&self, args: &ImportDjangoArgs, url: &str) -> serde_json::Value {
        json!({
            "files": args.files,
            "database": url,
            "players": self.players.source.to_text(),
            "player_id": self.players.template.as_str(),
            "recorded": self.counts.recorded,
            "duplicates": self.counts.duplicates,
            "conflicts": self.counts.conflicts,
            "refused": self.counts.refused,
            "left_out": self.findings.list_left_out(),
            "notes": self.findings.list_notes(),
            "totals": self.comparison.totals,
            "differences": self.comparison.differences,
        })
    }

    fn to_text(&self, url: &str) -> String {
        let mut text = format!(
            "imported into {url}; player ids are {} of {}\n  recorded    {:>12}\n  duplicates  \
             {:>12}\n",
            self.players.template.as_str(),
            self.players.source.to_text(),
            group_thousands(self.counts.recorded),
            group_thousands(self.counts.duplicates),
        );
        self.describe_refused(&mut text);
        describe_findings(&self.findings, &mut text);
        self.describe_comparison(&mut text);
        text
    }

    fn describe_refused(&self, text: &mut String) {
        let refused = &self.counts.refused;
        if refused.is_empty() {
            return;
        }
        let _ = writeln!(text, "  refused     {:>12}", group_thousands(refused.len()));
        for one in refused.iter().take(MAX_LISTED) {
            let _ = writeln!(text, "    {} {}: {}", one.player, one.id, one.error);
        }
        describe_rest(refused.len(), text);
        if self.counts.conflicts > 0 {
            text.push_str(
                "  a conflict means that another state of the dump was imported before; import \
                 this one into a new database\n",
            );
        }
    }

    fn describe_comparison(&self, text: &mut String) {
        let rows = self.comparison.totals.iter().map(|total| {
            [
                total.subject.as_str().to_owned(),
                group_thousands(total.django),
                group_thousands(total.accolade),
                group_thousands(total.different),
            ]
        });
        let table = render_table(
            ["total", "django", "accolade", "different"],
            &["django", "accolade", "different"],
            rows.collect(),
        );
        let _ = writeln!(text, "\n{table}");
        let differences = &self.comparison.differences;
        for one in differences.iter().take(MAX_LISTED) {
            let _ = writeln!(
                text,
                "{} {} {}: Django {}, Accolade {}",
                one.player,
                one.subject.as_str(),
                one.id,
                one.django,
                one.accolade
            );
        }
        describe_rest(differences.len(), text);
    }
}

fn describe_rest(count: usize, text: &mut String) {
    if count > MAX_LISTED {
        let _ = writeln!(text, "… and {} more; --json lists all", count - MAX_LISTED);
    }
}

/// Lists what was left out, and the notes.
fn describe_findings(findings: &Findings, text: &mut String) {
    for (heading, list) in [
        ("left out", findings.list_left_out()),
        ("notes", findings.list_notes()),
    ] {
        if !list.is_empty() {
            let _ = writeln!(text, "{heading}:");
        }
        for finding in list {
            let _ = writeln!(text, "  {}", finding.to_line());
        }
    }
}
