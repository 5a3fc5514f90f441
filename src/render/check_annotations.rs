//! A verdict as GitHub shows it beside a run: workflow commands, one a line.

use std::io;

use crate::gate::Verdict;
use crate::report::{CheckReport, Currency};

use super::Style;
use super::check_reasons::{headline, reason, sentence};
use super::check_words::price_drift;
use super::redaction::{Mask, Reader};

/// Writes the commands. A pass has none, unless other prices moved the bill.
pub(super) fn write(report: &CheckReport, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mask = Mask::new(style.redact, Reader::Others);
    let outcome = &report.outcome;
    let title = format!("LLM cost: {}", headline(outcome));
    let reason = mask.shown(&sentence(&reason(outcome, Currency::DOLLARS)));
    match outcome.verdict {
        Verdict::Pass => {}
        Verdict::Inconclusive => line("warning", &title, &reason, out)?,
        Verdict::Fail => line("error", &title, &reason, out)?,
    }
    match price_drift(outcome, Currency::DOLLARS) {
        Some(drift) => {
            line("notice", "LLM prices changed", &mask.shown(&sentence(&drift.text)), out)
        }
        None => Ok(()),
    }
}

fn line(command: &str, title: &str, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "::{command} title={}::{}", property(title), escaped(text))
}

/// A message: nothing of it may end the command or begin another.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_begin_another_command() {
        assert_eq!(escaped("50 %\n::error::x"), "50 %25%0A::error::x");
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
