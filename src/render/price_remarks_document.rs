//! What a reader of the prices should know, as machine output.

use serde::Serialize;

use crate::insights::{ModelSwap, PriceRemarks, Reconciliation};

use super::wire::{Dollars, Ratio};

/// Doubts, classes at the price of others, who bills, and free failures.
#[derive(Debug, Serialize)]
pub(super) struct RemarksDocument<'a> {
    sellers: Vec<SellerDocument<'a>>,
    doubts: Vec<DoubtDocument<'a>>,
    borrowed: Vec<BorrowedDocument<'a>>,
    unbilled: UnbilledDocument,
    hourless_calls: u64,
}

#[derive(Debug, Serialize)]
struct SellerDocument<'a> {
    name: &'a str,
    calls: u64,
    cost_usd: Dollars,
}

#[derive(Debug, Serialize)]
struct DoubtDocument<'a> {
    provider: &'a str,
    model: &'a str,
    doubt: &'a str,
    calls: u64,
    cost_usd: Dollars,
}

#[derive(Debug, Serialize)]
struct BorrowedDocument<'a> {
    provider: &'a str,
    model: &'a str,
    class: &'static str,
    billed_as: &'static str,
    tokens: u64,
}

#[derive(Debug, Serialize)]
struct UnbilledDocument {
    calls: u64,
    tokens: u64,
}

impl<'a> From<&'a PriceRemarks> for RemarksDocument<'a> {
    fn from(remarks: &'a PriceRemarks) -> Self {
        let sellers = remarks.sellers.iter().map(|one| SellerDocument {
            name: &one.name,
            calls: one.calls,
            cost_usd: Dollars(one.cost),
        });
        let doubts = remarks.doubts.iter().map(|one| DoubtDocument {
            provider: &one.provider,
            model: &one.model,
            doubt: &one.text,
            calls: one.calls,
            cost_usd: Dollars(one.cost),
        });
        let borrowed = remarks.borrowed.iter().map(|one| BorrowedDocument {
            provider: &one.provider,
            model: &one.model,
            class: one.class.name(),
            billed_as: one.billed_as.name(),
            tokens: one.tokens.get(),
        });
        Self {
            sellers: sellers.collect(),
            doubts: doubts.collect(),
            borrowed: borrowed.collect(),
            unbilled: UnbilledDocument {
                calls: remarks.unbilled_calls,
                tokens: remarks.unbilled_tokens.get(),
            },
            hourless_calls: remarks.hourless_calls,
        }
    }
}

/// Calls that another model answered than the one that was asked for.
#[derive(Debug, Serialize)]
pub(super) struct SwapDocument<'a> {
    requested: &'a str,
    served: &'a str,
    calls: u64,
    compared_calls: u64,
    cost_usd: Dollars,
    requested_cost_usd: Dollars,
    difference_usd: Dollars,
}

impl<'a> From<&'a ModelSwap> for SwapDocument<'a> {
    fn from(swap: &'a ModelSwap) -> Self {
        Self {
            requested: &swap.requested,
            served: &swap.served,
            calls: swap.calls,
            compared_calls: swap.compared_calls,
            cost_usd: Dollars(swap.cost),
            requested_cost_usd: Dollars(swap.requested_cost),
            difference_usd: Dollars(swap.difference()),
        }
    }
}

/// An invoice beside what was calculated.
#[derive(Debug, Serialize)]
pub(super) struct ReconciliationDocument {
    invoiced_usd: Dollars,
    calculated_usd: Dollars,
    logged: Option<LoggedDocument>,
    gap_usd: Dollars,
    gap_share: Option<Ratio>,
    gap_in_mean_calls: Option<u64>,
    classes: Vec<PartDocument>,
    of_no_class_usd: Dollars,
    explanations: Vec<ExplanationDocument>,
}

#[derive(Debug, Serialize)]
struct LoggedDocument {
    calls: u64,
    cost_usd: Dollars,
}

#[derive(Debug, Serialize)]
struct PartDocument {
    class: &'static str,
    cost_usd: Dollars,
    gap_share: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct ExplanationDocument {
    cause: &'static str,
    amount_usd: Option<Dollars>,
    is_estimate: bool,
}

impl From<&Reconciliation> for ReconciliationDocument {
    fn from(of: &Reconciliation) -> Self {
        let classes = of.classes.iter().map(|(class, share)| PartDocument {
            class: class.class.name(),
            cost_usd: Dollars(class.cost),
            gap_share: share.map(Ratio),
        });
        let explanations = of.explanations.iter().map(|one| ExplanationDocument {
            cause: one.cause.name(),
            amount_usd: one.amount.map(Dollars),
            is_estimate: one.is_estimate,
        });
        Self {
            invoiced_usd: Dollars(of.invoiced),
            calculated_usd: Dollars(of.calculated),
            logged: of
                .logged
                .map(|(cost, calls)| LoggedDocument { calls, cost_usd: Dollars(cost) }),
            gap_usd: Dollars(of.gap()),
            gap_share: of.gap_share().map(Ratio),
            gap_in_mean_calls: of.gap_in_calls,
            classes: classes.collect(),
            of_no_class_usd: Dollars(of.of_no_class),
            explanations: explanations.collect(),
        }
    }
}
