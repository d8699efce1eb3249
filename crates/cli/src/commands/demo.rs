//! `accolade demo`

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use accolade::core::catalog::Format;
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

/// The demo's own database: never the one that `ACCOLADE_DB` names.
const DATABASE: &str = "sqlite:accolade-demo.db";
/// Seconds for which the demo's links work.
const DAY: u64 = 24 * 60 * 60;
const CATALOG: &str = include_str!("../../../../examples/stackexchange/catalog.toml");

/// Replays the history of a real community, tells what it came to, and serves it.
pub(crate) fn run(args: &Demo, global: &Global, output: Output) -> Result<Ending, Failure> {
    if global.catalog.is_some() {
        return Err(Failure::new(
            "the demo brings its own catalog; leave --catalog out",
        ));
    }
    let catalog = Catalog::new(CATALOG, "the demo's catalog", Format::Toml, Vec::new())
        .map_err(Failure::Catalog)?;
    let database = Database::at(global.db.as_deref().unwrap_or(DATABASE), "--db", global)?;
    let anew = global.db.is_none() && start_anew(&database, &catalog)?;
    let engine = Engine::open(database.store()?, catalog).map_err(|error| {
        Failure::from(error).context("the demo needs a database of its own; --db names another")
    })?;
    let replay = Replay {
        anew,
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

/// Serves a living community: the same history, going on.
fn serve(args: &Demo, notable: Option<&str>, output: Output) -> Result<(), Failure> {
    let mut settings = Settings::default();
    settings.pages.title = "French Language Meta".to_owned();
    settings.players.token_seconds = DAY;
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
            let url = site.url();
            let mut lines = vec![
                "\nThe same community, living: its history goes on as you look, sped up, in memory only.".to_owned(),
                format!("  {url}/  what happens, and every badge"),
            ];
            let as_player = notable.map(|player| {
                let token = site.player_token(player, DAY);
                format!("{url}/sign-in?token={token}&to=/players/{player}")
            });
            lines.extend(
                as_player.iter().map(|link| format!("  {link}\n    as player {} sees it", notable.unwrap_or_default())),
            );
            let link = service::first_administrator(site).await?;
            lines
                .extend(link.iter().map(|link| format!("  {link}\n    become its administrator; the link works once")));
            lines.push("Ctrl-C ends it.".to_owned());
            Ok(Welcome { lines, document: json!({ "player": as_player, "first_administrator": link }) })
        },
        living.go_on(),
    ));
    engine.close()?;
    served
}

/// Deletes what an earlier demo left in the default place. Returns whether there was something.
fn start_anew(database: &Database, catalog: &Catalog) -> Result<bool, Failure> {
    if !database.exists() {
        return Ok(false);
    }
    let failed =
        |error: accolade::store::StoreError| Failure::new(error.to_string()).context(&database.url);
    let in_force = database
        .store()?
        .reader()
        .and_then(|mut reader| reader.catalog())
        .map_err(failed)?;
    match in_force {
        None => return Ok(false),
        Some(row) if row.fingerprint == catalog.fingerprint() => {}
        Some(_) => {
            let told = "holds something else than this release's demo; delete it, or name another database with --db";
            return Err(Failure::new(format!("{} {told}", database.file.display())));
        }
    }
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

/// Sends the history the way that imports take.
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
