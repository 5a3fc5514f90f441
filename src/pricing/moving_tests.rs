//! Names that have meant different models, in a table of three of them.

use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Instant};

use super::rules::{load, table};
use super::{ModelId, PriceBook};

/// `latest` meant `one` until February, `two` until April, and `three` since.
fn book() -> PriceBook {
    let model = |id: &str, input: &str, least: u32, more: &str| {
        format!(
            "[[model]]\nid = \"{id}\"\ntokenizer = \"acme\"\n\
             cache = [{{ policy = \"priced\", min_tokens = {least} }}]\n{more}\n\
             [[model.period]]\nsource = \"a page\"\nchecked_on = \"2026-11-10\"\n\
             prices = {{ input = \"{input}\", cache_read = \"0.5\", output = \"20\" }}\n"
        )
    };
    let alias = "[[alias]]\nid = \"latest\"\ntargets = [\
                 { model = \"one\", to = \"2026-02-01T00:00:00Z\" }, \
                 { model = \"two\", to = \"2026-04-01T00:00:00Z\" }, { model = \"three\" }]\n\
                 source = \"a page\"\nchecked_on = \"2026-11-10\"\n";
    let models = [
        model("one", "1", 64, "aliases = [\"one-2025-06-01\"]"),
        model("two", "2", 128, ""),
        model("three", "3", 256, "note = \"new\""),
    ];
    load(&table("", "", &format!("{}{alias}", models.concat())))
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("a time")
}

fn id(book: &PriceBook, name: &str) -> ModelId {
    book.find("acme", name).expect("it is known")
}

/// Dollars for a million tokens of input.
fn price(book: &PriceBook, name: &str, time: Instant) -> String {
    let mut call = Call { time, ..Call::default() };
    call.tokens[TokenClass::Input] = Tokens::new(1);
    let card = book.card(id(book, name), &call, time, "").expect("it has a price");
    card.price(TokenClass::Input).expect("of input").per_million()
}

#[test]
fn a_moving_name_has_the_prices_of_what_it_meant() {
    let book = book();
    for (time, expected, least) in [
        (at("2025-07-01"), "1", 64),
        (at("2026-01-31T23:59:59Z"), "1", 64),
        (at("2026-02-01T00:00:00Z"), "2", 128),
        (at("2026-03-31T23:59:59Z"), "2", 128),
        (at("2026-04-01T00:00:00Z"), "3", 256),
        (Instant::MISSING, "3", 256),
    ] {
        assert_eq!(price(&book, "latest", time), expected, "{time:?}");
        let policy = book.cache_policy(id(&book, "latest"), time).expect("a cache");
        assert_eq!(policy.min_tokens, Some(Tokens::new(least)), "{time:?}");
    }
}

#[test]
fn a_moving_name_means_each_of_its_models_in_turn() {
    let book = book();
    let latest = id(&book, "latest");
    let meant = |time| book.model(book.meaning(latest, time)).id.clone();
    assert_eq!(meant(at("2026-01-31T23:59:59Z")), "one");
    assert_eq!(meant(at("2026-02-01T00:00:00Z")), "two");
    assert_eq!(meant(at("2026-04-01T00:00:00Z")), "three");
    assert_eq!(meant(Instant::MISSING), "three");
    let models = book.meanings(latest);
    let names: Vec<_> = models.iter().map(|one| book.model(*one).id.as_str()).collect();
    assert_eq!(names, ["one", "two", "three"]);
    let one = id(&book, "one");
    assert_eq!(book.meaning(one, at("2026-05-01")), one);
    assert_eq!(book.meanings(one), [one]);
    let model = book.model(latest);
    assert_eq!((model.id.as_str(), &model.note, model.targets.len()), ("latest", &None, 3));
    assert_eq!(model.first_known, book.model(one).first_known);
    assert!(model.first_known.is_some());
}

#[test]
fn a_name_is_known_when_anybody_has_it() {
    let book = book();
    assert!(book.is_known("latest") && book.is_known("two"));
    assert!(!book.is_known("four") && !book.is_known(""));
}

/// A later table may take a moving name for a model of its own.
#[test]
fn a_model_takes_the_place_of_a_moving_name() {
    let own = "[provider]\nid = \"google\"\n[[model]]\nid = \"gemini-pro-latest\"\n\
               tokenizer = \"gemini\"\n[[model.period]]\nsource = \"a page\"\n\
               checked_on = \"2026-11-10\"\nprices = { input = \"7\", output = \"70\" }\n";
    let book = PriceBook::with_overrides(&[("own.toml".to_owned(), own.to_owned())]);
    let book = book.expect("it loads");
    let found = book.find("google", "gemini-pro-latest").expect("known");
    assert_eq!(book.model(found).targets, []);
    let other = book.find("google", "gemini-flash-latest").expect("known");
    assert!(!book.model(other).targets.is_empty());
}
