//! Forms of manual actions: texts and fields.

use accolade::Engine;
use accolade_core::catalog::rules::BadgeRule;

use crate::admin::forms::{Choice, Field, Shape};

/// Manual action with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::admin) enum Kind {
    Award,
    Revoke,
    Points,
    Progress,
    Attributes,
    Retract,
    Restore,
    Reset,
    Merge,
    Unmerge,
}

/// Texts of a form.
pub(in crate::admin) struct Words {
    /// Name of the action in URLs.
    pub(in crate::admin) word: &'static str,
    pub(in crate::admin) title: &'static str,
    /// Label of the button.
    pub(in crate::admin) button: &'static str,
    pub(in crate::admin) explanation: &'static str,
    /// True if the player loses something.
    pub(in crate::admin) danger: bool,
}

impl Kind {
    /// All actions, in display order.
    pub(in crate::admin) const ALL: [Self; 10] = [
        Self::Award,
        Self::Revoke,
        Self::Points,
        Self::Progress,
        Self::Attributes,
        Self::Retract,
        Self::Restore,
        Self::Reset,
        Self::Merge,
        Self::Unmerge,
    ];

    /// Parses the name used in URLs.
    pub(in crate::admin) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().word == word)
    }

    /// Returns the texts of the form.
    pub(in crate::admin) fn words(self) -> Words {
        let words = |word, title, button, explanation, danger| Words {
            word,
            title,
            button,
            explanation,
            danger,
        };
        match self {
            Self::Award => words(
                "award",
                "Award badge",
                "Award",
                "Awards the badge and its points, even if the player has not met the criteria.",
                false,
            ),
            Self::Revoke => words(
                "revoke",
                "Revoke badge",
                "Revoke",
                "Revokes the badge and its points. Its criteria cannot award it again.",
                true,
            ),
            Self::Points => words(
                "points",
                "Change points",
                "Change points",
                "Adds points to a balance. A negative amount removes points.",
                false,
            ),
            Self::Progress => words(
                "progress",
                "Change progress",
                "Change progress",
                "Adds to the player's progress on a badge, or sets it. The badge is awarded when \
                 its target is reached.",
                false,
            ),
            Self::Attributes => words(
                "attributes",
                "Edit attributes",
                "Save attributes",
                "Sets properties of the player, such as the time zone. The attribute `name` is \
                 shown publicly.",
                false,
            ),
            Self::Retract => words(
                "retract",
                "Retract events",
                "Retract",
                "Undoes the events completely. They stay in the timeline and can be restored.",
                true,
            ),
            Self::Restore => words(
                "restore",
                "Restore events",
                "Restore",
                "Makes retracted events count again.",
                false,
            ),
            Self::Reset => words(
                "reset",
                "Reset player",
                "Reset",
                "Discards the player's points, badges and unlockables so far. The timeline stays \
                 readable, and retracting this action undoes the reset.",
                true,
            ),
            Self::Merge => words(
                "merge",
                "Merge guest",
                "Merge",
                "Adds the guest's timeline to this player's, including events recorded for the \
                 guest later.",
                false,
            ),
            Self::Unmerge => words(
                "unmerge",
                "Unmerge guest",
                "Unmerge",
                "Separates the guest from this player. This is not possible once an action has \
                 been recorded on the merged player.",
                true,
            ),
        }
    }

    /// Returns the empty fields of the form.
    pub(in crate::admin) fn fields(self, engine: &Engine) -> Vec<Field> {
        let key = || {
            let hint = "For badges earned once per item: the item it is for, such as a post id";
            Field::new("key", "Key").optional().hint(hint)
        };
        let badge = || Field::new("badge", "Badge").choices(badges(engine));
        let events = || {
            let hint = "One per line, at most 200";
            Field::new("events", "Event or action ids")
                .shape(Shape::Lines)
                .hint(hint)
        };
        let mut fields = match self {
            Self::Award | Self::Revoke => vec![badge(), key()],
            Self::Points => vec![
                Field::new("currency", "Currency").choices(currencies(engine)),
                Field::new("amount", "Amount").hint("A whole number; negative to remove points"),
                Field::new("overdraft", "Allow a negative balance")
                    .shape(Shape::Tick)
                    .optional(),
            ],
            Self::Progress => {
                let how = [("add", "Add"), ("set", "Set to")];
                let how = how.map(|(value, label)| Choice {
                    value: value.to_owned(),
                    label: label.to_owned(),
                });
                let number = "A number such as 3 or -0.5";
                vec![
                    badge(),
                    key(),
                    Field::new("how", "Change").choices(how.into()),
                    Field::new("amount", "Amount").hint(number),
                ]
            }
            Self::Attributes => {
                let hint = "One per line, such as zone = Europe/Vienna. An empty value removes the \
                    attribute; attributes not listed stay unchanged";
                vec![
                    Field::new("attributes", "Attributes")
                        .shape(Shape::Lines)
                        .hint(hint),
                ]
            }
            Self::Retract | Self::Restore => vec![events()],
            Self::Reset => Vec::new(),
            Self::Merge | Self::Unmerge => vec![Field::new("guest", "Guest id")],
        };
        fields.push(
            Field::new("reason", "Reason")
                .hint("Visible to administrators in the timeline and audit log"),
        );
        fields
    }
}

/// Returns the badges and tiers that can be awarded, as `badge` or `badge:tier`.
pub(in crate::admin) fn badges(engine: &Engine) -> Vec<Choice> {
    let catalog = engine.catalog();
    let mut choices = Vec::new();
    for badge in catalog.rules().badges.iter().filter(|badge| !badge.retired) {
        for tier in badge.tiers.iter().filter(|tier| !tier.retired) {
            choices.push(choice(badge, &tier.id));
        }
    }
    choices
}

fn choice(badge: &BadgeRule, tier: &str) -> Choice {
    let (id, name) = (&badge.id, &badge.display.name);
    match tier {
        "" => Choice {
            value: id.clone(),
            label: format!("{name} ({id})"),
        },
        tier => Choice {
            value: format!("{id}:{tier}"),
            label: format!("{name}, {tier} ({id})"),
        },
    }
}

fn currencies(engine: &Engine) -> Vec<Choice> {
    let choice = |currency: accolade::CurrencyView| Choice {
        label: format!("{} ({})", currency.name, currency.id),
        value: currency.id,
    };
    engine.currencies().into_iter().map(choice).collect()
}
