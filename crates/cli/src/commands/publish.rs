//! `accolade publish`

use std::fmt::Write;

use accolade::{Catalog, Engine, Publication, PublishOptions, SweepProgress};
use serde_json::json;

use crate::args;
use crate::catalog;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};
use crate::progress;

/// Publishes a catalog and, without `--detach`, waits until all players are backfilled.
pub(crate) fn run(
    args: &args::PublishArgs,
    database: &Database,
    output: Output,
) -> Result<Ending, Failure> {
    let given = args.file.as_deref().map(catalog::read).transpose()?;
    let engine = database.to_change()?;
    let published = publish(args, &engine, engine.catalog_version(), given)?;
    let backfill = match args.detach {
        true => None,
        false => Some(sweep(&engine)?),
    };
    engine.close()?;
    let document = json!({
        "database": database.url,
        "version": published.version,
        "new": published.new,
        "changes": published.changes,
        "players": backfill.as_ref().map(|backfill| backfill.done),
    });
    output.show(&document, || {
        describe(&published, backfill.as_ref(), &database.url)
    })?;
    Ok(Ending::Fine)
}

/// Publishes the catalog if `found` is still the published version, so that it does not overwrite a
/// concurrent publication.
fn publish(
    args: &args::PublishArgs,
    engine: &Engine,
    found: i64,
    given: Option<Catalog>,
) -> Result<Publication, Failure> {
    let catalog = match (given, args.version) {
        (Some(catalog), _) => catalog,
        (None, Some(version)) => engine.version(version).wait()?,
        (None, None) => {
            return Err(Failure::new(
                "name a catalog to publish, or an earlier version with --version",
            ));
        }
    };
    let mut options = PublishOptions::default().over(found);
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
    let (bar, update) = progress::players();
    let published = engine
        .publish_with(catalog, options, move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(published?)
}

/// Backfills all players to the published catalog, and shows a progress bar.
pub(crate) fn sweep(engine: &Engine) -> Result<SweepProgress, Failure> {
    let (bar, update) = progress::players();
    let backfill = engine
        .sweep(move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(backfill?)
}

fn describe(published: &Publication, backfill: Option<&SweepProgress>, url: &str) -> String {
    let version = published.version;
    let mut text = match published.new {
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
            let players = counted(backfill.done, "player");
            let _ = write!(text, "\n{players} up to date");
        }
        None => text.push_str(
            "\nplayers are backfilled as events are recorded for them; to backfill all of them, \
             run the command again without --detach",
        ),
    }
    text
}
