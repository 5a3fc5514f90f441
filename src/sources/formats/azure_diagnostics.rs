//! Azure `OpenAI`'s own diagnostic log, which has no token counts.
//!
//! Source: the reference of diagnostic settings (2026-08-22) and captured records: times, bytes and
//! the deployment of each request, and never how many tokens.

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Format, Identity, Screen, at, no_table};

/// Recognised only to say that there is nothing to price.
pub(in crate::sources) static AZURE_DIAGNOSTICS: Format = Format {
    name: "azure-diagnostics",
    summary: "Azure OpenAI diagnostic log (RequestResponse, Audit); it has no token counts",
    provider: "azure",
    recognises: |record| {
        let category = at(record, "category").is_some_and(|kind| {
            matches!(kind.as_str(), Some("RequestResponse" | "Audit" | "AzureOpenAIRequestUsage"))
        });
        let resource = at(record, "resourceId").and_then(serde_json::Value::as_str);
        let of_service = resource.is_some_and(|resource| {
            resource.to_ascii_uppercase().contains("MICROSOFT.COGNITIVESERVICES")
        });
        category && of_service
    },
    recognises_columns: no_table,
    fields: &[
        ("time", Field::Time),
        ("operationName", Field::RecordType),
        ("resultSignature", Field::HttpStatus),
        ("correlationId", Field::RequestId),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::INCLUSIVE,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |_| Screen::WithoutTokens,
    session: None,
    refine: |_, _| {
        let text = "Azure OpenAI's diagnostic log has no token counts; log the responses, or use \
                    the LLM log of API Management";
        Err((Code::MissingUsage, text.to_owned()))
    },
};
