//! `accolade serve`

use serde_json::json;

use crate::args::Serving;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;
use crate::service::{self, Welcome};

/// Serves the API and the pages until the process receives a signal to stop.
pub(crate) fn run(args: &Serving, database: &Database, output: Output) -> Result<Ending, Failure> {
    let settings = service::read_settings(args)?;
    service::begin_log(&settings)?;
    let engine = database.to_write()?;
    let served = service::runtime()?.block_on(service::serve(
        &engine,
        settings,
        output,
        async |site| {
            let link = service::first_administrator(site).await?;
            let lines = link.iter().map(|link| {
                format!("There is no administrator yet. Create the first with this link:\n  {link}")
            });
            Ok(Welcome {
                lines: lines.collect(),
                document: json!({ "first_administrator": link }),
            })
        },
        std::future::pending(),
    ));
    engine.close()?;
    served.map(|()| Ending::Fine)
}
