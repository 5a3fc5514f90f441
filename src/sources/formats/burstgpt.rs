//! `BurstGPT` traces: tables of requests to two services.
//!
//! Source: their description: times are seconds from the start of the trace and name no day; a
//! response of no tokens is a failure; the models are called `ChatGPT` and `GPT-4`.

use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, every_record};
use crate::usage::Status;

/// Requests of a trace, one a row.
pub(in crate::sources) static BURSTGPT: Format = Format {
    name: "burstgpt",
    summary: "BurstGPT traces",
    provider: "",
    recognises: |_| false,
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("Request tokens") && has("Response tokens") && has("Log Type")
    },
    fields: &[
        ("Model", Field::Model),
        ("Request tokens", Field::Input),
        ("Response tokens", Field::Output),
        ("Total tokens", Field::Total),
        ("Log Type", Field::CallType),
        ("Session ID", Field::Conversation),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: every_record,
    session: None,
    refine: |_, draft| {
        if draft.call.output_total().is_zero() {
            draft.call.status = Status::Error(0);
        }
        Ok(())
    },
};
