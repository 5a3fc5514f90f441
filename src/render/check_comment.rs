//! A check for a pull request: one line when nothing happened, the reasons when something did.

use std::io;

use crate::gate::{Outcome, Verdict};
use crate::report::CheckReport;

use super::check_screen::{compose, price_drift, title};
use super::check_words::reason;
use super::markdown;
use super::screen::{Block, Screen, Tone};

/// By this a program finds the comment of an earlier run.
const MARKER: &str = "<!-- llmcost check -->";

/// Writes the Markdown.
pub(super) fn write(report: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{MARKER}")?;
    let outcome = &report.outcome;
    let mut head = Screen::default();
    head.title(heading(outcome));
    head.line(Tone::Plain, sentence(&reason(outcome)));
    if let Some(drift) = price_drift(report) {
        head.line(Tone::Plain, sentence(&drift.text));
    }
    if is_quiet(outcome) {
        return markdown::write(&head, out);
    }
    head.line(Tone::Plain, title(report));
    markdown::write(&head, out)?;
    let page = compose(report);
    let is_detail = |block: &&Block| !matches!(block, Block::Title(_));
    // The verdict stands above already.
    let rest = page.0.iter().filter(is_detail).skip(1 + usize::from(price_drift(report).is_some()));
    writeln!(out, "\n<details{}>\n<summary>Figures</summary>\n", open(outcome))?;
    markdown::write(&Screen(rest.cloned().collect()), out)?;
    writeln!(out, "\n</details>")
}

/// A pass without limits, doubts or news says nothing more.
const fn is_quiet(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Pass)
}

const fn open(outcome: &Outcome) -> &'static str {
    match outcome.verdict {
        Verdict::Fail => " open",
        Verdict::Pass | Verdict::Inconclusive => "",
    }
}

const fn heading(outcome: &Outcome) -> &'static str {
    match outcome.verdict {
        Verdict::Pass => "✅ LLM cost: no dearer",
        Verdict::Inconclusive => "⚠️ LLM cost: not decided",
        Verdict::Fail => "❌ LLM cost: dearer",
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
