//! Published savings, recomputed: each figure is what the billing rules make of the stated inputs.

use crate::pricing::PriceBook;
use crate::techniques::Evidence;
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant, ServiceTier, Status};

use super::samples::{HAIKU, Log, SONNET, call, equal_calls, texts};
use super::{Outcome, Plan};

pub(super) fn check(outcome: &Outcome, baseline: &str, projected: &str) {
    let found = texts([outcome.baseline, outcome.projected]);
    assert_eq!(found, [baseline, projected], "{:?}", outcome.warnings);
    let ladder: Usd = outcome.techniques.iter().map(|technique| technique.ladder).sum();
    assert_eq!(ladder, outcome.baseline - outcome.projected);
    let fair: Usd = outcome.techniques.iter().map(|technique| technique.fair_share).sum();
    assert_eq!(fair, outcome.baseline - outcome.projected);
    let after: Usd = outcome.groups.iter().map(|group| group.after).sum();
    assert_eq!(after, outcome.projected);
}

pub(super) fn warns(outcome: &Outcome, part: &str) {
    let is_found = outcome.warnings.iter().any(|warning| warning.contains(part));
    assert!(is_found, "{part}: {:?}", outcome.warnings);
}

pub(super) fn assumes(outcome: &Outcome, part: &str) {
    let mut all = outcome.techniques.iter().flat_map(|technique| &technique.assumptions);
    assert!(all.any(|assumption| assumption.contains(part)), "{part}: {:?}", outcome.techniques);
}

/// Calls that cost 4,500 dollars on Sonnet 4.6 with input alone.
fn whole_bill(dollars: u64) -> Log {
    let mut row = call(dollars * 1_000_000 / 3 / 10, 0);
    row.calls = 10_000;
    Log::new().with(10, [SONNET, "chat", ""], &row)
}

#[test]
fn a_thousand_calls_of_a_shared_prompt_at_95_percent_hits_cost_3_78() {
    let prompt = call(8_000, 0);
    let plan = "[prompt_caching]\nhit = \"0.95\"";
    let outcome = equal_calls(SONNET, 1_000, &prompt, plan);
    check(&outcome, "24", "3.78");
    assert_eq!(outcome.techniques[0].calls_touched, 1_000);
    assert_eq!(outcome.techniques[0].evidence, Evidence::Assumed);
    assumes(&outcome, "rung 5");
    assumes(&outcome, "8,000,000 tokens (100 % of input)");
    let plan = "[prompt_caching]\nhit = \"0.95\"\nttl = \"1h\"";
    check(&equal_calls(SONNET, 1_000, &prompt, plan), "24", "4.68");
    let plan = "[prompt_caching]\nhit = \"0.95\"\ncacheable = \"100%\"";
    check(&equal_calls(SONNET, 1_000, &prompt, plan), "24", "3.78");
}

#[test]
fn a_hundred_calls_at_90_percent_hits_cost_12_9_cents() {
    let prompt = call(2_000, 0);
    let plan = "[prompt_caching]\nhit = \"90%\"";
    check(&equal_calls(SONNET, 100, &prompt, plan), "0.6", "0.129");
    let plan = "[prompt_caching]\nhit = \"90%\"\nttl = \"1h\"";
    check(&equal_calls(SONNET, 100, &prompt, plan), "0.6", "0.174");
}

#[test]
fn a_prompt_below_the_minimum_saves_nothing_and_says_why() {
    let prompt = call(2_000, 0);
    let plan = "[prompt_caching]\nhit = 1";
    check(&equal_calls(SONNET, 10_000, &prompt, plan), "60", "6");
    let plan_with_misses = "[prompt_caching]\nhit = \"0.9999\"";
    check(&equal_calls(SONNET, 10_000, &prompt, plan_with_misses), "60", "6.0069");
    let haiku = equal_calls(HAIKU, 10_000, &prompt, plan);
    check(&haiku, "20", "20");
    warns(&haiku, "10,000 calls of claude-haiku-4-5");
    warns(&haiku, "minimum of 4,096 tokens");
    assert_eq!(haiku.techniques[0].calls_touched, 0);
}

#[test]
fn what_is_cached_already_is_not_credited_again() {
    let mut warm = call(0, 100);
    warm.tokens[TokenClass::CacheRead] = Tokens::new(8_000);
    let plan = "[prompt_caching]\nhit = \"0.95\"\n[batch]\n";
    let mut in_batch = warm;
    in_batch.service_tier = ServiceTier::Batch;
    let outcome = equal_calls(SONNET, 10, &in_batch, plan);
    assert_eq!(outcome.baseline, outcome.projected);
    assert_eq!(outcome.techniques[0].calls_touched + outcome.techniques[1].calls_touched, 0);
}

#[test]
fn a_conversation_reads_what_the_turn_before_sent() {
    let mut log = Log::new();
    for (turn, input) in [(0, 4_000), (1, 4_600), (2, 5_200)] {
        let time = Instant::from_millis(1_780_000_000_000 + turn * 60_000);
        log.push([SONNET, "chat", "a"], &Call { time, ..call(input, 500) });
    }
    let outcome = log.run("[prompt_caching]\nhit = 1");
    // Turns read 4,000 (the shortest prompt), 4,000 and 4,600 tokens; each writes what it adds: 0,
    // 600 and 600 tokens at 1.25 of the price.
    check(&outcome, "0.0639", "0.03078");
    assumes(&outcome, "rung 4): 8,600 tokens");
    assert_eq!(outcome.low, outcome.projected);
}

#[test]
fn the_minimum_in_force_at_the_time_of_a_call_is_the_one_that_counts() {
    let time = Instant::from_millis(1_780_000_000_000);
    let early = Call { time, ..call(2_000, 0) };
    let outcome = equal_calls(SONNET, 2, &early, "[prompt_caching]\nhit = 1");
    assert_eq!(outcome.baseline, outcome.projected);
    warns(&outcome, "minimum of 2,048 tokens");
}

#[test]
fn the_routed_day_costs_57_28_at_prices_by_kind() {
    let one = call(2_000, 800);
    let log = Log::new()
        .with(4_000, [SONNET, "simple", ""], &one)
        .with(4_000, [SONNET, "medium", ""], &one)
        .with(2_000, [SONNET, "hard", ""], &one);
    let rules = |simple: &str, medium: &str| {
        format!(
            "[[model_tiering.rule]]\ncall_types = [\"simple\"]\nto = \"{simple}\"\n\
             [[model_tiering.rule]]\nwhere = \"call_type = 'medium'\"\nto = \"{medium}\""
        )
    };
    let retired = log.run(&rules("gemini-2.0-flash", "claude-3-5-haiku-20241022"));
    check(&retired, "180", "57.28");
    warns(&retired, "is retired");
    let live = log.run(&rules("gemini-3-flash-preview", HAIKU));
    check(&live, "180", "73.6");
    assert_eq!(live.techniques[0].evidence, Evidence::Exact);
    assert_eq!(live.techniques[0].calls_touched, 8_000);
    assumes(&live, "quality: unmeasured");
}

#[test]
fn three_quarters_on_haiku_halve_the_bill() {
    let plan = format!("[model_tiering]\nshare = \"0.75\"\nto = \"{HAIKU}\"");
    let outcome = equal_calls(SONNET, 1_000, &call(1_000, 200), &plan);
    check(&outcome, "6", "3");
    assumes(&outcome, "gone when 66.7 % of the moved calls");
    let plan = format!("[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\nmax_share = \"0.5\"");
    check(&equal_calls(SONNET, 1_000, &call(1_000, 200), &plan), "6", "4");
}

#[test]
fn a_classifier_before_a_million_calls_costs_125_dollars() {
    let mut row = call(0, 0);
    row.calls = 1_000_000;
    let plan = format!(
        "[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\n\
         classifier = {{ model = \"{HAIKU}\", input_tokens = 100, output_tokens = 5 }}"
    );
    check(&equal_calls(SONNET, 1, &row, &plan), "0", "125");
}

#[test]
fn a_warm_prompt_is_dearer_on_a_model_that_does_not_cache_it() {
    let warm = |output| {
        let mut warm = call(100, output);
        warm.tokens[TokenClass::CacheRead] = Tokens::new(2_000);
        warm
    };
    let plan = format!("[model_tiering]\nshare = 1\nto = \"{HAIKU}\"");
    let outcome = equal_calls(SONNET, 1, &warm(20), &plan);
    check(&outcome, "0.0012", "0.0022");
    assumes(&outcome, "forfeited cache: 2,000 tokens");
    check(&equal_calls(SONNET, 1, &warm(120), &plan), "0.0027", "0.0027");
}

#[test]
fn tiering_below_the_minimum_leaves_caching_nothing() {
    let plan = format!("[model_tiering]\nshare = 1\nto = \"{HAIKU}\"\n[prompt_caching]\nhit = 1");
    let outcome = equal_calls(SONNET, 1_000, &call(2_000, 0), &plan);
    check(&outcome, "6", "2");
    assert_eq!(texts(outcome.techniques.iter().map(|one| one.standalone)), ["4", "5.4"]);
    assert_eq!(texts(outcome.techniques.iter().map(|one| one.ladder)), ["4", "0"]);
    assert_eq!(texts(outcome.techniques.iter().map(|one| one.last_in)), ["-1.4", "0"]);
    assert_eq!(outcome.claimed_sum.to_string(), "9.4");
    warns(&outcome, "after the techniques before it");
}

#[test]
fn rates_on_the_whole_bill_compound() {
    let plan = "[semantic_cache]\nrate = \"0.5\"\n[structured_output]\nrate = \"0.5\"\n";
    let outcome = whole_bill(4_500).run(&format!("{plan}[provider_discount]\nrate = \"0.1\""));
    check(&outcome, "4500", "1012.5");
    let numbers =
        |number: fn(&super::TechniqueOutcome) -> Usd| texts(outcome.techniques.iter().map(number));
    assert_eq!(numbers(|one| one.standalone), ["2250", "2250", "450"]);
    assert_eq!(numbers(|one| one.ladder), ["2250", "1125", "112.5"]);
    assert_eq!(numbers(|one| one.remaining), ["2250", "1125", "1012.5"]);
    assert_eq!(numbers(|one| one.last_in), ["1012.5", "1012.5", "112.5"]);
    assert_eq!(numbers(|one| one.fair_share), ["1612.5", "1612.5", "262.5"]);
    // Half the price for a fifth of the calls is a tenth of the bill.
    let plan = format!("{plan}[batch]\nshare = \"0.2\"\n[provider_discount]\nrate = \"0.3\"");
    check(&whole_bill(4_500).run(&plan), "4500", "708.75");
}

#[test]
fn four_rates_leave_421_20_of_3200() {
    let plan = "[semantic_cache]\nrate = \"0.55\"\n[structured_output]\nrate = \"0.40\"\n\
                [batch]\nshare = \"0.7\"\n[provider_discount]\nrate = \"0.25\"";
    let outcome = Log::new().with(32, [SONNET, "chat", ""], &call(0, 20_000_000 / 3)).run(plan);
    // 32 calls of 99.999990 dollars: the rates, not the base, are under test.
    assert_eq!(outcome.baseline.to_string(), "3199.99968");
    let left = outcome.projected.atto() * 10_000 / outcome.baseline.atto();
    assert_eq!(left, 1_316);
    assert_eq!(texts([outcome.projected]), ["421.19995788"]);
}

#[test]
fn a_ladder_of_three_steps_leaves_1800_of_5000() {
    let mut row = call(0, 1_000_000_000 / 3);
    row.calls = 10_000;
    let log = Log::new().with(1, [SONNET, "chat", ""], &row);
    let run = |rates: [&str; 3]| {
        let [one, two, three] = rates;
        let outcome = log.run(&format!(
            "[semantic_cache]\nrate = \"{one}\"\n[structured_output]\nrate = \"{two}\"\n\
             [provider_discount]\nrate = \"{three}\""
        ));
        // To the dollar cent; the base is half a millionth of a cent short of 5,000 dollars.
        outcome
            .techniques
            .iter()
            .map(|one| (one.ladder.atto() + CENT / 2) / CENT)
            .collect::<Vec<_>>()
    };
    assert_eq!(run(["0.4", "0.266666667", "0.181818182"]), [200_000, 80_000, 40_000]);
    assert_eq!(run(["0.4", "0.16", "0.08"]), [200_000, 48_000, 20_160]);
}

const CENT: i128 = 10_000_000_000_000_000;

#[test]
fn rates_on_slices_of_the_bill_leave_more() {
    let plan = "[semantic_cache]\nrate = \"0.5\"\n[context_trimming]\nrate = \"0.5\"\n\
                [concise_output]\nrate = \"0.1\"";
    check(&equal_calls(SONNET, 1_000, &call(3_000, 500), plan), "16.5", "5.625");
}

#[test]
fn a_cap_saves_what_lies_beyond_it_and_loses_it_to_reruns() {
    let log = Log::new().with(9, [SONNET, "summary", ""], &call(1_000, 300)).with(
        1,
        [SONNET, "summary", ""],
        &call(1_000, 1_300),
    );
    let outcome = log.run("[output_cap]\ntokens = 300");
    check(&outcome, "0.09", "0.075");
    assert_eq!(outcome.techniques[0].calls_touched, 1);
    assumes(&outcome, "1 of 10 answers would be cut");
    assumes(&outcome, "gone when 66.7 % of the cut calls");
    // A quarter of the cut call, 0.0225 dollars, is made again.
    assert_eq!(outcome.low.to_string(), "0.080625");
}

#[test]
fn a_cap_takes_the_visible_answer_before_the_reasoning() {
    let mut thinking = call(0, 100);
    thinking.tokens[TokenClass::Reasoning] = Tokens::new(400);
    let outcome = equal_calls(SONNET, 1, &thinking, "[output_cap]\ntokens = 300");
    check(&outcome, "0.0075", "0.0045");
}

#[test]
fn short_answers_are_not_made_shorter() {
    let outcome = equal_calls(SONNET, 10, &call(100, 40), "[concise_output]\nrate = \"0.5\"");
    assert_eq!(outcome.baseline, outcome.projected);
    assumes(&outcome, "left alone");
}

#[test]
fn a_budget_breaks_the_cache_it_cuts_into() {
    let mut turn = call(1_000, 0);
    turn.tokens[TokenClass::CacheRead] = Tokens::new(9_000);
    let log = Log::new().with(1, [SONNET, "chat", ""], &turn).with(
        1,
        [SONNET, "chat", ""],
        &call(2_000, 0),
    );
    let outcome = log.run("[context_trimming]\ntokens = 6000");
    // 2,000 tokens, the shortest prompt, are still read; 4,000 of the 8,000 others remain.
    check(&outcome, "0.0117", "0.0186");
}

#[test]
fn batch_halves_what_it_takes_and_only_that() {
    let log = Log::new().with(10, [SONNET, "report", ""], &call(1_000, 0)).with(
        10,
        [SONNET, "chat", ""],
        &call(1_000, 0),
    );
    let outcome = log.run("[batch]\ncall_types = [\"report\", \"reprot\"]");
    check(&outcome, "0.06", "0.045");
    assert_eq!(outcome.techniques[0].evidence, Evidence::Exact);
    warns(&outcome, "no call has the type `reprot`");
    let keys: Vec<_> = outcome.groups.iter().map(|group| group.key[1].as_str()).collect();
    assert_eq!(keys, ["chat", "report"]);
    assert_eq!(texts(outcome.groups.iter().map(|group| group.after)), ["0.03", "0.015"]);
}

#[test]
fn fifty_of_a_hundred_calls_a_day_are_free() {
    let mut log = Log::new();
    for minute in 0..100 {
        let time = Instant::from_millis(1_780_272_000_000 + minute * 60_000);
        log.push([SONNET, "tag", ""], &Call { time, ..call(1_000, 0) });
    }
    let outcome = log.run("[free_models]\n[provider_discount]\nrate = \"0.1\"");
    check(&outcome, "0.3", "0.135");
    assert_eq!(outcome.techniques[0].evidence_note, "50 of 100 calls fit the quota");
}

#[test]
fn attempts_are_needed_for_retry_hygiene() {
    let outcome = equal_calls(SONNET, 2, &call(1_000, 0), "[retry_hygiene]");
    check(&outcome, "0.006", "0.006");
    assert_eq!(outcome.techniques[0].evidence, Evidence::Refused);
    let mut log = Log::new();
    let first = Call { request: 1, status: Status::Error(400), ..call(1_000, 0) };
    log.push([SONNET, "", ""], &first);
    log.push([SONNET, "", ""], &Call { request: 2, retry_of: 1, ..first });
    let outcome = log.run("[retry_hygiene]");
    check(&outcome, "0.006", "0.003");
    assert_eq!(outcome.techniques[0].evidence, Evidence::Replayed);
}

#[test]
fn calls_without_a_price_stay_out_of_both_sides() {
    let log = Log::new().with(2, [SONNET, "", ""], &call(1_000, 0)).with(
        3,
        ["claude-4-sonnet-20260515", "", ""],
        &call(1_000, 10),
    );
    let outcome = log.run("[provider_discount]\nrate = \"0.5\"");
    check(&outcome, "0.006", "0.003");
    assert_eq!((outcome.calls, outcome.unpriced.calls), (2, 3));
    assert_eq!(outcome.unpriced.tokens, Tokens::new(3_030));
}

#[test]
fn a_model_nobody_knows_is_an_error_with_a_suggestion() {
    let plan = "[model_tiering]\nto = \"claude-haiku-4-55\"";
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    let log = Log::new().with(1, [SONNET, "", ""], &call(1, 1));
    let error = super::simulate(&log.0, &PriceBook::embedded(), &plan).expect_err("refused");
    assert!(error.to_string().contains("did you mean `claude-haiku-4-5"), "{error}");
}
