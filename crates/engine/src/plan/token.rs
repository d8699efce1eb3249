//! A plan in one word: what it looked at, and a digest of what it found, so that publishing can tell whether that still
//! holds.

use std::fmt;
use std::str::FromStr;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use sha2::{Digest, Sha256};

/// What a token begins with: its format.
const FORMAT: &str = "plan1";
/// How much of a fingerprint a token holds.
const FINGERPRINT: usize = 16;

/// Stands for a plan: [`Publishing::plan`](crate::Publishing::plan) publishes only what was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanToken {
    /// The version in force.
    pub(super) version: i64,
    /// Whether awards are taken back.
    pub(super) take_back: bool,
    /// Up to when what was recorded was taken in.
    pub(super) as_of: Timestamp,
    /// The beginning of the new catalog's fingerprint.
    pub(super) fingerprint: String,
    /// What all changes come to.
    pub(super) digest: u128,
}

/// Why a plan cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The text is no token.
    #[error("`{0}` is not the token of a plan; copy all of what `plan` printed")]
    NoToken(String),
    /// Another version is in force.
    #[error(
        "the plan looked at version {planned}, and version {in_force} is in force now; plan again"
    )]
    OtherVersion {
        /// The version that was planned over.
        planned: i64,
        /// The version in force.
        in_force: i64,
    },
    /// The catalog is another one.
    #[error("the plan looked at another catalog than the one that is to be published; plan again")]
    OtherCatalog,
    /// Awards were to be kept, or taken back, and now are not.
    #[error("the plan {}; plan again, or publish as planned", match .planned { true => "takes awards back, and publishing was not told to", false => "keeps awards, and publishing was told to take them back" })]
    OtherTakeBack {
        /// Whether the plan takes awards back.
        planned: bool,
    },
    /// What was recorded since then changed what publishing would do.
    #[error("what publishing would do is not what was planned, because of what happened since:{}{}\nplan again", lines(.differences), and_more(.more))]
    Outdated {
        /// The first differences, a line each.
        differences: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// Other processes record without a pause, so that the plan can never be seen to hold.
    #[error(
        "other processes record so much that the plan cannot be compared; try again when they do less"
    )]
    Unsettled,
}

fn lines(differences: &[String]) -> String {
    if differences.is_empty() {
        return "\n  something was recorded while the plan was made".to_owned();
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
    /// The version that was in force when it was planned.
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
            take_back,
            as_of,
            fingerprint: short(catalog),
            digest,
        }
    }

    /// Refuses to publish something else than what was planned.
    pub(super) fn check(
        &self,
        in_force: i64,
        catalog: &Catalog,
        take_back: bool,
    ) -> Result<(), PlanError> {
        if self.version != in_force {
            return Err(PlanError::OtherVersion {
                planned: self.version,
                in_force,
            });
        }
        if self.fingerprint != short(catalog) {
            return Err(PlanError::OtherCatalog);
        }
        if self.take_back != take_back {
            return Err(PlanError::OtherTakeBack {
                planned: self.take_back,
            });
        }
        Ok(())
    }

    fn body(&self) -> String {
        let Self {
            version,
            take_back,
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

/// What shows that a token was not copied whole.
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
        take_back,
        as_of: Timestamp::from_micros(i64::from_str_radix(as_of, 16).ok()?)?,
        fingerprint: fingerprint.to_owned(),
        digest: u128::from_str_radix(digest, 16).ok()?,
    };
    (sum == checksum(body) && token.body() == body).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_refused_when_it_was_not_copied_whole() {
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
