//! A report as a table, Markdown, JSON or CSV. Computes nothing; rounds in one file only.
//!
//! The table and Markdown are two forms of one `Screen`; JSON and CSV carry every
//! digit.

mod analysis_document;
mod analysis_screen;
mod class_names;
mod columns;
mod csv_rows;
mod figures;
mod findings;
mod input_document;
mod markdown;
mod price_remarks;
mod price_remarks_document;
mod savings_document;
mod savings_screen;
mod screen;
mod shared_blocks;
mod terminal;
mod timeline;
mod wire;

#[cfg(test)]
mod remark_samples;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod savings_samples;
#[cfg(test)]
mod views;

use std::io;

use crate::report::{AnalysisReport, SavingsReport};

/// The forms a report can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// For people at a terminal.
    #[default]
    Table,
    /// For programs: a versioned document with a published schema.
    Json,
    /// For spreadsheets: one row a group.
    Csv,
    /// For pull requests and wikis.
    Markdown,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Table, Self::Json, Self::Csv, Self::Markdown];

    /// The name in flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

/// How a table looks; other formats look the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours and weights of type.
    pub color: bool,
    /// How many columns of text fit.
    pub width: u16,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// Writes an analysis.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_analysis(
    report: &AnalysisReport,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&analysis_screen::compose(report), style, out),
        OutputFormat::Markdown => markdown::write(&analysis_screen::compose(report), out),
        OutputFormat::Json => wire::write(&analysis_document::document(report), out),
        OutputFormat::Csv => csv_rows::write_analysis(report, out),
    }
}

/// Writes a simulation.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_savings(
    report: &SavingsReport,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&savings_screen::compose(report), style, out),
        OutputFormat::Markdown => markdown::write(&savings_screen::compose(report), out),
        OutputFormat::Json => wire::write(&savings_document::document(report), out),
        OutputFormat::Csv => csv_rows::write_savings(report, out),
    }
}
