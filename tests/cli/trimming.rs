//! `simulate --trim turns=N`: windows over conversations beside the cache of the full history.

use super::support::{atto, folder_with, json};

/// A conversation: a start of 2,000 tokens, turns of 150 tokens from the user and 450 from the
/// model, one a minute. The prices of output are no part of the question: answers are left out of
/// the bill by the condition on input below, so every cost is of input.
fn conversation(turns: u64) -> String {
    let turn = |place: u64| {
        let time = 1_790_000_000_000 + place * 60_000;
        let input = 2_150 + 600 * place;
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"chat","conversation":"c","input_tokens":{input},"output_tokens":450}}"#
        )
    };
    (0..turns).map(turn).collect::<Vec<_>>().join("\n")
}

/// What the input costs with a plan, in ten-thousandths of what all of it costs plain.
fn relative(turns: u64, plan: &[&str]) -> i128 {
    let folder = folder_with("usage.jsonl", conversation(turns));
    let arguments = ["simulate", "--cacheable", "2000"];
    let report = json(folder.path(), &[&arguments, plan].concat());
    let answers = i128::from(turns) * 450 * 15_000_000_000_000;
    let [before, after] = ["baseline_usd", "projected_usd"].map(|key| atto(&report[key]) - answers);
    (after * 20_000 / before + 1) / 2
}

fn check(turns: u64, expected: [i128; 3]) {
    let window = ["--trim", "turns=5,pinned=2000,redo_rate=0"];
    let full = relative(turns, &["--cache", "auto_last"]);
    let cached = relative(turns, &[&window[..], &["--cache", "system_only"]].concat());
    let plain = relative(turns, &[&window[..], &["--cache", "off"]].concat());
    for (found, expected) in [full, cached, plain].into_iter().zip(expected) {
        // Published to a thousandth.
        assert!((found - expected * 10).abs() <= 5, "{turns}: {found} for {expected}");
    }
}

/// The full history with a cache; a window of five turns with its start in the cache; the same
/// window without.
#[test]
fn a_window_costs_more_than_a_cached_history_until_about_eighty_turns() {
    check(20, [199, 384, 599]);
    check(80, [128, 126, 195]);
}

#[test]
fn cutting_in_chunks_costs_less_than_either() {
    let cut = |trim, cache| relative(40, &["--trim", trim, "--cache", cache]);
    let chunks = cut("turns=5,chunk=10,pinned=2000,redo_rate=0", "replay");
    let sliding = cut("turns=5,pinned=2000,redo_rate=0", "system_only");
    let full = relative(40, &["--cache", "auto_last"]);
    for (found, expected) in [(chunks, 122), (full, 153), (sliding, 230)] {
        assert!((found - expected * 10).abs() <= 6, "{found} for {expected}");
    }
}

/// What a log costs before and after, in 10⁻¹⁸ dollars.
fn simulated(log: &str, arguments: &[&str]) -> (serde_json::Value, [i128; 2]) {
    let folder = folder_with("usage.jsonl", log);
    let report = json(folder.path(), &[&["simulate"], arguments].concat());
    let costs = ["baseline_usd", "projected_usd"].map(|key| atto(&report[key]));
    (report, costs)
}

/// Gemini 2.5 Pro: above 200,000 tokens a request pays 2.50 and 15 dollars a million, otherwise 1.25
/// and 10.
#[test]
fn below_the_long_context_threshold_all_of_a_request_is_cheaper() {
    let log = r#"{"time":1790000000000,"provider":"google","model":"gemini-2.5-pro","call_type":"chat","input_tokens":250000,"output_tokens":1000}
{"time":1790000060000,"provider":"google","model":"gemini-2.5-pro","call_type":"chat","input_tokens":100000,"output_tokens":1000}"#;
    let micro = 1_000_000_000_000_i128;
    let short = (100_000 * 125 + 1_000 * 1_000) * micro / 100;
    let check = |budget: i128, prices: [i128; 2], below: &str| {
        let trim = format!("tokens={budget}");
        let (report, costs) = simulated(log, &["--trim", &trim]);
        let before = (250_000 * 250 + 1_000 * 1_500) * micro / 100 + short;
        let after = (budget * prices[0] + 1_000 * prices[1]) * micro / 100 + short;
        assert_eq!(costs, [before, after], "{budget}");
        let told = report["techniques"][0].to_string();
        assert!(told.contains(&format!("{below} of 1 calls above the long-context")), "{told}");
    };
    check(200_001, [250, 1_500], "0");
    check(200_000, [125, 1_000], "1");
    check(150_000, [125, 1_000], "1");
}

/// The same conversation, all of it read from the cache but what each turn adds.
fn warm_conversation(turns: u64) -> String {
    let turn = |place: u64| {
        let time = 1_790_000_000_000 + place * 60_000;
        let read = if place == 0 { 0 } else { 2_150 + 600 * (place - 1) };
        let written = 2_150 + 600 * place - read;
        format!(
            r#"{{"time":{time},"provider":"anthropic","model":"claude-sonnet-4-6","call_type":"chat","conversation":"c","input_tokens":0,"cache_read_tokens":{read},"cache_write_5m_tokens":{written},"output_tokens":450}}"#
        )
    };
    (0..turns).map(turn).collect::<Vec<_>>().join("\n")
}

/// After ten turns the same model sums up 6,000 tokens of history in 500. It reads 7,550 of 8,000
/// tokens from the cache; the last answer, 450, is plain. In tokens of input that is
/// 755 + 450 + 5 * 500 = 3,705. The history is written anew, (1.25 - 0.1) * 500 = 575, and the last
/// answer is not, 517.5. Each turn then reads 5,500 tokens less, 550: it pays from the seventh on.
#[test]
fn a_summary_reads_a_warm_history_and_pays_as_the_closed_form_says() {
    let trim = "summarize=claude-sonnet-4-6,every=10,pinned=2000,redo_rate=0";
    for (turns, tenths) in [(6, -4_625), (7, 875), (9, 11_875)] {
        let (_, [before, after]) = simulated(&warm_conversation(10 + turns), &["--trim", trim]);
        assert_eq!(before - after, tenths * 300_000_000_000, "{turns}");
    }
}

/// Another model has nothing in its cache: 6,000 tokens at 1 dollar a million and 500 at 5.
#[test]
fn another_model_reads_the_history_as_plain_input() {
    let log = warm_conversation(16);
    let cost = |model: &str| {
        let trim = format!("summarize={model},every=10,pinned=2000,redo_rate=0");
        let (_, [_, after]) = simulated(&log, &["--trim", &trim]);
        after
    };
    let own = 3_705 * 3_000_000_000_000;
    let other = 6_000 * 1_000_000_000_000 + 500 * 5_000_000_000_000;
    assert_eq!(cost("claude-haiku-4-5") - cost("claude-sonnet-4-6"), other - own);
}

/// Calls that are made again because something is missing: 5 %, at the low end 15 %, at best none.
#[test]
fn what_is_made_again_is_five_percent_and_up_to_fifteen() {
    let log = conversation(20);
    let saved = |settings: &str| {
        let (report, [before, after]) = simulated(&log, &["--trim", settings]);
        let [low, high] = ["saved_low_usd", "saved_high_usd"].map(|key| report[key].clone());
        (low, before - after, high)
    };
    let (low, expected, high) = saved("turns=5,pinned=2000");
    let with = |rate: &str| saved(&format!("turns=5,pinned=2000,redo_rate={rate}")).1;
    assert_eq!([atto(&low), expected, atto(&high)], ["0.15", "0.05", "0"].map(with));
    assert!(atto(&low) < expected && expected < atto(&high));
}
