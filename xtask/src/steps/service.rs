//! Running service for a step: the built binary, with its own database and a free port.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Prefix of the line with the address, which `accolade serve` prints once it is ready.
const READY_PREFIX: &str = "Listening on ";
/// Path of the first administrator's link, which the service prints earlier.
const WELCOME_PATH: &str = "/admin/welcome?";
/// Maximum time until the service is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Program, catalog, files and settings of a service, which may be started again and again.
#[derive(Debug, Clone)]
pub(crate) struct ServiceSetup {
    /// Path of the binary.
    pub(crate) program: PathBuf,
    pub(crate) catalog: PathBuf,
    pub(crate) database: PathBuf,
    /// File to which each start appends its log. The service works in its folder.
    pub(crate) log: PathBuf,
    /// Settings as environment variables.
    pub(crate) settings: Vec<(String, String)>,
}

/// Service process that runs until this is dropped.
pub(crate) struct ServiceProcess {
    child: Child,
    setup: ServiceSetup,
    url: String,
    link: Option<String>,
}

impl ServiceSetup {
    /// Starts `accolade serve` on a free port of the loopback address.
    ///
    /// # Errors
    /// Returns an error with the log if the service is not ready within a minute.
    pub(crate) fn start(&self) -> Result<ServiceProcess, String> {
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(|error| format!("cannot write {}: {error}", self.log.display()))?;
        let mut command = Command::new(&self.program);
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--db",
                &database_url(&self.database),
                "--catalog",
            ])
            .arg(&self.catalog);
        // The working folder is not the root of the project, so that no configuration there is
        // read.
        command
            .envs(self.settings.iter().cloned())
            .current_dir(self.log.parent().unwrap_or(Path::new(".")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        let output = child.stdout.take().expect("standard output is piped");
        let mut service = ServiceProcess {
            child,
            setup: self.clone(),
            url: String::new(),
            link: None,
        };
        let startup = read_startup_output(output)
            .ok_or_else(|| format!("the service did not start:\n{}", self.read_log()))?;
        (service.url, service.link) = (startup.url, startup.link);
        Ok(service)
    }

    /// Builds another command on the database of the service.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .args(["--db", &database_url(&self.database)])
            .stdin(Stdio::null());
        command
    }

    /// Runs another command on the database of the service and returns its output.
    ///
    /// # Errors
    /// Returns an error with the output of the command if it fails.
    pub(crate) fn run_command(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.command(arguments);
        let output = command
            .output()
            .map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!(
                "{command:?} failed: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    /// Returns the log so far.
    pub(crate) fn read_log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
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
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let setup = ServiceSetup {
            program: program.to_owned(),
            catalog: catalog.to_owned(),
            database: folder.join("accolade.db"),
            log: folder.join("service.log"),
            settings: settings.collect(),
        };
        setup.start()
    }

    /// Returns the URL of the service, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the process id of the service.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process and waits until it has ended.
    pub(crate) fn kill(&mut self) {
        // The process may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Returns the exit status if the process has ended.
    pub(crate) fn find_exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
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
            .setup
            .run_command(&["keys", "create", name, "--scope", scopes])?
            .trim()
            .to_owned())
    }

    /// Imports a file of events.
    ///
    /// # Errors
    /// Returns an error with the output of the command if it fails.
    pub(crate) fn import_events(&self, events: &Path) -> Result<(), String> {
        self.setup
            .run_command(&["import", &events.display().to_string()])
            .map(drop)
    }

    /// Returns the log so far.
    pub(crate) fn read_log(&self) -> String {
        self.setup.read_log()
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Output of the service until it is ready.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StartupOutput {
    pub(super) url: String,
    link: Option<String>,
}

/// Reads the output of the service until it is ready; `None` after the timeout.
pub(super) fn read_startup_output(
    output: impl std::io::Read + Send + 'static,
) -> Option<StartupOutput> {
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
