//! `accolade publish`

use std::fmt::Write;
use std::sync::Arc;

use accolade::{BackfillProgress, Catalog, Engine, PlanToken, Publication, PublishOptions};
use accolade_web::models::PublicationModel;
use serde::Serialize;

use crate::args;
use crate::backfill::run_backfill;
use crate::catalog;
use crate::commands::plan::{describe_effects, make_plan};
use crate::confirm;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::Output;
use crate::progress;

/// Number of most affected players in the summary before the question.
const MOST_AFFECTED: usize = 10;

/// Publishes a catalog, after showing the effects and asking, and without `--detach` waits until
/// all players are backfilled.
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
    // If another process publishes meanwhile, this publication must not overwrite it.
    let found = engine.catalog().version();
    let catalog = Arc::new(choose_catalog(args, &engine, given)?);
    let mut options = PublishOptions::default().expected_version(found);
    if let Some(by) = &args.by {
        options = options.by(by);
    }
    if let Some(note) = &args.message {
        options = options.note(note);
    }
    if args.revoke {
        options = options.revoke();
    }
    let planned = match (&args.plan, args.yes) {
        (Some(token), _) => Some(token.clone()),
        (None, true) => None,
        (None, false) => match confirm_plan(args, &engine, &catalog, output)? {
            Some(token) => Some(token),
            None => return Ok(ExitStatus::Differences),
        },
    };
    if let Some(token) = planned {
        options = options.plan(token);
    }
    let published = publish_catalog(&engine, catalog, options)?;
    let backfill = match args.detach {
        true => None,
        false => Some(run_backfill(&engine)?),
    };
    engine.close()?;
    let undo = published.is_new.then(|| {
        let option = database.suggested_option();
        format!("accolade publish --version {found}{option}")
    });
    let document = PublishDocument {
        database: &database.url,
        publication: published.clone().into(),
        players: backfill.as_ref().map(|backfill| backfill.done),
        undo: undo.as_deref(),
    };
    output.print_result(&document, || {
        describe_publication(
            &published,
            backfill.as_ref(),
            &database.url,
            undo.as_deref(),
        )
    })?;
    Ok(ExitStatus::Success)
}

fn choose_catalog(
    args: &args::PublishArgs,
    engine: &Engine,
    given: Option<Catalog>,
) -> Result<Catalog, CommandError> {
    match (given, args.version) {
        (Some(catalog), _) => Ok(catalog),
        (None, Some(version)) => Ok(engine.catalog().load_version(version).wait()?),
        (None, None) => Err(CommandError::new(
            "name a catalog to publish, or an earlier version with --version",
        )),
    }
}

/// Plans the publication, shows its effects and asks for confirmation. Returns the plan's token if
/// it is confirmed, so that exactly what was shown is published. A publication that affects no
/// player needs no confirmation.
fn confirm_plan(
    args: &args::PublishArgs,
    engine: &Engine,
    catalog: &Arc<Catalog>,
    output: Output,
) -> Result<Option<PlanToken>, CommandError> {
    let plan = make_plan(engine, Arc::clone(catalog), args.revoke, MOST_AFFECTED)?;
    if plan.changed == 0 {
        return Ok(Some(plan.token));
    }
    // With --json, standard output holds exactly one document.
    if !output.is_json() {
        output.print_result(&plan, || describe_effects(&plan).trim().to_owned())?;
    }
    if confirm::is_confirmed(false, "Publish these changes?", output) {
        return Ok(Some(plan.token));
    }
    output.print_result(&plan, || {
        format!(
            "\nnothing was published; confirm with --yes, or publish exactly these changes with \
             --plan {}",
            plan.token
        )
    })?;
    Ok(None)
}

fn publish_catalog(
    engine: &Engine,
    catalog: Arc<Catalog>,
    options: PublishOptions,
) -> Result<Publication, CommandError> {
    // Only a publication with a plan compares every player again, which can take long.
    let (bar, update) = progress::start_player_bar();
    let published = engine
        .catalog()
        .publish_with_progress(catalog, options, move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(published?)
}

/// Result of the command as JSON.
#[derive(Serialize)]
struct PublishDocument<'d> {
    database: &'d str,
    #[serde(flatten)]
    publication: PublicationModel,
    /// Number of players backfilled; `None` if the backfill goes on in the background.
    players: Option<u64>,
    /// The command that publishes the previous version again; `None` if nothing was published.
    undo: Option<&'d str>,
}

fn describe_publication(
    published: &Publication,
    backfill: Option<&BackfillProgress>,
    url: &str,
    undo: Option<&str>,
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
    if let Some(undo) = undo {
        let _ = write!(text, "\n\nTo undo:\n  {undo}");
    }
    text
}
