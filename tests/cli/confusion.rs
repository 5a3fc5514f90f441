//! Every sample and every fixture at once: each file is taken for what it is, and for nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{folder_with, json, project, run, shared};

/// What the samples are, by the start of their path; the longest start that fits counts.
const SAMPLES: &[(&str, &str)] = &[
    ("aider/", "aider"),
    ("anthropic/batch_results", "anthropic-messages"),
    ("anthropic/console_cost", "anthropic-costs"),
    ("anthropic/console_tokens", "anthropic-usage"),
    ("anthropic/cost_report", "anthropic-costs"),
    ("anthropic/usage_report", "anthropic-usage"),
    ("azure/apim", "azure-gateway"),
    ("azure/openai_request_response", "azure-diagnostics"),
    ("bedrock/converse", "bedrock-converse"),
    ("bedrock/model_invocation", "bedrock-log"),
    ("braintrust/", "braintrust"),
    ("claude-code/", "claude-code"),
    ("cline/", "cline"),
    ("codex/", "codex"),
    ("codex/exec", "codex-exec"),
    ("copilot/", "copilot-billing"),
    ("copilot/cli_events", "copilot"),
    ("cursor/", "cursor"),
    ("cursor/admin", "cursor-events"),
    ("deepseek/amount", "deepseek-usage"),
    ("deepseek/cost", "deepseek-costs"),
    ("focus/", "focus"),
    ("gemini/", "gemini"),
    ("gemini-cli/", "gemini-cli"),
    ("helicone/", "helicone"),
    ("homemade/", "llmcost"),
    ("kimi-code/", "kimi-code"),
    ("langfuse/", "langfuse"),
    ("langsmith/", "langsmith"),
    ("litellm/", "litellm"),
    ("openai/batch_output", "openai-chat"),
    ("openai/chat_", "openai-chat"),
    ("openai/dashboard_completions", "openai-usage"),
    ("openai/dashboard_costs", "openai-costs"),
    ("openai/org_costs", "openai-costs"),
    ("openai/org_usage", "openai-usage"),
    ("openai/responses_", "openai-responses"),
    ("opencode/", "opencode"),
    ("openrouter/activity_api", "openrouter-activity"),
    ("openrouter/activity_daily", "openrouter-activity"),
    ("openrouter/activity_generations", "openrouter"),
    ("openrouter/chat_usage", "openai-chat"),
    ("openrouter/generation_stats", "openrouter"),
    ("openrouter/responses_usage", "openai-responses"),
    ("otel/", "otel"),
    ("portkey/", "portkey"),
    ("provider-usage/other", "openai-chat"),
    // Records of six providers; the file is named after its first ones, each is read as its own.
    ("provider-usage/real", "bedrock-converse"),
    // Prices of another tool's tests, which no format fits.
    ("provider-usage/runcost", ""),
    ("qwen-code/", "qwen-code"),
    ("sglang/", "sglang"),
    ("simonw-llm/", "simonw-llm"),
    ("traces/azure", "azure-trace"),
    ("traces/bailian", "qwen-bailian"),
    ("traces/constructed_burstgpt", "burstgpt"),
    ("traces/mooncake", "mooncake"),
];

/// What each file was taken for, by its path below `folder`.
fn found(folder: &Path, arguments: &[&str]) -> BTreeMap<String, String> {
    let whole = folder.to_str().expect("text");
    let report = json(project(), &[&["analyze", whole], arguments].concat());
    let files = report["input"]["by_file"].as_array().expect("a list");
    let named = files.iter().map(|file| {
        let name = file["name"].as_str().expect("a name");
        let name = name.strip_prefix(whole).unwrap_or(name).trim_start_matches('/');
        (name.to_owned(), file["format"].as_str().expect("a format").to_owned())
    });
    named.collect()
}

/// Counts of expected against found formats; every file is counted.
fn matrix(
    found: &BTreeMap<String, String>,
    expected: impl Fn(&str) -> String,
) -> BTreeMap<(String, String), Vec<String>> {
    let mut matrix: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, format) in found {
        matrix.entry((expected(name), format.clone())).or_default().push(name.clone());
    }
    matrix
}

fn assert_diagonal(matrix: &BTreeMap<(String, String), Vec<String>>) {
    let confused: Vec<_> =
        matrix.iter().filter(|((expected, found), _)| expected != found).collect();
    assert!(confused.is_empty(), "expected, found, files: {confused:#?}");
}

#[test]
fn no_sample_is_taken_for_another_format() {
    let Some(folder) = shared("samples") else { return };
    let found = found(&folder, &[]);
    let matrix = matrix(&found, |name| {
        let fits = SAMPLES.iter().filter(|(start, _)| name.starts_with(start));
        let best = fits.max_by_key(|(start, _)| start.len());
        best.unwrap_or_else(|| panic!("{name}: what is it?")).1.to_owned()
    });
    assert_diagonal(&matrix);
    assert!(matrix.len() >= 35, "{} formats in the samples", matrix.len());
}

#[test]
fn no_fixture_is_taken_for_another_format() {
    let found = found(&project().join("fixtures/formats"), &[]);
    let of_logs: BTreeMap<_, _> =
        found.into_iter().filter(|(name, _)| !name.ends_with("/expected.json")).collect();
    let matrix = matrix(&of_logs, |name| {
        let (folder, file) = name.split_once('/').expect("a folder");
        match (folder, file) {
            // A home-made table may use llmcost's own names.
            ("homemade", "usage.csv") => "llmcost".to_owned(),
            ("homemade", _) => "table".to_owned(),
            _ => folder.replace('_', "-"),
        }
    });
    assert_diagonal(&matrix);
    assert!(matrix.len() >= 50, "{} formats among the fixtures", matrix.len());
}

/// Where each record of a log is a line: all of them in reverse order, and the first and the last
/// alone, are of the same format, or no usage at all.
#[test]
fn parts_of_a_log_are_no_other_format() {
    let folder = project().join("fixtures/formats");
    let whole = found(&folder, &[]);
    let mut confused = Vec::new();
    for (name, format) in whole.iter().filter(|(name, _)| name.strip_suffix(".jsonl").is_some()) {
        let text = fs::read_to_string(folder.join(name)).expect("reads");
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines.reverse();
        for part in [lines.join("\n"), lines[0].to_owned(), lines[lines.len() - 1].to_owned()] {
            let alone = folder_with("part.jsonl", &part);
            let run = run(alone.path(), &["analyze", "part.jsonl", "--json"]);
            let Ok(report) = serde_json::from_str::<Value>(&run.stdout) else {
                assert_eq!(run.code, Some(3), "{name}\n{part}\n{}", run.stderr);
                continue;
            };
            let found = report["input"]["by_file"][0]["format"].as_str().expect("a format");
            if found != format {
                confused.push((name.clone(), found.to_owned(), part));
            }
        }
    }
    assert_eq!(confused, [], "files, what was found, parts");
}
