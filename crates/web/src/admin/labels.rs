//! Names, pictures and links of players and rules, for templates.
//!
//! Templates call `labels.person(id)`, `labels.rule(kind, id, tier)`, `labels.ago(at)` and so on, so
//! that a player or a badge looks the same on every page.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accolade::{Catalog, Error, PlayerId, Timestamp};
use accolade_core::catalog::rules::BadgeRule;
use minijinja::value::{Object, from_args};
use minijinja::{ErrorKind, State, Value, context};

use crate::artwork::{Metal, art_url, avatar_url};
use crate::pages::format_ago;
use crate::state::AppState;

/// Names of the catalog's rules and of the players that a page shows.
#[derive(Debug)]
pub(super) struct PageLabels {
    base: String,
    catalog: Arc<Catalog>,
    people: HashMap<String, String>,
    now: Timestamp,
}

impl PageLabels {
    /// Loads the names of the players that a page shows, in one query.
    pub(super) async fn load(app: &AppState, players: BTreeSet<String>) -> Result<Self, Error> {
        let ids: Vec<PlayerId> = players.iter().map(PlayerId::from).collect();
        let names = match ids.is_empty() {
            true => Vec::new(),
            false => app.engine.players().display_names(ids).await?,
        };
        let named = players.into_iter().zip(names);
        Ok(Self {
            base: app.path_prefix().to_owned(),
            catalog: app.engine.catalog().published(),
            people: named.filter_map(|(id, name)| Some((id, name?))).collect(),
            now: app.engine.now(),
        })
    }

    /// The player's name, picture and page.
    fn person(&self, id: &str) -> Value {
        let name = self.people.get(id);
        context! {
            id,
            name => name.map_or(id, String::as_str),
            is_named => name.is_some_and(|name| name != id),
            avatar => avatar_url(&self.base, id),
        }
    }

    /// The name of a rule and, for a badge, its picture.
    fn rule(&self, kind: &str, id: &str, tier: &str) -> Value {
        let rules = self.catalog.rules();
        let name = match kind {
            "badge" => rules.badge_position(id).map(|index| {
                let badge = &rules.badges[index];
                (&badge.display.name, Some(self.badge_image(badge, tier)))
            }),
            "currency" => rules
                .currency_position(id)
                .map(|index| (&rules.currencies[index].display.name, None)),
            "unlockable" => (rules.unlockables.iter().find(|rule| rule.id == id))
                .map(|rule| (&rule.display.name, None)),
            "earning" => (rules.earnings.iter().find(|rule| rule.id == id))
                .map(|rule| (&rule.display.name, None)),
            "category" => (rules.categories.iter().find(|rule| rule.id == id))
                .map(|rule| (&rule.display.name, None)),
            _ => None,
        };
        match name {
            Some((name, image)) => context! { id, name, image, is_named => name != id },
            None => context! { id, name => id, is_named => false },
        }
    }

    fn badge_image(&self, badge: &BadgeRule, tier: &str) -> String {
        let place = badge.tiers.iter().position(|other| other.id == tier);
        let metal = Metal::from_tier(tier, place);
        let image = badge.image_unlocked.clone();
        image.unwrap_or_else(|| art_url(&self.base, Some(&badge.id), metal, false))
    }

    /// The metal of a badge's tier, for the color of its pill.
    fn metal(&self, id: &str, tier: &str) -> &'static str {
        let rules = self.catalog.rules();
        let place = rules.badge_position(id).and_then(|index| {
            let mut tiers = rules.badges[index].tiers.iter();
            tiers.position(|other| other.id == tier)
        });
        Metal::from_tier(tier, place).as_str()
    }

    /// Sorts the awards of a badge by tier, lowest first. Awards of one tier keep their order.
    fn sort_awards(&self, id: &str, awards: &Value) -> Result<Value, minijinja::Error> {
        let rules = self.catalog.rules();
        let tiers = rules
            .badge_position(id)
            .map(|index| &rules.badges[index].tiers);
        let place = |award: &Value| {
            let tier = award.get_attr("tier").ok()?;
            tiers?
                .iter()
                .position(|other| Some(&*other.id) == tier.as_str())
        };
        let mut sorted: Vec<Value> = awards.try_iter()?.collect();
        sorted.sort_by_key(place);
        Ok(Value::from(sorted))
    }

    fn ago(&self, at: &str) -> String {
        match at.parse() {
            Ok(at) => format_ago(at, self.now),
            Err(_) => at.to_owned(),
        }
    }
}

impl Object for PageLabels {
    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, minijinja::Error> {
        Ok(match method {
            "person" => {
                let (id,): (&str,) = from_args(args)?;
                self.person(id)
            }
            "rule" => {
                let (kind, id, tier): (&str, &str, Option<&str>) = from_args(args)?;
                self.rule(kind, id, tier.unwrap_or_default())
            }
            "metal" => {
                let (id, tier): (&str, &str) = from_args(args)?;
                self.metal(id, tier).into()
            }
            "sort_awards" => {
                let (id, awards): (&str, Value) = from_args(args)?;
                self.sort_awards(id, &awards)?
            }
            "ago" => {
                let (at,): (&str,) = from_args(args)?;
                self.ago(at).into()
            }
            _ => return Err(minijinja::Error::from(ErrorKind::UnknownMethod)),
        })
    }
}
