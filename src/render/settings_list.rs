//! What is in force and who said so, as a page, a document and rows; the schema of the document is
//! `docs/schema/config-show.schema.json`.

use std::io;

use csv::Writer;
use serde::Serialize;

use crate::report::{EffectiveSetting, EffectiveSettings};

use super::csv_rows::io_error;
use super::figures::name;
use super::screen::{Column, Grid, GridRow, Keep, Screen, Tone};
use super::wire::SCHEMA_VERSION;

/// Composes the page.
pub(super) fn compose(shown: &EffectiveSettings) -> Screen {
    let mut screen = Screen::default();
    screen.title("What is in force where no flag says otherwise");
    if shown.files.is_empty() {
        screen.line(Tone::Quiet, "no configuration file; `llmcost init LOG` writes one");
    } else {
        screen.line(Tone::Quiet, format!("read: {}", name(&shown.files.join(", then "))));
    }
    let columns = vec![
        Column::text("setting", Keep::Always),
        Column::text("value", Keep::Always),
        Column::text("from", Keep::Always),
    ];
    let rows = shown.settings.iter().map(|one| {
        let tone = if one.origin.place().is_some() { Tone::Plain } else { Tone::Quiet };
        let value = if one.values.is_empty() { "–".to_owned() } else { one.values.join(", ") };
        GridRow::Cells(tone, vec![one.key.to_owned(), name(&value), name(&from(one))])
    });
    screen.grid(Grid { rows: rows.collect(), columns });
    screen
}

fn from(one: &EffectiveSetting) -> String {
    let word = one.origin.word();
    match one.origin.place() {
        Some(place) => format!("{word}: {place}"),
        None => word.to_owned(),
    }
}

/// The document.
#[derive(Debug, Serialize)]
pub(super) struct SettingsDocument<'a> {
    schema_version: &'static str,
    files: &'a [String],
    settings: Vec<SettingDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct SettingDocument<'a> {
    key: &'static str,
    values: &'a [String],
    origin: &'static str,
    place: Option<&'a str>,
}

/// Builds the document.
pub(super) fn document(shown: &EffectiveSettings) -> SettingsDocument<'_> {
    let settings = shown.settings.iter().map(|one| SettingDocument {
        key: one.key,
        values: &one.values,
        origin: one.origin.word(),
        place: one.origin.place(),
    });
    SettingsDocument {
        schema_version: SCHEMA_VERSION,
        files: &shown.files,
        settings: settings.collect(),
    }
}

/// Writes one row a setting.
pub(super) fn write_rows(shown: &EffectiveSettings, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(["key", "value", "origin", "place"]).map_err(io_error)?;
    for one in &shown.settings {
        let value = one.values.join(", ");
        let row = [one.key, &value, one.origin.word(), one.origin.place().unwrap_or_default()];
        writer.write_record(row).map_err(io_error)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SettingOrigin;

    #[test]
    fn the_document_is_what_the_schema_says() {
        let schema = include_str!("../../docs/schema/config-show.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let origins = [
            SettingOrigin::Environment("LLMCOST_BY".to_owned()),
            SettingOrigin::Project("llmcost.toml:3".to_owned()),
            SettingOrigin::User("config.toml:1".to_owned()),
            SettingOrigin::Default,
        ];
        let settings = origins.map(|origin| EffectiveSetting {
            key: "by",
            values: vec!["team".to_owned()],
            origin,
        });
        let shown =
            EffectiveSettings { files: vec!["llmcost.toml".to_owned()], settings: settings.into() };
        let document = serde_json::to_value(document(&shown)).expect("a document");
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(document["settings"].as_array().map(Vec::len), Some(4));
    }
}
