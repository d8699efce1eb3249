//! Awards and unlockables.

use accolade::AwardSource;
use accolade::store::{
    AwardRow, BadgeCount, ChangeSet, EarnerCursor, HolderCursor, HolderRow, Store, TierCount,
};

use super::fixture::{ODD, at, award, changes, install, long_id, pages, reader, unlock, write};

pub fn s4_an_award_exists_once(store: &dyn Store) {
    install(store);
    let first = award("ada", "teacher", "", "", 1);
    let second = AwardRow {
        at: at(2),
        event: "late".into(),
        source: AwardSource::Manual,
        revoked_at: Some(at(3)),
        holding_intervals: r#"[{"from":"2026-01-01"}]"#.into(),
        paid: r#"{"coins":5}"#.into(),
        ..first.clone()
    };
    write(store, &[with_awards("ada", vec![first.clone(), first])]);
    write(store, &[with_awards("ada", vec![second.clone()])]);
    assert_eq!(reader(store).list_awards("ada").unwrap(), [second]);
}

pub fn awards_come_back_in_order_of_badge_tier_and_key(store: &dyn Store) {
    install(store);
    let long = long_id();
    let mut keys: Vec<&str> = ODD.into_iter().chain(["", &long, "10", "9"]).collect();
    let awards: Vec<_> = keys
        .iter()
        .rev()
        .map(|key| award("ada", "teacher", "gold", key, 1))
        .collect();
    let others = [
        award("ada", "teacher", "bronze", "z", 9),
        award("ada", "commentator", "silver", "", 9),
    ];
    write(
        store,
        &[
            with_awards("ada", awards),
            with_awards("ada", others.to_vec()),
            with_awards("adam", vec![]),
        ],
    );
    keys.sort_unstable();
    let [bronze, commentator] = others;
    let mut expected = vec![commentator, bronze];
    expected.extend(
        keys.iter()
            .map(|key| award("ada", "teacher", "gold", key, 1)),
    );
    assert_eq!(reader(store).list_awards("ada").unwrap(), expected);
    assert_eq!(reader(store).list_awards("adam").unwrap(), []);
}

pub fn awards_are_dropped(store: &dyn Store) {
    install(store);
    let [keep, lose] = ["keep", "lose"].map(|key| award("ada", "teacher", "gold", key, 1));
    let bobs = award("bob", "teacher", "gold", "lose", 1);
    write(
        store,
        &[
            with_awards("ada", vec![keep.clone(), lose]),
            with_awards("bob", vec![bobs.clone()]),
        ],
    );
    let dropped = |key: &str| ("teacher".to_owned(), "gold".to_owned(), key.to_owned());
    write(
        store,
        &[ChangeSet {
            dropped_awards: vec![dropped("lose"), dropped("never was")],
            ..changes("ada")
        }],
    );
    assert_eq!(reader(store).list_awards("ada").unwrap().len(), 1);
    assert_eq!(
        reader(store).list_earners("teacher", None, 9).unwrap(),
        [keep, bobs]
    );
    assert_eq!(reader(store).count_rows().unwrap().awards, 2);
}

pub fn earners_come_in_pages_in_order_of_time(store: &dyn Store) {
    install(store);
    let sorted = [
        award("zoe", "teacher", "", "", 1),
        award("Ada", "teacher", "gold", "", 2),
        award("ada", "teacher", "bronze", "a", 2),
        award("ada", "teacher", "bronze", "b", 2),
        award("ada", "teacher", "gold", "a", 2),
        award("é", "teacher", "bronze", "a", 2),
        award("ada", "teacher", "silver", "", 3),
    ];
    for row in sorted.iter().rev() {
        write(store, &[with_awards(&row.player, vec![row.clone()])]);
    }
    let revoked = AwardRow {
        revoked_at: Some(at(2)),
        ..award("bob", "teacher", "", "", 2)
    };
    write(
        store,
        &[with_awards(
            "bob",
            vec![revoked, award("bob", "commentator", "", "", 2)],
        )],
    );
    for size in 1..=sorted.len() + 1 {
        let seen = pages(size, |last: Option<&AwardRow>| {
            let cursor = last.map(|row| EarnerCursor {
                at: row.at,
                player: row.player.clone(),
                tier: row.tier.clone(),
                key: row.key.clone(),
            });
            reader(store)
                .list_earners("teacher", cursor.as_ref(), size)
                .unwrap()
        });
        assert_eq!(seen, sorted, "in pages of {size}");
    }
    assert_eq!(
        reader(store).list_earners("unheard-of", None, 10).unwrap(),
        []
    );
}

pub fn badges_are_counted_by_awards_and_by_players(store: &dyn Store) {
    install(store);
    let revoked = |row: AwardRow| AwardRow {
        revoked_at: Some(at(5)),
        ..row
    };
    let teacher = |player: &str, key: &str| award(player, "teacher", "", key, 1);
    write(
        store,
        &[
            with_awards(
                "ada",
                vec![
                    teacher("ada", "1"),
                    teacher("ada", "2"),
                    revoked(teacher("ada", "3")),
                ],
            ),
            with_awards(
                "bob",
                vec![
                    teacher("bob", "1"),
                    revoked(award("bob", "commentator", "", "", 1)),
                ],
            ),
            with_awards("eve", vec![revoked(teacher("eve", "1"))]),
        ],
    );
    let count = BadgeCount {
        badge: "teacher".into(),
        awards: 3,
        players: 2,
    };
    assert_eq!(reader(store).count_badges().unwrap(), [count]);
    assert_eq!(reader(store).count_tiers().unwrap(), []);
    assert_eq!(reader(store).count_rows().unwrap().awards, 3);
}

pub fn tiers_are_counted_by_holder(store: &dyn Store) {
    install(store);
    let ada = vec![
        award("ada", "teacher", "gold", "a", 1),
        award("ada", "teacher", "gold", "b", 1),
        award("ada", "teacher", "silver", "a", 1),
    ];
    let revoked = AwardRow {
        revoked_at: Some(at(5)),
        ..award("bob", "teacher", "silver", "", 1)
    };
    let bob = vec![award("bob", "teacher", "gold", "", 1), revoked];
    write(store, &[with_awards("ada", ada), with_awards("bob", bob)]);
    let count = |tier: &str, players| TierCount {
        badge: "teacher".into(),
        tier: tier.into(),
        players,
    };
    assert_eq!(
        reader(store).count_tiers().unwrap(),
        [count("gold", 2), count("silver", 1)]
    );
}

pub fn holders_come_once_in_pages_the_latest_first(store: &dyn Store) {
    install(store);
    let holder = |player: &str, micros, tiers: &[&str], times| HolderRow {
        player: player.into(),
        at: at(micros),
        tiers: tiers.iter().map(|tier| (*tier).to_owned()).collect(),
        times,
    };
    let ada = vec![
        award("ada", "teacher", "bronze", "a", 9),
        award("ada", "teacher", "gold", "b", 3),
        award("ada", "teacher", "gold", "a", 3),
    ];
    let bob = vec![award("bob", "teacher", "", "", 4)];
    let revoked = AwardRow {
        revoked_at: Some(at(11)),
        ..award("cy", "teacher", "gold", "", 10)
    };
    let cy = vec![revoked, award("cy", "teacher", "bronze", "", 4)];
    let eve = vec![award("eve", "commentator", "", "", 9)];
    for (player, awards) in [("ada", ada), ("bob", bob), ("cy", cy), ("eve", eve)] {
        write(store, &[with_awards(player, awards)]);
    }
    let sorted = [
        holder("ada", 9, &["bronze", "gold"], 2),
        holder("cy", 4, &["bronze"], 1),
        holder("bob", 4, &[""], 1),
    ];
    for size in 1..=sorted.len() + 1 {
        let seen = pages(size, |last: Option<&HolderRow>| {
            let cursor = last.map(|row| HolderCursor {
                at: row.at,
                player: row.player.clone(),
            });
            reader(store)
                .list_holders("teacher", cursor.as_ref(), size)
                .unwrap()
        });
        assert_eq!(seen, sorted, "in pages of {size}");
    }
}

pub fn unlockables_are_put_and_dropped(store: &dyn Store) {
    install(store);
    let with = |player: &str, unlocks: Vec<_>| ChangeSet {
        unlocks,
        ..changes(player)
    };
    write(
        store,
        &[with(
            "ada",
            vec![unlock("edit", true, 1), unlock("chat", true, 1)],
        )],
    );
    write(store, &[with("bob", vec![unlock("edit", true, 1)])]);
    write(store, &[with("ada", vec![unlock("edit", false, 2)])]);
    assert_eq!(
        reader(store).list_unlocks("ada").unwrap(),
        [unlock("chat", true, 1), unlock("edit", false, 2)]
    );
    write(
        store,
        &[ChangeSet {
            dropped_unlocks: vec!["edit".into(), "never-was".into()],
            ..changes("ada")
        }],
    );
    assert_eq!(
        reader(store).list_unlocks("ada").unwrap(),
        [unlock("chat", true, 1)]
    );
    assert_eq!(
        reader(store).list_unlocks("bob").unwrap(),
        [unlock("edit", true, 1)]
    );
}

fn with_awards(player: &str, awards: Vec<AwardRow>) -> ChangeSet {
    ChangeSet {
        awards,
        ..changes(player)
    }
}
