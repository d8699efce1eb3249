//! Arguments of the service and of access to it.

use std::net::SocketAddr;
use std::path::PathBuf;

use accolade_web::KeyScope;
use clap::{Args, Subcommand};

/// Options that configure the service.
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    /// Configuration file [default: ACCOLADE_CONFIG, else none]; `accolade config --print` shows
    /// all settings
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address to listen on [default: server.listen of the configuration, 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// External URL, if browsers use a reverse proxy [default: server.public_url of the
    /// configuration, else the address]
    #[arg(long, value_name = "URL", value_parser = parse_public_url)]
    pub(crate) public_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
    /// Create accolade.toml with the starter catalog if there is neither a catalog nor a database
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print a configuration file with every setting, its default and its meaning
    #[arg(long, required = true)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create a key and print it once
    Create {
        /// Name of the key
        name: String,
        /// Comma-separated scopes: record, read, actions, admin
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scope: Vec<KeyScope>,
    },
    /// List the keys, without their secrets
    List,
    /// Revoke a key
    Revoke {
        /// Name or id of the key
        key: String,
    },
    /// Replace the secret that signs player tokens, which ends all of them
    RotateTokens {
        /// Replace it without asking
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Print the report and exit without serving
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Address to listen on [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
}

fn parse_public_url(text: &str) -> Result<String, String> {
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text.to_owned()),
        false => Err("expected a URL that begins with https:// or http://".to_owned()),
    }
}
