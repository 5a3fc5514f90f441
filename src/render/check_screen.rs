//! The page of a check.

use crate::gate::{Outcome, Verdict};
use crate::report::{CheckReport, ComparedWith};

use super::check_words::{caution, reason};
use super::dates::day_span;
use super::exhibits;
use super::figures::{Money, counted, name};
use super::screen::{Line, Screen, Tone};
use super::shared_blocks::{accounting, diagnostics, files, prices};

/// Composes the page.
pub(super) fn compose(report: &CheckReport) -> Screen {
    let outcome = &report.outcome;
    let mut screen = Screen::default();
    screen.title(title(report));
    screen.line(tone(outcome), format!("{}: {}", outcome.verdict.name(), reason(outcome)));
    if let Some(line) = price_drift(report) {
        screen.line(line.tone, line.text);
    }
    exhibits::blocks(&mut screen, &report.exhibits, money(outcome));
    let cautions = outcome.comparison.iter().flat_map(|comparison| &comparison.cautions);
    let cautions = cautions.map(|one| Line { tone: Tone::Plain, text: caution(one, outcome) });
    screen.list("To know", cautions.collect());
    let all = outcome.after.calls + outcome.after.unpriced_calls() + outcome.after.without_case;
    screen.heading("Input");
    for line in accounting(&report.input, all) {
        screen.line(line.tone, line.text);
    }
    diagnostics(&mut screen, &report.diagnostics);
    prices(&mut screen, &report.prices, report.window.as_ref());
    screen
}

/// Amounts from units to bills stand in one table.
fn money(outcome: &Outcome) -> Money {
    let smallest = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    let smallest = smallest.map(|one| one.before.max(one.after)).filter(|cost| !cost.is_zero());
    Money::for_bill(smallest.min().unwrap_or(outcome.after.billed))
}

pub(super) fn title(report: &CheckReport) -> String {
    let outcome = &report.outcome;
    let [one, many] = outcome.after.measure.unit.words();
    let log = files(&report.input);
    let compared = match &report.compared_with {
        ComparedWith::Nothing => log,
        ComparedWith::Baseline(file) => format!("{log} against {}", name(file)),
        ComparedWith::Log(input) => format!("{log} against {}", files(input)),
    };
    let units = counted(outcome.after.units(), one, many);
    match &report.window {
        Some(window) => {
            format!("{compared} · {units} · {}", day_span(window.first_day, window.last_day))
        }
        None => format!("{compared} · {units}"),
    }
}

const fn tone(outcome: &Outcome) -> Tone {
    match outcome.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Inconclusive | Verdict::Fail => Tone::Warning,
    }
}

/// What other prices did, which is told and not judged.
pub(super) fn price_drift(report: &CheckReport) -> Option<Line> {
    let comparison = report.outcome.comparison.as_ref()?;
    let effects = &comparison.cause.as_ref()?.effects;
    let price = effects.iter().find(|one| one.name == "price")?.amount;
    if price.is_zero() {
        return None;
    }
    let money = Money::for_bill(price.max(-price));
    let text = format!(
        "prices changed: {} on the bill, not judged; both logs are compared at the prices of one day",
        money.difference(price)
    );
    Some(Line { tone: Tone::Plain, text })
}
