//! The catalog that has the rules of the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use accolade_core::catalog::read::DEFAULT_TIERS;
use accolade_core::limits;

use super::findings::Findings;
use super::row_key::RowKey;
use super::rule_ids::RuleIds;
use super::rule_targets::CURRENCY;
use super::tables::{
    ACHIEVEMENT, ACHIEVEMENT_UNLOCKED, AchievementRow, BADGE_DEFINITION, BadgeDefinitionRow, Tables,
};

/// Writes the catalog as TOML. `zone` is an IANA name; `media_url` precedes the paths of pictures.
pub(crate) fn write_catalog(
    tables: &Tables,
    ids: &RuleIds,
    zone: &str,
    media_url: &str,
    findings: &mut Findings,
) -> String {
    let mut writer = CatalogWriter {
        tables,
        ids,
        text: format!(
            "# Rules from the tables of a Django project, written by `accolade import-django`.\n\
             # Badges are awarded manually, and their progress is changed by `progress` actions,\n\
             # until you replace their criteria. An id that you change needs the earlier one in\n\
             # `was`.\n\nzone = {}\n",
            quote(zone)
        ),
        findings,
    };
    if !tables.interfaces.is_empty() || !tables.definitions.is_empty() {
        writer.begin_rule("currency", CURRENCY, "Points", None);
    }
    for (key, row) in &tables.categories {
        let name = row.name.as_deref().unwrap_or_default();
        writer.begin_rule(
            "category",
            &ids.categories[key],
            name,
            row.description.as_deref(),
        );
    }
    writer.write_badges();
    for (key, row) in &tables.unlockable_definitions {
        let description = row.description.as_deref();
        writer.begin_rule("unlockable", &ids.unlockables[key], &row.name, description);
        writer.write_line(
            "criterion",
            &format!(
                "{{ points = {}, at_least = {} }}",
                quote(CURRENCY),
                row.required
            ),
        );
    }
    writer.write_achievements(media_url);
    writer.text
}

struct CatalogWriter<'t> {
    tables: &'t Tables,
    ids: &'t RuleIds,
    text: String,
    findings: &'t mut Findings,
}

impl<'t> CatalogWriter<'t> {
    fn write_badges(&mut self) {
        let requirements = self.find_requirements();
        for (key, row) in &self.tables.definitions {
            let description = row.description.as_deref();
            self.begin_rule("badge", &self.ids.badges[key], &row.name, description);
            self.write_badge_keys(key, row);
            let required: Vec<String> = requirements
                .get(key)
                .into_iter()
                .flatten()
                .map(|required| quote(&self.ids.badges[*required]))
                .collect();
            if !required.is_empty() {
                self.write_line("requires", &format!("[{}]", required.join(", ")));
            }
        }
    }

    fn write_badge_keys(&mut self, key: &RowKey, row: &BadgeDefinitionRow) {
        match row
            .category
            .as_ref()
            .map(|category| self.ids.categories.get(category))
        {
            Some(Some(category)) => self.write_line("category", &quote(category)),
            Some(None) => {
                let reason = "its category is not in the dump, so it has none";
                self.findings.note(BADGE_DEFINITION, key, reason);
            }
            None => {}
        }
        if let Some(points) = row.points.filter(|points| *points != 0) {
            self.write_line("points", &format!("{{ {CURRENCY} = {points} }}"));
        }
        match row.target {
            Some(target) if target > 0 => {
                let criterion = format!("{{ manual = true, at_least = {target} }}");
                self.write_line("criterion", &criterion);
            }
            Some(_) => {
                let reason = "its target is not positive, so it has no progress and is awarded \
                              manually";
                self.findings.note(BADGE_DEFINITION, key, reason);
            }
            None => {}
        }
    }

    /// Lists the badges that each badge requires: those whose `next_badge` it is.
    fn find_requirements(&mut self) -> BTreeMap<&'t RowKey, BTreeSet<&'t RowKey>> {
        let mut requirements: BTreeMap<&RowKey, BTreeSet<&RowKey>> = BTreeMap::new();
        for (key, row) in &self.tables.definitions {
            let Some(next) = &row.next_badge else {
                continue;
            };
            let Some((next, _)) = self.tables.definitions.get_key_value(next) else {
                let reason = "its next badge is not in the dump, so it has none";
                self.findings.note(BADGE_DEFINITION, key, reason);
                continue;
            };
            if requires(&requirements, key, next) {
                let reason = "its next badge leads back to it, and a badge cannot require itself; \
                              the chain ends here";
                self.findings.note(BADGE_DEFINITION, key, reason);
                continue;
            }
            requirements.entry(next).or_default().insert(key);
        }
        requirements
    }

    fn write_achievements(&mut self, media_url: &str) {
        let mut levels: BTreeMap<&RowKey, i64> = BTreeMap::new();
        for (key, unlock) in &self.tables.unlocks {
            let most = i64::try_from(limits::TIERS).unwrap_or(i64::MAX);
            if unlock.level > most {
                let reason = format!("its level is above {most}, the limit of tiers");
                self.findings.note(ACHIEVEMENT_UNLOCKED, key, reason);
            }
            let level = levels.entry(&unlock.achievement).or_default();
            *level = (*level).max(unlock.level.min(most));
        }
        for (key, row) in &self.tables.achievements {
            let description = row.description.as_deref();
            self.begin_rule(
                "badge",
                &self.ids.achievements[key],
                &row.title,
                description,
            );
            self.write_achievement_keys(key, row, media_url);
            // Level 1 is what an achievement without levels returns.
            let level = levels.get(key).copied().unwrap_or(0);
            if level > 1 {
                self.write_line("criterion", "{ manual = true }");
                self.write_line("tiers", &format!("[{}]", list_tiers(level)));
            }
        }
    }

    fn write_achievement_keys(&mut self, key: &RowKey, row: &AchievementRow, media_url: &str) {
        if row.secret && row.invisible {
            let reason = "it is both secret and invisible, and becomes invisible";
            self.findings.note(ACHIEVEMENT, key, reason);
        }
        if row.invisible {
            self.write_line("visibility", &quote("invisible"));
        } else if row.secret {
            self.write_line("visibility", &quote("secret"));
        }
        let images: Vec<String> = ["locked", "unlocked", "secret"]
            .into_iter()
            .zip(&row.images)
            .filter_map(|(name, path)| {
                let url = format!("{media_url}{}", clean(path.as_deref()?));
                Some(format!("{name} = {}", quote(&url)))
            })
            .collect();
        if !images.is_empty() {
            self.write_line("images", &format!("{{ {} }}", images.join(", ")));
        }
    }

    fn begin_rule(&mut self, kind: &str, id: &str, name: &str, description: Option<&str>) {
        let _ = write!(self.text, "\n[[{kind}]]\nid = {}\n", quote(id));
        let name = clean(name);
        if !name.is_empty() {
            self.write_line("name", &quote(&name));
        }
        let description = clean(description.unwrap_or_default());
        if !description.is_empty() {
            self.write_line("description", &quote(&description));
        }
    }

    fn write_line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.text, "{key} = {value}");
    }
}

/// True if the first badge requires the second, directly or not, or is the same.
fn requires(
    requirements: &BTreeMap<&RowKey, BTreeSet<&RowKey>>,
    badge: &RowKey,
    required: &RowKey,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![badge];
    while let Some(badge) = open.pop() {
        if badge == required {
            return true;
        }
        if seen.insert(badge) {
            open.extend(requirements.get(badge).into_iter().flatten());
        }
    }
    false
}

/// Lists the tiers of levels 1, 2, 3 …, at least those with a default name.
fn list_tiers(level: i64) -> String {
    let named = DEFAULT_TIERS.len() as i64;
    let tiers: Vec<String> = (1..=level.max(named))
        .map(|level| match level {
            _ if level <= named => level.to_string(),
            _ => format!("{{ id = \"level-{level}\", at = {level} }}"),
        })
        .collect();
    tiers.join(", ")
}

/// Joins the lines of a text, and removes control characters.
fn clean(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|char: char| char.is_whitespace() || char.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Quotes a text without control characters for TOML.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
