//! Which prompt went before a call, in its conversation, chain and model.

use hashbrown::HashMap;

use crate::pricing::ModelId;
use crate::units::Tokens;
use crate::usage::{Instant, Symbol};

use super::cause::Cause;
use super::prospect::Prospect;
use super::rules::{CacheRules, Term};

/// No static start is taken to be longer: instructions and tools of coding agents come to some
/// 20,000 tokens (recorded calls, 2026-11).
const STATIC_MAX: Tokens = Tokens::new(20_000);

/// A prompt that keeps at least four fifths of its length was edited; a shorter one was compacted.
const EDIT_FIFTHS: u64 = 4;

/// What is visible of one call.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Its conversation.
    pub conversation: Symbol,
    /// The chain of the conversation it belongs to: a sub-agent's calls grow apart from the rest.
    pub chain: Symbol,
    /// The model that answered.
    pub model: ModelId,
    /// When it started.
    pub time: Instant,
    /// All of its input that a cache could hold, in tokens.
    pub input: Tokens,
    /// All of its output.
    pub output: Tokens,
}

/// A call that later ones may follow.
#[derive(Clone, Copy, Debug)]
struct Turn {
    model: ModelId,
    time: Instant,
    input: Tokens,
    output: Tokens,
}

type Chain = (Symbol, Symbol);

/// The last prompts of every chain of a log.
#[derive(Clone, Debug, Default)]
pub struct History {
    shortest: HashMap<ModelId, Tokens>,
    last_of_chain: HashMap<Chain, Turn>,
    last_of_model: HashMap<(Chain, ModelId), Turn>,
}

impl History {
    /// A history before the first call of a log. `sights` are all of its calls: the shortest prompt
    /// of a model bounds the static start that all its prompts may share.
    pub fn of<'a>(sights: impl IntoIterator<Item = &'a Sight>) -> Self {
        let mut shortest = HashMap::new();
        for sight in sights.into_iter().filter(|sight| !sight.input.is_zero()) {
            let known = shortest.entry(sight.model).or_insert(sight.input);
            *known = sight.input.min(*known);
        }
        Self { shortest, ..Self::default() }
    }

    /// What can be foreseen about the next call of the log, which then is part of the history.
    /// Calls come in order of time.
    pub fn meet(&mut self, sight: &Sight, rules: CacheRules) -> Prospect {
        let chain = (sight.conversation, sight.chain);
        let in_chain = self.last_of_chain.get(&chain).copied();
        let of_model = self.last_of_model.get(&(chain, sight.model)).copied();
        let prospect = self.prospect(sight, rules, in_chain, of_model);
        // An attempt that failed without usage leaves what was there.
        if !sight.input.is_zero() {
            let Sight { model, time, input, output, .. } = *sight;
            let turn = Turn { model, time, input, output };
            self.last_of_chain.insert(chain, turn);
            self.last_of_model.insert((chain, model), turn);
        }
        prospect
    }

    fn prospect(
        &self,
        sight: &Sight,
        rules: CacheRules,
        in_chain: Option<Turn>,
        of_model: Option<Turn>,
    ) -> Prospect {
        let minimum = rules.minimum();
        let is_cached = rules != CacheRules::None && sight.input >= minimum;
        let gap = |turn: Turn| gap_millis(turn.time, sight.time);
        let shortest = self.shortest.get(&sight.model).copied().unwrap_or(sight.input);
        let same_model = in_chain.filter(|turn| turn.model == sight.model);
        let mut prospect = Prospect {
            rules,
            input: sight.input,
            is_cached,
            previous: Tokens::ZERO,
            answered: Tokens::ZERO,
            start: Tokens::ZERO,
            gap_millis: of_model.map_or(u64::MAX, gap),
            simplest: same_model.map(|turn| (turn.input.min(sight.input), gap(turn))),
            cause: cause(sight, rules, in_chain, of_model),
        };
        if !is_cached {
            return prospect;
        }
        prospect.start = shortest.min(STATIC_MAX).min(sight.input);
        if let CacheRules::Written { .. } = rules {
            // A prompt that shrank was changed in its middle: only the static start is the same.
            let grown = of_model.filter(|turn| turn.input <= sight.input && turn.input >= minimum);
            prospect.previous = grown.map_or(Tokens::ZERO, |turn| rules.whole_steps(turn.input));
            return prospect;
        }
        let read = |length: Tokens| {
            let blocks = rules.whole_steps(length.min(sight.input));
            if blocks >= minimum { blocks } else { Tokens::ZERO }
        };
        prospect.start = read(prospect.start);
        if let Some(turn) = of_model {
            prospect.previous = read(turn.input);
            prospect.answered = read(turn.input + turn.output);
        }
        prospect
    }
}

/// Milliseconds from the start of one call to the start of the next.
fn gap_millis(before: Instant, after: Instant) -> u64 {
    if before.is_missing() || after.is_missing() {
        return u64::MAX;
    }
    u64::try_from(after.millis().saturating_sub(before.millis())).unwrap_or(0)
}

fn cause(
    sight: &Sight,
    rules: CacheRules,
    in_chain: Option<Turn>,
    of_model: Option<Turn>,
) -> Cause {
    if rules == CacheRules::None {
        return Cause::NoRules;
    }
    if sight.input < rules.minimum() {
        return Cause::BelowMinimum;
    }
    let (Some(last), before) = (in_chain, of_model) else { return Cause::ColdStart };
    let Some(before) = before.filter(|_| last.model == sight.model) else {
        return Cause::ModelSwitch;
    };
    if sight.input < before.input {
        let is_edit = sight.input.get() >= before.input.get() / 5 * EDIT_FIFTHS;
        return if is_edit { Cause::Edit } else { Cause::Compaction };
    }
    let gap = gap_millis(before.time, sight.time);
    let exceeds =
        |term| rules.seconds(term).is_some_and(|seconds| gap > seconds.saturating_mul(1_000));
    match (exceeds(Term::Default), exceeds(Term::Long)) {
        (_, true) => Cause::OverLifetime,
        (true, false) => Cause::BetweenLifetimes,
        (false, false) => Cause::WithinLifetime,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Assumption;
    use super::super::samples::{DEEPSEEK, OPUS, SONNET, Visible, prospects, turn};
    use super::*;

    fn last(calls: &[Visible]) -> Prospect {
        *prospects(calls).last().expect("a call")
    }

    fn check(calls: &[Visible], cause: Cause, previous: u64) {
        let found = last(calls);
        assert_eq!((found.cause, found.previous.get()), (cause, previous), "{calls:?}");
    }

    #[test]
    fn a_call_follows_the_prompt_before_it_in_conversation_chain_and_model() {
        let first = turn(SONNET, 0, 10_000);
        check(&[first], Cause::ColdStart, 0);
        check(&[first, turn(SONNET, 60, 12_000)], Cause::WithinLifetime, 10_000);
        let of = |conversation, chain| ([SONNET, conversation, chain], [60, 12_000, 0]);
        check(&[first, of("other", "")], Cause::ColdStart, 0);
        check(&[first, of("talk", "aside")], Cause::ColdStart, 0);
        check(&[first, turn(OPUS, 60, 12_000)], Cause::ModelSwitch, 0);
        // Back to a model whose prompt is still there.
        let back = [first, turn(OPUS, 60, 12_000), turn(SONNET, 120, 14_000)];
        check(&back, Cause::ModelSwitch, 10_000);
    }

    #[test]
    fn a_gap_is_over_one_lifetime_or_both() {
        let after = |second| [turn(SONNET, 0, 10_000), turn(SONNET, second, 12_000)];
        check(&after(300), Cause::WithinLifetime, 10_000);
        check(&after(301), Cause::BetweenLifetimes, 10_000);
        check(&after(3_601), Cause::OverLifetime, 10_000);
        let between = last(&after(301));
        assert_eq!(between.cause_under(Some(Term::Default)), Cause::OverLifetime);
        assert_eq!(between.cause_under(Some(Term::Long)), Cause::WithinLifetime);
    }

    #[test]
    fn a_prompt_that_shrank_keeps_only_its_static_start() {
        let then = |input| [turn(SONNET, 0, 10_000), turn(SONNET, 60, input)];
        check(&then(9_000), Cause::Edit, 0);
        check(&then(7_000), Cause::Compaction, 0);
        assert_eq!(last(&then(7_000)).start, Tokens::new(7_000));
        let long = [turn(SONNET, 0, 90_000), turn(SONNET, 60, 80_000)];
        assert_eq!(last(&long).start, STATIC_MAX);
    }

    #[test]
    fn short_prompts_are_neither_stored_nor_read() {
        check(&[turn(OPUS, 0, 3_000), turn(OPUS, 60, 3_500)], Cause::BelowMinimum, 0);
        check(&[turn(OPUS, 0, 3_000), turn(OPUS, 60, 5_000)], Cause::WithinLifetime, 0);
    }

    #[test]
    fn a_failed_attempt_without_usage_leaves_what_was_there() {
        let calls = [turn(SONNET, 0, 10_000), turn(SONNET, 30, 0), turn(SONNET, 60, 12_000)];
        check(&calls, Cause::WithinLifetime, 10_000);
        assert_eq!(last(&calls).gap_millis, 60_000);
    }

    /// 24 blocks of 64 of the prompt; with its answer 25, half of which is expected.
    #[test]
    fn an_automatic_cache_reads_whole_blocks() {
        let first = ([DEEPSEEK, "talk", ""], [0, 1_558, 91]);
        let found = last(&[first, turn(DEEPSEEK, 5, 1_691)]);
        assert_eq!((found.previous.get(), found.answered.get()), (1_536, 1_600));
        assert_eq!(found.read(Term::Default, &Assumption::expected()), Tokens::new(1_568));
        assert_eq!(found.read(Term::Default, &Assumption::low()), Tokens::new(1_600));
        assert_eq!(found.read(Term::Default, &Assumption::high()), Tokens::new(1_496));
        // Nobody says when an entry ends.
        check(&[first, turn(DEEPSEEK, 900_000, 1_691)], Cause::WithinLifetime, 1_536);
    }
}
