//! Tests that send requests to the administration and check the pages.

mod access;
mod actions;
mod awards;
mod catalog;
mod credentials;
mod events;
mod guidance;
mod lists;
mod pages;
mod people;
mod test_service;
