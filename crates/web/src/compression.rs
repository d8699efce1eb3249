//! Compression of responses with gzip or Brotli.

use axum::body::HttpBody;
use axum::http::{Response, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;

/// Smallest body that is compressed, in bytes. Smaller ones fit into one packet anyway.
const MIN_BYTES: u64 = 1024;
/// Level of compression: higher ones save little on pages, and cost much more time.
const LEVEL: i32 = 4;
/// Beginnings of the content types that compress well.
const COMPRESSIBLE_TYPES: [&str; 5] = [
    "text/",
    "application/json",
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
];

/// Compresses complete texts. Streams stay as they are: a compressor would hold back their items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CompleteText;

impl Predicate for CompleteText {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let kind = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let size = response.body().size_hint().exact();
        size.is_some_and(|size| size >= MIN_BYTES)
            && COMPRESSIBLE_TYPES.iter().any(|one| kind.starts_with(one))
    }
}

/// Builds the layer. It sets `Vary`, so that caches keep the encodings apart.
pub(crate) fn compression_layer() -> CompressionLayer<CompleteText> {
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(LEVEL))
        .compress_when(CompleteText)
}
