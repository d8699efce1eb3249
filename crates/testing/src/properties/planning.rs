//! A plan predicts exactly what publishing does.

use std::collections::{BTreeMap, BTreeSet};

use accolade::store::Store;
use accolade::{
    Catalog, ChangeKind, Engine, PlanOptions, PlayerChange, PlayerId, PublishOptions, Timestamp,
};
use accolade_core::names::acts::GRANDFATHER;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::random::{RandomWorld, after_all};

/// Holdings of a player, by kind and name.
type Holdings = BTreeMap<(&'static str, String), String>;

/// Player, kind and name of a difference, with the values before and after.
type Difference = (String, &'static str, String, Option<String>, Option<String>);

/// Publishes several catalogs, each of them planned first, with or without a backfill in between.
pub fn check_planned_publications(
    world: &RandomWorld,
    others: &[(RandomWorld, bool, bool)],
    store: impl Store,
) -> Result<(), TestCaseError> {
    let catalog = |toml: &str| Catalog::from_toml(toml).expect("the catalog of a world compiles");
    let engine = Engine::builder(store)
        .catalog(catalog(&world.toml))
        .clock(after_all)
        .open();
    let engine = engine.expect("the database is empty");
    engine
        .maintenance()
        .restore_events(world.events.clone())
        .wait()
        .expect("the database works");
    let players: BTreeSet<PlayerId> = world
        .events
        .iter()
        .map(|event| event.player.clone())
        .collect();
    for (other, take_back, swept) in others {
        let (mut planning, mut publishing) =
            (PlanOptions::default().threads(2), PublishOptions::default());
        if *take_back {
            (planning, publishing) = (planning.revoke(), publishing.revoke());
        }
        let plan = engine
            .catalog()
            .plan(catalog(&other.toml), planning, |_| {})
            .wait()
            .expect("it can be planned");
        let before: Vec<Holdings> = players
            .iter()
            .map(|player| holdings(&engine, player))
            .collect();
        engine
            .catalog()
            .publish(catalog(&other.toml), publishing.plan(plan.token.clone()))
            .wait()
            .expect("nothing happened");
        if *swept {
            engine
                .catalog()
                .await_backfill(|_| {})
                .wait()
                .expect("every player can be backfilled");
        }
        let differing = players
            .iter()
            .zip(before)
            .flat_map(|(player, before)| differences(player, &before, &holdings(&engine, player)));
        let planned: BTreeSet<Difference> = plan
            .changes
            .into_iter()
            .filter(|change| change.before != change.after)
            .map(difference)
            .collect();
        prop_assert_eq!(
            planned,
            differing.collect::<BTreeSet<_>>(),
            "under{:?}",
            other
        );
    }
    engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .expect("every player can be backfilled");
    let report = engine
        .maintenance()
        .verify(|_| ())
        .wait()
        .expect("it can be verified");
    prop_assert_eq!(report.count, 0, "verify finds {:#?}", report.differences);
    Ok(())
}

fn difference(change: PlayerChange) -> Difference {
    let PlayerChange {
        player,
        kind,
        subject,
        tier,
        key,
        before,
        after,
        ..
    } = change;
    let what = match kind {
        ChangeKind::Points => "points",
        kind if kind.as_str().starts_with("award") => "award",
        _ => "unlockable",
    };
    (
        player.into(),
        what,
        format!("{subject} {tier:?} {key:?}"),
        before,
        after,
    )
}

fn differences(player: &str, before: &Holdings, after: &Holdings) -> Vec<Difference> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let side = |holdings: &Holdings, name: &(&'static str, String)| match holdings.get(name) {
        None if name.0 == "points" => Some("0".to_owned()),
        side => side.cloned(),
    };
    let all = names.into_iter().map(|name| {
        (
            player.to_owned(),
            name.0,
            name.1.clone(),
            side(before, name),
            side(after, name),
        )
    });
    all.filter(|(_, _, _, before, after)| before != after)
        .collect()
}

/// Renders the holdings of a player like a plan.
fn holdings(engine: &Engine, player: &str) -> Holdings {
    let works = "the database works";
    let mut holdings = Holdings::new();
    for row in engine
        .players()
        .list_awards(player)
        .wait()
        .expect(works)
        .into_iter()
        .filter(|row| row.revoked_at.is_none())
    {
        let paid: Vec<String> = row
            .paid
            .iter()
            .map(|(currency, amount)| format!("{amount} {currency}"))
            .collect();
        let paid = if paid.is_empty() {
            String::new()
        } else {
            format!(" with {}", paid.join(", "))
        };
        holdings.insert(
            (
                "award",
                format!("{} {:?} {:?}", row.badge, row.tier, row.key),
            ),
            format!("{}{paid}", instant(row.at, &row.event)),
        );
    }
    for row in engine
        .players()
        .list_unlocks(player)
        .wait()
        .expect(works)
        .into_iter()
        .filter(|row| row.open)
    {
        holdings.insert(
            ("unlockable", format!("{} None None", row.unlockable)),
            instant(row.at, &row.event),
        );
    }
    for (currency, balance) in engine.players().load_balances(player).wait().expect(works) {
        holdings.insert(
            ("points", format!("{currency} None None")),
            balance.to_string(),
        );
    }
    holdings
}

fn instant(at: Timestamp, event: &str) -> String {
    if event.starts_with(GRANDFATHER) {
        "when published".to_owned()
    } else {
        at.to_string()
    }
}
