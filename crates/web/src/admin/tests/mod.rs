//! Tests that send requests to the administration and check the pages.

mod access;
mod actions;
mod catalog;
mod credentials;
mod pages;
mod people;
mod test_service;
