//! Names of events, with the rules that listen to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use accolade_core::catalog::rules::RuleSet;
use accolade_core::time::Timestamp;
use accolade_core::value::Props;

use crate::event_names::{EventNames, load_candidates, suggest_recorded};
use crate::named_rule::NamedRule;
use crate::page::ResultPage;
use crate::store::{EventNameRow, EventNameSelection, ReadStore, RuleErrorRow, StoreError};
use crate::{Catalogs, Ticket};

/// The name of events, recorded or not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventNameView {
    /// The name.
    pub name: String,
    /// The number of recorded events, including retracted ones; 0 if there was none.
    pub events: u64,
    /// The instant at which the first of them was recorded.
    pub first_recorded_at: Option<Timestamp>,
    /// The instant at which the latest of them was recorded.
    pub last_recorded_at: Option<Timestamp>,
    /// The properties of the latest event; `None` if its player was erased.
    pub sample: Option<Props>,
    /// The rules that listen to the name, with their numbers of evaluation errors.
    pub rules: Vec<(NamedRule, u64)>,
    /// A similar name: of recorded events if there was none of this name, or one that rules listen
    /// to if no rule listens to this one.
    pub suggestion: Option<String>,
}

impl EventNameView {
    /// True if a rule listens to the name.
    pub fn is_heard(&self) -> bool {
        !self.rules.is_empty()
    }
}

/// Filter of event names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EventNameFilter {
    /// All names: recorded ones, and those that rules listen to.
    #[default]
    All,
    /// Names of recorded events that no rule listens to.
    Unheard,
    /// Names that rules listen to and that were never recorded.
    Unseen,
}

/// Cursor of a page of event names: the last name seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNameCursor {
    /// The number of its events.
    pub events: u64,
    /// The name.
    pub name: String,
}

/// Numbers of event names, by filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventNameTotals {
    /// All names: recorded ones, and those that rules listen to.
    pub all: u64,
    /// Names of recorded events that no rule listens to.
    pub unheard: u64,
    /// Names that rules listen to and that were never recorded.
    pub unseen: u64,
}

impl Catalogs<'_> {
    /// Lists the names of events by page, most frequent first, then in order of name.
    ///
    /// `contains` is a text that the names contain; ASCII letters match in either case. Manual
    /// actions and other names of the engine are left out.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, EventNameFilter, NewEvent};
    ///
    /// let catalog = Catalog::from_toml("[[badge]]\nid = 'fan'\ncriterion = { count = 'visit' }")?;
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog)?;
    /// engine.record(NewEvent::new("ada", "vist")).wait()?;
    /// let page = engine.catalog().list_event_names(EventNameFilter::Unheard, "", None, 10).wait()?;
    /// assert_eq!((&*page.items[0].name, page.items[0].events), ("vist", 1));
    /// assert_eq!(page.items[0].suggestion.as_deref(), Some("visit"));
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn list_event_names(
        &self,
        filter: EventNameFilter,
        contains: &str,
        after: Option<EventNameCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<EventNameView, EventNameCursor>> {
        let (catalogs, contains) = (Arc::clone(&self.engine.inner.catalogs), contains.to_owned());
        self.engine.inner.readers.run_query(move |reader| {
            let store = &mut *reader.open_snapshot()?;
            let catalog = Arc::clone(&catalogs.load_current(store)?.catalog);
            let rules = catalog.rules();
            let mut views = EventNameLoader::new(store, rules)?;
            let names = views.list_names(filter, &contains, after.as_ref(), limit + 1)?;
            let page = ResultPage::from_rows(names, limit, |(name, row)| EventNameCursor {
                events: row.as_ref().map_or(0, |row| row.events),
                name: name.clone(),
            });
            let (items, next) = (page.items, page.next);
            let items = items
                .into_iter()
                .map(|(name, row)| views.load_view(name, row))
                .collect::<Result<_, _>>()?;
            Ok(ResultPage { items, next })
        })
    }

    /// Counts the names of events.
    pub fn count_event_names(&self) -> Ticket<EventNameTotals> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        self.engine.inner.readers.run_query(move |reader| {
            let store = &mut *reader.open_snapshot()?;
            let catalog = Arc::clone(&catalogs.load_current(store)?.catalog);
            let names = EventNames::load(store, catalog.rules())?;
            let unseen = names.unseen().count() as u64;
            Ok(EventNameTotals {
                all: names.recorded + unseen,
                unheard: names.unheard_count(),
                unseen,
            })
        })
    }
}

/// Loader of event names from one committed state.
struct EventNameLoader<'s, 'r> {
    store: &'s mut dyn ReadStore,
    rules: &'r RuleSet,
    names: EventNames<'r>,
    rule_errors: Vec<RuleErrorRow>,
    /// Names of recorded events, once a suggestion is looked for among them.
    candidates: Option<BTreeSet<String>>,
}

impl<'s, 'r> EventNameLoader<'s, 'r> {
    fn new(store: &'s mut dyn ReadStore, rules: &'r RuleSet) -> Result<Self, StoreError> {
        Ok(Self {
            names: EventNames::load(store, rules)?,
            rule_errors: store.list_rule_errors()?,
            store,
            rules,
            candidates: None,
        })
    }

    /// Lists the names of a page with their rows, if they have any.
    fn list_names(
        &mut self,
        filter: EventNameFilter,
        contains: &str,
        after: Option<&EventNameCursor>,
        limit: usize,
    ) -> Result<Vec<(String, Option<EventNameRow>)>, StoreError> {
        let mut names = Vec::new();
        let heard = self.names.listened();
        if filter != EventNameFilter::Unseen {
            let rows = self.store.list_event_names(EventNameSelection {
                contains,
                except: match filter {
                    EventNameFilter::Unheard => &heard,
                    _ => &[],
                },
                after: after.map(|cursor| (cursor.events, cursor.name.as_str())),
                limit,
            })?;
            names.extend(rows.into_iter().map(|row| (row.name.clone(), Some(row))));
        }
        if filter != EventNameFilter::Unheard {
            // They follow the recorded names, because they have no events.
            let after = after
                .filter(|cursor| cursor.events == 0)
                .map_or("", |cursor| &cursor.name);
            let contains = contains.to_ascii_lowercase();
            let unseen = self
                .names
                .unseen()
                .filter(|name| *name > after && name.to_ascii_lowercase().contains(&contains))
                .take(limit - names.len());
            names.extend(unseen.map(|name| (name.to_owned(), None)));
        }
        Ok(names)
    }

    fn load_view(
        &mut self,
        name: String,
        row: Option<EventNameRow>,
    ) -> Result<EventNameView, StoreError> {
        let rules: Vec<_> = NamedRule::list_for(self.rules, &name)
            .into_iter()
            .map(|rule| {
                let errors = self.count_errors(&rule);
                (rule, errors)
            })
            .collect();
        let suggestion = match (&row, rules.is_empty()) {
            (None, _) => {
                if self.candidates.is_none() {
                    self.candidates = Some(load_candidates(self.store)?);
                }
                self.candidates
                    .as_ref()
                    .and_then(|recorded| suggest_recorded(&name, recorded))
            }
            (Some(_), true) => self.rules.suggest_event_name(&name).map(str::to_owned),
            (Some(_), false) => None,
        };
        let sample = match row.as_ref().and_then(|row| row.last_event.as_ref()) {
            Some((player, event)) => {
                match self.store.find_events(&[(player, event)]) {
                    Ok(found) => found.into_iter().flatten().next(),
                    // A damaged event must not hide the names. `verify` reports it.
                    Err(StoreError::Damaged(_)) => None,
                    Err(error) => return Err(error),
                }
                .map(|row| row.event.props)
            }
            None => None,
        };
        Ok(EventNameView {
            name,
            events: row.as_ref().map_or(0, |row| row.events),
            first_recorded_at: row.as_ref().map(|row| row.first_recorded_at),
            last_recorded_at: row.as_ref().map(|row| row.last_recorded_at),
            sample,
            rules,
            suggestion,
        })
    }

    fn count_errors(&self, rule: &NamedRule) -> u64 {
        self.rule_errors
            .iter()
            .find(|error| error.kind == rule.kind && error.id == rule.id)
            .map_or(0, |error| error.count)
    }
}
