//! Tests of whole conversions. `older-dump` is a made-up dump in the layout of the years until 2011:
//! files in lower case, votes with a day and no time, and posts of deleted users with a name only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use accolade::{Catalog, Engine, NewEvent};
use accolade_testing::MemoryStore;

use crate::conversion::{ConversionReport, write_compact_csv, write_event_lines};
use crate::dump::DumpFile;
use crate::left_out::LeftOutReason::{
    self, DeletedUser, Duplicate, InvalidAttribute, NotAQuestion, NotARow, NotAnAnswer,
    UnknownPost, UnknownQuestion, UnusedKind,
};
use crate::left_out::tests::ReasonCounts;

const CATALOG: &str = include_str!("catalog.toml");

fn older_dump() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stackexchange/older-dump")
}

/// Copies the older dump without one of its files.
fn older_dump_without(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in older_dump().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap();
        if file != name {
            fs::copy(&path, folder.path().join(file)).unwrap();
        }
    }
    folder
}

/// Writes a dump with these files.
fn write_dump(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in files {
        let text = format!("<rows>{rows}</rows>");
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Converts a dump. Returns the event lines and the report.
fn convert(folder: &Path) -> (Vec<String>, ConversionReport) {
    let mut out = Vec::new();
    let report = write_event_lines(folder, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    (text.lines().map(str::to_owned).collect(), report)
}

/// Returns the badges that each player earns by these events.
fn award_badges(lines: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let catalog = Catalog::from_toml(CATALOG).unwrap();
    let engine = Engine::open(MemoryStore::new(), catalog).unwrap();
    let events = (lines.iter())
        .map(|line| NewEvent::from_json(line.as_bytes()).unwrap())
        .collect();
    for receipt in engine.record_many(events).wait().unwrap() {
        receipt.unwrap();
    }
    let mut awards = BTreeMap::<_, BTreeSet<_>>::new();
    for player in ["1", "2", "3", "4"] {
        let held = engine.players().list_awards(player).wait().unwrap();
        let badges = held.iter().map(|award| award.badge.to_string());
        awards.insert(player.to_owned(), badges.collect());
    }
    awards
}

fn badges<'a>(
    players: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, BTreeSet<String>> {
    (players.into_iter())
        .map(|(player, badges)| {
            let badges = badges.split_whitespace().map(str::to_owned).collect();
            (player.to_owned(), badges)
        })
        .collect()
}

fn reasons<const N: usize>(counts: [(DumpFile, LeftOutReason, u64); N]) -> ReasonCounts {
    (counts.into_iter())
        .map(|(file, reason, count)| ((file, reason), count))
        .collect()
}

#[test]
fn the_catalog_passes_its_own_tests() {
    let results = Catalog::from_toml(CATALOG).unwrap().run_tests();
    assert!(!results.is_empty());
    for result in results {
        assert!(
            result.failures.is_empty(),
            "{}: {:?}",
            result.name,
            result.failures
        );
    }
}

#[test]
fn an_older_dump_earns_the_badges_of_its_votes() {
    let (lines, report) = convert(&older_dump());
    assert_eq!(
        award_badges(&lines),
        badges([
            ("1", "student scholar self-learner"),
            ("2", "teacher nice-answer enlightened explainer editor"),
            ("3", "teacher necromancer revival"),
            ("4", "organizer commentator"),
        ])
    );
    assert_eq!((report.events, report.exit_status()), (Some(47), 0));
    let votes = lines.iter().filter(|line| line.contains("vote.received"));
    assert_eq!(votes.count(), 23);
    assert_eq!(
        report.rows.by_reason(),
        reasons([
            (DumpFile::Posts, UnusedKind, 1),
            (DumpFile::Posts, DeletedUser, 1),
            (DumpFile::Votes, UnusedKind, 2),
            (DumpFile::Votes, UnknownPost, 1),
            (DumpFile::Votes, DeletedUser, 1),
            (DumpFile::Comments, DeletedUser, 1),
            (DumpFile::PostHistory, UnusedKind, 2),
        ])
    );
    assert_eq!(report.absent, []);
}

#[test]
fn the_report_names_the_badges_that_a_missing_file_prevents() {
    let (all_lines, _) = convert(&older_dump());
    let all = award_badges(&all_lines);
    for (name, effect, lost, gained) in [
        (
            "comments.xml",
            "Comments.xml not found: no player can earn Commentator",
            badges([("4", "commentator")]),
            badges([]),
        ),
        (
            "posthistory.xml",
            "PostHistory.xml not found: no player can earn Editor, Explainer or Organizer, and \
             closed questions count for Curious",
            badges([("2", "editor explainer"), ("4", "organizer")]),
            badges([("1", "curious")]),
        ),
    ] {
        let folder = older_dump_without(name);
        let (lines, report) = convert(folder.path());
        let mut expected = all.clone();
        for (player, badges) in lost {
            expected
                .get_mut(&player)
                .unwrap()
                .retain(|id| !badges.contains(id));
        }
        for (player, badges) in gained {
            expected.get_mut(&player).unwrap().extend(badges);
        }
        assert_eq!(award_badges(&lines), expected, "without {name}");
        assert_eq!(report.exit_status(), 0);
        let text = report.to_lines();
        assert!(text.iter().any(|line| line == effect), "{text:?}");
    }
    for name in ["posts.xml", "votes.xml"] {
        let folder = older_dump_without(name);
        let error = write_event_lines(folder.path(), Vec::new()).unwrap_err();
        let part = format!("{name} not found");
        assert!(error.to_string().to_lowercase().contains(&part), "{error}");
    }
}

const QUESTION: &str =
    r#"<row Id="1" PostTypeId="1" OwnerUserId="1" CreationDate="2010-03-01T09:00:00" />"#;

/// File, one of its rows, and the expected reason to leave it out.
type LeftOutCase = (DumpFile, &'static str, LeftOutReason);

const LEFT_OUT_ROWS: [LeftOutCase; 29] = [
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="5" CreationDate="2010-03-01" />"#,
        UnusedKind,
    ),
    (DumpFile::Posts, QUESTION, Duplicate),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="1" CreationDate="2010-03-01" />"#,
        DeletedUser,
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="2" ParentId="9" CreationDate="2010-03-01" />"#,
        UnknownQuestion,
    ),
    (
        DumpFile::Posts,
        r#"<row PostTypeId="1" CreationDate="2010-03-01" />"#,
        InvalidAttribute("Id"),
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" CreationDate="2010-03-01" />"#,
        InvalidAttribute("PostTypeId"),
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="2" CreationDate="2010-03-01" />"#,
        InvalidAttribute("ParentId"),
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="1" CreationDate="1 March" />"#,
        InvalidAttribute("CreationDate"),
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="1" OwnerUserId="ada" CreationDate="2010-03-01" />"#,
        InvalidAttribute("OwnerUserId"),
    ),
    (
        DumpFile::Posts,
        r#"<row Id="2" PostTypeId="1" CreationDate="2010-03-01" CommunityOwnedDate="x" />"#,
        InvalidAttribute("CommunityOwnedDate"),
    ),
    (DumpFile::Posts, r#"<post Id="2" />"#, NotARow),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="1" VoteTypeId="16" CreationDate="x" />"#,
        UnusedKind,
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="9" VoteTypeId="2" CreationDate="2010-03-01" />"#,
        UnknownPost,
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="1" VoteTypeId="1" CreationDate="2010-03-01" />"#,
        NotAnAnswer,
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="1" VoteTypeId="2" CreationDate="2010-02-30" />"#,
        InvalidAttribute("CreationDate"),
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="1" VoteTypeId="2" />"#,
        InvalidAttribute("CreationDate"),
    ),
    (
        DumpFile::Votes,
        r#"<row PostId="1" VoteTypeId="2" CreationDate="2010-03-01" />"#,
        InvalidAttribute("Id"),
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" VoteTypeId="2" CreationDate="2010-03-01" />"#,
        InvalidAttribute("PostId"),
    ),
    (
        DumpFile::Votes,
        r#"<row Id="1" PostId="1" VoteTypeId="up" CreationDate="2010-03-01" />"#,
        InvalidAttribute("VoteTypeId"),
    ),
    (
        DumpFile::Comments,
        r#"<row Id="1" PostId="1" CreationDate="2010-03-01" />"#,
        DeletedUser,
    ),
    (
        DumpFile::Comments,
        r#"<row Id="1" PostId="9" UserId="1" CreationDate="2010-03-01" />"#,
        UnknownPost,
    ),
    (
        DumpFile::Comments,
        r#"<row Id="1" PostId="1" UserId="ada" CreationDate="2010-03-01" />"#,
        InvalidAttribute("UserId"),
    ),
    (
        DumpFile::Comments,
        r#"<row Id="1" PostId="1" UserId="1" />"#,
        InvalidAttribute("CreationDate"),
    ),
    (
        DumpFile::PostHistory,
        r#"<row Id="1" PostId="1" PostHistoryTypeId="2" CreationDate="2010-03-01" />"#,
        UnusedKind,
    ),
    (
        DumpFile::PostHistory,
        r#"<row Id="1" PostId="1" PostHistoryTypeId="5" UserId="-1" CreationDate="2010-03-01" />"#,
        DeletedUser,
    ),
    (
        DumpFile::PostHistory,
        r#"<row Id="1" PostId="1" PostHistoryTypeId="5" UserId="1" CreationDate="" />"#,
        InvalidAttribute("CreationDate"),
    ),
    (
        DumpFile::PostHistory,
        r#"<row Id="1" PostId="1" UserId="1" CreationDate="2010-03-01" />"#,
        InvalidAttribute("PostHistoryTypeId"),
    ),
    (
        DumpFile::PostHistory,
        r#"<row Id="1" PostId="9" PostHistoryTypeId="10" CreationDate="2010-03-01" />"#,
        UnknownPost,
    ),
    (
        DumpFile::Badges,
        r#"<row UserId="1" Name="Teacher" Date="x" />"#,
        InvalidAttribute("Date"),
    ),
];

#[test]
fn each_row_that_is_left_out_is_counted_with_its_reason() {
    for (file, row, reason) in LEFT_OUT_ROWS {
        let mut texts: BTreeMap<DumpFile, String> = [
            (DumpFile::Posts, QUESTION.to_owned()),
            (DumpFile::Votes, String::new()),
            (DumpFile::Badges, String::new()),
        ]
        .into();
        texts.entry(file).or_default().push_str(row);
        let files: Vec<_> = (texts.iter())
            .map(|(file, text)| (file.as_str(), text.as_str()))
            .collect();
        let folder = write_dump(&files);
        let facts = tempfile::tempdir().unwrap();
        let csv = write_compact_csv(folder.path(), facts.path()).unwrap();
        assert_eq!(csv.rows.by_reason(), reasons([(file, reason, 1)]), "{row}");
        let status = if reason.is_unreadable() { 2 } else { 0 };
        assert_eq!(csv.exit_status(), status, "{row}");

        if file != DumpFile::Badges {
            let (lines, report) = convert(folder.path());
            assert_eq!(report.rows.by_reason(), csv.rows.by_reason(), "{row}");
            assert_eq!((lines.len(), report.exit_status()), (1, status), "{row}");
        }
    }
}

#[test]
fn duplicate_votes_and_closings_of_answers_are_left_out() {
    let answer =
        r#"<row Id="2" PostTypeId="2" ParentId="1" OwnerUserId="2" CreationDate="2010-03-02" />"#;
    let vote = r#"<row Id="1" PostId="2" VoteTypeId="2" CreationDate="2010-03-02" />"#;
    let closing = r#"<row Id="1" PostId="2" PostHistoryTypeId="10" CreationDate="2010-03-03" />"#;
    let folder = write_dump(&[
        ("Posts.xml", &format!("{QUESTION}{answer}")),
        ("Votes.xml", &format!("{vote}{vote}")),
        ("PostHistory.xml", closing),
    ]);
    let (lines, report) = convert(folder.path());
    assert_eq!(lines.len(), 3);
    assert_eq!(
        report.rows.by_reason(),
        reasons([
            (DumpFile::Votes, Duplicate, 1),
            (DumpFile::PostHistory, NotAQuestion, 1),
        ])
    );
    assert_eq!(report.exit_status(), 0);
}

#[test]
fn unreadable_rows_are_reported_as_an_error() {
    let vote = r#"<row Id="1" PostId="1" VoteTypeId="2" CreationDate="yesterday" />"#;
    let folder = write_dump(&[("Posts.xml", QUESTION), ("Votes.xml", vote)]);
    let (_, report) = convert(folder.path());
    let text = report.to_lines();
    assert!(
        text.contains(
            &"        1 without a valid `CreationDate`; the first is at byte 6".to_owned()
        ),
        "{text:?}"
    );
    assert!(text.last().unwrap().starts_with("error: 1 unreadable row"));
    assert_eq!(report.exit_status(), 2);
}
