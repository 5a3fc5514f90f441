//! Cursor: the usage table of its dashboard, and the events of its admin API.
//!
//! Source: exports of 2025-02 and 2025-11, in which the total is the sum of the four columns of
//! tokens ("w/ Cache Write" are the written ones alone), and the admin API's reference. The cost
//! is what Cursor computed, for included usage too; of an event it is what was charged, the fee
//! included, in cents.

use crate::sources::field::Field;
use crate::sources::format::{
    Convention, Format, Identity, Screen, as_read, at, every_record, no_table,
};
use crate::usage::Status;

const SPLIT: Convention = Convention { settled: true, ..Convention::EXCLUSIVE };

/// The table of the dashboard, with the header of any year.
pub(in crate::sources) static CURSOR: Format = Format {
    name: "cursor",
    summary: "Cursor's usage export (CSV of the dashboard)",
    provider: "",
    recognises: |_| false,
    recognises_columns: |columns| columns.iter().any(|column| column == "Input (w/o Cache Write)"),
    fields: &[
        ("Date", Field::Time),
        // Exports of overlapping periods have the same rows.
        ("Date", Field::RequestId),
        ("Model", Field::Model),
        ("Kind", Field::RecordType),
        ("Input (w/o Cache Write)", Field::Input),
        ("Input (w/ Cache Write)", Field::CacheWrite),
        ("Cache Read", Field::CacheRead),
        ("Output Tokens", Field::Output),
        ("Cost", Field::CostUsd),
        ("Cost ($)", Field::CostUsd),
        ("Cost to you", Field::CostUsd),
        ("Request Count", Field::Calls),
        ("Cloud Agent ID", Field::Conversation),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| SPLIT,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: |values, draft| {
        if values.text(Field::RecordType).starts_with("Errored") {
            draft.call.status = Status::Error(0);
        }
        Ok(())
    },
};

/// Pages of the admin API.
pub(in crate::sources) static CURSOR_EVENTS: Format = Format {
    name: "cursor-events",
    summary: "usage events of Cursor's admin API",
    provider: "",
    recognises: |record| {
        at(record, "usageEventsDisplay").is_some()
            || at(record, "tokenUsage.inputTokens").is_some() && at(record, "kind").is_some()
    },
    recognises_columns: no_table,
    fields: &[
        ("usageEventsDisplay", Field::Rows),
        ("timestamp", Field::Time),
        ("timestamp", Field::RequestId),
        ("model", Field::Model),
        ("tokenUsage.inputTokens", Field::Input),
        ("tokenUsage.cacheWriteTokens", Field::CacheWrite),
        ("tokenUsage.cacheReadTokens", Field::CacheRead),
        ("tokenUsage.outputTokens", Field::Output),
        ("chargedCents", Field::CostCents),
        ("tokenUsage.totalCents", Field::CostCents),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| SPLIT,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        if values.has(Field::Input) || values.has(Field::Output) {
            Screen::Call
        } else {
            Screen::NoTokens("an event that is billed by the request, without tokens")
        }
    },
    session: None,
    refine: as_read,
};
