//! `accolade export`

use std::fs::File;
use std::io::{self, Write};

use accolade::core::event::Event;
use accolade::store::{AwardRow, LedgerRow, PlayerRow};
use accolade::{Engine, Error, Ticket};
use serde_json::{Value, json};

use super::personal_data;
use crate::args::{ExportArgs, ExportFormat, ExportKind};
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::{Output, write_error};
use crate::progress;
use crate::table::TableWriter;

/// Players that are read at a time.
// All rows of a page are in memory at the same time, so that its queries can run in parallel.
const PLAYERS_PER_PAGE: usize = 32;

/// Exports one kind of data, player by player.
pub(crate) fn run_export(
    args: &ExportArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_backfilled()?;
    if let (ExportKind::PersonalData, Some(player)) = (args.kind, &args.player) {
        return personal_data::export_personal_data(player, args.out.as_deref(), &engine, output);
    }
    // Only ndjson can be imported again, so it is the default for events.
    let format = args.format.unwrap_or(match (args.kind, output.is_json()) {
        (ExportKind::Events, _) | (_, true) => ExportFormat::Ndjson,
        _ => ExportFormat::Csv,
    });
    let (sink, bar): (Box<dyn Write>, _) = match &args.out {
        // A progress bar would mix with the rows on a terminal.
        None => (
            Box::new(io::stdout().lock()),
            indicatif::ProgressBar::hidden(),
        ),
        Some(path) => {
            let file = File::create(path)
                .map_err(|error| CommandError::file_error("write", path, &error))?;
            (
                Box::new(file),
                progress::start_item_bar(
                    engine.query_store(|reader| reader.count_players()).wait()?,
                    "players",
                ),
            )
        }
    };
    let failed = |error: io::Error| write_error(args.out.as_deref(), &error);
    let mut table = TableWriter::new(sink, format, column_names(args.kind)).map_err(failed)?;
    let mut after = None;
    loop {
        let page = engine.list_players(after, PLAYERS_PER_PAGE).wait()?;
        for rows in load_rows(&engine, args.kind, &page.items) {
            for row in rows?.iter() {
                table.write_row(row).map_err(failed)?;
            }
        }
        bar.inc(page.items.len() as u64);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let written = table.finish().map_err(failed)?;
    bar.finish_and_clear();
    if let Some(path) = &args.out {
        let document = json!({ "out": path, "rows": written });
        output.print_result(&document, || {
            format!(
                "exported {} to {}",
                count_noun(written, "row"),
                path.display()
            )
        })?;
    }
    Ok(ExitStatus::Success)
}

fn column_names(what: ExportKind) -> &'static [&'static str] {
    match what {
        ExportKind::Awards => &["player", "badge", "tier", "key", "awarded_at", "event"],
        ExportKind::Ledger => &[
            "player",
            "seq",
            "at",
            "currency",
            "amount",
            "kind",
            "rule",
            "tier",
            "key",
            "event",
            "trigger",
            "reason",
            "recorded_at",
        ],
        // The fields of an event, so that `accolade import` reads the rows.
        ExportKind::Events => &["id", "player", "name", "at", "order", "props"],
        ExportKind::Players => &["player", "events", "first_at", "last_at"],
        ExportKind::Balances => &["player", "currency", "balance"],
        ExportKind::PersonalData => &[],
    }
}

type ExportRow = Vec<Value>;

/// Returns the rows of some players, in their order.
fn load_rows<'p>(
    engine: &'p Engine,
    what: ExportKind,
    players: &'p [PlayerRow],
) -> Box<dyn Iterator<Item = Result<Vec<ExportRow>, Error>> + 'p> {
    match what {
        ExportKind::PersonalData => Box::new(std::iter::empty()),
        ExportKind::Players => Box::new(players.iter().map(|player| Ok(vec![player_row(player)]))),
        ExportKind::Awards => query_players(
            players,
            |player| engine.list_awards(player),
            |_, awards| {
                awards
                    .iter()
                    .filter(|award| award.revoked_at.is_none())
                    .map(award_row)
                    .collect()
            },
        ),
        ExportKind::Ledger => query_players(
            players,
            |player| load_ledger(engine, player),
            |player, entries| {
                entries
                    .iter()
                    .map(|entry| ledger_row(player, entry))
                    .collect()
            },
        ),
        ExportKind::Events => query_players(
            players,
            |player| engine.list_timeline(player),
            |_, timeline| timeline.iter().map(|row| event_row(&row.event)).collect(),
        ),
        ExportKind::Balances => query_players(
            players,
            |player| engine.list_balances(player),
            |player, balances| {
                balances
                    .iter()
                    .map(|(currency, balance)| vec![json!(player), json!(currency), json!(balance)])
                    .collect()
            },
        ),
    }
}

fn query_players<'p, T: 'p>(
    players: &'p [PlayerRow],
    ask: impl Fn(&str) -> Ticket<Vec<T>>,
    rows: impl Fn(&str, Vec<T>) -> Vec<ExportRow> + 'p,
) -> Box<dyn Iterator<Item = Result<Vec<ExportRow>, Error>> + 'p> {
    // All queries start before the first is awaited, so that they run in parallel.
    let tickets: Vec<Ticket<Vec<T>>> = players.iter().map(|player| ask(&player.player)).collect();
    let answers = players.iter().zip(tickets);
    Box::new(answers.map(move |(player, ticket)| Ok(rows(&player.player, ticket.wait()?))))
}

fn load_ledger(engine: &Engine, player: &str) -> Ticket<Vec<LedgerRow>> {
    let player = player.to_owned();
    engine.query_store(move |reader| reader.list_ledger_after(&player, None))
}

fn player_row(player: &PlayerRow) -> ExportRow {
    let time = |at: Option<accolade::Timestamp>| json!(at.map(|at| at.to_string()));
    let summary = &player.summary;
    vec![
        json!(player.player),
        json!(summary.event_count),
        time(summary.first_at),
        time(summary.last_at),
    ]
}

fn award_row(award: &AwardRow) -> ExportRow {
    let AwardRow {
        player,
        badge,
        tier,
        key,
        at,
        event,
        ..
    } = award;
    vec![
        json!(player),
        json!(badge),
        json!(tier),
        json!(key),
        json!(at.to_string()),
        json!(event),
    ]
}

fn ledger_row(player: &str, entry: &LedgerRow) -> ExportRow {
    vec![
        json!(player),
        json!(entry.seq),
        json!(entry.at.to_string()),
        json!(entry.currency),
        json!(entry.amount),
        json!(entry.kind.as_str()),
        json!(entry.rule),
        json!(entry.tier),
        json!(entry.key),
        json!(entry.event),
        json!(entry.trigger.as_str()),
        json!(entry.reason),
        json!(entry.recorded_at.to_string()),
    ]
}

fn event_row(event: &Event) -> ExportRow {
    let Event {
        id,
        player,
        name,
        at,
        order,
        props,
    } = event;
    vec![
        json!(id),
        json!(player),
        json!(name),
        json!(at.to_string()),
        json!(order),
        json!(props),
    ]
}
