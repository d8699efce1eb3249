//! A database with two engines, and its expected state.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accolade::store::Store;
use accolade::{
    Action, Catalog, Engine, Error, EventSelection, NewEvent, PublishOptions, SelectedEvent,
    Timestamp,
};
use accolade_core::names::acts;
use accolade_core::time::SECOND;

use super::compare;
use super::fragile::{FailureSwitch, Fragile};
use super::manual_actions::build_action;
use super::model::Model;
use super::responses::item_response;
use super::steps::{Operation, SentEvent, Step};
use crate::random;

const HOUR: i64 = 60 * 60 * SECOND;
/// Time between the start of a sequence and the end of the time that catalogs refer to.
const LEAD: i64 = 72 * HOUR;

/// A failure of a step.
pub(crate) enum StepFailure {
    /// The planned crash of the process.
    Crashed(String),
    /// A difference from the expected result.
    Mismatch(String),
}

impl std::fmt::Display for StepFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Crashed(what) => write!(f, "the store failed: {what}"),
            Self::Mismatch(what) => f.write_str(what),
        }
    }
}

impl From<Error> for StepFailure {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => Self::Crashed(error.to_string()),
            error => Self::Mismatch(format!("it should have worked: {error}")),
        }
    }
}

/// Returns a mismatch unless a condition holds.
macro_rules! must {
    ($holds:expr, $($message:tt)+) => {
        if !$holds {
            return Err(StepFailure::Mismatch(format!($($message)+)));
        }
    };
}
pub(crate) use must;

/// Environment of a sequence.
pub(crate) struct Setup<'s> {
    /// Catalogs in TOML; the first one is published at the beginning.
    pub(crate) catalogs: &'s [String],
    pub(crate) players: usize,
    pub(crate) checkpoint_every: u64,
    /// Opens the database again.
    pub(crate) open: &'s dyn Fn() -> Box<dyn Store>,
}

impl Setup<'_> {
    fn catalog(&self, number: usize) -> Catalog {
        Catalog::from_toml(&self.catalogs[number % self.catalogs.len()]).expect("it compiles")
    }
}

/// A database with two engines, and its expected state.
pub(crate) struct World<'s> {
    setup: &'s Setup<'s>,
    clock: Arc<AtomicI64>,
    /// True if the database has no catalog.
    empty: bool,
    engines: [Option<(Engine, FailureSwitch)>; 2],
    pub(crate) model: Model,
    pub(crate) readers: [compare::FeedReader; 3],
    /// True if the step runs again after a crash.
    pub(crate) again: bool,
    /// Events that the step had selected before the crash.
    selected: Option<Vec<SelectedEvent>>,
}

impl<'s> World<'s> {
    pub(crate) fn new(setup: &'s Setup<'s>) -> Self {
        Self {
            setup,
            clock: Arc::new(AtomicI64::new(
                random::after_all().plus_micros(-LEAD).as_micros(),
            )),
            empty: true,
            engines: [None, None],
            model: Model::new(setup.catalog(0)),
            readers: Default::default(),
            again: false,
            selected: None,
        }
    }

    /// Runs the steps, and compares everything at the end.
    pub(crate) fn run(&mut self, steps: &[Step]) -> Result<(), String> {
        let last = Step {
            engine: 0,
            crash: None,
            what: Operation::Check,
        };
        for (number, step) in steps.iter().chain([&last]).enumerate() {
            self.step(step)
                .map_err(|trouble| format!("step {number} ({step:?}): {trouble}"))?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), StepFailure> {
        (self.again, self.selected) = (false, None);
        if let Some((after, at)) = step.crash {
            self.engine(step.engine)?;
            if let Some((_, fuse)) = &self.engines[step.engine] {
                fuse.arm(after, at);
            }
            match self.act(step) {
                Err(StepFailure::Crashed(_)) => self.again = true,
                other => {
                    if let Some((_, fuse)) = &self.engines[step.engine] {
                        fuse.disarm();
                    }
                    // The process may have died over a chore of its own.
                    self.engines[step.engine] = None;
                    return other;
                }
            }
            self.engines[step.engine] = None;
        }
        self.act(step)
    }

    pub(crate) fn engine(&mut self, number: usize) -> Result<Engine, StepFailure> {
        if let Some((engine, _)) = &self.engines[number] {
            return Ok(engine.clone());
        }
        let fuse = FailureSwitch::default();
        let store = Fragile {
            store: (self.setup.open)(),
            fuse: fuse.clone(),
        };
        let clock = Arc::clone(&self.clock);
        let clock =
            move || Timestamp::from_micros(clock.load(Ordering::SeqCst)).expect("it is a time");
        let mut builder = Engine::builder(store)
            .clock(clock)
            .checkpoint_interval(self.setup.checkpoint_every);
        if self.empty {
            builder = builder.catalog(self.setup.catalog(0));
        }
        let engine = builder.open()?;
        self.empty = false;
        self.engines[number] = Some((engine.clone(), fuse));
        Ok(engine)
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::SeqCst)).expect("it is a time")
    }

    fn ago(&self, hours: i64) -> Timestamp {
        self.now().plus_micros(-hours * HOUR)
    }

    pub(crate) fn players(&self) -> Vec<String> {
        (0..self.setup.players)
            .map(|player| self.player(player))
            .collect()
    }

    fn player(&self, player: usize) -> String {
        format!("p{}", player % self.setup.players)
    }

    fn act(&mut self, step: &Step) -> Result<(), StepFailure> {
        let engine = self.engine(step.engine)?;
        match &step.what {
            Operation::Record(events) => {
                let events = events.iter().map(|sent| self.event(sent)).collect();
                self.record(&engine, events)
            }
            Operation::Resend { pick, changed } => self.send_again(&engine, *pick, *changed),
            Operation::Action {
                id,
                player,
                hours_ago,
                hand,
            } => {
                let (act, sent) =
                    build_action(self.model.catalog.rules(), &self.player(*player), hand);
                let id = format!("a{id}");
                let (mut act, mut sent) = (act.id(&id), sent.id(id));
                if let Some(hours) = hours_ago {
                    (act, sent) = (act.at(self.ago(*hours)), sent.at(self.ago(*hours)));
                }
                let answer = engine.submit_action(act.create()).wait();
                self.check_response(sent, answer)
            }
            Operation::Retract {
                id,
                player,
                picks,
                unknown,
                restore,
            } => {
                let player = self.player(*player);
                let known = self.model.ids_of(&player);
                let picked = picks
                    .iter()
                    .filter(|_| !known.is_empty())
                    .map(|pick| known[pick % known.len()].clone());
                let mut ids: Vec<String> =
                    picked.chain(unknown.map(|id| format!("e{id}"))).collect();
                ids.sort();
                ids.dedup();
                if ids.is_empty() {
                    ids.push(format!("e{id}"));
                }
                let act = match restore {
                    true => Action::restore_all(&player, ids.iter().cloned()),
                    false => Action::retract_all(&player, ids.iter().cloned()),
                };
                let id = format!("r{id}");
                let answer = engine.submit_action(act.id(&id).create()).wait();
                self.check_retraction(&player, id, &ids, *restore, answer)
            }
            Operation::RetractRange {
                id,
                player,
                name,
                hours_ago,
            } => {
                let mut selection = EventSelection::default()
                    .name(name)
                    .starting_at(self.ago(*hours_ago));
                if let Some(player) = player {
                    selection = selection.player(&self.player(*player));
                }
                let selected = match &self.selected {
                    Some(selected) => selected.clone(),
                    None => engine.players().find_events(selection).wait()?,
                };
                self.selected = Some(selected.clone());
                let id = format!("r{id}");
                let answers = engine
                    .players()
                    .retract_selected(selected.clone(), Action::empty().id(&id).create())
                    .wait()?;
                let acts = selected.chunk_by(|one, other| one.player == other.player);
                for ((number, chosen), answer) in acts.enumerate().zip(answers) {
                    let id = if number == 0 {
                        id.clone()
                    } else {
                        format!("{id}-{number}")
                    };
                    let ids: Vec<String> = chosen
                        .iter()
                        .map(|selected| selected.event.to_string())
                        .collect();
                    self.check_retraction(
                        &chosen[0].player,
                        id,
                        &ids,
                        false,
                        answer.map_err(Error::from),
                    )?;
                }
                Ok(())
            }
            Operation::Merge { id, player, guest } => {
                let (player, guest) = (self.player(*player), self.player(*guest));
                let id = format!("m{id}");
                let answer = engine
                    .submit_action(Action::merge(&player, &guest).id(&id).create())
                    .wait();
                self.check_merge(&player, &guest, id, acts::MERGE, answer)
            }
            Operation::Unmerge { id, pick } => {
                let aliases: Vec<_> = self.model.aliases.clone().into_iter().collect();
                let (guest, player) = match aliases.len() {
                    0 => ("p0".to_owned(), "p1".to_owned()),
                    some => aliases[pick % some].clone(),
                };
                let id = format!("m{id}");
                let answer = engine
                    .submit_action(Action::unmerge(&player, &guest).id(&id).create())
                    .wait();
                self.check_merge(&player, &guest, id, acts::UNMERGE, answer)
            }
            Operation::Erase { player } => {
                let player = self.player(*player);
                let removed = engine.players().erase(&player).wait()?;
                let root = self.model.owner_of(&player);
                let ids = self.model.list_merged_ids(&root);
                let there = self
                    .model
                    .known
                    .keys()
                    .any(|(whose, _)| ids.contains(whose));
                must!(
                    there || self.again || removed.is_none(),
                    "nothing is known of {player}, but {removed:?}"
                );
                must!(
                    !there || self.again || removed.is_some(),
                    "{player} is known, but nothing was removed"
                );
                if let Some(removed) = &removed {
                    must!(
                        self.again || removed.blocked == self.model.is_blocked_by_erasure(&root),
                        "{player} was erased: {removed:?}"
                    );
                }
                if there || removed.is_some() {
                    self.model.erase(&root);
                }
                Ok(())
            }
            Operation::Publish { catalog, take_back } => {
                let catalog = || self.setup.catalog(*catalog);
                let how = PublishOptions::default();
                let how = if *take_back { how.revoke() } else { how };
                let known = engine.catalog().version();
                match engine.catalog().publish(catalog(), how).wait() {
                    Ok(published) if published.version > self.model.version => {
                        self.model.publish(&catalog(), published.version);
                    }
                    Ok(published) => must!(!published.is_new, "{published:?} is not new"),
                    Err(Error::PublishConflict { version, .. }) => {
                        must!(
                            known < version && version == self.model.version,
                            "overtaken by {version}"
                        );
                    }
                    Err(error) => return Err(error.into()),
                }
                Ok(())
            }
            Operation::AwaitBackfill => {
                Ok(engine.catalog().await_backfill(|_| {}).wait().map(|_| ())?)
            }
            Operation::Advance { minutes } => {
                if !self.again {
                    self.clock
                        .fetch_add(minutes * 60 * SECOND, Ordering::SeqCst);
                }
                Ok(())
            }
            Operation::ProcessTimers => Ok(engine
                .maintenance()
                .process_due_timers()
                .wait()
                .map(|_| ())?),
            Operation::Prune { hours_ago } => Ok(engine
                .feed()
                .prune(self.ago(*hours_ago))
                .wait()
                .map(|_| ())?),
            Operation::ReadFeed { reader, limit } => {
                self.readers[*reader].read(&engine, *limit).map(|_| ())
            }
            Operation::Reopen => {
                self.engines[step.engine] = None;
                Ok(())
            }
            Operation::Check => compare::compare_all(self, &engine),
        }
    }

    fn event(&self, sent: &SentEvent) -> NewEvent {
        let SentEvent {
            id,
            player,
            name,
            hours_ago,
            order,
            props,
        } = sent;
        NewEvent {
            id: Some(format!("e{id}").into()),
            player: self.player(*player).into(),
            name: (*name).to_owned(),
            at: hours_ago.map(|hours| self.ago(hours)),
            order: *order,
            props: props.clone(),
        }
    }

    fn record(&mut self, engine: &Engine, events: Vec<NewEvent>) -> Result<(), StepFailure> {
        let answers = match &events[..] {
            [event] => vec![item_response(engine.record(event.clone()).wait())?],
            _ => engine.record_many(events.clone()).wait()?,
        };
        for (event, answer) in events.into_iter().zip(answers) {
            self.check_response(event, answer.map_err(Error::from))?;
        }
        Ok(())
    }

    fn send_again(
        &mut self,
        engine: &Engine,
        pick: usize,
        changed: bool,
    ) -> Result<(), StepFailure> {
        let all: Vec<&NewEvent> = self.model.known.values().map(|known| &known.sent).collect();
        let events: Vec<&NewEvent> = all.into_iter().filter(|sent| !sent.is_reserved()).collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut event = events[pick % events.len()].clone();
        if changed {
            event.name += ".changed";
        }
        self.record(engine, vec![event])
    }
}
