//! Places of live streams: bounded in total and for each address, with a part for known callers.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::address_counter::{AddressCounter, CountedPlace};
use crate::problem::Problem;
use crate::settings::LimitSettings;

/// Part of the places that is reserved for API keys, player tokens and administrators: one in five.
const RESERVED_DIVISOR: usize = 5;

/// Places of all live streams.
pub(crate) struct StreamPlaces {
    all: Arc<Semaphore>,
    /// Places for visitors, which are also counted in `all`.
    visitors: Arc<Semaphore>,
    by_address: AddressCounter,
    max_per_address: usize,
    max: usize,
}

/// Client that opens a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StreamClient {
    /// Server with an API key, which may open streams for many people.
    Server,
    /// Person with a player token or a session, in a network that counts as one address.
    Person(IpAddr),
    /// Anyone else, in such a network.
    Visitor(IpAddr),
}

/// Place of an open stream. Dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct StreamPlace {
    _permits: [Option<OwnedSemaphorePermit>; 2],
    _of_address: Option<CountedPlace>,
}

impl StreamPlaces {
    pub(super) fn new(limits: &LimitSettings) -> Self {
        let reserved = limits.streams / RESERVED_DIVISOR;
        Self {
            all: Arc::new(Semaphore::new(limits.streams)),
            visitors: Arc::new(Semaphore::new(limits.streams - reserved)),
            by_address: AddressCounter::default(),
            max_per_address: limits.streams_per_address,
            max: limits.streams,
        }
    }

    /// Counts the open streams.
    pub(crate) fn count_open(&self) -> usize {
        self.max.saturating_sub(self.all.available_permits())
    }

    /// Takes a place, or fails if none is free.
    // At once instead of queued: a stream can stay open for hours.
    pub(crate) fn take_place(&self, client: StreamClient) -> Result<StreamPlace, Problem> {
        let of_address = match client {
            StreamClient::Server => None,
            StreamClient::Person(network) | StreamClient::Visitor(network) => {
                Some(self.count_address(network)?)
            }
        };
        let take = |places: &Arc<Semaphore>| {
            Arc::clone(places).try_acquire_owned().map_err(|_| {
                let detail = "too many open live streams";
                Problem::service_unavailable("too-many-streams", detail)
            })
        };
        let visitor = match client {
            StreamClient::Visitor(_) => Some(take(&self.visitors)?),
            StreamClient::Server | StreamClient::Person(_) => None,
        };
        Ok(StreamPlace {
            _permits: [visitor, Some(take(&self.all)?)],
            _of_address: of_address,
        })
    }

    fn count_address(&self, network: IpAddr) -> Result<CountedPlace, Problem> {
        // A host that mounts the routers may not say where requests come from.
        let bound = match network.is_unspecified() {
            true => usize::MAX,
            false => self.max_per_address,
        };
        self.by_address.count_one(network, bound).ok_or_else(|| {
            let detail = "too many open live streams from this address; close some of them";
            Problem::service_unavailable("too-many-streams", detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(streams: usize, streams_per_address: usize) -> StreamPlaces {
        let limits = crate::Settings::default().limits;
        StreamPlaces::new(&LimitSettings {
            streams,
            streams_per_address,
            ..limits
        })
    }

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn an_address_cannot_take_all_places() {
        let places = places(100, 2);
        let visitor = StreamClient::Visitor(at("192.0.2.1"));
        let person = StreamClient::Person(at("192.0.2.1"));
        let first = places.take_place(visitor).unwrap();
        let _second = places.take_place(person).unwrap();
        assert!(places.take_place(visitor).is_err());
        assert!(places.take_place(person).is_err());
        assert!(
            places
                .take_place(StreamClient::Visitor(at("192.0.2.2")))
                .is_ok()
        );
        assert!(places.take_place(StreamClient::Server).is_ok());
        drop(first);
        assert!(places.take_place(person).is_ok());
    }

    #[test]
    fn visitors_leave_places_for_keys_and_players() {
        let places = places(10, 1);
        let visitors = (0..10).map(|host| StreamClient::Visitor(at(&format!("10.0.0.{host}"))));
        let open: Vec<_> = visitors
            .filter_map(|one| places.take_place(one).ok())
            .collect();
        assert_eq!(open.len(), 8);
        let _key = places.take_place(StreamClient::Server).unwrap();
        let _player = places
            .take_place(StreamClient::Person(at("10.0.1.1")))
            .unwrap();
        assert!(places.take_place(StreamClient::Server).is_err());
    }

    #[test]
    fn a_host_that_hides_addresses_has_only_the_common_bound() {
        let places = places(10, 1);
        let unknown = StreamClient::Visitor(at("0.0.0.0"));
        let open: Vec<_> = (0..10)
            .filter_map(|_| places.take_place(unknown).ok())
            .collect();
        assert_eq!(open.len(), 8);
    }
}
