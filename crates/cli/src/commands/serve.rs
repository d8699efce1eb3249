//! `accolade serve`

use serde_json::json;

use crate::args::ServiceArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::service::{self, StartupMessage};

/// Serves the API and the pages until the process receives a signal to stop.
pub(crate) fn run_serve(
    args: &ServiceArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    // Errors in the configuration are reported before a database is created.
    let settings = service::read_settings(args)?;
    service::begin_log(&settings)?;
    let engine = database.open_or_create()?;
    let served = service::build_runtime()?.block_on(service::serve_site(
        &engine,
        settings,
        output,
        async |site| {
            let link = service::first_administrator_link(site).await?;
            let lines = link.iter().map(|link| {
                format!("There is no administrator yet. Create the first with this link:\n  {link}")
            });
            Ok(StartupMessage {
                lines: lines.collect(),
                document: json!({ "first_administrator": link }),
            })
        },
        std::future::pending(),
    ));
    engine.close()?;
    served.map(|()| ExitStatus::Success)
}
