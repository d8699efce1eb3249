//! Runs a tutorial exactly as its text says: commands, files, and steps in a browser.

mod browser;
mod expected;
mod place;
mod script;
mod terminal;

use std::collections::BTreeMap;
#[cfg(test)]
use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::iter;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use browser::BrowserProcess;
pub(crate) use place::TutorialPlace;
use script::{StepKind, TutorialStep};
use terminal::Terminal;

use crate::results::CheckCounts;

/// API key in a text, which differs each time.
const KEY_PATTERN: &str = "acc_…";

/// Run of a tutorial, with the terminals and the browser that it has opened.
struct TutorialRun<'a> {
    place: &'a TutorialPlace,
    terminals: BTreeMap<String, Terminal>,
    browser: Option<BrowserProcess>,
}

/// Puts a folder with programs before those of `PATH`.
///
/// # Errors
/// Returns an error if the folder cannot be part of `PATH`.
pub(crate) fn extend_path(programs: &Path) -> Result<OsString, String> {
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(iter::once(programs.to_owned()).chain(env::split_paths(&others)))
        .map_err(|error| format!("cannot extend PATH: {error}"))
}

/// Text that is followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TutorialText<'a> {
    /// Name for messages, such as its path.
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    /// Route to follow, if the text has several.
    pub(crate) route: Option<&'a str>,
}

/// Runs the steps of a text in order until one fails, and counts them. `browser` is the command
/// that drives a browser, if the text needs one.
///
/// # Errors
/// Returns an error if the text cannot be read, or the browser cannot be started.
pub(crate) fn run_tutorial(
    followed: TutorialText<'_>,
    place: &TutorialPlace,
    browser: Option<Command>,
) -> Result<CheckCounts, String> {
    let TutorialText { name, text, route } = followed;
    let steps = script::read_steps(text).map_err(|error| format!("{name}: {error}"))?;
    let mut run = TutorialRun {
        place,
        terminals: BTreeMap::new(),
        browser: browser.map(BrowserProcess::start).transpose()?,
    };
    let start = Instant::now();
    let mut total = CheckCounts::default();
    for step in steps.iter().filter(|step| step.is_on_route(route)) {
        let begun = Instant::now();
        let result = run.perform(step);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{seconds:>6.1} s  {name}:{}  {}",
            step.line,
            step.kind.summarize()
        );
        total += CheckCounts::single(result.is_ok());
        if let Err(error) = result {
            eprintln!("{name}:{}: {error}", step.line);
            for (terminal, opened) in &run.terminals {
                eprintln!("--- terminal {terminal}:\n{}", opened.log());
            }
            break;
        }
    }
    println!("{:>6.1} s  {name} in total", start.elapsed().as_secs_f64());
    Ok(total)
}

/// Reads the names of a text's routes.
///
/// # Errors
/// Returns an error with the line if a part of the text is not a step.
#[cfg(test)]
pub(crate) fn read_routes(text: &str) -> Result<BTreeSet<String>, String> {
    let steps = script::read_steps(text)?;
    Ok(steps.into_iter().filter_map(|step| step.route).collect())
}

impl TutorialStep {
    fn is_on_route(&self, route: Option<&str>) -> bool {
        self.route.is_none() || self.route.as_deref() == route
    }
}

impl TutorialRun<'_> {
    fn perform(&mut self, step: &TutorialStep) -> Result<(), String> {
        let place = self.place;
        let apply = |text: &str| place.apply_substitutions(text);
        match &step.kind {
            StepKind::Commands {
                terminal,
                script,
                runs: true,
                answer,
                output,
                ..
            } => {
                let output = output.as_deref().ok_or("running commands need an output")?;
                self.terminal(terminal)?
                    .start(&apply(script), &apply(output), answer.as_deref())
            }
            StepKind::Commands {
                terminal,
                script,
                status,
                output,
                ..
            } => {
                let script = self.insert_key(&apply(script))?;
                let (printed, ended) = self.terminal(terminal)?.run(&script)?;
                compare_results(&printed, ended, output.as_deref().map(apply), *status)
            }
            StepKind::File {
                path,
                text,
                appends,
            } => self
                .terminal("main")?
                .write_file(path, &apply(text), *appends),
            StepKind::Browser { command, argument } => {
                let argument = self.find_argument(&apply(argument))?;
                let browser = self.browser.as_mut().ok_or("there is no browser")?;
                browser.follow(command, &argument)
            }
            StepKind::Stop { terminal } => self.terminal(terminal)?.stop(),
        }
    }

    /// Returns a terminal, opened at its first use.
    fn terminal(&mut self, name: &str) -> Result<&mut Terminal, String> {
        if !self.terminals.contains_key(name) {
            let opened = Terminal::open(self.place.shell_command())?;
            self.terminals.insert(name.to_owned(), opened);
        }
        self.terminals
            .get_mut(name)
            .ok_or_else(|| format!("terminal `{name}` not found"))
    }

    /// Completes an argument with an ellipsis from the output so far.
    fn find_argument(&self, argument: &str) -> Result<String, String> {
        if !argument.contains('…') {
            return Ok(argument.to_owned());
        }
        self.find_in_output(|log| expected::find_word(argument, log))
            .ok_or_else(|| format!("`{argument}` is in no output so far"))
    }

    /// Inserts the API key of the output so far where the text has an ellipsis.
    fn insert_key(&self, script: &str) -> Result<String, String> {
        if !script.contains(KEY_PATTERN) {
            return Ok(script.to_owned());
        }
        let key = self
            .find_in_output(expected::find_key)
            .ok_or("no API key is in the output so far")?;
        Ok(script.replace(KEY_PATTERN, &key))
    }

    fn find_in_output(&self, find: impl Fn(&str) -> Option<&str>) -> Option<String> {
        let mut terminals = self.terminals.values();
        terminals
            .find_map(|terminal| find(terminal.log()))
            .map(str::to_owned)
    }
}

fn compare_results(
    printed: &str,
    ended: i32,
    output: Option<String>,
    status: i32,
) -> Result<(), String> {
    if ended != status {
        return Err(format!("exit status {ended}, not {status}:\n{printed}"));
    }
    match output {
        Some(output) if !expected::is_match(&output, printed) => Err(format!(
            "the output does not match the text:\n{printed}\n--- text:\n{output}"
        )),
        _ => Ok(()),
    }
}

impl StepKind {
    /// Summarizes the step on one line.
    fn summarize(&self) -> String {
        match self {
            Self::Commands {
                terminal, script, ..
            } => format!("{terminal}$ {}", script.lines().next().unwrap_or_default()),
            Self::File { path, .. } => format!("write {path}"),
            Self::Browser { command, argument } => format!("browser: {command} {argument}"),
            Self::Stop { terminal } => format!("{terminal}: Ctrl-C"),
        }
    }
}
