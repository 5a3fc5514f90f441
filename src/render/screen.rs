//! What a person reads, before it takes the form of a terminal or of Markdown.

use super::redaction::Mask;

/// How a line or row should look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// As everything else.
    #[default]
    Plain,
    /// A sum or a result.
    Strong,
    /// Secondary.
    Quiet,
    /// Good news.
    Good,
    /// Needs attention.
    Warning,
    /// Something failed.
    Bad,
}

/// The blocks of a page, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Screen(pub(super) Vec<Block>);

impl Screen {
    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.0.push(Block::Title(text.into()));
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Block::Heading(text.into()));
    }

    pub(super) fn line(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push(Block::Line(Line { tone, text: text.into() }));
    }

    /// Adds a list under a heading; nothing when it is empty.
    pub(super) fn list(&mut self, heading: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.heading(heading);
            self.0.push(Block::List(lines));
        }
    }

    /// Adds statements with what belongs to each under a heading; nothing when there are none.
    pub(super) fn notes(&mut self, heading: &str, notes: Vec<(Line, Vec<Line>)>) {
        if !notes.is_empty() {
            self.heading(heading);
            self.0.push(Block::Notes(notes));
        }
    }

    pub(super) fn grid(&mut self, grid: Grid) {
        self.0.push(Block::Grid(grid));
    }

    /// The same page as a reader may see it, wherever its words come from: names are made safe where
    /// they enter a sentence, and a sentence where one was forgotten is safe by this.
    pub(super) fn made_safe(&self, mask: &Mask) -> Self {
        Self(self.0.iter().map(|block| block.made_safe(mask)).collect())
    }

    /// The same, saying at its end what was masked.
    pub(super) fn for_reader(&self, mask: &Mask) -> Self {
        let mut page = self.made_safe(mask);
        if let Some(summary) = mask.summary() {
            page.line(Tone::Quiet, summary);
        }
        page
    }
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// What the page is about.
    Title(String),
    /// What a part of it is about.
    Heading(String),
    /// A statement.
    Line(Line),
    /// Several statements of one kind.
    List(Vec<Line>),
    /// Statements, each with what belongs to it.
    Notes(Vec<(Line, Vec<Line>)>),
    /// Rows and columns.
    Grid(Grid),
    /// Lines to be copied: never broken or indented.
    Code(Vec<String>),
}

impl Block {
    fn made_safe(&self, mask: &Mask) -> Self {
        let all = |lines: &[Line]| lines.iter().map(|line| line.made_safe(mask)).collect();
        match self {
            Self::Title(text) => Self::Title(mask.shown(text)),
            Self::Heading(text) => Self::Heading(mask.shown(text)),
            Self::Line(line) => Self::Line(line.made_safe(mask)),
            Self::List(lines) => Self::List(all(lines)),
            Self::Notes(notes) => {
                let notes =
                    notes.iter().map(|(note, details)| (note.made_safe(mask), all(details)));
                Self::Notes(notes.collect())
            }
            Self::Grid(grid) => Self::Grid(grid.made_safe(mask)),
            Self::Code(lines) => Self::Code(lines.iter().map(|line| mask.shown(line)).collect()),
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) tone: Tone,
    pub(super) text: String,
}

impl Line {
    pub(super) fn made_safe(&self, mask: &Mask) -> Self {
        Self { tone: self.tone, text: mask.shown(&self.text) }
    }
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<GridRow>,
}

impl Grid {
    fn made_safe(&self, mask: &Mask) -> Self {
        let column =
            |column: &Column| Column { title: mask.shown(&column.title), ..column.clone() };
        let row = |row: &GridRow| match row {
            GridRow::Cells(tone, cells) => {
                GridRow::Cells(*tone, cells.iter().map(|cell| mask.shown(cell)).collect())
            }
            GridRow::Rule => GridRow::Rule,
        };
        Self {
            columns: self.columns.iter().map(column).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

/// What becomes of a column when the page is too narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It stays.
    Always,
    /// It goes; columns of higher numbers go first.
    Drop(u8),
    /// It goes like the others, but its cells are printed below the table.
    Below(u8),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) title: String,
    pub(super) kind: ColumnKind,
    pub(super) keep: Keep,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// Names: to the left, shortened when there is no room.
    Text,
    /// Paths: to the left, shortened at the start when there is no room.
    Path,
    /// Numbers: to the right, never shortened.
    Number,
    /// Blocks: left out where they mean nothing.
    Bar,
}

impl Column {
    pub(super) fn text(title: impl Into<String>, keep: Keep) -> Self {
        Self { title: title.into(), kind: ColumnKind::Text, keep }
    }

    pub(super) fn path(title: impl Into<String>, keep: Keep) -> Self {
        Self { title: title.into(), kind: ColumnKind::Path, keep }
    }

    pub(super) fn number(title: impl Into<String>, keep: Keep) -> Self {
        Self { title: title.into(), kind: ColumnKind::Number, keep }
    }

    pub(super) fn bar(keep: Keep) -> Self {
        Self { title: String::new(), kind: ColumnKind::Bar, keep }
    }
}

/// A row; as many cells as columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GridRow {
    /// Cells.
    Cells(Tone, Vec<String>),
    /// A line under the numbers, before their sum.
    Rule,
}

impl GridRow {
    /// The text in a column; empty for a rule.
    pub(super) fn cell(&self, column: usize) -> &str {
        match self {
            Self::Cells(_, cells) => cells.get(column).map_or("", String::as_str),
            Self::Rule => "",
        }
    }
}
