//! Contracts, invoices, dates and swapped models: what they do to the figures of a small log.

use tempfile::TempDir;

use super::support::{folder_with, json, run};

/// Four calls of October: two by Anthropic, one by OpenAI, one of an unknown model.
const LOG: &str = r#"{"time":"2026-10-05T00:00:00Z","provider":"anthropic","model":"claude-sonnet-4-6","input_tokens":100000,"output_tokens":10000}
{"time":"2026-10-06T00:00:00Z","provider":"anthropic","model":"claude-sonnet-4-6","request_model":"claude-haiku-4-5","input_tokens":100000,"output_tokens":10000}
{"time":"2026-10-09T00:00:00Z","provider":"openai","model":"gpt-5-mini","request_model":"my-deployment","input_tokens":100000,"output_tokens":10000}
{"time":"2026-10-09T00:00:00Z","provider":"acme","model":"acme-1","input_tokens":100000,"output_tokens":10000}
"#;

fn folder(config: &str) -> TempDir {
    let folder = folder_with("usage.jsonl", LOG);
    std::fs::write(folder.path().join("llmcost.toml"), config).expect("writes");
    folder
}

fn analyzed(config: &str, arguments: &[&str]) -> serde_json::Value {
    json(folder(config).path(), &[&["analyze"], arguments].concat())
}

#[test]
fn a_contract_shows_both_figures() {
    let config = "[[contract]]\nname = \"2026\"\nprovider = \"anthropic\"\ndiscount = \"20%\"\n\
                  since = \"2026-10-06\"\nuntil = \"2026-10-06\"\n";
    let report = analyzed(config, &[]);
    // 0.45 a call of Sonnet, 0.045 of GPT-5 mini; the second call of Sonnet is the contract's.
    assert_eq!(report["totals"]["list_cost_usd"], "0.945");
    assert_eq!(report["totals"]["cost_usd"], "0.855");
    let contract = "2026: 0.2 off every model by anthropic \
                    from 2026-10-06T00:00:00Z until 2026-10-07T00:00:00Z";
    assert_eq!(report["prices"]["contracts"][0], contract);
    let simulated = json(folder(config).path(), &["simulate", "--discount", "0.5"]);
    assert_eq!(simulated["baseline_usd"], "0.855");
    let page = run(folder(config).path(), &["analyze"]).stdout;
    assert!(page.contains("$0.9450 at list prices; contracts take off $0.0900 (9.5 %)"), "{page}");
}

#[test]
fn a_contract_that_cannot_be_applied_is_refused() {
    for (config, message) in [
        ("provider = \"anthropc\"\ndiscount = \"1%\"", "did you mean `anthropic`?"),
        ("discount = \"101%\"", "`101%` is no discount"),
        ("class = [\"ouput\"]\ndiscount = \"1%\"", "did you mean `output`?"),
        ("since = \"yesterday\"\ndiscount = \"1%\"", "`yesterday` is no day"),
        ("rebate = \"1%\"", "has no setting `rebate`"),
        ("class = []\ndiscount = \"1%\"", "the list of classes is empty"),
        ("model = \"mistral-large-latest\"\ndiscount = \"1%\"", "has meant different models"),
    ] {
        let folder = folder(&format!("[[contract]]\nname = \"ours\"\n{config}\n"));
        let run = run(folder.path(), &["analyze"]);
        assert_eq!(run.code, Some(2), "{config}");
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn an_invoice_is_compared_with_what_its_provider_bills() {
    let report = analyzed("", &["--provider", "Anthropic", "--invoice", "$1,000.90"]);
    assert_eq!(report["totals"]["calls"], 2);
    assert_eq!(report["other_sellers_calls"], 2);
    let invoice = &report["reconciliation"];
    assert_eq!(invoice["calculated_usd"], "0.9");
    assert_eq!(invoice["gap_usd"], "1000");
    assert_eq!(invoice["gap_in_mean_calls"], 2222);
    let whole = analyzed("", &["--invoice", "1.145"]);
    let invoice = &whole["reconciliation"];
    assert_eq!(invoice["gap_usd"], "0.2");
    let causes = invoice["explanations"].as_array().expect("a list");
    // 110,000 tokens without a price, at the mean of 0.945 dollars for 330,000.
    assert_eq!(causes[0]["cause"], "unpriced-calls");
    assert_eq!(causes[0]["amount_usd"], "0.315");
    assert_eq!(causes[1]["cause"], "quiet-days");
    assert_eq!(causes[1]["amount_usd"], "0.63");
}

#[test]
fn an_invoice_must_be_an_amount_and_its_provider_known() {
    for (arguments, message) in [
        (["--invoice", "lots"], "`lots` is no amount of dollars"),
        (["--provider", "antropic"], "did you mean `anthropic`?"),
        (["--invoice", "1565,69"], "a comma separates groups of three digits"),
        (["--invoice", "-1"], "it must be between nothing and a trillion"),
    ] {
        let run = run(folder("").path(), &[&["analyze"], &arguments[..]].concat());
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn a_swapped_model_is_told_with_what_it_cost() {
    let report = analyzed("", &[]);
    let swaps = report["model_swaps"].as_array().expect("a list");
    assert_eq!(swaps.len(), 1, "the name of a deployment is no model");
    assert_eq!(swaps[0]["requested"], "claude-haiku-4-5");
    assert_eq!(swaps[0]["served"], "claude-sonnet-4-6");
    assert_eq!(swaps[0]["cost_usd"], "0.45");
    assert_eq!(swaps[0]["requested_cost_usd"], "0.15");
    assert_eq!(swaps[0]["difference_usd"], "0.3");
}

#[test]
fn all_calls_can_be_priced_at_one_day() {
    let call =
        r#"{"time":"2025-06-01T00:00:00Z","model":"o3","input_tokens":1000000,"output_tokens":0}"#;
    let folder = folder_with("usage.jsonl", call);
    let cost = |arguments: &[&str]| {
        json(folder.path(), &[&["analyze"], arguments].concat())["totals"]["cost_usd"].clone()
    };
    assert_eq!(cost(&[]), "10");
    assert_eq!(cost(&["--as-of", "2026-11-01"]), "2");
    let arguments = ["simulate", "--discount", "0.5", "--as-of", "2026-11-01"];
    assert_eq!(json(folder.path(), &arguments)["baseline_usd"], "2");
    assert_eq!(json(folder.path(), &arguments)["prices"]["as_of"], "2026-11-01");
}

#[test]
fn what_is_cached_is_plain_input_in_batches_of_bedrock() {
    let call = r#"{"provider":"PROVIDER","model":"claude-haiku-4-5","input_tokens":0,"cache_read_tokens":1000000,"output_tokens":0}"#;
    let projected = |provider: &str| {
        let folder = folder_with("usage.jsonl", call.replace("PROVIDER", provider));
        json(folder.path(), &["simulate", "--batch", "1"])["projected_usd"].clone()
    };
    // 65 % of what was read from the cache is still found, at half of $0.10; the rest is written, at
    // half of $1.25.
    assert_eq!(projected("anthropic"), "0.25125");
    assert_eq!(projected("bedrock"), "0.55");
}

/// The least table of the guide, for a provider that the program does not have.
#[test]
fn a_provider_is_added_by_one_file() {
    let guide = include_str!("../../pricing/README.md");
    let start = guide.find("```toml\n").expect("an example") + "```toml\n".len();
    let table = &guide[start..start + guide[start..].find("```").expect("its end")];
    let call = r#"{"provider":"acme","model":"acme-small","input_tokens":1000000,"output_tokens":1000000}"#;
    let folder = folder_with("usage.jsonl", call);
    std::fs::write(folder.path().join("acme.toml"), table).expect("writes");
    let bare = json(folder.path(), &["analyze"]);
    assert_eq!(bare["totals"]["unpriced"]["calls"], 1);
    let priced = json(folder.path(), &["analyze", "--prices", "acme.toml"]);
    assert_eq!(priced["totals"]["cost_usd"], "0.9");
    std::fs::write(folder.path().join("acme.toml"), table.replace("\"0.72\"", "0.72"))
        .expect("writes");
    let refused = run(folder.path(), &["analyze", "--prices", "acme.toml"]);
    assert_eq!(refused.code, Some(4));
    for part in ["acme.toml:11", "without quotes is not exact", "output = \"0.72\""] {
        assert!(refused.stderr.contains(part), "{part} is not in: {}", refused.stderr);
    }
}

#[test]
fn what_openrouter_writes_into_a_log_is_the_charge() {
    let log = r#"{"model":"openrouter/anthropic/claude-sonnet-4.6","input_tokens":1000,"output_tokens":0,"cost_usd":0.0025}
{"provider":"openrouter","model":"openai/gpt-5-mini","input_tokens":1000,"output_tokens":0,"cost_usd":0.5}
{"provider":"openrouter","model":"openai/gpt-5-mini","input_tokens":1000,"output_tokens":0}
{"provider":"anthropic","model":"claude-sonnet-4-6","input_tokens":1000,"output_tokens":0,"cost_usd":9}
"#;
    let folder = folder_with("usage.jsonl", log);
    let report = json(folder.path(), &["analyze"]);
    assert_eq!(report["totals"]["cost_usd"], "0.50575");
    assert_eq!(report["totals"]["logged"]["calls"], 2);
    let calculated = json(folder.path(), &["analyze", "--cost-mode", "calculate"]);
    assert_eq!(calculated["totals"]["cost_usd"], "0.0065");
}

#[test]
fn every_spelling_of_a_finish_reason_is_charged_but_a_failure() {
    let cost = |reason: &str| {
        let call = format!(
            "{{\"provider\":\"openrouter\",\"model\":\"anthropic/claude-sonnet-4.6\",\
             \"input_tokens\":1000,\"output_tokens\":1000,\"finish_reason\":\"{reason}\"}}"
        );
        let folder = folder_with("usage.jsonl", call);
        json(folder.path(), &["analyze"])["totals"]["cost_usd"].clone()
    };
    for reason in ["stop", "tool_call", "tool-calls", "pause_turn", "eos", "content-filter", "X"] {
        assert_eq!(cost(reason), "0.018", "{reason}");
    }
    assert_eq!(cost("error"), "0");
}

#[test]
fn a_contract_on_output_is_one_on_reasoning_that_bills_as_output() {
    let call = r#"{"provider":"openai","model":"gpt-5.4","input_tokens":0,"output_tokens":100000,"reasoning_tokens":90000}"#;
    let folder = folder_with("usage.jsonl", call);
    let contract = "[[contract]]\nclass = [\"output\"]\ndiscount = \"50%\"\n";
    std::fs::write(folder.path().join("llmcost.toml"), contract).expect("writes");
    let totals = json(folder.path(), &["analyze"])["totals"].clone();
    assert_eq!(totals["list_cost_usd"], "1.5");
    assert_eq!(totals["cost_usd"], "0.75");
}

#[test]
fn who_bills_does_not_depend_on_the_order_of_calls() {
    let call = |provider: &str| {
        format!(
            "{{\"provider\":\"{provider}\",\"geo\":\"us-central1\",\"model\":\"gemini-2.5-pro\",\
             \"input_tokens\":1000,\"output_tokens\":0}}\n"
        )
    };
    for providers in [["google", "vertex_ai"], ["vertex_ai", "google"]] {
        let folder = folder_with("usage.jsonl", providers.map(call).concat());
        let report = json(folder.path(), &["analyze"]);
        let sellers = report["price_remarks"]["sellers"].as_array().expect("a list");
        assert_eq!(sellers.len(), 1);
        assert_eq!((&sellers[0]["name"], &sellers[0]["calls"]), (&"vertex".into(), &2.into()));
    }
}

#[test]
fn the_charge_of_a_log_is_in_no_class_of_tokens() {
    let log = r#"{"provider":"openrouter","model":"openai/gpt-5-mini","input_tokens":1000,"output_tokens":0,"cost_usd":0.5}
{"provider":"anthropic","model":"claude-sonnet-4-6","input_tokens":1000,"output_tokens":0,"searches":2}
"#;
    let report = json(folder_with("usage.jsonl", log).path(), &["analyze"]);
    let classes = report["token_classes"].as_array().expect("a list");
    assert_eq!((classes.len(), &classes[0]["cost_usd"]), (1, &"0.003".into()));
    assert_eq!(report["fees_usd"], "0.02");
    assert_eq!(report["totals"]["cost_usd"], "0.523");
    let simulated = json(folder_with("usage.jsonl", log).path(), &["simulate", "--batch", "1"]);
    assert_eq!(simulated["at_logged_cost"]["calls"], 1);
}

#[test]
fn a_day_for_all_prices_keeps_the_hour_of_a_call() {
    let call = r#"{"time":"2026-11-19T02:30:00Z","provider":"deepseek","model":"deepseek-v4-pro","input_tokens":1000000,"output_tokens":1000000}"#;
    let folder = folder_with("usage.jsonl", call);
    let cost =
        |day: &str| json(folder.path(), &["analyze", "--as-of", day])["totals"]["cost_usd"].clone();
    assert_eq!(cost("2026-11-20"), "5.28");
    assert_eq!(cost("2026-11-21"), "2.64", "a Saturday has no peak");
}

#[test]
fn a_grounded_prompt_pays_once_where_the_provider_says_so() {
    let cost = |model: &str| {
        let call = format!(
            "{{\"provider\":\"google\",\"model\":\"{model}\",\"input_tokens\":0,\
             \"output_tokens\":0,\"searches\":10}}"
        );
        let folder = folder_with("usage.jsonl", call);
        json(folder.path(), &["analyze"])["totals"]["cost_usd"].clone()
    };
    assert_eq!(cost("gemini-2.5-flash"), "0.035");
    assert_eq!(cost("gemini-3.8-flash"), "0.14");
}

#[test]
fn an_invoice_of_a_provider_without_a_table_or_calls_is_compared_too() {
    let acme = analyzed("", &["--provider", "acme", "--invoice", "100"]);
    assert_eq!(acme["totals"]["calls"], 1);
    assert_eq!(acme["reconciliation"]["gap_usd"], "100");
    let page = run(folder("").path(), &["analyze", "--provider", "bedrock", "--invoice", "100"]);
    assert!(page.stdout.contains("$100.00 invoiced, $0.00 calculated"), "{}", page.stdout);
}

#[test]
fn an_answer_of_openrouter_costs_its_charge_whoever_hosted_it() {
    let answer = |id: &str, host: &str, model: &str| {
        format!(
            "{{\"id\":\"{id}\",\"provider\":\"{host}\",\"model\":\"{model}\",\
             \"object\":\"chat.completion\",\"created\":1790000000,\"choices\":[],\"usage\":\
             {{\"prompt_tokens\":1000,\"completion_tokens\":100,\"cost\":0.0123}}}}\n"
        )
    };
    let log = answer("gen-1", "Anthropic", "anthropic/claude-sonnet-4.6")
        + &answer("gen-2", "OpenAI", "openai/gpt-5");
    let report = json(folder_with("answers.jsonl", log).path(), &["analyze", "answers.jsonl"]);
    assert_eq!(report["totals"]["cost_usd"], "0.0246");
    assert_eq!(report["totals"]["logged"]["calls"], 2);
}
