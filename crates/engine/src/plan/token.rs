//! Plan tokens: a text that identifies a plan and holds a digest of its changes, so that publishing
//! can check whether they still apply.

use std::fmt;
use std::str::FromStr;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use sha2::{Digest, Sha256};

/// Prefix of a token, naming its format.
const FORMAT: &str = "plan1";
/// Number of characters of a fingerprint in a token.
const FINGERPRINT: usize = 16;

/// A plan token: [`PublishOptions::plan`](crate::PublishOptions::plan) publishes only what was
/// planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanToken {
    /// Version of the published catalog.
    pub(super) version: i64,
    /// True if awards are revoked.
    pub(super) revoke: bool,
    /// Time of the plan.
    pub(super) as_of: Timestamp,
    /// Prefix of the new catalog's fingerprint.
    pub(super) fingerprint: String,
    /// Digest of all changes.
    pub(super) digest: u128,
}

/// An error that prevents publishing a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The text is not a valid token.
    #[error("`{0}` is not a plan token; copy the whole token that `plan` printed")]
    NoToken(String),
    /// Another version was published since.
    #[error(
        "the plan was made for version {planned}, but version {in_force} is published now; \
         plan again"
    )]
    OtherVersion {
        /// Version that the plan was made for.
        planned: i64,
        /// Version that is published now.
        in_force: i64,
    },
    /// The plan was made for another catalog.
    #[error("the plan was made for another catalog; plan again with this one")]
    OtherCatalog,
    /// Planned and requested treatment of awards differ.
    #[error("the plan {}; plan again, or publish with the same option", against(.planned))]
    OtherTakeBack {
        /// True if the plan revokes awards.
        planned: bool,
    },
    /// Events recorded since the plan changed the effect of publishing.
    #[error(
        "publishing would no longer do what was planned:{}{}\nnothing was published; plan again",
        lines(.differences),
        and_more(.more)
    )]
    Outdated {
        /// First differences, one line each.
        differences: Vec<String>,
        /// Number of further differences.
        more: usize,
    },
    /// Other processes write so often that the plan cannot be compared.
    #[error(
        "other processes write too often to compare the plan; nothing was published; \
         try again when there is less traffic"
    )]
    Unsettled,
}

fn against(planned_revoke: &bool) -> &'static str {
    match planned_revoke {
        true => "revokes awards, but publishing would keep them",
        false => "keeps awards, but publishing would revoke them",
    }
}

fn lines(differences: &[String]) -> String {
    if differences.is_empty() {
        return "\n  events were recorded while the plan was made".to_owned();
    }
    differences
        .iter()
        .map(|line| format!("\n  {line}"))
        .collect()
}

fn and_more(more: &usize) -> String {
    if *more == 0 {
        String::new()
    } else {
        format!("\n  … and {more} more")
    }
}

impl PlanToken {
    /// Returns the version of the published catalog that the plan was made for.
    pub fn version(&self) -> i64 {
        self.version
    }

    pub(super) fn new(
        version: i64,
        catalog: &Catalog,
        take_back: bool,
        as_of: Timestamp,
        digest: u128,
    ) -> Self {
        Self {
            version,
            revoke: take_back,
            as_of,
            fingerprint: short(catalog),
            digest,
        }
    }

    /// Checks that the publication is the one that was planned.
    pub(super) fn check(
        &self,
        in_force: i64,
        catalog: &Catalog,
        take_back: bool,
    ) -> Result<(), PlanError> {
        // The version first: against another one, the other comparisons mean nothing.
        if self.version != in_force {
            return Err(PlanError::OtherVersion {
                planned: self.version,
                in_force,
            });
        }
        if self.fingerprint != short(catalog) {
            return Err(PlanError::OtherCatalog);
        }
        if self.revoke != take_back {
            return Err(PlanError::OtherTakeBack {
                planned: self.revoke,
            });
        }
        Ok(())
    }

    /// Renders the token without its checksum.
    fn body(&self) -> String {
        let Self {
            version,
            revoke: take_back,
            as_of,
            fingerprint,
            digest,
        } = self;
        let awards = if *take_back { "take" } else { "keep" };
        format!(
            "{FORMAT}-{version}-{awards}-{:x}-{fingerprint}-{digest:032x}",
            as_of.as_micros()
        )
    }
}

fn short(catalog: &Catalog) -> String {
    catalog.fingerprint().chars().take(FINGERPRINT).collect()
}

/// Computes a checksum that reveals an incomplete copy.
fn checksum(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    format!("{:02x}{:02x}", hash[0], hash[1])
}

impl fmt::Display for PlanToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body();
        write!(f, "{body}-{}", checksum(&body))
    }
}

impl serde::Serialize for PlanToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for PlanToken {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let text = text.trim();
        read(text).ok_or_else(|| PlanError::NoToken(text.chars().take(100).collect()))
    }
}

fn read(text: &str) -> Option<PlanToken> {
    let (body, sum) = text.rsplit_once('-')?;
    let [FORMAT, version, awards, as_of, fingerprint, digest] =
        body.split('-').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let take_back = match awards {
        "take" => true,
        "keep" => false,
        _ => return None,
    };
    let token = PlanToken {
        version: version.parse().ok()?,
        revoke: take_back,
        as_of: Timestamp::from_micros(i64::from_str_radix(as_of, 16).ok()?)?,
        fingerprint: fingerprint.to_owned(),
        digest: u128::from_str_radix(digest, 16).ok()?,
    };
    // Only the canonical spelling is accepted, so that each plan has exactly one token.
    (sum == checksum(body) && token.body() == body).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_a_round_trip_and_an_incomplete_copy_is_rejected() {
        let catalog = Catalog::from_toml("name = 'x'").unwrap();
        let as_of = "2026-06-01T12:00:00Z".parse().unwrap();
        for (version, take_back, digest) in
            [(1, false, 0), (17, true, u128::MAX), (3, false, 1 << 100)]
        {
            let token = PlanToken::new(version, &catalog, take_back, as_of, digest);
            let text = token.to_string();
            assert_eq!(format!(" {text}\n").parse(), Ok(token), "{text}");
            for cut in 0..text.len() {
                assert!(
                    text[..cut].parse::<PlanToken>().is_err(),
                    "{}",
                    &text[..cut]
                );
            }
            let other = text.replacen("plan1", "plan2", 1);
            assert_eq!(
                other.parse::<PlanToken>(),
                Err(PlanError::NoToken(other.clone()))
            );
        }
    }
}
