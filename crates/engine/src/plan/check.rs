//! Publishing what was planned: only if it still is what publishing would do.
//!
//! Looking at everybody takes long, so it is done beside the writing thread, which notes meanwhile whom it writes. They
//! alone are looked at again inside the transaction that publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::catalog::Catalog;

use super::changes::{ChangeKind, PlayerChange};
use super::player::Scene;
use super::survey::Survey;
use super::token::{PlanError, PlanToken};
use super::{PlanProgress, Planning};
use crate::publish::{Publishing, publish_in, successor};
use crate::watch::Watching;
use crate::writer::Workshop;
use crate::{Engine, Error, Published};

/// How often everybody is looked at, when other processes write meanwhile.
const ROUNDS: usize = 3;
/// How often those who were written meanwhile are looked at beside the writing thread. Each time there are fewer, unless
/// everybody is written all the time: then those who are left are looked at while others wait.
const TURNS: usize = 5;
/// Players who are looked at at once while others wait to record.
const FEW: usize = 64;
/// Differences that a refusal names.
const NAMED: usize = 20;

/// What is to be published, and only as planned.
struct Planned {
    catalog: Arc<Catalog>,
    how: Publishing,
    token: PlanToken,
    scene: Scene,
    survey: Survey,
}

/// What came of an attempt.
enum Attempt {
    Published(Published),
    /// These were written since they were looked at.
    Written(BTreeSet<String>),
    /// Anybody may have been written.
    Anybody,
    /// It is no longer what was planned.
    Outdated,
}

impl Engine {
    /// Publishes a catalog if that does what was planned. To be called on a thread that may wait.
    pub(crate) fn publish_planned(
        &self,
        catalog: Catalog,
        how: Publishing,
        token: PlanToken,
        progress: &mut (dyn FnMut(PlanProgress) + Send),
    ) -> Result<Published, Error> {
        let options = Planning::default().cancelled_by(how.cancellation());
        let catalog = Arc::new(catalog);
        let watching = self.work(|workshop| Ok(workshop.watch.begin())).wait()?;
        for _ in 0..ROUNDS {
            self.work(move |workshop| workshop.watch_anew()).wait()?;
            let mut reader = self.inner.store.reader()?;
            let current = self.inner.catalogs.refresh(&mut *reader)?;
            token.check(current.version, &catalog, how.takes_back())?;
            let (next, _) = successor(&current, &catalog, how.takes_back(), (self.inner.clock)())?;
            let catalogs = Arc::clone(&self.inner.catalogs);
            let scene = Scene {
                catalogs,
                current,
                next: Arc::new(next),
                as_of: None,
            };
            let survey = Survey::make(&*self.inner.store, &scene, &options, progress)?;
            let (catalog, how, token) = (Arc::clone(&catalog), how.clone(), token.clone());
            let planned = Planned {
                catalog,
                how,
                token,
                scene,
                survey,
            };
            if let Some(published) = self.attempt(planned)? {
                return Ok(published);
            }
        }
        drop::<Watching>(watching);
        Err(PlanError::Unsettled.into())
    }

    /// Publishes what was planned; `None` when anybody may have been written meanwhile.
    fn attempt(&self, mut planned: Planned) -> Result<Option<Published>, Error> {
        for most in [FEW; TURNS].into_iter().chain([usize::MAX]) {
            planned.how.cancellation().check()?;
            let (back, attempt) = self
                .work(move |workshop| workshop.attempt(planned, most))
                .wait()?;
            planned = back;
            match attempt {
                Attempt::Published(published) => return Ok(Some(published)),
                Attempt::Anybody => return Ok(None),
                Attempt::Outdated => return Err(self.outdated(&planned)?.into()),
                Attempt::Written(players) => {
                    let mut reader = self.inner.store.reader()?;
                    planned
                        .survey
                        .look_again(&mut *reader, &planned.scene, &players)?;
                }
            }
        }
        Err(PlanError::Unsettled.into())
    }

    /// How that which publishing would do differs from what was planned.
    fn outdated(&self, planned: &Planned) -> Result<PlanError, Error> {
        let Planned {
            catalog,
            how,
            token,
            scene,
            survey,
        } = planned;
        let options = Planning::default().cancelled_by(how.cancellation());
        let (next, _) = successor(&scene.current, catalog, token.take_back, token.as_of)?;
        let then = Scene {
            next: Arc::new(next),
            as_of: Some(token.as_of),
            ..scene.clone()
        };
        let then = Survey::make(&*self.inner.store, &then, &options, &mut |_| {})?;
        let mut lines = differences(&then, survey);
        let more = lines.len().saturating_sub(NAMED);
        lines.truncate(NAMED);
        Ok(PlanError::Outdated {
            differences: lines,
            more,
        })
    }
}

impl Workshop {
    /// Forgets who was written until now.
    fn watch_anew(&mut self) -> Result<(), Error> {
        self.transact(|_, _| Ok(()))?;
        drop(self.watch.take());
        Ok(())
    }

    /// Looks again at those who were written since everybody was looked at, if they are not too many, and publishes if it
    /// is what was planned.
    fn attempt(&mut self, mut planned: Planned, most: usize) -> Result<(Planned, Attempt), Error> {
        let now = self.now();
        let watch = self.watch.clone();
        let (attempt, newer) = self.transact(|tx, _| {
            let written = watch.take();
            if written.anybody {
                return Ok((Attempt::Anybody, None));
            }
            if written.players.len() > most {
                return Ok((Attempt::Written(written.players), None));
            }
            let Planned {
                catalog,
                how,
                token,
                scene,
                survey,
            } = &mut planned;
            survey.look_again(tx, scene, &written.players)?;
            if survey.digest != token.digest {
                return Ok((Attempt::Outdated, None));
            }
            let (published, newer) = publish_in(tx, &scene.catalogs, catalog, how, now)?;
            Ok((Attempt::Published(published), newer))
        })?;
        self.put_in_force(newer);
        Ok((planned, attempt))
    }
}

/// What differs between what was planned and what would happen, a line each.
fn differences(planned: &Survey, now: &Survey) -> Vec<String> {
    type Name<'c> = (&'c str, ChangeKind, &'c str, &'c str, &'c str);
    fn by_name(survey: &Survey) -> BTreeMap<Name<'_>, &PlayerChange> {
        fn name(change: &PlayerChange) -> Name<'_> {
            (
                &change.player,
                change.kind,
                &change.subject,
                &change.tier,
                &change.key,
            )
        }
        survey
            .changes
            .values()
            .flatten()
            .map(|change| (name(change), change))
            .collect()
    }
    let (planned, now) = (by_name(planned), by_name(now));
    let names: BTreeSet<&Name<'_>> = planned.keys().chain(now.keys()).collect();
    let line = |name: &Name<'_>| match (planned.get(name), now.get(name)) {
        (Some(planned), Some(now)) if planned == now => None,
        (Some(planned), Some(now)) => Some(format!("{now}; planned: {}", planned.sides())),
        (Some(planned), None) => Some(format!("{planned}: planned, and would not happen now")),
        (None, now) => now.map(|now| format!("{now}: not planned")),
    };
    names.into_iter().filter_map(line).collect()
}
