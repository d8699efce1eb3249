//! External URLs for links that are shared outside the service.

use crate::site::AppState;

/// Returns the external URL of the service without a trailing slash.
pub(super) fn external_url(app: &AppState) -> String {
    let server = &app.settings.server;
    match server.public_url.trim_end_matches('/') {
        "" => format!("http://{}{}", server.listen, server.prefix),
        url => format!("{url}{}", server.prefix),
    }
}
