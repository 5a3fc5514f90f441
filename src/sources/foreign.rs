//! Files that are recognised only to say that they are not read.

use super::paths::plain;

/// What kind of file this is, if it is no text in UTF-8 at all.
pub(super) fn container(bytes: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "it is a zip archive; unpack it and name the files in it"),
        (b"\xfd7zXZ\0", "it is compressed with xz; unpack it with `xz -dk FILE` and read that"),
        (b"BZh", "it is compressed with bzip2; unpack it with `bzip2 -dk FILE` and read that"),
        (b"\xff\xfe", UTF16),
        (b"\xfe\xff", UTF16),
        (b"%PDF", "it is a PDF document, not a log"),
    ];
    let known = STARTS.iter().find(|(start, _)| bytes.starts_with(start));
    let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
    known.map(|(_, reason)| *reason).or_else(|| {
        let is_suspect = memchr::memchr(0, looked_at).is_some();
        (is_suspect && !is_mostly_text(looked_at))
            .then_some("it is a binary file or text in UTF-16, not text in UTF-8")
    })
}

/// So much of a file shows whether it is text.
const LOOKED_AT: usize = 64 << 10;

/// Whether a text has zeros only around its lines, or in a few of them: those are damaged records among
/// good ones.
fn is_mostly_text(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(without_zeros);
    let (mut clean, mut damaged) = (0, 0);
    for line in lines {
        let is_text = |byte: &u8| *byte >= b' ' || byte.is_ascii_whitespace();
        if line.contains(&0) {
            damaged += line.len();
        } else if line.iter().all(is_text) {
            clean += line.len();
        }
    }
    damaged == 0 || clean > damaged
}

/// A line without the zeros around it: a file that grew when the machine went down may have some for
/// what was not written yet.
pub(super) fn without_zeros(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|byte| *byte != 0).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| *byte != 0).map_or(start, |last| last + 1);
    &line[start..end]
}

const UTF16: &str = "it is text in UTF-16; convert it, for example with `iconv -f UTF-16 -t UTF-8`";

/// Why a server's log in plain text is not read.
pub(super) const VLLM_LOG: &str = "it is vLLM's log in plain text, which has no counts of its answers; \
    export its traces with `--otlp-traces-endpoint`, or log the responses of what calls it";

/// Whether a log in plain text is vLLM's.
pub(super) fn is_vllm_log(sample: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(sample, text).is_some();
    has(b"Received request ") && has(b"SamplingParams(") || has(b"Avg prompt throughput: ")
}

/// Whether a text is a server-sent event stream; comments and ids may come before its first event.
pub(super) fn is_event_stream(text: &[u8]) -> bool {
    let is = |line: &[u8], starts: &[&[u8]]| starts.iter().any(|start| line.starts_with(start));
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let aside = |line: &&[u8]| line.is_empty() || is(line, &[b":", b"id:", b"retry:"]);
    let first = lines.find(|line| !aside(line));
    first.is_some_and(|line| is(line, &[b"data: {", b"data:{", b"event:", b"data: [DONE]"]))
}

/// The exports of other programs whose counts mean something else than the same names in a table
/// of calls: rows that are sums over a day, or a spelling of the cache that differs.
pub(super) fn not_read_yet(columns: &[String]) -> Option<&'static str> {
    const EXPORTS: [(&[&str], &str); 7] = [
        (&["start_time_iso"], "OpenAI's usage export"),
        (&["num_model_requests"], "OpenAI's usage export"),
        (&["generation_id", "tokens_prompt"], "OpenRouter's activity export"),
        (&["model_permaslug"], "OpenRouter's activity export"),
        (&["slug", "usage", "requests"], "OpenRouter's activity export"),
        (&["usage_date_utc"], "Anthropic's console export"),
        (&["usage_input_tokens_no_cache"], "Anthropic's console export"),
    ];
    let names: Vec<String> = columns.iter().map(|name| plain(name)).collect();
    let has = |name: &&str| names.contains(&plain(name));
    EXPORTS.iter().find(|(wanted, _)| wanted.iter().all(has)).map(|(_, name)| *name)
}
