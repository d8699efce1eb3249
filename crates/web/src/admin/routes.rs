//! Routes of the administration.
//!
//! Tests iterate over this table, so that no page can miss the authentication check.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};

use super::catalog::{self, editor, history, preview, publish};
use super::players::{act, erase, ledger, link, profile, search, timeline, why};
use super::{access, account, administrators, audit, badges, health, jobs, keys, live, overview};
use crate::site::AppState;

/// Path of a page with its handlers.
pub(super) struct Route {
    pub(super) path: &'static str,
    /// Supported methods.
    #[cfg_attr(not(test), expect(dead_code, reason = "used by tests"))]
    pub(super) methods: &'static [&'static str],
    /// True if the page works without a session.
    #[cfg_attr(not(test), expect(dead_code, reason = "used by tests"))]
    pub(super) is_open: bool,
    pub(super) handlers: MethodRouter<AppState>,
}

/// Returns all routes.
pub(super) fn all() -> Vec<Route> {
    let mut routes = vec![
        open("/admin/welcome", get(access::welcome).post(access::accept)),
        open("/admin/sign-in", get(access::sign_in).post(access::enter)),
        changes("/admin/sign-out", post(access::sign_out)),
        changes(
            "/admin/sign-out-everywhere",
            post(access::sign_out_everywhere),
        ),
        shows("/admin", get(overview::get)),
        shows("/admin/live", get(live::get)),
        shows("/admin/jobs/{job}", get(jobs::get)),
        changes("/admin/jobs/{job}/cancel", post(jobs::cancel)),
        shows("/admin/badges", get(badges::list)),
        shows("/admin/badges/{badge}", get(badges::get)),
        both(
            "/admin/badges/{badge}/award",
            get(badges::award::get).post(badges::award::post),
        ),
        both("/admin/keys", get(keys::get).post(keys::create)),
        changes("/admin/keys/{key}/revoke", post(keys::revoke)),
        shows("/admin/administrators", get(administrators::get)),
        changes("/admin/administrators/invite", post(administrators::invite)),
        changes(
            "/admin/administrators/{name}/remove",
            post(administrators::remove),
        ),
        shows("/admin/account", get(account::get)),
        changes("/admin/account/password", post(account::change_password)),
        shows("/admin/audit", get(audit::get)),
        shows("/admin/health", get(health::get)),
        changes("/admin/health/verify", post(health::verify)),
        changes("/admin/health/repair", post(health::repair)),
    ];
    routes.extend(of_players());
    routes.extend(of_the_catalog());
    routes
}

fn of_players() -> [Route; 8] {
    [
        shows("/admin/players", get(search::get)),
        shows("/admin/players/{player}", get(profile::get)),
        shows("/admin/players/{player}/timeline", get(timeline::get)),
        shows("/admin/players/{player}/ledger", get(ledger::get)),
        shows("/admin/players/{player}/why", get(why::get)),
        both(
            "/admin/players/{player}/actions/{kind}",
            get(act::get).post(act::post),
        ),
        both(
            "/admin/players/{player}/erase",
            get(erase::get).post(erase::post),
        ),
        both(
            "/admin/players/{player}/link",
            get(link::get).post(link::post),
        ),
    ]
}

fn of_the_catalog() -> [Route; 6] {
    // Catalogs exceed the default limit for forms.
    let large = || DefaultBodyLimit::max(catalog::FORM_BYTES);
    [
        shows("/admin/catalog", get(editor::get)),
        changes("/admin/catalog/check", post(editor::check.layer(large()))),
        changes(
            "/admin/catalog/preview",
            post(preview::begin.layer(large())),
        ),
        shows("/admin/catalog/previews/{job}", get(preview::get)),
        changes("/admin/catalog/publish", post(publish::post.layer(large()))),
        shows("/admin/catalog/history", get(history::get)),
    ]
}

fn shows(path: &'static str, handlers: MethodRouter<AppState>) -> Route {
    Route {
        path,
        methods: &["GET"],
        is_open: false,
        handlers,
    }
}

fn changes(path: &'static str, handlers: MethodRouter<AppState>) -> Route {
    Route {
        path,
        methods: &["POST"],
        is_open: false,
        handlers,
    }
}

fn both(path: &'static str, handlers: MethodRouter<AppState>) -> Route {
    Route {
        path,
        methods: &["GET", "POST"],
        is_open: false,
        handlers,
    }
}

fn open(path: &'static str, handlers: MethodRouter<AppState>) -> Route {
    Route {
        is_open: true,
        ..both(path, handlers)
    }
}
