//! Groups as CSV rows, with every digit.

use std::io;

use csv::Writer;

use crate::insights::Tally;
use crate::report::{AnalysisReport, SavingsReport};
use crate::units::{TokenClass, Tokens};

use super::Style;
use super::names::{has_hidden, visible};
use super::redaction::{Mask, Reader};

/// What stands for the groups that are not shown one by one.
const REST: &str = "(other groups)";

const ANALYSIS_COLUMNS: [&str; 19] = [
    "calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "audio_input_tokens",
    "audio_cache_read_tokens",
    "image_input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "audio_output_tokens",
    "image_output_tokens",
    "searches",
    "file_searches",
    "cost_usd",
    "list_cost_usd",
    "cost_per_call_usd",
    "unpriced_calls",
    "unpriced_tokens",
];

const SAVINGS_COLUMNS: [&str; 4] = ["calls", "before_usd", "after_usd", "saved_usd"];

/// Writes one row a group of an analysis.
pub(super) fn write_analysis(report: &AnalysisReport, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    let by = report.analysis.group_by.iter().cloned().map(inert);
    writer.write_record(by.chain(ANALYSIS_COLUMNS.map(str::to_owned))).map_err(io_error)?;
    for group in &report.analysis.groups {
        write_row(&mut writer, group.key.clone(), figures_of(&group.tally))?;
    }
    if let Some(rest) = &report.left_out {
        let key = rest_key(report.analysis.group_by.len());
        write_row(&mut writer, key, figures_of(&rest.tally))?;
    }
    writer.flush()
}

/// Writes one row a group of a simulation.
pub(super) fn write_savings(report: &SavingsReport, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    let by = report.group_by.iter().cloned().map(inert);
    writer.write_record(by.chain(SAVINGS_COLUMNS.map(str::to_owned))).map_err(io_error)?;
    let rest = report.left_out.as_ref().map(|(_, group)| group);
    for group in report.groups.iter().chain(rest) {
        let key =
            if group.key.is_empty() { rest_key(report.group_by.len()) } else { group.key.clone() };
        let figures = vec![
            group.calls.to_string(),
            group.before.to_string(),
            group.after.to_string(),
            group.saved().to_string(),
        ];
        write_row(&mut writer, key, figures)?;
    }
    writer.flush()
}

fn figures_of(tally: &Tally) -> Vec<String> {
    let tokens = |class| tally.tokens[class].to_string();
    vec![
        tally.calls.to_string(),
        tokens(TokenClass::Input),
        tokens(TokenClass::CacheRead),
        tokens(TokenClass::CacheWrite5m),
        tokens(TokenClass::CacheWrite1h),
        tokens(TokenClass::AudioInput),
        tokens(TokenClass::AudioCacheRead),
        tokens(TokenClass::ImageInput),
        tally.output().to_string(),
        tokens(TokenClass::Reasoning),
        tokens(TokenClass::AudioOutput),
        tokens(TokenClass::ImageOutput),
        tally.searches.to_string(),
        tally.file_searches.to_string(),
        tally.known_cost().map_or_else(String::new, |cost| cost.to_string()),
        tally.known_cost().map_or_else(String::new, |_| tally.list_cost.to_string()),
        tally.cost_per_call().map_or_else(String::new, |cost| cost.to_string()),
        tally.unpriced_calls.to_string(),
        tally.unpriced_tokens.iter().map(|(_, count)| *count).sum::<Tokens>().to_string(),
    ]
}

fn rest_key(columns: usize) -> Vec<String> {
    let mut key = vec![String::new(); columns];
    if let Some(first) = key.first_mut() {
        REST.clone_into(first);
    }
    key
}

fn write_row<W: io::Write>(
    writer: &mut Writer<W>,
    key: Vec<String>,
    figures: Vec<String>,
) -> io::Result<()> {
    let mut key: Vec<_> = key.into_iter().map(inert).collect();
    key.extend(figures);
    writer.write_record(&key).map_err(io_error)
}

/// What starts a formula in some spreadsheet, by the list of OWASP ("CSV Injection").
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether some spreadsheet takes a text for a formula: its start, or what stands behind a semicolon
/// or a tab, at which spreadsheets of many countries cut a row.
pub(super) fn is_formula(text: &str) -> bool {
    text.split([';', '\t']).enumerate().any(|(place, part)| {
        // A tab before the text is one of the starts itself.
        part.starts_with(FORMULA) || (place == 0 && text.starts_with('\t'))
    })
}

/// A name that a spreadsheet will not take for a formula, and a terminal for no command: an
/// apostrophe goes before what starts one, and what is not seen becomes `�`, as in tables. Figures
/// are left alone; a negative amount is a number there too.
pub(super) fn inert(name: String) -> String {
    let name = if has_hidden(&name) { visible(&name) } else { name };
    if !is_formula(&name) {
        return name;
    }
    let mut safe = String::with_capacity(name.len() + 1);
    let mut is_start = true;
    for letter in name.chars() {
        if is_start && FORMULA.contains(&letter) {
            safe.push('\'');
        }
        safe.push(letter);
        is_start = matches!(letter, ';' | '\t');
    }
    safe
}

/// Gives out the rows that `write` makes, masked: the door through which all of them go.
pub(super) fn masked(
    style: Style,
    out: &mut dyn io::Write,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    let mask = Mask::new(style.redact, Reader::Oneself);
    if mask.is_off() {
        return write(out);
    }
    let mut rows = Vec::new();
    write(&mut rows)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&rows[..]);
    let mut writer = Writer::from_writer(out);
    for row in reader.records() {
        let row = row.map_err(io_error)?;
        writer
            .write_record(row.iter().map(|cell| mask.text(cell).into_owned()))
            .map_err(io_error)?;
    }
    writer.flush()
}

pub(super) fn io_error(error: csv::Error) -> io::Error {
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_act_as_formulas() {
        for name in ["=SUM(A1)", "+1", "-1", "@import", "＝1", "－1"] {
            assert_eq!(inert(name.to_owned()), format!("'{name}"));
        }
        for (name, expected) in [
            ("gpt-4o", "gpt-4o"),
            ("a=b", "a=b"),
            ("a;b", "a;b"),
            ("a;=1", "a;'=1"),
            ("a@b;-c", "a@b;'-c"),
            ("\t=1\r\n", "\u{fffd}=1\u{fffd}\u{fffd}"),
            ("a\u{1b}[31m\u{9b}\u{202e}", "a\u{fffd}[31m\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(inert(name.to_owned()), expected);
        }
    }
}
