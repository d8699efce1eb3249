//! Data of a planned publication.

use std::collections::BTreeSet;
use std::sync::Arc;

use accolade_core::catalog::Catalog;

use super::parallel_plan::ParallelPlan;
use super::player_plan::PlanContext;
use super::token::PlanToken;
use crate::publication::{Publication, PublishOptions};

/// A planned publication and its current evaluation.
pub(crate) struct PlannedPublication {
    pub(super) catalog: Arc<Catalog>,
    pub(super) options: PublishOptions,
    pub(super) token: PlanToken,
    pub(super) context: PlanContext,
    pub(super) evaluation: ParallelPlan,
}

/// Result of an attempt to publish.
pub(crate) enum PublishAttempt {
    Published(Publication),
    /// These players were written since they were evaluated.
    PlayersChanged(BTreeSet<String>),
    /// Any player may have been written.
    AnyoneChanged,
    /// Publishing would no longer do what was planned.
    Outdated,
}
