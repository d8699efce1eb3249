//! Accolade as a service: JSON API, player pages, administration and live feed as axum routers.
//!
//! [`Site`] builds the routers on an [`Engine`](accolade::Engine), and [`serve`] runs them. To
//! embed Accolade in an existing application, mount the routers there instead and let the
//! application's own login identify the player.

mod address_counter;
mod admin;
mod api;
mod artwork;
mod assets;
mod auth;
mod catalogs;
mod compression;
mod filters;
mod jobs;
mod layers;
mod live;
mod metrics;
pub mod models;
mod pages;
mod problem;
mod problem_types;
mod serve;
mod settings;
mod site;
mod state;
mod templates;
mod unread_body;

pub use api::openapi_document;
pub use auth::keys::{create_key, revoke_key, rotate_token_secret};
pub use auth::{KeyError, KeyScope};
pub use serve::serve;
pub use settings::{LogFormat, SETTINGS_REFERENCE, Settings, SettingsError};
pub use site::{Site, SiteBuilder};
