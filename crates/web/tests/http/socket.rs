//! Test fixture: the service on a real socket, and raw clients.

use std::time::Duration;

use accolade_web::{Settings, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::world::World;

/// Timeout of an expected event. It only matters if a test fails.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) struct RunningService {
    pub(crate) world: World,
    address: std::net::SocketAddr,
    task: JoinHandle<std::io::Result<usize>>,
}

/// Raw client connection.
pub(crate) struct RawConnection {
    stream: TcpStream,
    received: Vec<u8>,
}

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TEST_TIMEOUT, future)
        .await
        .unwrap_or_else(|_| panic!("{what} timed out"))
}

impl RunningService {
    pub(crate) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let world = World::with_settings(change).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site: Site = world.site.clone();
        let serving = tokio::spawn(async move { accolade_web::serve(&site, listener).await });
        Self {
            world,
            address,
            task: serving,
        }
    }

    pub(crate) async fn connect(&self) -> RawConnection {
        RawConnection {
            stream: TcpStream::connect(self.address).await.unwrap(),
            received: Vec::new(),
        }
    }

    /// Builds the head of a request with the admin key, without the final empty line.
    pub(crate) fn request_head(&self, request: &str) -> String {
        format!(
            "{request} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n",
            self.world.key
        )
    }

    /// Sends bytes on a new connection and reads until the service closes it.
    pub(crate) async fn send_raw(&self, bytes: &[u8]) -> String {
        let mut line = self.connect().await;
        line.write(bytes).await;
        line.read_to_end().await
    }

    /// Asserts that the service still responds.
    pub(crate) async fn assert_healthy(&self) {
        let heard = self
            .send_raw(b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            .await;
        assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
    }

    /// Stops the service. Returns the number of connections that were still open.
    pub(crate) async fn stop(self) -> usize {
        self.world.site.begin_shutdown();
        within("a stop", self.task).await.unwrap().unwrap()
    }
}

impl RawConnection {
    /// Writes bytes. Ignores that the service may have closed the connection.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Reads until a text arrives.
    pub(crate) async fn read_until(&mut self, word: &str) {
        while !self.text().contains(word) {
            let mut bytes = [0; 4096];
            let count = within(word, self.stream.read(&mut bytes)).await.unwrap();
            assert!(
                count > 0,
                "connection closed before `{word}`: {}",
                self.text()
            );
            self.received.extend_from_slice(&bytes[..count]);
        }
    }

    /// Reads until the service closes the connection.
    pub(crate) async fn read_to_end(mut self) -> String {
        // Closing a socket with unread bytes resets the connection, so an error is expected.
        let _ = within(
            "the end of a connection",
            self.stream.read_to_end(&mut self.received),
        )
        .await;
        self.text()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    pub(crate) fn clear_received(&mut self) {
        self.received.clear();
    }
}
