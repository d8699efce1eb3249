//! `accolade export`

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use accolade::core::event::Event;
use accolade::store::{AwardRow, LedgerRow, PlayerRow};
use accolade::{Engine, Error, Ticket};
use serde_json::{Value, json};

use super::dossier;
use crate::args::{Export, ExportFormat, Exported};
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, stdout_failure};
use crate::progress;
use crate::table::TableWriter;

/// Players that are read at a time.
const PLAYERS: usize = 32;

/// Exports one kind of data, player by player.
pub(crate) fn run(args: &Export, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read_all()?;
    if let (Exported::PersonalData, Some(player)) = (args.what, &args.player) {
        return dossier::run(player, args.out.as_deref(), &engine, output);
    }
    // Only ndjson can be imported again, so it is the default for events.
    let format = args.format.unwrap_or(match (args.what, output.is_json()) {
        (Exported::Events, _) | (_, true) => ExportFormat::Ndjson,
        _ => ExportFormat::Csv,
    });
    let (sink, bar): (Box<dyn Write>, _) = match &args.out {
        // A progress bar would mix with the rows on a terminal.
        None => (
            Box::new(io::stdout().lock()),
            indicatif::ProgressBar::hidden(),
        ),
        Some(path) => {
            let file = File::create(path).map_err(|error| Failure::file("write", path, &error))?;
            (
                Box::new(file),
                progress::items(
                    engine.read(|reader| reader.player_count()).wait()?,
                    "players",
                ),
            )
        }
    };
    let failed = |error: io::Error| write_failure(args.out.as_deref(), &error);
    let mut table = TableWriter::new(sink, format, header(args.what)).map_err(failed)?;
    let mut after = None;
    loop {
        let page = engine.players(after, PLAYERS).wait()?;
        for rows in rows(&engine, args.what, &page.items) {
            for row in rows?.iter() {
                table.write(row).map_err(failed)?;
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
        output.show(&document, || {
            format!("exported {} to {}", counted(written, "row"), path.display())
        })?;
    }
    Ok(Ending::Fine)
}

pub(super) fn write_failure(out: Option<&Path>, error: &io::Error) -> Failure {
    out.map_or_else(
        || stdout_failure(error),
        |path| Failure::file("write", path, error),
    )
}

fn header(what: Exported) -> &'static [&'static str] {
    match what {
        Exported::Awards => &["player", "badge", "tier", "key", "awarded_at", "event"],
        Exported::Ledger => &[
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
        Exported::Events => &["id", "player", "name", "at", "order", "props"],
        Exported::Players => &["player", "events", "first_at", "last_at"],
        Exported::Balances => &["player", "currency", "balance"],
        Exported::PersonalData => &[],
    }
}

type Row = Vec<Value>;

/// Returns the rows of some players, in their order.
fn rows<'p>(
    engine: &'p Engine,
    what: Exported,
    players: &'p [PlayerRow],
) -> Box<dyn Iterator<Item = Result<Vec<Row>, Error>> + 'p> {
    match what {
        Exported::PersonalData => Box::new(std::iter::empty()),
        Exported::Players => Box::new(players.iter().map(|player| Ok(vec![player_row(player)]))),
        Exported::Awards => asked(
            players,
            |player| engine.awards(player),
            |_, awards| {
                awards
                    .iter()
                    .filter(|award| award.revoked_at.is_none())
                    .map(award_row)
                    .collect()
            },
        ),
        Exported::Ledger => asked(
            players,
            |player| ledger(engine, player),
            |player, entries| {
                entries
                    .iter()
                    .map(|entry| ledger_row(player, entry))
                    .collect()
            },
        ),
        Exported::Events => asked(
            players,
            |player| engine.timeline(player),
            |_, timeline| timeline.iter().map(|row| event_row(&row.event)).collect(),
        ),
        Exported::Balances => asked(
            players,
            |player| engine.balances(player),
            |player, balances| {
                balances
                    .iter()
                    .map(|(currency, balance)| vec![json!(player), json!(currency), json!(balance)])
                    .collect()
            },
        ),
    }
}

fn asked<'p, T: 'p>(
    players: &'p [PlayerRow],
    ask: impl Fn(&str) -> Ticket<Vec<T>>,
    rows: impl Fn(&str, Vec<T>) -> Vec<Row> + 'p,
) -> Box<dyn Iterator<Item = Result<Vec<Row>, Error>> + 'p> {
    // All queries start before the first is awaited, so that they run in parallel.
    let tickets: Vec<Ticket<Vec<T>>> = players.iter().map(|player| ask(&player.player)).collect();
    let answers = players.iter().zip(tickets);
    Box::new(answers.map(move |(player, ticket)| Ok(rows(&player.player, ticket.wait()?))))
}

fn ledger(engine: &Engine, player: &str) -> Ticket<Vec<LedgerRow>> {
    let player = player.to_owned();
    engine.read(move |reader| reader.ledger_after(&player, None))
}

fn player_row(player: &PlayerRow) -> Row {
    let time = |at: Option<accolade::Timestamp>| json!(at.map(|at| at.to_string()));
    let summary = &player.summary;
    vec![
        json!(player.player),
        json!(summary.event_count),
        time(summary.first_at),
        time(summary.last_at),
    ]
}

fn award_row(award: &AwardRow) -> Row {
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

fn ledger_row(player: &str, entry: &LedgerRow) -> Row {
    vec![
        json!(player),
        json!(entry.seq),
        json!(entry.at.to_string()),
        json!(entry.currency),
        json!(entry.amount),
        json!(entry.kind.word()),
        json!(entry.rule),
        json!(entry.tier),
        json!(entry.key),
        json!(entry.event),
        json!(entry.trigger.word()),
        json!(entry.reason),
        json!(entry.recorded_at.to_string()),
    ]
}

fn event_row(event: &Event) -> Row {
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
