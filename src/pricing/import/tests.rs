//! One file of each collection: the tables, what was left out, and bills worked out by hand.

use std::fmt::Write;

use super::super::{Unpriced, cost};
use super::*;
use crate::units::{TokenClass, Tokens};
use crate::usage::{Call, Instant, ServiceTier};

use ServiceTier::{Batch, Priority, Standard};
use TokenClass::{CacheRead, CacheWrite1h, Input, Output};

const LITELLM: (&str, &str) =
    ("litellm.json", include_str!("../../../fixtures/prices/litellm.json"));
const GENAI_PRICES: (&str, &str) =
    ("genai-prices.json", include_str!("../../../fixtures/prices/genai-prices.json"));
const MODELS_DEV: (&str, &str) =
    ("models-dev.json", include_str!("../../../fixtures/prices/models-dev.json"));
const ONE_MODEL: (&str, &str) = (
    "fixtures/prices/models-dev/providers/acme/models/maker/large.toml",
    include_str!("../../../fixtures/prices/models-dev/providers/acme/models/maker/large.toml"),
);

fn options() -> ImportOptions {
    ImportOptions {
        edition: "1.2.3".to_owned(),
        checked_on: "2026-11-20".to_owned(),
        ..ImportOptions::default()
    }
}

fn imported((name, text): (&str, &str)) -> Imported {
    import_prices(name, text.as_bytes(), &options()).expect("a collection")
}

fn refused(name: &str, text: &str, options: &ImportOptions) -> String {
    import_prices(name, text.as_bytes(), options).expect_err("refused").to_string()
}

/// The tables and the list, as a reader gets them.
fn shown(imported: &Imported) -> String {
    let mut out = String::new();
    for ImportedTable { provider, toml, models } in &imported.tables {
        write!(out, "==== {provider}.toml: {models} models\n{toml}\n").expect("a string");
    }
    out.push_str("==== left out\n");
    for one in &imported.left_out {
        writeln!(out, "{one} [{}]", one.reason.name()).expect("a string");
    }
    out
}

/// A call of a model in the tables of a fixture.
struct Case {
    fixture: (&'static str, &'static str),
    provider: &'static str,
    model: &'static str,
    time: &'static str,
    tier: ServiceTier,
}

/// A call now, in the standard lane.
const fn case(
    fixture: (&'static str, &'static str),
    provider: &'static str,
    model: &'static str,
) -> Case {
    Case { fixture, provider, model, time: "2026-11-20T12:00:00Z", tier: Standard }
}

fn check(case: &Case, tokens: &[(TokenClass, u64)], expected: Result<&str, Unpriced>) {
    let tables = imported(case.fixture).tables;
    let tables: Vec<_> = tables.into_iter().map(|table| (table.provider, table.toml)).collect();
    let book = PriceBook::with_overrides(&tables).expect("imported tables load");
    let time = Instant::parse(case.time).expect("a time");
    let mut call = Call { service_tier: case.tier, time, ..Call::default() };
    for (class, count) in tokens {
        call.tokens[*class] = Tokens::new(*count);
    }
    let priced = book
        .find(case.provider, case.model)
        .and_then(|id| cost(&call, book.card(id, &call, time, "")?))
        .map(|usd| usd.to_string());
    assert_eq!(priced.as_deref(), expected.as_ref().copied(), "{}", case.model);
}

#[test]
fn every_collection_becomes_the_agreed_tables() {
    for (name, fixture) in [
        ("litellm", LITELLM),
        ("genai_prices", GENAI_PRICES),
        ("models_dev", MODELS_DEV),
        ("models_dev_one_model", ONE_MODEL),
    ] {
        insta::assert_snapshot!(name, shown(&imported(fixture)));
    }
}

#[test]
fn a_litellm_entry_prices_lengths_and_lanes() {
    let large = || case(LITELLM, "acme", "large");
    // 1000 × 2.5 + 100 × 12.5 millionths.
    check(&large(), &[(Input, 1000), (Output, 100)], Ok("0.00375"));
    // 200,000 × 0.5 + 1000 × 5 + 100 × 18.75 millionths: the whole request is long.
    let long = [(CacheRead, 200_000), (Input, 1000), (Output, 100)];
    check(&large(), &long, Ok("0.106875"));
    check(&Case { tier: Batch, ..large() }, &[(Input, 1000), (Output, 100)], Ok("0.001875"));
    // 201,000 × 2.5 + 100 × 9.375 millionths.
    check(&Case { tier: Batch, ..large() }, &[(Input, 201_000), (Output, 100)], Ok("0.5034375"));
    check(&case(LITELLM, "acme", "acme/large"), &[(Input, 1000)], Ok("0.0025"));
}

#[test]
fn what_a_collection_does_not_say_is_unpriced() {
    let large = || case(LITELLM, "acme", "large");
    check(&large(), &[(CacheWrite1h, 1)], Err(Unpriced::NoPriceForClass(CacheWrite1h)));
    let cached_batch = Case { tier: Batch, ..large() };
    check(&cached_batch, &[(CacheRead, 1)], Err(Unpriced::NoPriceForClass(CacheRead)));
    let flex = Case { tier: ServiceTier::Flex, ..large() };
    check(&flex, &[(Input, 1)], Err(Unpriced::NoPriceForTier));
    let written = [(TokenClass::CacheWrite5m, 1)];
    let reason = Unpriced::NoPriceForClass(TokenClass::CacheWrite5m);
    check(&case(MODELS_DEV, "acme", "older"), &written, Err(reason));
    check(&case(LITELLM, "acme", "trial"), &[(Input, 1)], Err(Unpriced::UnknownModel));
}

#[test]
fn a_name_keeps_the_place_it_has_in_the_tables_of_the_program() {
    let text =
        r#"{ "new": { "litellm_provider": "bedrock_converse", "input_cost_per_token": 1e-6 } }"#;
    let imported = imported(("litellm.json", text)).tables.remove(0);
    assert!(!imported.toml.contains("[provider.names]"), "{}", imported.toml);
    let (before, tables) = (PriceBook::embedded(), [(imported.provider, imported.toml)]);
    let after = PriceBook::with_overrides(&tables).expect("loads");
    for (_, model) in before.models() {
        let find = |book: &PriceBook| book.find("bedrock_converse", &model.id);
        assert_eq!(find(&before), find(&after), "{}", model.id);
    }
}

#[test]
fn hours_off_peak_are_cheaper() {
    let night = |time| Case { time, ..case(LITELLM, "together_ai", "night") };
    let tokens = [(Input, 1000), (CacheRead, 1000), (Output, 1000)];
    // A Friday: 0.3 + 0.006 + 1.2 thousandths at nine, 0.15 + 0.006 + 0.6 at ten.
    check(&night("2026-11-20T09:59:59Z"), &tokens, Ok("0.001506"));
    check(&night("2026-11-20T10:00:00Z"), &tokens, Ok("0.000756"));
    check(&night("2026-11-21T05:00:00Z"), &tokens, Ok("0.000756"));
    let evening = |time| Case { time, ..case(GENAI_PRICES, "acme", "night") };
    check(&evening("2026-11-20T16:29:00Z"), &[(Input, 1000)], Ok("0.000135"));
    check(&evening("2026-11-20T16:30:00Z"), &[(Input, 1000)], Ok("0.00027"));
    check(&evening("2026-11-20T00:29:00Z"), &[(Input, 1000)], Ok("0.00027"));
}

#[test]
fn hours_without_a_price_for_input_leave_their_model_unpriced() {
    let (name, text) = GENAI_PRICES;
    let text = text.replace("\"input_mtok\": 0.27, ", "");
    let imported = import_prices(name, text.as_bytes(), &options()).expect("a collection");
    let left_out = imported.left_out.iter().filter(|one| one.model == "night");
    let left_out: Vec<_> = left_out.map(|one| (&*one.field, one.reason.name())).collect();
    assert_eq!(left_out, [("", "no-input-price"), ("scheduled.input", "no-input-price")]);
}

#[test]
fn dated_prices_become_periods() {
    let large = |time, tier| Case { time, tier, ..case(GENAI_PRICES, "acme", "large") };
    let tokens = [(Input, 1000), (CacheRead, 1000), (Output, 100)];
    // 3 + 3 + 1.5 thousandths: the cache had no price of its own.
    check(&large("2026-05-31T23:59:59Z", Standard), &tokens, Ok("0.0075"));
    // 2.5 + 0.25 + 1.25
    check(&large("2026-06-01T00:00:00Z", Standard), &tokens, Ok("0.004"));
    check(&large("2026-06-30T00:00:00Z", Batch), &tokens, Err(Unpriced::NoPriceForTier));
    // 1.25 + 0.25 + 0.625: the variant says nothing about the cache.
    check(&large("2026-07-01T00:00:00Z", Batch), &tokens, Ok("0.002125"));
    // 200,001 × 5 millionths, and 1.25 in a batch, whatever the length.
    check(&large("2026-07-01T00:00:00Z", Standard), &[(Input, 200_001)], Ok("1.000005"));
    check(&large("2026-07-01T00:00:00Z", Batch), &[(Input, 200_001)], Ok("0.25000125"));
}

#[test]
fn a_models_dev_model_prices_lengths_and_modes() {
    let large = || case(MODELS_DEV, "acme", "maker/large");
    check(&large(), &[(Input, 272_000)], Ok("0.68"));
    check(&large(), &[(Input, 272_001)], Ok("1.360005"));
    check(&case(MODELS_DEV, "acme", "older"), &[(Input, 200_001)], Ok("0.5000025"));
    let fast = Case { tier: Priority, ..case(ONE_MODEL, "acme", "maker/large") };
    check(&fast, &[(Input, 1000), (CacheRead, 1000), (Output, 100)], Ok("0.032"));
    check(&fast, &[(Input, 300_000)], Ok("12"));
}

#[test]
fn only_what_was_asked_for_is_imported() {
    let (name, text) = LITELLM;
    let import = |options: ImportOptions| {
        let imported = import_prices(name, text.as_bytes(), &options).expect("a collection");
        let tables = imported.tables.iter();
        tables.map(|table| format!("{} {}", table.provider, table.models)).collect::<Vec<_>>()
    };
    assert_eq!(import(options()), ["acme 2", "google 1", "together 2"]);
    let provider = |name: &str| ImportOptions { provider: Some(name.to_owned()), ..options() };
    assert_eq!(import(provider("gemini")), ["google 1"]);
    assert_eq!(import(provider("together")), ["together 2"]);
    let models = |names: &[&str]| ImportOptions {
        models: names.iter().map(|name| (*name).to_owned()).collect(),
        ..options()
    };
    assert_eq!(import(models(&["acme/large", "tiny"])), ["acme 1", "google 1"]);
    assert_eq!(import(models(&["acme/painter"])), [""; 0], "it has no price, and a reason");
    let unknown = refused(name, text, &models(&["larg"]));
    assert_eq!(unknown, "there is no model `larg`\n  litellm.json\n  hint: is it `large`?");
    let unknown = refused(name, text, &provider("acne"));
    assert_eq!(unknown, "there is no provider `acne`\n  litellm.json\n  hint: is it `acme`?");
}

#[test]
fn a_file_that_is_no_collection_is_told_with_its_place() {
    let check = |name: &str, text: &str, expected: &str| {
        let error = refused(name, text, &options());
        assert!(error.contains(expected), "{error}");
    };
    check("a.json", "{\n\"a\": }", "not JSON: expected value\n  a.json:2");
    check("a.toml", "[cost]\ninput = x\n", "not TOML:");
    check("a.toml", "[cost]\ninput = x\n", "  a.toml:2");
    check("a.json", "{\"a\": 1}", "hint: name the collection it is from, one of genai-prices");
    check("a.toml", "[cost]\ninput = 1.0\n", "the file does not say who sells the model");
    let empty = "[{\"id\": \"acme\", \"models\": []}]";
    check("a.json", empty, "this looks like genai-prices, without any model\n  a.json");
    let named = ImportOptions { format: Some(ImportFormat::LiteLlm), ..options() };
    let error = refused(GENAI_PRICES.0, GENAI_PRICES.1, &named);
    assert!(error.contains("this does not look like litellm"), "{error}");
    let undated = ImportOptions { checked_on: "today".to_owned(), ..options() };
    let error = refused(LITELLM.0, LITELLM.1, &undated);
    assert!(error.contains("`today` is not a day"), "{error}");
    let error = import_prices("a.json", b"{\n\xff}", &options()).expect_err("refused");
    assert_eq!(error.to_string(), "not text in UTF-8\n  a.json:2");
}

#[test]
fn a_named_provider_sells_the_model_of_a_file_without_a_path() {
    let options = ImportOptions { provider: Some("x-ai".to_owned()), ..options() };
    let imported = import_prices("grok-9.toml", ONE_MODEL.1.as_bytes(), &options);
    let tables = imported.expect("a model").tables;
    assert_eq!((&*tables[0].provider, tables.len()), ("xai", 1));
    assert!(tables[0].toml.contains("\nid = \"grok-9\"\n"), "{}", tables[0].toml);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    const BASES: [&str; 9] = [
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_read_input_token_cost",
        "cache_creation_input_token_cost",
        "cache_creation_input_token_cost_above_1hr",
        "input_cost_per_audio_token",
        "output_cost_per_reasoning_token",
        "input_cost_per_image_token",
        "output_cost_per_image",
    ];
    const LENGTHS: [&str; 3] = ["", "_above_128k_tokens", "_above_200k_tokens"];
    const LANES: [&str; 5] = ["", "_batches", "_flex", "_priority", "_balanced"];

    fn key() -> impl Strategy<Value = String> {
        let parts = [&BASES[..], &LENGTHS[..], &LANES[..]].map(prop::sample::select);
        let [base, length, lane] = parts;
        (base, length, lane).prop_map(|(base, length, lane)| format!("{base}{length}{lane}"))
    }

    proptest! {
        // Each case loads all tables of the program.
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A table that does not load would be refused by the import itself.
        #[test]
        fn whatever_an_entry_states_becomes_a_table_that_loads(
            ids in prop::collection::vec("(acme/|gemini/)?[a-c]\"?", 1..4),
            stated in prop::collection::btree_map(key(), "[0-9]\\.[0-9]{0,17}e-0[5-9]", 0..12),
        ) {
            let stated: Vec<_> =
                stated.iter().map(|(key, price)| format!("\"{key}\": {price}")).collect();
            let entry = format!("{{ \"litellm_provider\": \"acme\", {} }}", stated.join(", "));
            let entry = entry.replace(",  }", " }");
            let pairs = ids.iter().map(|id| format!("{}: {entry}", serde_json::json!(id)));
            let text = format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "));
            let imported = import_prices("a.json", text.as_bytes(), &options());
            let is_odd_number = text.contains(".e");
            prop_assert!(imported.is_ok() || is_odd_number, "{imported:?}");
        }

        #[test]
        fn no_bytes_make_it_fail_otherwise(bytes: Vec<u8>, name in "a\\.(json|toml|txt)") {
            drop(import_prices(&name, &bytes, &options()));
        }

        #[test]
        fn no_change_of_a_collection_makes_it_fail_otherwise(at: prop::sample::Index, new: u8) {
            for (name, text) in [LITELLM, GENAI_PRICES, MODELS_DEV, ONE_MODEL] {
                let mut bytes = text.as_bytes().to_vec();
                let at = at.index(bytes.len());
                bytes[at] = new;
                let refused = import_prices(name, &bytes, &options()).err();
                let problem = refused.map(|error| error.problem);
                prop_assert!(!matches!(problem, Some(ImportProblem::Unloadable(_))), "{problem:?}");
            }
        }
    }
}
