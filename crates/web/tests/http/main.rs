//! Tests of the HTTP API.

mod actions;
mod administration;
mod boundaries;
mod catalog;
mod compression;
mod connections;
mod credentials;
mod crowd;
mod document;
mod event_names;
mod event_streams;
mod events;
mod feed;
mod hostile;
mod limits_and_headers;
mod manual;
mod operations;
mod players;
mod problems;
mod public_pages;
mod queueing;
mod scopes;
mod secrets;
mod socket;
mod streams;
mod world;
