//! Reads a log and says what a prompt cache would have saved, by technique.
//!
//! `cargo run --release --example what_would_caching_save -- fixtures/usage.jsonl`

#![expect(clippy::print_stdout, reason = "an example says what it found")]

use std::error::Error;

use llmcost::{Log, Plan, PriceBook};

const PLAN: &str = r#"
[prompt_caching]
policy = "replay"

[batch]
call_types = ["report"]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        return Err("name a log, such as fixtures/usage.jsonl".into());
    }
    let prices = PriceBook::embedded();
    let plan = Plan::parse("plan", PLAN)?;
    let log = Log::reader().plan(&plan).read(&files)?;
    let lines = log.reading().total();
    println!("{} lines, {} calls, {} skipped", lines.lines, lines.records, lines.skipped);
    let outcome = log.simulate(&prices, &plan)?;
    println!("today ${}", outcome.baseline);
    for technique in &outcome.techniques {
        println!("  {} saves ${} of it", technique.label, technique.ladder);
    }
    println!("then ${}", outcome.projected);
    if outcome.unpriced.calls > 0 {
        println!("{} calls have no price and are in none of this", outcome.unpriced.calls);
    }
    Ok(())
}
