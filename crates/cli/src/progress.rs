//! Progress bars on standard error. They are hidden if it is not a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Starts a progress bar over bytes that also shows a message.
pub(crate) fn start_byte_bar(total: u64) -> ProgressBar {
    build_bar(total, "{bar:30} {percent:>3}%  {msg}  {eta} left")
}

/// Starts a progress bar over items.
pub(crate) fn start_item_bar(total: u64, noun: &str) -> ProgressBar {
    build_bar(
        total,
        &format!("{{bar:30}} {{percent:>3}}%  {{human_pos}} of {{human_len}} {noun}  {{eta}} left"),
    )
}

/// Starts a progress bar over players. The function moves it and takes the number of players that
/// are done, and their total.
pub(crate) fn start_player_bar() -> (ProgressBar, impl Fn(u64, u64) + Send + 'static) {
    let bar = start_item_bar(0, "players");
    let moved = bar.clone();
    let update = move |done, total| {
        moved.set_length(total);
        moved.set_position(done);
    };
    (bar, update)
}

/// Starts a spinner for input of unknown length.
pub(crate) fn start_spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    spinner
        .set_style(ProgressStyle::with_template("{spinner} {msg}").expect("the template is valid"));
    // It turns by itself, so that a slow input does not look like a process that hangs.
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn build_bar(total: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("the templates above are valid");
    ProgressBar::new(total).with_style(style.progress_chars("━╸ "))
}
