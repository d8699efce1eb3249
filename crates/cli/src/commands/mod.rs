//! The commands, a file each.

pub(crate) mod act;
pub(crate) mod award;
pub(crate) mod backup;
pub(crate) mod badges;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod dossier;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod feed;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod merge;
pub(crate) mod player;
pub(crate) mod points;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod reset;
pub(crate) mod restore;
pub(crate) mod retract;
pub(crate) mod revoke;
pub(crate) mod unmerge;
pub(crate) mod verify;
pub(crate) mod why;
