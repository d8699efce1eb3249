//! `accolade export`

use std::fs::File;
use std::io::{self, Write};

use accolade::{
    Award, Engine, Error, LedgerEntry, PlayerId, PlayerListItem, RecordedEvent, Ticket,
};
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
        return personal_data::export_personal_data(
            player,
            args.out.as_deref(),
            &engine,
            &database.url,
            output,
        );
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
                progress::start_item_bar(engine.players().count().wait()?, "players"),
            )
        }
    };
    let failed = |error: io::Error| write_error(args.out.as_deref(), &error);
    let mut table = TableWriter::new(sink, format, column_names(args.kind)).map_err(failed)?;
    let mut after = None;
    loop {
        let page = engine
            .players()
            .search("", after, PLAYERS_PER_PAGE)
            .wait()?;
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
        ExportKind::Players => &["player", "name", "events", "first_at", "last_seen_at"],
        ExportKind::Balances => &["player", "currency", "balance"],
        ExportKind::PersonalData => &[],
    }
}

type ExportRow = Vec<Value>;

/// Returns the rows of some players, in their order.
fn load_rows<'p>(
    engine: &'p Engine,
    what: ExportKind,
    players: &'p [PlayerListItem],
) -> Box<dyn Iterator<Item = Result<Vec<ExportRow>, Error>> + 'p> {
    match what {
        ExportKind::PersonalData => Box::new(std::iter::empty()),
        ExportKind::Players => Box::new(players.iter().map(|player| Ok(vec![player_row(player)]))),
        ExportKind::Awards => query_players(
            players,
            |player| engine.players().list_awards(player),
            |player, awards| {
                awards
                    .iter()
                    .filter(|award| award.is_held())
                    .map(|award| award_row(player, award))
                    .collect()
            },
        ),
        ExportKind::Ledger => query_players(
            players,
            |player| engine.players().list_ledger(player, None, usize::MAX),
            |player, page| {
                // Pages are newest first; the export is in order of time.
                page.items
                    .iter()
                    .rev()
                    .map(|entry| ledger_row(player, entry))
                    .collect()
            },
        ),
        ExportKind::Events => query_players(
            players,
            |player| engine.players().list_timeline(player),
            |_, timeline| timeline.iter().map(event_row).collect(),
        ),
        ExportKind::Balances => query_players(
            players,
            |player| engine.players().load_balances(player),
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
    players: &'p [PlayerListItem],
    ask: impl Fn(&PlayerId) -> Ticket<T>,
    rows: impl Fn(&str, T) -> Vec<ExportRow> + 'p,
) -> Box<dyn Iterator<Item = Result<Vec<ExportRow>, Error>> + 'p> {
    // All queries start before the first is awaited, so that they run in parallel.
    let tickets: Vec<Ticket<T>> = players.iter().map(|player| ask(&player.player)).collect();
    let answers = players.iter().zip(tickets);
    Box::new(answers.map(move |(player, ticket)| Ok(rows(&player.player, ticket.wait()?))))
}

fn player_row(player: &PlayerListItem) -> ExportRow {
    vec![
        json!(player.player),
        json!(player.name),
        json!(player.events),
        json!(player.first_at),
        json!(player.last_seen_at),
    ]
}

fn award_row(player: &str, award: &Award) -> ExportRow {
    vec![
        json!(player),
        json!(award.badge),
        json!(award.tier.as_deref().unwrap_or_default()),
        json!(award.key.as_deref().unwrap_or_default()),
        json!(award.at),
        json!(award.event),
    ]
}

fn ledger_row(player: &str, entry: &LedgerEntry) -> ExportRow {
    vec![
        json!(player),
        json!(entry.seq),
        json!(entry.at.to_string()),
        json!(entry.currency),
        json!(entry.amount),
        json!(entry.kind.as_str()),
        json!(entry.rule),
        json!(entry.tier.as_deref().unwrap_or_default()),
        json!(entry.key.as_deref().unwrap_or_default()),
        json!(entry.event),
        json!(entry.trigger.as_str()),
        json!(entry.reason),
        json!(entry.recorded_at.to_string()),
    ]
}

fn event_row(event: &RecordedEvent) -> ExportRow {
    vec![
        json!(event.id),
        json!(event.player),
        json!(event.name),
        json!(event.at),
        json!(event.order),
        json!(event.props),
    ]
}
