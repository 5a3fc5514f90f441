//! The page of `simulate`: what is saved, the ladder as a waterfall, before and after; and where the
//! money goes today, from an analysis of the same log.

use crate::report::{AnalysisReport, Evidence, SavingsGroup, SavingsReport};
use crate::units::Usd;

use super::super::figures::{Money, exact_dollars};
use super::super::savings_screen as screen;
use super::super::screen::{Screen, Tone};
use super::super::shared_blocks::{diagnostics, prices};
use super::analysis_page::{details, money_tile, overview, priced_tile, saved_words};
use super::exhibit_sections::{draw_tornado, exhibit_sections};
use super::page::{Bar, Page, Section, Tile, of_screen, sections_of};
use super::pictures::ratio;
use super::what_if::panel;

/// Composes the page; with an analysis of the same log it says where the money goes too.
pub(super) fn compose(report: &SavingsReport, analysis: Option<&AnalysisReport>) -> Page {
    let money = Money::for_bill(report.totals.baseline, report.prices.currency);
    let mut head = Screen::default();
    screen::headline(&mut head, report, money);
    let mut page = of_screen(&head);
    page.what_if = report.what_if.as_ref().map(|one| panel(one, None, report.prices.currency));
    // Warnings belong beside the figures they are about; what is assumed may stand below.
    let mut before_acting = sections_of(|all| screen::basis(all, report, money));
    let assumed = before_acting.split_off(usize::from(!report.warnings.is_empty()));
    if report.calls > 0 {
        page.tiles = tiles(report, money);
        page.sections.push(Section::chapter("The saving"));
        page.sections.extend(ladder(report, money));
        page.sections.append(&mut before_acting);
        page.sections.extend(sections_of(|all| screen::best_sets(all, report, money)));
        page.sections.extend(groups(report, money));
        page.sections.extend(exhibits(report, money));
        let today = analysis.filter(|analysis| analysis.analysis.totals.calls > 0);
        if let Some(analysis) = today {
            let money = Money::for_bill(analysis.analysis.totals.cost, report.prices.currency);
            page.sections.push(Section::chapter("Where the money goes today"));
            page.sections.extend(overview(analysis, money));
            page.sections.push(Section::chapter("In detail"));
            page.sections.extend(details(analysis, money));
        }
    }
    page.sections.push(Section::chapter("What the figures rest on"));
    page.sections.append(&mut before_acting);
    page.sections.extend(assumed);
    page.sections.extend(sections_of(|all| {
        if analysis.is_none() {
            screen::unpriced(all, report, money);
        }
        diagnostics(all, &report.diagnostics);
        prices(all, &report.prices, report.window.as_ref());
    }));
    page
}

fn tiles(report: &SavingsReport, money: Money) -> Vec<Tile> {
    let totals = &report.totals;
    let saved = totals.saved();
    let range = totals.saved_range;
    let note = if range.is_point() {
        saved_words(totals.saved_share())
    } else {
        format!("{} · {}", saved_words(totals.saved_share()), money.range(range.low, range.high))
    };
    let (label, tone) = match saved {
        _ if saved < Usd::ZERO => ("More than today", Tone::Bad),
        _ if saved.is_zero() => ("Saved", Tone::Plain),
        _ => ("Saved", Tone::Good),
    };
    vec![
        money_tile("Bill of the log", totals.baseline, money, String::new()),
        money_tile("With these techniques", totals.projected, money, String::new())
            .toned(Tone::Strong),
        money_tile(label, saved.max(-saved), money, note).toned(tone),
        priced_tile(report.priced_share(), report.unpriced.calls),
    ]
}

/// The ladder as a waterfall: what each technique takes off what is left.
fn ladder(report: &SavingsReport, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|all| screen::ladder(all, report, money));
    let Some(section) = sections.first_mut() else { return sections };
    let Some(table) = section.table() else { return sections };
    let totals = &report.totals;
    let lines = &report.techniques;
    let known =
        |amount: Usd, is_known: bool| is_known.then(|| (amount.to_string(), exact_dollars(amount)));
    // The first row is today, the last one, where there are techniques, all of them together.
    let column =
        |today: Option<Usd>, of: fn(&crate::report::TechniqueLine) -> Usd, all: Option<Usd>| {
            let today = today.and_then(|amount| known(amount, true));
            let rungs =
                lines.iter().map(move |line| known(of(line), line.evidence != Evidence::Refused));
            let all = all.and_then(|amount| known(amount, true));
            std::iter::once(today).chain(rungs).chain([all]).collect::<Vec<_>>().into_iter()
        };
    table.exact("saves alone", column(None, |line| line.standalone, None));
    table.exact("then saves", column(None, |line| line.ladder, Some(totals.saved())));
    let baseline = Some(totals.baseline);
    table.exact("remaining", column(baseline, |line| line.remaining, Some(totals.projected)));
    table.exact("fair share", column(None, |line| line.fair_share, None));
    // A waterfall says more than blocks of text can.
    table.drop_bars();
    table.insert_bars(1, "");
    table.bars(waterfall(report).into_iter());
    table.is_ordered = true;
    section.line(
        Tone::Quiet,
        "bars: grey is the bill that is left, green what a technique takes off it, red what it adds",
    );
    sections
}

/// A bar for each row of the ladder, by the largest bill on the way.
fn waterfall(report: &SavingsReport) -> Vec<Option<Bar>> {
    let told = || report.techniques.iter().filter(|line| line.evidence != Evidence::Refused);
    let baseline = report.totals.baseline;
    let most = told().map(|line| line.remaining).fold(baseline, Usd::max);
    let solid = |amount: Usd| {
        let mut bar = Bar::default();
        bar.part("fill", 0.0, ratio(amount, most));
        Some(bar)
    };
    let mut bars = vec![solid(baseline)];
    let mut before = baseline;
    for line in &report.techniques {
        if line.evidence == Evidence::Refused {
            bars.push(Some(Bar::default()));
            continue;
        }
        let mut bar = Bar::default();
        let left = before.min(line.remaining);
        bar.part("rest", 0.0, ratio(left, most));
        let class = if line.remaining <= before { "saved" } else { "added" };
        bar.part(class, ratio(before, most), ratio(line.remaining, most));
        bars.push(Some(bar));
        before = line.remaining;
    }
    bars.push(solid(report.totals.projected));
    bars
}

fn groups(report: &SavingsReport, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|all| screen::groups(all, report, money));
    let Some(section) = sections.first_mut() else { return sections };
    let Some(table) = section.table() else { return sections };
    if report.left_out.is_some() {
        table.pin_last();
    }
    let shown = table.body.len();
    let rest = report.left_out.as_ref().map(|(_, rest)| rest.clone());
    let rows: Vec<SavingsGroup> = report
        .groups
        .iter()
        .take(shown)
        .cloned()
        .chain(rest)
        .chain([report.all_groups()])
        .collect();
    let exact = |of: fn(&SavingsGroup) -> Usd| {
        rows.iter().map(move |group| Some((of(group).to_string(), exact_dollars(of(group)))))
    };
    table.exact("before", exact(|group| group.before));
    table.exact("after", exact(|group| group.after));
    table.exact("saved", exact(SavingsGroup::saved));
    let most = report.groups.iter().map(|group| group.before.max(group.after)).max();
    let most = most.unwrap_or_default();
    table.bars(
        rows.iter().take(shown).map(|group| Some(before_after(group, most))).chain([None, None]),
    );
    section.line(
        Tone::Quiet,
        "bars: blue is the bill that is left, green what is saved, red what becomes dearer",
    );
    sections
}

fn before_after(group: &SavingsGroup, most: Usd) -> Bar {
    let mut bar = Bar::default();
    let (before, after) = (ratio(group.before, most), ratio(group.after, most));
    bar.part("fill", 0.0, before.min(after));
    bar.part(if group.after <= group.before { "saved" } else { "added" }, before, after);
    bar
}

fn exhibits(report: &SavingsReport, money: Money) -> Vec<Section> {
    let mut sections = Vec::new();
    let (tornado, others): (Vec<_>, Vec<_>) =
        report.exhibits.iter().cloned().partition(|exhibit| exhibit.name == "tornado");
    for exhibit in &tornado {
        for mut section in exhibit_sections(std::slice::from_ref(exhibit), money) {
            section.is_folded = false;
            draw_tornado(&mut section, exhibit, report.totals.saved());
            sections.push(section);
        }
    }
    sections.extend(exhibit_sections(&others, money));
    sections
}
