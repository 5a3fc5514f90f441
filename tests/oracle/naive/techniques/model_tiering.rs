//! Source: `docs/techniques/model_tiering.md`: the tokens of the call times the tokenizer ratio of the
//! two models, at the prices of the target at the time and in the tier of the call; what is no whole
//! number of tokens is priced as the mean of the whole ones around it. What was read from or written to
//! a cache stays so only if the target caches a prefix of that length. A cascade costs the try, the
//! judge, and `1 - accept` of the original call. The range takes the ends of the ratio and answers
//! between 0.7 and 1.4 times as long; at the low end of a cascade the original model's cache is cold.

use super::{Branch, Scenario, Step, Surroundings};
use crate::naive::names::{Meaning, find, processed};
use crate::naive::price::Call;
use crate::number::{Q, count, decimal, nearest, one, whole, zero};
use crate::world::Class;
use crate::world::log::Record;
use crate::world::plan::{Helper, Move, Setting};
use crate::world::table::{Decimal, Table};

pub(super) struct Tiering {
    rules: Vec<Move>,
    /// The part of what each rule moves that a limit leaves.
    kept: Q,
    classifier: Option<Helper>,
    cascade: Option<(Q, Option<Helper>)>,
    verbosity: Q,
    scenario: Scenario,
}

pub(super) fn prepare(
    table: &Table,
    records: &[Record],
    setting: &Setting,
    scenario: Scenario,
) -> Tiering {
    let Setting::ModelTiering { rules, max_share, classifier, cascade, verbosity } = setting else {
        unreachable!()
    };
    let verbosity = verbosity.as_ref().map_or_else(
        || match scenario {
            Scenario::Low => decimal("1.4"),
            Scenario::Expected => one(),
            Scenario::High => decimal("0.7"),
        },
        Decimal::value,
    );
    let cascade = cascade.as_ref().map(|(accept, judge)| (accept.value(), judge.clone()));
    let mut tiering = Tiering {
        rules: rules.clone(),
        kept: one(),
        classifier: classifier.clone(),
        cascade,
        verbosity,
        scenario,
    };
    if let Some(limit) = max_share {
        tiering.limit(table, records, &limit.value());
    }
    tiering
}

/// The model that answers a call.
pub(super) fn meant(table: &Table, call: &Call) -> usize {
    match call.home.meaning {
        Meaning::Model(model) => model,
        Meaning::Moving(alias) => {
            let at = call.time.expect("calls of moving names have times");
            let mut targets = table.aliases[alias].targets.iter();
            targets.find(|(_, to)| to.is_none_or(|to| at < to)).expect("the last one has no end").0
        }
    }
}

impl Tiering {
    /// The first rule that is for a record.
    fn rule(&self, record: &Record) -> Option<&Move> {
        self.rules.iter().find(|rule| rule.scope.holds(record))
    }

    fn share(rule: &Move) -> Q {
        rule.share.as_ref().map_or_else(one, Decimal::value)
    }

    /// The largest part of the matching calls that may move, each rule giving up the same part.
    fn limit(&mut self, table: &Table, records: &[Record], limit: &Q) {
        let (mut matching, mut moving) = (zero(), zero());
        for record in records {
            let Ok(home) = find(table, &record.provider, &record.model) else { continue };
            let Some(rule) = self.rule(record) else { continue };
            if find(table, "", &rule.to) != Ok(home) {
                matching += whole(record.calls);
                moving += whole(record.calls) * Self::share(rule);
            }
        }
        let allowed = matching * limit;
        if moving > allowed {
            self.kept = allowed / moving;
        }
    }

    /// The call as the target would count it: every way of whole tokens around the exact numbers, all
    /// classes going up together.
    fn recounted(&self, branch: &Branch, target: &Branch, table: &Table) -> Vec<Branch> {
        let factors = self.factors(branch, target, table);
        let exact: Vec<(Class, Q)> = factors
            .into_iter()
            .map(|(class, factor)| (class, factor * whole(branch.call.count(class))))
            .collect();
        let mut steps: Vec<Q> = exact.iter().map(|(_, tokens)| tokens - tokens.floor()).collect();
        steps.push(one());
        steps.sort();
        let (mut ways, mut before) = (Vec::new(), zero());
        for step in steps {
            let mut way = target.part(&(&step - &before));
            for (class, tokens) in &exact {
                let is_up = tokens - tokens.floor() > before;
                way.call.counts.insert(*class, count(&tokens.floor()) + u64::from(is_up));
            }
            if step > before {
                ways.push(way);
            }
            before = step;
        }
        ways
    }

    /// Tokens of the target for one of the logged model, by class; sound and images stay.
    fn factors(&self, branch: &Branch, target: &Branch, table: &Table) -> [(Class, Q); 6] {
        let of = |branch: &Branch| table.models[meant(table, &branch.call)].tokenizer;
        let (from, to) = (of(branch), of(target));
        let end = match self.scenario {
            Scenario::Low => 2,
            Scenario::Expected => 1,
            Scenario::High => 0,
        };
        let ratio = if from == to { one() } else { ratio(table, from, to, end) };
        // Factors have nine decimals, as rates do.
        let billion = whole(1_000_000_000);
        let answers = whole(nearest(&(&ratio * &self.verbosity * &billion))) / billion;
        [
            (Class::Input, ratio.clone()),
            (Class::CacheRead, ratio.clone()),
            (Class::CacheWrite5m, ratio.clone()),
            (Class::CacheWrite1h, ratio),
            (Class::Output, answers.clone()),
            (Class::Reasoning, answers),
        ]
    }

    /// The ways on the target; nothing where the call does not fit or has no price there.
    fn tried(&self, branch: &Branch, to: &str, around: &Surroundings<'_>) -> Option<Vec<Branch>> {
        let table = around.table;
        let mut target = branch.clone();
        target.call.home = find(table, "", to).expect("plans name models of the table");
        // Whether it goes at all is judged by the nearest whole tokens.
        let mut nearest_way = target.clone();
        for (class, factor) in self.factors(branch, &target, table) {
            let tokens = nearest(&(factor * whole(branch.call.count(class))));
            nearest_way.call.counts.insert(class, tokens);
        }
        let nearest_way = fit(nearest_way, around)?;
        let ways = self.recounted(branch, &target, table).into_iter();
        let ways = ways.map(|way| {
            let weight = way.weight.clone();
            fit(way, around).unwrap_or_else(|| Branch { weight, ..nearest_way.clone() })
        });
        Some(ways.collect())
    }

    fn route(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        let stays = vec![branch.clone()];
        let Some(rule) = self.rule(around.record()) else { return stays };
        let share = Self::share(rule) * &self.kept;
        let is_there = find(around.table, "", &rule.to) == Ok(branch.call.home);
        if is_there || share == zero() {
            return stays;
        }
        let moved = branch.part(&share);
        let Some(mut ways) = self.tried(&moved, &rule.to, around) else { return stays };
        if let Some((accept, judge)) = &self.cascade {
            if let Some(judge) = judge {
                let judged = beside(judge, &moved, around.table);
                if !around.is_priced(&judged) {
                    return stays;
                }
                ways.push(judged);
            }
            ways.push(self.escalated(&moved.part(&(one() - accept)), around));
        }
        ways.push(branch.part(&(one() - share)));
        ways
    }

    fn escalated(&self, again: &Branch, around: &Surroundings<'_>) -> Branch {
        let mut cold = again.clone();
        if self.scenario == Scenario::Low {
            cold.forget_cache();
        }
        if around.is_priced(&cold) { cold } else { again.clone() }
    }
}

/// Tokens that a tokenizer makes of one of another: as stated, or stated the other way round, to nine
/// decimals; then the low end is that of the high one.
fn ratio(table: &Table, from: usize, to: usize, end: usize) -> Q {
    let stated = |from: usize, to: usize| {
        let mut ratios = table.tokenizers[to].ratios.iter();
        ratios.find(|(known, _)| *known == table.tokenizers[from].id).map(|(_, ratio)| ratio)
    };
    if let Some(ratio) = stated(from, to) {
        return ratio[end].value();
    }
    let billion = whole(1_000_000_000);
    if let Some(ratio) = stated(to, from) {
        return whole(nearest(&(&billion / ratio[2 - end].value()))) / billion;
    }
    // Tokenizers that nobody compared.
    ["0.7", "1", "1.5"].map(decimal)[end].clone()
}

fn beside(helper: &Helper, branch: &Branch, table: &Table) -> Branch {
    let calls = branch.call.calls;
    branch.companion(table, &helper.model, helper.input * calls, helper.output * calls)
}

/// A call as its model takes it: within its window, cached as far as it caches, and with a price.
fn fit(mut branch: Branch, around: &Surroundings<'_>) -> Option<Branch> {
    let table = around.table;
    let model = &table.models[meant(table, &branch.call)];
    let prompt = branch.call.sum(Class::is_input) / branch.call.calls;
    if model.context_window.is_some_and(|window| prompt > window) {
        return None;
    }
    let cached = branch.cached();
    if cached > 0 {
        processed(table, branch.call.home.place, &branch.call.geo).ok()?;
        match model.cache {
            None => branch.forget_cache(),
            Some((_, least)) if least.is_some_and(|least| cached / branch.call.calls < least) => {
                branch.forget_cache();
            }
            Some((policy, _)) => {
                let policy = &table.policies[policy];
                for class in [Class::CacheWrite5m, Class::CacheWrite1h] {
                    let is_known = policy.lifetimes.iter().any(|(known, _)| *known == class);
                    let to = if policy.is_write_free {
                        Class::Input
                    } else if is_known {
                        class
                    } else {
                        policy.lifetimes.first().map_or(Class::Input, |(class, _)| *class)
                    };
                    branch.call.turn(class, to, u64::MAX);
                }
            }
        }
    }
    if !around.is_priced(&branch) {
        branch.forget_cache();
    }
    around.is_priced(&branch).then_some(branch)
}

impl Step for Tiering {
    fn apply(&self, branch: &Branch, around: &Surroundings<'_>) -> Vec<Branch> {
        // The classifier is asked about every call in scope, wherever its answer sends the call.
        let Some(classifier) =
            self.classifier.as_ref().filter(|_| self.rule(around.record()).is_some())
        else {
            return self.route(branch, around);
        };
        let question = beside(classifier, branch, around.table);
        if !around.is_priced(&question) {
            return vec![branch.clone()];
        }
        let mut ways = self.route(branch, around);
        ways.push(question);
        ways
    }
}
