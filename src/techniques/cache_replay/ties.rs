//! Which prompts may find what others left in a cache.

use hashbrown::HashMap;

use crate::pricing::ModelId;
use crate::units::{Factor, Tokens};
use crate::usage::Row;

use super::super::facts::Facts;
use super::super::links::Links;
use super::gate::{CacheReplay, Placing};
use super::lineage::Lineage;
use super::policy::Policy;
use super::rules::Terms;

/// How short the shared start of a call of one model may be, wherever the call may go, and still be
/// cached.
#[derive(Clone, Copy)]
struct Reach {
    /// The shortest prompt that is cached; nothing where none is.
    least: Option<Tokens>,
    /// The most tokens there for one of the log.
    ratio: Factor,
}

impl Reach {
    fn of(model: ModelId, targets: &[ModelId], facts: &Facts<'_>, terms: &Terms) -> Self {
        let models = || std::iter::once(model).chain(targets.iter().copied());
        let minimum = |model: ModelId| {
            let policies = facts.book.model(model).cache_policies();
            policies.map(|(_, policy)| policy.min_tokens.unwrap_or(Tokens::ZERO)).min()
        };
        let least = models().filter_map(minimum).min();
        let ratios = targets.iter().flat_map(|target| {
            let [from, to] = [model, *target].map(|id| facts.book.meanings(id));
            let pairs = from
                .into_iter()
                .flat_map(move |from| to.clone().into_iter().map(move |to| (from, to)));
            pairs.map(|(from, to)| facts.book.tokenizer_ratio(from, to).high)
        });
        Self {
            least: least.map(|least| terms.min.unwrap_or(least)),
            ratio: ratios.fold(Factor::ONE, Factor::max),
        }
    }

    /// Whether a start of so many tokens of the log may be cached.
    fn holds(self, shared: Tokens) -> bool {
        self.least.is_some_and(|least| self.ratio.of(shared) >= least)
    }
}

/// Ties each prompt to the turn it grew out of, to those that begin with the same block, and to those
/// that share a start with it which is long enough for a cache. `targets` are the models that calls
/// may move to.
pub(super) fn tie(replay: &CacheReplay, facts: &Facts<'_>, targets: &[ModelId], links: &mut Links) {
    if replay.policy == Policy::Off || matches!(replay.placing, Placing::Foreseen(_)) {
        return;
    }
    let lineage: &Lineage = &replay.lineage;
    let mut reaches: HashMap<ModelId, Reach> = HashMap::new();
    let mut starts: HashMap<u32, Row> = HashMap::new();
    let mut routes: Vec<Option<Row>> = vec![None; lineage.route_count()];
    for (row, model) in facts.modelled_rows() {
        if let Some(before) = lineage.previous(row) {
            links.tie(row, before);
        }
        if let Some(first) = lineage.blocks.as_ref().and_then(|blocks| blocks.row(row).first()) {
            links.tie(row, *starts.entry(*first).or_insert(row));
        }
        let shared = lineage.shared(row);
        let reach =
            reaches.entry(model).or_insert_with(|| Reach::of(model, targets, facts, &replay.terms));
        if !shared.is_zero() && reach.holds(shared) {
            let first = routes[lineage.route(row) as usize].get_or_insert(row);
            links.tie(row, *first);
        }
    }
}
