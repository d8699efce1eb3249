//! `accolade demo`

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use accolade::core::catalog::CatalogFormat;
use accolade::store::Store;
use accolade::{Catalog, Engine, Status};
use accolade_web::Settings;
use serde_json::json;

use crate::args::{Demo, Global};
use crate::database::Database;
use crate::demo::history;
use crate::demo::live::Living;
use crate::demo::report::{Replay, Report};
use crate::failure::{Ending, Failure};
use crate::import::pipeline::{Answer, Pipeline};
use crate::output::Output;
use crate::progress;
use crate::service::{self, Welcome};

/// Database of the demo. It ignores `ACCOLADE_DB`, so that no other data is touched.
const DATABASE: &str = "sqlite:accolade-demo.db";
/// Lifetime of the demo's links, in seconds.
const DAY: u64 = 24 * 60 * 60;
const CATALOG: &str = include_str!("../../../../examples/stackexchange/catalog.toml");

/// Replays the history of a real community, reports the results, and serves it.
pub(crate) fn run(args: &Demo, global: &Global, output: Output) -> Result<Ending, Failure> {
    if global.catalog.is_some() {
        return Err(Failure::new("the demo has its own catalog; omit --catalog"));
    }
    let catalog = Catalog::new(
        CATALOG,
        "the demo's catalog",
        CatalogFormat::Toml,
        Vec::new(),
    )
    .map_err(Failure::Catalog)?;
    let database = Database::at(global.db.as_deref().unwrap_or(DATABASE), "--db", global)?;
    // A database that the user has named is never deleted.
    let restarted = global.db.is_none() && start_anew(&database, &catalog)?;
    let engine = Engine::open(database.store()?, catalog).map_err(|error| {
        Failure::from(error)
            .context("the demo needs a database of its own; name another one with --db")
    })?;
    let replay = Replay {
        anew: restarted,
        ..replay(&engine)?
    };
    let report = Report::read(&engine, CATALOG, &database.url, replay)?;
    engine.close()?;
    output.show(&report, || report.describe())?;
    if !args.no_serve {
        serve(args, report.notable_player(), output)?;
    }
    Ok(Ending::fine_if(report.is_clean()))
}

/// Serves a live copy of the community, whose history continues.
fn serve(args: &Demo, notable: Option<&str>, output: Output) -> Result<(), Failure> {
    let mut settings = Settings::default();
    settings.pages.title = "French Language Meta".to_owned();
    settings.players.token_seconds = DAY;
    // The request log would bury the links.
    settings.log.level = "warn".to_owned();
    settings.server.listen = args.listen.unwrap_or(settings.server.listen);
    service::begin_log(&settings)?;
    let living = Living::begin(CATALOG)?;
    let engine = living.engine.clone();
    let served = service::runtime()?.block_on(service::serve(
        &engine,
        settings,
        output,
        async |site| {
            let url = site.external_url();
            let mut lines = vec![
                "\nA live copy of the community, in memory only; its history continues, sped up."
                    .to_owned(),
                format!("  {url}/  recent activity and all badges"),
            ];
            let as_player = notable.map(|player| {
                let token = site.issue_player_token(player, DAY);
                format!("{url}/sign-in?token={token}&to=/players/{player}")
            });
            lines.extend(as_player.iter().map(|link| {
                let player = notable.unwrap_or_default();
                format!("  {link}\n    signed in as player {player}")
            }));
            let link = service::first_administrator(site).await?;
            lines.extend(link.iter().map(|link| {
                format!("  {link}\n    create an administrator (the link works once)")
            }));
            lines.push("Press Ctrl-C to stop.".to_owned());
            let document = json!({ "player": as_player, "first_administrator": link });
            Ok(Welcome { lines, document })
        },
        living.go_on(),
    ));
    engine.close()?;
    served
}

/// Deletes the default database of an earlier demo. Returns true if there was one.
fn start_anew(database: &Database, catalog: &Catalog) -> Result<bool, Failure> {
    if !database.exists() {
        return Ok(false);
    }
    let failed =
        |error: accolade::store::StoreError| Failure::new(error.to_string()).context(&database.url);
    let published = database
        .store()?
        .reader()
        .and_then(|mut reader| reader.catalog())
        .map_err(failed)?;
    match published {
        None => return Ok(false),
        // The file is deleted only if it is certainly a demo: its catalog is the bundled one.
        Some(row) if row.fingerprint == catalog.fingerprint() => {}
        Some(_) => {
            return Err(Failure::new(format!(
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
                return Err(Failure::file("delete", &file, &error));
            }
            _ => {}
        }
    }
    Ok(true)
}

/// Records the history through the pipeline of `accolade import`.
fn replay(engine: &Engine) -> Result<Replay, Failure> {
    let events: Vec<_> = history::events().collect();
    let bar = progress::items(events.len() as u64, "events");
    let mut replay = Replay::default();
    let started = Instant::now();
    let mut pipeline = Pipeline::new(engine, false, |(), answer| {
        bar.inc(1);
        replay.events += 1;
        match answer {
            Answer::Recorded(receipt) => {
                replay.duplicates += u64::from(receipt.status == Status::Duplicate)
            }
            Answer::Rejected(rejection) => return Err(accolade::Error::from(rejection).into()),
            Answer::Malformed(reason) => return Err(Failure::new(reason)),
        }
        Ok(())
    });
    for event in events {
        pipeline.send((), 0, Ok(event))?;
    }
    pipeline.finish()?;
    bar.finish_and_clear();
    replay.seconds = started.elapsed().as_secs_f64();
    replay.events_per_second = (replay.events as f64 / replay.seconds.max(0.001)) as u64;
    Ok(replay)
}
