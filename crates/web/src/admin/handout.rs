//! Addresses to hand out, which work outside of this site.

use crate::site::App;

/// The address under which browsers reach the service, without a slash at its end.
pub(super) fn url(app: &App) -> String {
    let server = &app.settings.server;
    match server.public_url.trim_end_matches('/') {
        "" => format!("http://{}{}", server.listen, server.prefix),
        url => format!("{url}{}", server.prefix),
    }
}
