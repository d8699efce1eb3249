//! The rows of a dump by table.

use std::collections::BTreeMap;

use accolade_core::time::{self, TimeZone, Timestamp};
use serde_json::{Map, Value};

use super::dump::DumpRow;
use super::findings::Findings;
use super::row_key::RowKey;

/// Rows of the tables of django-gamification and django-hero, and of all other tables.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) interfaces: BTreeMap<RowKey, ()>,
    pub(crate) categories: BTreeMap<RowKey, CategoryRow>,
    pub(crate) definitions: BTreeMap<RowKey, BadgeDefinitionRow>,
    /// Progress by key of the progression.
    pub(crate) progressions: BTreeMap<RowKey, i64>,
    pub(crate) badges: BTreeMap<RowKey, BadgeRow>,
    pub(crate) changes: BTreeMap<RowKey, PointChangeRow>,
    pub(crate) unlockable_definitions: BTreeMap<RowKey, UnlockableDefinitionRow>,
    pub(crate) unlockables: BTreeMap<RowKey, UnlockableRow>,
    pub(crate) achievements: BTreeMap<RowKey, AchievementRow>,
    pub(crate) unlocks: BTreeMap<RowKey, AchievementUnlockRow>,
    /// Rows of the application's own models.
    pub(crate) others: Vec<DumpRow>,
}

/// Row of `Category`.
#[derive(Debug)]
pub(crate) struct CategoryRow {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
}

/// Row of `BadgeDefinition`.
#[derive(Debug)]
pub(crate) struct BadgeDefinitionRow {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) target: Option<i64>,
    pub(crate) next_badge: Option<RowKey>,
    pub(crate) category: Option<RowKey>,
    pub(crate) points: Option<i64>,
}

/// Row of `Badge`.
#[derive(Debug)]
pub(crate) struct BadgeRow {
    pub(crate) definition: RowKey,
    pub(crate) interface: RowKey,
    pub(crate) acquired: bool,
    pub(crate) revoked: bool,
    pub(crate) progression: Option<RowKey>,
    pub(crate) points: Option<i64>,
}

/// Row of `PointChange`.
#[derive(Debug)]
pub(crate) struct PointChangeRow {
    pub(crate) interface: RowKey,
    pub(crate) amount: i64,
    pub(crate) at: Timestamp,
}

/// Row of `UnlockableDefinition`.
#[derive(Debug)]
pub(crate) struct UnlockableDefinitionRow {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) required: i64,
}

/// Row of `Unlockable`.
#[derive(Debug)]
pub(crate) struct UnlockableRow {
    pub(crate) definition: RowKey,
    pub(crate) interface: RowKey,
    pub(crate) acquired: bool,
}

/// Row of django-hero's `Achievement`, whose primary key is the id in the code.
#[derive(Debug)]
pub(crate) struct AchievementRow {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) secret: bool,
    pub(crate) invisible: bool,
    /// Paths below `MEDIA_ROOT`: locked, unlocked, secret.
    pub(crate) images: [Option<String>; 3],
}

/// Row of django-hero's `AchievementUnlocked`.
#[derive(Debug)]
pub(crate) struct AchievementUnlockRow {
    pub(crate) achievement: RowKey,
    pub(crate) user: RowKey,
    pub(crate) at: Timestamp,
    pub(crate) level: i64,
}

impl Tables {
    /// Adds a row. One that cannot be read is left out.
    pub(crate) fn insert_row(&mut self, row: DumpRow, zone: &TimeZone, findings: &mut Findings) {
        let model = row.model.to_ascii_lowercase();
        let Some(model) = KNOWN_MODELS.iter().find(|known| **known == model) else {
            self.others.push(DumpRow { model, ..row });
            return;
        };
        let Some(key) = RowKey::from_json(&row.pk) else {
            let reason = "the primary key is missing; dump without --natural-primary";
            findings.leave_out(model, &row.pk, reason);
            return;
        };
        let mut fields = FieldReader {
            fields: &row.fields,
            zone,
            naive_times: false,
        };
        if let Err(reason) = self.insert_known(model, &key, &mut fields) {
            findings.leave_out(model, &key, reason);
        } else if fields.naive_times {
            findings.note(
                model,
                &key,
                "the time has no offset, and was taken as local time in the zone of --zone",
            );
        }
    }

    fn insert_known(
        &mut self,
        model: &str,
        key: &RowKey,
        row: &mut FieldReader<'_>,
    ) -> Result<(), String> {
        match model {
            INTERFACE => insert_once(&mut self.interfaces, key, ()),
            CATEGORY => insert_once(
                &mut self.categories,
                key,
                CategoryRow {
                    name: row.find_text("name"),
                    description: row.find_text("description"),
                },
            ),
            BADGE_DEFINITION => insert_once(
                &mut self.definitions,
                key,
                BadgeDefinitionRow {
                    name: row.text("name")?,
                    description: row.find_text("description"),
                    target: row.find_int("progression_target"),
                    next_badge: row.find_key("next_badge"),
                    category: row.find_key("category"),
                    points: row.find_int("points"),
                },
            ),
            PROGRESSION => insert_once(&mut self.progressions, key, row.int("progress")?),
            BADGE => insert_once(
                &mut self.badges,
                key,
                BadgeRow {
                    definition: row.key("badge_definition")?,
                    interface: row.key("interface")?,
                    acquired: row.truth("acquired")?,
                    revoked: row.truth("revoked")?,
                    progression: row.find_key("progression"),
                    points: row.find_int("points"),
                },
            ),
            POINT_CHANGE => insert_once(
                &mut self.changes,
                key,
                PointChangeRow {
                    interface: row.key("interface")?,
                    amount: row.int("amount")?,
                    at: row.time("time")?,
                },
            ),
            UNLOCKABLE_DEFINITION => insert_once(
                &mut self.unlockable_definitions,
                key,
                UnlockableDefinitionRow {
                    name: row.text("name")?,
                    description: row.find_text("description"),
                    required: row.int("points_required")?,
                },
            ),
            UNLOCKABLE => insert_once(
                &mut self.unlockables,
                key,
                UnlockableRow {
                    definition: row.key("unlockable_definition")?,
                    interface: row.key("interface")?,
                    acquired: row.truth("acquired")?,
                },
            ),
            ACHIEVEMENT => insert_once(
                &mut self.achievements,
                key,
                AchievementRow {
                    title: row.text("title")?,
                    description: row.find_text("description"),
                    secret: row.truth("secret")?,
                    invisible: row.truth("invisible")?,
                    images: ["image_locked", "image_unlocked", "image_secret"]
                        .map(|name| row.find_text(name)),
                },
            ),
            _ => insert_once(
                &mut self.unlocks,
                key,
                AchievementUnlockRow {
                    achievement: row.key("achievement")?,
                    user: row.key("user")?,
                    at: row.time("unlocked_at")?,
                    level: row.int("level")?,
                },
            ),
        }
    }

    /// True if there are no rows of django-gamification or django-hero.
    pub(crate) fn is_empty(&self) -> bool {
        self.interfaces.is_empty() && self.definitions.is_empty() && self.achievements.is_empty()
    }

    /// Returns the latest time in the tables.
    pub(crate) fn latest_time(&self) -> Option<Timestamp> {
        let changes = self.changes.values().map(|change| change.at);
        let unlocks = self.unlocks.values().map(|unlock| unlock.at);
        changes.chain(unlocks).max()
    }
}

/// Model of the players of django-gamification.
pub(crate) const INTERFACE: &str = "django_gamification.gamificationinterface";
/// Model of the labels of badges.
pub(crate) const CATEGORY: &str = "django_gamification.category";
/// Model of the rules of badges.
pub(crate) const BADGE_DEFINITION: &str = "django_gamification.badgedefinition";
/// Model of the progress of badges.
pub(crate) const PROGRESSION: &str = "django_gamification.progression";
/// Model of the badges of each player.
pub(crate) const BADGE: &str = "django_gamification.badge";
/// Model of the history of points.
pub(crate) const POINT_CHANGE: &str = "django_gamification.pointchange";
/// Model of the rules of unlockables.
pub(crate) const UNLOCKABLE_DEFINITION: &str = "django_gamification.unlockabledefinition";
/// Model of the unlockables of each player.
pub(crate) const UNLOCKABLE: &str = "django_gamification.unlockable";
/// Model of django-hero's achievements.
pub(crate) const ACHIEVEMENT: &str = "hero.achievement";
/// Model of the achievements of each user.
pub(crate) const ACHIEVEMENT_UNLOCKED: &str = "hero.achievementunlocked";

const KNOWN_MODELS: [&str; 10] = [
    INTERFACE,
    CATEGORY,
    BADGE_DEFINITION,
    PROGRESSION,
    BADGE,
    POINT_CHANGE,
    UNLOCKABLE_DEFINITION,
    UNLOCKABLE,
    ACHIEVEMENT,
    ACHIEVEMENT_UNLOCKED,
];

fn insert_once<T>(table: &mut BTreeMap<RowKey, T>, key: &RowKey, row: T) -> Result<(), String> {
    if table.contains_key(key) {
        return Err("the same primary key occurs twice; name each dump once".to_owned());
    }
    table.insert(key.clone(), row);
    Ok(())
}

/// Fields of a row.
struct FieldReader<'r> {
    fields: &'r Map<String, Value>,
    zone: &'r TimeZone,
    /// True if a time had no offset.
    naive_times: bool,
}

impl FieldReader<'_> {
    fn find_text(&self, name: &str) -> Option<String> {
        let text = self.fields.get(name)?.as_str()?;
        Some(text.to_owned()).filter(|text| !text.trim().is_empty())
    }

    fn find_int(&self, name: &str) -> Option<i64> {
        self.fields.get(name)?.as_i64()
    }

    fn find_key(&self, name: &str) -> Option<RowKey> {
        RowKey::from_json(self.fields.get(name)?)
    }

    fn text(&self, name: &str) -> Result<String, String> {
        match self.fields.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("field `{name}` is not text")),
        }
    }

    fn int(&self, name: &str) -> Result<i64, String> {
        self.find_int(name)
            .ok_or_else(|| format!("field `{name}` is not a 64-bit integer"))
    }

    fn truth(&self, name: &str) -> Result<bool, String> {
        let value = self.fields.get(name).and_then(Value::as_bool);
        value.ok_or_else(|| format!("field `{name}` is not true or false"))
    }

    fn key(&self, name: &str) -> Result<RowKey, String> {
        self.find_key(name)
            .ok_or_else(|| format!("field `{name}` is not a key"))
    }

    fn time(&mut self, name: &str) -> Result<Timestamp, String> {
        let text = self.fields.get(name).and_then(Value::as_str);
        let text = text.ok_or_else(|| format!("field `{name}` is not a time"))?;
        self.naive_times |= text.parse::<Timestamp>().is_err();
        parse_time(text, self.zone)
            .ok_or_else(|| format!("field `{name}` is not a time from 1900 to 2199"))
    }
}

/// Parses a time. One without an offset is local time in the zone.
pub(crate) fn parse_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let instant = text.parse().ok();
    instant.or_else(|| time::parse_local_time(text, zone))
}
