//! Running the service: configuration, log, startup and shutdown.

mod configuration;
pub(crate) mod first_steps;
mod log;
mod signals;

use std::future::Future;
use std::net::SocketAddr;

use accolade::Engine;
use accolade_web::{Settings, Site};
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) use configuration::load_settings as read_settings;
pub(crate) use log::start_log as begin_log;

use crate::error::CommandError;
use crate::format::count_noun;
use crate::output::Output;

/// Builds the asynchronous runtime.
pub(crate) fn build_runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| CommandError::new(format!("cannot start the runtime: {error}")))
}

/// Output once the service is ready.
pub(crate) struct StartupMessage {
    /// Lines before the address.
    pub(crate) lines: Vec<String>,
    /// Result for `--json`; the URL is added.
    pub(crate) document: serde_json::Value,
}

/// Serves an engine until the process receives a signal to stop. `meanwhile` runs at the same time,
/// and `welcome` builds the output once the site is ready.
pub(crate) async fn serve_site<F: Future<Output = ()> + Send + 'static>(
    engine: &Engine,
    mut settings: Settings,
    output: Output,
    welcome: impl AsyncFnOnce(&Site) -> Result<StartupMessage, CommandError>,
    meanwhile: F,
) -> Result<(), CommandError> {
    // Bound first: links contain the real port, even if the setting is port 0.
    let listener = bind_listener(settings.server.listen).await?;
    settings.server.listen = listener
        .local_addr()
        .map_err(|error| CommandError::new(error.to_string()))?;
    warn_if_unencrypted(&settings);
    let site = Site::builder(engine.clone())
        .settings(settings)
        .build()
        .await?;
    let url = site.external_url();
    let StartupMessage {
        mut lines,
        mut document,
    } = welcome(&site).await?;
    lines.push(format!("Listening on {url}"));
    document["url"] = json!(url);
    // Before the address is printed: a caller who has read it may stop the service at once.
    let stop = signals::listen_for_stop();
    // Printed before the first request is accepted. The listener already queues connections, so the
    // address can be used as soon as it is seen.
    output.print_result(&document, || lines.join("\n"))?;
    tokio::spawn({
        let site = site.clone();
        async move {
            stop.await;
            tracing::info!("shutdown started");
            site.begin_shutdown();
        }
    });
    // A separate task, so that it does not delay the shutdown.
    let companion = tokio::spawn(meanwhile);
    let served = accolade_web::serve(&site, listener).await;
    // It must not record into an engine that is about to be closed.
    companion.abort();
    match served {
        Ok(0) => Ok(()),
        // Clients saw broken connections, so the exit status must not be that of a graceful
        // shutdown.
        Ok(left) => Err(CommandError::new(format!(
            "{} cut off at shutdown; their responses may be incomplete",
            count_noun(left as u64, "connection")
        ))),
        Err(error) => Err(CommandError::new(format!("cannot serve requests: {error}"))),
    }
}

/// Returns the link that creates the first administrator, if there is none yet.
pub(crate) async fn first_administrator_link(site: &Site) -> Result<Option<String>, CommandError> {
    Ok(site.create_first_administrator_link().await?)
}

async fn bind_listener(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| {
        CommandError::new(format!(
            "cannot listen on {address}: {error}; choose another address with --listen, such as \
             127.0.0.1:8001"
        ))
    })
}

/// Logs a warning if other machines can reach the service without encryption.
fn warn_if_unencrypted(settings: &Settings) {
    let listen = settings.server.listen;
    if !listen.ip().is_loopback() && !settings.server.public_url.starts_with("https://") {
        tracing::warn!(
            address = %listen,
            "unencrypted connections accepted; put a TLS proxy in front of the service and set \
             server.public_url, see docs/http.md"
        );
    }
}
