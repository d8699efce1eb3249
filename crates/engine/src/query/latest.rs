//! What happened lately in the whole community.

use std::sync::Arc;

use accolade_core::catalog::rules::Rules;

use super::Page;
use super::secrecy::{Audience, others_may_see};
use crate::store::Read;
use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes read in a step back through the feed.
const STEP: i64 = 256;
/// Steps for a page, so that no question reads a whole feed in which little may be seen.
const STEPS: usize = 32;

impl Engine {
    /// A page of the feed of all players, newest first: outcomes with numbers below `before`, the latest when `None`.
    ///
    /// [`Audience::Everything`] sees all. Everybody else sees what [`Audience::Others`] may be told by
    /// [`Engine::may_see`]; [`Audience::Player`] does, too, for these are the outcomes of all players.
    ///
    /// One page looks at some thousands of outcomes at most. It may therefore hold less than `limit`, or nothing, and
    /// still say where the next one begins; only where it does not is the end of what the feed keeps.
    pub fn latest_outcomes(
        &self,
        audience: Audience,
        before: Option<i64>,
        limit: usize,
    ) -> Ticket<Page<Outcome, i64>> {
        let catalogs = Arc::clone(&self.inner.catalogs);
        self.inner.readers.run(move |reader| {
            let mut snapshot = reader.snapshot()?;
            let in_force = catalogs.refresh(&mut *snapshot)?;
            page(
                &mut *snapshot,
                in_force.catalog.rules(),
                audience,
                before,
                limit,
            )
        })
    }
}

fn page(
    store: &mut dyn Read,
    rules: &Rules,
    audience: Audience,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Outcome, i64>, Error> {
    let start = store.feed_start()?;
    let latest = store.last_outcome()?.saturating_add(1);
    let mut end = before.map_or(latest, |before| before.min(latest));
    let mut items = Vec::new();
    if limit == 0 {
        return Ok(Page { items, next: None });
    }
    for _ in 0..STEPS {
        if end <= start.saturating_add(1) {
            return Ok(Page { items, next: None });
        }
        // The outcomes from `after`, exclusive, to `end`, exclusive. There may be gaps in the numbers.
        let after = end.saturating_sub(STEP + 1).max(start);
        let rows = store.feed(after, STEP as usize)?;
        for (seq, row) in rows.into_iter().rev().filter(|(seq, _)| *seq < end) {
            let outcome = Outcome::new(seq, row);
            if audience == Audience::Admin || others_may_see(rules, &outcome) {
                items.push(outcome);
            }
            if items.len() == limit {
                return Ok(Page {
                    items,
                    next: Some(seq).filter(|seq| *seq > start + 1),
                });
            }
        }
        end = after + 1;
    }
    Ok(Page {
        items,
        next: Some(end).filter(|end| *end > start + 1),
    })
}
