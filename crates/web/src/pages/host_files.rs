//! Files that browsers and crawlers ask for: `/favicon.ico`, `/robots.txt` and the web manifest.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::page::PageRequest;
use crate::assets;

/// `Cache-Control` of these files, which change with the settings only.
const CACHING: (header::HeaderName, HeaderValue) = (
    header::CACHE_CONTROL,
    HeaderValue::from_static("public, max-age=86400"),
);

/// `GET /favicon.ico`, which browsers request for pages without a layout, such as JSON.
pub(super) async fn get_favicon() -> Response {
    assets::serve_file("favicon.ico")
}

/// `GET /robots.txt`. Crawlers read it only at the root of a host, without `server.prefix`.
pub(super) async fn get_robots(page: PageRequest) -> Response {
    let base = page.base();
    let text = match page.sees_others() {
        false => "User-agent: *\nDisallow: /\n".to_owned(),
        true => {
            let mut text = "User-agent: *\n".to_owned();
            for path in ["/admin", "/v1/", "/sign-in", "/live", "/names"] {
                text += &format!("Disallow: {base}{path}\n");
            }
            text
        }
    };
    ([CACHING], text).into_response()
}

/// `GET /site.webmanifest`: name and icons for a phone's home screen.
pub(super) async fn get_manifest(page: PageRequest) -> Response {
    let base = page.base();
    let icon = |name: &str, sizes: &str, kind: &str| json!({ "src": format!("{base}/assets/{name}"), "sizes": sizes, "type": kind });
    let manifest = json!({
        "name": page.app.site_title(),
        "start_url": format!("{base}/"),
        "scope": format!("{base}/"),
        "display": "browser",
        "background_color": "#071c17",
        "theme_color": "#071c17",
        "icons": [
            icon("mark.svg", "any", "image/svg+xml"),
            icon("icon-192.png", "192x192", "image/png"),
        ],
    });
    let kind = HeaderValue::from_static("application/manifest+json");
    (
        [CACHING, (header::CONTENT_TYPE, kind)],
        Json(manifest).into_response().into_body(),
    )
        .into_response()
}
