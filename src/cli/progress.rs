//! Shows how far a long reading is, on a terminal only.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::sources::Progress;

/// A reading shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// A spinner with what was read and how fast.
pub(super) struct ReadProgress {
    bar: ProgressBar,
    wanted: bool,
    shown: AtomicBool,
}

impl ReadProgress {
    /// `wanted` says whether there is a terminal and the user wants to see it.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} reading {bytes} ({bytes_per_sec})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self { bar, wanted, shown: AtomicBool::new(false) }
    }

    /// Takes it off the screen.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for ReadProgress {
    fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
        let late = self.wanted && self.bar.elapsed() > PATIENCE;
        if late && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }
}

/// A bar with how many texts an endpoint has answered.
pub(super) struct EmbedProgress {
    bar: ProgressBar,
    wanted: bool,
}

impl EmbedProgress {
    /// `wanted` says whether there is a terminal and the user wants to see it.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{spinner} embedding {pos} of {len} texts");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self { bar, wanted }
    }

    /// Shows how far it is.
    pub(super) fn show(&self, done: usize, all: usize) {
        if self.wanted && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        self.bar.set_length(all as u64);
        self.bar.set_position(done.min(all) as u64);
        if done >= all {
            self.bar.finish_and_clear();
        }
    }
}
