//! Recent outcomes of the whole community.

use std::sync::Arc;

use accolade_core::catalog::rules::RuleSet;

use super::Page;
use super::secrecy::{Audience, others_may_see};
use crate::store::Read;
use crate::{Engine, Error, Outcome, Ticket};

/// Outcomes per query.
const STEP: i64 = 256;
/// Maximum number of queries per page, so that a feed with few visible outcomes is not read as a
/// whole.
const STEPS: usize = 32;

impl Engine {
    /// Lists the feed of all players by page, newest first: outcomes with numbers below `before`,
    /// or the latest ones for `None`.
    ///
    /// [`Audience::Admin`] gets all outcomes. The other audiences get those that
    /// [`Engine::may_see`] allows for [`Audience::Others`], because the feed concerns all players.
    ///
    /// A page examines a few thousand outcomes at most. It may therefore have fewer than `limit`
    /// outcomes, or none, and still have a next page. Only a page without `next` is the last one.
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
    rules: &RuleSet,
    audience: Audience,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Outcome, i64>, Error> {
    let start = store.feed_start()?;
    // A cursor of another database could lie beyond the end of the feed.
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
        // Outcomes between `after` and `end`, both exclusive. Numbers may have gaps, so a step can
        // yield fewer outcomes than it spans.
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
