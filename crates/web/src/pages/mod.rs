//! Pages for players and visitors.
//!
//! Each page has a typed context and a template. The engine decides visibility by the audience that
//! a page requests.

mod activity_item;
mod award;
mod badge;
mod badge_card;
mod badges;
mod community;
mod display_names;
mod embed;
mod format;
mod host_files;
mod live;
mod names;
mod page;
mod pictures;
mod player_badges;
mod player_list;
mod profile;
mod rate_limit;
mod share;
mod share_images;
mod sign_in;
mod tier_card;
mod url;
mod why;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::state::AppState;

pub(crate) use format::format_ago;
pub(crate) use page::PageRequest;
pub(crate) use share_images::ShareImages;

/// Builds the router of all player pages, with a rate limit. Signing in and out has CSRF
/// protection.
pub(crate) fn router(app: &AppState) -> Router<AppState> {
    // These are the only routes that change state.
    let sessions = Router::new()
        .route(
            "/sign-in",
            get(sign_in::sign_in_player).post(sign_in::confirm_sign_in),
        )
        .route("/sign-out", post(sign_in::sign_out_player))
        .layer(crate::auth::csrf_layer(app));
    Router::new()
        .route("/", get(community::show_community_page))
        .route("/badges", get(badges::show_gallery_page))
        .route("/badges/{id}", get(badge::show_badge_page))
        .route("/players", get(player_list::show_players_page))
        .route("/players/{player}", get(profile::show_profile_page))
        .route(
            "/players/{player}/badges/{badge}",
            get(award::show_award_page),
        )
        .route(
            "/players/{player}/why/{kind}/{id}",
            get(why::show_player_why_page),
        )
        .route("/share/badges/{file}", get(share::get_badge_image))
        .route(
            "/share/players/{player}/badges/{file}",
            get(share::get_award_image),
        )
        .route("/embed/players/{player}", get(embed::show_player_card))
        .route("/embed/badges/{badge}", get(embed::show_badge_card))
        .route("/shields/players/{file}", get(embed::get_player_shield))
        .route("/shields/badges/{file}", get(embed::get_badge_shield))
        .route("/favicon.ico", get(host_files::get_favicon))
        .route("/robots.txt", get(host_files::get_robots))
        .route("/site.webmanifest", get(host_files::get_manifest))
        .route("/live", get(live::stream_live))
        .route("/names", get(names::get_names))
        .route("/art/{file}", get(pictures::get_badge_picture))
        .route("/avatar/{file}", get(pictures::get_avatar))
        .route("/secret.svg", get(pictures::get_secret_picture))
        .merge(sessions)
        .layer(from_fn_with_state(app.clone(), rate_limit::limit_requests))
}
