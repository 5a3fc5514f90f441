//! The cheaper models of a provider: what calls of one would cost on another.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::facts::Facts;
use crate::pricing::ModelId;
use crate::units::{Factor, PerClass, TokenClass, TokenPrice, Tokens, Usd};
use crate::usage::{Call, Row, column};

/// A model of a log, and what would cost less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sibling {
    /// The model that answered.
    pub model: ModelId,
    /// The model of the same provider on which all its calls together cost least.
    pub target: ModelId,
}

/// The calls of one model together.
struct Whole {
    /// The last of them: it says where and when they were made.
    row: Row,
    tokens: PerClass<Tokens>,
    calls: u64,
    cost: Usd,
}

/// The models for which the same provider has a cheaper one, the dearest first. `priced` are rows, each
/// with its model and what it cost in dollars.
pub fn cheaper_siblings(
    facts: &Facts<'_>,
    priced: impl Iterator<Item = (Row, ModelId, Usd)>,
) -> Vec<Sibling> {
    let mut models: BTreeMap<ModelId, Whole> = BTreeMap::new();
    for (row, model, cost) in priced {
        let call = facts.calls.call(row);
        let empty = Whole { row, tokens: PerClass::default(), calls: 0, cost: Usd::ZERO };
        let whole = models.entry(model).or_insert(empty);
        whole.row = row;
        for class in TokenClass::ALL {
            whole.tokens[class] += call.tokens[class];
        }
        whole.calls += call.calls;
        whole.cost += cost;
    }
    let mut dearest: Vec<_> = models.into_iter().collect();
    dearest.sort_by_key(|(model, whole)| (Reverse(whole.cost), *model));
    let sibling = |(model, whole): (ModelId, Whole)| {
        let last = facts.calls.call(whole.row);
        let all = Call { tokens: whole.tokens, calls: whole.calls.max(1), ..last };
        cheapest(facts, model, whole.row, &all).map(|target| Sibling { model, target })
    };
    dearest.into_iter().filter_map(sibling).collect()
}

/// The model of the same provider on which all calls of one together cost least, if that is less. One
/// that writes no answers, such as a model of embeddings, stands in for none that does.
fn cheapest(facts: &Facts<'_>, model: ModelId, row: Row, whole: &Call) -> Option<ModelId> {
    let book = facts.book;
    let provider = &book.model(model).provider;
    let now = cost_on(facts, model, row, whole, Factor::ONE)?;
    let does_write = writes_answers(facts, model, row);
    let siblings = book.models().filter(|(id, other)| {
        let is_sold = other.retired.is_none() && other.targets.is_empty();
        let is_other = other.provider == *provider && !book.is_same_model(*id, model);
        is_sold && is_other && writes_answers(facts, *id, row) == does_write
    });
    let priced = siblings.filter_map(|(id, _)| {
        let ratio = fewest_tokens(facts, model, id);
        Some((cost_on(facts, id, row, whole, ratio)?, id))
    });
    let cheaper = priced.filter(|(cost, _)| *cost > Usd::ZERO && *cost < now);
    cheaper.min().map(|(_, id)| id)
}

/// Whether a model charges for what it writes.
fn writes_answers(facts: &Facts<'_>, model: ModelId, row: Row) -> bool {
    let (geo, call) = (facts.calls.name(column::GEO, row), facts.calls.call(row));
    let card = facts.book.card(model, &call, call.time, geo).ok();
    card.and_then(|card| card.price(TokenClass::Output))
        .is_some_and(|price| price > TokenPrice::default())
}

/// The fewest tokens that one model makes of a token of another.
pub fn fewest_tokens(facts: &Facts<'_>, from: ModelId, to: ModelId) -> Factor {
    let [from, to] = [from, to].map(|id| facts.book.meanings(id));
    let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
    let ratios = pairs.map(|(from, to)| facts.book.tokenizer_ratio(from, to).low);
    ratios.min().unwrap_or(Factor::ONE)
}

/// What usage like that of `row` would cost on another model, with `ratio` tokens for each of its own;
/// nothing where that has no price.
pub fn cost_on(
    facts: &Facts<'_>,
    target: ModelId,
    row: Row,
    call: &Call,
    ratio: Factor,
) -> Option<Usd> {
    let mut other = *call;
    if ratio != Factor::ONE {
        for class in TokenClass::ALL {
            other.tokens[class] = ratio.of(call.tokens[class]);
        }
    }
    facts.cost(target, &other, facts.calls.name(column::GEO, row)).ok()
}
