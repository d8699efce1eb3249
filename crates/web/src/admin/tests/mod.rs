//! The administration, from outside: requests in, pages out.

mod access;
mod acting;
mod catalog;
mod house;
mod pages;
mod people;
