//! `accolade plan`

use std::fmt::Write;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use accolade::{
    Advice, AffectedPlayer, BadgeTotals, Catalog, CurrencyTotals, Engine, Plan, PlanOptions,
    UnlockableTotals,
};
use accolade_core::time::Timestamp;
use serde_json::Value;

use crate::args::{self, ExportFormat};
use crate::catalog;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::event_names;
use crate::format::{count_noun, format_signed, format_time, group_thousands};
use crate::output::{Output, render_table};
use crate::progress;
use crate::table::TableWriter;

/// Shows what publishing a catalog would change, without publishing it.
pub(crate) fn run_plan(
    args: &args::PlanArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let given = Arc::new(catalog::load_catalog(&args.file)?);
    let engine = database.open_read_only()?;
    let plan = make_plan(&engine, given, args.revoke, args.top)?;
    if let Some(path) = &args.out {
        write_changes(&plan, path)
            .map_err(|error| CommandError::file_error("write", path, &error))?;
    }
    output.print_result(&plan, || describe_plan(&plan, args, database))?;
    Ok(ExitStatus::success_if(plan.is_empty()))
}

/// Compares all players under the published catalog and another one, with a progress bar.
pub(super) fn make_plan(
    engine: &Engine,
    catalog: Arc<Catalog>,
    revoke: bool,
    most_affected: usize,
) -> Result<Plan, CommandError> {
    let options = PlanOptions::default().most_affected(most_affected);
    let options = if revoke { options.revoke() } else { options };
    let (bar, update) = progress::start_player_bar();
    let plan = engine
        .catalog()
        .plan(catalog, options, move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(plan?)
}

/// Writes every change to a CSV file.
fn write_changes(plan: &Plan, path: &Path) -> io::Result<()> {
    const HEADER: &[&str] = &[
        "player", "kind", "subject", "tier", "key", "before", "after",
    ];
    let mut table = TableWriter::new(Box::new(File::create(path)?), ExportFormat::Csv, HEADER)?;
    for change in &plan.changes {
        let side = |text: &Option<String>| text.as_deref().map_or(Value::Null, to_cell_value);
        table.write_row(&[
            change.player.as_str().into(),
            change.kind.as_str().into(),
            change.subject.as_str().into(),
            change.tier.as_deref().unwrap_or_default().into(),
            change.key.as_deref().unwrap_or_default().into(),
            side(&change.before),
            side(&change.after),
        ])?;
    }
    table.finish().map(drop)
}

/// Converts a value before or after a publication. A balance is a number, which CSV keeps as it is.
fn to_cell_value(text: &str) -> Value {
    text.parse::<i64>()
        .map_or_else(|_| text.into(), Value::from)
}

fn describe_plan(plan: &Plan, args: &args::PlanArgs, database: &Database) -> String {
    let (file, url, version) = (args.file.display(), &database.url, plan.version);
    if plan.is_empty() {
        return format!(
            "{file} is identical to the published version {version} in {url}; nothing would change"
        );
    }
    let mut text = format!("{file}, compared with the published version {version} in {url}\n");
    text.push_str(&describe_effects(plan));
    if let Some(path) = &args.out {
        let _ = writeln!(text, "\nAll changes are in {}", path.display());
    }
    let revoke = if plan.revoke { " --revoke" } else { "" };
    let _ = write!(
        text,
        "\nTo publish exactly these changes, or nothing:\n  accolade publish {file}{revoke}{} --plan {}",
        database.suggested_option(),
        plan.token
    );
    text
}

/// Describes the effects of a plan: rules, totals, the most affected players and advice.
pub(super) fn describe_effects(plan: &Plan) -> String {
    let mut text = String::new();
    add_section(&mut text, "Rules", &indent_lines(&plan.rule_changes));
    let (changed, players) = (
        group_thousands(plan.changed),
        count_noun(plan.players, "player"),
    );
    let events = count_noun(plan.events, "event");
    let _ = writeln!(
        text,
        "\n{changed} of {players} affected, based on {events} up to {} UTC",
        format_time(plan.as_of)
    );
    add_badges(&mut text, &plan.badges);
    add_currencies(&mut text, &plan.currencies);
    add_unlockables(&mut text, &plan.unlockables);
    add_most_affected(&mut text, plan);
    add_section(&mut text, "Advice", &describe_advice(&plan.advice));
    let unseen = event_names::list_unseen(&plan.unseen_events).join("\n");
    add_section(&mut text, "Events that were never recorded", &unseen);
    text
}

/// Describes advice: the effect, the remedy under it, and the lines that the remedy needs.
fn describe_advice(advice: &[Advice]) -> String {
    let mut lines = Vec::new();
    for one in advice {
        lines.push(one.text.clone());
        let Some(remedy) = &one.remedy else {
            continue;
        };
        let colon = if remedy.lines().is_empty() { "" } else { ":" };
        lines.push(format!("  {}{colon}", remedy.text));
        lines.extend(remedy.lines().iter().map(|line| format!("    {line}")));
    }
    indent_lines(&lines)
}

fn indent_lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn add_section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "\n{title}\n{}\n", body.trim_end());
    }
}

fn add_badges(text: &mut String, badges: &[BadgeTotals]) {
    let when = |at: Option<Timestamp>| at.map_or_else(String::new, format_time);
    let row = |badge: &BadgeTotals| {
        [
            badge.badge.to_string(),
            badge.tier.as_deref().unwrap_or_default().to_owned(),
            group_thousands(badge.gained),
            group_thousands(badge.kept),
            group_thousands(badge.lost),
            group_thousands(badge.before.players),
            group_thousands(badge.after.players),
            group_thousands(badge.earned.players),
            when(badge.earned.first),
            when(badge.earned.median),
        ]
    };
    let differs = |badge: &&BadgeTotals| {
        badge.gained + badge.kept + badge.lost > 0 || badge.before != badge.after
    };
    let rows: Vec<_> = badges.iter().filter(differs).map(row).collect();
    let header = [
        "badge", "tier", "gained", "kept", "lost", "before", "after", "earners", "first", "median",
    ];
    let right = ["gained", "kept", "lost", "before", "after", "earners"];
    add_table(
        text,
        "Badges",
        badges.len() - rows.len(),
        rows.len(),
        &render_table(header, &right, rows),
    );
}

fn add_currencies(text: &mut String, currencies: &[CurrencyTotals]) {
    let row = |currency: &CurrencyTotals| {
        [
            currency.currency.to_string(),
            group_thousands(currency.before),
            group_thousands(currency.after),
            format_signed(currency.after.saturating_sub(currency.before)),
            group_thousands(currency.players),
        ]
    };
    let rows: Vec<_> = currencies
        .iter()
        .filter(|currency| currency.players > 0)
        .map(row)
        .collect();
    let header = ["currency", "before", "after", "change", "players"];
    let right = ["before", "after", "change", "players"];
    add_table(
        text,
        "Points",
        currencies.len() - rows.len(),
        rows.len(),
        &render_table(header, &right, rows),
    );
}

fn add_unlockables(text: &mut String, unlockables: &[UnlockableTotals]) {
    let row = |one: &UnlockableTotals| {
        [
            one.unlockable.to_string(),
            group_thousands(one.opened),
            group_thousands(one.kept),
            group_thousands(one.closed),
            group_thousands(one.before),
            group_thousands(one.after),
        ]
    };
    let differs = |one: &&UnlockableTotals| one.opened + one.kept + one.closed > 0;
    let rows: Vec<_> = unlockables.iter().filter(differs).map(row).collect();
    let header = ["unlockable", "opened", "kept", "closed", "before", "after"];
    let right = ["opened", "kept", "closed", "before", "after"];
    add_table(
        text,
        "Unlockables",
        unlockables.len() - rows.len(),
        rows.len(),
        &render_table(header, &right, rows),
    );
}

/// Adds a table of the rows that differ, and the number of those that do not.
fn add_table(text: &mut String, title: &str, same: usize, differ: usize, table: &str) {
    match (differ, same) {
        (0, 0) => {}
        (0, _) => add_section(text, title, "  unchanged"),
        (_, 0) => add_section(text, title, table),
        (_, same) => add_section(
            text,
            title,
            &format!("{table}\n  {} unchanged", group_thousands(same)),
        ),
    }
}

fn add_most_affected(text: &mut String, plan: &Plan) {
    if plan.most_affected.is_empty() {
        return;
    }
    let signed = |sign: &str, points: u128| match points {
        0 => String::new(),
        _ => format!("{sign}{}", group_thousands(points)),
    };
    let row = |one: &AffectedPlayer| {
        [
            one.player.to_string(),
            group_thousands(one.changes),
            signed("+", one.points_gained),
            signed("-", one.points_lost),
        ]
    };
    let rows = plan.most_affected.iter().map(row).collect();
    let header = ["player", "changes", "points gained", "points lost"];
    let table = render_table(header, &["changes", "points gained", "points lost"], rows);
    add_section(text, "Most affected", &table);
}
