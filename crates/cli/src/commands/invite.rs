//! `accolade invite`

use accolade::Engine;
use accolade_web::{Settings, Site};
use serde_json::json;

use crate::args::{InviteArgs, ServiceArgs};
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::{self, Output};
use crate::service;

/// Source of the URL in a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UrlSource {
    /// An option, or `server.public_url` of the configuration.
    Settings,
    /// The last start of the service on this database.
    LastStart,
    /// The default address; the service never started on this database.
    Assumed,
}

/// Prints a one-time link that creates an administrator. Works while the service runs.
pub(crate) fn run_invite(
    args: &InviteArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let mut settings = service::read_settings(&args.service)?;
    let engine = database.open_or_create()?;
    let source = choose_url(&mut settings, &args.service, &engine)?;
    let (link, url) = service::build_runtime()?.block_on(async {
        let site = Site::builder(engine.clone())
            .settings(settings)
            .build()
            .await?;
        let link = site.create_invitation_link("the command line").await?;
        // The site's background tasks hold the engine, which is closed next.
        site.begin_shutdown();
        Ok::<_, CommandError>((link, site.external_url()))
    })?;
    engine.close()?;
    let document = json!({ "link": link, "url": url, "url_source": source.as_str() });
    output.print_result(&document, || link.clone())?;
    if !output.is_json() {
        // On standard error, so that a script can capture the link alone.
        output::print_note(&source.explain(&url));
    }
    Ok(ExitStatus::Success)
}

/// Sets the URL of the link: from an option or the configuration, otherwise that of the last start.
fn choose_url(
    settings: &mut Settings,
    args: &ServiceArgs,
    engine: &Engine,
) -> Result<UrlSource, CommandError> {
    if args.listen.is_some() || !settings.server.public_url.is_empty() {
        return Ok(UrlSource::Settings);
    }
    let Some(url) = engine.service().find_url().wait()? else {
        return Ok(UrlSource::Assumed);
    };
    settings.server.public_url = url;
    // The remembered URL already ends with the prefix.
    settings.server.prefix.clear();
    Ok(UrlSource::LastStart)
}

impl UrlSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::LastStart => "last_start",
            Self::Assumed => "assumed",
        }
    }

    fn explain(self, url: &str) -> String {
        let from = match self {
            Self::Settings => "from the options and the configuration",
            Self::LastStart => "where `accolade serve` last started on this database",
            Self::Assumed => "assumed, because `accolade serve` never started on this database",
        };
        format!(
            "The link is for {url} ({from}); choose another with --public-url. It works once, for one day."
        )
    }
}
