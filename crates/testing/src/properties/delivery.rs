//! Order, repetition and batching of arriving events.

use accolade::NewEvent;
use proptest::prelude::*;

/// A way in which a history arrives. Each list is used in a cycle.
#[derive(Debug)]
pub struct Delivery {
    /// Number of places by which an event arrives later than in the timeline.
    late: Vec<usize>,
    /// Number of places after which it arrives again, if it does.
    again: Vec<Option<usize>>,
    /// Sizes of batches, and the engine that each is sent to.
    batches: Vec<(usize, usize)>,
    /// Number of events between two checkpoints.
    pub(super) checkpoint_every: u64,
}

/// Events sent together.
#[derive(Clone)]
pub(super) struct Batch {
    /// Engine that they are sent to.
    pub(super) engine: usize,
    pub(super) events: Vec<NewEvent>,
}

/// Generates deliveries.
pub fn deliveries() -> impl Strategy<Value = Delivery> {
    let late = prop_oneof![3 => Just(0), 1 => 1..8_usize, 1 => 8..40_usize];
    let again = prop_oneof![3 => Just(None), 1 => (0..10_usize).prop_map(Some)];
    let list = |each| prop::collection::vec(each, 1..=10);
    (
        list(late.boxed()),
        prop::collection::vec(again, 1..=7),
        prop::collection::vec((1..=6_usize, 0..2_usize), 1..=5),
        1..=5_u64,
    )
        .prop_map(|(late, again, batches, checkpoint_every)| Delivery {
            late,
            again,
            batches,
            checkpoint_every,
        })
}

impl Delivery {
    /// Splits a timeline into batches in order of arrival.
    pub(super) fn batches(&self, timeline: &[NewEvent]) -> Vec<Batch> {
        let mut arrivals: Vec<(usize, &NewEvent)> = Vec::new();
        let habits = self.late.iter().cycle().zip(self.again.iter().cycle());
        for ((place, event), (late, again)) in timeline.iter().enumerate().zip(habits) {
            arrivals.push((place + late, event));
            arrivals.extend(again.map(|again| (place + late + again, event)));
        }
        arrivals.sort_by_key(|(place, _)| *place);
        let mut arrivals = arrivals.into_iter().map(|(_, event)| event.clone());
        let sizes = self.batches.iter().cycle();
        sizes
            .map(|&(size, engine)| Batch {
                engine,
                events: arrivals.by_ref().take(size).collect(),
            })
            .take_while(|batch| !batch.events.is_empty())
            .collect()
    }
}
