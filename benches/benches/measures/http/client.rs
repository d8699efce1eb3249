//! Cheap HTTP client: it sends prepared bytes on persistent connections, and parses only the status
//! and the length of responses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Request as bytes.
pub(crate) type RequestBytes = Arc<[u8]>;

/// Timing of a server's responses.
#[derive(Default)]
pub(crate) struct LoadTimes {
    /// Time from the first request to the last response.
    pub(crate) total: Duration,
    /// Latency of each response.
    pub(crate) latencies: Vec<Duration>,
}

/// Persistent connection.
pub(crate) struct ClientConnection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Response to a request.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Builds a runtime for the client.
pub(crate) fn build_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the runtime needs no new thread")
}

/// Builds a request with an API key.
pub(crate) fn build_request(line: &str, key: &str, more: &str, body: &[u8]) -> RequestBytes {
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {key}\r\n{more}\
         content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat().into()
}

/// Sends each request once over a number of connections. Each connection sends the next request
/// when it has the response to the previous one.
pub(crate) fn send_all(
    address: SocketAddr,
    requests: Vec<RequestBytes>,
    connections: usize,
    status: u16,
) -> LoadTimes {
    let (requests, next): (Arc<[RequestBytes]>, _) =
        (requests.into(), Arc::new(AtomicUsize::new(0)));
    let ready = Arc::new(Barrier::new(connections + 1));
    build_runtime().block_on(async {
        let mut lines = JoinSet::new();
        for _ in 0..connections {
            let (requests, next, ready) =
                (Arc::clone(&requests), Arc::clone(&next), Arc::clone(&ready));
            lines.spawn(async move {
                let mut line = ClientConnection::connect(address).await;
                ready.wait().await;
                let mut each = Vec::with_capacity(requests.len() / connections);
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    let answer = line.request_status(request).await;
                    each.push(sent.elapsed());
                    assert_eq!(answer, status, "the response has the expected status");
                }
                each
            });
        }
        ready.wait().await;
        let begun = Instant::now();
        let each = lines.join_all().await.concat();
        LoadTimes {
            total: begun.elapsed(),
            latencies: each,
        }
    })
}

impl ClientConnection {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        // Otherwise delayed acknowledgements would dominate the latency.
        stream.set_nodelay(true).expect("the stream is a socket");
        Self {
            stream,
            buffer: Vec::with_capacity(16 << 10),
        }
    }

    /// Sends a request and returns the response.
    pub(crate) async fn build_request(&mut self, request: &[u8]) -> HttpResponse {
        let (status, begin, end) = self.read_response(request).await;
        let body = self.buffer[begin..end].to_vec();
        let head = String::from_utf8_lossy(&self.buffer[..begin]).into_owned();
        self.buffer.drain(..end);
        HttpResponse { status, head, body }
    }

    /// Sends a request and returns only the status.
    async fn request_status(&mut self, request: &[u8]) -> u16 {
        let (status, _, end) = self.read_response(request).await;
        self.buffer.drain(..end);
        status
    }

    /// Sends a request and reads the head of the response. Returns the length of the head.
    pub(crate) async fn send_and_read_head(&mut self, request: &[u8]) -> usize {
        self.stream
            .write_all(request)
            .await
            .expect("the server reads");
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                return end + 4;
            }
            self.read_more().await;
        }
    }

    /// Sends a request and reads the response. Returns the status and the bounds of the body.
    async fn read_response(&mut self, request: &[u8]) -> (u16, usize, usize) {
        let begin = self.send_and_read_head(request).await;
        let head = std::str::from_utf8(&self.buffer[..begin]).expect("heads are ASCII");
        let status = head
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .expect("a response has a status");
        let length = head
            .split_once("content-length: ")
            .and_then(|(_, behind)| behind.split_once('\r'));
        let length: usize = length.map_or(0, |(length, _)| {
            length.parse().expect("a length is a number")
        });
        while self.buffer.len() < begin + length {
            self.read_more().await;
        }
        (status, begin, begin + length)
    }

    async fn read_more(&mut self) {
        let read = self
            .stream
            .read_buf(&mut self.buffer)
            .await
            .expect("the server responds");
        assert!(read > 0, "the server hung up");
    }
}
