//! `--show`: which tables of a report are on the page, and which one is written as CSV.

use anyhow::anyhow;

use crate::diagnostics::did_you_mean;
use crate::exhibits::{ALL, Exhibit, UnknownExhibit};
use crate::render::OutputFormat;

use super::failure::Failure;

/// A name that the report has no table of.
pub(super) fn unknown(error: &UnknownExhibit) -> Failure {
    let failure = Failure::usage(anyhow!("--show: {error}"));
    match did_you_mean(&error.name, error.known.iter().copied()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint("`all` shows all of them; `llmcost explain` says what they are"),
    }
}

/// The one table to write as CSV, where one is asked for; nothing writes the report's own rows.
///
/// # Errors
/// When several are asked for: their columns differ.
pub(super) fn single<'a>(
    exhibits: &'a [Exhibit],
    names: &[String],
    format: OutputFormat,
) -> Result<Option<&'a Exhibit>, Failure> {
    match (format, names) {
        (OutputFormat::Csv, [name]) => Ok(exhibits.iter().find(|exhibit| exhibit.name == name)),
        (OutputFormat::Csv, [_, _, ..]) => {
            Err(Failure::usage(anyhow!("--show: CSV takes one table, they have different columns"))
                .hint("name one of them, or use --json for all"))
        }
        _ => Ok(None),
    }
}

/// Whether a table that takes time is wanted: by name, with all others, or by a program or browser, which
/// get every table.
pub(super) fn wants(name: &str, shown: &[String], format: OutputFormat) -> bool {
    matches!(format, OutputFormat::Json | OutputFormat::Html)
        || shown.iter().any(|one| one == name || one == ALL)
}
