//! An analysis in which everything about prices needs a word, beside an invoice.

use crate::insights::{BorrowedPrice, Doubt, ModelSwap, PriceRemarks, SellerTotal};
use crate::report::AnalysisReport;
use crate::units::{TokenClass, Tokens};

use super::samples::{typical_analysis, usd};

/// The typical analysis under a contract, with doubts, swaps and an invoice that is larger.
pub(super) fn doubtful_analysis() -> AnalysisReport {
    let mut report = typical_analysis();
    let analysis = &mut report.analysis;
    analysis.has_contract = true;
    analysis.seller = Some("anthropic".to_owned());
    analysis.other_sellers = 311;
    analysis.totals.list_cost = usd("50000.07");
    analysis.remarks = PriceRemarks {
        doubts: (1..=9)
            .map(|number| Doubt {
                provider: "xai".to_owned(),
                model: format!("grok-{number}\u{1b}[2J"),
                text: "the batch price is in one library only".to_owned(),
                calls: 10 - number,
                cost: usd(&(100 - number).to_string()),
            })
            .collect(),
        borrowed: vec![BorrowedPrice {
            provider: "openai".to_owned(),
            model: "gpt-4".to_owned(),
            class: TokenClass::CacheRead,
            billed_as: TokenClass::Input,
            tokens: Tokens::new(1_250_000),
        }],
        sellers: vec![SellerTotal {
            name: "anthropic".to_owned(),
            calls: 20_000,
            cost: usd("48210.0694"),
        }],
        unbilled_calls: 12,
        unbilled_tokens: Tokens::new(96_000),
        hourless_calls: 24,
    };
    let swap = |requested: &str, served: &str, cost, requested_cost, compared_calls| ModelSwap {
        requested: requested.to_owned(),
        served: served.to_owned(),
        calls: 40,
        compared_calls,
        cost: usd(cost),
        requested_cost: usd(requested_cost),
    };
    analysis.swaps = vec![
        swap("claude-haiku-4-5", "claude-sonnet-4-6", "36.5", "12.125", 40),
        swap("claude-opus-4-8", "claude-opus-4-6", "10", "10", 38),
        swap("gpt-5", "gpt-5-old|<b>", "0", "0", 0),
    ];
    report.reconciled(usd("52000"))
}
