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

use super::chart::{Chart, Point};
use crate::site::AppState;

/// Age at which a cached result is computed again.
const FRESH: Duration = Duration::from_secs(60);
/// Time that a page waits for a result before it shows the previous one.
const PATIENCE: Duration = Duration::from_secs(2);
/// Maximum number of currency charts.
const CURRENCIES: usize = 6;
/// Maximum number of columns in a chart.
const COLUMNS: i64 = 240;

/// Time range of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Span {
    /// The last thirty days, by day.
    Days,
    /// The last twelve months, by month.
    Months,
    /// Everything, by month.
    All,
}

impl Span {
    pub(super) const ALL: [Self; 3] = [Self::Days, Self::Months, Self::All];

    /// Returns the value used in URLs.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Months => "months",
            Self::All => "all",
        }
    }

    /// Returns the label.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Days => "30 days",
            Self::Months => "12 months",
            Self::All => "All time",
        }
    }

    /// Parses a value from a URL. Defaults to the last thirty days.
    pub(super) fn of(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|span| span.word() == word)
            .unwrap_or(Self::Days)
    }

    fn unit(self) -> CalendarUnit {
        if self == Self::Days {
            CalendarUnit::Day
        } else {
            CalendarUnit::Month
        }
    }
}

/// Charts with the instant at which they were computed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Counted {
    pub(super) as_of: String,
    pub(super) charts: Arc<Vec<Chart>>,
    #[serde(skip)]
    made: Instant,
}

/// Cache of the charts for each time range.
#[derive(Default)]
pub(super) struct Figures([Mutex<Slot>; 3]);

#[derive(Default)]
struct Slot {
    counted: Option<Counted>,
    /// Closes when the running computation ends.
    under_way: Option<watch::Receiver<()>>,
}

impl Figures {
    /// Returns the charts, computing them if they are stale.
    ///
    /// Returns the previous charts if the computation takes long, or `None` if there are none yet.
    pub(super) async fn get(app: &AppState, span: Span) -> Option<Counted> {
        let mut ready = match Self::slot(app, span, |slot| slot.look(app, span)) {
            Look::Fresh(counted) => return Some(counted),
            Look::UnderWay(ready) => ready,
        };
        // Nothing is ever sent: the channel closes when the computation has succeeded or failed.
        let _ = tokio::time::timeout(PATIENCE, ready.changed()).await;
        Self::slot(app, span, |slot| slot.counted.clone())
    }

    fn slot<T>(app: &AppState, span: Span, work: impl FnOnce(&mut Slot) -> T) -> T {
        let slot = &app.admin.figures.0[span as usize];
        work(&mut slot.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

enum Look {
    Fresh(Counted),
    UnderWay(watch::Receiver<()>),
}

impl Slot {
    fn look(&mut self, app: &AppState, span: Span) -> Look {
        if let Some(counted) = self
            .counted
            .as_ref()
            .filter(|counted| counted.made.elapsed() < FRESH)
        {
            return Look::Fresh(counted.clone());
        }
        if let Some(ready) = &self.under_way {
            return Look::UnderWay(ready.clone());
        }
        let (done, ready) = watch::channel(());
        self.under_way = Some(ready.clone());
        let app = app.clone();
        // The computation outlives the request, so that a reload finds its result.
        tokio::spawn(async move {
            let counted = count(&app.engine, span).await;
            Figures::slot(&app, span, |slot| {
                slot.under_way = None;
                match counted {
                    Ok(counted) => slot.counted = Some(counted),
                    Err(error) => tracing::warn!(%error, "activity count failed"),
                }
            });
            // Wakes the waiting pages. The result must be stored before.
            drop(done);
        });
        Look::UnderWay(ready)
    }
}

async fn count(engine: &Engine, span: Span) -> Result<Counted, Error> {
    let utc = find_zone("UTC").expect("UTC is a valid zone");
    let now = engine.now();
    let unit = span.unit();
    let last = unit.period_at(now, &utc);
    let from = match span {
        Span::Days => unit.period_start(last - 29, &utc),
        Span::Months => unit.period_start(last - 11, &utc),
        Span::All => Timestamp::FIRST,
    };
    let days = engine
        .activity(from, unit.period_start(last + 1, &utc))
        .await?;
    let first = match span {
        Span::Days => last - 29,
        Span::Months => last - 11,
        // The chart starts with the first activity, but a long history is cut off.
        Span::All => days
            .first()
            .map_or(last, |day| unit.period_at(day.day, &utc))
            .max(last - COLUMNS + 1),
    };
    let mut periods: BTreeMap<i64, Sum> = (first..=last)
        .map(|period| (period, Sum::default()))
        .collect();
    for day in &days {
        if let Some(sum) = periods.get_mut(&unit.period_at(day.day, &utc)) {
            sum.add(day);
        }
    }
    let length = if span == Span::Days { 10 } else { 7 };
    let label = |period: i64| {
        unit.period_start(period, &utc)
            .to_string()
            .chars()
            .take(length)
            .collect::<String>()
    };
    let sums: Vec<(String, Sum)> = periods
        .into_iter()
        .map(|(period, sum)| (label(period), sum))
        .collect();
    Ok(Counted {
        as_of: now.to_string(),
        charts: Arc::new(charts(span, &sums)),
        made: Instant::now(),
    })
}

/// Activity of a day or month.
#[derive(Default)]
struct Sum {
    events: i64,
    awards: i64,
    /// Maximum of the daily active players.
    players: i64,
    issued: BTreeMap<String, i64>,
}

impl Sum {
    fn add(&mut self, day: &DayActivity) {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.events = self.events.saturating_add(whole(day.events));
        self.awards = self.awards.saturating_add(whole(day.awards));
        // Daily active players cannot be summed: the same player may be active on many days.
        self.players = self.players.max(whole(day.players));
        for (currency, amount) in &day.points_issued {
            let sum = self.issued.entry(currency.clone()).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }
}

fn charts(span: Span, sums: &[(String, Sum)]) -> Vec<Chart> {
    let points = |value: &dyn Fn(&Sum) -> i64| -> Vec<Point> {
        sums.iter()
            .map(|(label, sum)| Point {
                label: label.clone(),
                value: value(sum),
            })
            .collect()
    };
    let total = |points: &[Point]| {
        let total = points
            .iter()
            .fold(0_i64, |sum, point| sum.saturating_add(point.value));
        format!("{} in total", crate::filters::format_thousands(total))
    };
    let summed = |id: &str, title: &str, value: &dyn Fn(&Sum) -> i64| {
        let points = points(value);
        Chart::new(id, title, total(&points), points)
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
    let title = if span == Span::Days {
        "Active players"
    } else {
        "Peak daily active players"
    };
    let mut charts = vec![
        summed("events", "Events", &|sum| sum.events),
        Chart::new("players", title, most, players),
        summed("awards", "Awards", &|sum| sum.awards),
    ];
    let currencies: BTreeSet<&String> =
        sums.iter().flat_map(|(_, sum)| sum.issued.keys()).collect();
    for (number, currency) in currencies.into_iter().take(CURRENCIES).enumerate() {
        let issued = |sum: &Sum| sum.issued.get(currency).copied().unwrap_or_default();
        charts.push(summed(
            &format!("points-{number}"),
            &format!("Points issued: {currency}"),
            &issued,
        ));
    }
    charts
}
