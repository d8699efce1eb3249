//! Subjects of explanations by name: everything that the published catalog has.

use accolade::Audience;
use accolade_core::suggest::find_nearest;
use serde::Serialize;

use crate::problem::Problem;
use crate::state::AppState;

/// Maximum number of suggestions for a name that is not found.
const MAX_SUGGESTIONS: usize = 5;

/// Subjects of one kind.
#[derive(Debug, Clone, Serialize)]
pub(in crate::admin) struct SubjectGroup {
    /// Heading of the group.
    pub(in crate::admin) title: &'static str,
    pub(in crate::admin) subjects: Vec<NamedSubject>,
}

/// Subject that can be chosen.
#[derive(Debug, Clone, Serialize)]
pub(in crate::admin) struct NamedSubject {
    /// Subject, such as `nice-answer:gold` or `currency:xp`.
    pub(in crate::admin) about: String,
    /// Display name, such as `Nice Answer (gold)`.
    pub(in crate::admin) name: String,
    /// True for a tier, which belongs to the subject before it.
    pub(in crate::admin) is_tier: bool,
}

/// Result of looking up a name.
pub(super) enum SubjectLookup<'s> {
    Found(&'s str),
    /// The text is not a name. It may be a subject, such as `nice-answer@7`.
    NotFound(Vec<NamedSubject>),
}

/// Lists all subjects of the published catalog, by name.
pub(super) async fn list_subjects(app: &AppState) -> Result<Vec<SubjectGroup>, Problem> {
    let catalog = app.engine.catalog();
    let mut badges = catalog.list_badge_summaries(Audience::Admin).await?;
    badges.sort_by_key(|badge| badge.name.to_lowercase());
    let badges = badges.into_iter().flat_map(|badge| {
        let (id, name) = (badge.id.to_string(), badge.name);
        let tiers: Vec<NamedSubject> = badge
            .tiers
            .iter()
            .map(|tier| NamedSubject {
                about: format!("{id}:{tier}"),
                name: format!("{name} ({tier})"),
                is_tier: true,
            })
            .collect();
        std::iter::once(named(id, name)).chain(tiers)
    });
    let currencies = catalog.list_currencies().into_iter();
    let currencies = currencies.map(|one| named(format!("currency:{}", one.id), one.name));
    let unlockables = catalog.list_unlockables().into_iter();
    let unlockables = unlockables.map(|one| named(format!("unlockable:{}", one.id), one.name));
    let mut groups = vec![
        SubjectGroup {
            title: "Points",
            subjects: currencies.collect(),
        },
        SubjectGroup {
            title: "Unlockables",
            subjects: unlockables.collect(),
        },
        SubjectGroup {
            title: "Badges",
            subjects: badges.collect(),
        },
    ];
    groups.retain(|group| !group.subjects.is_empty());
    Ok(groups)
}

fn named(about: String, name: String) -> NamedSubject {
    NamedSubject {
        about,
        name,
        is_tier: false,
    }
}

/// Finds a subject by its name or id, ignoring case, and suggests similar ones otherwise.
pub(super) fn find_subject<'s>(groups: &'s [SubjectGroup], text: &str) -> SubjectLookup<'s> {
    let text = text.to_lowercase();
    let all = || groups.iter().flat_map(|group| &group.subjects);
    // An id comes first: it is unique, and links contain it.
    let found = all()
        .find(|subject| subject.about == text)
        .or_else(|| all().find(|subject| subject.name.to_lowercase() == text));
    if let Some(found) = found {
        return SubjectLookup::Found(&found.about);
    }
    let names: Vec<String> = all().map(|subject| subject.name.to_lowercase()).collect();
    let nearest = find_nearest(&text, names.iter().map(String::as_str));
    let similar = all().filter(|subject| {
        let name = subject.name.to_lowercase();
        Some(name.as_str()) == nearest || name.contains(&text) || subject.about.contains(&text)
    });
    SubjectLookup::NotFound(similar.take(MAX_SUGGESTIONS).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_found_and_others_get_suggestions() {
        let subjects = [
            ("nice-answer", "Nice Answer"),
            ("currency:xp", "Experience"),
        ];
        let groups = [SubjectGroup {
            title: "All",
            subjects: subjects
                .map(|(about, name)| named(about.to_owned(), name.to_owned()))
                .to_vec(),
        }];
        for (text, expected) in [
            ("Nice Answer", Ok("nice-answer")),
            ("nice answer", Ok("nice-answer")),
            ("NICE-ANSWER", Ok("nice-answer")),
            ("currency:xp", Ok("currency:xp")),
            ("Nice Anser", Err(vec!["Nice Answer"])),
            ("experi", Err(vec!["Experience"])),
            ("nothing", Err(vec![])),
        ] {
            match (find_subject(&groups, text), expected) {
                (SubjectLookup::Found(found), Ok(about)) => assert_eq!(found, about),
                (SubjectLookup::NotFound(similar), Err(names)) => {
                    let similar: Vec<&str> = similar.iter().map(|subject| &*subject.name).collect();
                    assert_eq!(similar, names, "{text}");
                }
                _ => panic!("{text}"),
            }
        }
    }
}
