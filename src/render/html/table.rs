//! Tables of a page: what a grid says, with every digit beside what is rounded.

#![expect(clippy::float_arithmetic, reason = "bars are drawn to a fraction of a pixel")]

use super::super::figures::counted;
use super::super::screen::{ColumnKind, Grid, GridRow, Tone};
use super::page::Bar;

/// No table of a page is longer, whatever was asked for: a browser lays all rows out at once.
const ROWS_MAX: usize = 1_000;

/// Names of a log are cut here; a page of them would be none.
const LETTERS_MAX: usize = 400;

/// From so many rows on, a table can be sorted.
const ROWS_TO_SORT: usize = 3;

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// What it shows, for those who do not see it.
    pub(super) label: String,
    pub(super) columns: Vec<Head>,
    pub(super) body: Vec<Row>,
    /// Sums, which stay below whatever the order is.
    pub(super) foot: Vec<Row>,
    /// Whether the order of the rows says something, so that it stays.
    pub(super) is_ordered: bool,
    /// Rows that are not on the page.
    pub(super) left_out: usize,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) title: String,
    /// `text`, `number` or `bar`.
    pub(super) class: &'static str,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) tone: Tone,
    pub(super) cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// The value as programs write it, where the text is rounded.
    pub(super) value: Option<String>,
    /// The value as people write it, where the text is rounded.
    pub(super) title: Option<String>,
    pub(super) bar: Option<Bar>,
    /// The strength of the ground, from 0 to 5, of a cell of a map.
    pub(super) heat: Option<u8>,
}

impl Cell {
    pub(super) fn new(text: &str) -> Self {
        Self { text: shortened(text), ..Self::default() }
    }

    /// A bar, which says nothing that the figures beside it do not.
    pub(super) fn bar(bar: Bar) -> Self {
        Self { bar: Some(bar), ..Self::default() }
    }

    /// The same cell with every digit, for programs and for people.
    pub(super) fn exact(&mut self, value: String, title: String) {
        self.title = Some(title).filter(|title| *title != self.text);
        self.value = Some(value);
    }
}

impl Table {
    /// A table of a grid. Bars of blocks become drawn ones; rows below a rule stay below.
    pub(super) fn of(grid: &Grid) -> Self {
        let columns = grid.columns.iter().map(|column| Head {
            title: column.title.clone(),
            class: match column.kind {
                ColumnKind::Text | ColumnKind::Path => "text",
                ColumnKind::Number => "number",
                ColumnKind::Bar => "bar",
            },
        });
        let columns: Vec<Head> = columns.collect();
        let (mut body, mut foot, mut is_below) = (Vec::new(), Vec::new(), false);
        for row in &grid.rows {
            let GridRow::Cells(tone, texts) = row else {
                is_below = true;
                continue;
            };
            let cells = columns.iter().zip(texts).map(|(column, text)| match column.class {
                "bar" => blocks(text).map_or_else(Cell::default, Cell::bar),
                _ => Cell::new(text),
            });
            let row = Row { tone: *tone, cells: cells.collect() };
            if is_below { foot.push(row) } else { body.push(row) }
        }
        let mut table = Self { columns, body, foot, ..Self::default() };
        table.keep(ROWS_MAX);
        table
    }

    /// Keeps the first rows and counts those that go.
    pub(super) fn keep(&mut self, rows: usize) {
        self.left_out += self.body.len().saturating_sub(rows);
        self.body.truncate(rows);
    }

    /// Moves the last row of the body to the sums.
    pub(super) fn pin_last(&mut self) {
        self.foot.splice(0..0, self.body.pop());
    }

    /// The place of a column.
    pub(super) fn column(&self, title: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.title == title)
    }

    /// Gives the cells of a column, sums included, their digits: nothing where none are hidden.
    pub(super) fn exact(
        &mut self,
        title: &str,
        values: impl Iterator<Item = Option<(String, String)>>,
    ) {
        let Some(place) = self.column(title) else { return };
        for (row, value) in self.body.iter_mut().chain(&mut self.foot).zip(values) {
            if let (Some(cell), Some((value, title))) = (row.cells.get_mut(place), value) {
                cell.exact(value, title);
            }
        }
    }

    /// Replaces what is in the column of bars.
    pub(super) fn bars(&mut self, bars: impl Iterator<Item = Option<Bar>>) {
        let place = self.columns.iter().position(|column| column.class == "bar");
        let Some(place) = place else { return };
        for (row, bar) in self.body.iter_mut().chain(&mut self.foot).zip(bars) {
            if let Some(cell) = row.cells.get_mut(place) {
                cell.bar = bar;
            }
        }
    }

    /// Takes the column of bars away, where there is one.
    pub(super) fn drop_bars(&mut self) {
        let place = self.columns.iter().position(|column| column.class == "bar");
        let Some(place) = place else { return };
        self.columns.remove(place);
        for row in self.body.iter_mut().chain(&mut self.foot) {
            if place < row.cells.len() {
                row.cells.remove(place);
            }
        }
    }

    /// Adds a column of bars at a place.
    pub(super) fn insert_bars(&mut self, place: usize, title: &str) {
        self.columns.insert(place, Head { title: title.to_owned(), class: "bar" });
        for row in self.body.iter_mut().chain(&mut self.foot) {
            row.cells.insert(place.min(row.cells.len()), Cell::default());
        }
    }

    /// How many rows are missing from the page, and where they are.
    pub(super) fn words_of_left_out(&self) -> String {
        format!(
            "{} not on this page: --format json and --format csv have them all",
            counted(self.left_out as u64, "row is", "rows are")
        )
    }

    /// Whether a click on a title may change the order.
    pub(super) fn is_sortable(&self) -> bool {
        !self.is_ordered && self.body.len() >= ROWS_TO_SORT
    }
}

/// A bar of blocks as a drawn one; nothing for other text.
fn blocks(text: &str) -> Option<Bar> {
    let all = text.chars().count();
    let full = text.chars().filter(|letter| *letter == '▇').count();
    let empty = text.chars().filter(|letter| *letter == '░').count();
    if all == 0 || full + empty != all {
        return None;
    }
    let small = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let mut bar = Bar::default();
    bar.part("fill", 0.0, small(full) / small(all));
    Some(bar)
}

/// Text for a cell, with an end.
fn shortened(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some((end, _)) = shown.char_indices().nth(LETTERS_MAX) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::super::screen::{Column, Keep};
    use super::*;

    fn grid(rows: Vec<GridRow>) -> Grid {
        Grid { columns: vec![Column::text("a", Keep::Always), Column::bar(Keep::Always)], rows }
    }

    fn cells(first: &str, second: &str) -> GridRow {
        GridRow::Cells(Tone::Plain, vec![first.to_owned(), second.to_owned()])
    }

    #[test]
    fn rows_below_a_rule_are_sums() {
        let table = Table::of(&grid(vec![cells("x", ""), GridRow::Rule, cells("total", "")]));
        assert_eq!((table.body.len(), table.foot.len()), (1, 1));
    }

    #[test]
    fn bars_of_blocks_are_drawn() {
        let table = Table::of(&grid(vec![cells("x", "▇▇▇░"), cells("y", "no bar")]));
        let bar = table.body[0].cells[1].bar.as_ref().expect("a bar");
        assert_eq!(bar.0[0].width, "75.00");
        assert_eq!(table.body[1].cells[1].bar, None);
    }

    #[test]
    fn names_have_an_end() {
        assert_eq!(shortened(&"x".repeat(1_000)).chars().count(), LETTERS_MAX + 1);
    }

    #[test]
    fn rows_that_do_not_fit_are_counted() {
        let mut table = Table::of(&grid(vec![cells("x", ""), cells("y", ""), cells("z", "")]));
        table.keep(2);
        assert_eq!((table.body.len(), table.left_out), (2, 1));
    }
}
