//! A check for a pull request: one paragraph when nothing happened, the reasons when something did.

use std::io::{self, Write as _};

use crate::exhibits::Exhibit;
use crate::gate::{Outcome, Verdict};
use crate::report::{CheckReport, Currency};

use super::Style;
use super::check_reasons::{headline, reason, sentence};
use super::check_screen::{basis, cautions, extent, tables, title, told};
use super::check_words::{doubt, price_drift};
use super::markdown::{self, escaped};
use super::redaction::{Mask, Reader};
use super::screen::{Line, Screen, Tone};

/// By this a program finds the comment of an earlier run.
const MARKER: &str = "<!-- llmcost check -->";

/// The table that says why a check failed: it is not folded then.
const CAUSE: &str = "cost_change";

/// The most rows of a table, and remarks, that a comment shows of those that grow with the log.
const ROWS_MOST: usize = 20;

/// GitHub refuses comments of more than 65,536 characters; what is folded goes before that.
const BYTES_MOST: usize = 60_000;

/// Writes the Markdown.
pub(super) fn write(report: &CheckReport, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let outcome = &report.outcome;
    let mask = &Mask::new(style.redact, Reader::Others);
    let mut head = Vec::new();
    writeln!(head, "{MARKER}")?;
    write_head(outcome, report.prices.currency, mask, &mut head)?;
    let is_open = |exhibit: &Exhibit| outcome.verdict == Verdict::Fail && exhibit.name == CAUSE;
    let (open, folded): (Vec<Exhibit>, Vec<Exhibit>) =
        report.exhibits.iter().map(shortened).partition(is_open);
    let mut page = Screen::default();
    tables(&mut page, &with(report, open));
    if outcome.verdict != Verdict::Pass {
        page.list("To know", remarks(outcome));
    }
    write_part(&page, mask, &mut head)?;
    out.write_all(&head)?;
    let mut page = Screen::default();
    page.line(Tone::Plain, format!("{} · {}", title(report), extent(report)));
    tables(&mut page, &with(report, folded));
    if outcome.verdict == Verdict::Pass {
        page.list("To know", remarks(outcome));
    }
    basis(&mut page, report);
    let mut figures = Vec::new();
    write_page(&page, mask, &mut figures)?;
    if let Some(summary) = mask.summary() {
        writeln!(figures, "\n{}", escaped(&summary))?;
    }
    if head.len() + figures.len() > BYTES_MOST {
        return writeln!(out, "\nThe figures are too long for a comment; the report has them.");
    }
    writeln!(out, "\n<details>\n<summary>Figures and input</summary>\n")?;
    out.write_all(&figures)?;
    writeln!(out, "\n</details>")
}

/// A table with as many rows as a comment has room for.
fn shortened(exhibit: &Exhibit) -> Exhibit {
    let mut exhibit = exhibit.clone();
    let more = exhibit.rows.len().saturating_sub(ROWS_MOST);
    if more > 0 {
        exhibit.rows.truncate(ROWS_MOST);
        exhibit.note(format!("{more} more in the report"));
    }
    exhibit
}

fn remarks(outcome: &Outcome) -> Vec<Line> {
    let mut lines = cautions(outcome);
    let more = lines.len().saturating_sub(ROWS_MOST);
    if more > 0 {
        lines.truncate(ROWS_MOST);
        lines.push(Line { tone: Tone::Plain, text: format!("and {more} more in the report") });
    }
    lines
}

/// The verdict with its reason: a paragraph where it passes, else under a heading.
fn write_head(
    outcome: &Outcome,
    currency: Currency,
    mask: &Mask,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let escaped = |text: &str| escaped(&mask.shown(text));
    let (sign, headline) = (sign(outcome.verdict), headline(outcome));
    match outcome.verdict {
        Verdict::Pass => {
            let reason = escaped(&sentence(&reason(outcome, currency)));
            writeln!(out, "{sign} **LLM cost: {headline}.** {reason}")?;
        }
        Verdict::Inconclusive | Verdict::Fail => {
            writeln!(out, "### {sign} LLM cost: {headline}\n")?;
            let mut reasons = Screen::default();
            told(&mut reasons, outcome, currency);
            markdown::write_part(&reasons, mask, out)?;
        }
    }
    // A failed check may have doubts besides; an undecided one has them in its reason.
    if outcome.verdict == Verdict::Fail {
        for one in &outcome.doubts {
            writeln!(out, "\n{}", escaped(&sentence(&doubt(one, outcome))))?;
        }
    }
    match price_drift(outcome, currency) {
        Some(drift) if drift.is_large => {
            writeln!(out, "\n⚠️ **{}**", escaped(&sentence(&drift.text)))
        }
        Some(drift) => writeln!(out, "\n{}", escaped(&sentence(&drift.text))),
        None => Ok(()),
    }
}

fn write_part(page: &Screen, mask: &Mask, out: &mut dyn io::Write) -> io::Result<()> {
    if page.0.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    write_page(page, mask, out)
}

/// Writes a page whose headings are below that of the comment. Nothing else begins a line with `#`:
/// in names it is escaped.
fn write_page(page: &Screen, mask: &Mask, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = Vec::new();
    markdown::write_part(page, mask, &mut text)?;
    for line in text.split_inclusive(|letter| *letter == b'\n') {
        if line.starts_with(b"### ") {
            write!(out, "#")?;
        }
        out.write_all(line)?;
    }
    Ok(())
}

/// The same report with some of its tables.
fn with(report: &CheckReport, exhibits: Vec<Exhibit>) -> CheckReport {
    CheckReport { exhibits, ..report.clone() }
}

const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Inconclusive => "⚠️",
        Verdict::Fail => "❌",
    }
}
