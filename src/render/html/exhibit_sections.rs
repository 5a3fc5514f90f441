//! Exhibits as sections: every digit beside what is rounded, and those that are details folded.

use crate::exhibits::{Cell, Exhibit};
use crate::units::Usd;

use super::super::exhibits::{block, exact};
use super::super::figures::{Money, count, exact_dollars};
use super::super::screen::Tone;
use super::page::{Bar, Section, sections_of};
use super::pictures::ratio;

/// Rows of one exhibit on a page.
const ROWS_MAX: usize = 100;

/// A section for each exhibit; details are folded.
pub(super) fn exhibit_sections(exhibits: &[Exhibit], money: Money) -> Vec<Section> {
    let (pages, folded): (Vec<_>, Vec<_>) = exhibits.iter().partition(|one| !one.is_detail);
    pages.into_iter().chain(folded).flat_map(|exhibit| section(exhibit, money)).collect()
}

fn section(exhibit: &Exhibit, money: Money) -> Vec<Section> {
    let mut sections = sections_of(|screen| block(screen, exhibit, money));
    if let Some(section) = sections.first_mut() {
        section.is_folded = exhibit.is_detail;
        if let Some(table) = section.table() {
            table.is_ordered = exhibit.highlight.is_none() && exhibit.rows.len() < 5;
            for (row, cells) in table.body.iter_mut().zip(&exhibit.rows) {
                for (shown, cell) in row.cells.iter_mut().zip(cells) {
                    if let Some((value, title)) = digits(cell) {
                        shown.exact(value, title);
                    }
                }
            }
            table.keep(ROWS_MAX);
        }
    }
    sections
}

/// The value of a figure for programs, and for people.
fn digits(cell: &Cell) -> Option<(String, String)> {
    let title = match cell {
        Cell::Usd(amount) | Cell::UnitUsd(amount) | Cell::UsdChange(amount) => {
            exact_dollars(*amount)
        }
        Cell::Tokens(number) => count(number.get()),
        Cell::Count(number) => count(*number),
        Cell::Seconds(number) => format!("{} s", count(*number)),
        Cell::Rate(_) | Cell::Share(_) | Cell::ShareChange(_) | Cell::Multiple(_) => exact(cell),
        Cell::Time(at) => return Some((at.millis().to_string(), at.to_iso())),
        Cell::Text(_) | Cell::Word(_) | Cell::Factor(_) | Cell::Missing => return None,
    };
    Some((exact(cell), title))
}

/// Draws both ends of every assumption around what is saved as expected.
pub(super) fn draw_tornado(section: &mut Section, exhibit: &Exhibit, expected: Usd) {
    let ends = exhibit.rows.iter().map(|row| match row.as_slice() {
        [_, Cell::Usd(low), Cell::Usd(high), ..] => (*low, *high),
        _ => (expected, expected),
    });
    let ends: Vec<(Usd, Usd)> = ends.collect();
    let lows = ends.iter().map(|(low, _)| *low);
    let highs = ends.iter().map(|(_, high)| *high);
    let (Some(low), Some(high)) = (lows.min(), highs.max()) else { return };
    let place = |amount: Usd| ratio(amount - low, high - low);
    let Some(table) = section.table() else { return };
    table.insert_bars(1, "");
    table.bars(ends.iter().map(|(low, high)| {
        let mut bar = Bar::default();
        bar.part("series-2", place(*low), place(expected));
        bar.part("series-1", place(expected), place(*high));
        Some(bar)
    }));
    table.is_ordered = true;
    section.line(Tone::Quiet, "bars: orange to the cautious end, green to the hopeful one");
}
