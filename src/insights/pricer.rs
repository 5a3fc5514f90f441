//! What one call costs, under the cost mode of the analysis.

use std::fmt;

use hashbrown::HashMap;

use crate::pricing::{Charge, ModelId, PriceBook, RateCard, Unpriced, charges, cost};
use crate::units::{PerClass, Usd};
use crate::usage::{Call, Calls, Instant, Row, Symbol, column};

use super::options::CostMode;

/// Why a call has no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The price book has no price for it.
    Unpriced(Unpriced),
    /// Only logged costs count, and the log states none.
    NotLogged,
}

impl Reason {
    /// A stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unpriced(reason) => reason.name(),
            Self::NotLogged => "not-logged",
        }
    }

    /// What tells reasons of one name apart.
    pub(super) const fn detail(self) -> &'static str {
        match self {
            Self::Unpriced(Unpriced::NoPriceForClass(class)) => class.name(),
            _ => "",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unpriced(reason) => reason.fmt(f),
            Self::NotLogged => f.write_str("the log states no cost"),
        }
    }
}

/// What is known about the cost of a call.
#[derive(Clone, Copy, Debug)]
pub struct Price<'a> {
    /// The cost that counts.
    pub cost: Result<Usd, Reason>,
    /// The same call at list prices, where a contract makes them differ.
    pub list: Option<Usd>,
    /// Why it was not priced, though the log's own cost may stand in.
    pub reason: Option<Reason>,
    /// The calculated cost and the prices behind it.
    pub calculated: Option<Calculated<'a>>,
    /// Whether the cost that counts is the log's.
    pub from_log: bool,
}

/// What the price book says of a call.
#[derive(Clone, Copy, Debug)]
pub struct Calculated<'a> {
    /// What it costs.
    pub cost: Usd,
    /// The prices behind it.
    pub card: &'a RateCard,
    /// The model that has them, at the place where it is billed.
    pub model: ModelId,
    /// Whether it was priced for a day before the model's first known one.
    pub too_early: bool,
}

impl Calculated<'_> {
    /// What the tokens of each class cost, each at the prices at which it bills; fees come beside it.
    pub fn by_class(&self, call: &Call) -> PerClass<Usd> {
        let mut by_class: PerClass<Usd> = PerClass::default();
        let taken = charges(call, self.card, |charge, part| {
            if let Charge::Tokens(class) = charge {
                by_class[class] += part;
            }
            Ok(())
        });
        // The call itself was priced with this card, so it has a price for what was used.
        debug_assert!(taken.is_ok());
        by_class
    }
}

/// What the names in a call's log mean.
#[derive(Clone, Copy, Debug)]
struct Known {
    model: Result<ModelId, Unpriced>,
    /// Whether the cost in the log is the charge itself.
    bills_as_logged: bool,
    /// Whether its seller is the one that was asked for.
    is_wanted: bool,
}

/// Prices calls; looks a model up once for each pair of symbols of a table.
#[derive(Clone, Debug)]
pub struct Pricer<'a> {
    book: &'a PriceBook,
    list: Option<&'a PriceBook>,
    mode: CostMode,
    seller: Option<String>,
    known: HashMap<(Symbol, Symbol), Known>,
}

impl<'a> Pricer<'a> {
    /// A pricer from this book; `list` has the list prices where a contract changed them.
    pub fn new(
        book: &'a PriceBook,
        list: Option<&'a PriceBook>,
        mode: CostMode,
        seller: Option<String>,
    ) -> Self {
        Self { book, list, mode, seller, known: HashMap::new() }
    }

    /// Forgets the symbols of the table before.
    pub fn enter(&mut self) {
        self.known.clear();
    }

    /// Whether a row of the current table is billed by the seller that was asked for.
    pub(super) fn is_wanted(&mut self, calls: &Calls, row: Row) -> bool {
        let Some(wanted) = self.seller.clone() else { return true };
        let known = self.known(calls, row);
        let placed = known.model.and_then(|id| self.book.placed(id, calls.name(column::GEO, row)));
        match placed {
            Ok(id) => wanted.eq_ignore_ascii_case(self.book.seller(id)),
            Err(_) => known.is_wanted,
        }
    }

    /// The price of a row of the current table.
    pub fn price(&mut self, calls: &Calls, row: Row, call: &Call) -> Price<'a> {
        let known = self.known(calls, row);
        let calculated = known.model.and_then(|model| self.calculate(model, calls, row, call));
        let calculated_cost = calculated.map(|found| found.cost).map_err(Reason::Unpriced);
        let from_log = match self.mode {
            CostMode::Auto
                if calculated.is_err() || known.bills_as_logged || call.is_cost_alone() =>
            {
                call.logged_cost
            }
            CostMode::Logged => call.logged_cost,
            CostMode::Auto | CostMode::Calculate => None,
        };
        let cost = match (from_log, self.mode) {
            (Some(logged), _) => Ok(logged),
            (None, CostMode::Logged) => Err(Reason::NotLogged),
            (None, CostMode::Auto | CostMode::Calculate) => calculated_cost,
        };
        let reason = match self.mode {
            CostMode::Logged => cost.err(),
            CostMode::Auto | CostMode::Calculate => calculated_cost.err(),
        };
        let list = self.list.filter(|_| from_log.is_none() && cost.is_ok());
        Price {
            cost,
            list: list.and_then(|list| cost_in(list, known.model.ok()?, calls, row, call)),
            reason,
            calculated: calculated.ok(),
            from_log: from_log.is_some(),
        }
    }

    fn calculate(
        &self,
        model: ModelId,
        calls: &Calls,
        row: Row,
        call: &Call,
    ) -> Result<Calculated<'a>, Unpriced> {
        let geo = calls.name(column::GEO, row);
        let card = self.book.card(model, call, call.time, geo)?;
        let model = self.book.placed(model, geo)?;
        let at = self.book.instant_of(call.time);
        let first_known = self.book.model(model).first_known;
        let too_early = !at.is_missing() && first_known.is_some_and(|first| at < first);
        Ok(Calculated { cost: cost(call, card)?, card, model, too_early })
    }

    /// The prices that would hold for a row of the current table at an instant.
    pub fn card_at(
        &mut self,
        calls: &Calls,
        row: Row,
        call: &Call,
        at: Instant,
    ) -> Option<&'a RateCard> {
        let model = self.known(calls, row).model.ok()?;
        self.book.card(model, call, at, calls.name(column::GEO, row)).ok()
    }

    /// What a call would have cost on another model.
    pub(super) fn cost_on(
        &self,
        model: ModelId,
        calls: &Calls,
        row: Row,
        call: &Call,
    ) -> Option<Usd> {
        cost_in(self.book, model, calls, row, call)
    }

    /// The model of a row whose cost is calculated, and not taken from the log, wherever there is a
    /// price; nothing for others.
    pub(super) fn calculated_model(&mut self, calls: &Calls, row: Row) -> Option<ModelId> {
        let known = self.known(calls, row);
        let bills_as_logged = known.bills_as_logged && self.mode == CostMode::Auto;
        known.model.ok().filter(|_| !bills_as_logged && self.mode != CostMode::Logged)
    }

    fn known(&mut self, calls: &Calls, row: Row) -> Known {
        let symbols = (calls.symbol(column::PROVIDER, row), calls.symbol(column::MODEL, row));
        let (book, seller) = (self.book, self.seller.as_deref());
        *self.known.entry(symbols).or_insert_with(|| {
            let provider = calls.name(column::PROVIDER, row);
            let model = book.find(provider, calls.name(column::MODEL, row));
            let found =
                model.map(|id| book.seller(id)).ok().or_else(|| book.seller_named(provider));
            let billing = found.unwrap_or(provider);
            Known {
                model,
                bills_as_logged: book.bills_as_logged(billing),
                is_wanted: seller.is_none_or(|wanted| wanted.eq_ignore_ascii_case(billing)),
            }
        })
    }
}

/// For each row of a table, whether a book has a price for it.
pub fn priced_rows(calls: &Calls, book: &PriceBook) -> Vec<bool> {
    let mut pricer = Pricer::new(book, None, CostMode::Calculate, None);
    (0..calls.len())
        .map(|row| pricer.price(calls, row, &calls.call(row)).calculated.is_some())
        .collect()
}

fn cost_in(book: &PriceBook, model: ModelId, calls: &Calls, row: Row, call: &Call) -> Option<Usd> {
    let card = book.card(model, call, call.time, calls.name(column::GEO, row)).ok()?;
    cost(call, card).ok()
}
