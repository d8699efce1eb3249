//! Accolade embedded in an application: rules, badges in Rust, events, manual actions, queries, and
//! the feed. Run it with `cargo run --example embed`.

use accolade::{
    Action, Audience, Catalog, CodeContext, Decimal, EarnedTier, Engine, NewEvent, badge, props,
    registry,
};
use accolade::{CatalogFormat, RuleKind};
use accolade_sqlite::SqliteStore;

const CATALOG: &str = r#"
[[currency]]
id = "xp"
name = "Experience"

[[earning]]
id = "run"
on = "run.finished"
where = "event.km >= 1"
points = { xp = "event.km * 2" }
limit = { points = 100, per = "day" }

[[badge]]
id = "runner"
name = "Runner"
description = "Run {target} km"
criterion = { sum = "event.km", on = "run.finished" }
tiers = [{ id = "bronze", at = 10, points = { xp = 5 } }, { id = "silver", at = 100 }]

[[badge]]
id = "volunteer"
name = "Volunteer"
criterion = { manual = true, at_least = 3 }

[[unlockable]]
id = "club"
name = "The club's forum"
criterion = { points = "xp", at_least = 20 }
"#;

/// Finish a run before five in the morning.
#[badge(events("run.finished"), secret)]
fn early_bird(context: &CodeContext<'_>) -> Option<EarnedTier> {
    (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalog = Catalog::new(
        CATALOG,
        "rules",
        CatalogFormat::Toml,
        registry::collect_badges(),
    )?;
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(
        SqliteStore::open(folder.path().join("accolade.db"))?,
        catalog,
    )?;
    let mut feed = engine.feed().subscribe(None)?;

    // Recording is idempotent. The receipt lists the effects, and why other rules did not apply.
    let run = NewEvent::new("ada", "run.finished")
        .id("run-1")
        .prop("km", 12.5)
        .prop("hour", 4);
    let receipt = engine.record(run.clone()).wait()?;
    println!("{:?}: {} outcomes", receipt.status, receipt.outcomes.len());
    println!("recorded again: {:?}", engine.record(run).wait()?.status);
    let stroll = NewEvent::new("ada", "run.finished")
        .id("run-2")
        .prop("km", 0.5)
        .prop("hour", 9);
    for skipped in engine.record(stroll).wait()?.skipped {
        println!(
            "  {} `{}` did not apply: {}",
            skipped.kind.map_or("event", RuleKind::as_str),
            skipped.rule,
            skipped.message
        );
    }

    // Manual actions are checked once, and return a receipt, too.
    engine
        .submit_action(Action::profile("ada", props! { "zone" => "Europe/Paris" }).id("profile-1"))
        .wait()?;
    engine
        .submit_action(
            Action::add_progress("ada", "volunteer", Decimal::from_int(3))
                .id("helped")
                .by("grace"),
        )
        .wait()?;
    engine
        .submit_action(
            Action::points("ada", "xp", -10)
                .id("shoes")
                .reason("bought shoes"),
        )
        .wait()?;
    if let Err(rejected) = engine
        .submit_action(Action::award("ada", "volunteer").id("thanks"))
        .wait()
    {
        println!("rejected: {rejected}");
    }
    engine
        .submit_action(
            Action::revoke("ada", "runner")
                .tier("bronze")
                .id("oops")
                .reason("the watch was wrong"),
        )
        .wait()?;

    // Queries.
    let ada = engine
        .players()
        .load_profile("ada", Audience::Player)
        .wait()?
        .expect("Ada has events");
    for balance in &ada.balances {
        println!("{} {}", balance.balance, balance.name);
    }
    for badge in &ada.badges {
        let progress = badge
            .progress
            .as_ref()
            .map(|at| format!("{} of {}", at.current, at.target));
        println!(
            "{}: {} earned, {}",
            badge.name,
            badge.earned.len(),
            progress.unwrap_or_else(|| "done".to_owned())
        );
    }
    for entry in engine.players().list_ledger("ada", None, 10).wait()?.items {
        println!(
            "{:>5} {} {}",
            entry.amount,
            entry.rule,
            entry.reason.unwrap_or_default()
        );
    }
    println!(
        "holders of `volunteer`: {}",
        engine
            .catalog()
            .list_earners("volunteer", Audience::Admin, None, 10)
            .wait()?
            .items
            .len()
    );

    // The feed lists all changes in order.
    while let Some(outcome) = feed.try_next()? {
        println!(
            "#{} {} {} {}",
            outcome.seq, outcome.kind, outcome.subject, outcome.detail
        );
    }
    engine.close()?;
    Ok(())
}
