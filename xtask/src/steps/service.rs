//! A running service for a step: the binary that is built already, on a database of its own and a free port.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What `accolade serve` prints before its address, once it is ready.
const READY: &str = "Listening on ";
/// What the path of the first administrator's link, which it prints before that, begins with.
const WELCOME: &str = "/admin/welcome?";
/// How long it may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service that runs until this is dropped.
pub(crate) struct Service {
    child: Child,
    /// The binary and its database, for commands beside the service.
    program: PathBuf,
    database: PathBuf,
    log: PathBuf,
    url: String,
    link: Option<String>,
}

impl Service {
    /// Starts `accolade serve` on an empty database with this catalog and these settings, by their environment variables.
    /// `folder` is emptied first, and keeps the database and the log for whoever wants to know what happened.
    ///
    /// # Errors
    /// When it does not say within a minute that it is ready; with what it said instead.
    pub(crate) fn start(
        program: &Path,
        catalog: &Path,
        folder: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        empty(folder).map_err(|error| format!("could not empty {}: {error}", folder.display()))?;
        let (database, log) = (folder.join("accolade.db"), folder.join("service.log"));
        let errors = File::create(&log)
            .map_err(|error| format!("could not write {}: {error}", log.display()))?;
        let mut command = Command::new(program);
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--db",
                &url_of(&database),
                "--catalog",
            ])
            .arg(catalog);
        // Elsewhere than in the project's root, so that no configuration that lies there is read.
        command
            .envs(settings.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut child = command
            .spawn()
            .map_err(|error| format!("could not run {}: {error}", program.display()))?;
        let output = child.stdout.take().expect("standard output was asked for");
        let mut service = Self {
            child,
            program: program.to_owned(),
            database,
            log,
            url: String::new(),
            link: None,
        };
        let said = welcome(output)
            .ok_or_else(|| format!("the service did not start:\n{}", service.log()))?;
        (service.url, service.link) = (said.url, said.link);
        Ok(service)
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The one-time link with which the first administrator is created, if it printed one.
    pub(crate) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Makes a key with these scopes, such as `record,read`.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub(crate) fn key(&self, name: &str, scopes: &str) -> Result<String, String> {
        Ok(self
            .beside(&["keys", "create", name, "--scope", scopes])?
            .trim()
            .to_owned())
    }

    /// Records the events of a file.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub(crate) fn import(&self, events: &Path) -> Result<(), String> {
        self.beside(&["import", &events.display().to_string()])
            .map(drop)
    }

    /// What a command beside the service prints.
    fn beside(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .args(["--db", &url_of(&self.database)])
            .stdin(Stdio::null());
        let output = command
            .output()
            .map_err(|error| format!("could not run {}: {error}", self.program.display()))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!(
                "{command:?} failed: {}",
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    /// What it wrote to its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What it prints until it is ready.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    url: String,
    link: Option<String>,
}

/// What is printed, if it is in time. What comes behind it is read and dropped, so that the service never waits for a
/// reader.
fn welcome(output: impl std::io::Read + Send + 'static) -> Option<Said> {
    let (found, finding) = mpsc::channel();
    thread::spawn(move || {
        let mut link = None;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let line = line.trim();
            if line.contains(WELCOME) {
                link = Some(line.to_owned());
            }
            if let Some(url) = line.strip_prefix(READY) {
                let _ = found.send(Said {
                    url: url.trim_end_matches('/').to_owned(),
                    link: link.take(),
                });
            }
        }
    });
    finding.recv_timeout(PATIENCE).ok()
}

fn empty(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

fn url_of(database: &Path) -> String {
    format!("sqlite:{}", database.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_line_that_says_that_it_is_ready() {
        let table = [
            (
                "Listening on http://127.0.0.1:4711\n",
                Some("http://127.0.0.1:4711"),
            ),
            (
                "a word before\nListening on http://127.0.0.1:4711/\nand one behind\n",
                Some("http://127.0.0.1:4711"),
            ),
            ("it ended at once\n", None),
            ("", None),
        ];
        for (printed, expected) in table {
            assert_eq!(
                welcome(printed.as_bytes()).map(|said| said.url).as_deref(),
                expected,
                "{printed}"
            );
        }
    }

    #[test]
    fn the_first_administrators_link_is_kept() {
        let printed = "Become the first one, once, at\n  http://x/admin/welcome?invitation=1\nListening on http://x\n";
        let link = Some("http://x/admin/welcome?invitation=1".to_owned());
        assert_eq!(
            welcome(printed.as_bytes()),
            Some(Said {
                url: "http://x".to_owned(),
                link
            })
        );
    }

    #[test]
    fn a_binary_that_is_not_there_is_said_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let started = Service::start(
            Path::new("no-such-binary"),
            Path::new("a.toml"),
            &folder.path().join("new"),
            &[],
        );
        assert!(started.err().unwrap().contains("no-such-binary"));
    }
}
