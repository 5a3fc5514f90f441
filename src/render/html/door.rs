//! The door of a page: every text of it as a reader may see it, before the templates escape it.

use std::borrow::Cow;

use serde_json::Value;

use super::super::redaction::Mask;
use super::super::screen::{Line, Tone};
use super::page::{Block, Page};
use super::table::{Cell, Row, Table};
use super::what_if::island;

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
        let mut document = serde_json::from_str(&panel.data).expect("made by `what_if`");
        if masked(&mut document, mask) {
            panel.data = island(&document);
        }
    }
    for section in &mut page.sections {
        shown(&mut section.heading);
        section.blocks.iter_mut().for_each(|one| block(one, mask));
    }
    if let Some(text) = mask.summary() {
        page.intro.push(Line { tone: Tone::Quiet, text });
    }
}

/// Masks the texts of a document; says whether that changed any.
fn masked(value: &mut Value, mask: &Mask) -> bool {
    let mut is_changed = false;
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = mask.text(text) {
                *text = shown;
                is_changed = true;
            }
        }
        Value::Array(list) => {
            for one in list {
                is_changed |= masked(one, mask);
            }
        }
        Value::Object(members) => {
            for one in members.values_mut() {
                is_changed |= masked(one, mask);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    is_changed
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

#[cfg(test)]
mod tests {
    use super::super::super::redaction::{Reader, Redact};
    use super::super::what_if::Panel;
    use super::*;

    #[test]
    fn the_document_of_a_panel_stays_one_when_its_texts_are_masked() {
        let command = "llmcost simulate '<anna@example.com>/sk-Ab3xQ9w2Er45Ty67UiPa0sDf8GhJ1kLz'";
        let data = island(&serde_json::json!({"command": command, "targets": ["gpt-4o"]}));
        let panel = Panel { targets: Vec::new(), remark: String::new(), has_caps: false, data };
        let mut page = Page { what_if: Some(panel), ..Page::default() };
        pass(&mut page, &Mask::new(Redact::All, Reader::Others));
        let data = page.what_if.expect("a panel").data;
        assert!(!data.contains("anna") && !data.contains("sk-") && !data.contains('<'), "{data}");
        let read: Value = serde_json::from_str(&data).expect("JSON");
        assert!(read["command"].as_str().is_some_and(|text| text.contains("<email-")), "{data}");
        assert_eq!(page.intro.len(), 1, "it is said");
    }
}
