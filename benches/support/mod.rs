//! Small logs for the benchmarks, the same in every run.

use std::io::Write;

use tempfile::NamedTempFile;

/// How many records a log has.
pub(crate) const RECORDS: u32 = 20_000;

const MODELS: [&str; 5] =
    ["claude-sonnet-4-5", "claude-haiku-4-5", "gpt-5-mini", "gpt-5", "gemini-2.5-flash"];
const CALL_TYPES: [&str; 4] =
    ["support.answer", "search.rewrite", "document.summary", "agent.step"];

/// What is in a record, whatever its form.
pub(crate) struct Made {
    pub(crate) number: u32,
    pub(crate) time: String,
    pub(crate) model: &'static str,
    pub(crate) call_type: &'static str,
    pub(crate) session: u32,
    /// Uncached tokens of the prompt, and those that a cache had.
    pub(crate) input: u64,
    pub(crate) read: u64,
    pub(crate) output: u64,
}

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    /// A number below `end`: the `SplitMix64` step of Steele, Lea and Flood (2014).
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        let place = usize::try_from(self.below(names.len() as u64)).expect("a small number");
        names[place]
    }
}

/// Calls a minute apart, eight to a conversation.
pub(crate) fn calls(count: u32) -> impl Iterator<Item = Made> {
    (0..count).map(|number| {
        let mut dice = Dice(number.into());
        let (day, minute) = (1 + number / 1440 % 28, number % 1440);
        let input = 200 + dice.below(8_000);
        Made {
            number,
            time: format!("2026-07-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60),
            model: dice.one_of(&MODELS),
            call_type: dice.one_of(&CALL_TYPES),
            session: number / 8,
            input,
            read: input * dice.below(3) / 4,
            output: 1 + dice.below(900),
        }
    })
}

/// A file of these lines, which goes with the value.
pub(crate) fn file(ending: &str, lines: impl Iterator<Item = String>) -> NamedTempFile {
    let file = tempfile::Builder::new().suffix(ending).tempfile();
    let mut file = file.expect("a temporary folder can be written to");
    let text: String = lines.map(|line| line + "\n").collect();
    file.write_all(text.as_bytes()).expect("a temporary file can be written");
    file
}

/// A log of so many flat records.
pub(crate) fn log(records: u32) -> NamedTempFile {
    let line = |call: Made| {
        let Made { number, time, model, call_type, session, input, read, output } = call;
        format!(
            r#"{{"time":"{time}","model":"{model}","call_type":"{call_type}","session_id":"s{session}","request_id":"req_{number:016x}","input_tokens":{input},"cache_read_tokens":{read},"output_tokens":{output},"status":"ok","latency_ms":{}}}"#,
            200 + 14 * output
        )
    };
    file(".jsonl", calls(records).map(line))
}

/// Where it is.
pub(crate) fn path(file: &NamedTempFile) -> &str {
    file.path().to_str().expect("temporary folders have plain names")
}
