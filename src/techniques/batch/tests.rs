//! Calls that can wait, found in small logs.

use crate::pricing::PriceBook;
use crate::usage::{Call, Calls, Dimensions, Instant, ServiceTier, Symbol, column};

use super::super::facts::Facts;
use super::super::scope::Selection;
use super::super::technique::Scenario;
use super::deadline::WITHIN;
use super::eligibility::{Eligibility, Verdict};

const COLUMNS: [&str; 5] = ["conversation", "api_key", "user", "tags", "deadline"];

/// A log under construction.
struct Log(Calls);

impl Log {
    fn new() -> Self {
        Self(Calls::new(Dimensions::new(COLUMNS)))
    }

    /// Adds a call of a type at a time, with names of other columns.
    fn with(mut self, call_type: &str, at: &str, names: &[(&str, &str)]) -> Self {
        let time = Instant::parse(at).expect("a time");
        self.push(call_type, &Call { time, ..Call::default() }, names);
        self
    }

    fn push(&mut self, call_type: &str, call: &Call, names: &[(&str, &str)]) {
        let mut symbols = vec![Symbol::EMPTY; self.0.dimensions.len()];
        let all = names.iter().copied().chain([("call_type", call_type), ("model", "gpt-4o")]);
        for (name, value) in all {
            let place = self.0.dimensions.position(name).expect("a column");
            symbols[place] = self.0.dimensions[place].intern(value);
        }
        assert!(!symbols[column::MODEL].is_empty());
        self.0.push(call, &symbols);
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let book = PriceBook::embedded();
        let facts = Facts::new(&self.0, &book);
        Eligibility::judge(&facts, &Selection::default(), WITHIN).verdicts
    }
}

const MORNING: &str = "2026-05-04T09:00:00Z";

#[test]
fn names_say_that_nobody_waits() {
    let log = Log::new()
        .with("nightly_report", MORNING, &[])
        .with("chat", MORNING, &[("api_key", "ci-2")])
        .with("chat", MORNING, &[("api_key", "ci-2"), ("user", "ann")])
        .with("chat", MORNING, &[("tags", "team-a, backfill")])
        .with("chat", MORNING, &[("api_key", "bot")]);
    let expected = [
        Verdict::Named("nightly"),
        Verdict::Named("ci"),
        Verdict::NoSign,
        Verdict::Named("backfill"),
        Verdict::NoSign,
    ];
    assert_eq!(log.verdicts(), expected);
}

#[test]
fn a_deadline_decides_before_names_do() {
    let log = Log::new()
        .with("chat", MORNING, &[("deadline", "24h")])
        .with("nightly", MORNING, &[("deadline", "23h")])
        .with("nightly", MORNING, &[("deadline", "soon")])
        .with("chat", MORNING, &[("deadline", "2026-05-05T09:00:00Z")]);
    let early = Verdict::TooEarly;
    assert_eq!(log.verdicts(), [Verdict::Deadline, early, early, Verdict::Deadline]);
}

#[test]
fn a_call_that_feeds_another_of_its_conversation_never_waits() {
    let one = [("conversation", "a")];
    let log = Log::new()
        .with("nightly", "2026-05-04T09:00:00Z", &one)
        .with("nightly", "2026-05-05T09:00:00Z", &one)
        .with("nightly", "2026-05-07T09:00:00Z", &one)
        .with("nightly", "2026-05-07T09:00:00Z", &[("conversation", "b")]);
    let named = Verdict::Named("nightly");
    // The second call comes exactly when a batch may be answered at last; the third two days later.
    assert_eq!(log.verdicts(), [Verdict::Feeds, named, named, named]);
}

#[test]
fn calls_that_overlap_do_not_feed_each_other() {
    let mut log = Log::new();
    for second in 0..3 {
        let start = Instant::parse(MORNING).expect("a time").millis() + second * 1_000;
        let time = Instant::from_millis(start);
        let call = Call { time, latency_ms: Some(5_000), ..Call::default() };
        log.push("eval", &call, &[("conversation", "run-7")]);
    }
    assert_eq!(log.verdicts(), [Verdict::Named("eval"); 3]);
}

#[test]
fn a_call_in_another_lane_stays_there() {
    let mut log = Log::new();
    log.push("eval", &Call { service_tier: ServiceTier::Flex, ..Call::default() }, &[]);
    assert_eq!(log.verdicts(), [Verdict::OtherLane]);
}

/// Reports of some days, seven a day from 02:00 on, `shift` minutes later each day.
fn reports(days: i64, shift: i64, names: &[(&str, &str)]) -> Log {
    let mut log = Log::new();
    let midnight = Instant::parse("2026-05-04").expect("a time").millis();
    for day in 0..days {
        for number in 0..7 {
            let minute = 120 + day * shift + number * 2;
            let time = Instant::from_millis(midnight + day * 86_400_000 + minute * 60_000);
            log.push("report", &Call { time, ..Call::default() }, names);
        }
    }
    log
}

#[test]
fn a_schedule_shows_by_its_times() {
    let all = |log: Log, wanted| {
        let verdicts = log.verdicts();
        assert!(verdicts.iter().all(|one| *one == wanted), "{verdicts:?}");
    };
    all(reports(5, 0, &[]), Verdict::Scheduled);
    all(reports(5, 7, &[]), Verdict::Scheduled);
    // Two days are no schedule, an hour later each day is none, and a user may be one who waits.
    all(reports(2, 0, &[]), Verdict::NoSign);
    all(reports(5, 60, &[]), Verdict::NoSign);
    all(reports(5, 0, &[("user", "ann")]), Verdict::NoSign);
}

fn stream(count: i64, gap: i64) -> Log {
    let mut log = Log::new();
    let start = Instant::parse(MORNING).expect("a time").millis();
    for number in 0..count {
        let time = Instant::from_millis(start + number * gap);
        log.push("tag", &Call { time, ..Call::default() }, &[]);
    }
    log
}

#[test]
fn a_burst_is_many_calls_at_once_and_soon_over() {
    let all = |log: Log, wanted| assert!(log.verdicts().iter().all(|one| *one == wanted));
    all(stream(20, 500), Verdict::Burst);
    all(stream(19, 500), Verdict::NoSign);
    all(stream(20, 600), Verdict::NoSign);
    // A busy product is no burst: it goes on.
    all(stream(3_000, 300), Verdict::NoSign);
}

#[test]
fn the_ends_take_more_and_more_calls() {
    let verdicts = [
        (Verdict::Deadline, [true, true, true]),
        (Verdict::Named("eval"), [true, true, true]),
        (Verdict::Scheduled, [false, true, true]),
        (Verdict::Burst, [false, false, true]),
        (Verdict::Feeds, [false; 3]),
        (Verdict::NoSign, [false; 3]),
    ];
    let ends = [Scenario::Low, Scenario::Expected, Scenario::High];
    for (verdict, expected) in verdicts {
        assert_eq!(ends.map(|end| verdict.is_batched(end)), expected, "{verdict:?}");
    }
}
