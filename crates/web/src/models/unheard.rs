//! Response models of events that no rule listens to.

use accolade::UnheardName;
use serde::Serialize;
use utoipa::ToSchema;

/// Maximum number of names in a summary.
const MAX_NAMES: usize = 100;

/// Events whose names no rule listens to.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = UnheardEvents)]
pub struct UnheardEventsModel {
    /// Number of these events.
    pub events: u64,
    /// The first 100 of their names.
    pub names: Vec<UnheardNameModel>,
}

/// Name that no rule listens to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UnheardName)]
pub struct UnheardNameModel {
    /// Name of the events.
    pub name: String,
    /// Number of events with this name.
    pub events: u64,
    /// The problem in plain English, with a suggestion if a similar name is known.
    pub hint: String,
}

impl UnheardEventsModel {
    /// Counts an event.
    pub fn count_event(&mut self, unheard: &UnheardName) {
        self.events += 1;
        // A stream may contain any number of names, so the list is short enough to search.
        let known = self.names.iter().position(|one| one.name == unheard.name);
        if let Some(position) = known {
            self.names[position].events += 1;
        } else if self.names.len() < MAX_NAMES {
            self.names.push(UnheardNameModel {
                name: unheard.name.clone(),
                events: 1,
                hint: unheard.to_string(),
            });
        }
    }
}
