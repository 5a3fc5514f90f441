//! What one call costs, under the cost mode of the analysis.

use std::fmt;

use hashbrown::HashMap;

use crate::pricing::{ModelId, PriceBook, RateCard, Unpriced, cost};
use crate::units::Usd;
use crate::usage::{Call, Calls, Instant, Row, Symbol, column};

use super::options::CostMode;

/// Why a call has no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The price book has no price for it.
    Unpriced(Unpriced),
    /// Only logged costs count, and the log states none.
    NotLogged,
}

impl Reason {
    /// A stable name.
    pub(super) fn name(self) -> &'static str {
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
pub(super) struct Price<'a> {
    /// The cost that counts.
    pub(super) cost: Result<Usd, Reason>,
    /// Why it was not priced, though the log's own cost may stand in.
    pub(super) reason: Option<Reason>,
    /// The calculated cost and the prices behind it.
    pub(super) calculated: Option<(Usd, &'a RateCard)>,
    /// Whether it was priced for a day before the model's first known one.
    pub(super) too_early: bool,
    /// Whether the cost that counts is the log's.
    pub(super) from_log: bool,
}

/// What the price book says of a call.
#[derive(Clone, Copy, Debug)]
struct Calculated<'a> {
    cost: Usd,
    card: &'a RateCard,
    too_early: bool,
}

/// Prices calls; looks a model up once for each pair of symbols of a table.
#[derive(Clone, Debug)]
pub(super) struct Pricer<'a> {
    book: &'a PriceBook,
    as_of: Option<Instant>,
    mode: CostMode,
    models: HashMap<(Symbol, Symbol), Result<ModelId, Unpriced>>,
}

impl<'a> Pricer<'a> {
    /// A pricer from this book.
    pub(super) fn new(book: &'a PriceBook, as_of: Option<Instant>, mode: CostMode) -> Self {
        Self { book, as_of, mode, models: HashMap::new() }
    }

    /// Forgets the symbols of the table before.
    pub(super) fn enter(&mut self) {
        self.models.clear();
    }

    /// The price of a row of the current table.
    pub(super) fn price(&mut self, calls: &Calls, row: Row, call: &Call) -> Price<'a> {
        let calculated = self.calculate(calls, row, call);
        let calculated_cost = calculated.map(|found| found.cost).map_err(Reason::Unpriced);
        let from_log = match self.mode {
            CostMode::Auto if calculated.is_err() => call.logged_cost,
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
        Price {
            cost,
            reason,
            calculated: calculated.map(|found| (found.cost, found.card)).ok(),
            too_early: calculated.is_ok_and(|found| found.too_early),
            from_log: from_log.is_some(),
        }
    }

    fn calculate(
        &mut self,
        calls: &Calls,
        row: Row,
        call: &Call,
    ) -> Result<Calculated<'a>, Unpriced> {
        let model = self.model(calls, row)?;
        let at = self.as_of.unwrap_or(call.time);
        let geo = calls.name(column::GEO, row);
        let card = self.book.card(model, call, at, geo)?;
        let first_known = self.book.model(model).first_known;
        let too_early = !at.is_missing() && first_known.is_some_and(|first| at < first);
        Ok(Calculated { cost: cost(call, card)?, card, too_early })
    }

    fn model(&mut self, calls: &Calls, row: Row) -> Result<ModelId, Unpriced> {
        let symbols = (calls.symbol(column::PROVIDER, row), calls.symbol(column::MODEL, row));
        *self.models.entry(symbols).or_insert_with(|| {
            self.book.find(calls.name(column::PROVIDER, row), calls.name(column::MODEL, row))
        })
    }
}
