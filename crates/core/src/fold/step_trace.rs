//! Tracing of a step: updates of counters and cuts by limits, for explanations.

use super::state::MissingCells;
use super::step::StepContext;
use super::step_report::{CounterUpdate, LimitCut};
use crate::catalog::rules::CounterOperator;
use crate::number::Decimal;
use crate::time::TimeWindow;

impl StepContext<'_> {
    /// Returns the value of a counter before an update; `None` if the step is not traced.
    pub(super) fn value_before(
        &mut self,
        counter: usize,
        key: &str,
    ) -> Result<Option<Decimal>, MissingCells> {
        // Reading a counter may load cells, which an untraced step need not do.
        if self.trace {
            self.counter_value(counter, key).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Records the update of a counter, if the step is traced.
    pub(super) fn record_counter_update(
        &mut self,
        index: usize,
        key: &str,
        brought: Decimal,
        before: Option<Decimal>,
    ) -> Result<(), MissingCells> {
        let Some(before) = before else { return Ok(()) };
        let total = self.counter_value(index, key)?;
        let counter = &self.rules.counters[index];
        // Both totals are of the same instant, so the window has not slid between them.
        let duplicate = matches!(counter.operator, CounterOperator::Distinct(_)) && total == before;
        let added = if duplicate { Decimal::ZERO } else { brought };
        let period = match counter.window {
            Some(TimeWindow::Calendar(calendar)) => {
                Some(self.current_period(calendar, counter.player_zone))
            }
            _ => None,
        };
        self.report.counter_updates.push(CounterUpdate {
            counter: index,
            key: key.into(),
            added,
            total,
            duplicate,
            period,
        });
        Ok(())
    }

    /// Records the points that a limit cut off, if the step is traced.
    pub(super) fn record_limit_cut(&mut self, earning: usize, currency: usize, amount: i64) {
        if self.trace && amount != 0 {
            self.report.limit_cuts.push(LimitCut {
                earning,
                currency,
                amount,
            });
        }
    }
}
