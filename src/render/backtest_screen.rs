//! The page of `backtest`: the error, what it comes from, and what to make of it.

use crate::report::{
    BacktestReport, CauseComparison, Comparison, Estimate, LogLine, Predicted, error_share,
};
use crate::units::{Factor, Rate, Share, Usd};

use super::dates::day_span;
use super::figures::{
    DASH, Money, coefficient, count, counted, expected_count, growth, name, percent_or_dash, tokens,
};
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};
use super::shared_blocks::{accounting, diagnostics, files, prices, pricing_basis};

/// Composes the page.
pub(super) fn compose(report: &BacktestReport) -> Screen {
    let money = Money::for_bill(report.total.billed, report.prices.currency);
    let mut screen = Screen::default();
    headline(&mut screen, report, money);
    left_out(&mut screen, report);
    logs(&mut screen, report, money);
    learned(&mut screen, report, money);
    causes(&mut screen, report, money);
    named(&mut screen, report, money);
    basis(&mut screen, report, money);
    diagnostics(&mut screen, &report.diagnostics);
    prices(&mut screen, &report.prices, report.window.as_ref());
    screen
}

fn headline(screen: &mut Screen, report: &BacktestReport, money: Money) {
    let total = &report.total;
    let mut title = format!("{} · {}", files(&report.input), counted(total.calls, "call", "calls"));
    if let Some(window) = &report.window {
        title = format!("{title} · {}", day_span(window.first_day, window.last_day));
    }
    screen.title(title);
    let predicted = report.estimate.of(&total.predicted);
    let text = format!(
        "billed {} {}; predicted without the cache counters {}: {} ({})",
        money.text(total.billed),
        pricing_basis(&report.prices, report.window.as_ref()),
        money.text(predicted),
        error(predicted, total.billed),
        money.difference(predicted - total.billed),
    );
    screen.line(Tone::Strong, text);
    let simplest = total.predicted.simplest;
    let text = format!(
        "the simplest rule (read = the prompt before) says {}: {}",
        money.text(simplest),
        error(simplest, total.billed)
    );
    screen.line(Tone::Plain, text);
    let is_covered = report.range.covers(total.billed);
    let (tone, verdict) =
        if is_covered { (Tone::Good, "is in it") } else { (Tone::Warning, "is not in it") };
    let range = money.range(report.range.low, report.range.high);
    screen.line(tone, format!("range {range}: what was billed {verdict}"));
    if report.logs.len() > 1 {
        let medians = report.median_errors();
        let text = format!(
            "{} of {} logs within their own range; the median log is off by {}, by the simplest \
             rule by {}",
            report.covered(),
            report.logs.len(),
            percent_or_dash(medians.point),
            percent_or_dash(medians.simplest),
        );
        screen.line(Tone::Plain, text);
    }
    for line in accounting(&report.input, all_calls(report)) {
        screen.line(line.tone, line.text);
    }
}

/// All calls that were read, whether they take part or not.
fn all_calls(report: &BacktestReport) -> u64 {
    let out = &report.left_out;
    let others = [
        out.sums,
        out.unpriced,
        out.without_conversation,
        out.without_time,
        out.without_counters,
        out.learned_from,
    ];
    others.into_iter().fold(report.total.calls, u64::saturating_add)
}

fn left_out(screen: &mut Screen, report: &BacktestReport) {
    let out = &report.left_out;
    let reasons = [
        (out.sums, Tone::Warning, "left out: their rows sum up several calls"),
        (out.unpriced, Tone::Warning, "left out: they have no price"),
        (out.without_conversation, Tone::Warning, "left out: they have no conversation"),
        (out.without_time, Tone::Warning, "left out: they have no time"),
        (out.without_counters, Tone::Warning, "left out: their log has no cache counters"),
        (out.learned_from, Tone::Plain, "only learned from, not scored"),
    ];
    for (calls, tone, why) in reasons.into_iter().filter(|(calls, ..)| *calls > 0) {
        screen.line(tone, format!("{} {why}", counted(calls, "call", "calls")));
    }
    let (conversations, uncached) = &report.uncached;
    if *conversations > 0 && report.has_lifetimes {
        let (total, billed) = (&report.total, report.total.billed - uncached.billed);
        let predicted =
            report.estimate.of(&total.predicted) - report.estimate.of(&uncached.predicted);
        let text = format!(
            "{} in {} show no caching at all: most likely nobody asked for it, which is not \
             visible; without them the prediction is off by {}",
            counted(uncached.calls, "call", "calls"),
            counted(*conversations, "conversation", "conversations"),
            error(predicted, billed),
        );
        screen.line(Tone::Warning, text);
    }
}

fn error(predicted: Usd, billed: Usd) -> String {
    error_share(predicted, billed).map_or_else(|| DASH.to_owned(), growth)
}

fn logs(screen: &mut Screen, report: &BacktestReport, money: Money) {
    if report.logs.len() < 2 {
        return;
    }
    screen.heading("By log: the error at its point, at the expected value, by the simplest rule");
    let columns = vec![
        Column::path("log", Keep::Always),
        Column::number("calls", Keep::Drop(4)),
        Column::number("billed", Keep::Always),
        Column::number("point", Keep::Drop(2)),
        Column::number("error", Keep::Always),
        Column::number("expected", Keep::Drop(5)),
        Column::number("simplest", Keep::Drop(1)),
        Column::number("range", Keep::Drop(3)),
        Column::text("covered", Keep::Drop(2)),
    ];
    let rows = report.logs.iter().map(|line| log_row(line, money));
    screen.grid(Grid { columns, rows: rows.collect() });
}

fn log_row(line: &LogLine, money: Money) -> GridRow {
    let Comparison { calls, billed, predicted, .. } = line.log.comparison;
    let range = line.log.range;
    let is_covered = range.covers(billed);
    let cells = vec![
        name(&line.name),
        count(calls),
        money.text(billed),
        money.text(predicted.point),
        error(predicted.point, billed),
        error(predicted.expected, billed),
        error(predicted.simplest, billed),
        money.range(range.low, range.high),
        if is_covered { "yes" } else { "no" }.to_owned(),
    ];
    GridRow::Cells(if is_covered { Tone::Plain } else { Tone::Warning }, cells)
}

fn learned(screen: &mut Screen, report: &BacktestReport, money: Money) {
    let lines = report.logs.iter().filter_map(|line| {
        let learned = line.log.learned.as_ref()?;
        let Comparison { billed, predicted, .. } = line.log.comparison;
        let share = |factor: Factor| Share::of(factor.parts().into(), Rate::ONE.parts().into());
        let share = |factor| share(factor).map_or_else(|| DASH.to_owned(), coefficient);
        let percent =
            |rate: Rate| percent_or_dash(Share::of(rate.parts().into(), Rate::ONE.parts().into()));
        let calls = counted(learned.calls, "call", "calls");
        let factors = learned.calibration.map_or_else(
            || format!("nothing to learn from {calls}"),
            |one| {
                format!(
                    "from {calls}: losses {} times the usual (between {} and {}), {} of the \
                     static start is read, {} is written for the default lifetime",
                    share(one.losses),
                    share(one.losses_range[0]),
                    share(one.losses_range[1]),
                    percent(one.start),
                    percent(one.default_term),
                )
            },
        );
        let text = format!(
            "{}: {factors}; off by {} instead of {} ({} instead of {})",
            name(&line.name),
            error(predicted.point, billed),
            error(learned.uncalibrated, billed),
            money.text(predicted.point),
            money.text(learned.uncalibrated),
        );
        Some(Line { tone: Tone::Plain, text })
    });
    screen.list("What the first half of each log taught", lines.collect());
}

fn causes(screen: &mut Screen, report: &BacktestReport, money: Money) {
    screen.heading("By what is visible of why a prompt may not be read");
    let columns = vec![
        Column::text("cause", Keep::Always),
        Column::number("calls", Keep::Drop(4)),
        Column::number("lost, predicted", Keep::Drop(2)),
        Column::number("lost", Keep::Drop(2)),
        Column::number("read, predicted", Keep::Drop(3)),
        Column::number("read", Keep::Drop(3)),
        Column::number("billed", Keep::Always),
        Column::number("predicted", Keep::Drop(1)),
        Column::number("error", Keep::Always),
    ];
    let mut rows: Vec<_> =
        report.causes.iter().map(|one| cause_row(one, report.estimate, money)).collect();
    rows.push(GridRow::Rule);
    let lost: u64 = report.causes.iter().map(|one| one.lost).sum();
    let predicted = report.causes.iter().map(|one| &one.predicted_lost);
    let predicted = Predicted {
        point: predicted.clone().map(|one| one.point).sum(),
        expected: predicted.clone().map(|one| one.expected).sum(),
        simplest: predicted.map(|one| one.simplest).sum(),
    };
    let figures = cause_figures(&report.total, lost, &predicted, report.estimate, money);
    rows.push(GridRow::Cells(Tone::Strong, [vec!["total".to_owned()], figures].concat()));
    screen.grid(Grid { columns, rows });
}

fn cause_row(one: &CauseComparison, estimate: Estimate, money: Money) -> GridRow {
    let figures = cause_figures(&one.comparison, one.lost, &one.predicted_lost, estimate, money);
    GridRow::Cells(Tone::Plain, [vec![one.cause.label().to_owned()], figures].concat())
}

fn cause_figures(
    comparison: &Comparison,
    lost: u64,
    predicted_lost: &Predicted<u64>,
    estimate: Estimate,
    money: Money,
) -> Vec<String> {
    let predicted = estimate.of(&comparison.predicted);
    let expected = Share::of(estimate.of(predicted_lost).into(), Rate::ONE.parts().into());
    vec![
        count(comparison.calls),
        expected.map_or_else(|| DASH.to_owned(), expected_count),
        count(lost),
        tokens(estimate.of(&comparison.predicted_read)),
        tokens(comparison.read),
        money.text(comparison.billed),
        money.text(predicted),
        money.difference(predicted - comparison.billed),
    ]
}

fn named(screen: &mut Screen, report: &BacktestReport, money: Money) {
    let columns = |title: &str| {
        vec![
            Column::text(title, Keep::Always),
            Column::number("calls", Keep::Drop(3)),
            Column::number("read, predicted", Keep::Drop(4)),
            Column::number("read", Keep::Drop(4)),
            Column::number("billed", Keep::Always),
            Column::number("predicted", Keep::Drop(1)),
            Column::number("error", Keep::Always),
            Column::number("simplest", Keep::Drop(2)),
        ]
    };
    let row = |tone: Tone, title: &str, sums: &Comparison| {
        let predicted = report.estimate.of(&sums.predicted);
        let cells = vec![
            name(title),
            count(sums.calls),
            tokens(report.estimate.of(&sums.predicted_read)),
            tokens(sums.read),
            money.text(sums.billed),
            money.text(predicted),
            error(predicted, sums.billed),
            error(sums.predicted.simplest, sums.billed),
        ];
        GridRow::Cells(tone, cells)
    };
    let parts = [
        ("By model", "model", &report.models, None),
        (
            "By conversation",
            "conversation",
            &report.conversations,
            report.conversations_left_out.as_ref(),
        ),
    ];
    for (heading, title, lines, rest) in parts {
        screen.heading(heading);
        let shown = lines.iter().map(|line| row(Tone::Plain, &line.name, &line.comparison));
        let mut rows: Vec<_> = shown.collect();
        if let Some((number, rest)) = rest {
            rows.push(row(Tone::Quiet, &format!("{} more", count(*number as u64)), rest));
        }
        screen.grid(Grid { columns: columns(title), rows });
    }
}

/// What was assumed, and what nobody can know.
fn basis(screen: &mut Screen, report: &BacktestReport, money: Money) {
    let mut texts = Vec::new();
    if report.has_lifetimes {
        texts.push(lifetime(report).to_owned());
        texts.push(
            "every client is taken to ask for caching, on all of its prompts: whether it does is \
             not visible"
                .to_owned(),
        );
    }
    texts.push(match report.estimate {
        Estimate::Expected => {
            "the total and the tables below the logs take the expected value: what logs lose on \
             average, which is right for many together; each log takes its point, what a typical \
             log loses, since few logs have most of the losses"
                .to_owned()
        }
        Estimate::Point => format!(
            "this is the point: what a typical log loses, since few logs have most of the losses; \
             the expected value, which is right for many logs together, is {}: {}",
            money.text(report.total.predicted.expected),
            error(report.total.predicted.expected, report.total.billed)
        ),
    });
    texts.push(
        "whole prompts lost inside their lifetime differ from log to log and cannot be foreseen \
         from what is visible; the range holds as many as one log in a hundred has"
            .to_owned(),
    );
    if report.logs.len() > 1 {
        texts.push(
            "the range of the total adds up the ends of the logs: wider than need be".to_owned(),
        );
    }
    let lines = texts.into_iter().map(|text| Line { tone: Tone::Plain, text });
    screen.list("Before you rely on this", lines.collect());
}

/// Which lifetime was predicted with.
const fn lifetime(report: &BacktestReport) -> &'static str {
    match (report.basis.calibrated, report.basis.lifetime.as_bytes()) {
        (true, _) => "lifetimes are those of the first half of each log",
        (false, b"5m") => "all written prompts have the default lifetime, as declared",
        (false, b"1h") => "all written prompts have the longest lifetime, as declared",
        (false, _) => {
            "the lifetime is not declared: the prediction is the mean of both, the range spans \
             both; --cache-ttl 5m or 1h says which it is"
        }
    }
}
