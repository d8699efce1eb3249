//! Recent outcomes of the whole community.

use std::sync::Arc;

use accolade_core::catalog::rules::RuleSet;

use super::visibility::{Audience, is_visible_to_others};
use crate::page::ResultPage;
use crate::store::ReadStore;
use crate::{Error, Feed, Outcome, Ticket};

/// Outcomes per query.
const OUTCOMES_PER_STEP: i64 = 256;
/// Maximum number of queries per page, so that a feed with few visible outcomes is not read as a
/// whole.
const MAX_STEPS: usize = 32;

impl Feed<'_> {
    /// Lists the feed of all players by page, newest first: outcomes with numbers below `before`,
    /// or the latest ones for `None`.
    ///
    /// [`Audience::Admin`] gets all outcomes. The other audiences get those that
    /// [`Feed::can_see`] allows for [`Audience::Others`], because the feed concerns all
    /// players.
    ///
    /// A page examines a few thousand outcomes at most. It may therefore have fewer than `limit`
    /// outcomes, or none, and still have a next page. Only a page without `next` is the last one.
    pub fn list_latest(
        &self,
        audience: Audience,
        before: Option<i64>,
        limit: usize,
    ) -> Ticket<ResultPage<Outcome, i64>> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        self.engine.inner.readers.run_query(move |reader| {
            let mut snapshot = reader.open_snapshot()?;
            let published = catalogs.load_current(&mut *snapshot)?;
            load_page(
                &mut *snapshot,
                published.catalog.rules(),
                audience,
                before,
                limit,
            )
        })
    }
}

fn load_page(
    store: &mut dyn ReadStore,
    rules: &RuleSet,
    audience: Audience,
    before: Option<i64>,
    limit: usize,
) -> Result<ResultPage<Outcome, i64>, Error> {
    let start = store.feed_start()?;
    // A cursor of another database could lie beyond the end of the feed.
    let latest = store.last_outcome_seq()?.saturating_add(1);
    let mut end = before.map_or(latest, |before| before.min(latest));
    let mut items = Vec::new();
    if limit == 0 {
        return Ok(ResultPage { items, next: None });
    }
    for _ in 0..MAX_STEPS {
        if end <= start.saturating_add(1) {
            return Ok(ResultPage { items, next: None });
        }
        // Outcomes between `after` and `end`, both exclusive. Numbers may have gaps, so a step can
        // yield fewer outcomes than it spans.
        let after = end.saturating_sub(OUTCOMES_PER_STEP + 1).max(start);
        let rows = store.list_outcomes(after, OUTCOMES_PER_STEP as usize)?;
        for (seq, row) in rows.into_iter().rev().filter(|(seq, _)| *seq < end) {
            let outcome = Outcome::from_row(seq, row)?;
            if audience == Audience::Admin || is_visible_to_others(rules, &outcome) {
                items.push(outcome);
            }
            if items.len() == limit {
                return Ok(ResultPage {
                    items,
                    next: Some(seq).filter(|seq| *seq > start + 1),
                });
            }
        }
        end = after + 1;
    }
    Ok(ResultPage {
        items,
        next: Some(end).filter(|end| *end > start + 1),
    })
}
