//! Shows how far a long run is, on a terminal's standard error only.

use std::fmt;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::simulation::Watch;
use crate::sources::Progress;

use super::interruption;

/// What takes less time than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often it is drawn in a second.
const FRAMES: u8 = 10;

// The bar takes what the rest of the line leaves of the terminal: none of 60 columns.
const OF_FILES: &str =
    "{spinner} reading {bytes} of {total_bytes} [{wide_bar}] {bytes_per_sec} · {eta} left";
const OF_A_PIPE: &str = "{spinner} reading {bytes} · {bytes_per_sec}";
const OF_REPLAYS: &str =
    "{spinner} replaying {human_pos} of {human_len} calls [{wide_bar}] {rate}/s · {eta} left";

/// A bar that appears late and is taken off the screen whatever happens.
struct Late {
    bar: ProgressBar,
    is_wanted: bool,
    is_shown: AtomicBool,
}

impl Late {
    /// `is_quiet` is what the user asked for; without a terminal nothing is shown either.
    fn new(is_quiet: bool, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template).expect("the templates above are whole");
        bar.set_style(style.progress_chars("━╸─").with_key("rate", write_rate));
        let is_wanted = !is_quiet && std::io::stderr().is_terminal();
        Self { bar, is_wanted, is_shown: AtomicBool::new(false) }
    }

    fn is_due(&self) {
        let is_late = self.is_wanted && self.bar.elapsed() > PATIENCE;
        if is_late && !self.is_shown.swap(true, Ordering::Relaxed) {
            interruption::clear_later(&self.bar);
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(FRAMES));
        }
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn write_rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    let rounded = format!("{:.0}", state.per_sec()).parse().unwrap_or_default();
    // Text in memory takes everything.
    let _ = write!(out, "{}", HumanCount(rounded));
}

/// How much was read, of how much where that is known, and how fast.
pub(super) struct ReadProgress {
    late: Late,
    /// The bytes of all inputs as they are stored, if they are all files.
    total: Option<u64>,
    read: AtomicU64,
}

impl ReadProgress {
    /// `total` is what the inputs have as they are stored, compressed or not.
    pub(super) fn new(is_quiet: bool, total: Option<u64>) -> Self {
        let late = Late::new(is_quiet, if total.is_some() { OF_FILES } else { OF_A_PIPE });
        if let Some(total) = total {
            late.bar.set_length(total);
        }
        Self { late, total, read: AtomicU64::new(0) }
    }

    /// Takes it off the screen; how many bytes were read, after decompression.
    pub(super) fn finish(self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Progress for ReadProgress {
    fn advance(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
        if self.total.is_none() {
            self.late.bar.inc(bytes);
        }
        self.late.is_due();
    }

    fn stored(&self, bytes: u64) {
        if self.total.is_some() {
            self.late.bar.inc(bytes);
        }
    }
}

/// How many calls were replayed, of all in all replays that are known of so far.
pub(super) struct ReplayProgress(Late);

impl ReplayProgress {
    /// Shows nothing yet.
    pub(super) fn new(is_quiet: bool) -> Self {
        Self(Late::new(is_quiet, OF_REPLAYS))
    }
}

impl Watch for ReplayProgress {
    fn expect(&self, calls: u64) {
        self.0.bar.set_length(self.0.bar.length().unwrap_or_default() + calls);
    }

    fn walked(&self, calls: u64) {
        self.0.bar.inc(calls);
        self.0.is_due();
    }
}

/// How many texts an endpoint has answered.
pub(super) struct EmbedProgress {
    bar: ProgressBar,
    is_wanted: bool,
}

impl EmbedProgress {
    /// `is_wanted` says whether there is a terminal and the user wants to see it.
    pub(super) fn new(is_wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} embedding {pos} of {len} texts");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self { bar, is_wanted }
    }

    /// Shows how far it is.
    pub(super) fn show(&self, done: usize, all: usize) {
        if self.is_wanted && self.bar.is_hidden() {
            interruption::clear_later(&self.bar);
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(FRAMES));
        }
        self.bar.set_length(all as u64);
        self.bar.set_position(done.min(all) as u64);
        if done >= all {
            self.bar.finish_and_clear();
        }
    }
}
