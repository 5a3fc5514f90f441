//! The machine output of `formats guess`; its schema is `docs/schema/formats-guess.schema.json`.

use std::collections::BTreeMap;
use std::io;

use csv::Writer;
use serde::Serialize;

use crate::sources::{Finding, Guess, Role};

use super::csv_rows::{inert, io_error};
use super::wire::SCHEMA_VERSION;

/// The document of a guess.
#[derive(Debug, Serialize)]
pub(super) struct GuessDocument<'a> {
    schema_version: &'static str,
    file: &'a str,
    layout: &'a str,
    records: u64,
    fits: Option<&'a str>,
    inside: Option<InsideDocument<'a>>,
    columns: Vec<ColumnDocument<'a>>,
    columns_left_out: u64,
    missing: &'a [&'static str],
    doubts: &'a [String],
    proposal: Option<ProposalDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct InsideDocument<'a> {
    jq: &'a str,
    format: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ColumnDocument<'a> {
    path: &'a str,
    r#type: &'a str,
    sample: &'a str,
    present: u64,
    role: &'static str,
    field: Option<&'static str>,
    reason: &'a str,
}

#[derive(Debug, Serialize)]
struct ProposalDocument<'a> {
    map: BTreeMap<&'static str, &'a str>,
    statements: BTreeMap<&'static str, &'a str>,
    model_is_missing: bool,
    flags: Option<String>,
    source: String,
}

/// Builds the document of a guess.
pub(super) fn document(guess: &Guess) -> GuessDocument<'_> {
    let proposal = guess.proposal.as_ref().map(|proposal| ProposalDocument {
        map: proposal.map.iter().map(|(field, path)| (*field, path.as_str())).collect(),
        statements: proposal
            .statements
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect(),
        model_is_missing: proposal.without_model,
        flags: proposal.flags(),
        source: proposal.block(&guess.source_name()),
    });
    GuessDocument {
        schema_version: SCHEMA_VERSION,
        file: &guess.file,
        layout: guess.layout,
        records: guess.records,
        fits: guess.fits.as_deref(),
        inside: guess
            .inside
            .as_ref()
            .map(|inside| InsideDocument { jq: &inside.filter, format: inside.format.as_deref() }),
        columns: guess.findings.iter().map(column).collect(),
        columns_left_out: guess.left_out,
        missing: &guess.missing,
        doubts: &guess.doubts,
        proposal,
    }
}

fn column(finding: &Finding) -> ColumnDocument<'_> {
    let (role, field) = role(finding);
    ColumnDocument {
        path: &finding.path,
        r#type: finding.kind,
        sample: &finding.sample,
        present: finding.present,
        role,
        field,
        reason: &finding.reason,
    }
}

const fn role(finding: &Finding) -> (&'static str, Option<&'static str>) {
    match finding.role {
        Role::Taken(field) => ("taken", Some(field)),
        Role::Alternative(field) => ("alternative", Some(field)),
        Role::Total => ("total", None),
        Role::Nothing => ("nothing", None),
    }
}

/// Writes one row a column.
pub(super) fn write_rows(guess: &Guess, out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    let header = ["path", "type", "sample", "present", "records", "role", "field", "reason"];
    writer.write_record(header).map_err(io_error)?;
    for finding in &guess.findings {
        let (role, field) = role(finding);
        let (present, records) = (finding.present.to_string(), guess.records.to_string());
        let cells = [
            finding.path.as_str(),
            finding.kind,
            &finding.sample,
            &present,
            &records,
            role,
            field.unwrap_or_default(),
            &finding.reason,
        ];
        writer.write_record(cells.map(|cell| inert(cell.to_owned()))).map_err(io_error)?;
    }
    writer.flush()
}
