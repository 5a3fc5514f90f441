//! The same three simulations for every renderer: a typical one, an empty one, and a damaged one.

use crate::insights::{CallsAndCost, Oddity};
use crate::report::{
    Evidence, InputAccounting, SavingsGroup, SavingsReport, SavingsTotals, TechniqueLine, Unpriced,
    UsdRange, summarize,
};
use crate::units::Tokens;

use super::exhibit_samples::exhibits;
use super::samples::{
    damaged_input, damaged_ledger, empty_analysis, prices, typical_input, unpriced_models, usd,
    window,
};

struct Rung<'a> {
    name: &'a str,
    label: &'a str,
    evidence: Evidence,
    note: &'a str,
    amounts: [&'a str; 4],
    last_in: &'a str,
    range: [&'a str; 2],
}

fn technique(rung: &Rung<'_>) -> TechniqueLine {
    let [standalone, ladder, remaining, fair_share] = rung.amounts.map(usd);
    TechniqueLine {
        name: rung.name.to_owned(),
        label: rung.label.to_owned(),
        evidence: rung.evidence,
        evidence_note: rung.note.to_owned(),
        standalone,
        ladder,
        remaining,
        last_in: usd(rung.last_in),
        fair_share,
        saved_range: UsdRange { low: usd(rung.range[0]), high: usd(rung.range[1]) },
        calls_touched: 402_118,
        assumptions: vec![],
    }
}

fn rungs() -> Vec<TechniqueLine> {
    let mut tiering = technique(&Rung {
        name: "model_tiering",
        label: "tiering",
        evidence: Evidence::Exact,
        note: "exact prices · quality unmeasured",
        amounts: ["18940.11", "18940.11", "29269.96", "16022.40"],
        last_in: "12000",
        range: ["18940.11", "18940.11"],
    });
    tiering.assumptions = vec!["answers of both models are equally long".to_owned()];
    let batch = technique(&Rung {
        name: "batch",
        label: "batch",
        evidence: Evidence::Exact,
        note: "",
        amounts: ["4102.50", "2870.75", "26399.21", "3377.02"],
        last_in: "1800",
        range: ["4102.50", "4102.50"],
    });
    let mut caching = technique(&Rung {
        name: "prompt_caching",
        label: "prompt caching",
        evidence: Evidence::Assumed,
        note: "assumed 95 % hits (your log supports 91 %)",
        amounts: ["14377.90", "6120.33", "20278.88", "8531.77"],
        last_in: "6120.33",
        range: ["13000", "14900"],
    });
    caching.assumptions =
        vec!["every call finds its prefix within five minutes of the last one".to_owned()];
    let trimming = technique(&Rung {
        name: "context_trimming",
        label: "context trimming",
        evidence: Evidence::Refused,
        note: "the log names no conversations",
        amounts: ["0", "0", "20278.88", "0"],
        last_in: "0",
        range: ["0", "0"],
    });
    vec![tiering, batch, caching, trimming]
}

fn savings_group(key: [&str; 2], calls: u64, before: &str, after: &str) -> SavingsGroup {
    SavingsGroup {
        key: key.map(str::to_owned).to_vec(),
        calls,
        before: usd(before),
        after: usd(after),
    }
}

fn no_savings() -> SavingsReport {
    SavingsReport {
        input: InputAccounting::default(),
        diagnostics: Vec::new(),
        prices: prices(),
        window: None,
        calls: 0,
        unpriced: Unpriced::default(),
        logged: CallsAndCost::default(),
        analysed: None,
        unpriced_models: Vec::new(),
        totals: SavingsTotals::default(),
        techniques: Vec::new(),
        best_sets: Vec::new(),
        group_by: vec!["model".to_owned(), "call_type".to_owned()],
        groups: Vec::new(),
        left_out: None,
        warnings: Vec::new(),
        oddities: Vec::new(),
        exhibits: exhibits(),
        what_if: None,
    }
}

/// Three techniques that save and one that cannot be told.
pub(super) fn typical_savings() -> SavingsReport {
    let mut report = SavingsReport {
        input: typical_input(),
        window: window("2026-10-01T00:04:11Z", "2026-10-31T23:51:02Z"),
        calls: 1_204_331,
        totals: SavingsTotals {
            baseline: usd("48210.07"),
            projected: usd("20278.88"),
            saved_range: UsdRange { low: usd("26123.4"), high: usd("28811") },
            claimed_sum: usd("37420.51"),
        },
        techniques: rungs(),
        groups: vec![
            savings_group(["claude-sonnet-4-6", "chat"], 402_118, "21904.22", "9870.14"),
            savings_group(["claude-haiku-4-5", "classification"], 700_213, "305.85", "310.20"),
            savings_group(["claude-opus-4-6", "agent"], 102_000, "26000", "10098.54"),
        ],
        ..no_savings()
    };
    report.limit_groups(2);
    report
}

/// Nothing to simulate.
pub(super) fn empty_savings() -> SavingsReport {
    let empty = empty_analysis();
    SavingsReport { input: empty.input, diagnostics: empty.diagnostics, ..no_savings() }
}

/// A technique that makes a tiny bill dearer, on calls of which most have no price.
pub(super) fn damaged_savings() -> SavingsReport {
    let mut caching = technique(&Rung {
        name: "prompt_caching",
        label: "prompt caching",
        evidence: Evidence::Replayed,
        note: "from the log's own cache counters",
        amounts: ["-0.0004", "-0.0004", "0.0043", "-0.0004"],
        last_in: "-0.0004",
        range: ["-0.0004", "-0.0004"],
    });
    caching.calls_touched = 2;
    let mut report = SavingsReport {
        input: damaged_input(),
        window: window("2026-11-01T09:00:00Z", "2026-11-01T09:05:00Z"),
        calls: 6,
        unpriced: Unpriced { calls: 3, tokens: Tokens::new(3_120) },
        unpriced_models: unpriced_models(),
        totals: SavingsTotals {
            baseline: usd("0.0039"),
            projected: usd("0.0043"),
            saved_range: UsdRange { low: usd("-0.0004"), high: usd("-0.0004") },
            claimed_sum: usd("-0.0004"),
        },
        techniques: vec![caching],
        groups: vec![savings_group(["gpt-4o", "a|b"], 2, "0.0039", "0.0043")],
        exhibits: Vec::new(),
        warnings: vec!["half of the calls have no price: the bill is larger than this".to_owned()],
        oddities: vec![Oddity::BeforeBilling { calls: 3, first_day: 2 }],
        ..no_savings()
    };
    report.diagnostics = summarize(&damaged_ledger(), &report.input);
    report
}
