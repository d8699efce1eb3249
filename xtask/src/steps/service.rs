//! Running service for a step: the built binary, with its own database and a free port.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Prefix of the line with the address, which `accolade serve` prints once it is ready.
const READY_PREFIX: &str = "Listening on ";
/// Path of the first administrator's link, which the service prints earlier.
const WELCOME_PATH: &str = "/admin/welcome?";
/// Maximum time until the service is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Service process that runs until this is dropped.
pub(crate) struct ServiceProcess {
    child: Child,
    /// Path of the binary, for further commands.
    program: PathBuf,
    database: PathBuf,
    log: PathBuf,
    url: String,
    link: Option<String>,
}

impl ServiceProcess {
    /// Starts `accolade serve` on an empty database with this catalog and these settings, which are
    /// environment variables. `folder` is emptied first; afterwards it keeps the database and the
    /// log for inspection.
    ///
    /// # Errors
    /// Returns an error with the log if the service is not ready within a minute.
    pub(crate) fn start_empty(
        program: &Path,
        catalog: &Path,
        folder: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        empty_folder(folder)
            .map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
        let (database, log) = (folder.join("accolade.db"), folder.join("service.log"));
        let errors = File::create(&log)
            .map_err(|error| format!("cannot write {}: {error}", log.display()))?;
        let mut command = Command::new(program);
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--db",
                &database_url(&database),
                "--catalog",
            ])
            .arg(catalog);
        // The working folder is not the root of the project, so that no configuration there is
        // read.
        command
            .envs(settings.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let output = child.stdout.take().expect("standard output is piped");
        let mut service = Self {
            child,
            program: program.to_owned(),
            database,
            log,
            url: String::new(),
            link: None,
        };
        let startup = read_startup_output(output)
            .ok_or_else(|| format!("the service did not start:\n{}", service.read_log()))?;
        (service.url, service.link) = (startup.url, startup.link);
        Ok(service)
    }

    /// Returns the URL of the service, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the one-time link that creates the first administrator, if the service printed one.
    pub(crate) fn administrator_link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Creates an API key with these scopes, such as `record,read`.
    ///
    /// # Errors
    /// Returns an error with the output of the command if it fails.
    pub(crate) fn create_key(&self, name: &str, scopes: &str) -> Result<String, String> {
        Ok(self
            .run_command(&["keys", "create", name, "--scope", scopes])?
            .trim()
            .to_owned())
    }

    /// Imports a file of events.
    ///
    /// # Errors
    /// Returns an error with the output of the command if it fails.
    pub(crate) fn import_events(&self, events: &Path) -> Result<(), String> {
        self.run_command(&["import", &events.display().to_string()])
            .map(drop)
    }

    /// Runs another command on the database of the service and returns its output.
    fn run_command(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .args(["--db", &database_url(&self.database)])
            .stdin(Stdio::null());
        let output = command
            .output()
            .map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!(
                "{command:?} failed: {}",
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    /// Returns the log so far.
    pub(crate) fn read_log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Output of the service until it is ready.
#[derive(Debug, PartialEq, Eq)]
struct StartupOutput {
    url: String,
    link: Option<String>,
}

/// Reads the output of the service until it is ready; `None` after the timeout.
fn read_startup_output(output: impl std::io::Read + Send + 'static) -> Option<StartupOutput> {
    let (found, finding) = mpsc::channel();
    // The thread reads on after that. Otherwise the service would block on a full pipe.
    thread::spawn(move || {
        let mut link = None;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let line = line.trim();
            if line.contains(WELCOME_PATH) {
                link = Some(line.to_owned());
            }
            if let Some(url) = line.strip_prefix(READY_PREFIX) {
                let _ = found.send(StartupOutput {
                    url: url.trim_end_matches('/').to_owned(),
                    link: link.take(),
                });
            }
        }
    });
    finding.recv_timeout(START_TIMEOUT).ok()
}

fn empty_folder(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

fn database_url(database: &Path) -> String {
    format!("sqlite:{}", database.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_on_the_line_that_reports_readiness() {
        let table = [
            (
                "Listening on http://127.0.0.1:4711\n",
                Some("http://127.0.0.1:4711"),
            ),
            (
                "a line before\nListening on http://127.0.0.1:4711/\nand one after\n",
                Some("http://127.0.0.1:4711"),
            ),
            ("it ended at once\n", None),
            ("", None),
        ];
        for (printed, expected) in table {
            assert_eq!(
                read_startup_output(printed.as_bytes())
                    .map(|startup| startup.url)
                    .as_deref(),
                expected,
                "{printed}"
            );
        }
    }

    #[test]
    fn the_first_administrators_link_is_kept() {
        let printed = "Create the first with this link:\n  http://x/admin/welcome?invitation=1\n\
            Listening on http://x\n";
        let link = Some("http://x/admin/welcome?invitation=1".to_owned());
        assert_eq!(
            read_startup_output(printed.as_bytes()),
            Some(StartupOutput {
                url: "http://x".to_owned(),
                link
            })
        );
    }

    #[test]
    fn the_error_names_a_missing_binary() {
        let folder = tempfile::tempdir().unwrap();
        let started = ServiceProcess::start_empty(
            Path::new("no-such-binary"),
            Path::new("a.toml"),
            &folder.path().join("new"),
            &[],
        );
        assert!(started.err().unwrap().contains("no-such-binary"));
    }
}
