//! Forms are taken from this site's own pages only.

use tower_http::csrf::CsrfLayer;

use crate::site::App;

/// The guard against other sites, which trusts the address that browsers use: a proxy may give requests another host.
pub(crate) fn own_site(app: &App) -> CsrfLayer {
    let url = &app.settings.server.public_url;
    let Some((scheme, rest)) = url.split_once("://") else {
        return CsrfLayer::new();
    };
    let host = rest.split('/').next().unwrap_or_default();
    let origin = format!("{scheme}://{host}").to_lowercase();
    match CsrfLayer::new().add_trusted_origin(&origin) {
        Ok(layer) => layer,
        Err(error) => {
            tracing::warn!(%error, origin, "server.public_url is no origin that browsers send; write it as https://host");
            CsrfLayer::new()
        }
    }
}
