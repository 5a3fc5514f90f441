//! The pictures of an analysis: spend over time, models by call type, the cache, and how uneven it is.

use crate::insights::{Analysis, Crossing, Spread};
use crate::units::{Share, Usd};

use super::super::figures::{Money, count, counted, exact_dollars, name, percent, percent_or_dash};
use super::super::screen::Tone;
use super::charts::{self, Chart, SERIES_CLASSES};
use super::page::{Bar, Block, Section, Stack};
use super::periods::{Period, has_name, periods, ticks};
use super::table::{Cell, Head, Row, Table};

/// More points than this cannot be told apart on a curve.
const POINTS_MAX: usize = 200;

/// The part that one amount is of another, for drawing.
pub(super) fn ratio(part: Usd, whole: Usd) -> f64 {
    Share::of(part.atto(), whole.atto()).map_or(0.0, Share::ratio)
}

/// One measure as a part of another, for a picture.
fn part(measure: i128, whole: i128) -> f64 {
    Share::of(measure, whole).map_or(0.0, Share::ratio)
}

/// An amount in a cell, with every digit.
pub(super) fn amount(cost: Usd, money: Money) -> Cell {
    let mut cell = Cell::new(&money.text(cost));
    cell.exact(cost.to_string(), exact_dollars(cost));
    cell
}

/// Columns of cost by day, week or month, in parts by model; nothing where no time or cost is known.
pub(super) fn over_time(spread: &Spread, money: Money) -> Option<Section> {
    let names = series_names(spread);
    let (unit, periods) = periods(&spread.days, spread.series.len() + 1);
    // One column says nothing that the bill does not.
    if periods.len() < 2 {
        return None;
    }
    let totals: Vec<Usd> =
        periods.iter().map(|period| period.costs.iter().copied().sum()).collect();
    let most = totals.iter().copied().max().filter(|most| *most > Usd::ZERO)?;
    let ticks = ticks(money.measure(most));
    let top = ticks.last().copied()?;
    let marks: Vec<_> = ticks.iter().map(|tick| (money.mark(*tick), part(*tick, top))).collect();
    let columns = periods.iter().enumerate().map(|(place, period)| {
        let name =
            if has_name(place, periods.len()) { period.short.clone() } else { String::new() };
        (name, heights(period, spread.series.len(), top, money))
    });
    let columns: Vec<_> = columns.collect();
    let dearest = periods.iter().zip(&totals).max_by_key(|(_, total)| **total);
    let dearest = dearest.map_or_else(String::new, |(period, total)| {
        format!("; the dearest is {}, {}", period.name, money.text(*total))
    });
    let last = SERIES_CLASSES.len() - 1;
    let classes = (0..names.len())
        .map(|place| SERIES_CLASSES[if place < spread.series.len() { place } else { last }]);
    let chart = Chart {
        label: format!("Cost by {unit} and model{dearest}"),
        class: "wide",
        svg: charts::columns(&marks, &columns),
        legend: classes.zip(names.iter().cloned()).collect(),
        table: Some(figures_of(unit, &names, &periods, &totals, money)),
    };
    let mut section = Section::new(format!("Spend by {unit}"));
    section.line(Tone::Quiet, format!("{}{dearest}", counted_periods(periods.len(), unit)));
    section.blocks.push(Block::Chart(chart));
    Some(section)
}

fn counted_periods(number: usize, unit: &str) -> String {
    let many = unit
        .split_once(' ')
        .map_or_else(|| format!("{unit}s"), |(first, rest)| format!("{first}s {rest}"));
    counted(number as u64, unit, &many)
}

/// The series by name, the others last where there are any.
fn series_names(spread: &Spread) -> Vec<String> {
    let mut names: Vec<_> = spread.series.iter().map(|model| name(model)).collect();
    if spread.other_series > 0 {
        names.push(counted(spread.other_series as u64, "other model", "other models"));
    }
    names
}

/// The parts of a column; others take the last colour.
fn heights(period: &Period, series: usize, top: i128, money: Money) -> Vec<f64> {
    let mut heights = vec![0.0; SERIES_CLASSES.len()];
    let last = heights.len() - 1;
    for (place, cost) in period.costs.iter().enumerate() {
        heights[if place < series { place } else { last }] = part(money.measure(*cost), top);
    }
    heights
}

fn figures_of(
    unit: &str,
    names: &[String],
    periods: &[Period],
    totals: &[Usd],
    money: Money,
) -> Table {
    let head = |title: &str, class| Head { title: title.to_owned(), class };
    let mut columns = vec![head(unit, "text")];
    columns.extend(names.iter().map(|name| head(name, "number")));
    columns.push(head("together", "number"));
    let rows = periods.iter().zip(totals).map(|(period, total)| {
        let mut cells = vec![Cell::new(&period.name)];
        cells.extend(period.costs.iter().take(names.len()).map(|cost| amount(*cost, money)));
        cells.push(amount(*total, money));
        Row { tone: Tone::Plain, cells }
    });
    Table {
        label: format!("Cost by {unit} and model"),
        columns,
        body: rows.collect(),
        is_ordered: true,
        ..Table::default()
    }
}

/// Models by call type, the dearer the stronger; nothing where there is only one of each.
pub(super) fn crossing(crossing: &Crossing, money: Money) -> Option<Section> {
    let width = crossing.cells.first()?.len();
    if crossing.cells.len() * width < 2 {
        return None;
    }
    let most = crossing.cells.iter().flatten().map(|sum| sum.cost).max()?;
    let head = |title: String, class| Head { title, class };
    let mut columns = vec![head("model".to_owned(), "text")];
    columns.extend(crossing.call_types.iter().map(|kind| head(name(kind), "number")));
    if crossing.other_call_types > 0 {
        columns.push(head(format!("{} others", count(crossing.other_call_types as u64)), "number"));
    }
    let mut names: Vec<_> = crossing.models.iter().map(|model| name(model)).collect();
    names.push(format!("{} others", count(crossing.other_models as u64)));
    let rows = names.iter().zip(&crossing.cells).map(|(name, sums)| {
        let cells = sums.iter().map(|sum| match sum.known_cost() {
            _ if sum.calls == 0 => Cell::default(),
            None => Cell::new("unpriced"),
            Some(cost) => Cell { heat: Some(heat(ratio(cost, most))), ..amount(cost, money) },
        });
        let cells = std::iter::once(Cell::new(name)).chain(cells).collect();
        Row { tone: Tone::Plain, cells }
    });
    let mut section = Section::new("Models by call type");
    section.line(Tone::Quiet, "cost; the stronger the ground, the dearer");
    section.blocks.push(Block::Table(Table {
        label: "Cost by model and call type".to_owned(),
        body: rows.collect(),
        columns,
        ..Table::default()
    }));
    Some(section)
}

/// How strong a ground is: steps that grow, as costs of models are mostly far apart.
fn heat(ratio: f64) -> u8 {
    let steps = [0.0, 0.02, 0.08, 0.25, 0.6];
    u8::try_from(steps.iter().filter(|step| ratio > **step).count()).unwrap_or_default()
}

/// How much of the input came from the cache; nothing where there is no input.
pub(super) fn cache(analysis: &Analysis, money: Money) -> Option<Section> {
    let cache = &analysis.cache;
    let all = i128::from(cache.input.get());
    let (read, written) = (i128::from(cache.read.get()), i128::from(cache.written.get()));
    let share = |part: i128| Share::of(part, all);
    let at = |part: i128| share(part).map_or(0.0, Share::ratio);
    share(read)?;
    let mut bar = Bar::default();
    bar.part("series-1", 0.0, at(read));
    bar.part("series-2", at(read), at(read + written));
    bar.part("series-rest", at(read + written), 1.0);
    let figure = |part| percent_or_dash(share(part));
    let stack = Stack {
        label: format!(
            "Of all input tokens {} were read from the cache and {} written to it",
            figure(read),
            figure(written)
        ),
        bar,
        parts: vec![
            ("series-1", "read from the cache".to_owned(), figure(read)),
            ("series-2", "written to it".to_owned(), figure(written)),
            ("series-rest", "neither".to_owned(), figure(all - read - written)),
        ],
    };
    let mut section = Section::new("Cache health");
    section.line(Tone::Quiet, "input tokens, by what the provider's prompt cache did for them");
    section.blocks.push(Block::Stack(stack));
    match cache.net_saving {
        Some(saving) if saving < Usd::ZERO => {
            let text = format!("caching cost {} more than it saved", money.text(-saving));
            section.line(Tone::Warning, text);
        }
        Some(saving) if saving > Usd::ZERO => {
            let text =
                format!("caching saved {}, its writes already taken off", money.text(saving));
            section.line(Tone::Good, text);
        }
        Some(_) => section.line(Tone::Quiet, "caching neither saved nor cost anything"),
        None => section.line(Tone::Quiet, "no priced call used the cache"),
    }
    Some(section)
}

/// How the cost piles up over the groups; nothing for fewer than three of them.
pub(super) fn concentration(analysis: &Analysis, spread: &Spread) -> Option<Section> {
    let whole = spread.curve.last()?;
    if spread.curve.len() < 3 || whole.cost <= Usd::ZERO {
        return None;
    }
    let step = spread.curve.len().div_ceil(POINTS_MAX);
    let last = spread.curve.len() - 1;
    let kept = spread.curve.iter().enumerate();
    let kept = kept.filter(|(place, _)| place.is_multiple_of(step) || *place == last);
    let calls =
        |part: u64| Share::of(i128::from(part), i128::from(whole.calls)).map_or(0.0, Share::ratio);
    let mut points = vec![(0.0, 0.0)];
    points.extend(kept.map(|(_, sum)| (calls(sum.calls), ratio(sum.cost, whole.cost))));
    let mut section = Section::new("How uneven it is");
    let text = match analysis.concentration.dearest_fifth {
        Some(share) => {
            format!("the dearest fifth of the calls carries {} of the cost", percent(share))
        }
        None => "every call at the mean cost of its group".to_owned(),
    };
    section.line(Tone::Quiet, text.clone());
    section.blocks.push(Block::Chart(Chart {
        label: format!("How the cost piles up over the calls, group by group: {text}"),
        class: "square",
        svg: charts::curve(&points),
        ..Chart::default()
    }));
    Some(section)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::CallsAndCost;

    #[test]
    fn grounds_are_stronger_for_dearer_cells() {
        assert_eq!([0.0, 0.001, 0.05, 0.2, 0.5, 1.0].map(heat), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn one_model_with_one_call_type_is_no_map() {
        let one = |width| Crossing {
            models: vec!["m".to_owned()],
            call_types: vec!["t".to_owned(); width],
            cells: vec![vec![CallsAndCost::default(); width]],
            ..Crossing::default()
        };
        let money = Money::for_bill(Usd::ZERO, crate::report::Currency::DOLLARS);
        assert!(crossing(&one(1), money).is_none());
        assert!(crossing(&one(2), money).is_some());
    }
}
