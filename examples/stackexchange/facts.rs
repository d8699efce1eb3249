//! Compact history of a small site: ids, dates, kinds and scores, but no texts and no names.
//!
//! `posts.csv` has the properties that all events about a post share, `events.csv` the rest, and
//! `awards.csv` the badges that the site itself awarded.

use std::error::Error;
use std::path::Path;

use crate::dump::Dump;
use crate::events::{Community, show};
use crate::happenings::Happening;
use crate::posts::{Person, Posts, person};

/// File of a dump with the badges that the site awarded.
pub(crate) const BADGES: &str = "Badges.xml";

/// Names of the catalog's badges on the site.
const AWARDS: [&str; 18] = [
    "Commentator",
    "Curious",
    "Editor",
    "Enlightened",
    "Explainer",
    "Good Answer",
    "Good Question",
    "Great Answer",
    "Great Question",
    "Necromancer",
    "Nice Answer",
    "Nice Question",
    "Organizer",
    "Revival",
    "Scholar",
    "Self-Learner",
    "Student",
    "Teacher",
];

/// Writes the three files.
pub(crate) fn write(
    folder: &Path,
    dump: &Dump,
    posts: &Posts,
    happenings: &[Happening],
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write_awards(&folder.join("awards.csv"), dump)?;
    write_posts(&folder.join("posts.csv"), posts)?;
    write_events(&folder.join("events.csv"), posts, happenings)
}

fn write_awards(path: &Path, dump: &Dump) -> Result<(), Box<dyn Error>> {
    let mut awards = Vec::new();
    dump.rows(BADGES, ["UserId", "Name", "Date"], |[user, name, date]| {
        let name = name.filter(|name| AWARDS.contains(name))?;
        let badge = name.to_lowercase().replace(' ', "-");
        awards.push([
            date?.get(..10)?.to_owned(),
            person(user)?.to_string(),
            badge,
        ]);
        Some(())
    })?;
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["awarded_on", "player", "badge"])?;
    for award in awards {
        csv.write_record(&award)?;
    }
    Ok(csv.flush()?)
}

fn write_posts(path: &Path, posts: &Posts) -> Result<(), Box<dyn Error>> {
    let community = Community::new(posts);
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record([
        "post",
        "owner",
        "asked_on",
        "question",
        "rank",
        "asker",
        "question_age_days",
    ])?;
    for post in posts.iter() {
        let known = community.known(post);
        csv.write_record([
            post.id.to_string(),
            text(post.owner),
            text(known.asked_on),
            text(post.answer.as_ref().map(|answer| answer.question)),
            text(known.rank),
            text(known.asker),
            text(known.question_age_days),
        ])?;
    }
    Ok(csv.flush()?)
}

/// Writes one row per incident. The time is empty if it is that of the previous row, and the player
/// is empty if it is the owner of the post.
fn write_events(
    path: &Path,
    posts: &Posts,
    happenings: &[Happening],
) -> Result<(), Box<dyn Error>> {
    let mut community = Community::new(posts);
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["at", "what", "id", "post", "player", "joined", "wiki"])?;
    let mut last = None;
    for happening in happenings {
        let Some(line) = community.events(happening).next() else {
            continue;
        };
        let post = posts.get(happening.post as usize);
        let props = line.props;
        let hours = props.hours_since_edit.or(props.hours_since_answer);
        let at = Some(happening.at).filter(|at| last != Some(*at)).map(show);
        last = Some(happening.at);
        csv.write_record([
            text(at).trim_end_matches("T00:00:00Z").to_owned(),
            happening.what.word().to_owned(),
            happening.row.to_string(),
            post.id.to_string(),
            text(
                happening
                    .who
                    .filter(|&who| post.owner != Some(who))
                    .map(Person::get),
            ),
            props
                .best_before
                .map_or_else(|| text(hours), |score| score.to_string()),
            text(props.wiki.filter(|wiki| *wiki).map(u8::from)),
        ])?;
    }
    Ok(csv.flush()?)
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
