//! A backtest as CSV: the total, and every log, cause, model and conversation, one row each.

use std::io;

use csv::Writer;

use crate::report::{BacktestReport, BillRange, Comparison};

use super::csv_rows::{inert, io_error};

const COLUMNS: [&str; 15] = [
    "part",
    "name",
    "calls",
    "input_tokens",
    "read_tokens",
    "predicted_read_tokens",
    "billed_usd",
    "predicted_usd",
    "error_usd",
    "point_usd",
    "expected_usd",
    "simplest_usd",
    "low_usd",
    "likely_high_usd",
    "high_usd",
];

/// Writes the rows.
pub(super) fn write(report: &BacktestReport, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(COLUMNS).map_err(io_error)?;
    let mut row = |part: &str, name: &str, comparison: &Comparison, range: Option<BillRange>| {
        let predicted = report.estimate.of(&comparison.predicted);
        let mut cells = vec![
            part.to_owned(),
            inert(name.to_owned()),
            comparison.calls.to_string(),
            comparison.input.to_string(),
            comparison.read.to_string(),
            report.estimate.of(&comparison.predicted_read).to_string(),
            comparison.billed.to_string(),
            predicted.to_string(),
            (predicted - comparison.billed).to_string(),
            comparison.predicted.point.to_string(),
            comparison.predicted.expected.to_string(),
            comparison.predicted.simplest.to_string(),
        ];
        let ends = range.map(|range| [range.low, range.likely_high, range.high]);
        match ends {
            Some(ends) => cells.extend(ends.map(|end| end.to_string())),
            None => cells.resize(COLUMNS.len(), String::new()),
        }
        writer.write_record(&cells).map_err(io_error)
    };
    row("total", "", &report.total, Some(report.range))?;
    for line in &report.logs {
        row("log", &line.name, &line.log.comparison, Some(line.log.range))?;
    }
    for line in &report.causes {
        row("cause", line.cause.name(), &line.comparison, None)?;
    }
    for line in &report.models {
        row("model", &line.name, &line.comparison, None)?;
    }
    for line in &report.conversations {
        row("conversation", &line.name, &line.comparison, None)?;
    }
    if let Some((_, rest)) = &report.conversations_left_out {
        row("conversation", "(other conversations)", rest, None)?;
    }
    writer.flush()
}
