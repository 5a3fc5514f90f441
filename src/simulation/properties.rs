//! What holds for every log and every plan.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::pricing::PriceBook;
use crate::units::{PerClass, TokenClass, Tokens, Usd};
use crate::usage::{Call, Instant, ServiceTier, Status};

use super::samples::{HAIKU, Log, SONNET, call};
use super::{Outcome, Plan, simulate_on};

pub(super) static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

pub(super) const TECHNIQUES: [&str; 12] = [
    "[retry_hygiene]\nmax_attempts = 2\n",
    "[semantic_cache]\nrate = \"0.37\"\n",
    "[context_trimming]\ntokens = 3000\n",
    "[model_tiering]\nshare = \"0.613\"\nto = \"claude-haiku-4-5\"\n",
    "[free_models]\ncall_types = [\"tag\"]\n",
    "[concise_output]\nrate = \"0.17\"\n",
    "[output_cap]\ntokens = 500\n",
    "[structured_output]\nrate = \"0.023\"\nschema_tokens = 11\n",
    "[batch]\nshare = \"0.271\"\n",
    "[prompt_caching]\nhit = \"0.913\"\n",
    "[parallelism]\n",
    "[provider_discount]\nrate = \"0.137\"\n",
];

/// The same by the times of the log, which needs a history for each set of the techniques before it.
const REPLAY: &str = "[prompt_caching]\npolicy = \"replay\"\n";

fn plans() -> impl Strategy<Value = String> {
    // Passes double with each technique: fewer of them where there is a replay.
    let chosen = any::<bool>().prop_flat_map(|is_replay| {
        let likely = if is_replay { 0.3 } else { 0.5 };
        let chosen = proptest::collection::vec(prop::bool::weighted(likely), TECHNIQUES.len());
        (Just(is_replay), chosen)
    });
    chosen.prop_map(|(is_replay, chosen)| {
        let is_replayed = |text: &str| is_replay && text.starts_with("[prompt_caching]");
        let texts = TECHNIQUES.map(|text| if is_replayed(text) { REPLAY } else { text });
        let chosen = chosen.into_iter().zip(texts);
        let wanted = |(chosen, text): &(bool, &str)| *chosen || (is_replay && *text == REPLAY);
        chosen.filter(wanted).map(|(_, text)| text).collect()
    })
}

/// The techniques of a plan, each in a plan of its own.
fn parts(plan: &str) -> Vec<String> {
    plan.split_inclusive("\n[").fold(Vec::new(), |mut parts: Vec<String>, part| {
        let whole = part.strip_suffix('[').unwrap_or(part);
        parts.push(if parts.is_empty() { whole.to_owned() } else { format!("[{whole}") });
        parts
    })
}

fn calls() -> impl Strategy<Value = ([&'static str; 3], Call)> {
    let names = (
        prop::sample::select(vec![SONNET, HAIKU, "gpt-4o", "no-such-model"]),
        prop::sample::select(vec!["chat", "tag", ""]),
        prop::sample::select(vec!["", "one", "two"]),
    );
    let read = prop_oneof![Just(0), 0_u64..20_000];
    let counts = (0_u64..20_000, read, 0_u64..3_000, 0_u64..100, any::<bool>());
    let attempt = (prop::bool::weighted(0.2), 0_u64..4, 0_u16..4, 1_u64..4);
    (names, counts, attempt).prop_map(|((model, call_type, conversation), counts, attempt)| {
        let (input, read, output, minute, is_batch) = counts;
        let (has_failed, request, number, calls) = attempt;
        let mut one = call(input, output);
        one.tokens[TokenClass::CacheRead] = Tokens::new(read);
        (one.request, one.attempt, one.calls) = (request, number, calls);
        if has_failed {
            one.tokens = PerClass::default();
            one.status = Status::Error(429);
        }
        let minute = i64::try_from(minute).expect("small");
        one.time = Instant::from_millis(1_780_272_000_000 + minute * 60_000);
        if is_batch {
            one.service_tier = ServiceTier::Batch;
        }
        ([model, call_type, conversation], one)
    })
}

pub(super) fn logs() -> impl Strategy<Value = Log> {
    proptest::collection::vec(calls(), 1..60).prop_map(|calls| {
        let mut log = Log::new();
        for (names, call) in calls {
            log.push(names, &call);
        }
        log
    })
}

fn run(log: &Log, plan: &str, threads: usize) -> Outcome {
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    let threads = NonZeroUsize::new(threads).expect("at least one");
    simulate_on(&log.0.sorted_by_time(), &BOOK, &plan, threads).expect("runs")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_way_of_telling_sums_to_the_same_saving(log in logs(), plan in plans()) {
        let outcome = run(&log, &plan, 1);
        let saved = outcome.baseline - outcome.projected;
        let sum = |number: fn(&super::TechniqueOutcome) -> Usd| -> Usd {
            outcome.techniques.iter().map(number).sum()
        };
        if outcome.techniques.is_empty() {
            prop_assert!(saved.is_zero());
        } else {
            prop_assert_eq!(sum(|one| one.ladder), saved);
            prop_assert_eq!(sum(|one| one.fair_share), saved);
            prop_assert_eq!(sum(|one| one.standalone), outcome.claimed_sum);
            let last = outcome.techniques.last().expect("not empty");
            prop_assert_eq!(last.remaining, outcome.projected);
        }
        let groups = |number: fn(&super::GroupOutcome) -> Usd| -> Usd {
            outcome.groups.iter().map(number).sum()
        };
        prop_assert_eq!(groups(|group| group.before), outcome.baseline);
        prop_assert_eq!(groups(|group| group.after), outcome.projected);
        prop_assert!(outcome.projected >= Usd::ZERO);
    }

    #[test]
    fn a_range_holds_what_is_expected(log in logs(), plan in plans()) {
        let outcome = run(&log, &plan, 1);
        prop_assert!(outcome.high <= outcome.projected && outcome.projected <= outcome.low);
        for one in &outcome.techniques {
            prop_assert!(one.low <= one.standalone && one.standalone <= one.high, "{:?}", one);
        }
    }

    #[test]
    fn a_technique_alone_saves_what_it_saves_in_a_plan_of_its_own(log in logs(), plan in plans()) {
        let outcome = run(&log, &plan, 1);
        for (technique, part) in outcome.techniques.iter().zip(parts(&plan)) {
            let alone = run(&log, &part, 1);
            prop_assert_eq!(technique.standalone, alone.baseline - alone.projected);
        }
    }

    #[test]
    fn leaving_a_technique_out_loses_what_a_plan_without_it_loses(
        log in logs(),
        plan in plans(),
        threads in 1_usize..4,
    ) {
        let outcome = run(&log, &plan, threads);
        for (place, technique) in outcome.techniques.iter().enumerate() {
            let mut others = parts(&plan);
            others.remove(place);
            let without = run(&log, &others.concat(), 1);
            prop_assert_eq!(technique.last_in, without.projected - outcome.projected);
        }
    }

    #[test]
    fn an_empty_plan_changes_nothing(log in logs()) {
        let outcome = run(&log, "", 1);
        prop_assert_eq!(outcome.baseline, outcome.projected);
        prop_assert!(outcome.techniques.is_empty() && outcome.warnings.is_empty());
    }

    #[test]
    fn a_technique_out_of_scope_changes_nothing(log in logs()) {
        let outcome = run(&log, "[batch]\nwhere = \"input_tokens < 0\"", 1);
        prop_assert_eq!(outcome.baseline, outcome.projected);
        prop_assert_eq!(outcome.techniques[0].calls_touched, 0);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut log = Log::new();
    for number in 0..40_000_u64 {
        let model = if number.is_multiple_of(3) { HAIKU } else { SONNET };
        log.push([model, "chat", ""], &call(4_000 + number % 977, 100 + number % 53));
    }
    let plan = TECHNIQUES[6..].concat();
    let one = run(&log, &plan, 1);
    for threads in [2, 3] {
        assert_eq!(run(&log, &plan, threads), one);
    }
}
