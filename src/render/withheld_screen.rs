//! The page and the document of a backtest that withholds a field.

use serde::Serialize;

use crate::report::{Withheld, WithheldReport, error_share};
use crate::units::Usd;

use super::dates::day_span;
use super::exhibits::{self, ExhibitDocument};
use super::figures::{Money, counted, growth};
use super::input_document::{DiagnosticDocument, InputDocument, PricesDocument, WindowDocument};
use super::screen::{Screen, Tone};
use super::shared_blocks::{accounting, diagnostics, files, prices, pricing_basis};
use super::wire::{Dollars, Ratio, SCHEMA_VERSION};

/// Composes the page.
pub(super) fn compose(report: &WithheldReport) -> Screen {
    let (total, money) =
        (&report.total, Money::for_bill(report.total.billed, report.prices.currency));
    let mut screen = Screen::default();
    let mut title = format!("{} · {}", files(&report.input), counted(total.calls, "call", "calls"));
    if let Some(window) = &report.window {
        title = format!("{title} · {}", day_span(window.first_day, window.last_day));
    }
    screen.title(title);
    let (what, without) = words(report.withheld);
    let error = |predicted| {
        error_share(predicted, total.billed)
            .map_or_else(String::new, |share| format!(" ({})", growth(share)))
    };
    let text = format!(
        "billed {} {}; predicted without {what}: {}{}",
        money.text(total.billed),
        pricing_basis(&report.prices, report.window.as_ref()),
        money.text(total.predicted),
        error(total.predicted),
    );
    screen.line(Tone::Strong, text);
    let (simplest, error) = (money.text(total.simplest), error(total.simplest));
    screen.line(Tone::Plain, format!("{without}: {simplest}{error}"));
    let learned = counted(report.learned_from, "call", "calls");
    let text =
        format!("learned from the first half of the log, {learned}; the second is predicted");
    screen.line(Tone::Quiet, text);
    if report.left_out > 0 {
        let calls = counted(report.left_out, "call", "calls");
        let text = format!("{calls} take no part: no price, no time, or nothing that is withheld");
        screen.line(Tone::Warning, text);
    }
    for line in accounting(&report.input, total.calls + report.learned_from + report.left_out) {
        screen.line(line.tone, line.text);
    }
    exhibits::blocks(&mut screen, std::slice::from_ref(&report.groups), money);
    diagnostics(&mut screen, &report.diagnostics);
    prices(&mut screen, &report.prices, report.window.as_ref());
    screen
}

/// What is withheld, and what holds when nothing is predicted.
fn words(withheld: Withheld) -> (String, String) {
    match withheld {
        Withheld::ServedModel => (
            "the models that answered".to_owned(),
            "if every call were answered by the model it asked for".to_owned(),
        ),
        Withheld::OutputBeyond(cap) => {
            let cap = counted(cap.get(), "token", "tokens");
            (format!("what answers hold beyond {cap}"), format!("if every answer ended at {cap}"))
        }
    }
}

/// The document of such a backtest; its schema is `docs/schema/backtest-withheld.schema.json`.
#[derive(Debug, Serialize)]
pub(super) struct WithheldDocument<'a> {
    schema_version: &'static str,
    window: Option<WindowDocument>,
    input: InputDocument<'a>,
    hidden: &'static str,
    learned_from_calls: u64,
    left_out_calls: u64,
    calls: u64,
    affected_calls: u64,
    billed_usd: Dollars,
    predicted_usd: Dollars,
    error_usd: Dollars,
    error_share: Option<Ratio>,
    simplest_usd: Dollars,
    simplest_error_share: Option<Ratio>,
    exhibits: [ExhibitDocument<'a>; 1],
    diagnostics: Vec<DiagnosticDocument<'a>>,
    prices: PricesDocument<'a>,
}

/// Builds the document.
pub(super) fn document(report: &WithheldReport) -> WithheldDocument<'_> {
    let total = &report.total;
    let share = |predicted: Usd| error_share(predicted, total.billed).map(Ratio);
    WithheldDocument {
        schema_version: SCHEMA_VERSION,
        window: report.window.as_ref().map(WindowDocument::from),
        input: InputDocument::from(&report.input),
        hidden: report.withheld.name(),
        learned_from_calls: report.learned_from,
        left_out_calls: report.left_out,
        calls: total.calls,
        affected_calls: total.affected,
        billed_usd: Dollars(total.billed),
        predicted_usd: Dollars(total.predicted),
        error_usd: Dollars(total.predicted - total.billed),
        error_share: share(total.predicted),
        simplest_usd: Dollars(total.simplest),
        simplest_error_share: share(total.simplest),
        exhibits: [ExhibitDocument::from(&report.groups)],
        diagnostics: report.diagnostics.iter().map(DiagnosticDocument::from).collect(),
        prices: PricesDocument::from(&report.prices),
    }
}
