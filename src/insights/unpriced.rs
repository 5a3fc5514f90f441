//! Models whose calls have no price, and why.

use crate::pricing::{PriceBook, Unpriced};
use crate::units::{Tokens, Usd};
use crate::usage::{Call, Calls, Dimension, Row, Symbol, column};

use super::analysis::UnpricedModel;
use super::bounded::{BoundedTable, Names, OTHER};
use super::pricer::Reason;
use super::tally::CallsAndCost;

/// The names of a key: those of the log, and the reason with what tells it apart.
const COLUMNS: [&str; 4] = ["provider", "model", "reason", "detail"];
const WIDTH: usize = COLUMNS.len();

/// To look for a similar name takes long: only the models with most calls get one.
const SUGGESTIONS_MAX: usize = 1_000;

/// Calls without a price, by model and reason.
#[derive(Clone, Debug)]
pub(super) struct UnpricedCalls {
    names: Dictionaries,
    table: BoundedTable<Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    reason: Option<Reason>,
    calls: u64,
    tokens: Tokens,
    at_logged_cost: CallsAndCost,
}

impl Entry {
    fn merge(&mut self, theirs: &Self) {
        self.reason = theirs.reason;
        self.calls += theirs.calls;
        self.tokens += theirs.tokens;
        self.at_logged_cost.merge(theirs.at_logged_cost);
    }
}

/// One for each column of a key.
#[derive(Clone, Debug)]
struct Dictionaries([Dimension; WIDTH]);

impl Names for Dictionaries {
    fn name(&self, place: usize, symbol: Symbol) -> &str {
        self.0[place].resolve(symbol)
    }

    /// Reasons are few; providers and models may be as many as calls.
    fn folded(&mut self, key: &[Symbol]) -> Vec<Symbol> {
        let [provider, model, ..] = &mut self.0;
        vec![provider.intern(OTHER), model.intern(OTHER), key[2], key[3]]
    }

    fn longest(&self) -> usize {
        self.0.iter().map(Dimension::len).max().unwrap_or_default()
    }

    fn retain(&mut self, keys: &mut [Symbol]) {
        for (place, dictionary) in self.0.iter_mut().enumerate() {
            let mut fresh = Dimension::new(COLUMNS[place]);
            for symbol in keys.iter_mut().skip(place).step_by(WIDTH) {
                *symbol = fresh.intern(dictionary.resolve(*symbol));
            }
            *dictionary = fresh;
        }
    }
}

impl UnpricedCalls {
    /// None yet.
    pub(super) fn new(most: usize) -> Self {
        Self {
            names: Dictionaries(COLUMNS.map(Dimension::new)),
            table: BoundedTable::new(WIDTH, most, Entry::merge),
        }
    }

    /// Makes room where there are too many models.
    pub(super) fn look(&mut self) {
        self.table.look(&mut self.names);
    }

    /// Counts a call without a price; `cost` is the log's own where that stands in.
    pub(super) fn add(
        &mut self,
        calls: &Calls,
        row: Row,
        call: &Call,
        reason: Reason,
        cost: Option<Usd>,
    ) {
        let (provider, model) = (calls.name(column::PROVIDER, row), calls.name(column::MODEL, row));
        let entry = self.entry([provider, model, reason.name(), reason.detail()]);
        entry.reason = Some(reason);
        if cost.is_some() {
            entry.at_logged_cost.add(call.calls, cost);
        } else {
            entry.calls += call.calls;
            entry.tokens += call.input_total() + call.output_total();
        }
    }

    /// Takes over what another counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.table.level_with(&other.table, &mut self.names);
        for (key, theirs) in other.table.iter() {
            self.entry(other.resolve(key)).merge(theirs);
        }
        self.look();
    }

    /// The models, most calls first, each with a similar name of the price book.
    pub(super) fn finish(&mut self, book: &PriceBook) -> Vec<UnpricedModel> {
        self.table.finish(&mut self.names);
        let rows = self.table.iter().filter_map(|(key, entry)| {
            let [provider, model, ..] = self.resolve(key);
            let reason = entry.reason?;
            Some(UnpricedModel {
                provider: provider.to_owned(),
                model: model.to_owned(),
                reason: reason.name(),
                explanation: explanation(reason, provider, model, book),
                calls: entry.calls,
                tokens: entry.tokens,
                at_logged_cost: entry.at_logged_cost,
                did_you_mean: None,
            })
        });
        let mut models: Vec<_> = rows.collect();
        models.sort_by(|a, b| {
            (b.all_calls())
                .cmp(&a.all_calls())
                .then_with(|| (&a.model, &a.provider).cmp(&(&b.model, &b.provider)))
                .then_with(|| a.explanation.cmp(&b.explanation))
        });
        for model in models.iter_mut().take(SUGGESTIONS_MAX) {
            model.did_you_mean = suggestion(model.reason, &model.model, book);
        }
        models
    }

    fn entry(&mut self, names: [&str; WIDTH]) -> &mut Entry {
        let mut key = [Symbol::EMPTY; WIDTH];
        for ((symbol, dictionary), name) in key.iter_mut().zip(&mut self.names.0).zip(names) {
            *symbol = dictionary.intern(name);
        }
        self.table.entry(&key, &mut self.names)
    }

    fn resolve(&self, key: &[Symbol]) -> [&str; WIDTH] {
        std::array::from_fn(|place| self.names.name(place, key[place]))
    }
}

/// The reason in words, with what the log should say instead where it is the provider's name.
fn explanation(reason: Reason, provider: &str, model: &str, book: &PriceBook) -> String {
    match reason {
        Reason::Unpriced(Unpriced::UnknownProvider) => format!(
            "{reason}: leave `{provider}` empty or use one of {}",
            book.provider_names().join(", ")
        ),
        Reason::Unpriced(Unpriced::OtherProvider) => match book.find("", model) {
            Ok(id) => format!("{reason}: {} does, not {provider}", book.model(id).provider),
            Err(_) => reason.to_string(),
        },
        _ => reason.to_string(),
    }
}

/// A similar name, where it is the name that is not known.
fn suggestion(reason: &str, model: &str, book: &PriceBook) -> Option<String> {
    let is_unknown = reason == Unpriced::UnknownModel.name();
    is_unknown.then(|| book.suggest(model).map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: Unpriced, provider: &str, model: &str, expected: &str) {
        let book = PriceBook::embedded();
        let text = explanation(Reason::Unpriced(reason), provider, model, &book);
        assert!(text.contains(expected), "{text}");
        assert_eq!(suggestion(reason.name(), model, &book), None);
    }

    #[test]
    fn a_provider_that_is_to_blame_is_named() {
        check(Unpriced::UnknownProvider, "litellm", "gpt-4o", "leave `litellm` empty");
        check(Unpriced::UnknownProvider, "litellm", "gpt-4o", "anthropic, ");
        check(Unpriced::OtherProvider, "openai", "claude-sonnet-4-6", "anthropic does, not openai");
    }

    #[test]
    fn a_known_model_without_a_price_does_not_suggest_itself() {
        check(Unpriced::NoPriceForTier, "openai", "gpt-4o", "service tier");
    }
}
