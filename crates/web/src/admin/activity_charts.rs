//! Charts of the overview page.
//!
//! Counting activity scans large parts of the database, so it runs in the background and its result
//! is cached for a minute.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use accolade::store::DayActivity;
use accolade::{Engine, Error, Timestamp};
use accolade_core::time::{CalendarUnit, find_zone};
use serde::Serialize;
use tokio::sync::watch;

use super::chart::{BarChart, ChartPoint};

/// Age at which a cached result is computed again.
const MAX_AGE: Duration = Duration::from_secs(60);
/// Time that a page waits for a result before it shows the previous one.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// Maximum number of currency charts.
const MAX_CURRENCIES: usize = 6;
/// Maximum number of columns in a chart.
// Twenty years of months. More columns would be too thin to see.
const MAX_COLUMNS: i64 = 240;

/// Time range of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChartSpan {
    /// The last thirty days, by day.
    Days,
    /// The last twelve months, by month.
    Months,
    /// Everything, by month.
    All,
}

impl ChartSpan {
    pub(super) const ALL: [Self; 3] = [Self::Days, Self::Months, Self::All];

    /// Returns the value used in URLs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Months => "months",
            Self::All => "all",
        }
    }

    /// Returns the label.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Days => "30 days",
            Self::Months => "12 months",
            Self::All => "All time",
        }
    }

    /// Parses a value from a URL. Defaults to the last thirty days.
    pub(super) fn parse_or_default(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|span| span.as_str() == word)
            .unwrap_or(Self::Days)
    }

    fn calendar_unit(self) -> CalendarUnit {
        if self == Self::Days {
            CalendarUnit::Day
        } else {
            CalendarUnit::Month
        }
    }
}

/// Charts with the instant at which they were computed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ActivityCharts {
    pub(super) as_of: String,
    pub(super) charts: Arc<Vec<BarChart>>,
    #[serde(skip)]
    computed_at: Instant,
}

/// Cache of the charts for each time range.
#[derive(Clone, Default)]
pub(super) struct ChartCache(Arc<[Mutex<CacheSlot>; 3]>);

#[derive(Default)]
struct CacheSlot {
    charts: Option<ActivityCharts>,
    /// Closes when the running computation ends.
    running: Option<watch::Receiver<()>>,
}

impl ChartCache {
    /// Returns the charts, computing them if they are stale.
    ///
    /// Returns the previous charts if the computation takes long, or `None` if there are none yet.
    pub(super) async fn load_charts(
        &self,
        engine: &Engine,
        span: ChartSpan,
    ) -> Option<ActivityCharts> {
        let mut ready = match self.with_slot(span, |slot| slot.look_up(self, engine, span)) {
            CacheLookup::Fresh(counted) => return Some(counted),
            CacheLookup::Running(ready) => ready,
        };
        // Nothing is ever sent: the channel closes when the computation has succeeded or failed.
        let _ = tokio::time::timeout(MAX_WAIT, ready.changed()).await;
        self.with_slot(span, |slot| slot.charts.clone())
    }

    fn with_slot<T>(&self, span: ChartSpan, work: impl FnOnce(&mut CacheSlot) -> T) -> T {
        let slot = &self.0[span as usize];
        work(&mut slot.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

enum CacheLookup {
    Fresh(ActivityCharts),
    Running(watch::Receiver<()>),
}

impl CacheSlot {
    fn look_up(&mut self, cache: &ChartCache, engine: &Engine, span: ChartSpan) -> CacheLookup {
        if let Some(counted) = self
            .charts
            .as_ref()
            .filter(|counted| counted.computed_at.elapsed() < MAX_AGE)
        {
            return CacheLookup::Fresh(counted.clone());
        }
        if let Some(ready) = &self.running {
            return CacheLookup::Running(ready.clone());
        }
        let (done, ready) = watch::channel(());
        self.running = Some(ready.clone());
        let (cache, engine) = (cache.clone(), engine.clone());
        // The computation outlives the request, so that a reload finds its result.
        tokio::spawn(async move {
            // On a task of its own, because a panic must not leave the computation running forever.
            let counting = tokio::spawn(async move { compute_charts(&engine, span).await });
            let counted = counting.await;
            cache.with_slot(span, |slot| {
                slot.running = None;
                match counted {
                    Ok(Ok(counted)) => slot.charts = Some(counted),
                    Ok(Err(error)) => tracing::warn!(%error, "activity count failed"),
                    Err(error) => tracing::warn!(%error, "activity count failed"),
                }
            });
            // Wakes the waiting pages. The result must be stored before.
            drop(done);
        });
        CacheLookup::Running(ready)
    }
}

async fn compute_charts(engine: &Engine, span: ChartSpan) -> Result<ActivityCharts, Error> {
    // The engine counts by days of UTC.
    let utc = find_zone("UTC").expect("UTC is a valid zone");
    let now = engine.now();
    let unit = span.calendar_unit();
    let last = unit.period_at(now, &utc);
    let from = match span {
        ChartSpan::Days => unit.period_start(last - 29, &utc),
        ChartSpan::Months => unit.period_start(last - 11, &utc),
        ChartSpan::All => Timestamp::FIRST,
    };
    let days = engine
        .maintenance()
        .count_daily_activity(from, unit.period_start(last + 1, &utc))
        .await?;
    let first = match span {
        ChartSpan::Days => last - 29,
        ChartSpan::Months => last - 11,
        // The chart starts with the first activity, but a long history is cut off.
        ChartSpan::All => days
            .first()
            .map_or(last, |day| unit.period_at(day.day, &utc))
            .max(last - MAX_COLUMNS + 1),
    };
    let mut periods: BTreeMap<i64, PeriodTotals> = (first..=last)
        .map(|period| (period, PeriodTotals::default()))
        .collect();
    for day in &days {
        if let Some(sum) = periods.get_mut(&unit.period_at(day.day, &utc)) {
            sum.add_day(day);
        }
    }
    let length = if span == ChartSpan::Days { 10 } else { 7 };
    let label = |period: i64| {
        unit.period_start(period, &utc)
            .to_string()
            .chars()
            .take(length)
            .collect::<String>()
    };
    let sums: Vec<(String, PeriodTotals)> = periods
        .into_iter()
        .map(|(period, sum)| (label(period), sum))
        .collect();
    let currencies = engine.catalog().list_currencies().into_iter();
    let names = currencies.map(|one| (one.id.into(), one.name)).collect();
    Ok(ActivityCharts {
        as_of: now.to_string(),
        charts: Arc::new(build_charts(span, &sums, &names)),
        computed_at: Instant::now(),
    })
}

/// Activity of a day or month.
#[derive(Default)]
struct PeriodTotals {
    events: i64,
    awards: i64,
    /// Maximum of the daily active players.
    players: i64,
    issued: BTreeMap<String, i64>,
}

impl PeriodTotals {
    fn add_day(&mut self, day: &DayActivity) {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.events = self.events.saturating_add(whole(day.events));
        self.awards = self.awards.saturating_add(whole(day.awards));
        // Daily active players cannot be summed: the same player may be active on many days.
        self.players = self.players.max(whole(day.players));
        for (currency, amount) in &day.points_issued {
            let sum = self.issued.entry(currency.to_string()).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }
}

/// Builds the charts. `names` are those of the currencies by id.
fn build_charts(
    span: ChartSpan,
    sums: &[(String, PeriodTotals)],
    names: &BTreeMap<String, String>,
) -> Vec<BarChart> {
    let points = |value: &dyn Fn(&PeriodTotals) -> i64| -> Vec<ChartPoint> {
        sums.iter()
            .map(|(label, sum)| ChartPoint {
                label: label.clone(),
                value: value(sum),
            })
            .collect()
    };
    let total = |points: &[ChartPoint]| {
        let total = points
            .iter()
            .fold(0_i64, |sum, point| sum.saturating_add(point.value));
        format!("{} in total", crate::filters::format_thousands(total))
    };
    let summed = |id: &str, title: &str, value: &dyn Fn(&PeriodTotals) -> i64| {
        let points = points(value);
        BarChart::new(id, title, total(&points), points)
    };
    let players = points(&|sum| sum.players);
    let most = players
        .iter()
        .map(|point| point.value)
        .max()
        .unwrap_or_default();
    let most = format!(
        "{} on the busiest day",
        crate::filters::format_thousands(most)
    );
    let title = if span == ChartSpan::Days {
        "Active players"
    } else {
        "Peak daily active players"
    };
    let mut charts = vec![
        summed("events", "Events", &|sum| sum.events),
        BarChart::new("players", title, most, players),
        summed("awards", "Awards", &|sum| sum.awards),
    ];
    let currencies: BTreeSet<&String> =
        sums.iter().flat_map(|(_, sum)| sum.issued.keys()).collect();
    for (number, currency) in currencies.into_iter().take(MAX_CURRENCIES).enumerate() {
        let issued = |sum: &PeriodTotals| sum.issued.get(currency).copied().unwrap_or_default();
        charts.push(summed(
            &format!("points-{number}"),
            &format!("{} issued", names.get(currency).unwrap_or(currency)),
            &issued,
        ));
    }
    charts
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use accolade::Catalog;
    use accolade_testing::MemoryStore;

    use super::*;

    #[tokio::test]
    async fn a_computation_that_panics_is_repeated_by_the_next_page() {
        let is_broken = Arc::new(AtomicBool::new(false));
        let broken = Arc::clone(&is_broken);
        let engine = Engine::builder(MemoryStore::new())
            .catalog(Catalog::from_toml("").unwrap())
            .clock(move || {
                assert!(!broken.load(Ordering::Relaxed), "a defect");
                "2026-03-01T12:00:00Z".parse().unwrap()
            })
            .open()
            .unwrap();
        let cache = ChartCache::default();
        is_broken.store(true, Ordering::Relaxed);
        assert!(cache.load_charts(&engine, ChartSpan::Days).await.is_none());
        is_broken.store(false, Ordering::Relaxed);
        assert!(cache.load_charts(&engine, ChartSpan::Days).await.is_some());
    }
}
