//! Publication of a plan, if publishing would still do exactly what was planned.
//!
//! Evaluating all players takes long, so it runs while the writer thread goes on, which keeps track
//! of the players it writes in the meantime. Only they are evaluated again inside the transaction
//! that publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::catalog::Catalog;

use super::changes::{ChangeKind, PlayerChange};
use super::options::{PlanOptions, PlanProgress};
use super::parallel_plan::ParallelPlan;
use super::planned_publication::{PlannedPublication, PublishAttempt};
use super::player_plan::PlanContext;
use super::token::{PlanError, PlanToken};
use crate::change_tracker::TrackerGuard;
use crate::publication::{PublishOptions, compile_successor, publish_in_transaction};
use crate::writer::{WriterJob, WriterThread};
use crate::{Engine, Error, Publication};

/// Maximum number of full evaluations, if other processes keep writing.
const MAX_ROUNDS: usize = 3;
/// Maximum number of times that changed players are evaluated without blocking writes. The number
/// of players shrinks with each attempt, unless everyone is written all the time; then the last
/// attempt evaluates the rest while writes wait.
const MAX_ATTEMPTS: usize = 5;
/// Maximum number of players evaluated at once while writes wait.
const MAX_PLAYERS_WHILE_BLOCKING: usize = 64;
/// Maximum number of differences that an error names.
const MAX_NAMED_DIFFERENCES: usize = 20;

impl Engine {
    /// Publishes a catalog if that does exactly what was planned. Blocks the calling thread.
    pub(crate) fn publish_planned(
        &self,
        catalog: Arc<Catalog>,
        how: PublishOptions,
        token: PlanToken,
        progress: &mut (dyn FnMut(PlanProgress) + Send),
    ) -> Result<Publication, Error> {
        let options = PlanOptions::default().cancelled_by(how.cancellation_token());
        let watching = self
            .enqueue_job(|reply| WriterJob::StartTracking { reply })
            .wait()?;
        for _ in 0..MAX_ROUNDS {
            // Tracking starts before the evaluation reads anything, so no write falls between the
            // two.
            self.enqueue_job(|reply| WriterJob::RestartTracking { reply })
                .wait()?;
            let mut reader = self.inner.store.open_reader()?;
            let current = self.inner.catalogs.load_current(&mut *reader)?;
            token.check_publication(current.version, &catalog, how.revokes_unearned())?;
            let (next, _) = compile_successor(
                &current,
                &catalog,
                how.revokes_unearned(),
                (self.inner.clock)(),
            )?;
            let catalogs = Arc::clone(&self.inner.catalogs);
            let scene = PlanContext {
                catalogs,
                current,
                next: Arc::new(next),
                as_of: None,
            };
            let evaluation = ParallelPlan::run(&*self.inner.store, &scene, &options, progress)?;
            let (catalog, how, token) = (Arc::clone(&catalog), how.clone(), token.clone());
            let planned = PlannedPublication {
                catalog,
                options: how,
                token,
                context: scene,
                evaluation,
            };
            if let Some(published) = self.attempt_publication(Box::new(planned))? {
                return Ok(published);
            }
        }
        // Tracking must last until here: dropping the guard ends it.
        drop::<TrackerGuard>(watching);
        Err(PlanError::TooManyWrites.into())
    }

    /// Attempts to publish. Returns `None` if any player may have been written in the meantime.
    fn attempt_publication(
        &self,
        mut planned: Box<PlannedPublication>,
    ) -> Result<Option<Publication>, Error> {
        // The last attempt has no limit and blocks writes, so the loop ends even under constant
        // writes.
        for most in [MAX_PLAYERS_WHILE_BLOCKING; MAX_ATTEMPTS]
            .into_iter()
            .chain([usize::MAX])
        {
            planned.options.cancellation_token().check_cancelled()?;
            let (back, attempt) = self
                .enqueue_job(|reply| WriterJob::PublishPlanned {
                    planned,
                    max_players: most,
                    reply,
                })
                .wait()?;
            planned = back;
            match attempt {
                PublishAttempt::Published(published) => return Ok(Some(published)),
                PublishAttempt::AnyoneChanged => return Ok(None),
                PublishAttempt::Outdated => {
                    return Err(self.build_outdated_error(&planned)?.into());
                }
                PublishAttempt::PlayersChanged(players) => {
                    let mut reader = self.inner.store.open_reader()?;
                    planned
                        .evaluation
                        .replan_players(&mut *reader, &planned.context, &players)?;
                }
            }
        }
        Err(PlanError::TooManyWrites.into())
    }

    /// Builds the error that names the differences from the plan.
    fn build_outdated_error(&self, planned: &PlannedPublication) -> Result<PlanError, Error> {
        let PlannedPublication {
            catalog,
            options: how,
            token,
            context: scene,
            evaluation,
        } = planned;
        let options = PlanOptions::default().cancelled_by(how.cancellation_token());
        // A token holds only a digest, so the plan is computed again as of its own time.
        let (next, _) = compile_successor(&scene.current, catalog, token.revoke, token.as_of)?;
        let then = PlanContext {
            next: Arc::new(next),
            as_of: Some(token.as_of),
            ..scene.clone()
        };
        let then = ParallelPlan::run(&*self.inner.store, &then, &options, &mut |_| {})?;
        let mut lines = list_plan_differences(&then, evaluation);
        let more = lines.len().saturating_sub(MAX_NAMED_DIFFERENCES);
        lines.truncate(MAX_NAMED_DIFFERENCES);
        Ok(PlanError::Outdated {
            differences: lines,
            more,
        })
    }
}

impl WriterThread {
    /// Restarts the tracking of written players.
    pub(crate) fn restart_tracking(&mut self) -> Result<(), Error> {
        // An empty transaction notices what other processes wrote so far, so that it is not counted
        // against the evaluation that follows.
        self.run_transaction(|_, _| Ok(()))?;
        drop(self.change_tracker.take_changes());
        Ok(())
    }

    /// Evaluates the players written since the last evaluation, unless there are more than
    /// `max_players`, and publishes if the result matches the plan.
    pub(crate) fn publish_if_unchanged(
        &mut self,
        mut planned: Box<PlannedPublication>,
        max_players: usize,
    ) -> Result<(Box<PlannedPublication>, PublishAttempt), Error> {
        let now = self.now();
        let watch = self.change_tracker.clone();
        // Inside the transaction nothing else is written, so what is compared here is what will be
        // published.
        let (attempt, newer) = self.run_transaction(|tx, _| {
            let written = watch.take_changes();
            if written.any_player {
                return Ok((PublishAttempt::AnyoneChanged, None));
            }
            if written.players.len() > max_players {
                return Ok((PublishAttempt::PlayersChanged(written.players), None));
            }
            let PlannedPublication {
                catalog,
                options: how,
                token,
                context: scene,
                evaluation,
            } = &mut *planned;
            evaluation.replan_players(tx, scene, &written.players)?;
            // A token that listed every change would be as large as the plan; the digest stands for
            // it.
            if evaluation.digest != token.digest {
                return Ok((PublishAttempt::Outdated, None));
            }
            let (published, newer) =
                publish_in_transaction(tx, &scene.catalogs, catalog, how, now)?;
            Ok((PublishAttempt::Published(published), newer))
        })?;
        self.adopt_publication(newer);
        Ok((planned, attempt))
    }
}

/// Lists the differences between the plan and the current evaluation, one line each.
fn list_plan_differences(planned: &ParallelPlan, now: &ParallelPlan) -> Vec<String> {
    type ChangeKey<'c> = (&'c str, ChangeKind, &'c str, &'c str, &'c str);
    fn by_name(evaluation: &ParallelPlan) -> BTreeMap<ChangeKey<'_>, &PlayerChange> {
        fn name(change: &PlayerChange) -> ChangeKey<'_> {
            (
                &change.player,
                change.kind,
                &change.subject,
                change.tier.as_deref().unwrap_or_default(),
                change.key.as_deref().unwrap_or_default(),
            )
        }
        evaluation
            .changes
            .values()
            .flatten()
            .map(|change| (name(change), change))
            .collect()
    }
    let (planned, now) = (by_name(planned), by_name(now));
    let names: BTreeSet<&ChangeKey<'_>> = planned.keys().chain(now.keys()).collect();
    let line = |name: &ChangeKey<'_>| match (planned.get(name), now.get(name)) {
        (Some(planned), Some(now)) if planned == now => None,
        (Some(planned), Some(now)) => Some(format!("{now}; planned: {}", planned.format_values())),
        (Some(planned), None) => Some(format!("{planned}: planned, but would no longer happen")),
        (None, now) => now.map(|now| format!("{now}: not planned")),
    };
    names.into_iter().filter_map(line).collect()
}
