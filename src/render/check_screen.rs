//! The page of a check.

use crate::gate::{Outcome, Verdict};
use crate::report::{CheckReport, ComparedWith, Currency};

use super::check_reasons::{headline, reasons, sentence};
use super::check_words::{caution, price_drift};
use super::dates::day_span;
use super::exhibits;
use super::figures::{Money, counted, name, percent};
use super::screen::{Block, Line, Screen, Tone};
use super::shared_blocks::{accounting, diagnostics, files, prices};

/// Composes the page.
pub(super) fn compose(report: &CheckReport) -> Screen {
    let outcome = &report.outcome;
    let mut screen = Screen::default();
    screen.title(title(report));
    screen.line(Tone::Quiet, extent(report));
    let verdict = outcome.verdict.name().to_uppercase();
    screen.line(tone(outcome.verdict), format!("{verdict}: {}", headline(outcome)));
    let currency = report.prices.currency;
    told(&mut screen, outcome, currency);
    if let Some(drift) = price_drift(outcome, currency) {
        let tone = if drift.is_large { Tone::Warning } else { Tone::Plain };
        screen.line(tone, sentence(&drift.text));
    }
    tables(&mut screen, report);
    screen.list("To know", cautions(outcome));
    basis(&mut screen, report);
    screen
}

/// The reasons: one as a sentence, several as a list.
pub(super) fn told(screen: &mut Screen, outcome: &Outcome, currency: Currency) {
    let reasons = reasons(outcome, currency).into_iter();
    let mut lines: Vec<Line> =
        reasons.map(|one| Line { tone: Tone::Plain, text: sentence(&one.text) }).collect();
    match lines.len() {
        1 => screen.0.extend(lines.pop().map(Block::Line)),
        _ => screen.0.push(Block::List(lines)),
    }
}

/// All tables. Bills have cents; costs of units have digits of their own.
pub(super) fn tables(screen: &mut Screen, report: &CheckReport) {
    let outcome = &report.outcome;
    let before = outcome.comparison.as_ref().map(|comparison| comparison.before.billed);
    let money = Money::for_bill(
        outcome.after.billed.max(before.unwrap_or_default()),
        report.prices.currency,
    );
    exhibits::blocks(screen, &report.exhibits, money);
}

/// What to know about a comparison.
pub(super) fn cautions(outcome: &Outcome) -> Vec<Line> {
    let cautions = outcome.comparison.iter().flat_map(|comparison| &comparison.cautions);
    cautions.map(|one| Line { tone: Tone::Plain, text: caution(one, outcome) }).collect()
}

/// What the figures rest on: the input and the prices.
pub(super) fn basis(screen: &mut Screen, report: &CheckReport) {
    let after = &report.outcome.after;
    let lines =
        accounting(&report.input, after.calls + after.unpriced_calls() + after.without_case);
    if !lines.is_empty() {
        screen.heading("Input");
    }
    for line in lines {
        screen.line(line.tone, line.text);
    }
    diagnostics(screen, &report.diagnostics);
    prices(screen, &report.prices, report.window.as_ref());
}

/// Which logs these are.
pub(super) fn title(report: &CheckReport) -> String {
    let log = files(&report.input);
    match &report.compared_with {
        ComparedWith::Nothing => log,
        ComparedWith::Baseline(file) => format!("{log} against {}", name(file)),
        ComparedWith::Log(input) => format!("{log} against {}", files(input)),
    }
}

/// How large they are, and the time of the later one.
pub(super) fn extent(report: &CheckReport) -> String {
    let outcome = &report.outcome;
    let [one, many] = outcome.after.measure.unit.words();
    let mut units = counted(outcome.after.units(), one, many);
    if let Some(comparison) = &outcome.comparison {
        units = format!("{units} against {}", counted(comparison.before.units(), one, many));
    }
    let text = match &report.window {
        Some(window) => format!("{units} · {}", day_span(window.first_day, window.last_day)),
        None => units,
    };
    let Some(priced) = coverage(outcome) else { return text };
    format!("{text} · {priced} of calls priced")
}

/// How much of the calls the figures are about: of both logs, where they differ.
fn coverage(outcome: &Outcome) -> Option<String> {
    let after = percent(outcome.after.priced_share()?);
    let before = outcome.comparison.as_ref().and_then(|one| one.before.priced_share());
    match before.map(percent) {
        Some(before) if before != after => Some(format!("{after} and {before}")),
        _ => Some(after),
    }
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Inconclusive => Tone::Warning,
        Verdict::Fail => Tone::Bad,
    }
}
