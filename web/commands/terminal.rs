//! The terminal: lines on standard error, progress, and emphasis that is never the only sign.

use std::io::{self, IsTerminal, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Says a line to the person, beside the results.
pub(super) fn say(line: &str) {
    // Nobody to tell is no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Whether colours are wanted there: a terminal, and NO_COLOR is not set (no-color.org).
pub(super) fn colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Emphasis for standard output.
#[derive(Clone, Copy)]
pub(super) struct Emphasis(bool);

impl Emphasis {
    /// As standard output wants it.
    pub(super) fn of_output() -> Self {
        Self(colours(&io::stdout()))
    }

    /// Bold.
    pub(super) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Dim.
    pub(super) fn quiet(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Long work: a bar at a terminal, a line now and then otherwise.
pub(super) struct Progress {
    bar: ProgressBar,
    at_terminal: bool,
    lines: std::sync::Mutex<Lines>,
}

struct Lines {
    every: u64,
    next: u64,
}

/// Without a terminal a line is written each time this many more are done.
pub(super) const LINE_EVERY: u64 = 10_000;

impl Progress {
    /// Work whose extent is known when `of` is given, with a line each time that `line_every` more are done.
    pub(super) fn new(of: Option<u64>, line_every: u64) -> Self {
        let at_terminal = io::stderr().is_terminal();
        let bar = of.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.set_draw_target(if at_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let template = if of.is_some() {
            "{bar:30} {human_pos} of {human_len} {msg}"
        } else {
            "{spinner} {human_pos} {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if at_terminal {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self {
            bar,
            at_terminal,
            lines: std::sync::Mutex::new(Lines { every: line_every.max(1), next: line_every }),
        }
    }

    /// So much is done.
    pub(super) fn done(&self, count: u64, words: &str) {
        self.bar.set_position(count);
        self.bar.set_message(words.to_owned());
        if self.at_terminal {
            return;
        }
        if let Ok(mut lines) = self.lines.lock()
            && count >= lines.next
        {
            lines.next = (count - count % lines.every).saturating_add(lines.every);
            say(&format!("{count} {words}"));
        }
    }

    /// Learns how much it is in all.
    pub(super) fn extent(&self, of: u64) {
        self.bar.set_length(of);
    }

    /// The work is over; the bar goes away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
