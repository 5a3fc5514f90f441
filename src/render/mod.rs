//! A report as a table, Markdown, HTML, JSON or CSV. Computes nothing; rounds in one file only.
//!
//! The table, Markdown and HTML are three forms of one `Screen`; JSON and CSV carry every
//! digit.

mod analysis_document;
mod analysis_screen;
mod backtest_document;
mod backtest_rows;
mod backtest_screen;
mod bars;
mod check_annotations;
mod check_comment;
mod check_document;
mod check_junit;
mod check_reasons;
mod check_screen;
mod check_words;
mod class_names;
mod columns;
mod conversion_account;
mod csv_rows;
mod dates;
mod exhibits;
mod figures;
mod findings;
mod folders;
mod format_list;
mod guess_document;
mod guess_screen;
#[cfg(test)]
mod guess_views;
mod html;
mod import_account;
mod input_document;
mod markdown;
mod money;
mod names;
mod oddities;
mod price_diff_document;
mod price_diff_screen;
mod price_list_document;
mod price_list_screen;
mod price_remarks;
mod price_remarks_document;
mod price_rows;
mod price_sheet_document;
mod price_sheet_screen;
mod price_words;
mod records_csv;
mod records_focus;
mod records_jsonl;
mod records_parquet;
mod records_rollup;
mod savings_document;
mod savings_screen;
mod screen;
mod settings_list;
mod shared_blocks;
mod table_check_text;
mod terminal;
mod timeline;
mod wire;
mod withheld_screen;

#[cfg(test)]
mod backtest_views;
#[cfg(test)]
mod check_samples;
#[cfg(test)]
mod check_views;
#[cfg(test)]
mod exhibit_samples;
#[cfg(test)]
mod price_views;
#[cfg(test)]
mod remark_samples;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod savings_samples;
#[cfg(test)]
mod views;
#[cfg(test)]
mod withheld_views;

use std::io;

use crate::exhibits::Exhibit;
use crate::report::{
    AnalysisReport, BacktestReport, BillingLine, CheckReport, ConversionReport, EffectiveSettings,
    Imported, PriceDiff, PriceList, PriceSheet, SavingsReport, TableCheck, WithheldReport,
};
use crate::sources::{Format, Guess, SavedSource};

pub use records_csv::CsvRecords;
pub use records_jsonl::JsonLines;
pub use records_parquet::ParquetRecords;
pub use records_rollup::{RollupShape, write_rollup};

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
    /// For browsers: one file that loads nothing.
    Html,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Csv, Self::Markdown, Self::Html];

    /// The name in flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
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
        OutputFormat::Table => {
            terminal::write(&analysis_screen::compose_at(report, style.width), style, out)
        }
        OutputFormat::Markdown => markdown::write(&analysis_screen::compose(report), out),
        OutputFormat::Html => html::write_analysis(report, out),
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
        OutputFormat::Table => {
            terminal::write(&savings_screen::compose_at(report, style.width), style, out)
        }
        OutputFormat::Markdown => markdown::write(&savings_screen::compose(report), out),
        OutputFormat::Html => html::write_savings(report, None, out),
        OutputFormat::Json => wire::write(&savings_document::document(report), out),
        OutputFormat::Csv => csv_rows::write_savings(report, out),
    }
}

/// Writes a simulation as a page for a browser that says where the money goes today too, from an
/// analysis of the same log.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_savings_page(
    report: &SavingsReport,
    analysis: &AnalysisReport,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    html::write_savings(report, Some(analysis), out)
}

/// Writes one table of a report as CSV, with every digit.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_exhibit(exhibit: &Exhibit, out: &mut dyn io::Write) -> io::Result<()> {
    exhibits::write_rows(exhibit, out)
}

/// Writes a backtest.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_backtest(
    report: &BacktestReport,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&backtest_screen::compose(report), style, out),
        OutputFormat::Markdown => markdown::write(&backtest_screen::compose(report), out),
        OutputFormat::Html => html::write(&backtest_screen::compose(report), out),
        OutputFormat::Json => wire::write(&backtest_document::document(report), out),
        OutputFormat::Csv => backtest_rows::write(report, out),
    }
}

/// Writes a backtest that withholds a field.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_withheld(
    report: &WithheldReport,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&withheld_screen::compose(report), style, out),
        OutputFormat::Markdown => markdown::write(&withheld_screen::compose(report), out),
        OutputFormat::Html => html::write(&withheld_screen::compose(report), out),
        OutputFormat::Json => wire::write(&withheld_screen::document(report), out),
        OutputFormat::Csv => exhibits::write_rows(&report.groups, out),
    }
}

/// Writes a check.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_check(
    report: &CheckReport,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&check_screen::compose(report), style, out),
        OutputFormat::Markdown => check_comment::write(report, out),
        OutputFormat::Html => html::write(&check_screen::compose(report), out),
        OutputFormat::Json => wire::write(&check_document::document(report), out),
        OutputFormat::Csv => exhibits::write_rows(&report.judgements(), out),
    }
}

/// Writes a check for a pull request: Markdown with a marker, short when nothing happened.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_comment(report: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
    check_comment::write(report, out)
}

/// Writes the annotations that GitHub shows of a check.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_annotations(report: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
    check_annotations::write(report, out)
}

/// Writes a check as a suite of tests in the XML of `JUnit`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_junit(report: &CheckReport, out: &mut dyn io::Write) -> io::Result<()> {
    check_junit::write(report, out)
}

/// The reason of a verdict in one line, and what other prices did where that is much.
pub fn check_reason(report: &CheckReport) -> String {
    check_reasons::line(&report.outcome, report.prices.currency)
}

/// Writes a list of prices.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_price_list(
    list: &PriceList,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&price_list_screen::compose(list), style, out),
        OutputFormat::Markdown => markdown::write(&price_list_screen::compose(list), out),
        OutputFormat::Html => html::write(&price_list_screen::compose(list), out),
        OutputFormat::Json => wire::write(&price_list_document::document(list), out),
        OutputFormat::Csv => price_rows::write_list(list, out),
    }
}

/// Writes all about one model.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_price_sheet(
    sheet: &PriceSheet,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&price_sheet_screen::compose(sheet), style, out),
        OutputFormat::Markdown => markdown::write(&price_sheet_screen::compose(sheet), out),
        OutputFormat::Html => html::write(&price_sheet_screen::compose(sheet), out),
        OutputFormat::Json => wire::write(&price_sheet_document::document(sheet), out),
        OutputFormat::Csv => price_rows::write_sheet(sheet, out),
    }
}

/// Writes what changed between two tables.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_price_diff(
    diff: &PriceDiff,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&price_diff_screen::compose(diff), style, out),
        OutputFormat::Markdown => markdown::write(&price_diff_screen::compose(diff), out),
        OutputFormat::Html => html::write(&price_diff_screen::compose(diff), out),
        OutputFormat::Json => wire::write(&price_diff_document::document(diff), out),
        OutputFormat::Csv => price_rows::write_diff(diff, out),
    }
}

/// Writes what is wrong with a price table, named `file`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_table_check(
    file: &str,
    check: &TableCheck,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    table_check_text::write(file, check, out)
}

/// Writes what imported tables do not say, for people.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_left_out(imported: &Imported, out: &mut dyn io::Write) -> io::Result<()> {
    import_account::write_text(imported, out)
}

/// Writes imported tables and everything that they do not say, as one document.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_import(imported: &Imported, out: &mut dyn io::Write) -> io::Result<()> {
    wire::write(&import_account::document(imported), out)
}

/// Writes lines of a bill in the columns of FOCUS.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_billing_lines(lines: &[BillingLine], out: &mut dyn io::Write) -> io::Result<()> {
    records_focus::write(lines, out)
}

/// Writes what a conversion wrote and left out, for people.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_conversion(
    report: &ConversionReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    terminal::write(&conversion_account::compose(report), style, out)
}

/// Writes the log formats that are read, and the mappings that were saved.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_formats(
    formats: &[&Format],
    saved: &[SavedSource],
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&format_list::compose(formats, saved), style, out),
        OutputFormat::Markdown => markdown::write(&format_list::compose(formats, saved), out),
        OutputFormat::Html => html::write(&format_list::compose(formats, saved), out),
        OutputFormat::Json => wire::write(&format_list::document(formats, saved), out),
        OutputFormat::Csv => format_list::write_rows(formats, saved, out),
    }
}

/// Writes what is in force where no flag says otherwise, and who said so.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_settings(
    shown: &EffectiveSettings,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&settings_list::compose(shown), style, out),
        OutputFormat::Markdown => markdown::write(&settings_list::compose(shown), out),
        OutputFormat::Html => html::write(&settings_list::compose(shown), out),
        OutputFormat::Json => wire::write(&settings_list::document(shown), out),
        OutputFormat::Csv => settings_list::write_rows(shown, out),
    }
}

/// Writes what the columns of a log could mean.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_guess(
    guess: &Guess,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Table => terminal::write(&guess_screen::compose(guess), style, out),
        OutputFormat::Markdown => markdown::write(&guess_screen::compose(guess), out),
        OutputFormat::Html => html::write(&guess_screen::compose(guess), out),
        OutputFormat::Json => wire::write(&guess_document::document(guess), out),
        OutputFormat::Csv => guess_document::write_rows(guess, out),
    }
}
