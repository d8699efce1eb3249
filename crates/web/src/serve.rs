//! HTTP server: accepts connections, enforces time limits, and shuts down gracefully.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::Site;
use crate::address_counter::AddressCounter;
use crate::problem::Problem;

/// Maximum size of a request head, in bytes. A larger one gets 431, like more than 100 headers.
// The check comes after a read, which may add as much again.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Idle time after which the kernel checks whether the client is still there.
const KEEP_ALIVE_IDLE: Duration = Duration::from_secs(60);
/// Time after which a connection is closed whose client acknowledges nothing.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(60);

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
    let by_address = AddressCounter::default();
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
        let address = peer.ip().to_canonical();
        // A trusted proxy opens the connections of all clients.
        let bound = match settings.server.trusted_proxies.contains(&address) {
            true => usize::MAX,
            false => settings.server.connections_per_address,
        };
        let Some(counted) = by_address.count_one(crate::auth::network(address), bound) else {
            tracing::debug!(%peer, "connection refused: too many from this address");
            continue;
        };
        configure_socket(&stream);
        let connection = serve_connection(site, stream, peer, routes.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "connection closed with an error");
            }
            // Held until here, so that the permits count open connections.
            drop((place, counted));
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
        Response = Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + use<>,
> {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        // As axum's own server does, so that the same extractors work in an embedding application.
        request.extensions_mut().insert(ConnectInfo(peer));
        let has_valid_host = has_valid_host(&request);
        let routes = routes.clone();
        async move {
            match has_valid_host {
                true => routes.oneshot(request.map(axum::body::Body::new)).await,
                false => Ok(invalid_host_response()),
            }
        }
    });
    let head = Duration::from_secs(site.settings().server.head_seconds);
    // HTTP/1.1 only: a reverse proxy terminates TLS and HTTP/2.
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

/// Sets the options of an accepted socket. An option that the system lacks is left out.
fn configure_socket(stream: &TcpStream) {
    // Small responses and server-sent events must not wait for more data (Nagle's algorithm).
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    // A live stream would otherwise keep its place for hours after its client has vanished.
    let _ = socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE_IDLE));
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "fuchsia"))]
    let _ = socket.set_tcp_user_timeout(Some(CLIENT_TIMEOUT));
}

/// True if a request has one `Host` header, or none in HTTP/1.0 (RFC 9112, 3.2).
fn has_valid_host<T>(request: &hyper::Request<T>) -> bool {
    match request.headers().get_all(header::HOST).iter().count() {
        0 => request.version() < Version::HTTP_11,
        count => count == 1,
    }
}

fn invalid_host_response() -> Response {
    let problem = Problem::bad_request("the request must have exactly one `Host` header");
    // A client that is confused about the host may be confused about the rest, too.
    problem
        .with_header(header::CONNECTION, HeaderValue::from_static("close"))
        .into_response()
}

/// True if an error concerns only the connection being accepted, so that accepting can continue.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn vanished_clients_are_noticed_by_the_kernel() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (stream, _) = accepted.unwrap();
        configure_socket(&stream);
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        assert!(socket.tcp_nodelay().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(CLIENT_TIMEOUT));
        drop(client.unwrap());
    }
}
