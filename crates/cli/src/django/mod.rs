//! Data of django-gamification and django-hero, as the manual actions and rules that mean the same.
//!
//! [`dump`] reads the files, [`tables`] their rows, and [`accounts`] joins the rows of each player.
//! [`catalog_text`] writes the rules, [`history`] the actions, and [`comparison`] compares the
//! result with the tables.

pub(crate) mod accounts;
pub(crate) mod catalog_text;
pub(crate) mod comparison;
pub(crate) mod dump;
pub(crate) mod findings;
pub(crate) mod history;
pub(crate) mod payments;
pub(crate) mod player_ids;
pub(crate) mod row_key;
pub(crate) mod rule_ids;
pub(crate) mod rule_targets;
pub(crate) mod tables;
