//! Routes of the administration.
//!
//! Tests iterate over this table, so that no page can miss the authentication check.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};

use super::badges::undo_awards;
use super::catalog::{self, difference, editor, history, preview, publish, reference};
use super::players::{action, erase, ledger, link, performed, profile, search, timeline, why};
use super::{
    access, account, activity, administrators, audit, badges, events, health, jobs, keys, live,
    overview,
};
use crate::state::AppState;

/// Maximum size of a form that needs no session, in bytes.
const OPEN_FORM_BYTES: usize = 16 * 1024;

/// Path of a page with its handlers.
pub(super) struct AdminRoute {
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
pub(super) fn list_routes() -> Vec<AdminRoute> {
    let mut routes = vec![
        open_route(
            "/admin/welcome",
            get(access::show_welcome_page).post(access::accept_invitation),
        ),
        open_route(
            "/admin/sign-in",
            get(access::show_sign_in_page).post(access::sign_in_administrator),
        ),
        post_route("/admin/sign-out", post(access::sign_out)),
        post_route(
            "/admin/sign-out-everywhere",
            post(access::sign_out_everywhere),
        ),
        get_route("/admin", get(overview::show_overview_page)),
        get_route("/admin/activity", get(activity::show_activity_page)),
        get_route("/admin/live", get(live::stream_outcomes)),
        get_route("/admin/jobs/{job}", get(jobs::show_job_page)),
        post_route("/admin/jobs/{job}/cancel", post(jobs::cancel_job)),
        get_route("/admin/events", get(events::show_events_page)),
        get_route("/admin/badges", get(badges::show_badges_page)),
        get_route("/admin/badges/{badge}", get(badges::show_badge_page)),
        get_post_route(
            "/admin/badges/{badge}/award",
            get(badges::award::show_award_page).post(badges::award::submit_award_form),
        ),
        get_post_route(
            "/admin/keys",
            get(keys::show_api_keys_page).post(keys::create_api_key),
        ),
        post_route("/admin/keys/{key}/revoke", post(keys::revoke_api_key)),
        get_route(
            "/admin/administrators",
            get(administrators::show_administrators_page),
        ),
        post_route(
            "/admin/administrators/invite",
            post(administrators::invite_administrator),
        ),
        post_route(
            "/admin/administrators/{name}/remove",
            post(administrators::remove_administrator),
        ),
        get_route("/admin/account", get(account::show_account_page)),
        post_route("/admin/account/password", post(account::change_password)),
        get_route("/admin/audit", get(audit::show_audit_page)),
        get_route("/admin/health", get(health::show_health_page)),
        post_route("/admin/health/verify", post(health::start_verification)),
        post_route("/admin/health/repair", post(health::start_repair)),
        post_route("/admin/jobs/{job}/undo", post(undo_awards::start_undo)),
    ];
    routes.extend(player_routes());
    routes.extend(catalog_routes());
    routes
}

fn player_routes() -> [AdminRoute; 9] {
    [
        get_route("/admin/players", get(search::show_players_page)),
        get_route("/admin/players/{player}", get(profile::show_player_page)),
        get_route(
            "/admin/players/{player}/timeline",
            get(timeline::show_timeline_page),
        ),
        get_route(
            "/admin/players/{player}/ledger",
            get(ledger::show_ledger_page),
        ),
        get_route("/admin/players/{player}/why", get(why::show_why_page)),
        get_post_route(
            "/admin/players/{player}/actions/{kind}",
            get(action::show_action_form).post(action::submit_action_form),
        ),
        post_route("/admin/players/{player}/undo", post(performed::undo_action)),
        get_post_route(
            "/admin/players/{player}/erase",
            get(erase::show_erase_page).post(erase::erase_player),
        ),
        get_post_route(
            "/admin/players/{player}/link",
            get(link::show_link_page).post(link::create_sign_in_link),
        ),
    ]
}

fn catalog_routes() -> [AdminRoute; 8] {
    // Catalogs exceed the default limit for forms.
    let large = || DefaultBodyLimit::max(catalog::FORM_BYTES);
    [
        get_route("/admin/catalog", get(editor::show_catalog_editor)),
        post_route(
            "/admin/catalog/check",
            post(editor::validate_catalog.layer(large())),
        ),
        post_route(
            "/admin/catalog/preview",
            post(preview::start_preview.layer(large())),
        ),
        get_route(
            "/admin/catalog/previews/{job}",
            get(preview::show_preview_page),
        ),
        post_route(
            "/admin/catalog/publish",
            post(publish::publish_catalog.layer(large())),
        ),
        get_route(
            "/admin/catalog/reference",
            get(reference::show_reference_page),
        ),
        get_route("/admin/catalog/history", get(history::show_history_page)),
        get_route(
            "/admin/catalog/history/{version}",
            get(difference::show_difference_page),
        ),
    ]
}

fn get_route(path: &'static str, handlers: MethodRouter<AppState>) -> AdminRoute {
    AdminRoute {
        path,
        methods: &["GET"],
        is_open: false,
        handlers,
    }
}

fn post_route(path: &'static str, handlers: MethodRouter<AppState>) -> AdminRoute {
    AdminRoute {
        path,
        methods: &["POST"],
        is_open: false,
        handlers,
    }
}

fn get_post_route(path: &'static str, handlers: MethodRouter<AppState>) -> AdminRoute {
    AdminRoute {
        path,
        methods: &["GET", "POST"],
        is_open: false,
        handlers,
    }
}

fn open_route(path: &'static str, handlers: MethodRouter<AppState>) -> AdminRoute {
    // Anyone can send these forms, so the service must not keep large ones in memory.
    let handlers = handlers.layer(DefaultBodyLimit::max(OPEN_FORM_BYTES));
    AdminRoute {
        is_open: true,
        ..get_post_route(path, handlers)
    }
}
