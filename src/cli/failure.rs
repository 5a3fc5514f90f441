//! A run that cannot deliver: what went wrong, and what to do about it.

use std::io::Write;
use std::sync::OnceLock;

use anyhow::anyhow;
use clap::ValueEnum;

use crate::diagnostics::{Imbalance, did_you_mean};
use crate::render::{Redact, masked_text, visible};

use super::args::RedactArg;
use super::exit_status::ExitStatus;

/// Why a run stopped.
#[derive(Debug)]
pub(super) struct Failure {
    status: ExitStatus,
    error: anyhow::Error,
    hints: Vec<String>,
}

impl Failure {
    fn new(status: ExitStatus, error: impl Into<anyhow::Error>) -> Self {
        Self { status, error: error.into(), hints: Vec::new() }
    }

    /// A flag, a plan or a configuration is wrong.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::new(ExitStatus::Usage, error)
    }

    /// The input cannot be used.
    pub(super) fn input(error: impl Into<anyhow::Error>) -> Self {
        Self::new(ExitStatus::Input, error)
    }

    /// The prices cannot be used.
    pub(super) fn pricing(error: impl Into<anyhow::Error>) -> Self {
        Self::new(ExitStatus::Pricing, error)
    }

    /// The report cannot be written.
    pub(super) fn output(error: impl Into<anyhow::Error>) -> Self {
        Self::new(ExitStatus::Output, error)
    }

    /// The figures contradict each other: nothing is shown that may be wrong.
    pub(super) fn bug(imbalance: &Imbalance) -> Self {
        let error = anyhow!("the figures of this report contradict each other: {imbalance}");
        Self::new(ExitStatus::Bug, error)
            .hint("nothing was written, as some figure would be wrong; this is a bug in llmcost")
            .hint("please report it with this message and, if you can, the log that led to it")
    }

    /// Says what to do about it.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit code.
    pub(super) const fn status(&self) -> ExitStatus {
        self.status
    }

    /// Tells the user, on stderr.
    pub(super) fn report(&self) {
        let mut text = format!("error: {:#}\n", self.error);
        for hint in &self.hints {
            text.push_str("  hint: ");
            text.push_str(hint);
            text.push('\n');
        }
        // With stderr gone there is nobody left to tell.
        let _ = std::io::stderr().write_all(harmless(&text).as_bytes());
    }
}

/// The word that was probably meant, or all there are.
pub(super) fn meant(wrong: &str, known: &[&str]) -> String {
    match did_you_mean(wrong, known.iter().copied()) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// What messages mask; set once a run, before anything of a log is told, by commands that have the flag.
/// The others, and what is told before, go by the environment.
static MASKED: OnceLock<Redact> = OnceLock::new();

/// Masks in messages what reports for oneself mask.
pub(super) fn mask_messages(redact: Redact) {
    // A comparison has settings for two logs, from the same flags.
    let _ = MASKED.set(redact);
}

/// What the environment asks for.
#[expect(clippy::disallowed_methods, reason = "not every command has the flag that it stands for")]
fn asked() -> Redact {
    let asked = std::env::var("LLMCOST_REDACT").ok();
    let word = asked.and_then(|word| RedactArg::from_str(&word, true).ok());
    word.map_or(Redact::Auto, RedactArg::meaning)
}

/// The text without characters that would move the cursor, change colours or turn a line around, and
/// without what is to be masked: names of files and models are other people's.
pub(super) fn harmless(text: &str) -> String {
    let masked = masked_text(text, MASKED.get().copied().unwrap_or_else(asked));
    let lines: Vec<String> = masked.split('\n').map(visible).collect();
    lines.join("\n")
}

/// Tells the user a result in one line, on stderr.
pub(super) fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(message));
}

/// Tells the user something that is as it should be, on stderr.
pub(super) fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "note: {}", harmless(message));
}

/// Tells the user something that they asked to be told, on stderr.
pub(super) fn inform(message: &str) {
    let _ = writeln!(std::io::stderr(), "info: {}", harmless(message));
}

/// Tells the user something that does not stop the run, on stderr.
pub(super) fn warn(message: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {}", harmless(message));
}
