//! What lanes and places make of the prices of a model: of longer prompts, of cached tokens, of places
//! that are like others.

use super::rules::{check, check_refused, load, price, table};
use super::{Contract, PriceBook, Span, Unpriced, cost};
use crate::units::{PerClass, Rate, TokenClass, Tokens};
use crate::usage::{Call, Instant, ServiceTier};

const AT: &str = "2026-11-20T02:00:00Z";

const BATCH: &str = "batch = { rule = \"multiply\", factor = \"0.5\" }";

/// Millions of tokens of a class.
fn millions(class: TokenClass, tokens: u64, service_tier: ServiceTier) -> Call {
    let mut call = Call { service_tier, ..Call::default() };
    call.tokens[class] = Tokens::new(tokens * 1_000_000);
    call
}

fn batch(class: TokenClass, tokens: u64) -> Call {
    millions(class, tokens, ServiceTier::Batch)
}

/// The table of one model with these prices beside those of input and output.
fn priced(rules: &str, prices: &str, period: &str) -> String {
    table(rules, period, "").replace("output = \"10\" }", &format!("output = \"10\"{prices} }}"))
}

#[test]
fn a_lane_multiplies_the_prices_of_longer_prompts_too() {
    let bands = "bands = [{ above = 2000000, rule = \"whole_request\", \
                 prices = { input = \"2\", output = \"20\" } }]";
    let book = load(&table("", &format!("{BATCH}\n{bands}"), ""));
    check(&book, &batch(TokenClass::Input, 2), AT, "1");
    check(&book, &batch(TokenClass::Input, 3), AT, "3");
}

#[test]
fn a_lane_says_what_becomes_of_the_price_of_cached_tokens() {
    use TokenClass::{AudioCacheRead, CacheRead};
    let stated = ", cache_read = \"0.1\", audio_input = \"4\", audio_cache_read = \"0.4\"";
    for (rule, text, audio) in
        [("multiply", "0.05", "0.2"), ("cache_wins", "0.1", "0.4"), ("batch_wins", "0.5", "2")]
    {
        let lane = format!("batch = {{ rule = \"{rule}\", factor = \"0.5\" }}");
        let book = load(&priced("", stated, &lane));
        check(&book, &batch(CacheRead, 1), AT, text);
        check(&book, &batch(AudioCacheRead, 1), AT, audio);
    }
}

/// A cached price that only stands for another one has no discount of its own to keep.
#[test]
fn a_borrowed_cached_price_follows_the_lane() {
    let fallback = "[provider.fallback]\ncache_read = \"input\"";
    for rule in ["multiply", "cache_wins", "batch_wins"] {
        let lane = format!("batch = {{ rule = \"{rule}\", factor = \"0.5\" }}");
        check(&load(&table(fallback, &lane, "")), &batch(TokenClass::CacheRead, 1), AT, "0.5");
        let unknown = load(&table("", &lane, ""));
        assert_eq!(
            price(&unknown, "large", &batch(TokenClass::CacheRead, 1), AT),
            Err(Unpriced::NoPriceForClass(TokenClass::CacheRead)),
            "{rule}"
        );
    }
}

/// What a call of a place costs.
fn at_place(text: &str, seller: &str, call: &Call) -> Result<String, Unpriced> {
    let book = load(text);
    let id = book.find(seller, "large")?;
    let card = book.card(id, call, Instant::parse(AT).expect("a time"), "")?;
    cost(call, card).map(|usd| usd.to_string())
}

#[test]
fn a_place_can_keep_the_cached_price_in_batches() {
    let cloud = "[provider.names]\nacme_cloud = \"cloud\"\n[[place]]\nid = \"cloud\"\n\
                 like = \"list\"\nbatch_keeps_cached_price = true\n";
    let bands = "bands = [{ above = 2000000, rule = \"whole_request\", \
                 prices = { input = \"2\", output = \"20\", cache_read = \"0.2\" } }, \
                 { above = 4000000, rule = \"whole_request\", \
                 prices = { input = \"3\", output = \"30\", cache_read = \"0.3\" } }]";
    let flex = "flex = { rule = \"multiply\", factor = \"0.5\" }";
    let lanes = format!("{BATCH}\n{flex}\n{bands}");
    let kept = priced(cloud, ", cache_read = \"0.1\"", &lanes)
        .replace("cache = [{ policy", "places = { cloud = \"2\" }\ncache = [{ policy");
    let cached = |tokens| batch(TokenClass::CacheRead, tokens);
    for (tokens, list, there) in [(1, "0.05", "0.2"), (3, "0.3", "1.2"), (5, "0.75", "3")] {
        assert_eq!(at_place(&kept, "acme", &cached(tokens)).as_deref(), Ok(list), "{tokens}");
        assert_eq!(at_place(&kept, "acme_cloud", &cached(tokens)).as_deref(), Ok(there));
    }
    // Only in batches, and only what is cached.
    let flexible = millions(TokenClass::CacheRead, 1, ServiceTier::Flex);
    assert_eq!(at_place(&kept, "acme_cloud", &flexible).as_deref(), Ok("0.1"));
    assert_eq!(at_place(&kept, "acme_cloud", &batch(TokenClass::Input, 1)).as_deref(), Ok("1"));
    // A price that is not stated is none that is kept.
    let borrowed = table(&format!("{cloud}[provider.fallback]\ncache_read = \"input\""), BATCH, "")
        .replace("cache = [{ policy", "places = { cloud = \"1\" }\ncache = [{ policy");
    assert_eq!(at_place(&borrowed, "acme_cloud", &cached(1)).as_deref(), Ok("0.5"));
}

#[test]
fn a_place_has_the_factor_of_the_one_that_it_is_like() {
    let places = "[provider.names]\none = \"one\"\ntwo = \"two\"\nthree = \"three\"\n\
                  [[place]]\nid = \"one\"\n[[place]]\nid = \"two\"\nlike = \"one\"\n\
                  [[place]]\nid = \"three\"\nlike = \"one\"\n";
    let text = table(places, BATCH, "")
        .replace("cache = [{ policy", "places = { one = \"2\", three = \"4\" }\ncache = [{ policy");
    let (plain, half) =
        (millions(TokenClass::Input, 1, ServiceTier::Standard), batch(TokenClass::Input, 1));
    for (place, standard, batch) in
        [("acme", "1", "0.5"), ("one", "2", "1"), ("two", "2", "1"), ("three", "4", "2")]
    {
        assert_eq!(at_place(&text, place, &plain).as_deref(), Ok(standard), "{place}");
        assert_eq!(at_place(&text, place, &half).as_deref(), Ok(batch), "{place}");
    }
    let mut unlike = text.replace("like = \"one\"\n", "");
    assert_eq!(at_place(&unlike, "two", &plain), Err(Unpriced::NoPriceForGeo));
    unlike = text.replace("\"two\"\nlike = \"one\"", "\"two\"\nlike = \"three\"");
    check_refused(&unlike, "like", "declared before it");
}

/// Places of a later table stand behind those of the first one, like any of them, in every lane and at
/// all hours.
#[test]
fn models_are_sold_at_the_places_of_a_later_table() {
    let schedule = "[[schedule]]\nid = \"peak\"\nwindows = [{ days = [\"fri\"], from = \"01:00\", \
                    to = \"04:00\" }]\nsource = \"a page\"\nchecked_on = \"2026-11-10\"\n";
    let one = "[[place]]\nid = \"one\"\n";
    let hours =
        "scheduled = [{ schedule = \"peak\", prices = { input = \"3\", output = \"20\" } }]";
    let first = table(&format!("{schedule}{one}"), &format!("{hours}\n{BATCH}"), "")
        .replace("cache = [{ policy", "places = { one = \"2\" }\ncache = [{ policy");
    let later = "[provider]\nid = \"acme\"\n[provider.names]\nb = \"b\"\nc = \"c\"\nd = \"d\"\n\
                 [[place]]\nid = \"b\"\nlike = \"list\"\n[[place]]\nid = \"c\"\nlike = \"one\"\n\
                 [[place]]\nid = \"d\"\nlike = \"c\"\ntiers = [\"batch\"]\n";
    let tables = [("first.toml".to_owned(), first), ("later.toml".to_owned(), later.to_owned())];
    let book = PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"));
    let told = |seller: &str, tier, at: &str| {
        let call = millions(TokenClass::Input, 1, tier);
        let id = book.find(seller, "large")?;
        let card = book.card(id, &call, Instant::parse(at).expect("a time"), "")?;
        cost(&call, card).map(|usd| usd.to_string())
    };
    let (standard, batch) = (ServiceTier::Standard, ServiceTier::Batch);
    let quiet = "2026-11-20T05:00:00Z";
    for (seller, prices) in [
        ("acme", ["1", "0.5", "3", "1.5"]),
        ("b", ["1", "0.5", "3", "1.5"]),
        ("c", ["2", "1", "6", "3"]),
    ] {
        let found = [(standard, quiet), (batch, quiet), (standard, AT), (batch, AT)]
            .map(|(tier, at)| told(seller, tier, at).expect("priced"));
        assert_eq!(found, prices, "{seller}");
    }
    assert_eq!(told("d", batch, AT).as_deref(), Ok("3"));
    assert_eq!(told("d", standard, AT), Err(Unpriced::NoPriceForGeo));
}

#[test]
fn of_two_models_of_one_name_the_one_that_is_sold_there_is_meant() {
    let places = "[provider.names]\none = \"one\"\ntwo = \"two\"\n[[place]]\nid = \"one\"\n\
                  [[place]]\nid = \"two\"\n";
    let maker = |id: &str, price: &str, place: &str| {
        let text = table(places, BATCH, "")
            .replace("id = \"acme\"", &format!("id = \"{id}\""))
            .replace("tokenizer = \"acme\"", &format!("tokenizer = \"{id}\""))
            .replace("input = \"1\"", &format!("input = \"{price}\""))
            .replace(
                "cache = [{ policy",
                &format!("places = {{ {place} = \"1\" }}\ncache = [{{ policy"),
            );
        (format!("{id}.toml"), text)
    };
    let tables = [maker("acme", "1", "one"), maker("bold", "2", "two")];
    let book = PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"));
    for (seller, expected) in [("one", "acme"), ("two", "bold")] {
        let found = book.find(seller, "large").map(|id| book.model(id).provider.as_str());
        assert_eq!(found, Ok(expected), "{seller}");
    }
}

#[test]
fn a_rule_of_a_lane_has_what_it_needs_and_no_more() {
    let refused = |lane: &str, message| check_refused(&table("", lane, ""), "batch", message);
    let prices = "prices = { input = \"1\", output = \"2\" }";
    refused("batch = { rule = \"multiply\" }", "`factor`");
    refused(&format!("batch = {{ rule = \"multiply\", factor = \"0.5\", {prices} }}"), "`prices`");
    refused("batch = { rule = \"multiply\", factor = \"0.5\", bands = [] }", "`bands`");
    refused(&format!("batch = {{ rule = \"explicit\", factor = \"0.5\", {prices} }}"), "`factor`");
    refused("batch = { rule = \"explicit\" }", "`prices`");
}

#[test]
fn a_lane_with_prices_of_its_own_has_a_doubt_of_its_own() {
    let doubt = |own: &str| {
        let lane = format!(
            "doubt = \"one source\"\n\
             batch = {{ rule = \"explicit\", prices = {{ input = \"1\", output = \"2\" }}{own} }}"
        );
        let book = load(&table("", &lane, ""));
        let id = book.find("acme", "large").expect("known");
        let call = batch(TokenClass::Input, 1);
        let card = book.card(id, &call, Instant::MISSING, "").expect("a card");
        card.doubt().map(str::to_owned)
    };
    assert_eq!(doubt("").as_deref(), Some("one source"));
    assert_eq!(doubt(", doubt = \"no page\"").as_deref(), Some("no page"));
}

#[test]
fn a_price_that_is_not_exact_is_told_where_its_factor_stands() {
    let tiny = "0.000000001";
    let place = "[[place]]\nid = \"cloud\"\n";
    let text = |lane: &str, there: &str| {
        table(place, &format!("batch = {{ rule = \"multiply\", factor = \"{lane}\" }}"), "")
            .replace("input = \"1\"", "input = \"0.000000001\"")
            .replace(
                "cache = [{ policy",
                &format!("places = {{ cloud = \"{there}\" }}\ncache = [{{ policy"),
            )
    };
    check_refused(&text(tiny, "1"), "batch", "is not exact");
    check_refused(&text("1", tiny), "places", "is not exact");
}

#[test]
fn days_prices_and_spans_are_held_to_their_form() {
    let plain = table("", "", "");
    for day in ["2026-11-1x", "2026-11-10T00:00:00Z", "2026-13-01"] {
        let text =
            plain.replacen("checked_on = \"2026-11-10\"", &format!("checked_on = \"{day}\""), 1);
        check_refused(&text, "checked_on", "not a day");
    }
    let dear = load(&plain.replace("input = \"1\"", "input = \"1000000\""));
    check(&dear, &millions(TokenClass::Input, 1, ServiceTier::Standard), AT, "1000000");
    let second = |from: &str, more: &str| {
        format!(
            "[[model.period]]\nsource = \"a page\"\nchecked_on = \"2026-11-10\"\n\
             prices = {{ input = \"2\" }}\nfrom = \"{from}\"\n{more}"
        )
    };
    let march = "from = \"2026-03-01T00:00:00Z\"";
    let twice = table("", march, &second("2026-03-01T00:00:00Z", ""));
    check_refused(&twice, "[[model.period]]", "ends too early");
    let back = table("", march, &second("2026-04-01T00:00:00Z", "to = \"2026-03-15T00:00:00Z\""));
    check_refused(&back, "[[model.period]]", "ends too early");
    let alone = table("", &format!("{march}\nto = \"2026-03-01T00:00:00Z\""), "");
    check_refused(&alone, "[[model.period]]", "ends too early");
    let wrong = plain.replace("input = \"1\"", "input = true");
    check_refused(&wrong, "prices", "a decimal number in quotes");
}

#[test]
fn a_later_table_replaces_a_geo_a_form_and_a_tier_and_no_other() {
    let rules = |geo: &str, form: &str, tiers: &str| {
        format!(
            "[[place]]\nid = \"list\"\ngeos = {{ {geo} }}\n[[place]]\nid = \"one\"\n\
             [[place]]\nid = \"two\"\n{form}[provider.same_tier]\n{tiers}\n"
        )
    };
    let form = |prefix: &str, place: &str| {
        format!("[[form]]\nprefix = \"{prefix}\"\nplace = \"{place}\"\n")
    };
    let first = table(
        &rules(
            "eu = \"one\", us = \"one\"",
            &(form("x/", "one") + &form("y/", "one")),
            "fast = \"priority\"\nflex = \"batch\"",
        ),
        &format!("{BATCH}\npriority = {{ rule = \"multiply\", factor = \"3\" }}"),
        "",
    )
    .replace("cache = [{ policy", "places = { one = \"2\", two = \"4\" }\ncache = [{ policy");
    let later = "[provider]\nid = \"acme\"\n".to_owned()
        + &rules("EU = \"two\"", &form("x/", "two"), "fast = \"standard\"");
    // Lanes that are the same are read with their model, so it stands in the later table.
    let model = &first[first.find("[[model]]").expect("a model")..];
    let tables =
        [("first.toml".to_owned(), first.clone()), ("later.toml".to_owned(), later + model)];
    let book = PriceBook::with_overrides(&tables).unwrap_or_else(|error| panic!("{error}"));
    let told = |name: &str, geo: &str, tier| {
        let call = millions(TokenClass::Input, 1, tier);
        let id = book.find("acme", name).expect("known");
        let card = book.card(id, &call, Instant::MISSING, geo).expect("a card");
        cost(&call, card).map(|usd| usd.to_string())
    };
    let standard = ServiceTier::Standard;
    for (name, geo, expected) in [
        ("large", "", "1"),
        ("large", "eu", "4"),
        ("large", "us", "2"),
        ("x/large", "", "4"),
        ("y/large", "", "2"),
    ] {
        assert_eq!(told(name, geo, standard).as_deref(), Ok(expected), "{name} {geo}");
    }
    assert_eq!(told("large", "", ServiceTier::Fast).as_deref(), Ok("1"));
    assert_eq!(told("large", "", ServiceTier::Flex).as_deref(), Ok("0.5"));
}

#[test]
fn a_table_states_how_families_count() {
    let text = table("", "", "").replacen(
        "[[tokenizer]]\nid = \"acme\"",
        "[[tokenizer]]\nid = \"old\"\n[[tokenizer]]\nid = \"acme\"\n\
         ratios = [{ from = \"old\", low = \"1\", likely = \"1.25\", high = \"1.6\" }]",
        1,
    );
    let second =
        text.replace("id = \"large\"\ntokenizer = \"acme\"", "id = \"small\"\ntokenizer = \"old\"");
    let model = &second[second.find("[[model]]").expect("a model")..];
    let book = load(&format!("{text}\n{model}"));
    let [small, large] = ["small", "large"].map(|name| book.find("acme", name).expect("known"));
    let likely = |from, to| book.tokenizer_ratio(from, to).likely.to_string();
    assert_eq!(
        [likely(small, large), likely(large, small), likely(large, large)],
        ["1.25", "0.8", "1"]
    );
}

#[test]
fn searches_in_files_have_a_fee() {
    let book = load(&table("", "file_search = \"2.5\"", ""));
    let id = book.find("acme", "large").expect("known");
    let card = book.card(id, &Call::default(), Instant::MISSING, "").expect("a card");
    assert_eq!(card.file_search_fee().map(|fee| fee.to_string()).as_deref(), Some("0.0025"));
    let searching =
        Call { file_searches: 4, ..millions(TokenClass::Input, 1, ServiceTier::Standard) };
    check(&book, &searching, AT, "1.01");
}

#[test]
fn a_contract_leaves_each_price_in_its_own_time() {
    let later = "[[model.period]]\nsource = \"a page\"\nchecked_on = \"2026-11-10\"\n\
                 prices = { input = \"4\", output = \"40\" }\nfrom = \"2026-03-01T00:00:00Z\"\n";
    let book = load(&table("", "to = \"2026-03-01T00:00:00Z\"", later));
    let span = |from: &str, to: &str| Span {
        from: Instant::parse(from).ok(),
        to: Instant::parse(to).ok(),
    };
    let contract = |span| Contract {
        name: "ours".to_owned(),
        provider: None,
        model: None,
        classes: PerClass::from_fn(|_| true),
        fees: true,
        discount: Rate::parse("50%").expect("a rate"),
        span,
    };
    let contracts = [
        contract(span("2026-02-01T00:00:00Z", "2026-02-15T00:00:00Z")),
        contract(span("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")),
    ];
    let book = book.under(&contracts).expect("applies");
    let call = millions(TokenClass::Input, 1, ServiceTier::Standard);
    for (time, expected) in [
        ("2026-01-31T23:59:59Z", "1"),
        ("2026-02-01T00:00:00Z", "0.5"),
        ("2026-02-14T23:59:59Z", "0.5"),
        ("2026-02-15T00:00:00Z", "1"),
        ("2026-02-28T23:59:59Z", "1"),
        ("2026-03-01T00:00:00Z", "2"),
        ("2026-03-31T23:59:59Z", "2"),
        ("2026-04-01T00:00:00Z", "4"),
    ] {
        check(&book, &call, time, expected);
    }
}
