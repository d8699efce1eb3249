//! Tests that send requests to the administration and check the pages.

mod access;
mod acting;
mod catalog;
mod house;
mod pages;
mod people;
