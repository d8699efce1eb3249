//! Properties of the engine on random worlds, for the tests of every store.

mod config;
mod delivery;
mod incremental;
mod parallel;
mod planning;

pub use config::build_config;
pub use delivery::{Delivery, deliveries};
pub use incremental::check_incremental_fold;
pub use parallel::check_cases;
pub use planning::check_planned_publications;
