//! Style sheets and scripts. Their URLs carry a version, so that browsers can cache them.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// Asset files, read from disk in debug builds and embedded in release builds.
#[derive(RustEmbed)]
#[folder = "assets"]
struct AssetFiles;

/// `GET /assets/{name}`
pub(crate) async fn serve_asset(Path(name): Path<String>) -> Response {
    serve_file(&name)
}

/// Returns an asset file as a response.
pub(crate) fn serve_file(name: &str) -> Response {
    let Some(file) = AssetFiles::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/vnd.microsoft.icon",
        _ => "application/octet-stream",
    };
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        // One hour only, because the templates of a host may link to assets without a version.
        HeaderValue::from_static("public, max-age=3600"),
    );
    response
}

/// Returns a hash over all files, which changes when any of them changes.
pub(crate) fn asset_version() -> String {
    let mut names: Vec<_> = AssetFiles::iter().collect();
    // The sum depends on the order, and in debug builds the file system determines it.
    names.sort();
    let hashes = names
        .iter()
        .filter_map(|name| AssetFiles::get(name))
        .map(|file| file.metadata.sha256_hash());
    let sum = hashes.fold(0_u64, |sum, hash| {
        // The rotation makes the sum depend on the order, so that swapped contents change it.
        sum.rotate_left(7) ^ u64::from_le_bytes(hash[..8].try_into().expect("a hash has 32 bytes"))
    });
    format!("{sum:016x}")
}
