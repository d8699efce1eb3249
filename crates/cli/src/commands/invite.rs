//! `accolade invite`

use accolade_web::Site;
use serde_json::json;

use crate::args::InviteArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::service;

/// Prints a one-time link that creates an administrator. Works while the service runs.
pub(crate) fn run_invite(
    args: &InviteArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let settings = service::read_settings(&args.service)?;
    let engine = database.open_or_create()?;
    let link = service::build_runtime()?.block_on(async {
        let site = Site::builder(engine.clone())
            .settings(settings)
            .build()
            .await?;
        let link = site.create_invitation_link("the command line").await?;
        // The site's background tasks hold the engine, which is closed next.
        site.begin_shutdown();
        Ok::<_, CommandError>(link)
    })?;
    engine.close()?;
    output.print_result(&json!({ "link": link }), || link.clone())?;
    Ok(ExitStatus::Success)
}
