//! `accolade badges`

use std::fmt::Write;

use accolade::{Audience, BackfillProgress, EarnerCursor, EarnerView, Engine, GalleryBadge};
use accolade_core::time::Timestamp;
use accolade_web::models::{EarnerModel, GalleryBadgeModel, List};
use serde_json::json;

use crate::args::BadgesArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::{count_noun, format_percent, format_time, group_thousands};
use crate::output::{Output, render_table};

/// Lists all badges, or the holders of one.
pub(crate) fn run_badges(
    args: &BadgesArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_read_only()?;
    match &args.badge {
        None => list_badges(&engine, output)?,
        Some(badge) => list_holders(&engine, badge, args, database, output)?,
    }
    Ok(ExitStatus::Success)
}

fn list_badges(engine: &Engine, output: Output) -> Result<(), CommandError> {
    let badges = engine.catalog().list_gallery(Audience::Admin).wait()?;
    let backfill = engine.catalog().backfill_progress().wait()?;
    let models = List::<GalleryBadgeModel>::single_page(badges.clone());
    output.print_result(&models, || match badges.is_empty() {
        true => "the catalog has no badges".to_owned(),
        false => {
            render_rarity_table(&badges) + &backfill.map(describe_backfill).unwrap_or_default()
        }
    })
}

/// Describes an unfinished backfill, during which the counts mix two catalog versions (S14).
fn describe_backfill(backfill: BackfillProgress) -> String {
    let version = backfill.version;
    let (done, total) = (
        group_thousands(backfill.done),
        count_noun(backfill.total, "player"),
    );
    format!("\n\nBackfill to version {version} in progress: {done} of {total} up to date")
}

/// Renders badges with their numbers of awards and holders.
pub(crate) fn render_rarity_table(badges: &[GalleryBadge]) -> String {
    let row = |badge: &GalleryBadge| {
        let rarity = format_percent(badge.rarity);
        [
            badge.id.as_deref().unwrap_or_default().to_owned(),
            badge.name.clone(),
            group_thousands(badge.awards),
            group_thousands(badge.players),
            rarity,
        ]
    };
    let rows = badges.iter().map(row).collect();
    render_table(
        ["badge", "name", "awards", "players", "rarity"],
        &["awards", "players", "rarity"],
        rows,
    )
}

fn list_holders(
    engine: &Engine,
    badge: &str,
    args: &BadgesArgs,
    database: &Database,
    output: Output,
) -> Result<(), CommandError> {
    let after = args.after.as_deref().map(parse_cursor).transpose()?;
    let page = engine
        .catalog()
        .list_earners(badge, Audience::Admin, after, args.limit as usize)
        .wait()?;
    let next = page.next.as_ref().map(format_cursor);
    let document = List {
        next: next.clone(),
        ..List::<EarnerModel>::single_page(page.items.clone())
    };
    output.print_result(&document, || {
        if page.items.is_empty() {
            return match args.after {
                Some(_) => format!("no more holders of {badge}"),
                None => format!("no player holds {badge}"),
            };
        }
        let row = |earner: &EarnerView| {
            [
                format_time(earner.at),
                earner.player.to_string(),
                earner.tier.as_deref().unwrap_or_default().to_owned(),
                earner.key.clone().unwrap_or_default(),
                earner.event.as_deref().unwrap_or_default().to_owned(),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let mut text = render_table(
            ["earned (UTC)", "player", "tier", "key", "event"],
            &[],
            rows,
        );
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

/// Formats a cursor as a JSON array of time, player, tier and key.
fn format_cursor(cursor: &EarnerCursor) -> String {
    // JSON, because ids and keys can contain any separator.
    json!([
        cursor.at.to_string(),
        cursor.player,
        cursor.tier,
        cursor.key
    ])
    .to_string()
}

fn parse_cursor(text: &str) -> Result<EarnerCursor, CommandError> {
    let invalid = || {
        CommandError::new(format!(
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
        assert_eq!(parse_cursor(&format_cursor(&cursor)).ok(), Some(cursor));
        for text in ["", "[]", "ada", r#"["yesterday","ada","",""]"#] {
            assert!(parse_cursor(text).is_err(), "{text}");
        }
    }
}
