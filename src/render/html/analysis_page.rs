//! The page of `analyze`: figures to see first, pictures, then every table with its exact values.

#![expect(clippy::unnecessary_wraps, reason = "cells of other columns have no digits")]

use crate::insights::{Analysis, Tally};
use crate::report::AnalysisReport;
use crate::units::{TokenClass, Tokens, Usd};

use super::super::analysis_screen as screen;
use super::super::dates::month;
use super::super::figures::{Money, change, count, counted, exact_dollars, percent_or_dash};
use super::super::price_remarks::{reconciliation, remarks, swaps};
use super::super::screen::Tone;
use super::super::shared_blocks::{diagnostics, prices};
use super::exhibit_sections::exhibit_sections;
use super::page::{Bar, Page, Section, Tile, of_screen, sections_of};
use super::pictures::{cache, concentration, crossing, over_time, ratio};
use super::what_if::panel;

/// Composes the page.
pub(super) fn compose(report: &AnalysisReport) -> Page {
    let analysis = &report.analysis;
    let money = Money::for_bill(analysis.totals.cost, report.prices.currency);
    let mut head = super::super::screen::Screen::default();
    screen::headline(&mut head, report, money);
    let mut page = of_screen(&head);
    page.what_if = report
        .what_if
        .as_ref()
        .map(|one| panel(one, Some(analysis.totals.cost), report.prices.currency));
    if analysis.totals.calls > 0 {
        page.tiles = tiles(report, money);
        page.sections.push(Section::chapter("At a glance"));
        page.sections.extend(overview(report, money));
        page.sections.push(Section::chapter("In detail"));
    }
    page.sections.extend(details(report, money));
    page.sections.push(Section::chapter("What the figures rest on"));
    page.sections.extend(sections_of(|all| {
        diagnostics(all, &report.diagnostics);
        prices(all, &report.prices, analysis.window.as_ref());
    }));
    page
}

/// An amount to see first, with every digit.
pub(super) fn money_tile(label: &str, amount: Usd, money: Money, note: String) -> Tile {
    Tile::new(label, money.text(amount), note).exactly(exact_dollars(amount))
}

fn tiles(report: &AnalysisReport, money: Money) -> Vec<Tile> {
    let analysis = &report.analysis;
    let totals = &analysis.totals;
    let span = analysis.window.as_ref().map_or_else(String::new, |window| {
        format!("in {}", counted(u64::from(window.length()), "day", "days"))
    });
    let bill = match totals.known_cost() {
        Some(cost) => money_tile("Bill", cost, money, span).toned(Tone::Strong),
        None => Tile::new("Bill", "unpriced", "no call has a known cost").toned(Tone::Warning),
    };
    let mut tiles = vec![bill];
    if let Some(rate) = &analysis.run_rate {
        let note = format!("{} a day", money.text(rate.daily));
        let label = if rate.complete {
            format!("{}, complete", month(&rate.month))
        } else {
            format!("{} at this rate", month(&rate.month))
        };
        tiles.push(money_tile(&label, rate.projected, money, note));
    }
    let each = totals.cost_per_call().map(|cost| format!("{} each", money.unit(cost)));
    tiles.push(Tile::new("Calls", count(totals.calls), each.unwrap_or_default()));
    tiles.push(priced_tile(totals.share_of_calls(totals.priced_calls()), totals.unpriced_calls));
    if analysis.cache.input > Tokens::ZERO {
        let note = analysis.cache.net_saving.filter(|saving| !saving.is_zero());
        let note = note.map(|saving| {
            let word = if saving < Usd::ZERO { "lost" } else { "saved" };
            format!("{word} {}", money.text(saving.max(-saving)))
        });
        let share = percent_or_dash(analysis.cache.read_share());
        tiles.push(Tile::new("Input from the cache", share, note.unwrap_or_default()));
    }
    tiles
}

/// How many calls have a price.
pub(super) fn priced_tile(share: Option<crate::units::Share>, unpriced: u64) -> Tile {
    let tile = |note: String| Tile::new("Calls with a known cost", percent_or_dash(share), note);
    if unpriced == 0 {
        return tile("none is left out".to_owned());
    }
    tile(format!("{} in no sum", counted(unpriced, "call", "calls"))).toned(Tone::Warning)
}

/// What to look at first.
pub(super) fn overview(report: &AnalysisReport, money: Money) -> Vec<Section> {
    let analysis = &report.analysis;
    let mut sections = sections_of(|all| screen::findings(all, analysis, money));
    if let Some(spread) = &analysis.spread {
        sections.extend(over_time(spread, money));
    }
    sections.extend(groups(report, money));
    sections.extend(sections_of(|all| screen::unpriced(all, analysis, money)));
    let curve = analysis.spread.as_ref().and_then(|spread| {
        sections.extend(crossing(&spread.crossing, money));
        concentration(analysis, spread)
    });
    sections.extend(cache(analysis, money));
    // Side by side, where there are both.
    let is_half = curve.is_some();
    sections
        .extend(classes(analysis, money).into_iter().map(|section| Section { is_half, ..section }));
    let has_classes = !analysis.classes.is_empty();
    sections.extend(curve.map(|section| Section { is_half: has_classes, ..section }));
    sections
}

/// The tables of everything else.
pub(super) fn details(report: &AnalysisReport, money: Money) -> Vec<Section> {
    let analysis = &report.analysis;
    let mut sections = Vec::new();
    if let Some(of) = &report.reconciliation {
        let money = Money::for_bill(of.invoiced.max(of.calculated), money.currency());
        sections.extend(sections_of(|all| reconciliation(all, of, money)));
    }
    if analysis.totals.calls == 0 {
        return sections;
    }
    sections.extend(bands(analysis, money));
    sections.extend(sections_of(|all| screen::tiers(all, analysis, money)));
    sections.extend(costliest(report, money));
    sections.extend(sections_of(|all| {
        screen::logged(all, analysis, money);
        swaps(all, &analysis.swaps, money);
        remarks(all, &analysis.remarks, money);
    }));
    sections.extend(exhibit_sections(&analysis.exhibits, money));
    sections
}

fn dollars(cost: Usd) -> Option<(String, String)> {
    Some((cost.to_string(), exact_dollars(cost)))
}

fn whole(number: u64) -> Option<(String, String)> {
    Some((number.to_string(), count(number)))
}

fn groups(report: &AnalysisReport, money: Money) -> Vec<Section> {
    let analysis = &report.analysis;
    let mut sections = sections_of(|all| screen::groups(all, report, money));
    let Some(table) = sections.first_mut().and_then(Section::table) else { return sections };
    if report.left_out.is_some() {
        table.pin_last();
    }
    let shown = table.body.len();
    let rest = report.left_out.as_ref().map(|rest| &rest.tally);
    let tallies: Vec<&Tally> = analysis
        .groups
        .iter()
        .take(shown)
        .map(|group| &group.tally)
        .chain(rest)
        .chain([&analysis.totals])
        .collect();
    let of = |value: fn(&Tally) -> Option<(String, String)>| {
        tallies.iter().map(move |tally| value(tally))
    };
    table.exact("calls", of(|tally| whole(tally.calls)));
    table.exact("input", of(|tally| whole(tally.input().get())));
    table.exact("output", of(|tally| whole(tally.output().get())));
    table.exact("per call", of(|tally| tally.cost_per_call().and_then(dollars)));
    table.exact("cost", of(|tally| tally.known_cost().and_then(dollars)));
    let largest = analysis.groups.first().map_or(Usd::ZERO, |group| group.tally.cost);
    table.bars(analysis.groups.iter().take(shown).map(|group| {
        let mut bar = Bar::default();
        bar.part("fill", 0.0, ratio(group.tally.cost, largest));
        Some(bar)
    }));
    sections
}

fn classes(analysis: &Analysis, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|all| screen::classes(all, analysis, money));
    if let Some(table) = sections.first_mut().and_then(Section::table) {
        let classes = || analysis.classes.iter();
        table.exact("count", classes().map(|class| whole(class.tokens.get())));
        let fees = Some(analysis.fees()).filter(|fees| !fees.is_zero());
        table.exact("cost", classes().map(|class| class.cost).chain(fees).map(dollars));
        let largest = classes().map(|class| class.cost).max().unwrap_or_default();
        table.bars(classes().map(|class| {
            let mut bar = Bar::default();
            bar.part("fill", 0.0, ratio(class.cost, largest));
            Some(bar)
        }));
    }
    sections
}

fn bands(analysis: &Analysis, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|all| screen::bands(all, analysis, money));
    if let Some(table) = sections.first_mut().and_then(Section::table) {
        let shown = || analysis.bands.iter().filter(|band| band.total.calls > 0);
        table.exact("cost", shown().map(|band| band.total.known_cost().and_then(dollars)));
        table.is_ordered = true;
    }
    sections
}

fn costliest(report: &AnalysisReport, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|all| screen::costliest(all, &report.costliest, money));
    if let Some(table) = sections.first_mut().and_then(Section::table) {
        let lines = || report.costliest.iter();
        let sum = |wanted: fn(TokenClass) -> bool| {
            lines().map(move |line| {
                let classes = line.call.tokens.iter().filter(|(class, _)| wanted(*class));
                whole(classes.map(|(_, number)| number.get()).sum())
            })
        };
        table.exact("cost", lines().map(|line| dollars(line.call.cost)));
        table.exact("input", sum(TokenClass::is_input));
        table.exact("output", sum(|class| !class.is_input()));
    }
    sections
}

/// How much less something is, for a tile.
pub(super) fn saved_words(share: Option<crate::units::Share>) -> String {
    share.map_or_else(String::new, |share| {
        if share.ratio() == 0.0 {
            "nothing changes".to_owned()
        } else {
            format!("{} of the bill", change(share))
        }
    })
}
