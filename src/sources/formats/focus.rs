//! FOCUS tables of costs and usage: the rows that count tokens of language models.
//!
//! Source: the FOCUS specification 1.2: each row sums up a period for one kind of token, which only
//! the name of the meter tells, in a unit that may be thousands or millions. Rows of anything
//! else are no calls. There is no number of calls, so nothing is known of single prompts.
//!
//! A bill that llmcost wrote has meters of its own names; of these, fees and charges as logged are
//! read too, so that its lines come to what they came to when it was written.

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Convention, Draft, Format, Identity, Refusal, Screen};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;
use crate::units::{Excess, TokenClass, Tokens, parse_decimal};
use crate::usage::{Counting, ServiceTier};

/// Sums of tokens over a period, each kind in a row of its own.
pub(in crate::sources) static FOCUS: Format = Format {
    name: "focus",
    summary: "FOCUS exports of clouds and gateways: rows that count tokens; rows are sums",
    provider: "",
    recognises: |_| false,
    recognises_columns: |columns| {
        let has = |name: &str| columns.iter().any(|column| column == name);
        has("BilledCost") && has("ChargePeriodStart")
    },
    fields: &[
        ("ChargePeriodStart", Field::Time),
        ("ServiceProviderName", Field::Provider),
        ("ProviderName", Field::Provider),
        ("Tags.model", Field::Model),
        ("SkuId", Field::Model),
        ("ServiceName", Field::CallType),
        ("ChargeCategory", Field::RecordType),
        ("SkuMeter", Field::Metric),
        ("ChargeDescription", Field::Metric),
        ("ConsumedQuantity", Field::Amount),
        ("PricingQuantity", Field::Amount),
        ("ConsumedUnit", Field::Unit),
        ("PricingUnit", Field::Unit),
        ("BillingCurrency", Field::Currency),
        ("BilledCost", Field::CostUsd),
    ],
    wrappers: &[""],
    loose_names: false,
    convention: |_| Convention::APART,
    unfold: None,
    quick: None,
    identity: Identity::WholeRecord,
    screen: |values| {
        let category = values.text(Field::RecordType);
        let usage = category.is_empty() || category == "Usage";
        let counted = values.text(Field::Unit).to_ascii_lowercase().contains("token");
        let is_fee = || {
            let meter = values.text(Field::Metric);
            own_meter(&meter).is_some_and(|(_, metered)| FEES.contains(&metered))
        };
        if usage && (counted || is_fee()) { Screen::WithoutTokens } else { Screen::NoCall }
    },
    session: None,
    refine,
};

/// What llmcost's own bills count besides tokens.
const FEES: [&str; 4] = ["requests", SEARCHES, FILE_SEARCHES, "as_logged"];
const SEARCHES: &str = "searches";
const FILE_SEARCHES: &str = "file_searches";

/// A meter of llmcost's own bills: the lane, and what is metered.
fn own_meter(meter: &str) -> Option<(ServiceTier, &str)> {
    let lanes = ServiceTier::ALL.into_iter().filter_map(|tier| {
        let metered = meter.strip_prefix(tier.name())?.strip_prefix('_')?;
        Some((tier, metered))
    });
    let is_own = |metered: &str| {
        FEES.contains(&metered) || TokenClass::ALL.iter().any(|class| class.name() == metered)
    };
    lanes.chain([(ServiceTier::Standard, meter)]).find(|(_, metered)| is_own(metered))
}

/// Takes what a row of an own bill counts.
fn count(metered: &str, values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let amount = amount(values)?;
    let searches = || {
        u32::try_from(amount.get())
            .map_err(|_| (Code::ImplausibleCount, format!("{} {metered}", amount.get())))
    };
    match metered {
        SEARCHES => draft.call.searches = searches()?,
        FILE_SEARCHES => draft.call.file_searches = searches()?,
        _ => {
            let class = TokenClass::ALL.into_iter().find(|class| class.name() == metered);
            if let Some(class) = class {
                draft.call.tokens[class] = amount;
            }
        }
    }
    Ok(())
}

fn refine(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let metric = values.text(Field::Metric);
    if let Some((tier, metered)) = own_meter(&metric) {
        draft.call.service_tier = tier;
        count(metered, values, draft)?;
        // Own bills have an apostrophe before what a spreadsheet would take for a formula.
        for name in [&mut draft.model, &mut draft.provider] {
            if let Some(plain) = without_apostrophes(name) {
                *name = plain.into();
            }
        }
    } else {
        let class = class_of(&metric).ok_or_else(|| {
            (
                Code::MissingUsage,
                format!("`{}` does not say which tokens were counted", quoted(&metric)),
            )
        })?;
        draft.call.tokens[class] = amount(values)?;
        if metric.to_ascii_lowercase().contains("batch") {
            draft.call.service_tier = ServiceTier::Batch;
        }
    }
    let named = draft.provider.to_ascii_lowercase();
    let seller = match named.as_str() {
        "microsoft" | "azure" => "azure",
        "aws" | "amazon web services" => "aws",
        "google" | "google cloud" | "gcp" => "vertex_ai",
        other => other,
    };
    draft.provider = seller.to_owned().into();
    let currency = values.text(Field::Currency);
    if !currency.is_empty() && currency != "USD" {
        draft.call.logged_cost = None;
        let text = format!("the cost is in {}; it was left out", quoted(&currency));
        draft.remarks.push((Code::BadCost, text));
    }
    draft.call.counting = Counting::Unknown;
    Ok(())
}

/// A name without the apostrophes before what would start a formula; nothing where it has none.
fn without_apostrophes(name: &str) -> Option<String> {
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let mut plain = String::with_capacity(name.len());
    let mut letters = name.chars().peekable();
    let mut is_start = true;
    while let Some(letter) = letters.next() {
        let is_guard =
            is_start && letter == '\'' && letters.peek().is_some_and(|next| FORMULA.contains(next));
        if !is_guard {
            plain.push(letter);
        }
        is_start = matches!(letter, ';' | '\t');
    }
    (plain.len() < name.len()).then_some(plain)
}

/// The kind of token that the name of a meter tells.
fn class_of(meter: &str) -> Option<TokenClass> {
    let meter = meter.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| meter.contains(word));
    let cached = has(&["cache", "cchd"]);
    Some(if cached && has(&["write", "creation"]) {
        let long = has(&["1h", "1 h", "1-h", "1_h", "one hour"]);
        if long { TokenClass::CacheWrite1h } else { TokenClass::CacheWrite5m }
    } else if cached {
        TokenClass::CacheRead
    } else if has(&["reasoning", "thinking"]) {
        TokenClass::Reasoning
    } else if has(&["output", "completion", "outp", "response"]) {
        TokenClass::Output
    } else if has(&["input", "prompt", "inp"]) {
        TokenClass::Input
    } else {
        return None;
    })
}

/// How many tokens there were: a decimal number of units of one, a thousand or a million.
fn amount(values: &Values<'_>) -> Result<Tokens, Refusal> {
    const SCALE: u32 = 6;
    let (text, unit) = (values.text(Field::Amount), values.text(Field::Unit));
    let shown = format!("{} {}", quoted(&text), quoted(&unit));
    let bad = || (Code::BadNumber, format!("`{shown}` is no number of tokens"));
    let millionths = parse_decimal(text.trim(), SCALE, Excess::Round).map_err(|_| bad())?;
    if millionths < 0 {
        // A correction of an earlier row.
        return Err((Code::NegativeCount, format!("the row takes back {shown}")));
    }
    let count = millionths.checked_mul(size_of(&unit)).ok_or_else(bad)?;
    let whole = 10_i128.pow(SCALE);
    let rounded = (count + whole / 2) / whole;
    crate::sources::values::bounded(u64::try_from(rounded).ok(), "the quantity")
}

/// How many tokens a unit such as `1K Tokens` has.
fn size_of(unit: &str) -> i128 {
    let unit = unit.to_ascii_lowercase();
    let digits: String = unit.chars().filter(char::is_ascii_digit).take(9).collect();
    let number = digits.parse().unwrap_or(1);
    let prefix = unit.split("token").next().unwrap_or_default();
    let letters: String = prefix.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.as_str() {
        "k" | "thousand" | "thousands" => number * 1_000,
        "m" | "million" | "millions" => number * 1_000_000,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_own_bills_lose_what_kept_them_from_being_formulas() {
        let check = |name, expected: Option<&str>| {
            assert_eq!(without_apostrophes(name).as_deref(), expected, "{name}");
        };
        check("'=m", Some("=m"));
        check("a;'=1", Some("a;=1"));
        check("it's", None);
        check("'m", None);
    }

    #[test]
    fn meters_of_own_bills_say_their_lane() {
        for (meter, expected) in [
            ("input", Some((ServiceTier::Standard, "input"))),
            ("batch_cache_write_5m", Some((ServiceTier::Batch, "cache_write_5m"))),
            ("flex_searches", Some((ServiceTier::Flex, "searches"))),
            ("as_logged", Some((ServiceTier::Standard, "as_logged"))),
            ("Input Tokens", None),
            ("batch", None),
        ] {
            assert_eq!(own_meter(meter), expected, "{meter}");
        }
    }

    #[test]
    fn units_say_how_many_tokens_they_have() {
        for (unit, size) in [
            ("Tokens", 1),
            ("1K Tokens", 1_000),
            ("1000 tokens", 1_000),
            ("1M tokens", 1_000_000),
            ("Million Tokens", 1_000_000),
            ("10K Tokens", 10_000),
        ] {
            assert_eq!(size_of(unit), size, "{unit}");
        }
    }
}
