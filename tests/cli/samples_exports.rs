//! Samples of provider APIs, exports and dashboards: what each is taken for, and what is in it.
//!
//! The numbers are those that the reference states, worked out again by plain addition.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{folder_with, json, project, run, shared};

/// The classes that have tokens; output includes reasoning and what was drawn or spoken.
fn tokens_of(report: &Value) -> Value {
    let tokens = report["totals"]["tokens"].as_object().expect("an object");
    tokens.iter().filter(|(_, count)| count.as_u64() != Some(0)).map(pair).collect()
}

fn pair((class, count): (&String, &Value)) -> (String, Value) {
    (class.clone(), count.clone())
}

fn report_of(path: &Path) -> Value {
    json(project(), &["analyze", path.to_str().expect("text")])
}

/// Checks one sample: its format, its calls, its tokens.
#[expect(clippy::needless_pass_by_value, reason = "the counts are written where they are checked")]
fn check(sample: &str, format: &str, calls: u64, tokens: Value) -> Option<Value> {
    let path = shared(&format!("samples/{sample}"))?;
    let report = report_of(&path);
    assert_eq!(report["input"]["by_file"][0]["format"], *format, "{sample}");
    assert_eq!(report["totals"]["calls"], json!(calls), "{sample}");
    assert_eq!(tokens_of(&report), tokens, "{sample}");
    Some(report)
}

/// Checks a sample with a cost of its own, as the log states it.
fn check_cost(sample: &str, format: &str, calls: u64, tokens: Value, cost: &str) {
    let Some(report) = check(sample, format, calls, tokens) else { return };
    assert_eq!(report["totals"]["cost_usd"], *cost, "{sample}");
}

/// Checks that a sample without usage says so.
fn check_refused(sample: &str, says: &str) {
    let Some(path) = shared(&format!("samples/{sample}")) else { return };
    let run = run(project(), &["analyze", path.to_str().expect("text")]);
    assert_eq!(run.code, Some(3), "{sample}: {}", run.stdout);
    assert!(run.stderr.contains(says), "{sample}: {}", run.stderr);
}

#[test]
fn samples_of_openai_are_what_the_reference_says() {
    let (chat, responses) = ("openai-chat", "openai-responses");
    check("openai/chat_completion.json", chat, 1, json!({"input": 19, "output": 10}));
    check("openai/chat_completion_functions.json", chat, 1, json!({"input": 82, "output": 17}));
    check("openai/chat_completion_image.json", chat, 1, json!({"input": 1117, "output": 46}));
    check("openai/batch_output.jsonl", chat, 2, json!({"input": 42, "output": 20}));
    check("openai/responses_text.json", responses, 1, json!({"input": 36, "output": 87}));
    check("openai/responses_stream.sse", responses, 1, json!({"input": 37, "output": 11}));
    let tokens = json!({"input": 81, "output": 1035, "reasoning": 832});
    check("openai/responses_reasoning.json", responses, 1, tokens);
    let tokens = json!({"input": 328, "output": 356});
    if let Some(report) = check("openai/responses_websearch.json", responses, 1, tokens) {
        assert_eq!(report["totals"]["searches"], 1);
    }
}

#[test]
fn sums_of_openai_are_what_the_reference_says() {
    let usage = "openai-usage";
    let tokens = json!({"input": 325_759, "cache_read": 13_952, "output": 549_459});
    check("openai/dashboard_completions_usage.csv", usage, 53, tokens);
    // Uncached 500 and cached 400, of each 50 audio and 50 images; images have no cached class.
    let tokens = json!({
        "input": 400, "audio_input": 50, "image_input": 50, "cache_read": 350,
        "audio_cache_read": 50, "cache_write_5m": 100, "output": 500, "audio_output": 50,
        "image_output": 50,
    });
    check("openai/org_usage_completions.json", usage, 5, tokens);
    check("openai/org_usage_embeddings.json", usage, 2, json!({"input": 16}));
    check("openai/org_usage_moderations.json", usage, 2, json!({"input": 16}));
    check("openai/org_usage_web_search_calls.json", usage, 2, json!({}));
    check("openai/org_usage_file_search_calls.json", usage, 1, json!({}));
    check_refused("openai/dashboard_completions_usage_empty.csv", "none of its records is a call");
    check_refused("openai/dashboard_costs.csv", "0.8958740000000000 dollars");
    check_refused("openai/org_costs.json", "0.06 dollars that belong to no model");
    for (kind, says) in [
        ("audio_speeches", "45 of audio_speeches"),
        ("audio_transcriptions", "20 of audio_transcriptions"),
        ("code_interpreter_sessions", "1 of code_interpreter_sessions"),
        ("images", "2 of images"),
        ("vector_stores", "1024 of vector_stores"),
    ] {
        check_refused(&format!("openai/org_usage_{kind}.json"), says);
    }
}

#[test]
fn samples_of_anthropic_are_what_the_reference_says() {
    let (usage, costs) = ("anthropic-usage", "anthropic-costs");
    let batch = json!({"input": 21, "output": 70});
    check("anthropic/batch_results.jsonl", "anthropic-messages", 2, batch);
    let tokens = json!({"input": 1_778_093, "cache_write_5m": 15_969, "output": 394_306});
    if let Some(report) = check("anthropic/console_tokens.csv", usage, 4, tokens) {
        assert_eq!(report["totals"]["searches"], 10);
    }
    check("anthropic/console_tokens_2025_older.csv", usage, 1, json!({"input": 8, "output": 1}));
    let tokens = json!({
        "input": 1500, "cache_write_5m": 500, "cache_write_1h": 1000, "cache_read": 200,
        "output": 500,
    });
    check("anthropic/usage_report_messages.json", usage, 1, tokens);
    check_cost("anthropic/console_cost.csv", costs, 3, json!({}), "4");
    check_cost("anthropic/console_cost_with_key_id.csv", costs, 3, json!({}), "0.17");
    check_cost("anthropic/cost_report.json", costs, 1, json!({}), "1.2378912");
}

#[test]
fn samples_of_clouds_are_what_the_reference_says() {
    let tokens = json!({"input": 268, "cache_write_5m": 250_392, "output": 370});
    check("bedrock/model_invocation_logs.jsonl", "bedrock-log", 4, tokens);
    let tokens = json!({"input": 3, "cache_write_5m": 1789, "output": 401});
    check("bedrock/converse_usage_claude_cache_write.json", "bedrock-converse", 1, tokens);
    // The second call failed.
    check("azure/apim_gateway_logs.jsonl", "azure-gateway", 2, json!({"input": 14, "output": 8}));
    check_refused("azure/openai_request_response.jsonl", "has no token counts");
    let tokens = json!({"input": 3, "output": 930, "reasoning": 901});
    check("gemini/vertex_prompt_response_log_elastic.json", "gemini", 1, tokens);
}

#[test]
fn samples_of_deepseek_and_openrouter_are_what_the_reference_says() {
    let tokens = json!({"input": 100_000, "cache_read": 1_000_000, "output": 50_000});
    check("deepseek/amount.csv", "deepseek-usage", 65, tokens);
    let tokens = json!({"cache_read": 1_000_000, "output": 500_000});
    check("deepseek/amount_utc_date.csv", "deepseek-usage", 2, tokens);
    check_cost("deepseek/cost.csv", "deepseek-costs", 2, json!({}), "14");
    let (one, sums) = ("openrouter", "openrouter-activity");
    let tokens = json!({"input": 158_165_158, "output": 5_805_092});
    check_cost("openrouter/activity_daily_slug.csv", sums, 8369, tokens, "935.94");
    let tokens = json!({"input": 50, "output": 125, "reasoning": 25});
    check_cost("openrouter/activity_api.json", sums, 5, tokens, "0.015");
    let tokens = json!({"input": 22, "cache_read": 3, "output": 45, "reasoning": 7});
    check_cost("openrouter/activity_generations_with_rows.csv", one, 2, tokens, "0.46");
    let tokens = json!({"input": 10_389, "output": 137});
    check_cost("openrouter/activity_generations_subset.csv", one, 1, tokens, "0.0123");
    let tokens = json!({"input": 7, "cache_read": 3, "output": 25, "reasoning": 5});
    check_cost("openrouter/generation_stats.json", one, 1, tokens, "0.0015");
    check_refused(
        "openrouter/activity_generations_header_only.csv",
        "none of its records is a call",
    );
    let tokens = json!({"input": 8, "cache_read": 2, "output": 15, "reasoning": 5});
    check_cost("openrouter/chat_usage_object.json", "openai-chat", 1, tokens, "0.0012");
    let tokens = json!({"input": 10, "output": 25});
    check_cost("openrouter/responses_usage_object.json", "openai-responses", 1, tokens, "0.0012");
}

#[test]
fn usage_objects_of_many_providers_in_one_file_are_each_read_as_what_they_are() {
    // 183 objects of six shapes; four messages of Anthropic have an iteration billed on its own.
    let tokens = json!({
        "input": 1_080_384, "cache_read": 121_750, "cache_write_5m": 96_171, "audio_input": 113,
        "output": 39_244, "reasoning": 12_398, "image_output": 1120,
    });
    check("provider-usage/real_usage_objects.jsonl", "bedrock-converse", 187, tokens);
    // xAI: 4,308 and 319 tokens out in all; Perplexity: 4,240 and 92,431 of reasoning, and 8,014
    // tokens of citations beside 1,188 of the prompt.
    let tokens = json!({
        // The second response of xAI says no input: 331 in all, less 2 and 317.
        "input": 10_120 - 128 + 12 + 1188 + 8014, "cache_read": 128,
        "output": 4308 + 319 + 4240 + 92_431, "reasoning": 2809 + 317 + 92_431,
    });
    let sample = "provider-usage/other_provider_usage_excerpts.jsonl";
    if let Some(report) = check(sample, "openai-chat", 3, tokens) {
        assert_eq!(report["totals"]["searches"], 54);
    }
}

/// Responses that another project made up, and how it divides them. It differs where it sums up
/// the answers of client libraries, where its numbers contradict recorded responses, and in units
/// that are no tokens.
#[test]
fn made_up_responses_divide_as_another_project_divides_them() {
    let Some(path) = shared("samples/provider-usage/runcost_expected_components.jsonl") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("reads");
    let mut compared = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let name = case["fixture"].as_str().expect("a name");
        if OTHERWISE.iter().any(|part| name.contains(part)) {
            continue;
        }
        let folder = folder_with("log.json", case["raw"].to_string());
        let report = json(folder.path(), &["analyze", "log.json"]);
        let count = |class: &str| report["totals"]["tokens"][class].as_u64().expect("a count");
        let theirs = |names: &[&str]| -> u64 {
            let counts = names.iter().filter_map(|name| case["expected_components"][name].as_str());
            counts.map(|count| count.parse::<u64>().expect("a number")).sum()
        };
        for (ours, names) in [
            ("input", &["input_uncached_tokens", "embedding_tokens"][..]),
            ("cache_read", &["input_cache_read_tokens"]),
            ("cache_write_5m", &["input_cache_write_tokens"]),
            ("cache_write_1h", &["input_cache_write_1h_tokens"]),
            ("reasoning", &["output_reasoning_tokens"]),
            ("audio_input", &["input_audio_tokens"]),
            ("image_input", &["input_image_tokens"]),
        ] {
            assert_eq!(count(ours), theirs(names), "{ours} of {name}");
        }
        let parts = ["output_text_tokens", "output_reasoning_tokens", "output_image_tokens"];
        assert_eq!(count("output"), theirs(&parts), "output of {name}");
        compared += 1;
    }
    assert!(compared >= 25, "{compared}");
}

/// Parts of the names of cases that are not compared.
const OTHERWISE: &[&str] = &[
    // Answers put together by client libraries, not by a provider.
    "ag2-",
    "haystack-",
    "langsmith-",
    "vercel-",
    "agent-sdk",
    "stream-events",
    "stream-chunks",
    "stream-final-usage-chunk",
    "stream-provider-cost",
    // A key that no response of Anthropic has.
    "raw-cache-1h",
    // Video is counted apart there; here images and video of a prompt are input.
    "raw-multimodal",
    // Units that are no tokens.
    "rerank",
    "duration-usage",
    "unit-usage",
    "audio-speeches",
    "audio-transcriptions-buckets",
    "code-interpreter-sessions",
    "images-buckets",
    // An older shape of the report, in which audio stands beside the text.
    "completions-buckets",
];
