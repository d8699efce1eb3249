//! The command line of Accolade.
//!
//! [`run`] is the whole program. An application that defines badges in Rust builds a binary of its
//! own that links them and calls [`run`], so that the command line knows them.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     accolade_cli::run()
//! }
//! ```

mod args;
mod backfill;
mod catalog;
mod commands;
mod confirm;
mod database;
mod demo;
mod diagnostics;
mod django;
mod error;
mod event_names;
mod format;
mod import;
mod output;
mod progress;
mod receipt;
mod service;
mod table;
mod verification;

use std::process::ExitCode;

use accolade_web::Settings;
use clap::FromArgMatches;

use args::{Cli, Command};
use database::Database;
use error::{CommandError, ExitStatus};
use output::Output;

/// Reads the demo's history of a real community, in order of time. The benchmarks record it, too.
pub fn demo_events() -> impl Iterator<Item = accolade::NewEvent> {
    demo::history::read_events()
}

/// Runs the command given by the process's arguments.
///
/// The exit status is 0 for success, 1 for an error, and 2 if the command found differences,
/// rejected lines or failed tests.
pub fn run() -> ExitCode {
    // clap would exit with status 2 for invalid arguments, which means differences here.
    let parsed = args::build_command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage_error(&error),
    };
    let output = Output::new(cli.global.json);
    match check_variables().and_then(|()| run_command(&cli, output)) {
        Ok(ending) => ending.into(),
        Err(failure) => {
            output.print_error(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Prints the requested help, or the error in the arguments.
fn usage_error(error: &clap::Error) -> ExitCode {
    // The arguments did not parse, so `--json` has to be looked for in their text.
    let as_json = std::env::args().any(|arg| arg == "--json");
    if error.use_stderr() && as_json {
        let message = error.to_string();
        let message = message.trim_start_matches("error: ").trim_end();
        Output::new(true).print_error(&CommandError::new(message));
    } else {
        // The message has no other destination if the stream is closed.
        let _ = error.print();
    }
    // For clap, help and version are errors, too, but ones that go to standard output.
    if error.use_stderr() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Refuses misspelled variables, which would otherwise have no effect, unnoticed.
fn check_variables() -> Result<(), CommandError> {
    let names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    Settings::check_variable_names(names.iter().map(String::as_str))
        .map_err(|error| CommandError::new(error.to_string()))
}

fn run_command(cli: &Cli, output: Output) -> Result<ExitStatus, CommandError> {
    let database = || Database::from_args(&cli.global);
    match &cli.command {
        Command::Init => commands::init::run_init(output),
        Command::Check { file } => {
            let file = file.as_ref().or(cli.global.catalog.as_ref());
            commands::check::run_check(file, &cli.global, output)
        }
        Command::Plan(args) => commands::plan::run_plan(args, &database()?, output),
        Command::Publish(args) => commands::publish::run_publish(args, &database()?, output),
        Command::History => commands::history::run_history(&database()?, output),
        Command::Import(args) => commands::import::run_import(args, &database()?, output),
        Command::ImportDjango(args) => {
            commands::import_django::run_import_django(args, &database()?, output)
        }
        Command::Record(args) => commands::record::run_record(args, &database()?, output),
        Command::Player(args) => commands::player::run_player(args, &database()?, output),
        Command::Badges(args) => commands::badges::run_badges(args, &database()?, output),
        Command::Award(args) => commands::award::run_award(args, &database()?, output),
        Command::Revoke(args) => commands::revoke::run_revoke(args, &database()?, output),
        Command::Points(args) => commands::points::run_points(args, &database()?, output),
        Command::Progress(args) => commands::progress::run_progress(args, &database()?, output),
        Command::Reset(args) => commands::reset::run_reset(args, &database()?, output),
        Command::Why(args) => commands::why::run_why(args, &database()?, output),
        Command::Retract(args) => commands::retract::run_retract(args, &database()?, output),
        Command::Merge(args) => commands::merge::run_merge(args, &database()?, output),
        Command::Unmerge(args) => commands::unmerge::run_unmerge(args, &database()?, output),
        Command::Erase(args) => commands::erase::run_erase(args, &database()?, output),
        Command::Feed(args) => commands::feed::run_feed(args, &database()?, output),
        Command::Backup(args) => commands::backup::run_backup(args, &database()?, output),
        Command::Restore(args) => commands::restore::run_restore(args, &database()?, output),
        Command::Export(args) => commands::export::run_export(args, &database()?, output),
        Command::Verify => commands::verify::run_verify(&database()?, output),
        Command::Repair(args) => commands::repair::run_repair(args, &database()?, output),
        Command::Serve(args) => commands::serve::run_serve(args, &database()?, output),
        Command::Keys(args) => commands::keys::run_keys(args, &database()?, output),
        Command::Invite(args) => commands::invite::run_invite(args, &database()?, output),
        Command::Config(_) => commands::config::run_config(output),
        Command::Demo(args) => commands::demo::run_demo(args, &cli.global, output),
        Command::Doctor => commands::doctor::run_doctor(&cli.global, output),
        Command::Docs(args) => commands::docs::run_docs(args, output),
        Command::Schema => commands::schema::run_schema(),
        Command::Completions(args) => commands::completions::run_completions(args),
        Command::Man(args) => commands::man::run_man(args, output),
    }
}
