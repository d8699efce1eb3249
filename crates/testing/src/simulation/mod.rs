//! Random sequences of all actions and commands, including crashes, which must end in the same
//! state as one fold of the remaining events.
//!
//! A failing sequence is printed with its seed, and reduced to the steps that it needs to fail.

mod compare;
mod dice;
mod fragile;
mod manual_actions;
mod model;
mod responses;
mod shrink;
mod steps;
mod world;

use std::env;
use std::fmt::Write as _;
use std::num::NonZero;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use accolade::store::Store;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use self::dice::Dice;
use self::shrink::shortest;
use self::steps::Step;
use self::world::{Setup, World};
use crate::random::worlds;

/// Function that opens a database, any number of times.
pub type OpenStore = Box<dyn Fn() -> Box<dyn Store>>;

/// Reads the range of seeds from the environment: `TEST_SEEDS` many, from `TEST_FIRST_SEED`
/// on.
pub fn read_requested_seeds() -> Option<Range<u64>> {
    let number = |name: &str| env::var(name).ok()?.parse::<u64>().ok();
    let first = number("TEST_FIRST_SEED").unwrap_or_default();
    Some(first..first + number("TEST_SEEDS")?)
}

/// The sequence and environment of a seed.
struct SequencePlan {
    catalogs: Vec<String>,
    players: usize,
    checkpoint_every: u64,
    steps: Vec<Step>,
}

impl SequencePlan {
    fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut key = [0; 32];
        key.chunks_mut(8)
            .for_each(|part| part.copy_from_slice(&dice.next().to_le_bytes()));
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &key);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let catalogs = (0..4).map(|_| {
            worlds()
                .new_tree(&mut runner)
                .expect("most catalogs compile")
                .current()
                .toml
        });
        Self {
            catalogs: catalogs.collect(),
            players: 3 + dice.below(3),
            checkpoint_every: 1 + dice.next() % 5,
            steps: steps::sequence(&mut dice),
        }
    }

    /// Runs some of the steps on an empty database.
    fn run(&self, steps: &[Step], open: &OpenStore) -> Result<(), String> {
        let setup = Setup {
            catalogs: &self.catalogs,
            players: self.players,
            checkpoint_every: self.checkpoint_every,
            open,
        };
        catch_unwind(AssertUnwindSafe(|| World::new(&setup).run(steps)))
            .unwrap_or_else(|_| Err("it panics".to_owned()))
    }
}

/// Runs the sequences of these seeds on all cores, each on a database of its own.
///
/// # Panics
/// Panics if one fails, with its seed, its shortest form and the difference.
pub fn run_sequences(seeds: Range<u64>, database: impl Fn() -> OpenStore + Sync) {
    let next = AtomicU64::new(seeds.start);
    let failed = Mutex::new(None);
    let work = || {
        while failed.lock().is_ok_and(|failed| failed.is_none()) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let done = seed - seeds.start;
            if done > 0 && done.is_multiple_of(1_000) {
                eprintln!("{done} of {} sequences", seeds.end - seeds.start);
            }
            let plan = SequencePlan::of(seed);
            if let Err(wrong) = plan.run(&plan.steps, &database()) {
                failed
                    .lock()
                    .expect("no thread panics while it holds the lock")
                    .get_or_insert((seed, plan, wrong));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    if let Some((seed, plan, wrong)) = failed
        .into_inner()
        .expect("no thread panics while it holds the lock")
    {
        panic!("{}", report(seed, &plan, &wrong, &database));
    }
}

fn report(
    seed: u64,
    plan: &SequencePlan,
    wrong: &str,
    database: &impl Fn() -> OpenStore,
) -> String {
    let steps = shortest(&plan.steps, |steps| plan.run(steps, &database()).is_err());
    let wrong = plan
        .run(&steps, &database())
        .err()
        .unwrap_or_else(|| format!("(not every time) {wrong}"));
    let mut text =
        format!("the sequence of seed {seed} fails\n\n{wrong}\n\nThe shortest form of it:\n");
    for (number, step) in steps.iter().enumerate() {
        let _ = writeln!(text, "{number}: {step:?}");
    }
    for (number, catalog) in plan.catalogs.iter().enumerate() {
        let used = |step: &Step| matches!(step.what, steps::Operation::Publish { catalog, .. } if catalog == number);
        if number == 0 || steps.iter().any(used) {
            let _ = writeln!(text, "\nCatalog {number}:\n{}", catalog);
        }
    }
    let _ = writeln!(
        text,
        "\n{} players, a checkpoint every {} events",
        plan.players, plan.checkpoint_every
    );
    text
}
