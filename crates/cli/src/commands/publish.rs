//! `accolade publish`

use std::fmt::Write;

use accolade::{BackfillProgress, Catalog, Engine, Publication, PublishOptions};
use accolade_web::models::PublicationModel;
use serde::Serialize;

use crate::args;
use crate::backfill::run_backfill;
use crate::catalog;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::Output;
use crate::progress;

/// Publishes a catalog and, without `--detach`, waits until all players are backfilled.
pub(crate) fn run_publish(
    args: &args::PublishArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    // Before the database is opened: an invalid catalog must leave it untouched.
    let given = args
        .file
        .as_deref()
        .map(catalog::load_catalog)
        .transpose()?;
    let engine = database.open_existing()?;
    let published = publish_catalog(args, &engine, engine.catalog().version(), given)?;
    let backfill = match args.detach {
        true => None,
        false => Some(run_backfill(&engine)?),
    };
    engine.close()?;
    let document = PublishDocument {
        database: &database.url,
        publication: published.clone().into(),
        players: backfill.as_ref().map(|backfill| backfill.done),
    };
    output.print_result(&document, || {
        describe_publication(&published, backfill.as_ref(), &database.url)
    })?;
    Ok(ExitStatus::Success)
}

/// Result of the command as JSON.
#[derive(Serialize)]
struct PublishDocument<'d> {
    database: &'d str,
    #[serde(flatten)]
    publication: PublicationModel,
    /// Number of players backfilled; `None` if the backfill goes on in the background.
    players: Option<u64>,
}

/// Publishes the catalog if `found` is still the published version, so that it does not overwrite a
/// concurrent publication.
fn publish_catalog(
    args: &args::PublishArgs,
    engine: &Engine,
    found: i64,
    given: Option<Catalog>,
) -> Result<Publication, CommandError> {
    let catalog = match (given, args.version) {
        (Some(catalog), _) => catalog,
        (None, Some(version)) => engine.catalog().load_version(version).wait()?,
        (None, None) => {
            return Err(CommandError::new(
                "name a catalog to publish, or an earlier version with --version",
            ));
        }
    };
    let mut options = PublishOptions::default().expected_version(found);
    if let Some(by) = &args.by {
        options = options.by(by);
    }
    if args.revoke {
        options = options.revoke();
    }
    if let Some(token) = &args.plan {
        options = options.plan(token.clone());
    }
    // Only a publication with a plan compares every player again, which can take long.
    let (bar, update) = progress::start_player_bar();
    let published = engine
        .catalog()
        .publish_with_progress(catalog, options, move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(published?)
}

fn describe_publication(
    published: &Publication,
    backfill: Option<&BackfillProgress>,
    url: &str,
) -> String {
    let version = published.version;
    let mut text = match published.is_new {
        true => format!("published version {version} to {url}\n"),
        false => format!(
            "identical to the published version {version} in {url}; nothing was published\n"
        ),
    };
    for change in &published.changes {
        let _ = writeln!(text, "  {change}");
    }
    match backfill {
        Some(backfill) => {
            let players = count_noun(backfill.done, "player");
            let _ = write!(text, "\n{players} up to date");
        }
        None => text.push_str(
            "\nplayers are backfilled as events are recorded for them; to backfill all of them, \
             run the command again without --detach",
        ),
    }
    text
}
