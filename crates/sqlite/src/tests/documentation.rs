//! Accuracy of `docs/schema.md`: its tables and columns are those of the file, and its queries run.

use accolade::store::{
    AwardRow, ChangeSet, LedgerKind, LedgerRow, OutcomeRow, RuleErrorRow, Transaction, Trigger,
    UnlockRow,
};
use accolade::{AwardSource, OutcomeKind, RuleKind};
use rusqlite::Connection;

use super::{at, catalog, commit, definition, event, folder};
use crate::SqliteStore;

const PAGE: &str = include_str!("../../../../docs/schema.md");

/// Number of rows that every query of the page finds in the database of [`fill`].
const QUERIES: [(&str, usize); 17] = [
    ("The rarest badges", 2),
    ("The earners of a badge, earliest first", 1),
    ("The badges of a player", 1),
    ("Revoked awards", 1),
    ("The event behind each award", 2),
    ("The highest balances", 2),
    ("A player's balance against the sum of the ledger", 1),
    ("Balances that differ from the ledger", 0),
    ("A statement of points, newest first", 2),
    ("The sources of points", 2),
    ("Corrections caused by late events", 1),
    ("Events per day", 1),
    ("Events by a property", 2),
    ("The latest outcomes", 1),
    ("Players per open unlockable", 1),
    ("The definitions of the published catalog", 6),
    ("Failing rules", 1),
];

#[test]
fn every_query_of_the_page_runs() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    commit(&store, fill_tables);
    let connection = Connection::open(&path).unwrap();
    let counted: Vec<_> = queries()
        .map(|(title, sql)| {
            let mut select = connection
                .prepare(sql)
                .unwrap_or_else(|error| panic!("{title}: {error}"));
            let mut rows = select.query([]).unwrap();
            let mut count = 0;
            while rows.next().unwrap().is_some() {
                count += 1;
            }
            (title, count)
        })
        .collect();
    assert_eq!(counted, QUERIES);
}

#[test]
fn every_table_and_column_is_on_the_page() {
    let (_folder, path) = folder();
    SqliteStore::open(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    let sql = "SELECT tables.name, columns.name
        FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.name NOT LIKE 'sqlite_%' AND tables.type = 'table'";
    let mut select = connection.prepare(sql).unwrap();
    let rows = select
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .unwrap();
    let mut seen = 0;
    for (table, column) in rows.map(Result::unwrap) {
        let section = section(&table);
        assert!(
            section.contains(&format!("| `{column}` |")),
            "{table}.{column} is not documented"
        );
        seen += 1;
    }
    assert!(seen > 130, "{seen} columns");
}

/// Finds the titles and texts of the page's queries.
fn queries() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n### ").skip(1).filter_map(|section| {
        let title = section.lines().next()?;
        let (_, rest) = section.split_once("```sql\n")?;
        let (sql, _) = rest.split_once("```")?;
        Some((title, sql))
    })
}

/// Finds the section of the page about a table.
fn section(table: &str) -> &'static str {
    let heading = match table {
        "categories" | "currencies" | "earnings" | "badges" | "unlockables" => {
            "## Definitions\n".to_owned()
        }
        _ => format!("### `{table}`\n"),
    };
    let (_, rest) = PAGE
        .split_once(&heading)
        .unwrap_or_else(|| panic!("{table} is not documented"));
    rest.split("\n##").next().unwrap_or(rest)
}

fn fill_tables(transaction: &mut (dyn Transaction + '_)) {
    let definitions = [
        ("category", "writing"),
        ("currency", "reputation"),
        ("earning", "answer"),
        ("badge", "teacher"),
        ("badge", "student"),
        ("unlockable", "edit"),
    ];
    transaction
        .publish_catalog(
            &catalog(1),
            &definitions.map(|(kind, id)| definition(kind, id)),
        )
        .unwrap();
    for (player, revoked_at) in [("ada", None), ("bob", Some(at(9)))] {
        let mut changes = event(player, "e");
        changes.events[0].event.props.insert("post", 7);
        changes.awards = vec![award(player, revoked_at)];
        changes.ledger = vec![entry(1, 10, Trigger::Event), entry(2, 5, Trigger::Event)];
        changes.balances = vec![("reputation".into(), 15)];
        transaction.write_changes(&changes).unwrap();
    }
    let unlocks = vec![UnlockRow {
        unlockable: "edit".into(),
        open: true,
        at: at(1),
        event: "e".into(),
    }];
    let correction = vec![entry(1, 1, Trigger::Late)];
    transaction
        .write_changes(&ChangeSet {
            unlocks,
            ledger: correction,
            ..event("eve", "e")
        })
        .unwrap();
    let outcome = OutcomeRow {
        player: "ada".into(),
        kind: OutcomeKind::BadgeAwarded,
        subject: "teacher".into(),
        detail: "{}".into(),
        at: at(1),
        event: "e".into(),
        trigger: Trigger::Event,
        caused_by: None,
        recorded_at: at(2),
    };
    transaction.append_outcomes(&[outcome]).unwrap();
    let error = RuleErrorRow {
        kind: RuleKind::Earning,
        id: "answer".into(),
        count: 2,
        message: "division by zero".into(),
        player: "ada".into(),
        event: "e".into(),
    };
    transaction.add_rule_errors(&[error]).unwrap();
}

fn award(player: &str, revoked_at: Option<accolade_core::time::Timestamp>) -> AwardRow {
    AwardRow {
        player: player.into(),
        badge: "teacher".into(),
        tier: String::new(),
        key: String::new(),
        at: at(1),
        event: "e".into(),
        source: AwardSource::Criterion,
        revoked_at,
        holding_intervals: "[]".into(),
        paid: r#"{"reputation":5}"#.into(),
    }
}

fn entry(seq: i64, amount: i64, trigger: Trigger) -> LedgerRow {
    let (kind, rule) = if seq == 1 {
        (LedgerKind::Earning, "answer")
    } else {
        (LedgerKind::Award, "teacher")
    };
    LedgerRow {
        at: at(1),
        seq,
        currency: "reputation".into(),
        amount,
        kind,
        rule: rule.into(),
        tier: String::new(),
        key: String::new(),
        event: "e".into(),
        trigger,
        caused_by: None,
        reason: None,
        recorded_at: at(2),
    }
}
