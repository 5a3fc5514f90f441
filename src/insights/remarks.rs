//! What a reader of the prices should know: doubts, classes at the price of others, free failures.

use std::collections::BTreeMap;

use crate::pricing::{PriceBook, cost_of_tokens};
use crate::units::{TokenClass, Tokens, Usd};

use super::classes::CardTotals;

/// What a reader of the prices should know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceRemarks {
    /// Calls at prices that nobody has confirmed, dearest first.
    pub doubts: Vec<Doubt>,
    /// Tokens of classes without a price of their own, most tokens first.
    pub borrowed: Vec<BorrowedPrice>,
    /// Who bills, dearest first, of the calls whose cost was calculated.
    pub sellers: Vec<SellerTotal>,
    /// Calls whose usage the provider reports and does not charge.
    pub unbilled_calls: u64,
    /// All their tokens.
    pub unbilled_tokens: Tokens,
    /// Calls in rows that sum up several, at prices that change with the hour: all are taken to be
    /// of the hour of their row.
    pub hourless_calls: u64,
}

/// The calls that one provider, cloud or gateway bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerTotal {
    /// Who bills.
    pub name: String,
    /// How many calls.
    pub calls: u64,
    /// What they cost, in dollars.
    pub cost: Usd,
}

/// Calls at prices that nobody has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Who sells the model.
    pub provider: String,
    /// The model, as the price table has it.
    pub model: String,
    /// What is in doubt.
    pub text: String,
    /// How many calls.
    pub calls: u64,
    /// What they cost at these prices, in dollars.
    pub cost: Usd,
}

/// Tokens of a class that has no price of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BorrowedPrice {
    /// Who sells the model.
    pub provider: String,
    /// The model, as the price table has it.
    pub model: String,
    /// The class.
    pub class: TokenClass,
    /// The class at whose price it bills.
    pub billed_as: TokenClass,
    /// How many tokens.
    pub tokens: Tokens,
}

impl PriceRemarks {
    /// What there is to know about the cards that were used.
    pub(super) fn of(cards: &CardTotals<'_>, book: &PriceBook) -> Self {
        let mut remarks = Self::default();
        let mut doubts = BTreeMap::<_, (u64, Usd)>::new();
        let mut borrowed = BTreeMap::<_, Tokens>::new();
        let mut sellers = BTreeMap::<String, (u64, Usd)>::new();
        for one in &cards.cards {
            let tokens = one.tokens.iter();
            if one.card.is_unbilled() {
                remarks.unbilled_calls += one.calls;
                remarks.unbilled_tokens += tokens.map(|(_, count)| *count).sum();
                continue;
            }
            let seller = sellers.entry(book.seller(one.model).to_owned()).or_default();
            seller.0 += one.calls;
            seller.1 += one.cost;
            let model = book.model(one.model);
            let model = (model.provider.clone(), model.id.clone());
            for (class, count) in tokens.filter(|(_, count)| !count.is_zero()) {
                if let Some(lender) = told(class, one.card.borrowed(class)) {
                    *borrowed.entry((model.clone(), class, lender)).or_default() += *count;
                }
            }
            if let Some(text) = one.card.doubt() {
                let sums = doubts.entry((model, text.to_owned())).or_default();
                let excess = cost_of_tokens(&one.tokens, one.card).unwrap_or_default();
                sums.0 += one.calls + one.partial_calls;
                sums.1 += if one.partial_calls > 0 { excess } else { one.cost };
            }
            remarks.hourless_calls += one.hourless_calls;
        }
        remarks.doubts = doubts
            .into_iter()
            .map(|(((provider, model), text), (calls, cost))| Doubt {
                provider,
                model,
                text,
                calls,
                cost,
            })
            .collect();
        remarks.borrowed = borrowed
            .into_iter()
            .map(|(((provider, model), class, billed_as), tokens)| BorrowedPrice {
                provider,
                model,
                class,
                billed_as,
                tokens,
            })
            .collect();
        let sellers = sellers.into_iter();
        remarks.sellers =
            sellers.map(|(name, (calls, cost))| SellerTotal { name, calls, cost }).collect();
        remarks.sellers.sort_by_key(|seller| std::cmp::Reverse(seller.cost));
        // The sorts are stable: equal ones stay in the order of their names.
        remarks.doubts.sort_by_key(|doubt| std::cmp::Reverse(doubt.cost));
        remarks.borrowed.sort_by_key(|one| std::cmp::Reverse(one.tokens));
        remarks
    }
}

/// The lender of a class that is worth telling: reasoning is output everywhere.
fn told(class: TokenClass, lender: Option<TokenClass>) -> Option<TokenClass> {
    let is_rule = class == TokenClass::Reasoning && lender == Some(TokenClass::Output);
    lender.filter(|_| !is_rule)
}
