//! `cargo xtask simulate` and `cargo xtask crash`: longer runs of randomized tests.

use std::env;
use std::path::Path;
use std::process::Command;

/// Randomized test whose length can be chosen.
pub(crate) struct StressTest {
    package: &'static str,
    target: &'static str,
    test: &'static str,
    /// Options, each with the environment variable that passes it to the test.
    options: &'static [(&'static str, &'static str)],
    /// Default of the first option.
    default: &'static str,
}

/// Random sequences of all actions and commands.
pub(crate) const SIMULATE: StressTest = StressTest {
    package: "accolade",
    target: "simulation",
    test: "random_sequences_end_in_what_one_fold_says",
    options: &[("--seeds", "TEST_SEEDS"), ("--from", "TEST_FIRST_SEED")],
    default: "10000",
};

/// Processes killed under load.
pub(crate) const CRASH: StressTest = StressTest {
    package: "accolade-sqlite",
    target: "crashes",
    test: "a_killed_process_loses_nothing_that_it_acknowledged",
    options: &[("--times", "TEST_CRASHES"), ("--seed", "TEST_CRASH_SEED")],
    default: "200",
};

impl StressTest {
    /// Runs the test in the release profile. Returns true if it passed.
    pub(crate) fn run_release(&self, root: &Path, arguments: &[&str]) -> bool {
        let variables = match self.to_variables(arguments) {
            Ok(variables) => variables,
            Err(wrong) => {
                eprintln!("{wrong}");
                return false;
            }
        };
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args([
            "test",
            "--release",
            "-p",
            self.package,
            "--test",
            self.target,
        ]);
        command
            .args(["--", "--exact", self.test, "--nocapture"])
            .envs(variables)
            .current_dir(root);
        match command.status() {
            Ok(status) => status.success(),
            Err(error) => {
                eprintln!("cannot run {command:?}: {error}");
                false
            }
        }
    }

    /// Converts the arguments to environment variables.
    fn to_variables(&self, arguments: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
        let mut variables = vec![(self.options[0].1, self.default.to_owned())];
        for pair in arguments.chunks(2) {
            let variable = self.options.iter().find(|(option, _)| *option == pair[0]);
            let number = pair.get(1).filter(|number| number.parse::<u64>().is_ok());
            match (variable, number) {
                (Some((_, variable)), Some(number)) => {
                    variables.push((variable, (*number).to_owned()))
                }
                _ => {
                    let options: Vec<String> = self
                        .options
                        .iter()
                        .map(|(option, _)| format!("{option} N"))
                        .collect();
                    return Err(format!(
                        "invalid option `{}`; the options are {}",
                        pair.join(" "),
                        options.join(" and ")
                    ));
                }
            }
        }
        Ok(variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_become_variables() {
        let seeds = |number: &str| ("TEST_SEEDS", number.to_owned());
        let from = ("TEST_FIRST_SEED", "7".to_owned());
        for (arguments, expected) in [
            (vec![], Ok(vec![seeds("10000")])),
            (
                vec!["--from", "7", "--seeds", "5"],
                Ok(vec![seeds("10000"), from, seeds("5")]),
            ),
            (
                vec!["--seeds"],
                Err("invalid option `--seeds`; the options are --seeds N and --from N".to_owned()),
            ),
            (
                vec!["--times", "5"],
                Err(
                    "invalid option `--times 5`; the options are --seeds N and --from N".to_owned(),
                ),
            ),
        ] {
            assert_eq!(SIMULATE.to_variables(&arguments), expected, "{arguments:?}");
        }
    }
}
