//! `accolade invite`

use accolade_web::Site;
use serde_json::json;

use crate::args::Invite;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;
use crate::service;

/// Prints a one-time link that creates an administrator. Works while the service runs.
pub(crate) fn run(args: &Invite, database: &Database, output: Output) -> Result<Ending, Failure> {
    let settings = service::read_settings(&args.serving)?;
    let engine = database.to_write()?;
    let link = service::runtime()?.block_on(async {
        let site = Site::builder(engine.clone())
            .settings(settings)
            .build()
            .await?;
        let link = site.create_invitation_link("the command line").await?;
        site.begin_shutdown();
        Ok::<_, Failure>(link)
    })?;
    engine.close()?;
    output.show(&json!({ "link": link }), || link.clone())?;
    Ok(Ending::Fine)
}
