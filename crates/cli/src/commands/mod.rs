//! The commands, a file each.

pub(crate) mod act;
pub(crate) mod award;
pub(crate) mod badges;
pub(crate) mod check;
pub(crate) mod compact;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod player;
pub(crate) mod points;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod reset;
pub(crate) mod revoke;
pub(crate) mod verify;
