//! Running the service: its configuration, its log, and its beginning and end.

mod configuration;
mod log;
mod signals;

use std::future::Future;
use std::net::SocketAddr;

use accolade::Engine;
use accolade_web::{Settings, Site};
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) use configuration::read as read_settings;
pub(crate) use log::begin as begin_log;

use crate::failure::Failure;
use crate::output::Output;

/// A runtime for whatever is asynchronous.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| Failure::new(format!("no threads to serve with: {error}")))
}

/// What is told once the service listens.
pub(crate) struct Welcome {
    /// What comes before the address.
    pub(crate) lines: Vec<String>,
    /// For programs.
    pub(crate) document: serde_json::Value,
}

/// Serves an engine until the process is told to stop. `meanwhile` runs beside it, and `welcome` says what to tell once
/// everything is there.
pub(crate) async fn serve<F: Future<Output = ()> + Send + 'static>(
    engine: &Engine,
    mut settings: Settings,
    output: Output,
    welcome: impl AsyncFnOnce(&Site) -> Result<Welcome, Failure>,
    meanwhile: F,
) -> Result<(), Failure> {
    let listener = listen(settings.server.listen).await?;
    settings.server.listen = listener
        .local_addr()
        .map_err(|error| Failure::new(error.to_string()))?;
    warn(&settings);
    let site = Site::builder(engine.clone())
        .settings(settings)
        .build()
        .await?;
    let url = site.url();
    let Welcome {
        mut lines,
        mut document,
    } = welcome(&site).await?;
    lines.push(format!("Listening on {url}"));
    document["url"] = json!(url);
    output.show(&document, || lines.join("\n"))?;
    tokio::spawn({
        let site = site.clone();
        async move {
            signals::asked_to_stop().await;
            tracing::info!("stopping");
            site.stop();
        }
    });
    let beside = tokio::spawn(meanwhile);
    let served = accolade_web::serve(&site, listener).await;
    beside.abort();
    match served {
        Ok(0) => Ok(()),
        Ok(left) => Err(Failure::new(format!(
            "{left} connections did not end in time; their answers may be missing"
        ))),
        Err(error) => Err(Failure::new(format!("cannot serve: {error}"))),
    }
}

/// The address of the first administrator's link, as lines.
pub(crate) async fn first_administrator(site: &Site) -> Result<Option<String>, Failure> {
    Ok(site.first_administrator_link().await?)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!(
            "cannot listen on {address}: {error}; --listen names another address, such as 127.0.0.1:8001"
        ))
    })
}

/// Says clearly when others can reach the service, and nothing but a proxy keeps what travels to itself.
fn warn(settings: &Settings) {
    let listen = settings.server.listen;
    if !listen.ip().is_loopback() && !settings.server.public_url.starts_with("https://") {
        tracing::warn!(
            "others can reach {listen}, and what travels is not encrypted: keys and passwords can be read on the way. Put a \
             proxy with TLS before it, and set server.public_url; see docs/http.md"
        );
    }
}
