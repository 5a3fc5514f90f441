//! What calls cost as logged and on a tuned model.

use std::collections::BTreeMap;

use crate::pricing::{ModelId, RateCard, cost};
use crate::techniques::{Branch, Facts, TechniqueError};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, column};

use super::super::error::SimulationError;
use super::settings::FineTune;

/// The name by which errors call it.
const NAME: &str = "fine_tune";

const MILLIS_PER_MINUTE: i64 = 60_000;

/// Calls that would move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) calls: u64,
    pub(super) tokens: u64,
    pub(super) logged: Usd,
    pub(super) tuned: Usd,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) -> Option<()> {
        self.calls = self.calls.checked_add(other.calls)?;
        self.tokens = self.tokens.checked_add(other.tokens)?;
        self.logged = self.logged.checked_add(other.logged)?;
        self.tuned = self.tuned.checked_add(other.tuned)?;
        Some(())
    }
}

/// All calls in scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    /// By call type.
    pub(super) types: BTreeMap<String, Sum>,
    /// Calls in scope that stay: they have no price or time, or none on the tuned model.
    pub(super) staying: u64,
    /// Minutes from the first timed call of the log to the last, both included.
    pub(super) minutes: u64,
}

/// Where the prices of the tuned model come from.
enum Prices {
    Model(ModelId),
    Given(Box<RateCard>),
}

impl Moved {
    /// Prices every call in scope twice.
    ///
    /// # Errors
    /// When the book does not have the model, the condition cannot be evaluated, or an amount does
    /// not fit.
    pub(super) fn of(facts: &Facts<'_>, tune: &FineTune) -> Result<Self, SimulationError> {
        let calls = facts.calls;
        let failed = |error| SimulationError::Technique { name: NAME, error };
        let prices = match (&tune.model, tune.prices()) {
            (Some(model), _) => {
                let provider = tune.provider.as_deref().unwrap_or("");
                Prices::Model(facts.named_model(provider, model).map_err(failed)?)
            }
            (None, given) => Prices::Given(Box::new(RateCard::given(&given.unwrap_or_default()))),
        };
        let matches = tune.condition.as_ref().map(|filter| filter.matches(calls)).transpose();
        let matches = matches.map_err(|error| failed(TechniqueError::Condition(error)))?;
        let is_meant = |row: Row| {
            let name = calls.name(column::CALL_TYPE, row);
            matches.as_ref().is_none_or(|rows| rows[row])
                && (tune.call_types.is_empty() || tune.call_types.iter().any(|one| one == name))
        };
        let mut found = Self { minutes: minutes(facts), ..Self::default() };
        for row in (0..calls.len()).filter(|row| is_meant(*row)) {
            let call = calls.call(row);
            let Some(sum) = one(facts, row, &call, &prices, tune.prompt_saved) else {
                found.staying = found.staying.saturating_add(call.calls);
                continue;
            };
            let name = calls.name(column::CALL_TYPE, row);
            if !found.types.contains_key(name) {
                found.types.insert(name.to_owned(), Sum::default());
            }
            if let Some(known) = found.types.get_mut(name) {
                known.add(sum).ok_or(SimulationError::TooLarge)?;
            }
        }
        Ok(found)
    }

    /// Every call type together; nothing when it does not fit.
    pub(super) fn total(&self) -> Option<Sum> {
        let mut total = Sum::default();
        self.types.values().try_for_each(|sum| total.add(*sum))?;
        Some(total)
    }
}

fn one(
    facts: &Facts<'_>,
    row: Row,
    call: &Call,
    prices: &Prices,
    prompt_saved: u32,
) -> Option<Sum> {
    call.time.known()?;
    let model = facts.model(row)?;
    let logged = facts.cost(model, call, facts.calls.name(column::GEO, row)).ok()?;
    let tokens = (call.input_total() + call.output_total()).get();
    let mut branch = Branch::logged(*call, model);
    let mut left = branch.for_row(Tokens::new(u64::from(prompt_saved)));
    // Instructions are in the cache where there is one, and cost the least there.
    for class in [
        TokenClass::CacheRead,
        TokenClass::CacheWrite5m,
        TokenClass::CacheWrite1h,
        TokenClass::Input,
    ] {
        let removed = branch.remove(class, left);
        left = left.saturating_sub(removed);
    }
    let tuned = match prices {
        Prices::Given(card) => cost(&branch.call, card).ok()?,
        Prices::Model(model) => facts.cost(*model, &branch.call, "").ok().or_else(|| {
            // Without a price for cached input it is billed as input.
            branch.forfeit_cache();
            facts.cost(*model, &branch.call, "").ok()
        })?,
    };
    Some(Sum { calls: call.calls, tokens, logged, tuned })
}

/// Minutes from the first timed call to the last, both included.
fn minutes(facts: &Facts<'_>) -> u64 {
    let times = (0..facts.calls.len()).filter_map(|row| facts.calls.call(row).time.known());
    let minutes = times.map(|time| time.millis().div_euclid(MILLIS_PER_MINUTE));
    let ends = minutes.fold(None, |ends: Option<(i64, i64)>, at| {
        Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))))
    });
    ends.map_or(0, |(first, last)| (last - first).unsigned_abs() + 1)
}
