//! CSRF protection: forms are only accepted from the site's own origin.

use tower_http::csrf::CsrfLayer;

use crate::state::AppState;

/// Builds the CSRF layer.
///
/// It trusts the origin of `server.public_url`, because a proxy may rewrite the `Host` header.
pub(crate) fn csrf_layer(app: &AppState) -> CsrfLayer {
    let url = &app.settings.server.public_url;
    let Some((scheme, rest)) = url.split_once("://") else {
        return CsrfLayer::new();
    };
    let host = rest.split('/').next().unwrap_or_default();
    // Browsers send origins in lower case and without a path.
    let origin = format!("{scheme}://{host}").to_lowercase();
    match CsrfLayer::new().add_trusted_origin(&origin) {
        Ok(layer) => layer,
        Err(error) => {
            tracing::warn!(%error, origin, "server.public_url is not a valid origin");
            CsrfLayer::new()
        }
    }
}
