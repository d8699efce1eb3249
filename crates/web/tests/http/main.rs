//! Tests of the HTTP API.

mod acts;
mod administration;
mod catalog;
mod crowd;
mod document;
mod events;
mod feed;
mod gate;
mod hostile;
mod manual;
mod operations;
mod players;
mod problems;
mod scopes;
mod secrets;
mod socket;
mod streams;
mod world;
