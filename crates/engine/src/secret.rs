//! Settings of the store: the secret of a service, and the address that it was last served at.

use crate::store::{StoreError, Transaction};

/// Setting that holds the secret of a service.
pub(crate) const SERVICE_SECRET: &str = "service";
/// Setting that holds the URL at which the service was last started.
pub(crate) const SERVICE_URL: &str = "service-url";

/// Loads the named secret, or creates it on first use.
pub(crate) fn load_or_create_secret(
    tx: &mut dyn Transaction,
    name: &str,
) -> Result<Vec<u8>, StoreError> {
    match tx.load_setting(name)? {
        Some(secret) => Ok(secret),
        None => replace_secret(tx, name),
    }
}

/// Stores a new secret under a name, in place of any previous one, and returns it.
pub(crate) fn replace_secret(tx: &mut dyn Transaction, name: &str) -> Result<Vec<u8>, StoreError> {
    // Two v4 UUIDs give 244 random bits without a dependency on a random number generator.
    let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    let secret: Vec<u8> = halves
        .iter()
        .flat_map(|half| half.as_bytes())
        .copied()
        .collect();
    tx.put_setting(name, &secret)?;
    Ok(secret)
}
