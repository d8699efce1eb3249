//! Progress bars on standard error. Where that is no terminal, they are not there.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over bytes, with a message that tells the rest.
pub(crate) fn bytes(total: u64) -> ProgressBar {
    bar(total, "{bar:30} {percent:>3}%  {msg}  {eta} left")
}

/// A bar over things that are counted.
pub(crate) fn items(total: u64, noun: &str) -> ProgressBar {
    bar(
        total,
        &format!("{{bar:30}} {{percent:>3}}%  {{human_pos}} of {{human_len}} {noun}  {{eta}} left"),
    )
}

/// A bar over players, and what moves it: how many are done, and how many there are.
pub(crate) fn players() -> (ProgressBar, impl Fn(u64, u64) + Send + 'static) {
    let bar = items(0, "players");
    let moved = bar.clone();
    let tell = move |done, total| {
        moved.set_length(total);
        moved.set_position(done);
    };
    (bar, tell)
}

/// A spinner for what has no known end.
pub(crate) fn endless() -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    spinner
        .set_style(ProgressStyle::with_template("{spinner} {msg}").expect("the template is right"));
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn bar(total: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("the templates above are right");
    ProgressBar::new(total).with_style(style.progress_chars("━╸ "))
}
