//! Counts of what is open for each address, such as connections, with a bound.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts for each address. It forgets addresses for which nothing is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressCounter(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One of the things that are open for an address. Dropping it counts down.
#[derive(Debug)]
pub(crate) struct CountedPlace {
    counter: AddressCounter,
    address: IpAddr,
}

impl AddressCounter {
    /// Counts one more for an address, unless that exceeds the bound.
    pub(crate) fn count_one(&self, address: IpAddr, bound: usize) -> Option<CountedPlace> {
        let mut counts = self.lock_counts();
        let count = counts.get(&address).copied().unwrap_or_default();
        if count >= bound {
            return None;
        }
        counts.insert(address, count + 1);
        let counter = self.clone();
        Some(CountedPlace { counter, address })
    }

    fn lock_counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CountedPlace {
    fn drop(&mut self) {
        let mut counts = self.counter.lock_counts();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_bound_and_is_forgotten_at_zero() {
        let counter = AddressCounter::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
        let first = counter.count_one(one, 2).unwrap();
        let second = counter.count_one(one, 2).unwrap();
        assert!(counter.count_one(one, 2).is_none());
        let third = counter.count_one(other, 2).unwrap();
        drop(first);
        drop(counter.count_one(one, 2).unwrap());
        drop((second, third));
        assert!(counter.lock_counts().is_empty());
    }
}
