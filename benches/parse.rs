//! How fast bytes become calls: each layout, read by one thread from a file in the page cache.
//!
//! `cargo bench --bench parse`

mod support;

use std::num::NonZeroUsize;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use llmcost::Log;
use tempfile::NamedTempFile;

use support::{Made, RECORDS, calls, file, log, path};

/// A part of a message, with what JSON escapes.
const TEXT: &str = "see \\\"branch\\\" in C:\\\\logs:\\n{\\\"usage\\\": 3} and compare both tables with the \
                    invoice of last month, which has the order twice, before the answer is sent; ";

/// As `benches/generate.py` has them.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Flat,
    Csv,
    Claude,
    OpenAi,
}

fn main() {
    divan::main();
}

fn written(layout: Layout) -> NamedTempFile {
    match layout {
        Layout::Flat => log(RECORDS),
        Layout::Csv => {
            let head = "time,model,call_type,session_id,request_id,input_tokens,cache_read_tokens,output_tokens";
            file(".csv", std::iter::once(head.to_owned()).chain(calls(RECORDS).map(csv)))
        }
        Layout::Claude => file(".jsonl", calls(RECORDS).map(claude)),
        Layout::OpenAi => file(".jsonl", calls(RECORDS).map(|call| open_ai(&call))),
    }
}

fn csv(call: Made) -> String {
    let Made { number, time, model, call_type, session, input, read, output } = call;
    format!("{time},{model},{call_type},s{session},req_{number:016x},{input},{read},{output}")
}

fn claude(call: Made) -> String {
    let Made { number, time, model, session, input, read, output, .. } = call;
    let body = TEXT.repeat(6);
    format!(
        r#"{{"parentUuid":null,"isSidechain":false,"sessionId":"s{session}","version":"2.1.4","message":{{"model":"{model}","id":"msg_{number:016x}","type":"message","role":"assistant","content":[{{"type":"text","text":"{body}"}}],"stop_reason":"end_turn","usage":{{"input_tokens":{input},"cache_creation_input_tokens":0,"cache_read_input_tokens":{read},"output_tokens":{output}}}}},"requestId":"req_{number:016x}","type":"assistant","uuid":"u{number}","timestamp":"{time}"}}"#
    )
}

fn open_ai(call: &Made) -> String {
    let Made { number, model, input, read, output, .. } = call;
    let (created, prompt, body) = (1_782_864_000 + number * 60, input + read, TEXT);
    format!(
        r#"{{"id":"chatcmpl-{number:016x}","object":"chat.completion","created":{created},"model":"{model}","choices":[{{"index":0,"message":{{"role":"assistant","content":"{body}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{prompt},"completion_tokens":{output},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{read}}}}}}}"#,
        prompt + output,
    )
}

#[divan::bench(args = [Layout::Flat, Layout::Csv, Layout::Claude, Layout::OpenAi], sample_count = 20, max_time = 2)]
fn read(bencher: Bencher<'_, '_>, layout: Layout) {
    let file = written(layout);
    let bytes = file.as_file().metadata().expect("the file is there").len();
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(RECORDS)).bench(|| {
        let log = Log::reader().threads(NonZeroUsize::MIN).read([path(&file)]).expect("a good log");
        assert_eq!(log.reading().total().records, u64::from(RECORDS));
        log
    });
}
