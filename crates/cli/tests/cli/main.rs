//! The binary in real use: with processes, files and pipes.

mod actions;
mod catalogs;
mod corrections;
mod crashes;
mod demo;
mod django;
mod django_dump;
mod django_input;
mod event_names;
mod exports;
mod first_start;
mod hostile;
mod imports;
mod installing;
mod publishing;
mod queries;
mod service_crashes;
mod serving;
mod terminal;
mod verifying;
mod wording;
mod world;
