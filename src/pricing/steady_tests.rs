//! The short way to the prices of many calls gives what the long way gives for each of them.

use super::*;
use crate::pricing::rules::{load, table};
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, FinishReason, ServiceTier};

/// Places and calls that are not charged.
const RULES: &str = r#"
[provider.names]
acme_cloud = "cloud"
[[place]]
id = "cloud"
like = "list"
[[schedule]]
id = "peak"
windows = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "01:00", to = "04:00" }]
source = "a page"
checked_on = "2026-11-10"
[[unbilled]]
status = [500]
tiers = ["standard"]
source = "a page"
checked_on = "2026-11-10"
[[unbilled]]
finish_reason = "refusal"
without_output = true
source = "a page"
checked_on = "2026-11-10"
[[unbilled]]
status = "any"
places = ["cloud"]
source = "a page"
checked_on = "2026-11-10"
"#;

/// The first model changes its prices in March; of the others, each has something that one price for
/// all prompts does not tell.
fn book() -> PriceBook {
    let batch = "batch = { rule = \"multiply\", factor = \"0.5\" }";
    let band = |rule: &str| {
        format!(
            "bands = [{{ above = 1000, rule = \"{rule}\", \
             prices = {{ input = \"2\", output = \"30\" }} }}]"
        )
    };
    let sources = "source = \"a page\"\nchecked_on = \"2026-11-10\"";
    let prices = "prices = { input = \"3\", output = \"30\" }";
    let period = |more: &str| format!("[[model.period]]\n{sources}\n{prices}\n{more}\n");
    let model = |id: &str, more: &str| {
        format!("[[model]]\nid = \"{id}\"\ntokenizer = \"acme\"\n{}", period(more))
    };
    let hours =
        "scheduled = [{ schedule = \"peak\", prices = { input = \"2\", output = \"20\" } }]";
    let after = [
        period(&format!("from = \"2026-03-01T00:00:00Z\"\n{batch}\n{}", band("whole_request"))),
        model("hourly", hours),
        model("fee", "request = \"5\""),
        model("excess", &band("above_threshold")),
    ]
    .concat();
    let text = table(RULES, &format!("to = \"2026-03-01T00:00:00Z\"\n{batch}"), &after);
    load(&text.replacen(
        "tokenizer = \"acme\"\ncache",
        "aliases = [\"large-2025-06-01\"]\ntokenizer = \"acme\"\ncache",
        1,
    ))
}

fn at(time: &str) -> Instant {
    Instant::parse(time).expect("a time")
}

const TIMES: [&str; 7] = [
    "2025-05-31T23:59:59.999Z",
    "2025-06-01T00:00:00Z",
    "2026-02-28T02:30:00Z",
    "2026-02-28T23:59:59.999Z",
    "2026-03-01T00:00:00Z",
    "2026-03-02T00:30:00Z",
    "2026-03-02T02:30:00Z",
];

fn kinds() -> impl Iterator<Item = Kind> {
    let statuses = [Status::Unknown, Status::Ok, Status::Error(500), Status::Error(429)];
    let reasons = [FinishReason::Stop, FinishReason::Refusal];
    let tiers = [ServiceTier::Standard, ServiceTier::Batch, ServiceTier::Flex];
    let of = move |status, finish_reason, service_tier| Kind {
        service_tier,
        status,
        finish_reason,
        ..Kind::default()
    };
    statuses.into_iter().flat_map(move |status| {
        let with = move |reason| tiers.map(|tier| of(status, reason, tier));
        reasons.into_iter().flat_map(with)
    })
}

/// Every call for which the steady prices are said to hold has them.
fn check_same(book: &PriceBook, id: ModelId, kind: &Kind, steady: Steady<'_>) {
    let prompts = [0, 1, 999, 1_000, 1_001, 5_000];
    let answers = [0, 1];
    let mut compared = 0;
    for time in TIMES.map(at).into_iter().filter(|at| (steady.from..steady.before).contains(at)) {
        for prompt in prompts.into_iter().filter(|prompt| *prompt < steady.prompts_below) {
            for answer in answers.into_iter().filter(|answer| *answer > 0 || !steady.needs_output) {
                let Kind { status, finish_reason, service_tier, .. } = *kind;
                let mut call =
                    Call { time, service_tier, status, finish_reason, ..Call::default() };
                call.tokens[TokenClass::Input] = Tokens::new(prompt);
                call.tokens[TokenClass::Output] = Tokens::new(answer);
                let card = book.card(id, &call, time, "");
                assert_eq!(card, Ok(steady.card), "{kind:?} {time:?} {prompt} {answer}");
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "{kind:?} {steady:?}");
}

#[test]
fn steady_prices_are_those_of_every_call_they_are_for() {
    let book = book();
    let mut found = 0;
    for day in [None, Some("2026-02-28T00:00:00Z"), Some("2026-03-01T00:00:00Z")] {
        let book = day.map_or_else(|| book.clone(), |day| book.clone().pinned(at(day)));
        for (provider, model) in [
            ("acme", "large"),
            ("acme_cloud", "large"),
            ("acme", "hourly"),
            ("acme", "fee"),
            ("acme", "excess"),
        ] {
            let id = book.find(provider, model).expect("a model of the table");
            for (kind, time) in kinds().flat_map(|kind| TIMES.map(|time| (kind, at(time)))) {
                let Some(steady) = book.steady(id, &kind, "", time) else { continue };
                check_same(&book, id, &kind, steady);
                found += 1;
            }
        }
    }
    assert!(found > 500, "{found}");
}

fn steady<'b>(book: &'b PriceBook, model: &str, kind: &Kind, time: &str) -> Option<Steady<'b>> {
    book.steady(book.find("acme", model).expect("a model of the table"), kind, "", at(time))
}

#[test]
fn prices_hold_from_one_change_to_the_next() {
    let (book, kind) = (book(), Kind::default());
    let ends = |time| {
        let found = steady(&book, "large", &kind, time).expect("steady");
        (found.from, found.before, found.prompts_below, found.too_early)
    };
    let (known, changed) = (at("2025-06-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    assert_eq!(ends("2025-05-31T23:59:59.999Z"), (FIRST, known, u64::MAX, true));
    assert_eq!(ends("2025-06-01T00:00:00Z"), (known, changed, u64::MAX, false));
    assert_eq!(ends("2026-03-01T00:00:00Z"), (changed, LAST, 1_000, false));
}

#[test]
fn where_more_than_the_length_of_a_prompt_decides_there_are_no_steady_prices() {
    let (book, kind) = (book(), Kind::default());
    for model in ["hourly", "fee", "excess"] {
        assert!(steady(&book, model, &kind, "2026-03-02T12:00:00Z").is_none(), "{model}");
    }
    let id = book.find("acme", "large").expect("a model of the table");
    assert!(book.steady(id, &kind, "", Instant::MISSING).is_none());
    let flex = Kind { service_tier: ServiceTier::Flex, ..kind };
    assert!(steady(&book, "large", &flex, TIMES[0]).is_none());
}

#[test]
fn an_answer_matters_only_where_its_lack_may_make_a_call_free() {
    let book = book();
    let needs = |finish_reason, status| {
        let kind = Kind { status, finish_reason, ..Kind::default() };
        let found = steady(&book, "large", &kind, "2026-03-02T12:00:00Z").expect("steady");
        (found.needs_output, found.card.is_unbilled())
    };
    assert_eq!(needs(FinishReason::Stop, Status::Ok), (false, false));
    assert_eq!(needs(FinishReason::Refusal, Status::Ok), (true, false));
    assert_eq!(needs(FinishReason::Refusal, Status::Error(500)), (false, true));
}

#[test]
fn calls_priced_as_of_one_day_have_steady_prices_unless_that_day_has_two() {
    let kind = Kind::default();
    let ends = |day: &str| {
        let book = book().pinned(at(day));
        steady(&book, "large", &kind, TIMES[0]).map(|found| (found.from, found.before))
    };
    assert_eq!(ends("2026-02-28T00:00:00Z"), Some((FIRST, LAST)));
    assert_eq!(ends("2026-03-01T00:00:00Z"), Some((FIRST, LAST)));
    for hour in 1..24 {
        assert_eq!(ends(&format!("2026-02-28T{hour:02}:00:00Z")), None, "{hour}");
    }
}
