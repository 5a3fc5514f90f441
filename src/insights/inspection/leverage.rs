//! The most that each technique could give on this log, and the command to try next.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use crate::exhibits::{Cell, Exhibit};
use crate::pricing::ModelId;
use crate::techniques::{Sibling, cheaper_siblings, cost_on, fewest_tokens};
use crate::units::{Factor, Rate, TokenClass, Tokens, Usd};
use crate::usage::{Call, Row, ServiceTier, Status, Symbol, column};

use super::answers::shorter;
use super::bill::Bill;
use super::prompts::Prompts;
use super::rate::rate;
use super::waste::{Waste, Wasted};

/// The part of answers that a cap cuts: those beyond the length that 95 of 100 do not exceed.
const CAP_PERCENT: usize = 95;

/// What one technique could give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lever {
    /// Its canonical name.
    pub(super) technique: &'static str,
    /// Its name for people.
    pub(super) label: &'static str,
    /// The most it could save, in dollars; nothing where the log cannot tell.
    pub(super) most: Option<Usd>,
    /// What the figure is: what is counted and how it is known.
    pub(super) basis: String,
    /// Whether the figure is for each tenth of something, and so no bound.
    pub(super) is_per_tenth: bool,
    /// Whether every answer stays the same.
    pub(super) keeps_answers: bool,
    /// The flags of `simulate` to try next; empty where there is nothing to try.
    pub(super) flags: String,
}

impl Lever {
    fn new(technique: &'static str, label: &'static str, most: Option<Usd>) -> Self {
        Self {
            technique,
            label,
            most,
            basis: String::new(),
            is_per_tenth: false,
            keeps_answers: matches!(
                technique,
                "prompt_caching" | "batch" | "retry_hygiene" | "provider_discount"
            ),
            flags: String::new(),
        }
    }

    fn basis(mut self, words: impl Into<String>) -> Self {
        self.basis = words.into();
        self
    }

    fn per_tenth(mut self) -> Self {
        self.is_per_tenth = true;
        self
    }

    fn flags(mut self, flags: impl Into<String>) -> Self {
        self.flags = flags.into();
        self
    }
}

/// Every lever, the largest first; those that the log cannot measure come last.
pub(super) fn levers(bill: &Bill<'_>, prompts: &Prompts, wasted: &Wasted) -> Vec<Lever> {
    let mut levers = vec![
        caching(bill, prompts),
        tiering(bill),
        batch(bill),
        cap(bill, prompts),
        repeated(bill, prompts),
        retries(wasted),
        trimming(bill, prompts),
        concise(bill, prompts),
        discount(bill),
        Lever::new("structured_output", "structured output", None)
            .basis("cannot tell: the log does not say which answers did not parse")
            .flags("--structured 0.02"),
    ];
    levers.sort_by_key(|lever| (lever.most.is_none(), lever.most.map(Reverse), lever.technique));
    levers
}

/// What changing every call in some way saves; calls that it makes dearer stay as they are.
fn saved(bill: &Bill<'_>, change: impl Fn(Row, &mut Call)) -> Usd {
    let mut sum = Usd::ZERO;
    for row in bill.rows.iter().copied() {
        let Some((paid, _)) = bill.priced(row) else { continue };
        let call = bill.call(row);
        let mut changed = call;
        change(row, &mut changed);
        if changed != call
            && let Some(cost) = bill.instead(row, &changed)
        {
            sum += (paid - cost).max(Usd::ZERO);
        }
    }
    sum
}

fn caching(bill: &Bill<'_>, prompts: &Prompts) -> Lever {
    let most = saved(bill, |row, call| {
        let Some(model) = bill.facts.model(row) else { return };
        let shared = prompts.shareable(bill, row);
        if shared <= call.cache_read() {
            return;
        }
        let minimum = bill.facts.cache_rules(row, model, call).minimum();
        if shared.get() < minimum.get().saturating_mul(call.calls.max(1)) {
            return;
        }
        let mut left = shared.saturating_sub(call.cache_read());
        for class in [TokenClass::CacheWrite1h, TokenClass::CacheWrite5m, TokenClass::Input] {
            let moved = left.min(call.tokens[class]);
            call.tokens[class] = call.tokens[class].saturating_sub(moved);
            call.tokens[TokenClass::CacheRead] += moved;
            left = left.saturating_sub(moved);
        }
    });
    let has_times = bill.rows.iter().all(|row| !bill.call(*row).time.is_missing());
    let flags = if has_times { "--cache replay" } else { "--cache-hit 0.9" };
    Lever::new("prompt_caching", "prompt caching", Some(most))
        .basis(format!("all that prompts share is read and never written: {}", prompts.evidence()))
        .flags(flags)
}

fn batch(bill: &Bill<'_>) -> Lever {
    let most = saved(bill, |_, call| {
        let has_failed = matches!(call.status, Status::Error(_));
        if call.service_tier == ServiceTier::Standard && !has_failed {
            call.service_tier = ServiceTier::Batch;
        }
    });
    Lever::new("batch", "batch", Some(most))
        .basis("every ordinary call that has a batch price can wait a day")
        .flags("--batch 1")
}

fn discount(bill: &Bill<'_>) -> Lever {
    let tenth = Usd::from_atto(bill.total().atto() / 10);
    Lever::new("provider_discount", "provider discount", Some(tenth))
        .basis("for each 10 % off")
        .per_tenth()
        .flags("--discount 10%")
}

fn concise(bill: &Bill<'_>, prompts: &Prompts) -> Lever {
    let tenth = Rate::of_counts(1, 10).unwrap_or(Rate::ZERO);
    let most = shorter(bill, prompts, |_, call| tenth.of(call.tokens[TokenClass::Output]));
    Lever::new("concise_output", "concise output", Some(most))
        .basis("for each 10 % that visible answers are shorter")
        .per_tenth()
        .flags("--concise 0.1")
}

fn cap(bill: &Bill<'_>, prompts: &Prompts) -> Lever {
    let answer = |call: &Call| call.tokens[TokenClass::Output] + call.tokens[TokenClass::Reasoning];
    let type_of = |row| bill.facts.calls.symbol(column::CALL_TYPE, row);
    let mut lengths: BTreeMap<Symbol, Vec<u64>> = BTreeMap::new();
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        if call.is_single() && !answer(&call).is_zero() {
            lengths.entry(type_of(row)).or_default().push(answer(&call).get());
        }
    }
    let caps: HashMap<Symbol, u64> =
        lengths.into_iter().map(|(name, lengths)| (name, percentile(lengths))).collect();
    let most = shorter(bill, prompts, |row, call| {
        let cap = caps.get(&type_of(row)).filter(|_| call.is_single());
        cap.map_or(Tokens::ZERO, |cap| answer(call).saturating_sub(Tokens::new(*cap)))
    });
    let widest = caps.values().copied().max().unwrap_or(0);
    let lever = Lever::new("output_cap", "output cap", Some(most)).basis(
        "answers end at the length that 95 of 100 of their call type keep to; nobody asks again",
    );
    if widest == 0 { lever } else { lever.flags(format!("--output-cap {widest}")) }
}

/// The length that so many of a hundred do not exceed: the nearest rank.
fn percentile(mut lengths: Vec<u64>) -> u64 {
    let place = (lengths.len() * CAP_PERCENT).div_ceil(100).saturating_sub(1);
    let place = place.min(lengths.len().saturating_sub(1));
    if lengths.is_empty() { 0 } else { *lengths.select_nth_unstable(place).1 }
}

fn repeated(bill: &Bill<'_>, prompts: &Prompts) -> Lever {
    let lever = |most| Lever::new("semantic_cache", "semantic cache", most);
    let Some(place) = prompts.identity else {
        return lever(None)
            .basis("cannot tell: the log has no hash of prompts (column `prompt_hash`)")
            .flags("--semantic-cache 0.05");
    };
    let calls = bill.facts.calls;
    let mut seen: HashSet<(Symbol, Symbol, Symbol)> = HashSet::new();
    let (mut most, mut again, mut all) = (Usd::ZERO, 0_u64, 0_u64);
    for row in bill.rows.iter().copied() {
        let prompt = calls.symbol(place, row);
        let (model, call_type) = bill.route(row);
        all += 1;
        if !prompt.is_empty() && !seen.insert((model, call_type, prompt)) {
            again += 1;
            most += bill.paid(row).unwrap_or_default();
        }
    }
    let part = Rate::of_counts(again, all).unwrap_or(Rate::ZERO);
    let lever = lever(Some(most)).basis(format!(
        "exact repeats of a prompt only: {again} of {all} calls; prompts that mean the same are \
         not visible"
    ));
    if again == 0 { lever } else { lever.flags(format!("--semantic-cache {part}")) }
}

fn retries(wasted: &Wasted) -> Lever {
    let lever = |most| Lever::new("retry_hygiene", "retry hygiene", most);
    if wasted.linked == 0 {
        return lever(None).basis(
            "cannot tell: the log links no attempts (columns `retry_of`, or `attempt` with \
             `request_id`)",
        );
    }
    lever(Some(wasted.total(Waste::is_retry).cost))
        .basis("attempts that a sound policy would not have made")
        .flags("--retries")
}

/// Uncached input that only repeats the conversation.
fn trimming(bill: &Bill<'_>, prompts: &Prompts) -> Lever {
    let lever = |most| Lever::new("context_trimming", "context trimming", most);
    if !prompts.has_turns() {
        return lever(None)
            .basis("cannot tell: the log names no conversations")
            .flags("--trim 0.1");
    }
    let history = |row: Row, call: &Call| {
        let repeated = prompts.turn(row).repeated.unwrap_or(Tokens::ZERO);
        repeated.saturating_sub(call.cache_read()).min(call.tokens[TokenClass::Input])
    };
    let (mut old, mut all) = (0_i128, 0_i128);
    for row in bill.rows.iter().copied() {
        let call = bill.call(row);
        old += i128::from(history(row, &call).get());
        all += i128::from(call.tokens[TokenClass::Input].get());
    }
    let most = saved(bill, |row, call| {
        let old = history(row, call);
        call.tokens[TokenClass::Input] = call.tokens[TokenClass::Input].saturating_sub(old);
    });
    let lever =
        lever(Some(most)).basis("all uncached input that repeats the turns before is left out");
    // Two decimals, rounded down: a command that people may type.
    match rate(old, all).map(|part| part.parts() / 10_000_000) {
        Some(hundredths @ 1..) => lever.flags(format!("--trim 0.{:02}", hundredths.min(99))),
        _ => lever,
    }
}

/// Every call on the cheapest model of the same provider that could price its tokens.
fn tiering(bill: &Bill<'_>) -> Lever {
    let priced = bill.rows.iter().filter_map(|row| {
        let (paid, model) = bill.priced(*row)?;
        Some((*row, model, paid))
    });
    let siblings = cheaper_siblings(&bill.facts, priced);
    let targets: BTreeMap<ModelId, (ModelId, Factor)> = siblings
        .iter()
        .map(|Sibling { model, target }| {
            (*model, (*target, fewest_tokens(&bill.facts, *model, *target)))
        })
        .collect();
    let mut most = Usd::ZERO;
    for row in bill.rows.iter().copied() {
        let Some((paid, model)) = bill.priced(row) else { continue };
        let Some((target, ratio)) = targets.get(&model) else { continue };
        if let Some(cost) = cost_on(&bill.facts, *target, row, &bill.call(row), *ratio) {
            most += (paid - cost).max(Usd::ZERO);
        }
    }
    let lever = Lever::new("model_tiering", "model tiering", Some(most));
    let Some(Sibling { target, .. }) = siblings.first() else {
        return lever.basis("no model of the same provider is cheaper for these calls");
    };
    let target = &bill.facts.book.model(*target).id;
    lever
        .basis(format!(
            "every call on its provider's cheapest model ({target}); quality unmeasured"
        ))
        .flags(format!("--tier 0.3={target}"))
}

/// The levers as a table; `input` is how the log was named to this run, in words of a shell.
pub(super) fn exhibit(levers: &[Lever], bill: &Bill<'_>, input: &str) -> Exhibit {
    let mut sheet = Exhibit::new(
        "leverage",
        "The most that each technique could give, and what to try next",
        &[
            ("technique", "technique"),
            ("most_usd", "at most"),
            ("most_share", "of the bill"),
            ("basis", "if"),
            ("command", "try"),
        ],
    );
    for lever in levers {
        let part = lever.most.map(|most| Cell::share_of(most.atto(), bill.total().atto()));
        let command = match lever.flags.as_str() {
            "" => Cell::Missing,
            flags => Cell::text(command(input, flags)),
        };
        sheet.push([
            Cell::text(lever.technique),
            Cell::usd_or_missing(lever.most),
            part.unwrap_or(Cell::Missing),
            Cell::text(lever.basis.clone()),
            command,
        ]);
    }
    sheet.note(
        "upper bounds, each alone: what is replayed is less, and together they give less than \
         their sum",
    );
    sheet
}

/// A run of `simulate` over the same log.
pub(super) fn command(input: &str, flags: &str) -> String {
    let words = ["llmcost simulate", input, flags];
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_leaves_19_of_20_answers_whole() {
        assert_eq!(percentile((1..=100).collect()), 95);
        assert_eq!(percentile((1..=20).rev().collect()), 19);
        assert_eq!(percentile(vec![7]), 7);
        assert_eq!(percentile(Vec::new()), 0);
    }

    #[test]
    fn a_command_has_no_gap_where_no_file_was_named() {
        assert_eq!(command("", "--batch 1"), "llmcost simulate --batch 1");
        assert_eq!(command("a.jsonl", "--batch 1"), "llmcost simulate a.jsonl --batch 1");
    }
}
