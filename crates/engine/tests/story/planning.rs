//! Plans: the effect of a publication, computed in advance and published only if it is unchanged.

use std::collections::BTreeSet;

use accolade::{
    Action, Advice, AdviceKind, AffectedPlayer, Catalog, ChangeKind, Engine, Error, NewEvent, Plan,
    PlanError, PlanOptions, Props, PublishOptions, RemedyKind, props,
};
use accolade_testing::MemoryStore;

use crate::world::{World, catalog};

const XP: &str = "[[currency]]\nid = \"xp\"\n";

/// A badge with a target that pays ten points, and an earning for each comment.
fn rules(target: u32, points: u32) -> String {
    format!(
        "{XP}[[badge]]\nid = \"writer\"\ncriterion = {{ count = \"comment\", at_least = {target} }}\npoints = {{ xp = 10 }}\n\
         [[earning]]\nid = \"commented\"\non = \"comment\"\npoints = {{ xp = {points} }}\n"
    )
}

fn plan(world: &World, source: &str, options: PlanOptions) -> Plan {
    world
        .engine
        .catalog()
        .plan(catalog(source), options, |_| {})
        .wait()
        .unwrap()
}

/// Renders the changes of a plan: `award_lost writer 2026-06-01T12:02:00Z with 10 xp → nothing`.
fn lines(plan: &Plan) -> Vec<String> {
    let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    let line = |change: &accolade::PlayerChange| {
        format!(
            "{} {} {} → {}",
            change.kind.as_str(),
            change.subject,
            side(&change.before),
            side(&change.after)
        )
    };
    plan.changes.iter().map(line).collect()
}

#[test]
fn a_plan_lists_gained_kept_lost_and_changed_holdings() {
    let earned = "2026-06-01T12:02:00Z with 10 xp";
    let keep = PlanOptions::default;
    let take = || PlanOptions::default().revoke();
    let cases = [
        ("nothing differs", rules(2, 1), keep(), vec![]),
        (
            "it becomes harder, kept",
            rules(3, 1),
            keep(),
            vec![format!("award_kept writer {earned} → {earned}")],
        ),
        (
            "it becomes harder, taken back",
            rules(3, 1),
            take(),
            vec![
                format!("award_lost writer {earned} → nothing"),
                "points xp 12 → 2".to_owned(),
            ],
        ),
        (
            "it becomes easier",
            rules(1, 1),
            keep(),
            vec![format!(
                "award_changed writer {earned} → 2026-06-01T12:01:00Z with 10 xp"
            )],
        ),
        (
            "comments are worth more",
            rules(2, 3),
            keep(),
            vec!["points xp 12 → 16".to_owned()],
        ),
        (
            "there is another badge",
            rules(2, 1) + "[[badge]]\nid = \"also\"\ncriterion = { count = \"comment\" }",
            keep(),
            vec!["award_gained also nothing → 2026-06-01T12:01:00Z".to_owned()],
        ),
        (
            "something opens for a kept badge",
            rules(3, 1) + "[[unlockable]]\nid = \"door\"\ncriterion = { badge = \"writer\" }",
            keep(),
            vec![
                format!("award_kept writer {earned} → {earned}"),
                "unlockable_opened door nothing → when published".to_owned(),
            ],
        ),
    ];
    for (what, source, options, expected) in cases {
        let world = World::new(&rules(2, 1));
        world.events(2, "comment");
        let plan = plan(&world, &source, options);
        assert_eq!(lines(&plan), expected, "{what}");
        assert_eq!(plan.changed, u64::from(!expected.is_empty()), "{what}");
        assert_eq!(
            world.engine.catalog().version(),
            1,
            "{what}: nothing is written"
        );
    }
}

/// Creates players `p0` with one comment, `p1` with two …, a minute apart.
fn community(players: usize) -> World {
    let world = World::new(&rules(2, 1));
    let comments = (0..players).flat_map(|player| {
        let now = world.now();
        let event = move |n: usize| {
            let minute = i64::try_from(player * 100 + n).unwrap();
            NewEvent::new(format!("p{player:02}"), "comment")
                .id(n.to_string())
                .at(now.plus_micros((minute - 9_000) * 60_000_000))
        };
        (0..=player).map(event)
    });
    world.engine.record_many(comments.collect()).wait().unwrap();
    world
}

#[test]
fn totals_count_players_awards_and_points() {
    let world = community(5);
    let plan = plan(
        &world,
        &rules(4, 2),
        PlanOptions::default().revoke().most_affected(2),
    );
    assert_eq!((plan.players, plan.events, plan.changed), (5, 15, 5));
    let badge = &plan.badges[0];
    assert_eq!((badge.gained, badge.kept, badge.lost), (0, 0, 2));
    assert_eq!((badge.before.players, badge.after.players), (4, 2));
    let minute = |minute: i64| Some(world.now().plus_micros((minute - 9_000) * 60_000_000));
    assert_eq!(
        (badge.before.first, badge.before.median),
        (minute(101), minute(201)),
        "of p1, p2, p3, p4"
    );
    assert_eq!(
        (badge.after.first, badge.after.median),
        (minute(303), minute(303))
    );
    assert_eq!(badge.earned, badge.after, "nothing is kept");
    let xp = &plan.currencies[0];
    assert_eq!((xp.before, xp.after, xp.players), (15 + 40, 30 + 20, 5));
    let most: Vec<_> = plan
        .most_affected
        .iter()
        .map(|one| {
            let AffectedPlayer {
                player, changes, ..
            } = one;
            (
                player.as_str(),
                *changes,
                one.points_gained,
                one.points_lost,
            )
        })
        .collect();
    assert_eq!(
        most,
        [("p01", 2, 0, 8), ("p02", 2, 0, 7)],
        "those who lose the badge, too"
    );
}

#[test]
fn earners_of_a_badge_are_distinguished_from_grandfathered_holders() {
    let badge = &plan(&community(5), &rules(4, 1), PlanOptions::default()).badges[0];
    assert_eq!(
        (
            badge.before.players,
            badge.after.players,
            badge.earned.players,
            badge.kept
        ),
        (4, 4, 2, 2)
    );
}

#[test]
fn the_number_of_threads_does_not_affect_the_plan() {
    let world = community(40);
    let of = |threads| {
        plan(
            &world,
            &rules(10, 2),
            PlanOptions::default().threads(threads),
        )
    };
    let one = of(1);
    assert_eq!(
        (one.changed, one.changes.len()),
        (40, 40 + 8 + 31),
        "points of all, kept by eight, earned later by the rest"
    );
    for threads in [2, 3, 8] {
        assert_eq!(of(threads), one, "{threads} threads");
    }
}

#[test]
fn progress_reaches_the_end() {
    let world = community(3);
    let (sender, heard) = std::sync::mpsc::channel();
    world
        .engine
        .catalog()
        .plan(catalog(&rules(3, 1)), PlanOptions::default(), move |step| {
            sender.send(step).unwrap()
        })
        .wait()
        .unwrap();
    let last = heard.into_iter().last().unwrap();
    assert_eq!((last.done, last.total), (3, 3));
}

#[test]
fn a_plan_advises_how_to_preserve_existing_holdings() {
    let world = World::new(&rules(2, 1));
    world.events(3, "comment");
    let now = world.now();
    let also = "[[badge]]\nid = \"also\"\ncriterion = { count = \"comment\" }";
    for (what, source, advised) in [
        (
            "more points",
            rules(2, 3),
            vec![(
                AdviceKind::ChangedRule,
                "the earning `commented` changed: past events of 1 player are worth 9 xp instead \
                 of 3",
                RemedyKind::SplitRule,
                vec![format!("until = {now}"), format!("since = {now}")],
            )],
        ),
        (
            "a new badge",
            rules(2, 1) + also,
            vec![(
                AdviceKind::NewRule,
                "the badge `also` is new: 1 player gains 1 award for past events",
                RemedyKind::AddSince,
                vec![format!("since = {now}")],
            )],
        ),
        ("a harder badge", rules(3, 1), vec![]),
        (
            "no points",
            rules(2, 1).split("[[earning]]").next().unwrap().to_owned(),
            vec![(
                AdviceKind::RemovedRule,
                "the earning `commented` was removed: past events of 1 player are worth 0 xp \
                 instead of 3",
                RemedyKind::AddUntil,
                vec![format!("until = {now}")],
            )],
        ),
    ] {
        let advice = plan(&world, &source, PlanOptions::default()).advice;
        let found: Vec<_> = advice
            .iter()
            .map(|advice| {
                let remedy = advice.remedy.as_ref().unwrap();
                (advice.kind, &*advice.text, remedy.kind, remedy.lines())
            })
            .collect();
        assert_eq!(found, advised, "{what}");
    }
}

#[test]
fn following_the_advice_preserves_existing_holdings() {
    let world = World::new(&rules(2, 1));
    world.events(3, "comment");
    world.advance_clock(60);
    let now = world.now();
    let source = rules(2, 1).replace(
        "id = \"commented\"\n",
        &format!("id = \"commented\"\nuntil = {now}\n"),
    ) + &format!(
        "[[earning]]\nid = \"commented-more\"\non = \"comment\"\npoints = {{ xp = 3 }}\nsince = {now}\n"
    );
    let plan = plan(&world, &source, PlanOptions::default());
    assert_eq!((plan.rule_changes.len(), lines(&plan)), (2, vec![]));
}

/// Publishes as planned after a change.
fn publish_after(
    source: &str,
    publish: &str,
    how: PublishOptions,
    meanwhile: impl FnOnce(&World),
) -> (World, Result<i64, Error>) {
    let world = World::new(&rules(2, 1));
    world.events(2, "comment");
    let token = plan(&world, source, PlanOptions::default()).token;
    meanwhile(&world);
    let published = world
        .engine
        .catalog()
        .publish(catalog(publish), how.plan(token))
        .wait();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    (world, published.map(|published| published.version))
}

#[test]
fn an_unaffected_plan_is_published() {
    let unconcerned = |world: &World| {
        world.advance_clock(60);
        world.send(NewEvent::new("bob", "hello")).unwrap();
    };
    let nothing = |_: &World| {};
    for meanwhile in [nothing as fn(&World), unconcerned] {
        let (world, published) = publish_after(
            &rules(3, 1),
            &rules(3, 1),
            PublishOptions::default(),
            meanwhile,
        );
        assert_eq!(published.unwrap(), 2);
        assert_eq!(world.held(), ["writer"], "kept");
    }
}

#[test]
fn publishing_an_outdated_plan_names_the_differences() {
    let third = |world: &World| drop(world.event("comment"));
    let retracted = |world: &World| drop(world.act(Action::retract("ada", "e1")).unwrap());
    let others = |world: &World| {
        world.advance_clock(60);
        let comment = |n: usize| NewEvent::new(format!("p{}", n / 2), "comment");
        world
            .engine
            .record_many((0..60).map(comment).collect())
            .wait()
            .unwrap();
    };
    for (what, meanwhile, named, more) in [
        (
            "it is earned in time",
            third as fn(&World),
            "ada: award_kept writer",
            0,
        ),
        (
            "it is lost before",
            retracted,
            "planned, but would no longer happen",
            0,
        ),
        ("many more keep it", others, "p0: award_kept writer", 10),
    ] {
        let (world, refused) = publish_after(
            &rules(3, 1),
            &rules(3, 1),
            PublishOptions::default(),
            meanwhile,
        );
        let refused = refused.unwrap_err();
        assert!(refused.to_string().contains(named), "{what}: {refused}");
        assert!(
            matches!(&refused, Error::Plan(PlanError::Outdated { more: found, .. }) if *found == more),
            "{what}: {refused:?}"
        );
        assert_eq!(
            world.engine.catalog().version(),
            1,
            "{what}: nothing was published"
        );
    }
}

#[test]
fn another_catalog_version_or_option_does_not_match_the_plan() {
    let nothing = |_: &World| {};
    let publish = |world: &World| {
        world
            .engine
            .catalog()
            .publish(catalog(&rules(9, 1)), PublishOptions::default())
            .wait()
            .unwrap();
    };
    for (what, published, how, meanwhile, expected) in [
        (
            "another catalog",
            rules(4, 1),
            PublishOptions::default(),
            nothing as fn(&World),
            "another catalog",
        ),
        (
            "take back",
            rules(3, 1),
            PublishOptions::default().revoke(),
            nothing,
            "keeps awards",
        ),
        (
            "another version",
            rules(3, 1),
            PublishOptions::default(),
            publish,
            "version 1, but version 2 is published",
        ),
    ] {
        let (_world, refused) = publish_after(&rules(3, 1), &published, how, meanwhile);
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(expected), "{what}: {refused}");
    }
}

#[test]
fn a_plan_includes_pending_backfills() {
    let store = MemoryStore::new();
    let engine = Engine::open(store.clone(), catalog(&rules(2, 1))).unwrap();
    let at = |text: &str| {
        NewEvent::new("ada", "comment")
            .id(text)
            .at(text.parse().unwrap())
    };
    engine
        .record_many(vec![at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")])
        .wait()
        .unwrap();
    // The plan is made right after the publication, before the backfill.
    engine
        .catalog()
        .publish(catalog(&rules(3, 1)), PublishOptions::default())
        .wait()
        .unwrap();
    let plan = engine
        .catalog()
        .plan(
            catalog(&rules(5, 1)),
            PlanOptions::default().revoke(),
            |_| {},
        )
        .wait()
        .unwrap();
    assert_eq!(plan.version, 2);
    assert_eq!(
        lines(&plan),
        Vec::<String>::new(),
        "what was kept is kept by a fact, whatever earns it"
    );
}

#[test]
fn planning_works_read_only() {
    let store = MemoryStore::new();
    let engine = Engine::open(store.clone(), catalog(&rules(2, 1))).unwrap();
    engine
        .record(NewEvent::new("ada", "comment"))
        .wait()
        .unwrap();
    let reader = Engine::builder(store).read_only().open().unwrap();
    let harder = || Catalog::from_toml(&rules(1, 1)).unwrap();
    assert_eq!(
        reader
            .catalog()
            .plan(harder(), PlanOptions::default(), |_| {})
            .wait()
            .unwrap()
            .changed,
        1
    );
    assert!(matches!(
        reader
            .catalog()
            .publish(harder(), PublishOptions::default())
            .wait(),
        Err(Error::ReadOnly)
    ));
}

/// Lists the awards that a publication grandfathered, from its automatic facts.
fn kept(engine: &Engine, version: i64) -> BTreeSet<String> {
    let players = engine
        .players()
        .search("", None, 1_000)
        .wait()
        .unwrap()
        .items;
    let is_keep = |player: &str| {
        let timeline = engine.players().list_timeline(player).wait().unwrap();
        timeline
            .iter()
            .any(|row| row.id == format!("accolade.grandfather:{version}"))
    };
    players
        .into_iter()
        .map(|row| row.player.to_string())
        .filter(|player| is_keep(player))
        .collect()
}

#[test]
fn publishing_while_others_record_matches_the_plan() {
    let world = community(40);
    let engine = world.engine.clone();
    world.advance_clock(3_600);
    let recording = std::thread::spawn(move || {
        for round in 0..200 {
            // Of these five, some come to three comments, which changes what would be kept; the
            // others only say hello.
            let name = |n: usize| {
                if n < 5 && round % 50 == 0 {
                    "comment"
                } else {
                    "hello"
                }
            };
            let event =
                |n: usize| NewEvent::new(format!("p{n:02}"), name(n)).id(format!("{round}-{n}"));
            engine
                .record_many((0..100).map(event).collect())
                .wait()
                .unwrap();
        }
    });
    let mut refused = 0;
    let plan = loop {
        let plan = plan(&world, &rules(6, 1), PlanOptions::default());
        let published = world.engine.catalog().publish(
            catalog(&rules(6, 1)),
            PublishOptions::default().plan(plan.token.clone()),
        );
        match published.wait() {
            Ok(published) => {
                assert_eq!(published.version, 2);
                break plan;
            }
            Err(Error::Plan(PlanError::Outdated { .. })) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(refused <= 200, "the others do end");
    };
    recording.join().unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    let planned = plan
        .changes
        .iter()
        .filter(|change| change.kind == ChangeKind::AwardKept);
    assert_eq!(
        kept(&world.engine, 2),
        planned.map(|change| change.player.to_string()).collect()
    );
}

/// A property that only some events have is found before the rule is published.
#[test]
fn a_plan_counts_the_events_for_which_a_new_rule_cannot_be_evaluated() {
    let world = World::new(XP);
    for hour in [Some(3), None, Some(23), None] {
        let props = hour.map_or_else(Props::default, |hour| props! { "hour" => hour });
        world.event_with("post", props);
    }
    let owl = |condition: &str| {
        format!(
            "{XP}[[earning]]\nid = \"owl\"\non = \"post\"\nwhere = '{condition}'\npoints = {{ xp = 1 }}\n"
        )
    };
    let failing = |source: &str| -> Vec<Advice> {
        let mut advice = plan(&world, source, PlanOptions::default()).advice;
        advice.retain(|advice| advice.kind == AdviceKind::FailingRule);
        advice
    };
    let advice = &failing(&owl("event.hour > 5"))[0];
    assert_eq!(
        advice.text,
        "the earning `owl` cannot be evaluated for 2 past events of 1 player and does not apply \
         to them: `event.hour` is missing"
    );
    let remedy = "to leave such events out, begin the condition with `has(event.hour) &&`";
    assert_eq!(advice.remedy.as_ref().unwrap().text, remedy);
    assert_eq!(failing(&owl("has(event.hour) && event.hour > 5")), []);
}
