//! What a page in a browser is made of: tiles, sections and their blocks, with nothing of HTML yet.

#![expect(clippy::float_arithmetic, reason = "bars are drawn to a fraction of a pixel")]

use super::super::screen::{Block as ScreenBlock, Line, Screen, Tone};
use super::charts::Chart;
use super::table::Table;
use super::what_if::Panel;

/// A whole page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// What it is about: the heading, and the title of the window.
    pub(super) title: String,
    /// What holds for all of it.
    pub(super) intro: Vec<Line>,
    /// The figures to see first.
    pub(super) tiles: Vec<Tile>,
    /// Settings to move.
    pub(super) what_if: Option<Panel>,
    /// Its parts.
    pub(super) sections: Vec<Section>,
}

/// A figure to see first.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    /// What it is.
    pub(super) label: String,
    /// The figure.
    pub(super) value: String,
    /// Every digit of it, where some are rounded away.
    pub(super) exact: Option<String>,
    /// What to know about it; empty for nothing.
    pub(super) note: String,
    /// Whether it is good or bad news.
    pub(super) tone: Tone,
}

impl Tile {
    pub(super) fn new(label: &str, value: impl Into<String>, note: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
            value: value.into(),
            exact: None,
            note: note.into(),
            tone: Tone::Plain,
        }
    }

    /// The same tile with every digit; nothing changes when the figure has them all.
    #[must_use]
    pub(super) fn exactly(mut self, text: String) -> Self {
        self.exact = Some(text).filter(|text| *text != self.value);
        self
    }

    #[must_use]
    pub(super) fn toned(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A part of a page under its own heading.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Its heading; empty for none.
    pub(super) heading: String,
    /// Whether it opens a chapter, which has a heading of its own rank and a place in the contents.
    pub(super) is_chapter: bool,
    /// Whether it takes half of a wide page.
    pub(super) is_half: bool,
    /// Whether the reader opens it first.
    pub(super) is_folded: bool,
    pub(super) blocks: Vec<Block>,
}

impl Section {
    pub(super) fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// The heading of a chapter.
    pub(super) fn chapter(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), is_chapter: true, ..Self::default() }
    }

    pub(super) fn line(&mut self, tone: Tone, text: impl Into<String>) {
        self.blocks.push(Block::Line(Line { tone, text: text.into() }));
    }

    /// The first table of the section.
    pub(super) fn table(&mut self) -> Option<&mut Table> {
        self.blocks.iter_mut().find_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}

/// A block of a section.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Line(Line),
    List(Vec<Line>),
    Notes(Vec<(Line, Vec<Line>)>),
    Table(Table),
    Chart(Chart),
    Stack(Stack),
    Code(String),
}

/// One bar of several parts, with their names and figures.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    /// What the whole is.
    pub(super) label: String,
    pub(super) bar: Bar,
    /// The parts: the class of their colour, name, figure.
    pub(super) parts: Vec<(&'static str, String, String)>,
}

/// A bar in a row: parts of a width of 100.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bar(pub(super) Vec<BarPart>);

/// A part of a bar, with numbers as SVG wants them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BarPart {
    pub(super) class: &'static str,
    pub(super) from: String,
    pub(super) width: String,
}

impl Bar {
    /// Adds a part between two places from 0 to 1; something is never too thin to see.
    pub(super) fn part(&mut self, class: &'static str, from: f64, to: f64) {
        const THINNEST: f64 = 0.6;
        let (from, to) =
            (from.min(to).clamp(0.0, 1.0) * 100.0, from.max(to).clamp(0.0, 1.0) * 100.0);
        let width = if to > from { (to - from).max(THINNEST) } else { 0.0 };
        let from = from.min(100.0 - width);
        let part = BarPart { class, from: format!("{from:.2}"), width: format!("{width:.2}") };
        self.0.push(part);
    }
}

/// The parts of a screen: what stands before the first heading, and a section for each.
pub(super) fn of_screen(screen: &Screen) -> Page {
    let mut page = Page::default();
    let mut section: Option<Section> = None;
    for block in &screen.0 {
        match block {
            ScreenBlock::Title(text) if page.title.is_empty() => page.title.clone_from(text),
            ScreenBlock::Title(text) | ScreenBlock::Heading(text) => {
                page.sections.extend(section.replace(Section::new(text)));
            }
            ScreenBlock::Line(line) if section.is_none() => page.intro.push(line.clone()),
            other => section.get_or_insert_default().blocks.push(block_of(other)),
        }
    }
    page.sections.extend(section);
    for section in &mut page.sections {
        let label = section.heading.clone();
        if let Some(table) = section.table() {
            table.label = label;
        }
    }
    page
}

/// The sections of a screen without what stands before them.
pub(super) fn sections_of(compose: impl FnOnce(&mut Screen)) -> Vec<Section> {
    let mut screen = Screen::default();
    compose(&mut screen);
    of_screen(&screen).sections
}

fn block_of(block: &ScreenBlock) -> Block {
    match block {
        ScreenBlock::Title(text) | ScreenBlock::Heading(text) => {
            Block::Line(Line { tone: Tone::Strong, text: text.clone() })
        }
        ScreenBlock::Line(line) => Block::Line(line.clone()),
        ScreenBlock::List(lines) => Block::List(lines.clone()),
        ScreenBlock::Notes(notes) => Block::Notes(notes.clone()),
        ScreenBlock::Grid(grid) => Block::Table(Table::of(grid)),
        ScreenBlock::Code(lines) => Block::Code(lines.join("\n")),
    }
}
