//! What an import made, and what it could not say; the schema of the document is
//! `docs/schema/prices-import.schema.json`.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use crate::report::Imported;

use super::figures::{count, counted, name};
use super::wire::SCHEMA_VERSION;

/// So many facts of one kind are named; the document has them all.
const NAMED: usize = 4;

/// Writes the account for people: what was lost, by reason, with the first ones of each.
pub(super) fn write_text(imported: &Imported, out: &mut dyn io::Write) -> io::Result<()> {
    let models: usize = imported.tables.iter().map(|table| table.models).sum();
    let models = counted(models as u64, "model", "models");
    let providers = counted(imported.tables.len() as u64, "provider", "providers");
    writeln!(out, "{}: {models} of {providers}", imported.format.name())?;
    if imported.left_out.is_empty() {
        return writeln!(out, "everything could be said in the tables");
    }
    let facts = counted(imported.left_out.len() as u64, "fact", "facts");
    writeln!(out, "{facts} not in the tables, or not as written:")?;
    let mut reasons: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for fact in &imported.left_out {
        reasons.entry(fact.reason.name()).or_default().push(fact);
    }
    for (reason, facts) in reasons {
        writeln!(out, "  {reason}, {}:", count(facts.len() as u64))?;
        for fact in facts.iter().take(NAMED) {
            writeln!(out, "    {}", name(&fact.to_string()))?;
        }
        if let Some(more) = facts.len().checked_sub(NAMED).filter(|more| *more > 0) {
            writeln!(out, "    and {} more: --format json lists them all", count(more as u64))?;
        }
    }
    Ok(())
}

/// The document of an import.
#[derive(Debug, Serialize)]
pub(super) struct ImportDocument<'a> {
    schema_version: &'static str,
    collection: &'static str,
    tables: Vec<TableDocument<'a>>,
    left_out: Vec<LeftOutDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct TableDocument<'a> {
    provider: &'a str,
    models: usize,
    toml: &'a str,
}

#[derive(Debug, Serialize)]
struct LeftOutDocument<'a> {
    provider: &'a str,
    model: &'a str,
    field: &'a str,
    value: &'a str,
    reason: &'static str,
    explanation: String,
}

/// Builds the document.
pub(super) fn document(imported: &Imported) -> ImportDocument<'_> {
    let tables = imported.tables.iter().map(|table| TableDocument {
        provider: &table.provider,
        models: table.models,
        toml: &table.toml,
    });
    let left_out = imported.left_out.iter().map(|fact| LeftOutDocument {
        provider: &fact.provider,
        model: &fact.model,
        field: &fact.field,
        value: &fact.value,
        reason: fact.reason.name(),
        explanation: fact.reason.to_string(),
    });
    ImportDocument {
        schema_version: SCHEMA_VERSION,
        collection: imported.format.name(),
        tables: tables.collect(),
        left_out: left_out.collect(),
    }
}
