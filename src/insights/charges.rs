//! Charges by day, model and meter: what a bill would list for the calls of a log.

use std::collections::BTreeMap;

use crate::pricing::{PriceBook, RateCard, Unpriced, cost_of_tokens};
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Calls, Days, Row, ServiceTier, Symbol, column};

use super::grouping::KeyTable;
use super::key_columns::KeyColumns;
use super::options::CostMode;
use super::pricer::Pricer;

/// The columns that every charge is split by, before those that were asked for.
const SPLIT_BY: [&str; 3] = ["day", "provider", "model"];

/// What is metered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meter {
    /// Tokens of a class.
    Tokens(TokenClass),
    /// Requests, where each has a fee.
    Requests,
    /// Server-side searches of the web.
    Searches,
    /// Server-side searches in stored files.
    FileSearches,
    /// Calls at the charge that the log states for each as a whole.
    AsLogged,
}

/// One line of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The day, as its number since 1970-01-01; nothing when the log does not say.
    pub day: Option<i32>,
    /// Who bills; what the log calls it where no price table has it.
    pub seller: String,
    /// Whose model it is; empty when no price table has it.
    pub maker: String,
    /// The model as the log names it.
    pub model: String,
    /// The values of the columns that were asked for.
    pub tags: Vec<String>,
    /// What was metered.
    pub meter: Meter,
    /// The lane in which it was served.
    pub tier: ServiceTier,
    /// Whether its cost is part of a charge that the log states for whole calls, which has a line
    /// of its own.
    pub is_included: bool,
    /// How much of it.
    pub quantity: u64,
    /// What it costs; nothing when there is no price.
    pub cost: Option<ChargeCost>,
}

/// The two costs of a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChargeCost {
    /// At list prices.
    pub list: Usd,
    /// Under the contracts.
    pub contracted: Usd,
}

/// Takes tables of calls and sums up their charges.
#[derive(Clone, Debug)]
pub struct Charges<'a> {
    book: &'a PriceBook,
    list: Option<&'a PriceBook>,
    columns: KeyColumns,
    key: Vec<Symbol>,
    groups: KeyTable<Meters>,
    pricer: Pricer<'a>,
    unpriced_calls: u64,
}

#[derive(Clone, Debug, Default)]
struct Meters {
    priced: BTreeMap<(Meter, ServiceTier), (u64, ChargeCost)>,
    /// What was used by the calls of which the log states the charge.
    included: BTreeMap<(Meter, ServiceTier), u64>,
    unpriced: BTreeMap<(Meter, ServiceTier), u64>,
}

/// How much of each meter, and what it costs.
type Bill = BTreeMap<Meter, (u64, Usd)>;

impl<'a> Charges<'a> {
    /// Charges at the prices of a book, split by these columns too; `list` has the list prices
    /// where a contract changed them.
    pub fn new(
        book: &'a PriceBook,
        list: Option<&'a PriceBook>,
        by: &[String],
        days: Days,
    ) -> Self {
        let split = SPLIT_BY.into_iter().map(str::to_owned);
        let names: Vec<String> = split.chain(by.iter().cloned()).collect();
        Self {
            book,
            list,
            columns: KeyColumns::new(&names, days),
            key: Vec::new(),
            groups: KeyTable::new(names.len()),
            // The cost that counts is the one that an analysis takes.
            pricer: Pricer::new(book, None, CostMode::Auto, None),
            unpriced_calls: 0,
        }
    }

    /// Adds every call of a table.
    pub fn add(&mut self, calls: &Calls) {
        self.columns.enter(calls);
        self.pricer.enter();
        for row in 0..calls.len() {
            let call = calls.call(row);
            let (tier, bills) = (call.service_tier, self.bills(calls, row, &call));
            self.columns.key_of(calls, row, &call, &mut self.key);
            let meters = self.groups.entry(&self.key);
            let (contracted, list) = match bills {
                Cost::Priced(contracted, list) => (contracted, list),
                Cost::AsLogged(cost) => {
                    let line = meters.priced.entry((Meter::AsLogged, tier)).or_default();
                    line.0 += call.calls;
                    line.1.contracted += cost;
                    line.1.list += cost;
                    for (meter, quantity) in quantities(&call) {
                        *meters.included.entry((meter, tier)).or_default() += quantity;
                    }
                    continue;
                }
                Cost::Unknown => {
                    self.unpriced_calls += call.calls;
                    for (meter, quantity) in quantities(&call) {
                        *meters.unpriced.entry((meter, tier)).or_default() += quantity;
                    }
                    continue;
                }
            };
            for (meter, (quantity, cost)) in contracted {
                let (sum, costs) = meters.priced.entry((meter, tier)).or_default();
                *sum += quantity;
                costs.contracted += cost;
                costs.list += list
                    .as_ref()
                    .map_or(Some(cost), |list| list.get(&meter).map(|(_, cost)| *cost))
                    .unwrap_or(Usd::ZERO);
            }
        }
    }

    /// How many calls have no price.
    pub const fn unpriced_calls(&self) -> u64 {
        self.unpriced_calls
    }

    /// The charges, in the order of their columns.
    pub fn finish(&self) -> Vec<Charge> {
        let mut found: Vec<(Vec<String>, &Meters)> =
            self.groups.iter().map(|(key, meters)| (self.columns.names(key), meters)).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let mut charges = Vec::new();
        for (key, meters) in found {
            let blank = self.charge_of(key);
            let priced = meters.priced.iter();
            charges.extend(priced.map(|((meter, tier), (quantity, cost))| Charge {
                meter: *meter,
                tier: *tier,
                quantity: *quantity,
                cost: Some(*cost),
                ..blank.clone()
            }));
            let without = |is_included: bool| {
                let (blank, cost) = (&blank, is_included.then(ChargeCost::default));
                move |((meter, tier), quantity): (&(Meter, ServiceTier), &u64)| Charge {
                    meter: *meter,
                    tier: *tier,
                    is_included,
                    quantity: *quantity,
                    cost,
                    ..blank.clone()
                }
            };
            charges.extend(meters.included.iter().map(without(true)));
            charges.extend(meters.unpriced.iter().map(without(false)));
        }
        charges
    }

    fn charge_of(&self, key: Vec<String>) -> Charge {
        let mut key = key.into_iter();
        let [day, provider, model] = SPLIT_BY.map(|_| key.next().unwrap_or_default());
        let id = self.book.find(&provider, &model).ok();
        let seller =
            id.map(|id| self.book.seller(id)).or_else(|| self.book.seller_named(&provider));
        Charge {
            day: Days::parse_day(&day),
            seller: seller.unwrap_or(&provider).to_owned(),
            maker: id.map(|id| self.book.model(id).provider.clone()).unwrap_or_default(),
            model,
            tags: key.collect(),
            meter: Meter::Requests,
            tier: ServiceTier::Standard,
            is_included: false,
            quantity: 0,
            cost: None,
        }
    }

    /// What a call is billed, as an analysis has it.
    fn bills(&mut self, calls: &Calls, row: Row, call: &Call) -> Cost {
        let price = self.pricer.price(calls, row, call);
        if let (true, Ok(cost)) = (price.from_log, price.cost) {
            return Cost::AsLogged(cost);
        }
        let Some(found) = price.calculated else { return Cost::Unknown };
        let list = self.list.map(|list| {
            bill(call, list.card(found.model, call, call.time, calls.name(column::GEO, row))?)
        });
        match (bill(call, found.card), list.transpose()) {
            (Ok(contracted), Ok(list)) => Cost::Priced(contracted, list),
            _ => Cost::Unknown,
        }
    }
}

/// What is known of the cost of a call.
enum Cost {
    /// At the prices of the book, and at list prices where a contract changed them.
    Priced(Bill, Option<Bill>),
    /// The charge that the log states.
    AsLogged(Usd),
    Unknown,
}

fn bill(call: &Call, card: &RateCard) -> Result<Bill, Unpriced> {
    let mut bill = Bill::new();
    let mut add = |meter, quantity, cost: Usd| -> Result<(), Unpriced> {
        let (sum, costs): &mut (u64, Usd) = bill.entry(meter).or_default();
        *sum += quantity;
        *costs = costs.checked_add(cost).ok_or(Unpriced::TooLarge)?;
        Ok(())
    };
    for (card, tokens) in card.portions(&call.tokens, call.calls) {
        for (class, count) in tokens.iter().filter(|(_, count)| !count.is_zero()) {
            let mut alone: PerClass<Tokens> = PerClass::default();
            alone[class] = *count;
            add(Meter::Tokens(class), count.get(), cost_of_tokens(&alone, card)?)?;
        }
    }
    let requests = if card.request_fee().is_some() { call.calls } else { 0 };
    let fees = [
        (Meter::Requests, requests, card.request_fee(), Unpriced::TooLarge),
        (Meter::Searches, call.searches.into(), card.search_fee(), Unpriced::NoPriceForSearch),
        (
            Meter::FileSearches,
            call.file_searches.into(),
            card.file_search_fee(),
            Unpriced::NoPriceForFileSearch,
        ),
    ];
    for (meter, count, fee, missing) in fees.into_iter().filter(|(_, count, _, _)| *count > 0) {
        let cost = fee.ok_or(missing)?.times(count).ok_or(Unpriced::TooLarge)?;
        add(meter, count, cost)?;
    }
    Ok(bill)
}

/// What a call without a price used.
fn quantities(call: &Call) -> impl Iterator<Item = (Meter, u64)> {
    let tokens = call.tokens;
    let classes =
        TokenClass::ALL.into_iter().map(move |class| (Meter::Tokens(class), tokens[class].get()));
    let searches =
        [(Meter::Searches, call.searches.into()), (Meter::FileSearches, call.file_searches.into())];
    classes.chain(searches).filter(|(_, quantity)| *quantity > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::{AnalysisOptions, Analyzer};
    use crate::usage::{Dimensions, Instant};

    fn calls() -> Calls {
        let mut calls = Calls::new(Dimensions::new([]));
        for (provider, model, input) in [
            ("anthropic", "claude-sonnet-4-6", 1000),
            ("anthropic", "claude-sonnet-4-6", 300_000),
            ("google", "gemini-2.5-pro", 250_000),
            ("", "no-such-model", 7),
        ] {
            let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
            for (place, name) in [(column::PROVIDER, provider), (column::MODEL, model)] {
                symbols[place] = calls.dimensions[place].intern(name);
            }
            let mut call = Call {
                time: Instant::parse("2026-10-05").expect("a time"),
                searches: u32::from(provider == "anthropic"),
                ..Call::default()
            };
            call.tokens[TokenClass::Input] = Tokens::new(input);
            call.tokens[TokenClass::Output] = Tokens::new(11);
            calls.push(&call, &symbols);
        }
        calls
    }

    #[test]
    fn charges_add_up_to_what_the_calls_cost() {
        let (calls, book) = (calls(), PriceBook::embedded());
        let mut charges = Charges::new(&book, None, &[], Days::UTC);
        charges.add(&calls);
        let options = AnalysisOptions { cost_mode: CostMode::Calculate, ..Default::default() };
        let mut analyzer = Analyzer::new(&book, options);
        analyzer.add(&calls);
        let listed: Usd =
            charges.finish().iter().filter_map(|charge| charge.cost).map(|cost| cost.list).sum();
        assert_eq!(listed, analyzer.finish().totals.cost);
        assert_eq!(charges.unpriced_calls(), 1);
    }

    #[test]
    fn a_charge_without_a_price_has_no_cost_at_all() {
        let (calls, book) = (calls(), PriceBook::embedded());
        let mut charges = Charges::new(&book, None, &["call_type".to_owned()], Days::UTC);
        charges.add(&calls);
        let found = charges.finish();
        let of = |model: &str| -> Vec<(Meter, u64, bool)> {
            let of_model = found.iter().filter(|charge| charge.model == model);
            of_model.map(|charge| (charge.meter, charge.quantity, charge.cost.is_some())).collect()
        };
        let (input, output) = (Meter::Tokens(TokenClass::Input), Meter::Tokens(TokenClass::Output));
        assert_eq!(of("no-such-model"), [(input, 7, false), (output, 11, false)]);
        let sonnet = [(input, 301_000, true), (output, 22, true), (Meter::Searches, 2, true)];
        assert_eq!(of("claude-sonnet-4-6"), sonnet);
    }
}
