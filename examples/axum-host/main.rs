//! An axum application with Accolade inside: API, pages and administration are under `/club`, and
//! the application's login identifies the player. Run it with `cargo run --example axum_host`.

mod club;

use std::net::SocketAddr;

use accolade::{Catalog, Engine};
use accolade_sqlite::SqliteStore;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let catalog = Catalog::from_toml(club::CATALOG)?;
    let engine = Engine::open(
        SqliteStore::open(folder.path().join("accolade.db"))?,
        catalog,
    )?;

    let listener = TcpListener::bind("127.0.0.1:8001").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (app, site) = club::build_app(engine, &url).await?;
    println!("The club:       {url}");
    println!("Badges:         {}/badges", site.external_url());
    if let Some(link) = site.create_first_administrator_link().await? {
        println!("Administration: {link}");
    }
    // The rate limit counts requests by client address.
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await?;
    Ok(())
}
