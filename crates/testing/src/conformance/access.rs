//! API keys, administrators, sessions and the audit log of a service.

use accolade::store::{
    AdministratorRow, AuditFilter, AuditRow, KeyRow, SessionKind, SessionRow, Store,
};

use super::fixture::{
    ODD, administrator, at, audited, changes, commit, ends_of_time, key, pages, reader, session,
    write,
};

pub fn keys_come_back_as_written_in_order_of_creation(store: &dyn Store) {
    let [first, last] = ends_of_time();
    let mut keys: Vec<KeyRow> = ODD
        .iter()
        .map(|text| KeyRow {
            scopes: (*text).into(),
            ..key(text, text)
        })
        .collect();
    keys.sort_by(|one, other| one.id.cmp(&other.id));
    let used = KeyRow {
        created_at: first,
        last_used_at: Some(last),
        revoked_at: Some(first),
        ..key("used", "used")
    };
    let young = KeyRow {
        created_at: last,
        hash: Vec::new(),
        ..key("", "young")
    };
    commit(store, |transaction| {
        [&young]
            .into_iter()
            .chain(&keys)
            .chain([&used])
            .for_each(|key| transaction.put_api_key(key).unwrap());
    });
    keys.insert(0, used);
    keys.push(young);
    assert_eq!(reader(store).list_api_keys().unwrap(), keys);
}

pub fn a_key_replaces_the_one_with_the_same_id(store: &dyn Store) {
    let later = KeyRow {
        last_used_at: Some(at(9)),
        scopes: "read".into(),
        ..key("k", "shop")
    };
    let renamed = KeyRow {
        name: "till".into(),
        ..later.clone()
    };
    for row in [key("k", "shop"), later, renamed] {
        commit(store, |transaction| transaction.put_api_key(&row).unwrap());
        assert_eq!(reader(store).list_api_keys().unwrap(), [row]);
    }
}

pub fn only_one_active_key_has_a_name(store: &dyn Store) {
    let revoked = |id| KeyRow {
        revoked_at: Some(at(5)),
        ..key(id, "shop")
    };
    commit(store, |transaction| {
        transaction.put_api_key(&key("a", "shop")).unwrap()
    });
    let mut writer = store.open_writer().unwrap();
    assert!(
        writer
            .begin_transaction(&[])
            .unwrap()
            .put_api_key(&key("b", "shop"))
            .is_err()
    );
    drop(writer);
    commit(store, |transaction| {
        transaction.put_api_key(&revoked("b")).unwrap();
        transaction.put_api_key(&revoked("a")).unwrap();
        transaction.put_api_key(&key("c", "shop")).unwrap();
    });
    assert_eq!(
        reader(store).list_api_keys().unwrap(),
        [revoked("a"), revoked("b"), key("c", "shop")]
    );
    let mut writer = store.open_writer().unwrap();
    assert!(
        writer
            .begin_transaction(&[])
            .unwrap()
            .put_api_key(&key("a", "shop"))
            .is_err(),
        "nor by giving one back"
    );
}

pub fn administrators_come_back_in_order_of_name(store: &dyn Store) {
    let mut rows: Vec<AdministratorRow> = ODD.iter().map(|name| administrator(name)).collect();
    commit(store, |transaction| {
        rows.iter()
            .for_each(|row| transaction.put_administrator(row).unwrap())
    });
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(reader(store).list_administrators().unwrap(), rows);
    let changed = AdministratorRow {
        password: "another".into(),
        created_at: at(7),
        ..rows[0].clone()
    };
    commit(store, |transaction| {
        transaction.put_administrator(&changed).unwrap();
        transaction.delete_administrator(&rows[1].name).unwrap();
        transaction.delete_administrator("missing").unwrap();
    });
    let left: Vec<_> = [&changed].into_iter().chain(&rows[2..]).cloned().collect();
    assert_eq!(reader(store).list_administrators().unwrap(), left);
}

pub fn a_session_is_found_by_its_hash_only(store: &dyn Store) {
    let rows = [
        session(&[0, 255], Some("grace"), 9),
        session(&[0, 255, 0], None, 9),
        session(&[], Some("Zoë"), 9),
    ];
    commit(store, |transaction| {
        rows.iter()
            .for_each(|row| transaction.put_session(row).unwrap())
    });
    for row in &rows {
        assert_eq!(
            reader(store).find_session(&row.hash).unwrap().as_ref(),
            Some(row)
        );
    }
    assert_eq!(reader(store).find_session(&[0]).unwrap(), None);
    let longer = SessionRow {
        expires_at: at(99),
        ..rows[0].clone()
    };
    commit(store, |transaction| {
        transaction.put_session(&longer).unwrap()
    });
    assert_eq!(
        reader(store).find_session(&rows[0].hash).unwrap(),
        Some(longer)
    );
}

pub fn sessions_end_by_deletion_expiry_or_loss_of_the_administrator(store: &dyn Store) {
    let left = |store: &dyn Store| -> Vec<u8> {
        let mut reader = reader(store);
        (1..=6)
            .filter(|hash| reader.find_session(&[*hash]).unwrap().is_some())
            .collect()
    };
    commit(store, |transaction| {
        for (hash, administrator, expires) in [
            (1, Some("grace"), 5),
            (2, Some("grace"), 6),
            (3, Some("ada"), 9),
            (4, None, 9),
            (5, Some("ada"), 9),
        ] {
            transaction
                .put_session(&session(&[hash], administrator, expires))
                .unwrap();
        }
        let invitation = SessionRow {
            kind: SessionKind::Invitation,
            ..session(&[6], Some("ada"), 9)
        };
        transaction.put_session(&invitation).unwrap();
    });
    commit(store, |transaction| {
        transaction.delete_expired_sessions(at(5)).unwrap()
    });
    assert_eq!(
        left(store),
        [2, 3, 4, 5, 6],
        "a session is good until its end, and not at it"
    );
    commit(store, |transaction| {
        assert!(transaction.delete_session(&[4]).unwrap());
        assert!(!transaction.delete_session(&[4]).unwrap(), "only once");
    });
    assert_eq!(left(store), [2, 3, 5, 6]);
    let delete_adas = |kind| {
        commit(store, |transaction| {
            transaction.delete_sessions_of(kind, "ada").unwrap()
        });
    };
    delete_adas(SessionKind::SignIn);
    assert_eq!(left(store), [2, 6], "an invitation is a kind of its own");
    delete_adas(SessionKind::Invitation);
    assert_eq!(left(store), [2]);
}

pub fn the_audit_log_is_read_from_the_newest_entry(store: &dyn Store) {
    let entry = |number: usize| AuditRow {
        subject: number.to_string(),
        ..audited("grace", None)
    };
    for batch in [0..1, 1..4, 4..4, 4..8] {
        commit(store, |transaction| {
            transaction
                .append_audit(&batch.map(entry).collect::<Vec<_>>())
                .unwrap()
        });
    }
    let seen = pages(3, |last: Option<&(i64, AuditRow)>| {
        reader(store)
            .list_audit_page(&AuditFilter::default(), last.map(|(number, _)| *number), 3)
            .unwrap()
    });
    assert!(
        seen.windows(2).all(|pair| pair[0].0 > pair[1].0),
        "{seen:?}"
    );
    let seen: Vec<AuditRow> = seen.into_iter().map(|(_, row)| row).collect();
    assert_eq!(seen, (0..8).rev().map(entry).collect::<Vec<_>>());
}

pub fn audit_entries_are_filtered(store: &dyn Store) {
    let entry = |second, actor: &str, action: &str, player| AuditRow {
        at: at(second),
        action: action.to_owned(),
        ..audited(actor, player)
    };
    let rows = [
        entry(1, "grace", "award", Some("ada")),
        entry(2, "linus", "award", Some("bob")),
        entry(3, "grace", "publish", None),
        entry(4, "grace", "points", Some("ada")),
    ];
    commit(store, |transaction| {
        transaction.append_audit(&rows).unwrap();
    });
    let all = AuditFilter::default;
    let text = |text: &str| Some(text.to_owned());
    let found = |filter: &AuditFilter, before, limit| -> Vec<i64> {
        let entries = reader(store)
            .list_audit_page(filter, before, limit)
            .unwrap();
        entries
            .into_iter()
            .map(|(_, row)| (row.at.as_micros() - at(0).as_micros()) / 1_000_000)
            .collect()
    };
    for (filter, expected) in [
        (
            AuditFilter {
                actor: text("grace"),
                ..all()
            },
            &[4, 3, 1][..],
        ),
        (
            AuditFilter {
                player: text("ada"),
                ..all()
            },
            &[4, 1],
        ),
        (
            AuditFilter {
                actions: Some(vec!["award".into(), "publish".into()]),
                ..all()
            },
            &[3, 2, 1],
        ),
        (
            AuditFilter {
                actions: Some(Vec::new()),
                ..all()
            },
            &[],
        ),
        (
            AuditFilter {
                from: Some(at(2)),
                until: Some(at(4)),
                ..all()
            },
            &[3, 2],
        ),
        (
            AuditFilter {
                actor: text("linus"),
                player: text("ada"),
                ..all()
            },
            &[],
        ),
    ] {
        assert_eq!(found(&filter, None, 9), expected, "{filter:?}");
    }
    let by_grace = AuditFilter {
        actor: text("grace"),
        ..all()
    };
    let first = reader(store).list_audit_page(&by_grace, None, 2).unwrap();
    assert_eq!(
        found(&by_grace, Some(first[1].0), 9),
        [1],
        "the page after two entries"
    );
}

pub fn audit_entries_come_back_as_written(store: &dyn Store) {
    let [first, last] = ends_of_time();
    let odd = |text: &&str| AuditRow {
        at: if text.len() > 5 { first } else { last },
        action: (*text).into(),
        subject: (*text).into(),
        detail: format!(r#"{{"reason":{text:?}}}"#),
        ..audited(text, Some(text))
    };
    let mut rows: Vec<AuditRow> = ODD.iter().map(odd).collect();
    commit(store, |transaction| {
        transaction.append_audit(&rows).unwrap()
    });
    rows.reverse();
    let stored = reader(store)
        .list_audit_page(&AuditFilter::default(), None, usize::MAX)
        .unwrap();
    assert_eq!(
        stored.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        rows
    );
}

pub fn s22_the_audit_log_omits_erased_players(store: &dyn Store) {
    write(store, &[changes("ada"), changes("adam")]);
    let rows = [
        audited("grace", Some("ada")),
        audited("grace", Some("adam")),
        audited("grace", None),
    ];
    commit(store, |transaction| {
        transaction.append_audit(&rows).unwrap()
    });
    commit(store, |transaction| {
        transaction.append_audit(&rows[..1]).unwrap();
        transaction
            .erase_player("ada", Some(b"mark"), at(9))
            .unwrap()
    });
    let [_, adams, nobodys] = rows;
    let blank = AuditRow {
        player: None,
        subject: String::new(),
        detail: "{}".into(),
        ..adams.clone()
    };
    let stored = reader(store)
        .list_audit_page(&AuditFilter::default(), None, 9)
        .unwrap();
    let expected = [blank.clone(), nobodys, adams, blank];
    assert_eq!(
        stored
            .iter()
            .map(|(_, row)| row.clone())
            .collect::<Vec<_>>(),
        expected
    );
    commit(store, |transaction| {
        transaction.append_audit(&expected[..1]).unwrap()
    });
    assert!(
        reader(store)
            .list_audit_page(&AuditFilter::default(), None, 1)
            .unwrap()[0]
            .0
            > stored[0].0,
        "numbers go on"
    );
}
