//! Catalogs, their definitions, and settings of the engine.

use accolade::store::{CatalogRow, ChangeSet, Store};

use super::fixture::{
    award, catalog, changes, commit, definition, definitions, install, reader, write,
};

pub fn the_latest_catalog_is_published(store: &dyn Store) {
    assert_eq!(reader(store).load_catalog().unwrap(), None);
    for version in [1, 2, 3] {
        commit(store, |transaction| {
            transaction
                .publish_catalog(&catalog(version), &definitions())
                .unwrap()
        });
        assert_eq!(
            reader(store).load_catalog().unwrap(),
            Some(catalog(version))
        );
    }
}

pub fn earlier_catalogs_are_kept(store: &dyn Store) {
    assert_eq!(reader(store).catalog_version().unwrap(), 0);
    assert_eq!(reader(store).list_catalogs().unwrap(), []);
    let nameless = CatalogRow {
        published_by: None,
        note: None,
        ..catalog(10)
    };
    let all = [catalog(1), catalog(2), nameless];
    for row in &all {
        commit(store, |transaction| {
            transaction.publish_catalog(row, &definitions()).unwrap()
        });
        assert_eq!(reader(store).catalog_version().unwrap(), row.version);
    }
    assert_eq!(reader(store).list_catalogs().unwrap(), all);
    for (version, expected) in [
        (2, Some(&all[1])),
        (10, Some(&all[2])),
        (3, None),
        (0, None),
    ] {
        assert_eq!(
            reader(store).find_catalog(version).unwrap().as_ref(),
            expected,
            "version {version}"
        );
    }
}

pub fn a_catalog_version_exists_once(store: &dyn Store) {
    install(store);
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&[]).unwrap();
    assert!(transaction.publish_catalog(&catalog(1), &[]).is_err());
}

pub fn s15_awards_of_a_retired_badge_stay(store: &dyn Store) {
    install(store);
    let earned = award("ada", "teacher", "", "", 1);
    let later = award("ada", "teacher", "", "later", 2);
    write(
        store,
        &[ChangeSet {
            awards: vec![earned.clone()],
            ..changes("ada")
        }],
    );
    let others: Vec<_> = definitions()
        .into_iter()
        .filter(|definition| definition.id != "teacher")
        .collect();
    commit(store, |transaction| {
        transaction.publish_catalog(&catalog(2), &others).unwrap()
    });
    assert_eq!(reader(store).list_awards("ada").unwrap().len(), 1);
    write(
        store,
        &[ChangeSet {
            awards: vec![later.clone()],
            ..changes("ada")
        }],
    );
    assert_eq!(
        reader(store).list_earners("teacher", None, 9).unwrap(),
        [earned, later]
    );
}

pub fn a_retired_definition_may_return(store: &dyn Store) {
    install(store);
    let category = definition("category", "writing");
    commit(store, |transaction| {
        transaction
            .publish_catalog(&catalog(2), &[category])
            .unwrap()
    });
    commit(store, |transaction| {
        transaction
            .publish_catalog(&catalog(3), &definitions())
            .unwrap()
    });
    let earned = award("ada", "teacher", "", "", 1);
    write(
        store,
        &[ChangeSet {
            awards: vec![earned.clone()],
            ..changes("ada")
        }],
    );
    assert_eq!(reader(store).list_awards("ada").unwrap(), [earned]);
}

pub fn settings_are_put_by_name(store: &dyn Store) {
    let bytes: Vec<u8> = (0..=255).collect();
    let put = |name: &str, value: &[u8]| {
        commit(store, |transaction| {
            transaction.put_setting(name, value).unwrap()
        })
    };
    put("key", b"first");
    put("key", &bytes);
    put("Key", b"");
    for (name, expected) in [
        ("key", Some(bytes.clone())),
        ("Key", Some(Vec::new())),
        ("ke", None),
    ] {
        assert_eq!(
            reader(store).load_setting(name).unwrap(),
            expected,
            "{name}"
        );
    }
}
