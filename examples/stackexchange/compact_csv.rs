//! Compact history of a small site: ids, dates, kinds and scores, but no texts and no names.
//!
//! `posts.csv` has the properties that all events about a post share, `events.csv` the rest, and
//! `awards.csv` the badges that the site itself awarded.

use std::error::Error;
use std::path::Path;

use crate::attributes::{PersonId, parse_person, parse_time};
use crate::dump::{DumpFile, SiteDump};
use crate::events::{CommunityState, format_time};
use crate::incidents::PostIncident;
use crate::left_out::{LeftOutReason, RowCounts};
use crate::posts::SitePosts;

/// Names of the catalog's badges on the site.
const BADGE_NAMES: [&str; 18] = [
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
pub(crate) fn write_files(
    folder: &Path,
    dump: &SiteDump,
    posts: &SitePosts,
    happenings: &[PostIncident],
    counts: &mut RowCounts,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write_awards(&folder.join("awards.csv"), dump, counts)?;
    write_posts(&folder.join("posts.csv"), posts)?;
    write_events(&folder.join("events.csv"), posts, happenings, counts)
}

fn write_awards(
    path: &Path,
    dump: &SiteDump,
    counts: &mut RowCounts,
) -> Result<(), Box<dyn Error>> {
    let mut awards = Vec::new();
    dump.read_rows(
        DumpFile::Badges,
        ["UserId", "Name", "Date"],
        counts,
        |[user, name, date]| {
            let name = name.ok_or(LeftOutReason::InvalidAttribute("Name"))?;
            if !BADGE_NAMES.contains(&name) {
                return Err(LeftOutReason::UnusedKind);
            }
            let time = format_time(parse_time("Date", date)?.micros);
            let player = parse_person("UserId", user)?.ok_or(LeftOutReason::DeletedUser)?;
            let badge = name.to_lowercase().replace(' ', "-");
            awards.push([time[..10].to_owned(), player.to_string(), badge]);
            Ok(())
        },
    )?;
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["awarded_on", "player", "badge"])?;
    for award in awards {
        csv.write_record(&award)?;
    }
    Ok(csv.flush()?)
}

fn write_posts(path: &Path, posts: &SitePosts) -> Result<(), Box<dyn Error>> {
    let community = CommunityState::new(posts);
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
        let known = community.post_props(post);
        csv.write_record([
            post.id.to_string(),
            optional_text(post.owner),
            optional_text(known.asked_on),
            optional_text(post.answer.as_ref().map(|answer| answer.question)),
            optional_text(known.rank),
            optional_text(known.asker),
            optional_text(known.question_age_days),
        ])?;
    }
    Ok(csv.flush()?)
}

/// Writes one row per incident. The time is empty if it is that of the previous row, and the player
/// is empty if it is the owner of the post.
fn write_events(
    path: &Path,
    posts: &SitePosts,
    happenings: &[PostIncident],
    counts: &mut RowCounts,
) -> Result<(), Box<dyn Error>> {
    let mut community = CommunityState::new(posts);
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["at", "what", "id", "post", "player", "joined", "wiki"])?;
    let mut last = None;
    for happening in happenings {
        let Some(line) = community.next_events(happening).next() else {
            let reason = community.reason_without_event(happening);
            counts.leave_out(happening.kind.file(), reason, None);
            continue;
        };
        let post = posts.get(happening.post as usize);
        let props = line.props;
        let hours = props.hours_since_edit.or(props.hours_since_answer);
        let at = Some(happening.at)
            .filter(|at| last != Some(*at))
            .map(format_time);
        last = Some(happening.at);
        csv.write_record([
            optional_text(at).trim_end_matches("T00:00:00Z").to_owned(),
            happening.kind.as_str().to_owned(),
            happening.row.to_string(),
            post.id.to_string(),
            optional_text(
                happening
                    .person
                    .filter(|&who| post.owner != Some(who))
                    .map(PersonId::get),
            ),
            props
                .best_before
                .map_or_else(|| optional_text(hours), |score| score.to_string()),
            optional_text(props.wiki.filter(|wiki| *wiki).map(u8::from)),
        ])?;
    }
    Ok(csv.flush()?)
}

fn optional_text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
