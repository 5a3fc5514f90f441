//! The page of `analyze`.

use crate::insights::{Analysis, Band, CallsAndCost, CostMode, DayTotal, Oddity, RunRate, Tally};
use crate::report::{AnalysisReport, CostlyLine, LeftOut};
use crate::units::{Share, TokenClass, Tokens, Usd};

use super::bars::{bar, sparkline};
use super::class_names::class_name;
use super::dates::{day, day_span, month};
use super::exhibits;
use super::figures::{
    DASH, Money, coefficient, count, counted, multiple, name, percent, percent_or_dash,
    token_limit, tokens,
};
use super::findings::{sentence, tone};
use super::folders::common_folder;
use super::oddities;
use super::price_remarks::{contract, other_sellers, reconciliation, remarks, swaps};
use super::screen::{Column, Grid, GridRow, Keep, Line, Screen, Tone};
use super::shared_blocks::{
    accounting, column_title, diagnostics, files, prices, pricing_basis, unpriced_models,
};
use super::timeline::timeline;

/// Blocks in a bar.
const BAR: usize = 12;

/// Composes the page.
pub(super) fn compose(report: &AnalysisReport) -> Screen {
    compose_at(report, u16::MAX)
}

/// Composes the page for so many columns: what does not fit is left to the table itself, but
/// figures may have shorter forms.
pub(super) fn compose_at(report: &AnalysisReport, width: u16) -> Screen {
    let analysis = &report.analysis;
    let currency = report.prices.currency;
    let money = Money::for_bill(analysis.totals.cost, currency);
    let tables = money.in_tables_of(width);
    let mut screen = Screen::default();
    headline(&mut screen, report, money);
    if analysis.totals.calls > 0 {
        groups(&mut screen, report, tables);
        unpriced(&mut screen, analysis, money);
    }
    if let Some(of) = &report.reconciliation {
        let money = Money::for_bill(of.invoiced.max(of.calculated), currency);
        reconciliation(&mut screen, of, money);
    }
    if analysis.totals.calls > 0 {
        findings(&mut screen, analysis, money);
        classes(&mut screen, analysis, tables);
        bands(&mut screen, analysis, tables);
        tiers(&mut screen, analysis, tables);
        daily(&mut screen, analysis, money);
        costliest(&mut screen, &report.costliest, money);
        logged(&mut screen, analysis, money);
        swaps(&mut screen, &analysis.swaps, money);
        remarks(&mut screen, &analysis.remarks, money);
        exhibits::blocks(&mut screen, &analysis.exhibits, tables);
    }
    diagnostics(&mut screen, &report.diagnostics);
    prices(&mut screen, &report.prices, analysis.window.as_ref());
    screen
}

pub(super) fn headline(screen: &mut Screen, report: &AnalysisReport, money: Money) {
    let analysis = &report.analysis;
    let totals = &analysis.totals;
    let mut title =
        format!("{} · {}", files(&report.input), counted(totals.calls, "call", "calls"));
    if let Some(window) = &analysis.window {
        title = format!("{title} · {}", day_span(window.first_day, window.last_day));
    }
    screen.title(title);
    if totals.calls > 0 {
        screen.line(Tone::Strong, bill(report, money));
        contract(screen, analysis, money);
    }
    other_sellers(screen, analysis);
    if let Some(rate) = &analysis.run_rate {
        screen.line(Tone::Plain, run_rate(rate, money));
    } else if analysis.window.is_some() {
        let is_far = |odd: &Oddity| matches!(odd, Oddity::FarApart { .. });
        let why = match analysis.totals.known_cost() {
            _ if analysis.oddities.iter().any(is_far) => "the calls are many years apart",
            Some(_) => "the log covers no full day",
            None => "no call has a known cost",
        };
        screen.line(Tone::Quiet, format!("no projection: {why}"));
    }
    if analysis.undated_calls > 0 {
        let calls = counted(analysis.undated_calls, "call", "calls");
        screen.line(Tone::Warning, format!("{calls} without a time count in no day"));
    }
    if analysis.calls_before_first_price > 0 {
        let calls = counted(analysis.calls_before_first_price, "call", "calls");
        let text = format!(
            "{calls} dated before the first known price of their model: priced at the oldest one"
        );
        screen.line(Tone::Warning, text);
    }
    let account = accounting(&report.input, totals.calls + analysis.other_sellers);
    for line in account.into_iter().chain(oddities::lines(&analysis.oddities, money)) {
        screen.line(line.tone, line.text);
    }
}

fn bill(report: &AnalysisReport, money: Money) -> String {
    let analysis = &report.analysis;
    let totals = &analysis.totals;
    let Some(cost) = totals.known_cost() else {
        return "no call has a known cost: nothing can be said about the bill".to_owned();
    };
    let mut text = money.text(cost);
    if let Some(window) = &analysis.window {
        let days = counted(u64::from(window.length()), "day", "days");
        text = format!("{text} in {days} ({})", window.days.zone());
    }
    let part = |calls| percent_or_dash(totals.share_of_calls(calls));
    let logged = part(totals.logged.calls);
    if analysis.cost_mode == CostMode::Logged {
        return format!("{text} · {logged} of calls have a logged cost");
    }
    let priced = part(totals.calculated().calls);
    text = format!(
        "{text} · {priced} of calls priced {}",
        pricing_basis(&report.prices, analysis.window.as_ref())
    );
    if totals.logged.calls > 0 {
        text = format!("{text}, {logged} at the log's own cost");
    }
    if totals.unpriced_calls > 0 {
        text = format!("{text}, {} not priced", part(totals.unpriced_calls));
    }
    text
}

fn run_rate(rate: &RunRate, money: Money) -> String {
    if rate.complete {
        return format!(
            "{} is complete: {}, which is {} a day",
            month(&rate.month),
            money.text(rate.projected),
            money.text(rate.daily)
        );
    }
    let days = counted(u64::from(rate.full_days), "full day", "full days");
    let mut text = format!(
        "{} for {} at this rate: {} a day, the mean of the last {days}, × {} days",
        money.text(rate.projected),
        month(&rate.month),
        money.text(rate.daily),
        rate.month_days
    );
    if let Some((low, high)) = rate.naive_range {
        let range = money.range(low, high);
        text = format!("{text} (naive: less than a week; expect {range} at best)");
    }
    text
}

pub(super) fn groups(screen: &mut Screen, report: &AnalysisReport, money: Money) {
    let analysis = &report.analysis;
    let by: Vec<_> = analysis.group_by.iter().map(|column| column_title(column)).collect();
    screen.heading(format!("Where the money went, by {}", by.join(" and ")));
    let mut columns: Vec<_> = by.iter().map(|title| Column::text(title, Keep::Always)).collect();
    columns.extend([
        Column::number("calls", Keep::Drop(2)),
        Column::number("input", Keep::Drop(6)),
        Column::number("cached", Keep::Drop(4)),
        Column::number("output", Keep::Drop(5)),
        Column::number("per call", Keep::Drop(7)),
        Column::number("cost", Keep::Always),
        Column::number("share", Keep::Drop(1)),
        Column::bar(Keep::Drop(9)),
    ]);
    let largest = analysis.groups.first().map_or(Usd::ZERO, |group| group.tally.cost);
    let mut rows = Vec::new();
    for group in &analysis.groups {
        let key = group.key.iter().map(|value| name(value)).collect();
        let figures = figures_of(&group.tally, group.share, money);
        let length = bar(group.tally.cost, largest, BAR);
        rows.push(row(Tone::Plain, key, figures, length));
    }
    if let Some(LeftOut { groups, tally, share }) = &report.left_out {
        let key = vec![format!("{} more", count(*groups as u64))];
        let figures = figures_of(tally, *share, money);
        rows.push(row(Tone::Quiet, padded(key, by.len()), figures, String::new()));
    }
    rows.push(GridRow::Rule);
    let whole = Share::of(1, 1).filter(|_| !analysis.totals.cost.is_zero());
    let figures = figures_of(&analysis.totals, whole, money);
    let key = padded(vec!["total".to_owned()], by.len());
    rows.push(row(Tone::Strong, key, figures, String::new()));
    screen.grid(Grid { columns, rows });
    if let Some(gini) = analysis.concentration.group_gini {
        let text = format!(
            "Gini coefficient of these groups: {} (0 is even, 1 is all in one)",
            coefficient(gini)
        );
        screen.line(Tone::Quiet, text);
    }
}

/// A key of one text and as many empty columns as it takes.
fn padded(mut key: Vec<String>, columns: usize) -> Vec<String> {
    key.truncate(columns);
    key.resize(columns, String::new());
    key
}

fn row(tone: Tone, mut key: Vec<String>, figures: Vec<String>, bar: String) -> GridRow {
    key.extend(figures);
    key.push(bar);
    GridRow::Cells(tone, key)
}

fn figures_of(tally: &Tally, share: Option<Share>, money: Money) -> Vec<String> {
    let nothing_known = tally.known_cost().is_none();
    vec![
        count(tally.calls),
        tokens(tally.input()),
        percent_or_dash(tally.cache_share()),
        tokens(tally.output()),
        tally.cost_per_call().map_or_else(|| DASH.to_owned(), |cost| money.unit(cost)),
        known(tally.known_cost(), money),
        percent_or_dash(share.filter(|_| !nothing_known)),
    ]
}

/// An amount, or the word for none: what is not known is never written as zero.
pub(super) fn known(cost: Option<Usd>, money: Money) -> String {
    cost.map_or_else(|| "unpriced".to_owned(), |cost| money.text(cost))
}

pub(super) fn unpriced(screen: &mut Screen, analysis: &Analysis, money: Money) {
    if analysis.unpriced.is_empty() {
        return;
    }
    screen.heading("Models without a price");
    let (mut calls, mut size, mut logged) = (0, Tokens::ZERO, CallsAndCost::default());
    for model in &analysis.unpriced {
        calls += model.calls;
        size += model.tokens;
        logged.merge(model.at_logged_cost);
    }
    if calls > 0 {
        let (calls, size) = (counted(calls, "call", "calls"), tokens(size));
        let text = format!("{calls} with {size} tokens: in no sum of money above");
        screen.line(Tone::Warning, text);
    }
    if logged.calls > 0 {
        let calls = counted(logged.calls, "call", "calls");
        let text = format!("{calls} at the log's own cost: {}", money.text(logged.cost));
        screen.line(Tone::Warning, text);
    }
    screen.grid(unpriced_models(&analysis.unpriced, money));
}

pub(super) fn findings(screen: &mut Screen, analysis: &Analysis, money: Money) {
    let coverage = analysis.class_coverage();
    let lines = analysis
        .findings
        .iter()
        .map(|finding| Line { tone: tone(finding), text: sentence(finding, money, coverage) });
    screen.list("What stands out", lines.collect());
}

pub(super) fn classes(screen: &mut Screen, analysis: &Analysis, money: Money) {
    if analysis.classes.is_empty() {
        return;
    }
    screen.heading("What each kind of token costs");
    if let Some(coverage) = analysis.class_coverage() {
        let rest = match analysis.totals.logged.calls {
            0 => "fees of searches are no tokens",
            _ => "calls at the log's own cost are not split",
        };
        let text = format!("{} of the bill: {rest}", percent(coverage));
        screen.line(Tone::Quiet, text);
    }
    let columns = vec![
        Column::text("tokens", Keep::Always),
        Column::number("count", Keep::Always),
        Column::number("cost", Keep::Always),
        Column::number("share", Keep::Always),
        Column::bar(Keep::Drop(1)),
    ];
    let largest = analysis.classes.iter().map(|class| class.cost).max().unwrap_or_default();
    let rows = analysis.classes.iter().map(|class| {
        let cells = vec![
            class_name(class.class).to_owned(),
            tokens(class.tokens),
            money.text(class.cost),
            percent_or_dash(class.share),
            bar(class.cost, largest, BAR),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    let mut rows: Vec<_> = rows.collect();
    if !analysis.fees().is_zero() {
        let mut cells = vec!["fees, beside tokens".to_owned(), DASH.to_owned()];
        cells.extend([money.text(analysis.fees()), DASH.to_owned(), String::new()]);
        rows.push(GridRow::Cells(Tone::Plain, cells));
    }
    screen.grid(Grid { columns, rows });
}

pub(super) fn bands(screen: &mut Screen, analysis: &Analysis, money: Money) {
    if analysis.totals.priced_calls() == 0 {
        return;
    }
    screen.heading("By size of the prompt");
    let columns = vec![
        Column::text("tokens in", Keep::Always),
        Column::number("calls", Keep::Drop(3)),
        Column::number("of calls", Keep::Always),
        Column::number("cost", Keep::Drop(2)),
        Column::number("of cost", Keep::Always),
        Column::number("per call, × mean", Keep::Drop(1)),
    ];
    let shown = analysis.bands.iter().filter(|band| band.total.calls > 0);
    let rows = shown.map(|band| {
        let cells = vec![
            band_name(band),
            count(band.total.calls),
            percent_or_dash(band.call_share),
            known(band.total.known_cost(), money),
            percent_or_dash(band.cost_share),
            band.relative_cost.map_or_else(|| DASH.to_owned(), multiple),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
}

fn band_name(band: &Band) -> String {
    match (band.above, band.up_to) {
        (None, _) => "several calls a row".to_owned(),
        (Some(above), None) => format!("above {}", token_limit(above)),
        (Some(above), Some(up_to)) => format!("{} – {}", token_limit(above), token_limit(up_to)),
    }
}

pub(super) fn tiers(screen: &mut Screen, analysis: &Analysis, money: Money) {
    if analysis.tiers.len() < 2 {
        return;
    }
    screen.heading("By service tier");
    let columns = vec![
        Column::text("tier", Keep::Always),
        Column::number("calls", Keep::Always),
        Column::number("cost", Keep::Always),
        Column::number("share", Keep::Always),
    ];
    let rows = analysis.tiers.iter().map(|tier| {
        let cells = vec![
            tier.tier.name().to_owned(),
            count(tier.total.calls),
            known(tier.total.known_cost(), money),
            percent_or_dash(tier.share),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
}

fn daily(screen: &mut Screen, analysis: &Analysis, money: Money) {
    let days = &analysis.days;
    let Some(dearest) = days.iter().max_by_key(|day| day.total.cost) else { return };
    if days.len() < 2 {
        return;
    }
    let (unit, costs) = timeline(days);
    screen.heading(format!("By {unit}"));
    screen.line(Tone::Plain, sparkline(&costs));
    if let Some(axis) = axis(days, costs.len()) {
        screen.line(Tone::Quiet, axis);
    }
    let text = format!("dearest day: {}, {}", day(dearest.day), money.text(dearest.total.cost));
    screen.line(Tone::Quiet, text);
}

/// The first and the last day under the ends of a line of so many blocks; nothing where it is too
/// short for both.
fn axis(days: &[DayTotal], length: usize) -> Option<String> {
    let (first, last) = (day(days.first()?.day), day(days.last()?.day));
    let between = length.checked_sub(first.chars().count() + last.chars().count())?;
    (between > 0).then(|| format!("{first}{}{last}", " ".repeat(between)))
}

pub(super) fn costliest(screen: &mut Screen, lines: &[CostlyLine], money: Money) {
    if lines.is_empty() {
        return;
    }
    screen.heading("The costliest calls");
    let columns = vec![
        Column::path("file", Keep::Always),
        Column::number("line", Keep::Always),
        Column::text("model", Keep::Drop(1)),
        Column::text("call type", Keep::Drop(4)),
        Column::number("input", Keep::Drop(2)),
        Column::number("output", Keep::Drop(3)),
        Column::number("cost", Keep::Always),
    ];
    let folder = common_folder(lines.iter().map(|line| line.file.as_str()));
    let rows = lines.iter().map(|line| {
        let sum = |wanted: fn(TokenClass) -> bool| -> Tokens {
            let classes = line.call.tokens.iter().filter(|(class, _)| wanted(*class));
            classes.map(|(_, number)| *number).sum()
        };
        let cells = vec![
            name(line.file.get(folder..).unwrap_or(&line.file)),
            line.line.to_string(),
            name(&line.call.model),
            name(&line.call.call_type),
            tokens(sum(TokenClass::is_input)),
            tokens(sum(|class| !class.is_input())),
            money.unit(line.call.cost),
        ];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
}

pub(super) fn logged(screen: &mut Screen, analysis: &Analysis, money: Money) {
    let logged = &analysis.logged;
    let mut lines = Vec::new();
    let mut say = |tone, text| lines.push(Line { tone, text });
    if logged.used.calls > 0 {
        let calls = counted(logged.used.calls, "call", "calls");
        let cost = money.text(logged.used.cost);
        say(Tone::Warning, format!("the bill takes {calls} at the log's own cost: {cost}"));
    }
    if logged.compared.calls > 0 {
        let calls = counted(logged.compared.calls, "call", "calls");
        let text = format!(
            "{calls} can be compared: {} calculated, {} logged, difference {}",
            money.text(logged.compared_calculated),
            money.text(logged.compared.cost),
            money.text(logged.difference())
        );
        say(if logged.difference().is_zero() { Tone::Good } else { Tone::Plain }, text);
        let (equal, all) = (logged.equal_calls, logged.compared.calls);
        if equal == all {
            say(Tone::Good, "each of them costs what its log says".to_owned());
        } else {
            let text = format!(
                "{} of them cost what their log says, {} do not",
                count(equal),
                count(all - equal)
            );
            say(Tone::Plain, text);
        }
    }
    screen.list("What the log itself says calls cost", lines);
}
