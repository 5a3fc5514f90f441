//! The samples of gateways, observability platforms, telemetry, tools and public traces: each is
//! recognised without a flag and says what was worked out from it independently.

use std::path::Path;

use super::support::{json, run, shared};

/// The classes that are compared: uncached input, written, read, output with reasoning, reasoning.
const CLASSES: [&str; 5] = ["input", "cache_write_5m", "cache_read", "output", "reasoning"];

/// A file or several read together, their format, calls and tokens by class.
type Expected = (&'static str, &'static str, u64, [u64; 5]);

const SAMPLES: &[Expected] = &[
    ("samples/litellm/spend_logs_payload.json", "litellm", 1, [10, 0, 0, 20, 0]),
    ("samples/litellm/standard_logging_payload.json", "litellm", 1, [10, 0, 0, 20, 0]),
    ("samples/langfuse/trace_download_autogen-2025-06-06.json", "langfuse", 1, [41, 0, 0, 3, 0]),
    (
        "samples/langfuse/trace_download_google-gemini-2025-08-01.json",
        "langfuse",
        1,
        [6, 0, 0, 2055, 1104],
    ),
    (
        "samples/langfuse/trace_download_langgraph-2025-08-22.json",
        "langfuse",
        2,
        [168, 0, 0, 66, 0],
    ),
    (
        "samples/langfuse/trace_download_openai-agents-2025-09-30.json",
        "langfuse",
        2,
        [140, 0, 0, 44, 0],
    ),
    ("samples/portkey/constructed_from_field_list.jsonl", "portkey", 1, [120, 0, 0, 45, 0]),
    ("samples/braintrust/metrics_excerpt.json", "braintrust", 1, [11, 0, 0, 7, 0]),
    ("samples/otel/openinference_client_span_tool_calls.json", "otel", 1, [97, 0, 0, 52, 0]),
    ("samples/otel/otel_genai_client_span_tool_calls.json", "otel", 1, [97, 0, 0, 52, 0]),
    (
        "samples/otel/otel_genai_deprecated_client_span_tool_calls.json",
        "otel",
        1,
        [97, 0, 0, 52, 0],
    ),
    ("samples/otel/otlp_logs_claude_code_api_request.json", "otel", 1, [120, 0, 0, 0, 0]),
    // Its numbers fit only if cached tokens and reasoning are beside the others.
    ("samples/otel/otlp_logs_codex_response_completed.json", "otel", 1, [41, 0, 47, 96, 53]),
    ("samples/otel/otlp_traces_minimal.json", "otel", 1, [7, 0, 0, 3, 0]),
    // Two calls in the first file, 14 + 20 and 50 + 9; one in the third; the outer spans of the
    // other two repeat them.
    (
        "samples/otel/vercel_ai_sdk_v6_ai-generateText-doGenerate.json \
         samples/otel/vercel_ai_sdk_v6_ai-generateText.json \
         samples/otel/vercel_ai_sdk_v6_ai-streamText-doStream.json \
         samples/otel/vercel_ai_sdk_v6_ai-streamText.json",
        "otel",
        3,
        [79, 0, 0, 141, 0],
    ),
    ("samples/simonw-llm/llm_logs_json.json", "simonw-llm", 2, [6, 0, 0, 27, 0]),
    ("samples/sglang/request_finished_doc_example.jsonl", "sglang", 1, [100, 0, 0, 50, 0]),
    ("samples/homemade/constructed_llm_cost_log.csv", "llmcost", 3, [8422, 0, 0, 634, 0]),
    ("samples/traces/azure2023_code_head300.csv", "azure-trace", 299, [627_353, 0, 0, 7038, 0]),
    ("samples/traces/azure2023_conv_head300.csv", "azure-trace", 299, [269_788, 0, 0, 76_687, 0]),
    ("samples/traces/bailian_readme_record.jsonl", "qwen-bailian", 1, [521, 0, 0, 132, 0]),
    ("samples/traces/constructed_burstgpt.csv", "burstgpt", 4, [2276, 0, 0, 524, 0]),
    ("samples/traces/constructed_burstgpt_older_header.csv", "burstgpt", 1, [472, 0, 0, 18, 0]),
    (
        "samples/traces/mooncake_conversation_head200.jsonl",
        "mooncake",
        200,
        [2_782_179, 0, 0, 71_379, 0],
    ),
    (
        "samples/traces/mooncake_synthetic_head100.jsonl",
        "mooncake",
        100,
        [1_313_850, 0, 0, 17_729, 0],
    ),
    (
        "traces/mooncake/conversation_trace.jsonl.gz",
        "mooncake",
        12_031,
        [144_793_823, 0, 0, 4_122_048, 0],
    ),
    ("traces/mooncake/synthetic_trace.jsonl.gz", "mooncake", 3993, [61_194_628, 0, 0, 595_432, 0]),
    (
        "traces/azure/AzureLLMInferenceTrace_code.csv",
        "azure-trace",
        8819,
        [18_059_974, 0, 0, 245_896, 0],
    ),
    (
        "traces/azure/AzureLLMInferenceTrace_conv.csv",
        "azure-trace",
        19_366,
        [22_361_870, 0, 0, 4_088_665, 0],
    ),
    (
        "traces/kv-cache-tester/trace_0006.json.gz",
        "kv-cache-tester",
        46,
        [3_681_092, 0, 0, 19_178, 0],
    ),
    ("samples/simonw-llm/logs.db", "simonw-llm", 2, [6, 0, 0, 27, 0]),
    ("traces/kv-cache-tester/trace_0057.json.gz", "kv-cache-tester", 8, [114_011, 0, 0, 1821, 0]),
    ("traces/kv-cache-tester/trace_0174.json.gz", "kv-cache-tester", 6, [115_836, 0, 0, 1776, 0]),
    ("traces/kv-cache-tester/trace_0187.json.gz", "kv-cache-tester", 3, [35_830, 0, 0, 788, 0]),
    ("traces/kv-cache-tester/trace_0288.json.gz", "kv-cache-tester", 4, [96_045, 0, 0, 3210, 0]),
    ("traces/kv-cache-tester/trace_0504.json.gz", "kv-cache-tester", 3, [33_739, 0, 0, 337, 0]),
    (
        "traces/api-traffic/claude-trace-test-traffic.jsonl.gz",
        "claude-trace",
        64,
        [5853, 45_598, 279_790, 8225, 0],
    ),
];

fn paths(names: &str) -> Option<Vec<String>> {
    let path = |name| Some(shared(name)?.to_str().expect("text").to_owned());
    names.split_whitespace().map(path).collect()
}

fn check((names, format, calls, tokens): Expected) {
    let Some(paths) = paths(names) else { return };
    let mut arguments = vec!["analyze", "--quiet"];
    arguments.extend(paths.iter().map(String::as_str));
    let report = json(Path::new("."), &arguments);
    let totals = &report["totals"];
    let found = CLASSES.map(|class| totals["tokens"][class].as_u64().unwrap_or(0));
    assert_eq!((totals["calls"].as_u64(), found), (Some(calls), tokens), "{names}");
    let files = report["input"]["by_file"].as_array().expect("a list");
    let formats: Vec<_> = files.iter().map(|file| &file["format"]).collect();
    let same = formats.iter().all(|found| found.as_str() == Some(format));
    assert!(same, "{names}: {formats:?}");
}

#[test]
fn samples_are_recognised_and_say_what_they_should() {
    for sample in SAMPLES {
        check(*sample);
    }
}

/// Files without a call say why, and what to do.
#[test]
fn samples_without_usage_say_so() {
    for (name, reason) in [
        ("samples/langsmith/run_root_chain_cut.json", "(no-calls)"),
        ("samples/helicone/export_header_only.csv", "(no-calls)"),
        ("samples/focus/focus_1.0_sample_30rows.csv", "(no-calls)"),
        ("samples/otel/vercel_ai_sdk_v6_ai-streamText.json", "(no-calls)"),
    ] {
        let Some(paths) = paths(name) else { return };
        let found = run(Path::new("."), &["analyze", &paths[0]]);
        assert_eq!(found.code, Some(3), "{name}");
        assert!(found.stderr.contains(reason), "{name}: {}", found.stderr);
    }
}
