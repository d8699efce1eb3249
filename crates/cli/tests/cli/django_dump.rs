//! Small dumps of django-gamification and django-hero, and their imports.

use serde_json::{Value, json};

use crate::world::World;

/// Rows of a dump with two users: Ada owns interface 1, and Bob interface 2.
pub(crate) struct DumpBuilder(pub(crate) Vec<Value>);

pub(crate) const AT: [&str; 5] = [
    "2024-01-01T10:00:00Z",
    "2024-01-02T10:00:00Z",
    "2024-01-03T10:00:00Z",
    "2024-01-04T10:00:00Z",
    "2024-01-05T10:00:00Z",
];

impl DumpBuilder {
    pub(crate) fn empty() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn new() -> Self {
        Self::empty()
            .row("django_gamification.GamificationInterface", 1, json!({}))
            .row("django_gamification.gamificationinterface", 2, json!({}))
            .row("shop.profile", 71, json!({ "user": 11, "game": 1 }))
            .row("shop.profile", 72, json!({ "user": 12, "game": 2 }))
    }

    pub(crate) fn row(mut self, model: &str, pk: impl Into<Value>, fields: Value) -> Self {
        let pk = pk.into();
        self.0
            .push(json!({ "model": model, "pk": pk, "fields": fields }));
        self
    }

    pub(crate) fn definition(self, pk: i64, name: &str, points: Value, target: Value) -> Self {
        let fields = json!({
            "name": name, "description": null, "progression_target": target, "next_badge": null,
            "category": null, "points": points,
        });
        self.row("django_gamification.badgedefinition", pk, fields)
    }

    /// Adds a badge of Ada with the key of its definition.
    pub(crate) fn badge(
        self,
        pk: i64,
        [acquired, revoked]: [bool; 2],
        points: Value,
        progress: Value,
    ) -> Self {
        let progression = (!progress.is_null()).then_some(pk);
        let fields = json!({
            "badge_definition": pk, "interface": 1, "acquired": acquired, "revoked": revoked,
            "name": "", "description": null, "progression": progression, "next_badge": null,
            "category": null, "points": points,
        });
        let dump = self.row("django_gamification.badge", pk, fields);
        match progression {
            Some(pk) => dump.row(
                "django_gamification.progression",
                pk,
                json!({ "progress": progress, "target": 3 }),
            ),
            None => dump,
        }
    }

    /// Adds changes of Ada's points, one a day.
    pub(crate) fn changes(mut self, amounts: &[i64]) -> Self {
        for (position, amount) in amounts.iter().enumerate() {
            let fields = json!({ "interface": 1, "amount": amount, "time": AT[position] });
            self = self.row(
                "django_gamification.pointchange",
                position as i64 + 1,
                fields,
            );
        }
        self
    }

    pub(crate) fn unlockable(self, pk: i64, name: &str, required: i64, acquired: bool) -> Self {
        let definition = json!({ "name": name, "description": "", "points_required": required });
        let fields = json!({
            "unlockable_definition": pk, "interface": 1, "acquired": acquired, "name": name,
            "points_required": required, "description": "",
        });
        self.row("django_gamification.unlockabledefinition", pk, definition)
            .row("django_gamification.unlockable", pk, fields)
    }

    pub(crate) fn achievement(self, pk: &str, secret: bool, invisible: bool) -> Self {
        let fields = json!({
            "title": pk.to_uppercase(), "description": "", "secret": secret,
            "invisible": invisible, "image_locked": "a/lock \"1\".png", "image_unlocked": "",
            "image_secret": "a/secret.png",
        });
        self.row("hero.achievement", pk, fields)
    }

    pub(crate) fn unlocked(
        self,
        pk: i64,
        achievement: &str,
        user: i64,
        at: &str,
        level: i64,
    ) -> Self {
        let fields = json!({
            "achievement": achievement, "user": user, "unlocked_at": at, "level": level,
        });
        self.row("hero.achievementunlocked", pk, fields)
    }

    pub(crate) fn write(&self, world: &World, name: &str) {
        world.write(name, Value::from(self.0.clone()).to_string());
    }

    /// Writes the dump and its catalog into a new folder.
    pub(crate) fn world(&self) -> World {
        let world = World::without_catalog();
        self.write(&world, "old.json");
        world.run(&[
            "import-django",
            "old.json",
            "--write-catalog",
            "accolade.toml",
        ]);
        assert!(world.path("accolade.toml").exists());
        world
    }

    /// Imports the dump into a new folder, and asserts that the status is this one.
    pub(crate) fn import(&self, expected: i32) -> (World, Value) {
        let world = self.world();
        let (status, report) = world.run_json(&["import-django", "old.json"]);
        assert_eq!(status, expected, "{report:#}");
        world.run_ok(&["verify"]);
        (world, report)
    }
}

/// Lists findings as `model: reason`, without the label of the application.
pub(crate) fn reasons(findings: &Value) -> Vec<String> {
    let findings = findings.as_array().unwrap().iter();
    findings
        .map(|finding| {
            let model = finding["model"].as_str().unwrap();
            let count = &finding["count"];
            let model = model.rsplit('.').next().unwrap();
            format!("{count} {model}: {}", finding["reason"].as_str().unwrap())
        })
        .collect()
}

/// Lists the ledger as amount, time and rule.
pub(crate) fn ledger(world: &World, player: &str) -> Vec<(i64, String, String)> {
    let text = world.run_ok(&["export", "ledger", "--format", "ndjson"]);
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut rows: Vec<(i64, String, String)> = rows
        .filter(|row| row["player"] == player)
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (row["amount"].as_i64().unwrap(), text("at"), text("rule"))
        })
        .collect();
    rows.sort_by(|one, other| one.1.cmp(&other.1));
    rows
}

pub(crate) fn balance(world: &World, player: &str) -> i64 {
    let (_, shown) = world.run_json(&["player", player]);
    shown["balances"][0]["balance"].as_i64().unwrap()
}
