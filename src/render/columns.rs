//! Which columns of a table fit a width, and how wide each may be.

use comfy_table::Table;

use super::screen::{ColumnKind, Grid, Keep};

/// Spaces between columns.
pub(super) const GAP: usize = 2;

/// Names are not shortened below this while a less important column can go instead.
const COMFORTABLE_NAME: usize = 24;

/// Names are never shortened below this.
const SHORTEST_NAME: usize = 8;

/// The columns to show and their widths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The places of the columns shown, in order.
    pub(super) shown: Vec<usize>,
    /// The most letters of each of them.
    pub(super) widths: Vec<usize>,
}

/// When nothing else helps, a name is cut down to this rather than the line broken.
const LAST_RESORT: usize = 2;

/// Drops columns, least important first, until the rest fits; shortens names only as far as
/// they stay readable, and further only when no column is left to drop.
pub(super) fn fit(grid: &Grid, width: usize) -> Layout {
    let natural = natural_widths(grid);
    let mut shown: Vec<usize> = (0..grid.columns.len()).collect();
    loop {
        if let Some(widths) = shortened(grid, &shown, &natural, COMFORTABLE_NAME, width) {
            return with_bars(grid, Layout { shown, widths }, &natural, width);
        }
        let Some(least) = least_important(grid, &shown) else { break };
        shown.retain(|column| *column != least);
    }
    let widths = shortened(grid, &shown, &natural, SHORTEST_NAME, width)
        .or_else(|| shortened(grid, &shown, &natural, LAST_RESORT, width));
    let widths = widths.unwrap_or_else(|| shown.iter().map(|column| natural[*column]).collect());
    Layout { shown, widths }
}

/// Bars went before a wider column that had to go all the same: those that fit now come back.
fn with_bars(grid: &Grid, mut layout: Layout, natural: &[usize], width: usize) -> Layout {
    for (column, natural) in natural.iter().copied().enumerate() {
        if grid.columns[column].kind != ColumnKind::Bar || layout.shown.contains(&column) {
            continue;
        }
        let taken: usize = layout.widths.iter().map(|width| width + GAP).sum();
        if taken + natural <= width {
            let at = layout.shown.partition_point(|shown| *shown < column);
            layout.shown.insert(at, column);
            layout.widths.insert(at, natural);
        }
    }
    layout
}

/// The width of text on a terminal, where some letters are two columns wide.
pub(super) fn width_of(text: &str) -> usize {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return text.len();
    }
    let mut table = Table::new();
    table.add_row([text]);
    table.column_max_content_widths().first().map_or(0, |width| usize::from(*width))
}

/// So many letters are looked at to find those that fit: of a name of a hundred thousand, each try would
/// take as long as the name is. A few may stand above another without a width of their own.
const fn most_letters(width: usize) -> usize {
    width.saturating_mul(8).saturating_add(64)
}

/// A path cut to a width from the left, with a sign that it was cut: its end says most.
pub(super) fn cut_left(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let passed = text.char_indices().rev().nth(most_letters(width)).map_or(0, |(at, _)| at);
    let mut letters = text[passed..].chars();
    while letters.next().is_some() {
        let candidate = format!("…{}", letters.as_str());
        if width_of(&candidate) <= width {
            return candidate;
        }
    }
    String::new()
}

/// Text cut to a width, with a sign that it was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most_letters(width)).collect();
    while kept.pop().is_some() {
        let candidate = format!("{}…", kept.trim_end());
        if width_of(&candidate) <= width {
            return candidate;
        }
    }
    kept
}

fn natural_widths(grid: &Grid) -> Vec<usize> {
    let mut table = Table::new();
    table.set_header(grid.columns.iter().map(|column| column.title.as_str()));
    for row in &grid.rows {
        table.add_row((0..grid.columns.len()).map(|column| row.cell(column)));
    }
    table.column_max_content_widths().into_iter().map(usize::from).collect()
}

/// Widths that fit, with no name below `least`; the longest names give way first.
fn shortened(
    grid: &Grid,
    shown: &[usize],
    natural: &[usize],
    least: usize,
    width: usize,
) -> Option<Vec<usize>> {
    let mut widths: Vec<_> = shown.iter().map(|column| natural[*column]).collect();
    let gaps = GAP * shown.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        let names = shown.iter().enumerate().filter(|(at, column)| {
            // What can be printed in full below the table is not cut.
            let column = &grid.columns[**column];
            let can_be_cut = !matches!(column.keep, Keep::Below(_));
            let is_name = matches!(column.kind, ColumnKind::Text | ColumnKind::Path);
            is_name && can_be_cut && widths[*at] > least
        });
        // The leftmost of equally long names keeps its length: it says most.
        let (longest, _) = names.max_by_key(|(at, _)| (widths[*at], *at))?;
        widths[longest] -= 1;
    }
    Some(widths)
}

fn least_important(grid: &Grid, shown: &[usize]) -> Option<usize> {
    let droppable = shown.iter().filter_map(|column| match grid.columns[*column].keep {
        Keep::Always => None,
        Keep::Drop(order) | Keep::Below(order) => Some((order, *column)),
    });
    droppable.max().map(|(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::super::screen::{Column, GridRow, Tone};
    use super::*;

    /// A name of a hundred thousand letters took minutes.
    #[test]
    fn a_name_without_end_is_cut_at_once() {
        let name = "m模".repeat(200_000);
        assert_eq!(cut(&name, 6), "m模m…");
        assert_eq!(cut_left(&name, 6), "…模m模");
    }

    fn check(width: usize, shown: &[usize], widths: &[usize]) {
        let row = ["claude-sonnet-4-6-20260219-v1", "$12.00", "12.3M", "51.0 %"];
        let grid = Grid {
            columns: vec![
                Column::text("model", Keep::Always),
                Column::number("cost", Keep::Always),
                Column::number("tokens", Keep::Drop(1)),
                Column::number("share", Keep::Drop(2)),
            ],
            rows: vec![GridRow::Cells(Tone::Plain, row.map(str::to_owned).to_vec())],
        };
        let expected = Layout { shown: shown.to_vec(), widths: widths.to_vec() };
        assert_eq!(fit(&grid, width), expected, "width {width}");
    }

    #[test]
    fn what_fits_is_left_alone() {
        check(80, &[0, 1, 2, 3], &[29, 6, 6, 6]);
    }

    #[test]
    fn names_give_way_a_little_then_columns_go() {
        check(50, &[0, 1, 2, 3], &[26, 6, 6, 6]);
        check(45, &[0, 1, 2], &[29, 6, 6]);
        check(30, &[0, 1], &[22, 6]);
    }

    #[test]
    fn what_can_stand_below_is_not_cut() {
        let grid = Grid {
            columns: vec![
                Column::text("technique", Keep::Always),
                Column::text("how we know", Keep::Below(1)),
            ],
            rows: vec![GridRow::Cells(Tone::Plain, vec!["batch".to_owned(), "x".repeat(60)])],
        };
        assert_eq!(fit(&grid, 60).shown, [0]);
        assert_eq!(fit(&grid, 80).shown, [0, 1]);
    }

    #[test]
    fn a_bar_comes_back_where_a_wider_column_had_to_go() {
        let row = ["batch", "▇▇░░", "$12.00", &"x".repeat(60)].map(str::to_owned);
        let grid = Grid {
            columns: vec![
                Column::text("technique", Keep::Always),
                Column::bar(Keep::Drop(9)),
                Column::number("saves", Keep::Always),
                Column::text("how we know", Keep::Below(1)),
            ],
            rows: vec![GridRow::Cells(Tone::Plain, row.to_vec())],
        };
        assert_eq!(fit(&grid, 60), Layout { shown: vec![0, 1, 2], widths: vec![9, 4, 6] });
        assert_eq!(fit(&grid, 20).shown, [0, 2]);
    }

    #[test]
    fn a_path_keeps_its_end() {
        assert_eq!(cut_left("logs/2026/10/usage.jsonl", 12), "…usage.jsonl");
        assert_eq!(cut_left("usage.jsonl", 12), "usage.jsonl");
    }

    #[test]
    fn cut_text_says_so() {
        assert_eq!(cut("claude-sonnet", 8), "claude-…");
        assert_eq!(cut("模型模型", 5), "模型…");
        assert_eq!(cut("short", 8), "short");
    }
}
