//! Response models of event names.

use accolade::Props;
use serde::Serialize;
use utoipa::ToSchema;

use super::schema_names::RuleKindNames;

/// Name of events, recorded or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventName)]
pub struct EventNameModel {
    /// Name of the events.
    pub(crate) name: String,
    /// Number of recorded events, including retracted ones.
    pub(crate) events: u64,
    /// True if a rule listens to the name.
    pub(crate) heard: bool,
    /// Time at which the first event was recorded.
    #[schema(format = DateTime)]
    pub(crate) first_recorded_at: Option<String>,
    /// Time at which the latest event was recorded.
    #[schema(format = DateTime)]
    pub(crate) last_recorded_at: Option<String>,
    /// Properties of the latest event. Null if there is none, or if its player was erased.
    #[schema(value_type = Option<Object>)]
    pub(crate) sample: Option<Props>,
    /// Rules that listen to the name.
    pub(crate) rules: Vec<ListeningRuleModel>,
    /// Similar name, if no rule listens to this one or no event of it was recorded.
    pub(crate) suggestion: Option<String>,
}

/// Rule that listens to events of a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ListeningRule)]
pub struct ListeningRuleModel {
    /// Kind of the rule.
    #[schema(value_type = RuleKindNames)]
    kind: &'static str,
    /// Id of the rule.
    id: String,
    /// Name to display.
    name: String,
    /// Number of events on which the rule could not be evaluated, whatever their names.
    pub(crate) errors: u64,
}

impl From<accolade::EventNameView> for EventNameModel {
    fn from(view: accolade::EventNameView) -> Self {
        let rule = |(rule, errors): (accolade::NamedRule, u64)| ListeningRuleModel {
            kind: rule.kind.as_str(),
            id: rule.id,
            name: rule.name,
            errors,
        };
        Self {
            heard: view.is_heard(),
            name: view.name,
            events: view.events,
            first_recorded_at: view.first_recorded_at.map(|at| at.to_string()),
            last_recorded_at: view.last_recorded_at.map(|at| at.to_string()),
            sample: view.sample,
            rules: view.rules.into_iter().map(rule).collect(),
            suggestion: view.suggestion,
        }
    }
}
