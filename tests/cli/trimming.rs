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
