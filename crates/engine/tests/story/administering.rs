//! Access to a service: API keys, administrators and sessions, read and changed in one transaction.

use accolade::store::{AdministratorRow, KeyRow, SessionKind, SessionRow, StoreError};
use accolade::{Action, Engine, Error, NewEvent, Timestamp};
use accolade_testing::MemoryStore;
use serde_json::json;

use crate::world::{World, catalog, instant};

const NOTHING: &str = "";
/// Length of an hour in microseconds.
const HOUR: i64 = 3_600_000_000;

fn grace(now: Timestamp) -> AdministratorRow {
    let (name, password) = ("grace".to_owned(), "$argon2id$".to_owned());
    AdministratorRow {
        created_by: name.clone(),
        name,
        password,
        created_at: now,
    }
}

fn key(id: &str, now: Timestamp) -> KeyRow {
    KeyRow {
        id: id.to_owned(),
        name: "shop".to_owned(),
        hash: vec![7; 32],
        scopes: "record,read".to_owned(),
        created_at: now,
        created_by: "grace".to_owned(),
        last_used_at: None,
        revoked_at: None,
    }
}

fn session(kind: SessionKind, now: Timestamp) -> SessionRow {
    let administrator = (kind == SessionKind::SignIn).then(|| "grace".to_owned());
    SessionRow {
        hash: vec![1; 32],
        kind,
        administrator,
        created_at: now,
        expires_at: now.plus_micros(HOUR),
    }
}

#[test]
fn what_a_service_keeps_survives_reopening() {
    let store = MemoryStore::new();
    let engine = Engine::open(store.clone(), catalog(NOTHING)).unwrap();
    let rows = engine.service().change_access(|administration| {
        let now = administration.now();
        let rows = (key("k", now), grace(now), session(SessionKind::SignIn, now));
        administration.put_api_key(&rows.0)?;
        administration.put_administrator(&rows.1)?;
        administration.put_session(&rows.2)?;
        Ok(rows)
    });
    let (key, grace, session) = rows.wait().unwrap();
    let secret = engine.service().load_secret().wait().unwrap();
    engine.close().unwrap();
    let again = Engine::open(store, catalog(NOTHING)).unwrap();
    assert_eq!(again.service().list_api_keys().wait().unwrap(), [key]);
    assert_eq!(
        again.service().list_administrators().wait().unwrap(),
        [grace]
    );
    assert_eq!(
        again.service().find_session(&session.hash).wait().unwrap(),
        Some(session)
    );
    assert_eq!(
        (again.service().load_secret().wait().unwrap(), secret.len()),
        (secret, 32)
    );
}

#[test]
fn of_concurrent_first_administrators_one_succeeds() {
    let world = World::new(NOTHING);
    let become_first = |number: usize| {
        world.engine.service().change_access(move |administration| {
            let first = administration.list_administrators()?.is_empty();
            if first {
                let row = AdministratorRow {
                    name: number.to_string(),
                    ..grace(administration.now())
                };
                administration.put_administrator(&row)?;
            }
            Ok(first)
        })
    };
    let tickets: Vec<_> = (0..20).map(become_first).collect();
    assert_eq!(
        tickets
            .into_iter()
            .map(|one| one.wait().unwrap())
            .filter(|first| *first)
            .count(),
        1
    );
    assert_eq!(
        world
            .engine
            .service()
            .list_administrators()
            .wait()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn an_invitation_is_valid_once_and_until_it_expires() {
    let world = World::new(NOTHING);
    let invite = || {
        let put = |administration: &mut accolade::service::AccessTransaction<'_>| {
            let row = session(SessionKind::Invitation, administration.now());
            administration.put_session(&row)
        };
        world.engine.service().change_access(put).wait().unwrap();
    };
    let accept = || {
        let accepted = world.engine.service().change_access(|administration| {
            let good = administration.find_session(&[1; 32])?.is_some();
            Ok(good && administration.delete_session(&[1; 32])?)
        });
        accepted.wait().unwrap()
    };
    invite();
    assert_eq!((accept(), accept()), (true, false));
    invite();
    world.advance_clock(3_600);
    assert_eq!(
        world
            .engine
            .service()
            .find_session(&[1; 32])
            .wait()
            .unwrap(),
        None,
        "it has expired"
    );
    assert!(!accept());
}

#[test]
fn signing_out_everywhere_ends_all_sessions() {
    let world = World::new(NOTHING);
    let done = world.engine.service().change_access(|administration| {
        let now = administration.now();
        for hash in [1, 2] {
            administration.put_session(&SessionRow {
                hash: vec![hash],
                ..session(SessionKind::SignIn, now)
            })?;
        }
        administration.put_session(&SessionRow {
            hash: vec![3],
            ..session(SessionKind::Invitation, now)
        })?;
        administration.put_session(&SessionRow {
            hash: vec![4],
            expires_at: now,
            ..session(SessionKind::SignIn, now)
        })?;
        administration.put_session(&SessionRow {
            hash: vec![5],
            administrator: Some("grace".to_owned()),
            ..session(SessionKind::Invitation, now)
        })?;
        administration.delete_sessions_of("grace")?;
        administration.delete_expired_sessions()
    });
    done.wait().unwrap();
    let left = |hash: u8| {
        world
            .engine
            .service()
            .find_session(&[hash])
            .wait()
            .unwrap()
            .is_some()
    };
    assert_eq!(
        [1, 2, 3, 4, 5].map(left),
        [false, false, true, false, true],
        "invitations are no sessions"
    );
    let done = world
        .engine
        .service()
        .change_access(|administration| administration.delete_invitations_of("grace"));
    done.wait().unwrap();
    assert_eq!([3, 5].map(left), [true, false]);
}

#[test]
fn the_url_of_the_last_start_is_remembered() {
    let world = World::new(NOTHING);
    let service = world.engine.service();
    assert_eq!(service.find_url().wait().unwrap(), None);
    for url in ["http://127.0.0.1:8000", "https://play.example.com/game"] {
        let stored = service.change_access(move |administration| administration.put_url(url));
        stored.wait().unwrap();
        assert_eq!(service.find_url().wait().unwrap().as_deref(), Some(url));
    }
}

#[test]
fn a_secret_is_constant_until_it_is_replaced() {
    let world = World::new(NOTHING);
    let service = world.engine.service();
    assert_eq!(service.find_secret().wait().unwrap(), None);
    let first = service.load_secret().wait().unwrap();
    assert_eq!(service.find_secret().wait().unwrap(), Some(first.clone()));
    let replaced = service.change_access(|administration| administration.replace_secret());
    replaced.wait().unwrap();
    let second = service.load_secret().wait().unwrap();
    assert!(second != first && second.len() == 32);
    assert_eq!(service.find_secret().wait().unwrap(), Some(second));
}

#[test]
fn a_merged_guest_is_recognized_until_it_is_unmerged() {
    let world = World::new(NOTHING);
    let is_merged = |player: &str| {
        let service = world.engine.service();
        service.is_merged_guest(player).wait().unwrap()
    };
    for player in ["ada", "bob", "guest"] {
        let event = NewEvent::new(player, "visit").id(player.to_owned());
        world.send(event).unwrap();
    }
    world.act(Action::merge("bob", "guest")).unwrap();
    world.act(Action::merge("ada", "bob")).unwrap();
    let found = ["ada", "bob", "guest", "unknown"].map(is_merged);
    assert_eq!(found, [false, true, true, false]);
    world.act(Action::unmerge("ada", "bob")).unwrap();
    assert_eq!(["ada", "bob", "guest"].map(is_merged), [false, false, true]);
}

#[test]
fn an_entry_about_a_guest_names_the_player_and_is_erased_with_it() {
    let world = World::new(NOTHING);
    for player in ["ada", "guest"] {
        let event = NewEvent::new(player, "visit").id(player.to_owned());
        world.send(event).unwrap();
    }
    world.act(Action::merge("ada", "guest")).unwrap();
    let record = || {
        let engine = world.engine.on_behalf_of("grace");
        let recorded = engine.service().change_access(|administration| {
            administration.record_player_audit_entry("player.export", "guest", json!({ "a": 1 }))
        });
        recorded.wait().unwrap();
    };
    let log = || {
        let page = world.engine.service().list_audit_entries(None, 9);
        let lines = page.wait().unwrap().items.into_iter();
        lines
            .map(|entry| (entry.player.map(String::from), entry.detail))
            .collect::<Vec<_>>()
    };
    record();
    assert_eq!(log(), [(Some("ada".to_owned()), json!({ "a": 1 }))]);
    world.engine.players().erase("ada").wait().unwrap();
    record();
    assert_eq!(log(), [(None, json!({})), (None, json!({}))]);
}

#[test]
fn a_failure_changes_nothing_and_logs_nothing() {
    let world = World::new(NOTHING);
    let failed = world
        .engine
        .on_behalf_of("grace")
        .service()
        .change_access(|administration| {
            administration.put_administrator(&grace(administration.now()))?;
            administration.record_audit_entry("administrator.add", "grace", json!({}))?;
            administration.put_api_key(&key("a", administration.now()))?;
            administration.put_api_key(&key("b", administration.now()))
        });
    assert!(
        matches!(failed.wait(), Err(Error::Store(StoreError::Other(_)))),
        "there are two keys of a name"
    );
    assert_eq!(
        world.engine.service().list_administrators().wait().unwrap(),
        []
    );
    assert_eq!(world.engine.service().list_api_keys().wait().unwrap(), []);
    assert_eq!(
        world
            .engine
            .service()
            .list_audit_entries(None, 9)
            .wait()
            .unwrap()
            .items,
        []
    );
}

#[test]
fn an_administration_records_the_actor() {
    let world = World::new(NOTHING);
    let revoke = |engine: Engine| {
        let note = |administration: &mut accolade::service::AccessTransaction<'_>| {
            administration.record_audit_entry("key.revoke", "k", json!({ "name": "shop" }))
        };
        engine.service().change_access(note).wait().unwrap();
    };
    revoke(world.engine.clone());
    revoke(world.engine.on_behalf_of("grace"));
    let log = world
        .engine
        .service()
        .list_audit_entries(None, 9)
        .wait()
        .unwrap()
        .items;
    let lines: Vec<_> = log
        .iter()
        .map(|one| (&*one.actor, &*one.action, &*one.subject, one.detail.clone()))
        .collect();
    assert_eq!(
        lines,
        [("grace", "key.revoke", "k", json!({ "name": "shop" }))]
    );
    assert_eq!(log[0].at, instant("2026-06-01T12:00:00Z"));
}
