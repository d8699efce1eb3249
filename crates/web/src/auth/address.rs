//! Client addresses, with support for trusted proxies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::state::AppState;

/// Header with the addresses of client and proxies, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Address of the client, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::from_parts(
            parts,
            &app.settings.server.trusted_proxies,
        ))
    }
}

impl ClientAddress {
    /// Returns the network of the address, by which limits count.
    pub(crate) fn network(self) -> IpAddr {
        network(self.0)
    }

    /// Returns the nearest address that does not belong to a trusted proxy.
    pub(crate) fn from_parts(parts: &Parts, trusted: &[IpAddr]) -> Self {
        // Canonical, because an IPv4-mapped IPv6 address must equal its IPv4 form in the settings.
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| peer.ip().to_canonical());
        // A host that mounts the routers may not provide the peer address.
        let mut address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let named = parts
            .headers
            .get_all(FORWARDED_FOR)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = named
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        // From right to left, because clients can forge entries, but only to the left of those that
        // trusted proxies append.
        for name in named.into_iter().rev() {
            if !trusted.contains(&address) {
                break;
            }
            // An invalid entry ends the chain: nothing to its left can be trusted.
            let Ok(before) = name.parse::<IpAddr>() else {
                break;
            };
            address = before.to_canonical();
        }
        Self(address)
    }
}

/// Returns the network that counts as one client in limits: an IPv4 address, or an IPv6 /64.
// Providers assign at least a /64 to each customer, who can choose any address in it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn only_trusted_proxies_say_where_a_request_comes_from() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        for (peer, forwarded, expected) in [
            ("192.0.2.1", None, "192.0.2.1"),
            ("192.0.2.1", Some("198.51.100.7"), "192.0.2.1"),
            ("10.0.0.1", Some("198.51.100.7"), "198.51.100.7"),
            (
                "10.0.0.1",
                Some("203.0.113.9, 198.51.100.7"),
                "198.51.100.7",
            ),
            ("10.0.0.1", Some("203.0.113.9, 10.0.0.1"), "203.0.113.9"),
            ("10.0.0.1", Some("nonsense"), "10.0.0.1"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("::ffff:10.0.0.1", Some("2001:db8::1"), "2001:db8::1"),
        ] {
            let mut request = Request::builder();
            if let Some(forwarded) = forwarded {
                request = request.header(FORWARDED_FOR, forwarded);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            parts
                .extensions
                .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            assert_eq!(
                ClientAddress::from_parts(&parts, &[proxy]).0,
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn an_ipv4_address_and_an_ipv6_network_count_as_one_client() {
        for (address, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.2", "192.0.2.2"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::"),
            ("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::"),
            ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ] {
            assert_eq!(
                network(address.parse().unwrap()),
                expected.parse::<IpAddr>().unwrap(),
                "{address}"
            );
        }
    }
}
