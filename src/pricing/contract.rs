//! Negotiated discounts: the same price book with what a contract takes off.

use std::fmt;

use crate::diagnostics::did_you_mean;
use crate::units::{Factor, PerClass, Rate, TokenClass, Usd};
use crate::usage::Instant;

use super::book::PriceBook;
use super::card::RateCard;
use super::load::Tables;
use super::model::{Lane, Model, Period};
use super::span::Span;

/// A discount on list prices. What is not stated is not asked; where several fit, the one that is
/// written last holds, alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// What it is called in messages and reports.
    pub name: String,
    /// Who bills.
    pub provider: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The classes of tokens it is about.
    pub classes: PerClass<bool>,
    /// Whether it is about fees too: of searches, of requests.
    pub fees: bool,
    /// The part that it takes off.
    pub discount: Rate,
    /// When it holds.
    pub span: Span,
}

/// What it takes off what, in a line.
impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (model, provider) = (self.model.as_deref(), self.provider.as_deref());
        write!(f, "{}: {} off ", self.name, self.discount)?;
        let classes = TokenClass::ALL.into_iter().filter(|class| self.classes[*class]);
        let mut names: Vec<_> = classes.map(TokenClass::name).collect();
        if names.len() < TokenClass::ALL.len() {
            if self.fees {
                names.push("fees");
            }
            write!(f, "{} of ", names.join(", "))?;
        } else if !self.fees {
            f.write_str("all tokens of ")?;
        }
        write!(f, "{}", model.unwrap_or("every model"))?;
        if let Some(provider) = provider {
            write!(f, " by {provider}")?;
        }
        if let Some(from) = self.span.from {
            write!(f, " from {}", from.to_iso())?;
        }
        match self.span.to {
            Some(to) => write!(f, " until {}", to.to_iso()),
            None => Ok(()),
        }
    }
}

/// A contract that cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    /// The contract's name.
    pub contract: String,
    /// What is wrong with it.
    pub problem: ContractProblem,
}

/// What can be wrong with a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractProblem {
    /// No price table has this provider; the closest name.
    UnknownProvider(String, Option<String>),
    /// No price table has this model; the closest name.
    UnknownModel(String, Option<String>),
    /// The name has meant different models over time; they have to be named.
    MovingName(String),
    /// The discounted price of a model is not exact.
    Inexact(String),
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "contract `{}`: ", self.contract)?;
        let similar = match &self.problem {
            ContractProblem::UnknownProvider(name, similar) => {
                write!(f, "no price table has a provider `{name}`")?;
                similar
            }
            ContractProblem::UnknownModel(name, similar) => {
                write!(f, "no price table has a model `{name}`")?;
                similar
            }
            ContractProblem::MovingName(model) => {
                return write!(f, "`{model}` has meant different models: name those");
            }
            ContractProblem::Inexact(model) => {
                return write!(f, "the discounted prices of `{model}` are not exact");
            }
        };
        match similar {
            Some(similar) => write!(f, "; did you mean `{similar}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ContractError {}

/// A contract with its names looked up.
struct Resolved<'a> {
    contract: &'a Contract,
    seller: Option<String>,
    model: Option<usize>,
}

impl PriceBook {
    /// This book with contracts applied. Ids of models mean the same in both.
    ///
    /// # Errors
    /// When a contract names what no table has, or a discounted price is not exact.
    pub fn under(&self, contracts: &[Contract]) -> Result<Self, ContractError> {
        let resolved: Vec<_> =
            contracts.iter().map(|one| self.resolve_contract(one)).collect::<Result<_, _>>()?;
        let mut book = self.clone();
        let tables = &mut book.tables;
        for index in 0..tables.models.len() {
            if tables.models[index].targets.is_empty() {
                let periods = contracted_periods(tables, index, &resolved)?;
                tables.models[index].set_pieces(periods);
            }
        }
        tables.compose_aliases();
        Ok(book)
    }

    fn resolve_contract<'a>(&self, contract: &'a Contract) -> Result<Resolved<'a>, ContractError> {
        let error = |problem| ContractError { contract: contract.name.clone(), problem };
        let seller = contract.provider.as_deref().map(|name| {
            self.seller_named(name).map(str::to_owned).ok_or_else(|| {
                let similar = did_you_mean(name, self.provider_names()).map(str::to_owned);
                error(ContractProblem::UnknownProvider(name.to_owned(), similar))
            })
        });
        let seller = seller.transpose()?;
        let Some(name) = contract.model.as_deref() else {
            return Ok(Resolved { contract, seller, model: None });
        };
        let provider = contract.provider.as_deref().unwrap_or_default();
        let id = self.find(provider, name).map_err(|_| {
            let similar = self.suggest(name).map(str::to_owned);
            error(ContractProblem::UnknownModel(name.to_owned(), similar))
        })?;
        if !self.model(id).targets.is_empty() {
            return Err(error(ContractProblem::MovingName(name.to_owned())));
        }
        // A spelling of a cloud or gateway says who bills.
        let implied = (id.place != 0).then(|| self.seller(id).to_owned());
        Ok(Resolved { contract, seller: seller.or(implied), model: Some(usize::from(id.model)) })
    }
}

/// The periods of a model, cut where a contract begins or ends, at contracted prices.
fn contracted_periods(
    tables: &Tables,
    index: usize,
    contracts: &[Resolved<'_>],
) -> Result<Vec<Period>, ContractError> {
    let model = &tables.models[index];
    let mine: Vec<_> =
        contracts.iter().filter(|one| one.model.is_none_or(|other| other == index)).collect();
    let mut periods = Vec::new();
    for period in &model.periods {
        for span in pieces(period.span, &mine) {
            let mut piece = Period { span, ..period.clone() };
            for contract in &mine {
                if span.is_within(contract.contract.span) {
                    discount(&mut piece, tables, model, contract, period)?;
                }
            }
            periods.push(piece);
        }
    }
    Ok(periods)
}

/// A span cut at every start and end of a contract.
fn pieces(span: Span, contracts: &[&Resolved<'_>]) -> Vec<Span> {
    let ends = contracts.iter().flat_map(|one| [one.contract.span.from, one.contract.span.to]);
    let inside = |at: &Instant| span.contains(*at) && span.from != Some(*at);
    let mut cuts: Vec<_> = ends.flatten().filter(inside).collect();
    cuts.sort();
    cuts.dedup();
    let starts = std::iter::once(span.from).chain(cuts.iter().copied().map(Some));
    let stops = cuts.iter().copied().map(Some).chain([span.to]);
    starts.zip(stops).map(|(from, to)| Span { from, to }).collect()
}

/// Applies a contract to every lane of its seller; `list` has the prices it takes something off.
fn discount(
    piece: &mut Period,
    tables: &Tables,
    model: &Model,
    contract: &Resolved<'_>,
    list: &Period,
) -> Result<(), ContractError> {
    let provider = &tables.providers[usize::from(model.provider_index)];
    let is_meant = |lane: usize| {
        let seller = provider.seller(Period::place_of(lane));
        contract.seller.as_deref().is_none_or(|meant| meant.eq_ignore_ascii_case(seller))
    };
    let hours = piece.scheduled.iter_mut().zip(&list.scheduled);
    let hours = hours.map(|((_, mine), (_, list))| (mine, list));
    for (mine, list) in std::iter::once((&mut piece.lanes, &list.lanes)).chain(hours) {
        for (index, (mine, list)) in mine.iter_mut().zip(list).enumerate() {
            let (Some(mine), Some(list)) = (mine, list) else { continue };
            if is_meant(index) && discount_lane(mine, list, contract.contract).is_none() {
                let problem = ContractProblem::Inexact(model.id.clone());
                return Err(ContractError { contract: contract.contract.name.clone(), problem });
            }
        }
    }
    Ok(())
}

fn discount_lane(mine: &mut Lane, list: &Lane, contract: &Contract) -> Option<()> {
    discount_card(&mut mine.card, &list.card, contract)?;
    for (mine, list) in mine.bands.iter_mut().zip(&list.bands) {
        discount_card(&mut mine.card, &list.card, contract)?;
    }
    Some(())
}

fn discount_card(mine: &mut RateCard, list: &RateCard, contract: &Contract) -> Option<()> {
    let factor = Factor::from(contract.discount.complement());
    // A class at the price of another one is discounted with it.
    let is_meant = |class: &TokenClass| {
        contract.classes[*class] || list.borrowed[*class].is_some_and(|lent| contract.classes[lent])
    };
    for class in TokenClass::ALL.into_iter().filter(is_meant) {
        if let Some(price) = list.prices[class] {
            mine.prices[class] = Some(price.scaled(factor)?);
        }
    }
    if contract.fees {
        let fee = |fee: Option<Usd>| fee.map_or(Some(None), |fee| fee.scaled(factor).map(Some));
        mine.fees.search = fee(list.fees.search)?;
        mine.fees.searching_request = fee(list.fees.searching_request)?;
        mine.fees.file_search = fee(list.fees.file_search)?;
        mine.fees.request = fee(list.fees.request)?;
    }
    for (mine, list) in mine.beyond.iter_mut().zip(&list.beyond) {
        discount_card(&mut mine.card, &list.card, contract)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{Unpriced, cost};
    use crate::units::Tokens;
    use crate::usage::{Call, ServiceTier};

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect("a time")
    }

    fn contract(discount: &str) -> Contract {
        Contract {
            name: "ours".to_owned(),
            provider: None,
            model: None,
            classes: PerClass::from_fn(|_| true),
            fees: true,
            discount: Rate::parse(discount).expect("a rate"),
            span: Span::default(),
        }
    }

    /// What one million tokens in, one million out and one search cost.
    fn price(
        book: &PriceBook,
        provider: &str,
        model: &str,
        time: &str,
    ) -> Result<String, Unpriced> {
        let mut call = Call { searches: 1, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(100_000);
        call.tokens[TokenClass::Output] = Tokens::new(100_000);
        let id = book.find(provider, model)?;
        cost(&call, book.card(id, &call, at(time), "")?).map(|usd| usd.to_string())
    }

    fn check(contracts: &[Contract], provider: &str, model: &str, time: &str, expected: &str) {
        let book = PriceBook::embedded().under(contracts).expect("applies");
        assert_eq!(price(&book, provider, model, time).as_deref(), Ok(expected), "{model} {time}");
    }

    const DAY: &str = "2026-11-10T00:00:00Z";

    #[test]
    fn a_discount_takes_its_part_off_everything_that_is_not_excepted() {
        // List: 0.3 + 1.5 + 0.01.
        check(&[], "", "claude-sonnet-4-6", DAY, "1.81");
        check(&[contract("10%")], "", "claude-sonnet-4-6", DAY, "1.629");
        let mut output = contract("0.5");
        output.classes = PerClass::from_fn(|class| class == TokenClass::Output);
        output.fees = false;
        check(&[output.clone()], "", "claude-sonnet-4-6", DAY, "1.06");
        output.fees = true;
        check(&[output], "", "claude-sonnet-4-6", DAY, "1.055");
    }

    #[test]
    fn it_holds_for_who_bills_and_not_for_who_made_the_model() {
        let anthropic = Contract { provider: Some("anthropic".to_owned()), ..contract("10%") };
        check(std::slice::from_ref(&anthropic), "anthropic", "claude-sonnet-4-6", DAY, "1.629");
        check(std::slice::from_ref(&anthropic), "", "claude-sonnet-4-6", DAY, "1.629");
        let list = price(&PriceBook::embedded(), "bedrock", "claude-sonnet-4-6", DAY);
        check(&[anthropic], "bedrock", "claude-sonnet-4-6", DAY, &list.expect("priced"));
    }

    #[test]
    fn the_spelling_of_a_cloud_says_who_bills_and_a_plain_id_does_not() {
        // Without a search: not every cloud has a fee for one.
        let of = |book: &PriceBook, provider| {
            let mut call = Call::default();
            call.tokens[TokenClass::Input] = Tokens::new(100_000);
            let id = book.find(provider, "claude-sonnet-4-5").expect("known");
            cost(&call, book.card(id, &call, at(DAY), "").expect("a card")).expect("priced")
        };
        let under = |model: &str| {
            let contract = Contract { model: Some(model.to_owned()), ..contract("50%") };
            PriceBook::embedded().under(&[contract]).expect("applies")
        };
        let (list, plain) = (PriceBook::embedded(), under("claude-sonnet-4-5"));
        let spelled = under("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
        assert_ne!(of(&plain, "bedrock"), of(&list, "bedrock"));
        assert_eq!(of(&spelled, "bedrock"), of(&plain, "bedrock"));
        assert_eq!(of(&spelled, "anthropic"), of(&list, "anthropic"));
    }

    #[test]
    fn a_line_says_what_is_taken_off_what() {
        let mut some = contract("10%");
        assert_eq!(some.to_string(), "ours: 0.1 off every model");
        some.fees = false;
        assert_eq!(some.to_string(), "ours: 0.1 off all tokens of every model");
        some.classes = PerClass::from_fn(|class| class == TokenClass::Output);
        assert_eq!(some.to_string(), "ours: 0.1 off output of every model");
        some.fees = true;
        some.model = Some("large".to_owned());
        some.provider = Some("acme".to_owned());
        some.span = Span { from: Some(at("2026-10-01")), to: Some(at("2026-11-01")) };
        let line = "ours: 0.1 off output, fees of large by acme from 2026-10-01T00:00:00Z \
                    until 2026-11-01T00:00:00Z";
        assert_eq!(some.to_string(), line);
    }

    #[test]
    fn it_holds_between_its_days() {
        let span = Span { from: Some(at("2026-10-01")), to: Some(at("2026-11-01")) };
        let october = [Contract { span, ..contract("10%") }];
        let model = "claude-sonnet-4-6";
        check(&october, "", model, "2026-09-30T23:59:59Z", "1.81");
        check(&october, "", model, "2026-10-01T00:00:00Z", "1.629");
        check(&october, "", model, "2026-11-01T00:00:00Z", "1.81");
    }

    #[test]
    fn the_last_one_that_fits_holds_alone() {
        let one = Contract { model: Some("claude-sonnet-4-6".to_owned()), ..contract("50%") };
        let every = contract("10%");
        check(&[every.clone(), one.clone()], "", "claude-sonnet-4-6", DAY, "0.905");
        check(&[one, every], "", "claude-sonnet-4-6", DAY, "1.629");
    }

    #[test]
    fn bands_and_lanes_are_discounted_too() {
        let book = PriceBook::embedded();
        let ours = book.under(&[contract("10%")]).expect("applies");
        for (model, service_tier, tokens) in [
            ("gpt-5.4", ServiceTier::Standard, 272_001),
            ("gpt-5.4", ServiceTier::Batch, 1_000),
            ("claude-haiku-5-5", ServiceTier::Standard, 100_001),
        ] {
            let mut call = Call { service_tier, ..Call::default() };
            call.tokens[TokenClass::Input] = Tokens::new(tokens);
            let of = |book: &PriceBook| {
                let id = book.find("", model).expect("known");
                cost(&call, book.card(id, &call, at(DAY), "").expect("a card")).expect("priced")
            };
            let nine_tenths = Factor::parse("0.9").expect("a factor");
            assert_eq!(Some(of(&ours)), of(&book).scaled(nine_tenths), "{model}");
        }
    }

    fn check_refused(contract: &Contract, message: &str) {
        let error = PriceBook::embedded().under(std::slice::from_ref(contract));
        let text = error.expect_err("refused").to_string();
        assert!(text.contains("contract `ours`") && text.contains(message), "{text}");
    }

    #[test]
    fn names_and_prices_must_hold_up() {
        let provider = Contract { provider: Some("anthropc".to_owned()), ..contract("10%") };
        check_refused(&provider, "did you mean `anthropic`?");
        let model = Contract { model: Some("claude-sonet-4-6".to_owned()), ..contract("10%") };
        check_refused(&model, "did you mean `claude-sonnet-4-6`?");
        check_refused(&contract("0.123456789"), "are not exact");
    }
}
