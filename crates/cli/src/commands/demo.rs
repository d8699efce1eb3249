//! `accolade demo`

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use accolade::store::Store;
use accolade::{Catalog, Engine, ReceiptStatus};
use accolade_core::catalog::CatalogFormat;
use accolade_web::{Settings, Site};
use serde_json::json;

use crate::args::{DemoArgs, GlobalArgs};
use crate::database::Database;
use crate::demo::history::{self, COMMUNITY_RULES};
use crate::demo::live::{self, LiveCommunity};
use crate::demo::report::{DemoReport, ReplayStats};
use crate::error::{CommandError, ExitStatus};
use crate::import::pipeline::{EventPipeline, ImportResult};
use crate::output::Output;
use crate::progress;
use crate::service::{self, StartupMessage};

/// Database of the demo. It ignores `ACCOLADE_DB`, so that no other data is touched.
const DATABASE_URL: &str = "sqlite:accolade-demo.db";
/// Lifetime of the demo's links, in seconds.
const LINK_SECONDS: u64 = 24 * 60 * 60;

/// Replays the history of a real community, reports the results, and serves it.
pub(crate) fn run_demo(
    args: &DemoArgs,
    global: &GlobalArgs,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    if global.catalog.is_some() {
        return Err(CommandError::new(
            "the demo has its own catalog; omit --catalog",
        ));
    }
    let catalog = Catalog::new(
        COMMUNITY_RULES,
        "the demo's catalog",
        CatalogFormat::Toml,
        Vec::new(),
    )
    .map_err(CommandError::Catalog)?;
    let database =
        Database::from_url(global.db.as_deref().unwrap_or(DATABASE_URL), "--db", global)?;
    // A database that the user has named is never deleted.
    let restarted = global.db.is_none() && delete_earlier_demo(&database, &catalog)?;
    let engine = Engine::open(database.open_store()?, catalog).map_err(|error| {
        CommandError::from(error)
            .with_context("the demo needs a database of its own; name another one with --db")
    })?;
    let replay = ReplayStats {
        restarted,
        ..replay_history(&engine)?
    };
    let report = DemoReport::collect_from(&engine, COMMUNITY_RULES, &database.url, replay)?;
    engine.close()?;
    output.print_result(&report, || report.to_text())?;
    if !args.no_serve {
        serve_live_community(args, report.top_player(), output)?;
    }
    Ok(ExitStatus::success_if(report.is_clean()))
}

/// Serves a live copy of the community, whose history continues.
fn serve_live_community(
    args: &DemoArgs,
    notable: Option<&str>,
    output: Output,
) -> Result<(), CommandError> {
    let mut settings = Settings::default();
    settings.pages.title = "French Language Meta".to_owned();
    settings.players.token_seconds = LINK_SECONDS;
    // The request log would bury the links.
    settings.log.level = "warn".to_owned();
    settings.server.listen = args.listen.unwrap_or(settings.server.listen);
    service::begin_log(&settings)?;
    // The live copy is as temporary as its links, and must not change the replayed history.
    let folder = tempfile::tempdir().map_err(|error| {
        CommandError::new(error.to_string()).with_context("cannot create a temporary folder")
    })?;
    let rules = live::compile_catalog()?;
    let living = LiveCommunity::start_now(rules, &folder.path().join("live.db"), notable)?;
    let engine = living.engine.clone();
    let shown = notable.map(|player| (player, living.name_of(player).to_owned()));
    // The playback begins before the site exists.
    let watched = Arc::new(OnceLock::<Site>::new());
    let is_watched = {
        let watched = Arc::clone(&watched);
        move || {
            watched
                .get()
                .is_some_and(|site| site.count_live_streams() > 0)
        }
    };
    let served = service::build_runtime()?.block_on(service::serve_site(
        &engine,
        settings,
        output,
        async |site| {
            let url = site.external_url();
            // A second call does not happen; it would change nothing.
            let _ = watched.set(site.clone());
            let mut lines = vec![
                "\nA live copy of the community, in a temporary file, with made-up names and a few more \
                 rules.\nIts history was moved to the last weeks and continues, sped up."
                    .to_owned(),
                format!("  {url}/\n    recent activity and all badges"),
            ];
            let as_player = shown.as_ref().map(|(player, name)| {
                let token = site.issue_player_token(player, LINK_SECONDS);
                let link = format!("{url}/sign-in?token={token}&to=/players/{player}");
                lines.push(format!(
                    "  {link}\n    signed in as {name}; keep the page open and watch badges arrive"
                ));
                link
            });
            let link = service::first_administrator_link(site).await?;
            lines.extend(link.iter().map(|link| {
                format!("  {link}\n    create an administrator (the link works once)")
            }));
            lines.push("Press Ctrl-C to stop.".to_owned());
            let document = json!({ "player": as_player, "first_administrator": link });
            Ok(StartupMessage { lines, document })
        },
        living.play_future(is_watched),
    ));
    engine.close()?;
    served
}

/// Deletes the default database of an earlier demo. Returns true if there was one.
fn delete_earlier_demo(database: &Database, catalog: &Catalog) -> Result<bool, CommandError> {
    if !database.exists() {
        return Ok(false);
    }
    let failed = |error: accolade::store::StoreError| {
        CommandError::new(error.to_string()).with_context(&database.url)
    };
    let published = database
        .open_store()?
        .open_reader()
        .and_then(|mut reader| reader.load_catalog())
        .map_err(failed)?;
    match published {
        None => return Ok(false),
        // The file is deleted only if it is certainly a demo: its catalog is the bundled one.
        Some(row) if row.fingerprint == catalog.fingerprint() => {}
        Some(_) => {
            return Err(CommandError::new(format!(
                "{} is not from this release's demo; delete it, or name another database with --db",
                database.file.display()
            )));
        }
    }
    // SQLite would apply a leftover log to the new database.
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.file.clone().into_os_string();
        file.push(suffix);
        let file = PathBuf::from(file);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(CommandError::file_error("delete", &file, &error));
            }
            _ => {}
        }
    }
    Ok(true)
}

/// Records the history through the pipeline of `accolade import`.
fn replay_history(engine: &Engine) -> Result<ReplayStats, CommandError> {
    let events: Vec<_> = history::read_events().collect();
    let bar = progress::start_item_bar(events.len() as u64, "events");
    let mut replay = ReplayStats::default();
    let started = Instant::now();
    let mut pipeline = EventPipeline::new(engine, false, |(), answer| {
        bar.inc(1);
        replay.events += 1;
        match answer {
            ImportResult::Recorded(receipt) => {
                replay.duplicates += u64::from(receipt.status == ReceiptStatus::Duplicate)
            }
            ImportResult::Rejected(rejection) => {
                return Err(accolade::Error::from(rejection).into());
            }
            ImportResult::Malformed(line) => return Err(CommandError::new(line.message)),
        }
        Ok(())
    });
    for event in events {
        // The history is in memory already, so only the number of events limits a batch.
        pipeline.send((), 0, Ok(event))?;
    }
    pipeline.finish()?;
    bar.finish_and_clear();
    replay.seconds = started.elapsed().as_secs_f64();
    replay.events_per_second = (replay.events as f64 / replay.seconds.max(0.001)) as u64;
    Ok(replay)
}
