//! An axum application of its own, with Accolade inside: API, pages and administration under `/club`, and the
//! application's login deciding who looks. Run it with `cargo run --example axum_host`.

mod club;

use std::net::SocketAddr;

use accolade::{Catalog, Engine};
use accolade_sqlite::SqliteStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let catalog = Catalog::from_toml(club::RULES)?;
    let engine = Engine::open(
        SqliteStore::open(folder.path().join("accolade.db"))?,
        catalog,
    )?;

    let listener = TcpListener::bind("127.0.0.1:8001").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (app, site) = club::app(engine, &url).await?;
    println!("The club:       {url}");
    println!("Its badges:     {}/badges", site.url());
    if let Some(link) = site.first_administrator_link().await? {
        println!("Administration: {link}");
    }
    // Addresses of clients are what limits of requests are counted by.
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await?;
    Ok(())
}
