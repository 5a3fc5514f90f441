//! The log formats that are read, as a page, a document and rows; the schema of the document is
//! `docs/schema/formats.schema.json`.

use std::io;

use csv::Writer;
use serde::Serialize;

use crate::sources::{Format, SavedSource};

use super::csv_rows::io_error;
use super::figures::counted;
use super::screen::{Column, Grid, GridRow, Keep, Screen, Tone};
use super::wire::SCHEMA_VERSION;

/// Composes the page.
pub(super) fn compose(formats: &[&Format], saved: &[SavedSource]) -> Screen {
    let mut screen = Screen::default();
    screen.title(counted(formats.len() as u64, "log format", "log formats"));
    screen.line(
        Tone::Quiet,
        "found from the first records; the first of the list that fits is taken",
    );
    let columns = vec![
        Column::text("name", Keep::Always),
        Column::text("what it is", Keep::Always),
        Column::text("recognised by", Keep::Below(1)),
    ];
    let rows = formats.iter().map(|format| {
        let cells = vec![format.name.to_owned(), format.summary.to_owned(), signs(format)];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
    if !saved.is_empty() {
        saved_sources(saved, &mut screen);
    }
    screen
}

fn saved_sources(saved: &[SavedSource], screen: &mut Screen) {
    screen.title(counted(saved.len() as u64, "saved mapping", "saved mappings"));
    screen.line(Tone::Quiet, "of your llmcost.toml; each goes before all formats");
    let columns = vec![
        Column::text("name", Keep::Always),
        Column::text("takes files named", Keep::Below(1)),
        Column::text("with the columns", Keep::Below(2)),
    ];
    let rows = saved.iter().map(|source| {
        let files = source.files.clone().unwrap_or_else(|| "anything".to_owned());
        let cells = vec![source.name.clone(), files, source.wanted().join(", ")];
        GridRow::Cells(Tone::Plain, cells)
    });
    screen.grid(Grid { rows: rows.collect(), columns });
}

fn signs(format: &Format) -> String {
    format.counts().join(", ")
}

/// The document of the list.
#[derive(Debug, Serialize)]
pub(super) struct FormatsDocument {
    schema_version: &'static str,
    formats: Vec<FormatDocument>,
    saved: Vec<SavedDocument>,
}

#[derive(Debug, Serialize)]
struct FormatDocument {
    name: &'static str,
    summary: &'static str,
    provider: Option<&'static str>,
    recognised_by: Vec<&'static str>,
}

/// A mapping of the user's own.
#[derive(Debug, Serialize)]
struct SavedDocument {
    name: String,
    files: Option<String>,
    columns: Vec<String>,
}

/// Builds the document.
pub(super) fn document(formats: &[&Format], saved: &[SavedSource]) -> FormatsDocument {
    let formats = formats.iter().map(|format| FormatDocument {
        name: format.name,
        summary: format.summary,
        provider: Some(format.provider).filter(|provider| !provider.is_empty()),
        recognised_by: format.counts(),
    });
    let saved = saved.iter().map(|source| SavedDocument {
        name: source.name.clone(),
        files: source.files.clone(),
        columns: source.wanted().into_iter().map(str::to_owned).collect(),
    });
    FormatsDocument {
        schema_version: SCHEMA_VERSION,
        formats: formats.collect(),
        saved: saved.collect(),
    }
}

/// Writes one row a format, and one a saved mapping.
pub(super) fn write_rows(
    formats: &[&Format],
    saved: &[SavedSource],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(["name", "summary", "provider", "recognised_by"]).map_err(io_error)?;
    for format in formats {
        let row = [format.name, format.summary, format.provider, &signs(format)];
        writer.write_record(row).map_err(io_error)?;
    }
    for source in saved {
        let files = source.files.iter().map(|files| format!("files {files}"));
        let signs: Vec<String> =
            files.chain(source.wanted().into_iter().map(str::to_owned)).collect();
        let row = [source.name.as_str(), "a mapping of llmcost.toml", "", &signs.join(", ")];
        writer.write_record(row).map_err(io_error)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::FORMATS;

    #[test]
    fn every_format_is_listed_as_the_schema_says() {
        let schema = include_str!("../../docs/schema/formats.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let saved = SavedSource { name: "gateway".to_owned(), ..SavedSource::default() };
        let document = serde_json::to_value(document(FORMATS, &[saved])).expect("a document");
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(document["formats"].as_array().map(Vec::len), Some(FORMATS.len()));
    }
}
