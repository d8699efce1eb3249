//! `accolade badges`

use std::fmt::Write;

use accolade::core::time::Timestamp;
use accolade::store::{AwardRow, EarnerCursor};
use accolade::{BadgeStats, Engine, SweepProgress};
use serde_json::{Value, json};

use crate::args::Badges;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, percent, table, thousands};

/// Lists all badges, or the holders of one.
pub(crate) fn run(args: &Badges, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read()?;
    match &args.badge {
        None => all(&engine, output)?,
        Some(badge) => earners(&engine, badge, args, database, output)?,
    }
    Ok(Ending::Fine)
}

fn all(engine: &Engine, output: Output) -> Result<(), Failure> {
    let badges = engine.badges().wait()?;
    let backfill = engine.read(SweepProgress::under_way).wait()?;
    output.show(&badges, || match badges.is_empty() {
        true => "the catalog has no badges".to_owned(),
        false => rarity_table(&badges) + &backfill.map(not_done).unwrap_or_default(),
    })
}

/// Describes an unfinished backfill, during which the counts mix two catalog versions (S14).
fn not_done(backfill: SweepProgress) -> String {
    let SweepProgress {
        version,
        done,
        total,
    } = backfill;
    let (done, total) = (thousands(done), thousands(total));
    format!("\n\nBackfill to version {version} in progress: {done} of {total} players up to date")
}

/// Renders badges with their numbers of awards and holders.
pub(crate) fn rarity_table(badges: &[BadgeStats]) -> String {
    let row = |badge: &BadgeStats| {
        let rarity = percent(badge.rarity);
        [
            badge.id.clone(),
            badge.name.clone(),
            thousands(badge.awards),
            thousands(badge.players),
            rarity,
        ]
    };
    let rows = badges.iter().map(row).collect();
    table(
        ["badge", "name", "awards", "players", "rarity"],
        &["awards", "players", "rarity"],
        rows,
    )
    .trim_fmt()
}

fn earners(
    engine: &Engine,
    badge: &str,
    args: &Badges,
    database: &Database,
    output: Output,
) -> Result<(), Failure> {
    let after = args.after.as_deref().map(read_cursor).transpose()?;
    let page = engine.earners(badge, after, args.limit as usize).wait()?;
    let next = page.next.as_ref().map(write_cursor);
    let earners: Vec<Value> = page.items.iter().map(earner).collect();
    let document = json!({ "badge": badge, "earners": earners, "next": next });
    output.show(&document, || {
        if page.items.is_empty() {
            return match args.after {
                Some(_) => format!("no more holders of {badge}"),
                None => format!("no player holds {badge}"),
            };
        }
        let row = |award: &AwardRow| {
            [
                award.at.to_string(),
                award.player.clone(),
                award.tier.clone(),
                award.key.clone(),
                award.event.clone(),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let mut text = table(["earned", "player", "tier", "key", "event"], &[], rows).trim_fmt();
        if let Some(next) = &next {
            // The command is to be pasted into a shell, and a player id can contain quotes.
            let (url, next) = (&database.url, next.replace('\'', r"'\''"));
            let _ = write!(
                text,
                "\n\nnext page: accolade badges {badge} --db {url} --limit {} --after '{next}'",
                args.limit
            );
        }
        text
    })
}

fn earner(award: &AwardRow) -> Value {
    json!({
        "player": award.player, "tier": award.tier, "key": award.key,
        "awarded_at": award.at.to_string(), "event": award.event, "source": award.source,
    })
}

/// Formats a cursor as a JSON array of time, player, tier and key.
fn write_cursor(cursor: &EarnerCursor) -> String {
    json!([
        cursor.at.to_string(),
        cursor.player,
        cursor.tier,
        cursor.key
    ])
    .to_string()
}

fn read_cursor(text: &str) -> Result<EarnerCursor, Failure> {
    let invalid = || {
        Failure::new(format!(
            "--after: `{text}` is not a valid cursor; use the one printed by the previous page"
        ))
    };
    let (at, player, tier, key) =
        serde_json::from_str::<(String, String, String, String)>(text).map_err(|_| invalid())?;
    let at: Timestamp = at.parse().map_err(|_| invalid())?;
    Ok(EarnerCursor {
        at,
        player,
        tier,
        key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_as_text() {
        let at = "2026-11-20T10:00:00.000001Z".parse().unwrap();
        let cursor = EarnerCursor {
            at,
            player: "o'ada \"x\"".into(),
            tier: String::new(),
            key: "7,8".into(),
        };
        assert_eq!(read_cursor(&write_cursor(&cursor)).ok(), Some(cursor));
        for text in ["", "[]", "ada", r#"["yesterday","ada","",""]"#] {
            assert!(read_cursor(text).is_err(), "{text}");
        }
    }
}
