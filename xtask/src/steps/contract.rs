//! Whether a running service keeps what its OpenAPI document says: schemathesis makes requests of the document, right ones
//! and wrong ones, and compares the answers with it.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::House;
use crate::tally::{self, Tally};

/// What is installed, into a folder of its own below cargo's.
const TOOL: &str = "schemathesis==4.32.5";
/// What it is asked to do.
const CONFIGURATION: &str = "xtask/schemathesis.toml";
/// What the service says when it listens.
const LISTENING: &str = "Listening on ";
/// Something to find.
const EVENTS: &str = r#"{"id":"1","player":"ada","name":"post.published","props":{"words":250,"hour":14}}
{"id":"2","player":"ada","name":"post.published","props":{"words":10,"hour":3}}
{"id":"1","player":"bob","name":"answer.liked","props":{"by":"ada","answer":"a1"}}
"#;

/// Runs the step. `accolade` is built already.
pub(super) fn run(house: &House) -> Tally {
    let tried = tool(house).and_then(|tool| attempt(house, &tool));
    tried.unwrap_or_else(|error| {
        eprintln!("{error}");
        Tally::one(false)
    })
}

fn attempt(house: &House, tool: &Path) -> io::Result<Tally> {
    let folder = house.built.join("contract");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let accolade = || {
        let mut command = house.program("accolade");
        let database = format!("sqlite:{}", folder.join("accolade.db").display());
        command.args(["--db", &database, "--catalog", "catalogs/starter.toml"]);
        command
    };
    let key = printed(accolade().args(["keys", "create", "contract", "--scope", "record,read,act,admin"]))?;
    feed(accolade().args(["import", "-"]), EVENTS)?;
    let mut service = Service::start(accolade().args(["serve", "--listen", "127.0.0.1:0"]))?;
    let url = service.url()?;
    let mut command = Command::new(tool);
    command.arg("--config-file").arg(house.root.join(CONFIGURATION));
    command.args(["run", &format!("{url}/openapi.json"), "--no-color"]);
    // It leaves notes where it runs.
    command.args(["--header", &format!("Authorization: Bearer {}", key.trim())]).current_dir(&folder);
    Ok(tally::run(&mut command))
}

/// The tool's program, which is installed where it is not there yet.
fn tool(house: &House) -> io::Result<PathBuf> {
    let folder = house.built.join(TOOL.replace("==", "-"));
    let program = folder.join("bin/schemathesis");
    if program.exists() {
        return Ok(program);
    }
    println!("installing {TOOL} into {}", folder.display());
    if environment(&folder).is_err() {
        // A fresh Debian has Python without what makes environments.
        must(Command::new("apt-get").args(["update", "--quiet"]))?;
        must(Command::new("apt-get").args(["install", "--quiet", "--yes", "python3", "python3-venv"]))?;
        environment(&folder)?;
    }
    must(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", TOOL]))?;
    Ok(program)
}

fn environment(folder: &Path) -> io::Result<()> {
    must(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))
}

/// A service, which ends with this.
struct Service(Child);

impl Service {
    fn start(command: &mut Command) -> io::Result<Self> {
        // A refusal because there is too much at once would not be the document's fault.
        command.env("ACCOLADE_LIMITS_JOBS", "10000").env("ACCOLADE_LOG_LEVEL", "warn");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map(Self)
    }

    /// Where it listens.
    fn url(&mut self) -> io::Result<String> {
        let output = self.0.stdout.take().expect("standard output was asked for");
        for line in BufReader::new(output).lines() {
            if let Some(url) = line?.strip_prefix(LISTENING) {
                return Ok(url.to_owned());
            }
        }
        Err(io::Error::other("`accolade serve` ended before it listened"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a command prints, which must end well.
fn printed(command: &mut Command) -> io::Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(io::Error::other(format!("{command:?} failed: {}", output.status))),
    }
}

/// Runs a command that reads this, and must end well.
fn feed(command: &mut Command, input: &str) -> io::Result<()> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let mut pipe = child.stdin.take().expect("standard input was asked for");
    pipe.write_all(input.as_bytes())?;
    drop(pipe);
    match child.wait()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{command:?} failed"))),
    }
}

fn must(command: &mut Command) -> io::Result<()> {
    printed(command).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_or_is_not_there_is_told() {
        assert_eq!(printed(Command::new("echo").arg("x")).unwrap(), "x\n");
        assert!(must(&mut Command::new("false")).unwrap_err().to_string().contains("false"));
        assert!(must(&mut Command::new("a-program-that-nobody-has")).is_err());
        assert!(feed(&mut Command::new("cat"), "x").is_ok());
        assert!(feed(&mut Command::new("false"), "").is_err());
    }

    #[test]
    fn where_a_service_listens_is_what_it_says() {
        let service = |script: &str| Service::start(Command::new("sh").args(["-c", script])).unwrap().url();
        assert_eq!(service("echo hello; echo 'Listening on http://127.0.0.1:7'").unwrap(), "http://127.0.0.1:7");
        assert!(service("echo hello").is_err());
    }
}
