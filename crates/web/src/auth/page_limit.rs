//! Rate limit of the public pages, by address and by network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;

use axum::http::{HeaderValue, StatusCode, header};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::problem::Problem;
use crate::settings::LimitSettings;

/// Requests of a network, as a multiple of those of an address.
const NETWORK_FACTOR: u32 = 8;
/// Number of buckets above which replenished ones are dropped, to bound memory.
const MAX_BUCKETS: usize = 10_000;

/// Rate limiter of the public pages.
pub(crate) struct PageLimiter {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    networks: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl PageLimiter {
    pub(crate) fn new(limits: &LimitSettings) -> Self {
        // A limit of zero would lock out everyone.
        let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let limiter = |factor: u32| {
            let rate = at_least_one(limits.pages_per_second.saturating_mul(factor));
            let burst = at_least_one(limits.pages_at_once.saturating_mul(factor));
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst))
        };
        Self {
            addresses: limiter(1),
            networks: limiter(NETWORK_FACTOR),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request from an address, which is limited as `client`. Returns a problem if a rate
    /// limit is exceeded.
    pub(crate) fn count_request(&self, address: IpAddr, client: IpAddr) -> Result<(), Problem> {
        // A host that mounts the routers may not say where requests come from. All visitors would
        // then share one limit.
        if address.is_unspecified() {
            return Ok(());
        }
        // The address comes first, so that a refused request does not use up the network's limit.
        for (limiter, key) in [
            (&self.addresses, client),
            (&self.networks, wide_network(address)),
        ] {
            if limiter.len() > MAX_BUCKETS {
                // A bucket that has been replenished can be forgotten: a new one is full, too.
                limiter.retain_recent();
            }
            if let Err(early) = limiter.check_key(&key) {
                // Rounded up, so that a retry after this time succeeds.
                let seconds = early.wait_time_from(self.clock.now()).as_secs() + 1;
                return Err(too_many_requests(seconds));
            }
        }
        Ok(())
    }
}

fn too_many_requests(seconds: u64) -> Problem {
    let detail = format!("too many requests from this address; retry in {seconds} s");
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem::new(status, "too-many-requests", "Too many requests", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

/// Returns the network that usually belongs to one organization: an IPv4 /24 or an IPv6 /48.
fn wide_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & !0xff)),
        IpAddr::V6(address) => {
            let host = u128::MAX >> 48;
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !host))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(limiter: &PageLimiter, address: &str) -> bool {
        let address: IpAddr = address.parse().unwrap();
        limiter.count_request(address, address).is_ok()
    }

    #[test]
    fn addresses_and_networks_have_limits_of_their_own() {
        let mut limits = crate::Settings::default().limits;
        (limits.pages_per_second, limits.pages_at_once) = (1, 1);
        let limiter = PageLimiter::new(&limits);
        for (address, expected) in [
            ("192.0.2.1", true),
            ("192.0.2.1", false),
            ("198.51.100.1", true),
            ("2001:db8::", true),
            ("2001:db8::", false),
            ("2001:db8:0:1::", true),
        ] {
            assert_eq!(allowed(&limiter, address), expected, "{address}");
        }
        let limiter = PageLimiter::new(&limits);
        let of_network = (0..20).filter(|host| allowed(&limiter, &format!("192.0.2.{host}")));
        assert!((8..12).contains(&of_network.count()));
        let of_site = (0..20).filter(|subnet| allowed(&limiter, &format!("2001:db8:0:{subnet}::")));
        assert!((8..12).contains(&of_site.count()));
        assert!(
            (0..20).all(|_| allowed(&limiter, "0.0.0.0")),
            "the host did not say"
        );
    }
}
