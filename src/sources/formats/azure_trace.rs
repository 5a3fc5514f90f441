//! The inference traces that Azure published in 2023 and 2024: tables of requests.
//!
//! Source: their descriptions: the times have no zone and are taken as UTC; no model is named.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, as_read, every_record};

/// Requests of a trace, one a row.
pub(in crate::sources) static AZURE_TRACE: Format = Format {
    name: "azure-trace",
    summary: "Azure's public inference traces; name a model with --assume-model",
    provider: "",
    recognises: |_| false,
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("TIMESTAMP") && has("ContextTokens") && has("GeneratedTokens")
    },
    fields: &[
        ("TIMESTAMP", Field::Time),
        ("ContextTokens", Field::Input),
        ("GeneratedTokens", Field::Output),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: as_read,
};
