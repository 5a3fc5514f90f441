//! Lines of a bill as CSV in the columns of FOCUS 1.2, the format of cloud bills.
//!
//! A log says nothing of accounts, invoices and commitments: those columns stay empty, and the
//! effective and the billed cost are the contracted one. A charge without a price has no cost.

use std::io;

use csv::Writer;
use serde_json::Map;

use crate::report::BillingLine;
use crate::usage::Instant;

use super::csv_rows::{inert, io_error};
use super::json_text::escaped;

/// The columns, by name: those that every bill must have, and those a log can fill.
const COLUMNS: [&str; 29] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "Tags",
];

/// Writes the header and all lines.
pub(super) fn write(lines: &[BillingLine], out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::from_writer(out);
    writer.write_record(COLUMNS).map_err(io_error)?;
    for line in lines {
        let cells = COLUMNS.map(|column| cell(column, line));
        writer.write_record(cells).map_err(io_error)?;
    }
    writer.flush()
}

fn cell(column: &str, line: &BillingLine) -> String {
    let list = || line.costs.map_or_else(String::new, |(list, _)| list.to_string());
    let contracted = || line.costs.map_or_else(String::new, |(_, cost)| cost.to_string());
    let known = |text: &str| inert(text.to_owned());
    match column {
        "BilledCost" | "ContractedCost" | "EffectiveCost" => contracted(),
        "ListCost" => list(),
        "BillingCurrency" => "USD".to_owned(),
        "BillingPeriodStart" => start(line.billed),
        "BillingPeriodEnd" => end(line.billed),
        "ChargePeriodStart" => start(line.charged),
        "ChargePeriodEnd" => end(line.charged),
        "ChargeCategory" => "Usage".to_owned(),
        "ChargeDescription" => known(&line.description),
        "ChargeFrequency" => "Usage-Based".to_owned(),
        "ConsumedQuantity" | "PricingQuantity" => line.quantity.to_string(),
        "ConsumedUnit" | "PricingUnit" => line.unit.to_owned(),
        "InvoiceIssuerName" | "ProviderName" => known(&line.seller),
        "PublisherName" => known(&line.maker),
        "ServiceCategory" => "AI and Machine Learning".to_owned(),
        "ServiceName" | "SkuId" => known(&line.model),
        "ServiceSubcategory" => "Generative AI".to_owned(),
        "SkuMeter" => line.meter.clone(),
        "Tags" if !line.tags.is_empty() => tags(&line.tags),
        _ => String::new(),
    }
}

fn start(span: Option<(Instant, Instant)>) -> String {
    span.map_or_else(String::new, |(start, _)| start.to_iso())
}

fn end(span: Option<(Instant, Instant)>) -> String {
    span.map_or_else(String::new, |(_, end)| end.to_iso())
}

fn tags(tags: &[(String, String)]) -> String {
    let object: Map<String, serde_json::Value> =
        tags.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    // Spreadsheets of many countries cut a row at semicolons, whatever stands around them.
    escaped(&serde_json::Value::Object(object).to_string().replace(';', "\\u003b"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Usd;

    fn check(line: &BillingLine, expected: &[(&str, &str)]) {
        for (column, text) in expected {
            assert_eq!(cell(column, line), *text, "{column}");
        }
    }

    #[test]
    fn a_line_fills_the_columns_that_the_log_knows() {
        let instant = Instant::from_millis;
        let mut line = BillingLine {
            charged: Some((instant(0), instant(86_400_000))),
            billed: None,
            seller: "bedrock".to_owned(),
            maker: "anthropic".to_owned(),
            model: "=m".to_owned(),
            tags: vec![("team".to_owned(), "a\"b\u{7f}".to_owned())],
            meter: "cache_read".to_owned(),
            description: "cache read of =m".to_owned(),
            unit: "Tokens",
            quantity: 9,
            costs: Some((Usd::from_atto(3), Usd::from_atto(2))),
        };
        check(
            &line,
            &[
                ("ListCost", "0.000000000000000003"),
                ("ContractedCost", "0.000000000000000002"),
                ("BilledCost", "0.000000000000000002"),
                ("ChargePeriodEnd", "1970-01-02T00:00:00Z"),
                ("BillingPeriodStart", ""),
                ("SkuId", "'=m"),
                ("SkuMeter", "cache_read"),
                ("Tags", r#"{"team":"a\"b\u007f"}"#),
                ("InvoiceId", ""),
            ],
        );
        (line.costs, line.tags) = (None, Vec::new());
        check(
            &line,
            &[("ListCost", ""), ("BilledCost", ""), ("Tags", ""), ("PricingUnit", "Tokens")],
        );
    }
}
