//! Accolade as a service: the JSON API, pages for players, administration and live feed, as axum routers.
//!
//! [`Site`] makes them of an [`Engine`](accolade::Engine); [`serve`] runs them. A host with an application of its own
//! mounts them into it instead, and its login says who the player is.

mod admin;
mod api;
mod art;
mod assets;
mod auth;
mod catalogs;
mod filters;
mod jobs;
mod layers;
mod live;
mod metrics;
mod pages;
mod problem;
mod serve;
mod settings;
mod site;
mod templates;

pub use api::openapi;
pub use auth::keys::{create as create_key, revoke as revoke_key};
pub use auth::{KeyError, Scope};
pub use serve::serve;
pub use settings::{LogFormat, REFERENCE, Settings, SettingsError};
pub use site::{Builder, Site};
