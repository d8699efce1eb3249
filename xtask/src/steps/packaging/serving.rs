//! Service that a test starts from an installed package.

use std::process::{Child, Command, Stdio};

use super::distribution::capture_output;
use crate::steps::service::read_startup_output;

/// Running service, which is killed when this is dropped.
pub(in crate::steps) struct InstalledService {
    child: Child,
    pub(super) url: String,
}

impl InstalledService {
    /// Starts a command that executes `accolade serve`, and waits for `/readyz`.
    ///
    /// # Errors
    /// Returns an error with the log if the service does not become ready.
    pub(in crate::steps) fn start(command: &mut Command) -> Result<Self, String> {
        let mut child = command
            // Any free port, because the usual one may be in use on this machine.
            .env("ACCOLADE_SERVER_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {command:?}: {error}"))?;
        let output = child.stdout.take().ok_or("standard output is not piped")?;
        let mut service = Self {
            child,
            url: String::new(),
        };
        service.url = read_startup_output(output)
            .ok_or("the service did not start; its log is above")?
            .url;
        let url = format!("{}/readyz", service.url);
        let mut response = ureq::get(&url)
            .call()
            .map_err(|error| format!("{url}: {error}"))?;
        let body = response
            .body_mut()
            .read_to_string()
            .map_err(|error| format!("{url}: {error}"))?;
        match body.contains("\"ok\"") {
            true => Ok(service),
            false => Err(format!("{url} responded `{body}`")),
        }
    }

    /// Returns the address and port of the service.
    pub(super) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Stops the service with SIGTERM, as systemd and container engines do.
    ///
    /// # Errors
    /// Returns an error if the shutdown is not graceful.
    pub(in crate::steps) fn stop(mut self) -> Result<(), String> {
        let id = self.child.id().to_string();
        capture_output(Command::new("kill").args(["-TERM", &id]))?;
        let status = self.child.wait().map_err(|error| error.to_string())?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("the service ended with {status}")),
        }
    }
}

impl Drop for InstalledService {
    fn drop(&mut self) {
        // It has ended already after `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
