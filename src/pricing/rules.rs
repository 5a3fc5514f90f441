//! What the rules of a table do, each shown on the smallest table that has it.

use super::book::PriceBook;
use super::cost::cost;
use super::unpriced::Unpriced;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, FinishReason, Instant, ServiceTier, Status};

/// A table of one model; what a test adds goes before the model, into its period, or after it.
pub(super) fn table(rules: &str, period: &str, after: &str) -> String {
    format!(
        r#"
[provider]
id = "acme"
{rules}
[[tokenizer]]
id = "acme"
[[cache_policy]]
id = "priced"
match = "breakpoint"
granularity = 1
write = "priced"
lifetimes = []
read_refreshes = true
automatic = false
guaranteed = true
source = "a page"
checked_on = "2026-11-10"
[[model]]
id = "large"
tokenizer = "acme"
cache = [{{ policy = "priced" }}]
[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = {{ input = "1", output = "10" }}
{period}
{after}
"#
    )
}

pub(super) fn load(text: &str) -> PriceBook {
    let tables = [("acme.toml".to_owned(), text.to_owned())];
    PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"))
}

/// A call of one million tokens in and one million out.
pub(super) fn call() -> Call {
    let mut call = Call::default();
    call.tokens[TokenClass::Input] = Tokens::new(1_000_000);
    call.tokens[TokenClass::Output] = Tokens::new(1_000_000);
    call
}

pub(super) fn price(
    book: &PriceBook,
    model: &str,
    call: &Call,
    at: &str,
) -> Result<String, Unpriced> {
    let at = Instant::parse(at).expect("a time");
    let id = book.find("acme", model)?;
    cost(call, book.card(id, call, at, "")?).map(|usd| usd.to_string())
}

pub(super) fn check(book: &PriceBook, call: &Call, at: &str, expected: &str) {
    assert_eq!(price(book, "large", call, at).as_deref(), Ok(expected), "{at}");
}

/// The table is refused with these words, at the line that holds the text.
pub(super) fn check_refused(text: &str, line: &str, message: &str) {
    let tables = [("acme.toml".to_owned(), text.to_owned())];
    let error = PriceBook::with_overrides(&tables).expect_err("refused").to_string();
    assert!(error.contains(message), "{error}\ndoes not say: {message}");
    let place = error.lines().nth(1).expect("a place");
    assert!(place.contains(line), "{place} is not the line of {line}");
}

const SCHEDULE: &str = r#"
[[schedule]]
id = "peak"
windows = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "01:00", to = "04:00" }]
except = ["2026-10-01"]
source = "a page"
checked_on = "2026-11-10"
"#;

#[test]
fn at_some_hours_other_prices_hold_in_every_lane_that_follows_a_rule() {
    let hours = r#"scheduled = [{ schedule = "peak", prices = { input = "2", output = "20" } }]
batch = { rule = "multiply", factor = "0.5" }
flex = { rule = "explicit", prices = { input = "0.4", output = "4" } }"#;
    let book = load(&table(SCHEDULE, hours, ""));
    check(&book, &call(), "2026-11-20T02:00:00Z", "22");
    check(&book, &call(), "2026-11-20T04:00:00Z", "11");
    check(&book, &call(), "2026-11-21T02:00:00Z", "11");
    check(&book, &call(), "2026-10-01T02:00:00Z", "11");
    let id = book.find("acme", "large").expect("known");
    assert!(book.model(id).is_ever_hourly() && book.model(id).periods()[0].list_card().is_hourly());
    let batch = Call { service_tier: ServiceTier::Batch, ..call() };
    check(&book, &batch, "2026-11-20T02:00:00Z", "11");
    // Prices that a lane states for all hours are not known to hold at the dear ones.
    let flex = Call { service_tier: ServiceTier::Flex, ..call() };
    check(&book, &flex, "2026-11-20T05:00:00Z", "4.4");
    let dear = price(&book, "large", &flex, "2026-11-20T02:00:00Z");
    assert_eq!(dear, Err(Unpriced::NoPriceForTier));
}

#[test]
fn hours_must_be_hours() {
    let hours = |from: &str, to: &str| SCHEDULE.replace("01:00", from).replace("04:00", to);
    check_refused(&table(&hours("1:00", "04:00"), "", ""), "windows", "not hours of a day");
    check_refused(&table(&hours("05:00", "04:00"), "", ""), "windows", "not hours of a day");
    check_refused(&table(&hours("01:60", "04:00"), "", ""), "windows", "not hours of a day");
    check_refused(&table(&hours("01:00", "24:01"), "", ""), "windows", "not hours of a day");
    let unknown = r#"scheduled = [{ schedule = "night", prices = { input = "1" } }]"#;
    check_refused(&table(SCHEDULE, unknown, ""), "scheduled", "there is no schedule `night`");
}

#[test]
fn a_doubt_goes_with_the_prices_it_is_about() {
    let doubts = "doubt = \"one source\"\n\
                  batch = { rule = \"multiply\", factor = \"0.5\", doubt = \"no page\" }\n\
                  flex = { rule = \"multiply\", factor = \"0.5\" }";
    let bands = "\nbands = [{ above = 2000000, rule = \"whole_request\", doubt = \"long\", \
                 prices = { input = \"1\", output = \"10\" } }]";
    let book = load(&table("", &format!("{doubts}{bands}"), ""));
    let id = book.find("acme", "large").expect("known");
    for (service_tier, doubt) in [
        (ServiceTier::Standard, "one source"),
        (ServiceTier::Batch, "no page"),
        (ServiceTier::Flex, "one source"),
    ] {
        let call = Call { service_tier, ..call() };
        let card = book.card(id, &call, Instant::MISSING, "").expect("a card");
        assert_eq!(card.doubt(), Some(doubt), "{service_tier:?}");
    }
    let mut long = call();
    long.tokens[TokenClass::Input] = Tokens::new(2_000_001);
    let card = book.card(id, &long, Instant::MISSING, "").expect("a card");
    assert_eq!(card.doubt(), Some("long"));
}

#[test]
fn what_counts_towards_a_limit_is_stated() {
    let bands = |counts: &str| {
        format!(
            "bands = [{{ above = 1000000, rule = \"whole_request\"{counts}, \
             prices = {{ input = \"2\", output = \"20\" }} }}]"
        )
    };
    let mut long = call();
    long.tokens[TokenClass::AudioInput] = Tokens::new(1);
    let fallback = "[provider.fallback]\naudio_input = \"input\"";
    let at = "2026-11-20T02:00:00Z";
    check(&load(&table(fallback, &bands(""), "")), &long, at, "22.000002");
    let counted = bands(", counts = [\"input\", \"cache_read\"]");
    check(&load(&table(fallback, &counted, "")), &long, at, "11.000001");
}

#[test]
fn only_the_excess_can_have_other_prices() {
    let bands = "bands = [{ above = 400000, rule = \"above_threshold\", \
                 prices = { input = \"2\", output = \"10\" } }]";
    let book = load(&table("", bands, ""));
    check(&book, &call(), "2026-11-20T02:00:00Z", "11.6");
    let mixed = "bands = [{ above = 4, rule = \"above_threshold\", prices = { input = \"2\", \
                 output = \"10\" } }, { above = 5, rule = \"whole_request\", prices = \
                 { input = \"2\", output = \"10\" } }]";
    check_refused(&table("", mixed, ""), "bands", "do not follow one rule");
}

#[test]
fn a_request_has_a_fee_of_its_own() {
    let book = load(&table("", "request = \"5\"", ""));
    let three = Call { calls: 3, ..call() };
    check(&book, &three, "2026-11-20T02:00:00Z", "11.015");
}

#[test]
fn usage_that_is_not_charged_costs_nothing_and_says_so() {
    let rules = r#"
[[unbilled]]
status = [400, 500]
source = "a page"
checked_on = "2026-11-10"
[[unbilled]]
finish_reason = "refusal"
without_output = true
source = "a page"
checked_on = "2026-11-10"
[[unbilled]]
status = "any"
tiers = ["batch"]
source = "a page"
checked_on = "2026-11-10"
"#;
    let book = load(&table(rules, "batch = { rule = \"multiply\", factor = \"0.5\" }", ""));
    let at = "2026-11-20T02:00:00Z";
    let failed = |code| Call { status: Status::Error(code), ..call() };
    check(&book, &failed(400), at, "0");
    check(&book, &failed(429), at, "11");
    check(&book, &failed(0), at, "11");
    let refused = Call { finish_reason: FinishReason::Refusal, ..call() };
    check(&book, &refused, at, "11");
    let mut silent = refused;
    silent.tokens[TokenClass::Output] = Tokens::ZERO;
    check(&book, &silent, at, "0");
    let batch = |status| Call { status, service_tier: ServiceTier::Batch, ..call() };
    check(&book, &batch(Status::Error(0)), at, "0");
    check(&book, &batch(Status::Ok), at, "5.5");
    let id = book.find("acme", "large").expect("known");
    let card = book.card(id, &failed(400), Instant::MISSING, "").expect("a card");
    assert!(card.is_unbilled());
}

#[test]
fn a_rule_for_free_calls_says_which() {
    let rule = |text: &str| {
        format!("[[unbilled]]\n{text}\nsource = \"a page\"\nchecked_on = \"2026-11-10\"")
    };
    let refused = |text: &str, message| {
        check_refused(&table(&rule(text), "", ""), text, message);
    };
    check_refused(&table(&rule(""), "", ""), "unbilled", "does not say which calls are free");
    refused("status = \"4xx\"", "`4xx` is no HTTP status");
    refused("status = []", "`[]` is no HTTP status");
    refused("status = [42]", "`42` is no HTTP status");
    refused("finish_reason = \"stopped\"", "there is no finish reason `stopped`");
    let nowhere = rule("status = \"any\"\nplaces = [\"moon\"]");
    check_refused(&table(&nowhere, "", ""), "places", "there is no place `moon`");
}

const SECOND: &str = r#"
[[model]]
id = "larger"
tokenizer = "acme"
[[model.period]]
source = "a page"
checked_on = "2026-11-10"
prices = { input = "3", output = "30" }
"#;

fn alias(targets: &str) -> String {
    format!(
        "{SECOND}\n[[alias]]\nid = \"latest\"\ntargets = [{targets}]\n\
         source = \"a page\"\nchecked_on = \"2026-11-10\""
    )
}

#[test]
fn a_name_that_moved_costs_what_it_meant_on_the_day() {
    let targets = r#"{ model = "large", to = "2026-03-01T00:00:00Z" }, { model = "larger" }"#;
    let book = load(&table("", "", &alias(targets)));
    let latest = |at| price(&book, "latest", &call(), at);
    assert_eq!(latest("2026-02-28T23:59:59Z").as_deref(), Ok("11"));
    assert_eq!(latest("2026-03-01T00:00:00Z").as_deref(), Ok("33"));
    let later = r#"{ model = "larger", from = "2026-03-01T00:00:00Z" }"#;
    let book = load(&table("", "", &alias(later)));
    let early = price(&book, "latest", &call(), "2026-02-28T23:59:59Z");
    assert_eq!(early, Err(Unpriced::NoPriceAtThatTime));
}

#[test]
fn a_name_that_moved_follows_the_prices_of_a_later_table() {
    let first = table("", "", &alias(r#"{ model = "larger" }"#));
    let later = "[provider]\nid = \"acme\"\n".to_owned() + &SECOND.replace("\"3\"", "\"2\"");
    let tables = [("first.toml".to_owned(), first), ("later.toml".to_owned(), later)];
    let book = PriceBook::with_overrides(&tables).expect("loads");
    let latest = price(&book, "latest", &call(), "2026-11-20T02:00:00Z");
    assert_eq!(latest.as_deref(), Ok("32"));
}

#[test]
fn a_moving_name_means_models_of_its_table() {
    let unknown = alias(r#"{ model = "huge" }"#);
    check_refused(&table("", "", &unknown), "targets", "there is no model `huge`");
    check_refused(&table("", "", &alias("")), "latest", "the model has no prices");
    let taken = alias(r#"{ model = "larger" }"#).replace("\"latest\"", "\"large\"");
    check_refused(&table("", "", &taken), "large", "the id `large` is taken");
}

#[test]
fn a_reseller_answers_only_where_nobody_else_does() {
    let shop = |id: &str, model: &str, price: &str| {
        let text = table("", "", "").replace("\"acme\"", &format!("\"{id}\""));
        let text = text.replace("id = \"large\"", &format!("id = \"{model}\""));
        let text = text.replace("input = \"1\"", &format!("input = \"{price}\""));
        let reseller = format!("id = \"{id}\"\nreseller = true");
        (format!("{id}.toml"), text.replacen(&format!("id = \"{id}\""), &reseller, 1))
    };
    let maker = ("acme.toml".to_owned(), table("", "", ""));
    let tables = [shop("one", "large", "2"), shop("two", "open", "3"), shop("three", "open", "4")];
    let only = |tables: &[(String, String)]| PriceBook::with_overrides(tables).expect("loads");
    let book = only(&[tables.as_slice(), &[maker]].concat());
    let provider = |model| book.find("", model).map(|id| book.model(id).provider.clone());
    assert_eq!(provider("large").as_deref(), Ok("acme"), "who makes it goes first");
    assert_eq!(provider("open"), Err(Unpriced::SeveralSellers));
    let named = book.find("two", "open").map(|id| book.model(id).provider.clone());
    assert_eq!(named.as_deref(), Ok("two"));
    let book = only(&tables[..2]);
    let provider = |model| book.find("", model).map(|id| book.model(id).provider.clone());
    assert_eq!(provider("open").as_deref(), Ok("two"), "only one sells it");
    assert_eq!(book.find("one", "open"), Err(Unpriced::OtherProvider));
}

#[test]
fn a_gap_in_priced_cache_writes_is_not_ordinary_input() {
    let fallback = "[provider.fallback]\ncache_write_5m = \"input\"\ncache_read = \"input\"";
    let book = load(&table(fallback, "", ""));
    let mut written = call();
    written.tokens[TokenClass::CacheRead] = Tokens::new(1_000_000);
    check(&book, &written, "2026-11-20T02:00:00Z", "12");
    let id = book.find("acme", "large").expect("known");
    let card = book.model(id).periods()[0].list_card();
    assert_eq!(card.borrowed(TokenClass::CacheRead), Some(TokenClass::Input));
    assert_eq!((card.borrowed(TokenClass::Input), card.is_hourly()), (None, false));
    assert!(!book.model(id).is_ever_hourly());
    written.tokens[TokenClass::CacheWrite5m] = Tokens::new(1);
    let unpriced = price(&book, "large", &written, "2026-11-20T02:00:00Z");
    assert_eq!(unpriced, Err(Unpriced::NoPriceForClass(TokenClass::CacheWrite5m)));
}

#[test]
fn a_provider_can_write_its_charge_into_the_log() {
    let text =
        table("", "", "").replacen("id = \"acme\"", "id = \"acme\"\nlogged_cost = \"billed\"", 1);
    let book = load(&text);
    assert!(book.bills_as_logged("acme") && book.bills_as_logged("ACME"));
    assert!(!book.bills_as_logged("openai") && !book.bills_as_logged(""));
}

#[test]
fn a_place_can_have_cache_rules_of_its_own() {
    let places = "[[place]]\nid = \"cloud\"\nlike = \"list\"\ncaches_in_batch = false\n\
                  [provider.names]\nacme_cloud = \"cloud\"";
    // Tables of the provider come before the places.
    let text = table("", "", "").replacen("[[tokenizer]]", &format!("{places}\n[[tokenizer]]"), 1);
    let own = "{ policy = \"priced\", min_tokens = 4096, places = [\"cloud\"] }";
    let text = text.replace(
        "cache = [{ policy = \"priced\" }]",
        &format!("cache = [{{ policy = \"priced\", min_tokens = 1024 }}, {own}]"),
    );
    let book = load(&text);
    let least = |provider| {
        let id = book.find(provider, "large").expect("known");
        let policy = book.cache_policy(id, Instant::MISSING).expect("a cache");
        (policy.min_tokens, book.caches_in_batch(id))
    };
    assert_eq!(least("acme"), (Some(Tokens::new(1024)), true));
    assert_eq!(least("acme_cloud"), (Some(Tokens::new(4096)), false));
}

#[test]
fn two_names_of_one_lane_share_prices_only_where_neither_is_stated() {
    let text = |lanes: &str| {
        let hours =
            r#"scheduled = [{ schedule = "peak", prices = { input = "2", output = "20" } }]"#;
        let same = "[provider.same_tier]\nfast = \"priority\"";
        table(&format!("{same}\n{SCHEDULE}"), &format!("{hours}\n{lanes}"), "")
    };
    let fast = |lanes: &str, at: &str| {
        let call = Call { service_tier: ServiceTier::Fast, ..call() };
        price(&load(&text(lanes)), "large", &call, at)
    };
    let priority = "priority = { rule = \"multiply\", factor = \"2\" }";
    assert_eq!(fast(priority, "2026-11-20T14:00:00Z").as_deref(), Ok("22"));
    let explicit = format!(
        "{priority}\nfast = {{ rule = \"explicit\", prices = {{ input = \"5\", output = \"5\" }} }}"
    );
    assert_eq!(fast(&explicit, "2026-11-20T14:00:00Z").as_deref(), Ok("10"));
    assert_eq!(fast(&explicit, "2026-11-20T02:00:00Z"), Err(Unpriced::NoPriceForTier));
    let none = format!("{priority}\nfast = {{ rule = \"none\" }}");
    assert_eq!(fast(&none, "2026-11-20T14:00:00Z"), Err(Unpriced::NoPriceForTier));
}

#[test]
fn a_later_table_takes_back_what_an_earlier_one_said() {
    let batch = "batch = { rule = \"multiply\", factor = \"0.5\" }";
    let first = table("[provider.same_tier]\nfast = \"priority\"", batch, "");
    let first = first.replacen("id = \"acme\"", "id = \"acme\"\nreseller = true", 1);
    let later = "[provider]\nid = \"acme\"\nreseller = false\n[provider.same_tier]\n\
                 fast = \"standard\"\n[provider.names]\nacme_cloud = \"cloud\"\n\
                 [[place]]\nid = \"cloud\"\nlike = \"list\"\ntiers = [\"standard\"]\n"
        .to_owned()
        + &SECOND.replace("source", "priority = { rule = \"multiply\", factor = \"4\" }\nsource");
    let tables = [("first.toml".to_owned(), first), ("later.toml".to_owned(), later)];
    let book = PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"));
    let at = "2026-11-20T14:00:00Z";
    let fast = Call { service_tier: ServiceTier::Fast, ..call() };
    assert_eq!(price(&book, "larger", &fast, at).as_deref(), Ok("33"));
    // The models of the first table are sold at the new place too.
    let id = book.find("acme_cloud", "large").expect("known");
    let card = book.card(id, &call(), Instant::MISSING, "").expect("a card");
    assert_eq!(cost(&call(), card).map(|usd| usd.to_string()).as_deref(), Ok("11"));
    let batch = Call { service_tier: ServiceTier::Batch, ..call() };
    assert_eq!(book.card(id, &batch, Instant::MISSING, ""), Err(Unpriced::NoPriceForTier));
}

#[test]
fn the_list_has_the_standard_lane_and_prices_are_per_million() {
    let place = "[[place]]\nid = \"list\"\ntiers = [\"batch\"]";
    check_refused(&table(place, "", ""), "list", "has no `standard` among its tiers");
    let dear = table("", "", "").replace("\"10\"", "\"1000001\"");
    check_refused(&dear, "prices", "no model costs more than a dollar a token");
}

#[test]
fn a_moving_name_cannot_take_the_place_of_a_model() {
    let taken = alias(r#"{ model = "larger" }"#).replace("\"latest\"", "\"large\"");
    check_refused(&table("", "", &taken), "large", "is taken by another model");
    let chain = alias(r#"{ model = "larger" }"#)
        + "\n[[alias]]\nid = \"newest\"\ntargets = [{ model = \"latest\" }]\n\
           source = \"a page\"\nchecked_on = \"2026-11-10\"";
    check_refused(&table("", "", &chain), "targets", "there is no model `latest`");
}

#[test]
fn a_doubt_about_a_name_goes_with_its_calls() {
    let doubtful = alias(r#"{ model = "larger" }"#) + "\ndoubt = \"the day is a guess\"";
    let book = load(&table("", "", &doubtful));
    let doubt = |model: &str| {
        let id = book.find("acme", model).expect("known");
        let card = book.card(id, &call(), Instant::MISSING, "").expect("a card");
        card.doubt().map(str::to_owned)
    };
    assert_eq!(doubt("latest").as_deref(), Some("the day is a guess"));
    assert_eq!(doubt("larger"), None);
}
