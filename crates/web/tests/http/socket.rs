//! Test fixture: the service on a real socket, and raw clients.

use std::time::Duration;

use accolade_web::{Settings, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::world::World;

/// Timeout of an expected event. It only matters if a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Served {
    pub(crate) world: World,
    address: std::net::SocketAddr,
    serving: JoinHandle<std::io::Result<usize>>,
}

/// Raw client connection.
pub(crate) struct Line {
    stream: TcpStream,
    heard: Vec<u8>,
}

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} timed out"))
}

impl Served {
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let world = World::with(change).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site: Site = world.site.clone();
        let serving = tokio::spawn(async move { accolade_web::serve(&site, listener).await });
        Self {
            world,
            address,
            serving,
        }
    }

    pub(crate) async fn connect(&self) -> Line {
        Line {
            stream: TcpStream::connect(self.address).await.unwrap(),
            heard: Vec::new(),
        }
    }

    /// Builds the head of a request with the admin key, without the final empty line.
    pub(crate) fn head(&self, request: &str) -> String {
        format!(
            "{request} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n",
            self.world.key
        )
    }

    /// Sends bytes on a new connection and reads until the service closes it.
    pub(crate) async fn tell(&self, bytes: &[u8]) -> String {
        let mut line = self.connect().await;
        line.write(bytes).await;
        line.rest().await
    }

    /// Asserts that the service still responds.
    pub(crate) async fn must_be_well(&self) {
        let heard = self
            .tell(b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            .await;
        assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
    }

    /// Stops the service. Returns the number of connections that were still open.
    pub(crate) async fn stop(self) -> usize {
        self.world.site.stop();
        within("a stop", self.serving).await.unwrap().unwrap()
    }
}

impl Line {
    /// Writes bytes. Ignores that the service may have closed the connection.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Reads until a text arrives.
    pub(crate) async fn hear(&mut self, word: &str) {
        while !self.text().contains(word) {
            let mut bytes = [0; 4096];
            let count = within(word, self.stream.read(&mut bytes)).await.unwrap();
            assert!(
                count > 0,
                "connection closed before `{word}`: {}",
                self.text()
            );
            self.heard.extend_from_slice(&bytes[..count]);
        }
    }

    /// Reads until the service closes the connection.
    pub(crate) async fn rest(mut self) -> String {
        // Closing a socket with unread bytes resets the connection, so an error is expected.
        let _ = within(
            "the end of a connection",
            self.stream.read_to_end(&mut self.heard),
        )
        .await;
        self.text()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }

    pub(crate) fn forget(&mut self) {
        self.heard.clear();
    }
}
