//! What once went wrong, each under its name.

use super::samples::{Log, SONNET, call, how};
use super::*;
use crate::pricing::PriceBook;
use crate::units::{Factor, Usd};
use crate::usage::Instant;

/// A provider with two made-up models; `long` is where prices of long prompts begin, if they do.
fn book(cheap: &str, long: Option<u64>) -> PriceBook {
    let bands = long.map_or_else(String::new, |from| {
        format!(
            "bands = [{{ above = {from}, rule = \"whole_request\", prices = {{ input = \"9\", \
             output = \"36\" }} }}]\n"
        )
    });
    let table = format!(
        "[provider]\nid = \"echo\"\n\n\
         [[model]]\nid = \"echo-small\"\ntokenizer = \"o200k\"\n\n\
         [[model.period]]\nsource = \"made up\"\nchecked_on = \"2026-11-10\"\n\
         prices = {{ input = \"{cheap}\", output = \"{cheap}\" }}\n{bands}\n\
         [[model]]\nid = \"echo-large\"\ntokenizer = \"o200k\"\n\n\
         [[model.period]]\nsource = \"made up\"\nchecked_on = \"2026-11-10\"\n\
         prices = {{ input = \"3\", output = \"12\" }}\n"
    );
    PriceBook::with_overrides(&[("echo.toml".to_owned(), table)]).expect("a table")
}

fn day(text: &str) -> Instant {
    Instant::parse(text).expect("a time")
}

/// What a log says of the baseline that another book and day saved of `before`.
fn against_saved(
    before: (&Log, &PriceBook, &str),
    after: (&Log, &PriceBook, &str),
    options: &GateOptions,
) -> Outcome {
    let (log, book, at) = before;
    let prices = GatePrices::new(book, Some(day(at)));
    let saved = Baseline::new(measure(&log.0, &prices, &how(Unit::Call)), &prices, "0.0.0");
    let saved = Baseline::parse(&saved.to_text()).expect("it was just written");
    let (log, book, at) = after;
    let prices = GatePrices::new(book, Some(day(at)));
    let measured = measure(&log.0, &prices, &how(Unit::Call));
    run(measured, Against::Baselines(vec![saved]), &prices, options)
}

fn options() -> GateOptions {
    GateOptions { min_impact: Usd::ZERO, ..GateOptions::default() }
}

fn main_of(outcome: &Outcome) -> &Judgement {
    outcome.main().expect("two logs are compared")
}

fn ratio(outcome: &Outcome) -> Option<String> {
    main_of(outcome).estimate.map(|estimate| estimate.ratio.to_string())
}

/// On the weekend, when all hours cost the same, all calls fell into one row; on a weekday that row
/// was priced at the hour of one of them, and the same calls were 29 % dearer.
#[test]
fn hours_that_cost_the_same_on_a_sunday_are_told_apart_on_a_weekday() {
    let names = ["deepseek-flash", "chat", "", ""];
    // A call a minute, over a whole day.
    let log = Log::new().with(1_440, names, [2_000, 500]);
    let book = PriceBook::embedded();
    let (sunday, tuesday) = ("2026-11-08T00:00:00Z", "2026-11-10T00:00:00Z");
    let outcome = against_saved((&log, &book, sunday), (&log, &book, tuesday), &options());
    assert_eq!(ratio(&outcome).as_deref(), Some("1"));
    // How the day is spread over hours that cost differently is not in the file.
    assert_eq!(main_of(&outcome).why, Why::Repriced);
    let outcome = against_saved((&log, &book, sunday), (&log, &book, sunday), &options());
    assert_eq!((ratio(&outcome).as_deref(), outcome.verdict), (Some("1"), Verdict::Pass));
}

/// The same log was 185 % dearer than its own baseline once a table had prices for long prompts.
#[test]
fn prices_of_long_prompts_that_came_later_are_no_rise() {
    let names = ["echo-small", "chat", "", ""];
    let log = Log::new().with(300, names, [10_000, 100]).with(300, names, [300_000, 100]);
    let (old, new) = (book("3", None), book("3", Some(150_000)));
    let at = "2026-11-10T00:00:00Z";
    let outcome = against_saved((&log, &old, at), (&log, &new, at), &options());
    assert_eq!(ratio(&outcome).as_deref(), Some("1"));
    assert_ne!(outcome.verdict, Verdict::Fail);
    // A limit that the file cannot tell apart decides nothing.
    let unforeseen = book("3", Some(5_000));
    let log = Log::new().with(300, names, [4_500, 100]).with(300, names, [10_000, 100]);
    let outcome = against_saved((&log, &old, at), (&log, &unforeseen, at), &options());
    assert_eq!((outcome.verdict, &main_of(&outcome).why), (Verdict::Inconclusive, &Why::Repriced));
}

/// The spread of a group was scaled as a whole, though the price of only one of its models had moved.
#[test]
fn models_whose_prices_moved_apart_decide_nothing() {
    let log = Log::new().with(900, ["echo-small", "chat", "", ""], [2_000, 200]).with(
        100,
        ["echo-large", "chat", "", ""],
        [9_000, 900],
    );
    let at = "2026-11-10T00:00:00Z";
    let (dear, cheap) = (book("5", None), book("1", None));
    let outcome = against_saved((&log, &dear, at), (&log, &cheap, at), &options());
    assert_eq!(ratio(&outcome).as_deref(), Some("1"));
    assert_eq!((outcome.verdict, &main_of(&outcome).why), (Verdict::Inconclusive, &Why::Repriced));
}

/// The percentile of a baseline was scaled like its bill, and the same log exceeded it.
#[test]
fn a_percentile_at_other_prices_is_not_compared() {
    let log = Log::new().with(1_000, ["echo-small", "chat", "", ""], [2_000, 200]);
    let at = "2026-11-10T00:00:00Z";
    let (dear, cheap) = (book("5", None), book("1", None));
    let percentile_threshold = Factor::parse("1.05").ok();
    let options = GateOptions { percentile_threshold, ..options() };
    let outcome = against_saved((&log, &dear, at), (&log, &cheap, at), &options);
    assert_eq!(
        (outcome.verdict, &outcome.doubts[..]),
        (Verdict::Inconclusive, &[Doubt::NoPercentile][..])
    );
    let outcome = against_saved((&log, &dear, at), (&log, &dear, at), &options);
    assert_eq!(outcome.verdict, Verdict::Pass);
}

/// What was free when the baseline was saved stayed free when it was priced again.
#[test]
fn a_price_after_none_is_no_use() {
    let log = Log::new().with(300, ["echo-small", "chat", "", ""], [2_000, 200]);
    let at = "2026-11-10T00:00:00Z";
    let outcome =
        against_saved((&log, &book("0", None), at), (&log, &book("1", None), at), &options());
    assert_ne!(outcome.verdict, Verdict::Fail);
    assert_eq!(ratio(&outcome).as_deref(), Some("1"));
}

/// Small groups were put together even for two logs, so that their mix alone made them dearer, and
/// `--group-threshold` did not see them.
#[test]
fn the_mix_of_many_small_groups_is_no_rise() {
    let log = |shift: u64| {
        (0..60_u64).fold(Log::new(), |log, group| {
            let name = format!("type {group:02}");
            let calls = if group % 2 == 0 { 1 + shift } else { 3 - shift };
            log.with(calls * 7 * 5, [SONNET, &name, "", ""], [1_000 * (1 + group), 200])
        })
    };
    let (before, after) = (log(0), log(2));
    let outcome = samples::compared(&before, &after, Unit::Call);
    assert_eq!((ratio(&outcome).as_deref(), outcome.verdict), (Some("1"), Verdict::Pass));
    // A baseline keeps forty apart; the others are not compared, and so much of the cost is told.
    let (book, at) = (PriceBook::embedded(), "2026-11-10T00:00:00Z");
    let outcome = against_saved((&before, &book, at), (&after, &book, at), &options());
    assert_ne!(outcome.verdict, Verdict::Fail);
    assert_eq!(ratio(&outcome).as_deref(), Some("1"));
}

/// Calls of no conversation counted as conversations of their own.
#[test]
fn calls_of_no_conversation_are_none() {
    let talks = |log: Log| {
        (0..50).fold(log, |log, name| {
            log.with(4, [SONNET, "chat", &format!("c{name}"), ""], [1_000, 200])
        })
    };
    let before = talks(Log::new());
    let mut after = talks(Log::new());
    for _ in 0..600 {
        after.push([SONNET, "chat", "", ""], call([10, 1]));
    }
    let outcome = samples::compared(&before, &after, Unit::Session);
    assert_eq!((outcome.after.units(), outcome.after.without_case), (50, 600));
    assert_eq!(outcome.verdict, Verdict::Inconclusive);
}
