//! What holds for every log: its roll-up gives the same figures, however the log was cut.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::gate::{Against, GateOptions, GatePrices, Judgement, Measure, Unit, lots, measure, run};
use crate::insights::{Analysis, AnalysisOptions, Analyzer, CostMode, Finding};
use crate::pricing::PriceBook;
use crate::render::{RollupShape, write_rollup};
use crate::report::RollupTable;
use crate::simulation::{Outcome, Plan, simulate_on};
use crate::sources::{Input, Progress, ReadOptions, read};
use crate::units::{TokenClass, Tokens, Usd};
use crate::usage::{
    Call, Calls, Days, Dimensions, FinishReason, Instant, ServiceTier, Status, Symbol, column,
};

use super::{Every, RollupBuilder, RollupOptions};

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::embedded);

/// Models with long-context prices, with other prices at some hours, with caches of every kind, and
/// one that nobody sells.
const MODELS: [(&str, &str); 7] = [
    ("anthropic", "claude-sonnet-4-6"),
    ("anthropic", "claude-haiku-4-5"),
    ("google", "gemini-2.5-pro"),
    ("openai", "gpt-4o"),
    ("openai", "gpt-5-mini"),
    ("deepseek", "deepseek-v4-flash"),
    ("acme", "acme-large"),
];

/// 14 August 2026; two days later `DeepSeek` began to price by the hour.
const START: i64 = 1_786_665_600_000;

/// Nine days in milliseconds, within which rules of caches changed too.
const SPAN: i64 = 9 * 24 * 60 * 60 * 1000;

#[derive(Clone, Debug)]
struct Named {
    model: usize,
    call_type: &'static str,
    conversation: &'static str,
    call: Call,
}

fn call() -> impl Strategy<Value = Call> {
    let time = prop_oneof![
        1 => Just(Instant::MISSING),
        19 => (START..START + SPAN).prop_map(Instant::from_millis),
    ];
    let size = || prop_oneof![3 => 0_u64..9_000, 1 => 150_000_u64..320_000];
    let part = |most: u64| prop_oneof![2 => Just(0), 1 => 0..most];
    let tokens = (size(), part(30_000), part(8_000), part(400), part(3_000), part(500));
    let kind = (0_usize..3, 0_usize..4, 0_usize..3);
    let rest = (part(4), part(3), proptest::option::of(0_i64..900_000), 0_u32..60_000);
    (time, tokens, kind, rest).prop_map(|(time, tokens, kind, rest)| {
        let (input, read, written, audio, output, reasoning) = tokens;
        let (searches, files, logged, latency) = rest;
        let few = |count: u64| u32::try_from(count).expect("small");
        let mut call = Call {
            time,
            searches: few(searches),
            file_searches: few(files),
            service_tier: [ServiceTier::Standard, ServiceTier::Batch, ServiceTier::Flex][kind.0],
            status: [Status::Unknown, Status::Ok, Status::Error(0), Status::Error(529)][kind.1],
            finish_reason: [FinishReason::Unknown, FinishReason::Stop, FinishReason::Length]
                [kind.2],
            logged_cost: logged.map(|micro| Usd::from_atto(i128::from(micro) * 10_i128.pow(12))),
            latency_ms: Some(latency),
            ..Call::default()
        };
        let classes = [
            (TokenClass::Input, input),
            (TokenClass::CacheRead, read),
            (TokenClass::CacheWrite5m, written),
            (TokenClass::AudioInput, audio),
            (TokenClass::Output, output),
            (TokenClass::Reasoning, reasoning),
        ];
        for (class, count) in classes {
            call.tokens[class] = Tokens::new(count);
        }
        call
    })
}

fn logs() -> impl Strategy<Value = Vec<Named>> {
    let names = (
        0..MODELS.len(),
        prop::sample::select(vec!["chat", "tag", ""]),
        prop::sample::select(vec!["", "", "one", "two", "three"]),
    );
    let one = (names, call()).prop_map(|((model, call_type, conversation), call)| Named {
        model,
        call_type,
        conversation,
        call,
    });
    // As a log is written: in the order of time.
    proptest::collection::vec(one, 1..70).prop_map(|mut log| {
        log.sort_by_key(|one| one.call.time);
        log
    })
}

/// Few models and text only, so that turns grow out of turns and prompts share their starts.
fn talks() -> impl Strategy<Value = Vec<Named>> {
    let turn = (0_usize..5, 0_usize..4, 0_i64..9_000_000, 900_u64..6_000, 0_u64..900);
    proptest::collection::vec(turn, 2..70).prop_map(|turns| {
        let (mut time, mut history) = (START, [1_000_u64; 4]);
        let mut log = Vec::new();
        for (model, talk, gap, input, output) in turns {
            time += gap;
            let mut call = Call { time: Instant::from_millis(time), ..Call::default() };
            let grows = input % 3 > 0;
            let prompt = if grows { history[talk] + input % 700 } else { input };
            call.tokens[TokenClass::Input] = Tokens::new(prompt);
            call.tokens[TokenClass::Output] = Tokens::new(output);
            call.latency_ms = Some(1_500);
            history[talk] = prompt + output;
            let conversation = ["one", "two", "three", ""][talk];
            let model = [0, 0, 1, 3, 4][model];
            log.push(Named { model, call_type: ["chat", "tag"][talk % 2], conversation, call });
        }
        log
    })
}

fn table(log: &[Named]) -> Calls {
    let mut calls = Calls::new(Dimensions::new(["conversation"]));
    for named in log {
        let (provider, model) = MODELS[named.model];
        let names = [
            (column::PROVIDER, provider),
            (column::MODEL, model),
            (column::CALL_TYPE, named.call_type),
            (column::FIXED.len(), named.conversation),
        ];
        let mut symbols = vec![Symbol::EMPTY; calls.dimensions.len()];
        for (place, name) in names {
            symbols[place] = calls.dimensions[place].intern(name);
        }
        calls.push(&named.call, &symbols);
    }
    calls
}

/// The log as the text of a roll-up.
fn rolled_text(log: &[Named], every: Every, has_lots: bool, shape: RollupShape) -> Vec<u8> {
    let options = RollupOptions { every, days: Days::UTC, by: Vec::new() };
    let mut builder = RollupBuilder::new(&BOOK, options);
    let calls = table(log);
    if has_lots {
        let calls = calls.sorted_by_time();
        let lots = lots(&calls, &BOOK);
        builder.add_with(&calls, |row| Some((lots[row].lot, lots[row].requests)));
    } else {
        builder.add(&calls);
    }
    let mut text = Vec::new();
    let rolled = builder.finish(&[]);
    write_rollup(&RollupTable::new(rolled), shape, &mut text).expect("memory takes it");
    text
}

struct Quiet;

impl Progress for Quiet {
    fn advance(&self, _: u64) {}
}

/// Reads roll-ups as a run of the program does.
fn read_back(text: Vec<u8>) -> Calls {
    const COLUMNS: [&str; 10] = [
        "turn",
        "feeds",
        "prompt_sizes",
        "repeated_min",
        "repeated_tokens",
        "repeated_64_tokens",
        "repeated_128_tokens",
        "repeated_256_tokens",
        "answers",
        "short_answers",
    ];
    let dimensions = Dimensions::new(COLUMNS);
    let options = ReadOptions { dimensions: dimensions.clone(), ..ReadOptions::default() };
    let mut calls = Calls::new(dimensions);
    let inputs = [Input::Embedded("a roll-up", text.leak())];
    let reading = read(&inputs, &options, &Quiet, &mut |batch| calls.append(batch));
    assert_eq!(reading.total().skipped, 0, "{:#?}", reading.ledger);
    for row in 0..calls.len() {
        let name = |place| calls.name(place, row);
        if let Ok(model) = BOOK.find(name(column::PROVIDER), name(column::MODEL)) {
            let (call, said) = (calls.call(row), calls.rolled(row));
            let last = calls.last_time(row);
            let alike = BOOK.bills_alike(model, name(column::GEO), &call, last, said);
            assert_eq!(alike, Ok(()));
        }
    }
    calls
}

fn rolled(log: &[Named], every: Every) -> Calls {
    read_back(rolled_text(log, every, false, RollupShape::Jsonl))
}

/// What is told of a log, but for what only single calls tell.
fn analysis(calls: &Calls, cost_mode: CostMode) -> Analysis {
    let options = AnalysisOptions { cost_mode, pictures: true, ..AnalysisOptions::default() };
    let mut analyzer = Analyzer::new(&BOOK, options);
    analyzer.add(calls);
    let mut found = analyzer.finish();
    found.costliest.clear();
    found.concentration.dearest_fifth = None;
    found.oddities.clear();
    found.findings.retain(|one| !matches!(one, Finding::DearestFifth { .. }));
    found
}

fn outcome(calls: &Calls, plan: &str) -> Outcome {
    let plan = Plan::parse("plan.toml", plan).expect("a plan");
    let found = simulate_on(&calls.sorted_by_time(), &BOOK, &plan, NonZeroUsize::MIN);
    found.expect("runs")
}

/// A millionth of a cent: shares of calls are billionths.
const NOTHING: i128 = 10_i128.pow(10);

fn check_amounts(log: &Outcome, sums: &Outcome, what: &str) {
    let amounts = |of: &Outcome| {
        let own = [of.baseline, of.projected, of.low, of.high];
        let each = of.techniques.iter().flat_map(|one| [one.standalone, one.low, one.high]);
        own.into_iter().chain(each).map(Usd::atto).collect::<Vec<_>>()
    };
    for (log, sums) in amounts(log).into_iter().zip(amounts(sums)) {
        assert!((log - sums).abs() <= NOTHING, "{what}: {log} {sums}");
    }
    assert_eq!((log.calls, log.unpriced.calls), (sums.calls, sums.unpriced.calls), "{what}");
}

/// The forms of techniques at an assumed rate that a roll-up tells of every log.
const LINEAR: [&str; 6] = [
    "[semantic_cache]\nrate = \"0.37\"\n",
    "[concise_output]\nrate = \"0.17\"\nfeedback = false\n",
    "[concise_output]\nrate = \"0.4\"\nfeedback = false\nprompt_tokens = 40\n",
    "[batch]\nshare = \"0.271\"\n",
    "[provider_discount]\nrate = \"0.137\"\n",
    "[structured_output]\nrate = \"0.023\"\nschema_tokens = 12\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_roll_up_is_analysed_like_its_log(log in logs(), by_hour in any::<bool>()) {
        let every = if by_hour { Every::Hour } else { Every::Day };
        let (calls, sums) = (table(&log), rolled(&log, every));
        for mode in [CostMode::Auto, CostMode::Calculate, CostMode::Logged] {
            prop_assert_eq!(analysis(&calls, mode), analysis(&sums, mode));
        }
    }

    #[test]
    fn roll_ups_of_parts_are_that_of_the_whole(log in logs(), parts in 1_usize..5) {
        let whole = rolled(&log, Every::Day);
        let texts = (0..parts).flat_map(|part| {
            let part: Vec<Named> = log.iter().skip(part).step_by(parts).cloned().collect();
            rolled_text(&part, Every::Day, false, RollupShape::Jsonl)
        });
        let sum = read_back(texts.collect());
        prop_assert_eq!(analysis(&whole, CostMode::Auto), analysis(&sum, CostMode::Auto));
    }

    #[test]
    fn every_form_of_a_roll_up_says_the_same(log in logs()) {
        let text = |shape| rolled_text(&log, Every::Day, false, shape);
        let lines = analysis(&read_back(text(RollupShape::Jsonl)), CostMode::Auto);
        for shape in [RollupShape::Csv, RollupShape::Parquet] {
            prop_assert_eq!(&lines, &analysis(&read_back(text(shape)), CostMode::Auto));
        }
    }

    #[test]
    fn assumed_rates_save_as_much_of_a_roll_up(log in logs()) {
        let (calls, sums) = (table(&log), rolled(&log, Every::Day));
        for plan in LINEAR {
            check_amounts(&outcome(&calls, plan), &outcome(&sums, plan), plan);
        }
        let all = LINEAR[0].to_owned() + LINEAR[1] + LINEAR[3] + LINEAR[4];
        check_amounts(&outcome(&calls, &all), &outcome(&sums, &all), &all);
    }

    #[test]
    fn shared_starts_are_those_of_the_log(log in talks()) {
        let (calls, sums) = (table(&log), rolled(&log, Every::Day));
        for plan in [
            "[prompt_caching]\nhit = \"0.9\"\n",
            "[prompt_caching]\nhit = \"0.55\"\nttl = \"1h\"\n[batch]\nshare = \"0.5\"\n",
            "[model_tiering]\nshare = \"0.6\"\nto = \"claude-haiku-4-5\"\n\
             where = \"model = 'claude-sonnet-4-6'\"\n",
        ] {
            let [log, sums] = [&calls, &sums].map(|calls| outcome(calls, plan));
            check_amounts(&log, &sums, plan);
        }
    }

    #[test]
    fn tokens_of_another_model_are_those_of_the_log(log in talks(), by_hour in any::<bool>()) {
        let every = if by_hour { Every::Hour } else { Every::Day };
        let (calls, sums) = (table(&log), rolled(&log, every));
        for plan in [
            "[model_tiering]\nshare = \"0.37\"\nto = \"gpt-4o-mini\"\nverbosity = \"0.83\"\n",
            "[model_tiering]\nshare = \"1\"\nto = \"claude-opus-4-8\"\n\
             [concise_output]\nrate = \"0.3\"\nfeedback = false\n[provider_discount]\nrate = \"0.1\"\n",
        ] {
            let [log, sums] = [&calls, &sums].map(|calls| outcome(calls, plan));
            if !sums.warnings.iter().any(|warning| warning.contains("in rows of the roll-up")) {
                check_amounts(&log, &sums, plan);
            }
        }
    }

    #[test]
    fn a_check_of_roll_ups_decides_as_one_of_their_logs(before in talks(), after in talks()) {
        let prices = GatePrices::new(&BOOK, Some(Instant::from_millis(START)));
        let how = Measure {
            unit: Unit::Call,
            group_by: vec!["call_type".to_owned()],
            days: Days::UTC,
        };
        let judged = |before: &Calls, after: &Calls| -> Vec<Judgement> {
            let [before, after] =
                [before, after].map(|calls| measure(&calls.sorted_by_time(), &prices, &how));
            let against = Against::Log(Box::new(before));
            let found = run(after, against, &prices, &GateOptions::default());
            let mut judgements = found.comparison.expect("two logs").judgements;
            // Single calls are not in a roll-up.
            judgements.retain(|one| !format!("{:?}", one.what).contains("Percentile"));
            judgements
        };
        let with_lots =
            |log: &[Named]| read_back(rolled_text(log, Every::Day, true, RollupShape::Jsonl));
        prop_assert_eq!(
            judged(&table(&before), &table(&after)),
            judged(&with_lots(&before), &with_lots(&after))
        );
    }
}

/// Prompts of one model and call type, a minute apart.
fn prompts(sizes: impl IntoIterator<Item = (u64, &'static str)>) -> Vec<Named> {
    let one = |(place, (prompt, conversation)): (i64, (u64, &'static str))| {
        let time = Instant::from_millis(START + place * 60_000);
        let mut call = Call { time, ..Call::default() };
        call.tokens[TokenClass::Input] = Tokens::new(prompt);
        call.tokens[TokenClass::Output] = Tokens::new(30);
        Named { model: 0, call_type: "chat", conversation, call }
    };
    (0..).zip(sizes).map(one).collect()
}

#[test]
fn a_turn_that_repeats_less_than_the_shared_start_is_cached_as_in_the_log() {
    let alone = (0..1_400).map(|place| (2_400 + place % 700, ""));
    let log = prompts(alone.chain([(1_200, "one"), (2_900, "one"), (3_300, "one")]));
    let plan = "[prompt_caching]\nhit = \"0.95\"\n";
    let [log, sums] = [&table(&log), &rolled(&log, Every::Day)].map(|calls| outcome(calls, plan));
    assert_eq!((log.projected, log.warnings), (sums.projected, sums.warnings));
}
