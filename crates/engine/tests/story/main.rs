//! What Accolade promises, told as stories of players: each rule of its semantics, and each defect of the systems that it
//! started from, which must be impossible here.

mod acts;
mod administering;
mod amounts;
mod auditing;
mod chains;
mod code;
mod correcting;
mod cost;
mod counting;
mod criteria;
mod erasing;
mod errors;
mod feed;
mod gallery;
mod hidden;
mod ids;
mod joining;
mod late;
mod latest;
mod pages;
mod planning;
mod publishing;
mod queries;
mod receipts;
mod renaming;
mod repeats;
mod sealing;
mod secrecy;
mod seeds_changed_catalogs;
mod seeds_gamification;
mod seeds_hero;
mod time;
mod waking;
mod why;
mod world;
