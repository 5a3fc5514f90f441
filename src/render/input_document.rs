//! The input, its troubles, the prices and the window, as every document has them.

use serde::Serialize;

use crate::insights::Window;
use crate::report::{Currency, DiagnosticSummary, InputAccounting, PriceSource};
use crate::sources::Lines;
use crate::usage::Days;

/// The time the calls span.
#[derive(Debug, Serialize)]
pub(super) struct WindowDocument {
    from: String,
    to: String,
    days: u32,
    timezone: &'static str,
}

impl From<&Window> for WindowDocument {
    fn from(window: &Window) -> Self {
        Self {
            from: window.from.to_iso(),
            to: window.to.to_iso(),
            days: window.length(),
            timezone: window.days.zone(),
        }
    }
}

/// What became of every line.
#[derive(Debug, Serialize)]
pub(super) struct InputDocument<'a> {
    files: usize,
    lines: u64,
    records: u64,
    continuation: u64,
    duplicates: u64,
    skipped: u64,
    blank: u64,
    filtered_out: u64,
    /// Left out unless it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    keeps_duplicates: bool,
    by_file: Vec<FileDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct FileDocument<'a> {
    name: &'a str,
    format: &'a str,
    lines: u64,
    records: u64,
    continuation: u64,
    duplicates: u64,
    skipped: u64,
    blank: u64,
}

impl<'a> From<&'a InputAccounting> for InputDocument<'a> {
    fn from(input: &'a InputAccounting) -> Self {
        // How many records rows of roll-ups tell of is among the diagnostics.
        let Lines { lines, records, continuation, duplicates, skipped, blank, .. } = input.total();
        Self {
            files: input.files.len(),
            lines,
            records,
            continuation,
            duplicates,
            skipped,
            blank,
            filtered_out: input.filtered_out,
            keeps_duplicates: input.keeps_duplicates,
            by_file: input
                .files
                .iter()
                .map(|file| FileDocument {
                    name: &file.name,
                    format: &file.format,
                    lines: file.lines.lines,
                    records: file.lines.records,
                    continuation: file.lines.continuation,
                    duplicates: file.lines.duplicates,
                    skipped: file.lines.skipped,
                    blank: file.lines.blank,
                })
                .collect(),
        }
    }
}

/// All diagnostics of one kind.
#[derive(Debug, Serialize)]
pub(super) struct DiagnosticDocument<'a> {
    code: &'static str,
    count: u64,
    first: Vec<SightingDocument<'a>>,
    advice: &'static str,
}

#[derive(Debug, Serialize)]
struct SightingDocument<'a> {
    file: &'a str,
    line: u64,
    message: &'a str,
}

impl<'a> From<&'a DiagnosticSummary> for DiagnosticDocument<'a> {
    fn from(summary: &'a DiagnosticSummary) -> Self {
        let first = summary.first.iter().map(|sighting| SightingDocument {
            file: &sighting.file,
            line: sighting.line,
            message: &sighting.message,
        });
        Self {
            code: summary.code.name(),
            count: summary.count,
            first: first.collect(),
            advice: summary.code.advice(),
        }
    }
}

/// Where the prices come from.
#[derive(Debug, Serialize)]
pub(super) struct PricesDocument<'a> {
    as_of: &'a str,
    book_sha256: &'a str,
    checked_on: CheckedOn<'a>,
    contracts: &'a [String],
    currency: Option<CurrencyDocument<'a>>,
}

/// The currency in which people are shown amounts; those of documents stay in dollars.
#[derive(Debug, Serialize)]
struct CurrencyDocument<'a> {
    code: &'a str,
    per_usd: String,
    declared_for: Option<String>,
}

impl<'a> From<&'a Currency> for CurrencyDocument<'a> {
    fn from(currency: &'a Currency) -> Self {
        Self {
            code: currency.code(),
            per_usd: currency.rate.to_string(),
            declared_for: currency.declared_for.map(Days::name),
        }
    }
}

#[derive(Debug, Serialize)]
struct CheckedOn<'a> {
    oldest: &'a str,
    newest: &'a str,
}

impl<'a> From<&'a PriceSource> for PricesDocument<'a> {
    fn from(prices: &'a PriceSource) -> Self {
        let (oldest, newest) = &prices.checked_on;
        Self {
            as_of: &prices.as_of,
            book_sha256: &prices.book_sha256,
            checked_on: CheckedOn { oldest, newest },
            contracts: &prices.contracts,
            currency: Some(&prices.currency).filter(|one| !one.is_dollars()).map(<_>::from),
        }
    }
}
