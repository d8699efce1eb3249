//! Catalogs and what they define.

use super::fixture::{award, catalog, changes, commit, definition, definitions, install, reader, write};
use super::{Case, cases};
use crate::store::{Changes, Store};

pub(super) const CASES: &[Case] = cases![
    the_latest_catalog_is_in_force,
    a_catalog_version_exists_once,
    s15_awards_of_a_retired_badge_stay,
    a_definition_may_come_back,
];

fn the_latest_catalog_is_in_force(store: &dyn Store) {
    assert_eq!(reader(store).catalog().unwrap(), None);
    for version in [1, 2, 3] {
        commit(store, |transaction| transaction.install_catalog(&catalog(version), &definitions()).unwrap());
        assert_eq!(reader(store).catalog().unwrap(), Some(catalog(version)));
    }
}

fn a_catalog_version_exists_once(store: &dyn Store) {
    install(store);
    let mut writer = store.writer().unwrap();
    let mut transaction = writer.begin(&[]).unwrap();
    assert!(transaction.install_catalog(&catalog(1), &[]).is_err());
}

fn s15_awards_of_a_retired_badge_stay(store: &dyn Store) {
    install(store);
    let earned = award("ada", "teacher", "", "", 1);
    let later = award("ada", "teacher", "", "later", 2);
    write(store, &[Changes { awards: vec![earned.clone()], ..changes("ada") }]);
    let others: Vec<_> = definitions().into_iter().filter(|definition| definition.id != "teacher").collect();
    commit(store, |transaction| transaction.install_catalog(&catalog(2), &others).unwrap());
    assert_eq!(reader(store).awards("ada").unwrap().len(), 1);
    write(store, &[Changes { awards: vec![later.clone()], ..changes("ada") }]);
    assert_eq!(reader(store).earners("teacher", None, 9).unwrap(), [earned, later]);
}

fn a_definition_may_come_back(store: &dyn Store) {
    install(store);
    let category = definition("category", "writing");
    commit(store, |transaction| transaction.install_catalog(&catalog(2), &[category]).unwrap());
    commit(store, |transaction| transaction.install_catalog(&catalog(3), &definitions()).unwrap());
    let earned = award("ada", "teacher", "", "", 1);
    write(store, &[Changes { awards: vec![earned.clone()], ..changes("ada") }]);
    assert_eq!(reader(store).awards("ada").unwrap(), [earned]);
}
