//! A gap in a price table never makes a bill smaller: every price, lane and fee of every table is
//! taken out once, and what then has a price must cost at least as much, or say what stands in.

use llmcost::pricing::{PriceBook, RateCard, cost};
use llmcost::units::{PerClass, TokenClass, Tokens, Usd};
use llmcost::usage::{Call, Instant, ServiceTier};
use toml::{Table, Value};

/// What is taken out of a period, one at a time.
const LANES: [&str; 5] = ["batch", "flex", "priority", "fast", "ultrafast"];
const FEES: [&str; 2] = ["web_search", "file_search"];

/// Calls that use one class each, short and long, in every lane.
fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for service_tier in ServiceTier::ALL {
        for class in TokenClass::ALL {
            for count in [1_000, 1_500_000] {
                let mut call = Call { service_tier, ..Call::default() };
                call.tokens[class] = Tokens::new(count);
                calls.push(call);
            }
        }
        for (searches, file_searches) in [(1, 0), (0, 1)] {
            let tokens = PerClass::from_fn(|_| Tokens::ZERO);
            let call = Call { searches, file_searches, service_tier, tokens, ..Call::default() };
            calls.push(call);
        }
    }
    calls
}

fn price<'a>(
    book: &'a PriceBook,
    provider: &str,
    model: &str,
    at: Instant,
    call: &Call,
) -> Option<(Usd, &'a RateCard)> {
    let id = book.find(provider, model).ok()?;
    let card = book.card(id, call, at, "").ok()?;
    Some((cost(call, card).ok()?, card))
}

/// Whether a class of the call bills at the price of another, which reports show.
fn is_told(call: &Call, card: &RateCard) -> bool {
    let used = call.tokens.iter().filter(|(_, count)| !count.is_zero());
    used.into_iter().any(|(class, _)| card.borrowed(class).is_some())
}

fn table_of(provider: &str) -> Table {
    let path = format!("{}/pricing/{provider}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a table");
    text.parse().expect("TOML")
}

fn periods(model: &mut Value) -> Vec<&mut Table> {
    let periods = model["period"].as_array_mut().expect("periods");
    periods.iter_mut().map(|period| period.as_table_mut().expect("a table")).collect()
}

/// The same model with one thing less in one of its periods, and what that was.
fn gaps(model: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let count = model["period"].as_array().expect("periods").len();
    for index in 0..count {
        let period = &model["period"][index];
        for key in LANES.into_iter().chain(FEES).filter(|key| period.get(key).is_some()) {
            let mut gap = model.clone();
            periods(&mut gap)[index].remove(key);
            found.push((format!("period {index} without {key}"), gap));
        }
        let classes: Vec<_> =
            period["prices"].as_table().expect("prices").keys().cloned().collect();
        for class in classes {
            let mut gap = model.clone();
            let period = &mut *periods(&mut gap).swap_remove(index);
            remove_class(period, &class);
            found.push((format!("period {index} without {class}"), gap));
        }
    }
    found
}

/// Takes a class out of the prices and out of every band and lane beside them: a table in which
/// only one of these lacks it does not load.
fn remove_class(period: &mut Table, class: &str) {
    let mut parts = vec!["prices"];
    parts.extend(LANES);
    for key in parts {
        if let Some(Value::Table(part)) = period.get_mut(key) {
            part.remove(class);
            if let Some(Value::Table(prices)) = part.get_mut("prices") {
                prices.remove(class);
            }
            remove_from_list(part, "bands", class);
        }
    }
    remove_from_list(period, "bands", class);
    remove_from_list(period, "scheduled", class);
}

fn remove_from_list(part: &mut Table, key: &str, class: &str) {
    let Some(Value::Array(list)) = part.get_mut(key) else { return };
    for entry in list {
        let entry = entry.as_table_mut().expect("a table");
        if let Some(Value::Table(prices)) = entry.get_mut("prices") {
            prices.remove(class);
        }
        remove_from_list(entry, "bands", class);
    }
}

/// One instant in each period of a model, and one at every hour that a schedule may mean.
fn instants(model: &Value) -> Vec<Instant> {
    let mut instants = vec![Instant::parse("2026-11-20T02:00:00Z").expect("a time")];
    for period in model["period"].as_array().expect("periods") {
        let from = period.get("from").and_then(Value::as_str).unwrap_or("2023-01-01T00:00:00Z");
        instants.push(Instant::parse(from).expect("a time"));
    }
    instants
}

/// The gaps of one provider's models: one of each model at a time goes into one table, because
/// loading a book takes longer than pricing with it.
fn check_provider(book: &PriceBook, provider: &str) -> usize {
    let mut table = table_of(provider);
    let Some(Value::Array(models)) = table.remove("model") else { return 0 };
    table.remove("alias");
    let calls = calls();
    let gaps: Vec<_> = models.iter().map(gaps).collect();
    let longest = gaps.iter().map(Vec::len).max().unwrap_or_default();
    for round in 0..longest {
        let these: Vec<_> = gaps
            .iter()
            .zip(&models)
            .filter_map(|(gaps, whole)| Some((whole, gaps.get(round)?)))
            .collect();
        let all: Vec<_> = these.iter().map(|(_, (_, gap))| gap).collect();
        if let Some(gapped) = load(&mut table, provider, &all) {
            for (whole, (what, _)) in these {
                check_model(book, &gapped, (provider, whole, what), &calls);
            }
            continue;
        }
        // A gap that makes a table invalid is refused with a message, and nothing is billed.
        for (whole, (what, gap)) in these {
            if let Some(gapped) = load(&mut table, provider, &[gap]) {
                check_model(book, &gapped, (provider, whole, what), &calls);
            }
        }
    }
    gaps.iter().map(Vec::len).sum()
}

fn load(table: &mut Table, provider: &str, models: &[&Value]) -> Option<PriceBook> {
    let models = models.iter().map(|model| (*model).clone()).collect();
    table.insert("model".to_owned(), Value::Array(models));
    let tables = [(format!("{provider}.toml"), table.to_string())];
    PriceBook::with_overrides(&tables).ok()
}

fn check_model(
    book: &PriceBook,
    gapped: &PriceBook,
    (provider, model, what): (&str, &Value, &str),
    calls: &[Call],
) {
    let id = model["id"].as_str().expect("an id");
    for at in instants(model) {
        for call in calls {
            check_call(book, gapped, (provider, id, what), at, call);
        }
    }
}

fn check_call(
    book: &PriceBook,
    gapped: &PriceBook,
    (provider, id, what): (&str, &str, &str),
    at: Instant,
    call: &Call,
) {
    let Some((whole, _)) = price(book, provider, id, at, call) else { return };
    let Some((left, card)) = price(gapped, provider, id, at, call) else { return };
    assert!(
        left >= whole || is_told(call, card),
        "{id}, {what}: {left} instead of {whole}: {call:?}"
    );
    assert!(
        left >= whole || !is_write(call),
        "{id}, {what}: writing to a cache became cheaper: {left} instead of {whole}"
    );
}

fn is_write(call: &Call) -> bool {
    let writes = [TokenClass::CacheWrite5m, TokenClass::CacheWrite1h];
    writes.into_iter().any(|class| !call.tokens[class].is_zero())
}

#[test]
fn a_gap_in_a_table_never_makes_a_bill_smaller_unsaid() {
    let book = PriceBook::embedded();
    let folder = format!("{}/pricing", env!("CARGO_MANIFEST_DIR"));
    let mut providers: Vec<_> = std::fs::read_dir(folder)
        .expect("the tables")
        .filter_map(|entry| {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            name.strip_suffix(".toml").map(str::to_owned)
        })
        .collect();
    providers.sort();
    let checked: usize = std::thread::scope(|scope| {
        let running: Vec<_> = providers
            .iter()
            .map(|provider| scope.spawn(|| check_provider(&book, provider)))
            .collect();
        running.into_iter().map(|one| one.join().expect("no panic")).sum()
    });
    assert!(providers.len() >= 19 && checked > 1_500, "{checked} gaps");
}
