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
mod json_text;
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
mod redaction;
mod savings_document;
mod savings_screen;
mod screen;
mod secrets;
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

use csv_rows::masked;

pub use json_text::printable_json;
pub use names::visible;
pub use records_csv::CsvRecords;
pub use records_jsonl::JsonLines;
pub use records_parquet::ParquetRecords;
pub use records_rollup::{RollupShape, write_rollup};
pub use redaction::{Redact, masked_text};

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

/// How a table looks, other formats looking the same everywhere; and what no format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours and weights of type.
    pub color: bool,
    /// How many columns of text fit.
    pub width: u16,
    /// What is masked.
    pub redact: Redact,
}

impl Style {
    /// A style that masks what is usual.
    pub const fn new(color: bool, width: u16) -> Self {
        Self { color, width, redact: Redact::Auto }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::new(false, 80)
    }
}

/// Writes a screen in one of the forms that people read.
fn write_screen(
    screen: &screen::Screen,
    format: OutputFormat,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Markdown => markdown::write(screen, style.redact, out),
        OutputFormat::Html => html::write(screen, style.redact, out),
        _ => terminal::write(screen, style, out),
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
        OutputFormat::Markdown => {
            markdown::write(&analysis_screen::compose(report), style.redact, out)
        }
        OutputFormat::Html => html::write_analysis(report, style, out),
        OutputFormat::Json => wire::write(&analysis_document::document(report), style, out),
        OutputFormat::Csv => masked(style, out, |rows| csv_rows::write_analysis(report, rows)),
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
        OutputFormat::Markdown => {
            markdown::write(&savings_screen::compose(report), style.redact, out)
        }
        OutputFormat::Html => html::write_savings(report, None, style, out),
        OutputFormat::Json => wire::write(&savings_document::document(report), style, out),
        OutputFormat::Csv => masked(style, out, |rows| csv_rows::write_savings(report, rows)),
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
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    html::write_savings(report, Some(analysis), style, out)
}

/// Writes one table of a report as CSV, with every digit.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_exhibit(exhibit: &Exhibit, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    masked(style, out, |rows| exhibits::write_rows(exhibit, rows))
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
        OutputFormat::Json => wire::write(&backtest_document::document(report), style, out),
        OutputFormat::Csv => masked(style, out, |rows| backtest_rows::write(report, rows)),
        _ => write_screen(&backtest_screen::compose(report), format, style, out),
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
        OutputFormat::Json => wire::write(&withheld_screen::document(report), style, out),
        OutputFormat::Csv => masked(style, out, |rows| exhibits::write_rows(&report.groups, rows)),
        _ => write_screen(&withheld_screen::compose(report), format, style, out),
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
        OutputFormat::Markdown => check_comment::write(report, style, out),
        OutputFormat::Html => html::write(&check_screen::compose(report), style.redact, out),
        OutputFormat::Json => wire::write(&check_document::document(report), style, out),
        OutputFormat::Csv => {
            masked(style, out, |rows| exhibits::write_rows(&report.judgements(), rows))
        }
    }
}

/// Writes a check for a pull request: Markdown with a marker, short when nothing happened.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_comment(
    report: &CheckReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    check_comment::write(report, style, out)
}

/// Writes the annotations that GitHub shows of a check.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_annotations(
    report: &CheckReport,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    check_annotations::write(report, style, out)
}

/// Writes a check as a suite of tests in the XML of `JUnit`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_junit(report: &CheckReport, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    check_junit::write(report, style, out)
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
        OutputFormat::Json => wire::write(&price_list_document::document(list), style, out),
        OutputFormat::Csv => masked(style, out, |rows| price_rows::write_list(list, rows)),
        _ => write_screen(&price_list_screen::compose(list), format, style, out),
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
        OutputFormat::Json => wire::write(&price_sheet_document::document(sheet), style, out),
        OutputFormat::Csv => masked(style, out, |rows| price_rows::write_sheet(sheet, rows)),
        _ => write_screen(&price_sheet_screen::compose(sheet), format, style, out),
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
        OutputFormat::Json => wire::write(&price_diff_document::document(diff), style, out),
        OutputFormat::Csv => masked(style, out, |rows| price_rows::write_diff(diff, rows)),
        _ => write_screen(&price_diff_screen::compose(diff), format, style, out),
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
    wire::write(&import_account::document(imported), Style::default(), out)
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
        OutputFormat::Json => wire::write(&format_list::document(formats, saved), style, out),
        OutputFormat::Csv => {
            masked(style, out, |rows| format_list::write_rows(formats, saved, rows))
        }
        _ => write_screen(&format_list::compose(formats, saved), format, style, out),
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
        OutputFormat::Json => wire::write(&settings_list::document(shown), style, out),
        OutputFormat::Csv => masked(style, out, |rows| settings_list::write_rows(shown, rows)),
        _ => write_screen(&settings_list::compose(shown), format, style, out),
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
        OutputFormat::Json => wire::write(&guess_document::document(guess), style, out),
        OutputFormat::Csv => masked(style, out, |rows| guess_document::write_rows(guess, rows)),
        _ => write_screen(&guess_screen::compose(guess), format, style, out),
    }
}
