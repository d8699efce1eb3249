//! Options of `cargo xtask hammer`.

/// Options of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HammerOptions {
    /// Number of kills.
    pub(crate) kills: u64,
    /// Number of servers on one file, 1 or 2. With 2, a file is imported meanwhile.
    pub(crate) servers: u64,
    pub(crate) seed: u64,
}

impl HammerOptions {
    /// Parses arguments such as `--kills 60 --servers 2`.
    pub(crate) fn parse(arguments: &[&str], default_seed: u64) -> Result<Self, String> {
        let mut options = Self {
            kills: 60,
            servers: 1,
            seed: default_seed,
        };
        for pair in arguments.chunks(2) {
            let number = pair.get(1).and_then(|number| number.parse::<u64>().ok());
            match (pair[0], number) {
                ("--kills", Some(number)) => options.kills = number,
                ("--servers", Some(number @ (1 | 2))) => options.servers = number,
                ("--seed", Some(number)) => options.seed = number,
                _ => {
                    return Err(format!(
                        "invalid option `{}`; the options are --kills N, --servers 1 or 2, and --seed S",
                        pair.join(" ")
                    ));
                }
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_defaults_and_bounds() {
        let options = |kills, servers, seed| HammerOptions {
            kills,
            servers,
            seed,
        };
        for (arguments, expected) in [
            (&[][..], Some(options(60, 1, 9))),
            (
                &["--servers", "2", "--kills", "40"],
                Some(options(40, 2, 9)),
            ),
            (&["--seed", "0"], Some(options(60, 1, 0))),
            (&["--servers", "3"], None),
            (&["--kills"], None),
            (&["--kills", "many"], None),
            (&["--times", "5"], None),
        ] {
            assert_eq!(
                HammerOptions::parse(arguments, 9).ok(),
                expected,
                "{arguments:?}"
            );
        }
    }
}
