//! `accolade apply`

use std::fmt::Write;

use accolade::{Catalog, Engine, Published, Publishing, SweepProgress};
use serde_json::json;

use crate::args;
use crate::catalog;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};
use crate::progress;

/// Puts a catalog in force and, unless told otherwise, stays until every player is brought up to it.
pub(crate) fn run(
    args: &args::Apply,
    database: &Database,
    output: Output,
) -> Result<Ending, Failure> {
    let given = args.file.as_deref().map(catalog::read).transpose()?;
    let engine = database.to_change()?;
    let published = publish(args, &engine, engine.catalog_version(), given)?;
    let swept = match args.detach {
        true => None,
        false => Some(sweep(&engine)?),
    };
    engine.close()?;
    let document = json!({
        "database": database.url, "version": published.version, "new": published.new, "changes": published.changes,
        "players": swept.as_ref().map(|swept| swept.done),
    });
    output.show(&document, || {
        describe(&published, swept.as_ref(), &database.url)
    })?;
    Ok(Ending::Fine)
}

/// Publishes over the version that was found: whoever else publishes meanwhile is not passed over.
fn publish(
    args: &args::Apply,
    engine: &Engine,
    found: i64,
    given: Option<Catalog>,
) -> Result<Published, Failure> {
    let catalog = match (given, args.version) {
        (Some(catalog), _) => catalog,
        (None, Some(version)) => engine.version(version).wait()?,
        (None, None) => {
            return Err(Failure::new(
                "name a catalog to publish, or an earlier one with --version",
            ));
        }
    };
    let mut how = Publishing::default().over(found);
    if let Some(by) = &args.by {
        how = how.by(by);
    }
    if args.take_back {
        how = how.take_back();
    }
    if let Some(token) = &args.plan {
        how = how.plan(token.clone());
    }
    // With a plan everybody is looked at once more; without one this takes a moment.
    let (bar, tell) = progress::players();
    let published = engine
        .publish_with(catalog, how, move |step| tell(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(published?)
}

pub(crate) fn sweep(engine: &Engine) -> Result<SweepProgress, Failure> {
    let (bar, tell) = progress::players();
    let swept = engine.sweep(move |step| tell(step.done, step.total)).wait();
    bar.finish_and_clear();
    Ok(swept?)
}

fn describe(published: &Published, swept: Option<&SweepProgress>, url: &str) -> String {
    let version = published.version;
    let mut text = match published.new {
        true => format!("version {version} is in force in {url}\n"),
        false => format!(
            "nothing differs from version {version}, which is in force in {url}; nothing was published\n"
        ),
    };
    for change in &published.changes {
        let _ = writeln!(text, "  {change}");
    }
    match swept {
        Some(swept) => {
            let players = counted(swept.done, "player");
            let _ = write!(text, "\n{players}, and all are up to date");
        }
        None => text.push_str(
            "\nplayers are brought up to date when something is recorded for them, or by `accolade apply` again",
        ),
    }
    text
}
