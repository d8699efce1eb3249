//! `accolade serve`

use std::path::Path;

use accolade::Engine;
use accolade_web::Site;
use serde_json::json;

use crate::args::ServeArgs;
use crate::catalog::{self, DEFAULT_FILE, SCHEMA_FILE};
use crate::confirm;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::{self, Output};
use crate::service::first_steps::FirstSteps;
use crate::service::{self, StartupMessage};

/// Serves the API and the pages until the process receives a signal to stop.
pub(crate) fn run_serve(
    args: &ServeArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    // Errors in the configuration are reported before a database is created.
    let settings = service::read_settings(&args.service)?;
    service::begin_log(&settings)?;
    offer_starter_catalog(args.yes, database, output)?;
    let engine = database.open_or_create()?;
    let served = service::build_runtime()?.block_on(service::serve_site(
        &engine,
        settings,
        output,
        async |site| welcome(site, &engine, output).await,
        std::future::pending(),
    ));
    engine.close()?;
    served.map(|()| ExitStatus::Success)
}

/// Writes the starter catalog if there is neither a database nor a catalog, and the person agrees.
fn offer_starter_catalog(
    yes: bool,
    database: &Database,
    output: Output,
) -> Result<(), CommandError> {
    let has_catalog = database.catalog.is_some() || Path::new(DEFAULT_FILE).exists();
    if database.has_content() || has_catalog {
        return Ok(());
    }
    let question = format!("No {DEFAULT_FILE} here. Create it with the starter catalog?");
    if yes || confirm::is_accepted(&question, output) {
        catalog::write_starter()?;
        output::print_note(&format!("created {DEFAULT_FILE} and {SCHEMA_FILE}"));
    }
    Ok(())
}

/// Builds the output of a start. It has the first steps if a person can read them.
async fn welcome(
    site: &Site,
    engine: &Engine,
    output: Output,
) -> Result<StartupMessage, CommandError> {
    let url = site.external_url();
    // `accolade invite` runs in another process and needs a link that works.
    engine
        .service()
        .change_access(move |access| access.put_url(&url))
        .await?;
    let mut lines = Vec::new();
    // A key must never end up in a log or a file by accident.
    if output.is_interactive()
        && let Some(steps) = FirstSteps::create(site, engine).await?
    {
        lines.push(steps.to_text());
    }
    let link = service::first_administrator_link(site).await?;
    lines.extend(link.iter().map(|link| {
        format!("There is no administrator yet. Create the first with this link:\n  {link}")
    }));
    Ok(StartupMessage {
        lines,
        document: json!({ "first_administrator": link }),
    })
}
