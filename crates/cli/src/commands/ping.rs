//! `accolade ping`

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::json;

use crate::args::ServiceArgs;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::service;

/// Maximum duration of connecting, and of waiting for more of the response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum size of a response that is read, in bytes.
const MAX_RESPONSE: u64 = 64 * 1024;

/// Asks the service of the configuration for its readiness. A container without other programs uses
/// this as its health check.
pub(crate) fn run_ping(args: &ServiceArgs, output: Output) -> Result<ExitStatus, CommandError> {
    let server = service::read_settings(args)?.server;
    let address = server.reachable_address();
    let path = format!("{}/readyz", server.prefix);
    let url = format!("http://{address}{path}");
    let status = request_status(address, &path).map_err(|error| {
        CommandError::new(format!(
            "`{url}` did not respond: {error}; start the service with `accolade serve`, or name \
             its address with --listen"
        ))
    })?;
    if status != "200" {
        return Err(CommandError::new(format!(
            "`{url}` responded with status {status}; the log of the service has the reason"
        )));
    }
    output.print_result(&json!({ "url": url, "ready": true }), || {
        format!("{url} is ready")
    })?;
    Ok(ExitStatus::Success)
}

/// Sends a GET request and returns the status of the response.
fn request_status(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut response = Vec::new();
    stream.take(MAX_RESPONSE).read_to_end(&mut response)?;
    let response = String::from_utf8_lossy(&response);
    let status = response
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.split(' ').next());
    status
        .map(str::to_owned)
        .ok_or_else(|| io::Error::other("the response is not HTTP/1.1"))
}
