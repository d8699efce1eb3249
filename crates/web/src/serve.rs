//! HTTP server: accepts connections, enforces time limits, and shuts down gracefully.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::Site;
use crate::problem::Problem;

/// Serves a site until [`Site::begin_shutdown`] is called.
///
/// On shutdown it stops accepting connections, closes live streams, and drains in-flight requests
/// for up to `server.stop_seconds`. Returns the number of connections that were still open after
/// that time.
///
/// # Errors
/// Returns an error if the server cannot continue to accept connections.
pub async fn serve(site: &Site, listener: TcpListener) -> io::Result<usize> {
    let settings = site.settings();
    let routes = match settings.server.prefix.as_str() {
        "" => site.router(),
        // `nest_service`, unlike `nest`, also matches the prefix with a trailing slash: `/game/`.
        prefix => Router::new()
            .nest_service(prefix, site.router())
            .fallback(|| async { Problem::path_not_found() }),
    };
    let places = Arc::new(Semaphore::new(settings.server.connections));
    let connections = GracefulShutdown::new();
    let mut stopping = site.app_state().shutdown_signal();
    loop {
        let place = Arc::clone(&places);
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            // The permit comes first, so that excess connections wait in the kernel's backlog.
            accepted = async { (place.acquire_owned().await, listener.accept().await) } => accepted,
        };
        // The semaphore is never closed, so acquiring a permit cannot fail.
        let (Ok(place), accepted) = accepted else {
            break;
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_connection_error(&error) => continue,
            Err(error) => {
                // Most likely out of file descriptors. Without the pause this loop would spin until
                // another connection closes.
                tracing::error!(%error, "connection accept failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = serve_connection(site, stream, peer, routes.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "connection closed with an error");
            }
            // Held until here, so that the permits count open connections.
            drop(place);
        });
    }
    // Closed first, so that new clients are refused instead of queued behind the shutdown.
    drop(listener);
    let open = connections.count();
    let bound = Duration::from_secs(settings.server.stop_seconds);
    match tokio::time::timeout(bound, connections.shutdown()).await {
        Ok(()) => Ok(0),
        Err(_) => {
            // Shutting down has consumed `connections`, but the permits still count them.
            let left = settings
                .server
                .connections
                .saturating_sub(places.available_permits());
            tracing::warn!(open, left, "graceful shutdown timed out");
            Ok(left)
        }
    }
}

fn serve_connection(
    site: &Site,
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
) -> hyper::server::conn::http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + use<>,
> {
    // Small responses and server-sent events must not wait for more data (Nagle's algorithm).
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        // As axum's own server does, so that the same extractors work in an embedding application.
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request.map(axum::body::Body::new))
    });
    let head = Duration::from_secs(site.settings().server.head_seconds);
    // HTTP/1.1 only: a reverse proxy terminates TLS and HTTP/2.
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(stream), service)
}

/// True if an error concerns only the connection being accepted, so that accepting can continue.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
