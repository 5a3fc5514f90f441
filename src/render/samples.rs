//! The same three analyses for every renderer: a typical one, an empty one, and a damaged one.

use super::exhibit_samples::exhibits;
use crate::diagnostics::{Code, Ledger, Place};
use crate::insights::{
    Analysis, Band, CacheHealth, CallsAndCost, ClassCost, Concentration, CostMode, CostlyCall,
    DayTotal, Finding, Group, LoggedCosts, Oddity, PriceRemarks, RunRate, Tally, TierTotal,
    UnpricedModel, Window,
};
use crate::report::{AnalysisReport, Currency, FileAccounting, InputAccounting, PriceSource};
use crate::sources::Lines;
use crate::units::{Excess, Share, TokenClass, Tokens, Usd};
use crate::usage::{Days, Instant, ServiceTier};

pub(super) fn usd(text: &str) -> Usd {
    Usd::parse(text, Excess::Reject).expect("an amount")
}

fn share(part: i128, whole: i128) -> Option<Share> {
    Share::of(part, whole)
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("a time")
}

fn total(calls: u64, cost: &str) -> CallsAndCost {
    CallsAndCost { calls, unpriced_calls: 0, cost: usd(cost) }
}

fn tally(calls: u64, tokens: [u64; 4], cost: &str) -> Tally {
    let classes =
        [TokenClass::Input, TokenClass::CacheRead, TokenClass::CacheWrite5m, TokenClass::Output];
    let (cost, list_cost) = (usd(cost), usd(cost));
    let mut tally = Tally { calls, cost, list_cost, ..Tally::default() };
    for (class, count) in classes.into_iter().zip(tokens) {
        tally.tokens[class] = Tokens::new(count);
    }
    tally
}

fn group(key: [&str; 2], tally: &Tally, part: i128) -> Group {
    Group { key: key.map(str::to_owned).to_vec(), tally: *tally, share: share(part, 1_000) }
}

fn class(class: TokenClass, tokens: u64, cost: &str, part: i128) -> ClassCost {
    ClassCost { class, tokens: Tokens::new(tokens), cost: usd(cost), share: share(part, 1_000) }
}

fn band(above: u64, up_to: Option<u64>, of_calls: i128, of_cost: i128) -> Band {
    Band {
        above: Some(above),
        up_to,
        total: CallsAndCost {
            calls: u64::try_from(of_calls * 20).expect("a count"),
            unpriced_calls: 0,
            cost: Usd::from_atto(of_cost * 48_200_000_000_000_000),
        },
        call_share: share(of_calls, 1_000),
        cost_share: share(of_cost, 1_000),
        relative_cost: share(of_cost, of_calls),
    }
}

fn tier(tier: ServiceTier, total: CallsAndCost, part: i128) -> TierTotal {
    TierTotal { tier, total, share: share(part, 1_000) }
}

fn nothing() -> Analysis {
    Analysis {
        group_by: vec!["model".to_owned(), "call_type".to_owned()],
        cost_mode: CostMode::Auto,
        window: None,
        undated_calls: 0,
        totals: Tally::default(),
        groups: Vec::new(),
        folding: None,
        classes: Vec::new(),
        cache: CacheHealth::default(),
        tiers: Vec::new(),
        bands: Vec::new(),
        costliest: Vec::new(),
        concentration: Concentration::default(),
        failed: CallsAndCost::default(),
        cut_off: CallsAndCost::default(),
        days: Vec::new(),
        run_rate: None,
        unpriced: Vec::new(),
        remarks: PriceRemarks::default(),
        swaps: Vec::new(),
        seller: None,
        other_sellers: 0,
        has_contract: false,
        calls_before_first_price: 0,
        logged: LoggedCosts::default(),
        findings: Vec::new(),
        oddities: Vec::new(),
        exhibits: Vec::new(),
        spread: None,
    }
}

pub(super) fn prices() -> PriceSource {
    PriceSource {
        as_of: "log".to_owned(),
        book_sha256: "3fa9c1d27be4".repeat(5) + "0011",
        checked_on: ("2026-11-03".to_owned(), "2026-11-20".to_owned()),
        contracts: Vec::new(),
        currency: Currency::DOLLARS,
    }
}

fn file(name: &str, lines: Lines) -> FileAccounting {
    FileAccounting { name: name.to_owned(), format: "llmcost".to_owned(), lines }
}

pub(super) fn window(from: &str, to: &str) -> Option<Window> {
    Window::of(at(from), at(to), Days::UTC)
}

pub(super) fn typical_input() -> InputAccounting {
    let counts =
        Lines { lines: 20_012, records: 20_000, duplicates: 5, blank: 7, ..<_>::default() };
    InputAccounting { files: vec![file("usage.jsonl", counts)], ..InputAccounting::default() }
}

fn costly(line: u64, model: &str, tokens: [u64; 2], cost: &str) -> CostlyCall {
    let mut call = CostlyCall {
        place: Place { file: 0, line },
        time: at("2026-10-14T09:30:00Z"),
        model: model.to_owned(),
        call_type: "agent".to_owned(),
        tokens: <_>::default(),
        cost: usd(cost),
    };
    call.tokens[TokenClass::Input] = Tokens::new(tokens[0]);
    call.tokens[TokenClass::Output] = Tokens::new(tokens[1]);
    call
}

fn typical_groups() -> Vec<Group> {
    vec![
        group(
            ["claude-opus-4-6", "agent"],
            &tally(1_600, [9_000_000, 41_000_000, 3_000_000, 2_100_000], "24310.125"),
            504,
        ),
        group(
            ["claude-sonnet-4-6", "chat"],
            &tally(7_000, [31_000_000, 0, 0, 4_000_000], "15300"),
            317,
        ),
        group(
            ["gpt-5.4-mini-2026-03-17", "nightly_report"],
            &tally(8_000, [60_000_000, 2_000_000, 0, 9_000_000], "8599.941"),
            178,
        ),
        group(["claude-haiku-4-5", ""], &tally(3_400, [900_000, 0, 0, 40_000], "0.0034"), 0),
    ]
}

fn typical_findings() -> Vec<Finding> {
    vec![
        Finding::OutputLeads {
            cost_share: share(645, 1_000).expect("a share"),
            token_share: share(93, 1_000).expect("a share"),
        },
        Finding::CacheSaves { saving: usd("9130.5") },
        Finding::LongPrompts {
            above: 64_000,
            call_share: share(8, 100).expect("a share"),
            cost_share: share(42, 100).expect("a share"),
        },
        Finding::FailuresBilled { total: total(112, "31.2") },
    ]
}

fn typical_days() -> Vec<DayTotal> {
    let days = (0..31).map(|day| DayTotal {
        day: Days::parse_day("2026-10-01").expect("a day") + day,
        total: CallsAndCost {
            calls: 645,
            unpriced_calls: 0,
            cost: Usd::from_atto(i128::from(day % 7 + 1) * 400_000_000_000_000_000_000),
        },
    });
    days.collect()
}

/// A month of a healthy log.
pub(super) fn typical_analysis() -> AnalysisReport {
    let groups = typical_groups();
    let mut totals = Tally::default();
    for group in &groups {
        totals.merge(&group.tally);
    }
    let analysis = Analysis {
        window: window("2026-10-01T00:04:11Z", "2026-10-31T23:51:02Z"),
        totals,
        groups,
        classes: vec![
            class(TokenClass::Input, 100_900_000, "14021.5", 291),
            class(TokenClass::CacheRead, 43_000_000, "1210.03", 25),
            class(TokenClass::CacheWrite5m, 3_000_000, "1875", 39),
            class(TokenClass::Output, 15_140_000, "31103.5394", 645),
        ],
        cache: CacheHealth {
            input: Tokens::new(146_900_000),
            read: Tokens::new(43_000_000),
            written: Tokens::new(3_000_000),
            net_saving: Some(usd("9130.5")),
        },
        tiers: vec![
            tier(ServiceTier::Standard, total(12_000, "39610.1284"), 822),
            tier(ServiceTier::Batch, total(8_000, "8599.941"), 178),
        ],
        bands: vec![
            band(0, Some(1_000), 170, 100),
            band(1_000, Some(4_000), 400, 180),
            band(4_000, Some(16_000), 350, 300),
            band(16_000, Some(64_000), 0, 0),
            band(64_000, Some(200_000), 75, 380),
            band(200_000, None, 5, 40),
        ],
        costliest: vec![
            costly(10_412, "claude-opus-4-6", [412_000, 31_000], "4.905"),
            costly(7, "claude-opus-4-6", [390_100, 8_020], "3.15"),
        ],
        concentration: Concentration {
            group_gini: share(4_224, 10_000),
            dearest_fifth: share(51, 100),
        },
        failed: total(112, "31.2"),
        cut_off: total(40, "12.75"),
        days: typical_days(),
        run_rate: Some(RunRate {
            month: "2026-10".to_owned(),
            complete: true,
            month_days: 31,
            full_days: 31,
            daily: usd("1555.163529032258064516"),
            projected: usd("48210.0694"),
            naive_range: None,
        }),
        logged: LoggedCosts {
            stated: total(12_000, "30000"),
            compared: total(12_000, "30000"),
            compared_calculated: usd("30412.5"),
            equal_calls: 11_204,
            used: CallsAndCost::default(),
        },
        findings: typical_findings(),
        exhibits: exhibits(),
        ..nothing()
    };
    AnalysisReport::new(analysis, typical_input(), &Ledger::default(), prices(), 3)
}

/// A log without a call.
pub(super) fn empty_analysis() -> AnalysisReport {
    let mut ledger = Ledger::default();
    ledger.push(Code::EmptyFile, Place::default(), || "no record in 2 lines".to_owned());
    let counts = Lines { lines: 2, blank: 2, ..<_>::default() };
    let input =
        InputAccounting { files: vec![file("usage.jsonl", counts)], ..InputAccounting::default() };
    AnalysisReport::new(nothing(), input, &ledger, prices(), 20)
}

pub(super) fn damaged_input() -> InputAccounting {
    let first = Lines { lines: 9, records: 5, skipped: 3, blank: 1, ..<_>::default() };
    let second = Lines { lines: 4, records: 2, continuation: 1, duplicates: 1, ..<_>::default() };
    InputAccounting {
        files: vec![file("logs/a\u{1b}[2J.jsonl", first), file("logs/b.csv", second)],
        filtered_out: 1,
        ..InputAccounting::default()
    }
}

pub(super) fn damaged_ledger() -> Ledger {
    let mut ledger = Ledger::default();
    for line in [3, 4, 9] {
        ledger.push(Code::InvalidJson, Place { file: 0, line }, || {
            format!("expected `,` or `}}` at column {}", line * 7)
        });
    }
    ledger.push(Code::MissingTime, Place { file: 1, line: 2 }, || "no time".to_owned());
    ledger
}

/// A small, broken log with models that nobody knows, and names that mean harm.
pub(super) fn damaged_analysis() -> AnalysisReport {
    let mut unknown = tally(3, [3_000, 0, 0, 120], "0");
    (unknown.unpriced_calls, unknown.unpriced_tokens) = (3, unknown.tokens);
    let mut free = tally(1, [10, 0, 0, 5], "0");
    free.logged = total(1, "0");
    let groups = vec![
        group(["gpt-4o", "a|b"], &tally(2, [1_200, 0, 0, 90], "0.0039"), 1_000),
        group(["gtp-4o\u{1b}[31m", "<script>"], &unknown, 0),
        group(["free-model", "=SUM(A1)"], &free, 0),
    ];
    let mut totals = Tally::default();
    for group in &groups {
        totals.merge(&group.tally);
    }
    let analysis = Analysis {
        window: window("2026-11-01T09:00:00Z", "2026-11-01T09:05:00Z"),
        undated_calls: 1,
        calls_before_first_price: 1,
        totals,
        groups,
        classes: vec![
            class(TokenClass::Input, 1_200, "0.003", 769),
            class(TokenClass::Output, 90, "0.0009", 231),
        ],
        bands: vec![Band {
            above: Some(0),
            up_to: Some(1_000),
            total: total(3, "0.0039"),
            call_share: share(1, 1),
            cost_share: share(1, 1),
            relative_cost: share(1, 1),
        }],
        unpriced: unpriced_models(),
        logged: LoggedCosts { stated: total(1, "0"), used: total(1, "0"), ..<_>::default() },
        findings: vec![Finding::CacheLoses { loss: usd("0.0000004") }],
        oddities: oddities(),
        ..nothing()
    };
    AnalysisReport::new(analysis, damaged_input(), &damaged_ledger(), prices(), 0)
}

/// Everything that can make a log look wrong.
fn oddities() -> Vec<Oddity> {
    let model = || "claude-sonnet-4-6".to_owned();
    vec![
        Oddity::NoPrompts { model: model(), calls: 1_950, of: 2_000 },
        Oddity::NoAnswers { model: model(), calls: 1_950, of: 2_000 },
        Oddity::SameCounts {
            model: model(),
            calls: 2_000,
            prompt: Tokens::new(100),
            answer: Tokens::new(50),
        },
        Oddity::BeyondWindow {
            model: model(),
            calls: 1,
            largest: Tokens::new(1_200_000),
            window: Tokens::new(1_000_000),
        },
        Oddity::CostUnit {
            times: 100,
            compared: total(30, "12.5"),
            calculated: usd("0.125"),
            used: total(2, "4"),
        },
        Oddity::CostUnit {
            times: 1_000_000,
            compared: total(30, "125000"),
            calculated: usd("0.125"),
            used: CallsAndCost::default(),
        },
        Oddity::OneCall { share: Share::of(2, 3).expect("a share"), cost: usd("0.0026") },
        Oddity::BeforeBilling { calls: 3, first_day: 0 },
        Oddity::FarApart { first_day: 0, last_day: 20_000 },
    ]
}

pub(super) fn unpriced_models() -> Vec<UnpricedModel> {
    let unknown = UnpricedModel {
        provider: "openai".to_owned(),
        model: "gtp-4o\u{1b}[31m".to_owned(),
        reason: "unknown-model",
        explanation: "no price table has this model".to_owned(),
        calls: 2,
        tokens: Tokens::new(2_080),
        at_logged_cost: CallsAndCost::default(),
        did_you_mean: Some("gpt-4o".to_owned()),
    };
    let nameless = UnpricedModel {
        provider: String::new(),
        model: String::new(),
        reason: "missing-model",
        explanation: "the log names no model".to_owned(),
        calls: 1,
        tokens: Tokens::new(1_040),
        did_you_mean: None,
        ..unknown.clone()
    };
    let free = UnpricedModel {
        provider: String::new(),
        model: "free-model".to_owned(),
        calls: 0,
        tokens: Tokens::ZERO,
        at_logged_cost: total(1, "0"),
        did_you_mean: None,
        ..unknown.clone()
    };
    vec![unknown, nameless, free]
}
