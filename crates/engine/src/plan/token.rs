//! Plan tokens: a text that identifies a plan and holds a digest of its changes, so that publishing
//! can check whether they still apply.

use std::fmt;
use std::str::FromStr;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use sha2::{Digest, Sha256};

/// Prefix of a token, naming its format.
const TOKEN_FORMAT: &str = "plan1";
/// Number of characters of a fingerprint in a token.
const FINGERPRINT_CHARS: usize = 16;

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
#[non_exhaustive]
pub enum PlanError {
    /// The text is not a valid token.
    #[error("`{0}` is not a plan token; copy the whole token that `plan` printed")]
    InvalidToken(String),
    /// Another version was published since.
    #[error(
        "the plan was made for version {planned}, but version {published} is published now; \
         plan again"
    )]
    VersionMismatch {
        /// Version that the plan was made for.
        planned: i64,
        /// Version that is published now.
        published: i64,
    },
    /// The plan was made for another catalog.
    #[error("the plan was made for another catalog; plan again with this one")]
    CatalogMismatch,
    /// Planned and requested treatment of awards differ.
    #[error("the plan {}; plan again, or publish with the same option", describe_mismatch(.planned))]
    RevokeMismatch {
        /// True if the plan revokes awards.
        planned: bool,
    },
    /// Events recorded since the plan changed the effect of publishing.
    #[error(
        "publishing would no longer do what was planned:{}{}\nnothing was published; plan again",
        render_differences(.differences),
        render_more(.more)
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
    TooManyWrites,
}

fn describe_mismatch(planned_revoke: &bool) -> &'static str {
    match planned_revoke {
        true => "revokes awards, but publishing would keep them",
        false => "keeps awards, but publishing would revoke them",
    }
}

fn render_differences(differences: &[String]) -> String {
    if differences.is_empty() {
        return "\n  events were recorded while the plan was made".to_owned();
    }
    differences
        .iter()
        .map(|line| format!("\n  {line}"))
        .collect()
}

fn render_more(more: &usize) -> String {
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
        revoke: bool,
        as_of: Timestamp,
        digest: u128,
    ) -> Self {
        Self {
            version,
            revoke,
            as_of,
            fingerprint: short_fingerprint(catalog),
            digest,
        }
    }

    /// Checks that the publication is the one that was planned.
    pub(super) fn check_publication(
        &self,
        published: i64,
        catalog: &Catalog,
        revoke: bool,
    ) -> Result<(), PlanError> {
        // The version first: against another one, the other comparisons mean nothing.
        if self.version != published {
            return Err(PlanError::VersionMismatch {
                planned: self.version,
                published,
            });
        }
        if self.fingerprint != short_fingerprint(catalog) {
            return Err(PlanError::CatalogMismatch);
        }
        if self.revoke != revoke {
            return Err(PlanError::RevokeMismatch {
                planned: self.revoke,
            });
        }
        Ok(())
    }

    /// Renders the token without its checksum.
    fn render_body(&self) -> String {
        let Self {
            version,
            revoke,
            as_of,
            fingerprint,
            digest,
        } = self;
        let awards = if *revoke { "revoke" } else { "keep" };
        format!(
            "{TOKEN_FORMAT}-{version}-{awards}-{:x}-{fingerprint}-{digest:032x}",
            as_of.as_micros()
        )
    }
}

fn short_fingerprint(catalog: &Catalog) -> String {
    catalog
        .fingerprint()
        .chars()
        .take(FINGERPRINT_CHARS)
        .collect()
}

/// Computes a checksum that reveals an incomplete copy.
fn compute_checksum(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    format!("{:02x}{:02x}", hash[0], hash[1])
}

impl fmt::Display for PlanToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.render_body();
        write!(f, "{body}-{}", compute_checksum(&body))
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
        parse_token(text).ok_or_else(|| PlanError::InvalidToken(text.chars().take(100).collect()))
    }
}

fn parse_token(text: &str) -> Option<PlanToken> {
    let (body, sum) = text.rsplit_once('-')?;
    let [TOKEN_FORMAT, version, awards, as_of, fingerprint, digest] =
        body.split('-').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let revoke = match awards {
        "revoke" => true,
        "keep" => false,
        _ => return None,
    };
    let token = PlanToken {
        version: version.parse().ok()?,
        revoke,
        as_of: Timestamp::from_micros(i64::from_str_radix(as_of, 16).ok()?)?,
        fingerprint: fingerprint.to_owned(),
        digest: u128::from_str_radix(digest, 16).ok()?,
    };
    // Only the canonical spelling is accepted, so that each plan has exactly one token.
    (sum == compute_checksum(body) && token.render_body() == body).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_a_round_trip_and_an_incomplete_copy_is_rejected() {
        let catalog = Catalog::from_toml("name = 'x'").unwrap();
        let as_of = "2026-06-01T12:00:00Z".parse().unwrap();
        for (version, revoke, digest) in
            [(1, false, 0), (17, true, u128::MAX), (3, false, 1 << 100)]
        {
            let token = PlanToken::new(version, &catalog, revoke, as_of, digest);
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
                Err(PlanError::InvalidToken(other.clone()))
            );
        }
    }
}
