//! What can be typed to serve, and to let others in.

use std::net::SocketAddr;
use std::path::PathBuf;

use accolade_web::Scope;
use clap::{Args, Subcommand};

/// How the service is configured.
#[derive(Debug, Args)]
pub(crate) struct Serving {
    /// The configuration file [default: ACCOLADE_CONFIG, else none]; `accolade config --print` shows all there is
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen [default: server.listen of the configuration, 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    /// Print every setting with its default and what it means, as a file to start from
    #[arg(long, required = true)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it; it is shown only here
    Create {
        /// What it is called
        name: String,
        /// What it allows: record, read, act, admin; separated by commas
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
    },
    /// List the keys, without their secrets
    List,
    /// Make a key stop working
    Revoke {
        /// Its name or its id
        key: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    pub(crate) serving: Serving,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Stop after the report
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Where to serve what there is to look at
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
}
