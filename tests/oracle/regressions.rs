//! What the naive engine found once, each under the name of what was wrong.

use llmcost::{Log, Plan, PriceBook};

/// What a log would cost under a plan, at the prices of a table.
fn projected(table: &str, log: &str, plan: &str) -> String {
    let book = PriceBook::with_overrides(&[("prices.toml".to_owned(), table.to_owned())]);
    let book = book.unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.jsonl");
    std::fs::write(&path, log).expect("a file");
    let plan = Plan::parse("plan.toml", plan).unwrap_or_else(|error| panic!("{error}"));
    let log = Log::reader().plan(&plan).read([path.to_string_lossy()]).expect("reads");
    log.simulate(&book, &plan).unwrap_or_else(|error| panic!("{error}")).projected.to_string()
}

const MOVED: &str = r#"
[provider]
id = "oracle"
[[tokenizer]]
id = "old-words"
[[tokenizer]]
id = "new-words"
ratios = [{ from = "old-words", low = "1", likely = "1.5", high = "2" }]
[[model]]
id = "old"
tokenizer = "old-words"
period = [{ source = "made up", checked_on = "2026-11-10", prices = { input = "10" } }]
[[model]]
id = "new"
tokenizer = "new-words"
context_window = 1000
period = [{ source = "made up", checked_on = "2026-11-10", prices = { input = "10" } }]
[[model]]
id = "small"
tokenizer = "new-words"
period = [{ source = "made up", checked_on = "2026-11-10", prices = { input = "1" } }]
[[alias]]
id = "latest"
targets = [{ model = "old", to = "2026-06-01T00:00:00Z" }, { model = "new" }]
source = "made up"
checked_on = "2026-11-10"
"#;

fn call(model: &str, month: u32) -> String {
    let time = format!("2026-{month:02}-15T00:00:00Z");
    let fields = format!("\"model\":\"{model}\",\"input_tokens\":1000000,\"output_tokens\":0");
    format!("{{\"time\":\"{time}\",{fields}}}\n")
}

/// A million tokens of the old model are one and a half of the small one's, under whatever name they
/// were asked for.
#[test]
fn a_name_that_moved_was_counted_by_the_tokenizer_of_its_last_model() {
    let plan = "[[model_tiering.rule]]\nto = \"small\"\nshare = 1";
    assert_eq!(projected(MOVED, &call("old", 3), plan), "1.5");
    assert_eq!(projected(MOVED, &call("latest", 3), plan), "1.5");
    assert_eq!(projected(MOVED, &call("latest", 7), plan), "1");
}

/// The window of what the name means now was held against calls from before.
#[test]
fn a_prompt_of_before_a_name_moved_did_not_fit_the_window_of_what_it_means_now() {
    let plan = "[[model_tiering.rule]]\nto = \"latest\"\nshare = 1";
    // Two thirds of the tokens at ten times the price.
    assert_eq!(projected(MOVED, &call("small", 3), plan), "6.66666667");
    assert_eq!(projected(MOVED, &call("small", 7), plan), "1", "it does not fit: it stays");
}
