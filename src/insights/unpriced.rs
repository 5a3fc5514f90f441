//! Models whose calls have no price, and why.

use crate::pricing::{PriceBook, Unpriced};
use crate::units::{Tokens, Usd};
use crate::usage::{Call, Calls, Dimension, Row, Symbol, column};

use super::analysis::UnpricedModel;
use super::grouping::KeyTable;
use super::pricer::Reason;
use super::tally::CallsAndCost;

/// Provider, model, name of the reason, detail of the reason.
const WIDTH: usize = 4;

/// Calls without a price, by model and reason.
#[derive(Clone, Debug)]
pub(super) struct UnpricedCalls {
    names: [Dimension; WIDTH],
    table: KeyTable<Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    reason: Option<Reason>,
    calls: u64,
    tokens: Tokens,
    at_logged_cost: CallsAndCost,
}

impl UnpricedCalls {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            names: ["provider", "model", "reason", "detail"].map(Dimension::new),
            table: KeyTable::new(WIDTH),
        }
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
        for (key, theirs) in other.table.iter() {
            let mine = self.entry(other.resolve(key));
            mine.reason = theirs.reason;
            mine.calls += theirs.calls;
            mine.tokens += theirs.tokens;
            mine.at_logged_cost.merge(theirs.at_logged_cost);
        }
    }

    /// The models, most calls first, each with a similar name of the price book.
    pub(super) fn finish(&self, book: &PriceBook) -> Vec<UnpricedModel> {
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
                did_you_mean: suggestion(reason, model, book),
            })
        });
        let mut models: Vec<_> = rows.collect();
        models.sort_by(|a, b| {
            (b.all_calls())
                .cmp(&a.all_calls())
                .then_with(|| (&a.model, &a.provider).cmp(&(&b.model, &b.provider)))
                .then_with(|| a.explanation.cmp(&b.explanation))
        });
        models
    }

    fn entry(&mut self, names: [&str; WIDTH]) -> &mut Entry {
        let mut key = [Symbol::EMPTY; WIDTH];
        for ((symbol, dictionary), name) in key.iter_mut().zip(&mut self.names).zip(names) {
            *symbol = dictionary.intern(name);
        }
        self.table.entry(&key)
    }

    fn resolve(&self, key: &[Symbol]) -> [&str; WIDTH] {
        std::array::from_fn(|place| self.names[place].resolve(key[place]))
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
fn suggestion(reason: Reason, model: &str, book: &PriceBook) -> Option<String> {
    let unknown = matches!(reason, Reason::Unpriced(Unpriced::UnknownModel));
    unknown.then(|| book.suggest(model).map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: Unpriced, provider: &str, model: &str, expected: &str) {
        let book = PriceBook::embedded();
        let text = explanation(Reason::Unpriced(reason), provider, model, &book);
        assert!(text.contains(expected), "{text}");
        assert_eq!(suggestion(Reason::Unpriced(reason), model, &book), None);
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
