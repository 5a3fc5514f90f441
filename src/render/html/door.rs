//! The door of a page: every text of it as a reader may see it, before the templates escape it.

use super::super::redaction::Mask;
use super::super::screen::{Line, Tone};
use super::page::{Block, Page};
use super::table::{Cell, Row, Table};

/// Makes every text of a page safe to show, masks what must not be said, and says so in the page.
pub(super) fn pass(page: &mut Page, mask: &Mask) {
    let shown = |text: &mut String| *text = mask.shown(text);
    shown(&mut page.title);
    lines(&mut page.intro, mask);
    for tile in &mut page.tiles {
        [&mut tile.label, &mut tile.value, &mut tile.note].into_iter().for_each(shown);
        tile.exact.iter_mut().for_each(shown);
    }
    if let Some(panel) = &mut page.what_if {
        panel.targets.iter_mut().for_each(shown);
        shown(&mut panel.remark);
        // A document: what is not seen stands in it as escapes, and its texts are those above.
        panel.data = mask.text(&panel.data).into_owned();
    }
    for section in &mut page.sections {
        shown(&mut section.heading);
        section.blocks.iter_mut().for_each(|one| block(one, mask));
    }
    if let Some(text) = mask.summary() {
        page.intro.push(Line { tone: Tone::Quiet, text });
    }
}

fn lines(lines: &mut [Line], mask: &Mask) {
    for line in lines {
        *line = line.made_safe(mask);
    }
}

fn block(block: &mut Block, mask: &Mask) {
    let shown = |text: &mut String| *text = mask.shown(text);
    match block {
        Block::Line(line) => *line = line.made_safe(mask),
        Block::List(all) => lines(all, mask),
        Block::Notes(notes) => {
            for (note, details) in notes {
                *note = note.made_safe(mask);
                lines(details, mask);
            }
        }
        Block::Table(one) => table(one, mask),
        // The picture itself has amounts and days, and no name of a log.
        Block::Chart(chart) => {
            shown(&mut chart.label);
            chart.legend.iter_mut().for_each(|(_, name)| shown(name));
            chart.table.iter_mut().for_each(|one| table(one, mask));
        }
        Block::Stack(stack) => {
            shown(&mut stack.label);
            for (_, name, figure) in &mut stack.parts {
                shown(name);
                shown(figure);
            }
        }
        Block::Code(text) => {
            let lines: Vec<String> = text.lines().map(|line| mask.shown(line)).collect();
            *text = lines.join("\n");
        }
    }
}

fn table(table: &mut Table, mask: &Mask) {
    table.label = mask.shown(&table.label);
    for head in &mut table.columns {
        head.title = mask.shown(&head.title);
    }
    table.body.iter_mut().chain(&mut table.foot).for_each(|one| row(one, mask));
}

fn row(row: &mut Row, mask: &Mask) {
    for Cell { text, value, title, .. } in &mut row.cells {
        *text = mask.shown(text);
        value.iter_mut().chain(title).for_each(|one| *one = mask.shown(one));
    }
}
