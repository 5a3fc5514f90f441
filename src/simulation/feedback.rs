//! Tests of shorter answers in later prompts, against logs whose answers are shorter.

use std::sync::LazyLock;

use crate::pricing::PriceBook;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant};

use super::claims::{assumes, check};
use super::samples::{Log, SONNET, call};
use super::{Outcome, Plan, simulate};

/// A turn: what the user says, what the model answers.
type Turn = (u64, u64);

/// What is already in a conversation's first prompt.
const START: u64 = 2_000;

/// How much of its prompts a log shows as cached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counters {
    None,
    /// Everything before the last turn is read, the rest is written.
    Anthropic,
    /// Everything before the last turn is read.
    ReadsAlone,
}

/// The log of conversations whose prompts repeat everything before them.
fn log_of(conversations: &[Vec<Turn>], counters: Counters) -> Log {
    let mut log = Log::new();
    for (number, turns) in (0_i64..).zip(conversations) {
        let (mut prompt, mut before) = (START, 0);
        for (place, (asked, answered)) in (0_i64..).zip(turns) {
            prompt += asked;
            let mut one = call(prompt, *answered);
            one.time =
                Instant::from_millis(1_790_000_000_000 + number * 86_400_000 + place * 20_000);
            if counters != Counters::None {
                mark(&mut one, before, counters);
            }
            log.push([SONNET, "chat", &number.to_string()], &one);
            before = prompt;
            prompt += answered;
        }
    }
    log
}

fn mark(one: &mut Call, read: u64, counters: Counters) {
    let prompt = one.tokens[TokenClass::Input].get();
    one.tokens[TokenClass::CacheRead] = Tokens::new(read);
    let rest =
        if counters == Counters::Anthropic { TokenClass::CacheWrite5m } else { TokenClass::Input };
    one.tokens[TokenClass::Input] = Tokens::ZERO;
    one.tokens[rest] = Tokens::new(prompt - read);
}

/// The same conversations with other answers.
fn answered(conversations: &[Vec<Turn>], answer: impl Fn(u64) -> u64) -> Vec<Vec<Turn>> {
    let turns =
        |turns: &Vec<Turn>| turns.iter().map(|(ask, reply)| (*ask, answer(*reply))).collect();
    conversations.iter().map(turns).collect()
}

const CAP: u64 = 300;
const CAP_PLAN: &str = "[output_cap]\ntokens = 300\n";
const CONCISE_PLAN: &str = "[concise_output]\nrate = \"0.5\"\n";
const NOTHING: &str = "[provider_discount]\nrate = 0\n";
const REPLAY_PLAN: &str = "[prompt_caching]\npolicy = \"replay\"\n";

/// Every pair of conversations of three turns with answers of these lengths.
fn small_conversations() -> Vec<Vec<Vec<Turn>>> {
    const ANSWERS: [u64; 3] = [100, 300, 800];
    let places = 0..ANSWERS.len().pow(3);
    let turns = |place: usize| {
        let answer = |turn: u32| ANSWERS[place / ANSWERS.len().pow(turn) % ANSWERS.len()];
        vec![(40, answer(0)), (200, answer(1)), (60, answer(2))]
    };
    places.clone().map(|place| vec![turns(place), turns(places.len() - 1 - place)]).collect()
}

/// Read once for the many logs.
static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

fn projected(log: &Log, plan: &str) -> Usd {
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    simulate(&log.0.sorted_by_time(), &BOOK, &plan).expect("runs").projected
}

/// Whether a plan costs what the log with those answers costs under the rest of the plan.
fn agrees(
    conversations: &[Vec<Turn>],
    counters: Counters,
    plan: &str,
    answer: impl Fn(u64) -> u64,
    rest: &str,
) {
    let found = projected(&log_of(conversations, counters), &format!("{plan}{rest}"));
    let shorter = log_of(&answered(conversations, answer), counters);
    let rest = if rest.is_empty() { NOTHING } else { rest };
    assert_eq!(found, projected(&shorter, rest), "{conversations:?}\n{plan}{rest}");
}

#[test]
fn a_shorter_answer_is_shorter_in_every_later_prompt() {
    let log = log_of(&[vec![(0, 400), (100, 400), (100, 200)]], Counters::None);
    // 2,000 + 2,500 + 3,000 tokens in and 1,000 out; then 2,000 + 2,300 + 2,600 and 500.
    check(&log.run(CONCISE_PLAN), "0.0375", "0.0282");
    assumes(&log.run(CONCISE_PLAN), "shorten the 2 later prompts");
    let alone = "[concise_output]\nrate = \"0.5\"\nfeedback = false";
    check(&log.run(alone), "0.0375", "0.03");
}

#[test]
fn answers_are_fed_back_as_if_they_had_always_been_shorter() {
    let cut = |length: u64| length.min(CAP);
    for conversations in small_conversations() {
        for counters in [Counters::None, Counters::Anthropic, Counters::ReadsAlone] {
            agrees(&conversations, counters, CAP_PLAN, cut, "");
            agrees(&conversations, counters, CONCISE_PLAN, |length| length / 2, "");
            let both = format!("{CAP_PLAN}{CONCISE_PLAN}");
            agrees(&conversations, counters, &both, |length| cut(length / 2), "");
        }
    }
}

#[test]
fn a_replayed_cache_sees_the_shorter_prompts() {
    for conversations in small_conversations() {
        agrees(&conversations, Counters::None, CONCISE_PLAN, |length| length / 2, REPLAY_PLAN);
        agrees(&conversations, Counters::None, CAP_PLAN, |length| length.min(CAP), REPLAY_PLAN);
    }
}

#[test]
fn a_fraction_of_a_token_is_fed_back_on_average() {
    // A third of 100 tokens is gone: 33 1/3 from the answer, and as much from the next prompt.
    let log = log_of(&[vec![(0, 100), (100, 90)]], Counters::None);
    let outcome = log.run("[concise_output]\nrate = \"0.3\"\n");
    let rest = log_of(&[vec![(0, 70), (100, 63)]], Counters::None);
    assert_eq!(outcome.projected, rest.run(NOTHING).projected);
    let outcome = log.run("[concise_output]\nrate = \"0.125\"\n");
    // 12.5 and 11.25 tokens of answers, 12.5 of the prompt.
    let saved = (12_500_i128 + 11_250) * 15 * 1_000_000_000 + 12_500 * 3 * 1_000_000_000;
    assert_eq!((outcome.baseline - outcome.projected).atto(), saved);
}

#[test]
fn a_conversation_that_starts_afresh_forgets_its_answers() {
    let compacted = |answer: u64| {
        let mut log = log_of(&[vec![(0, answer), (100, answer)]], Counters::None);
        let mut one = call(2_050, 100);
        one.time = Instant::from_millis(1_790_000_000_000 + 60_000);
        log.push([SONNET, "chat", "0"], &one);
        log
    };
    let found: Outcome = compacted(400).run(CAP_PLAN);
    let expected = compacted(CAP).run(NOTHING);
    assert_eq!(found.projected, expected.projected);
    assert!(found.projected > Usd::ZERO);
}
