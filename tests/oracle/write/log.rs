//! JSON lines, as the README lists their fields: audio and images are parts of input and output,
//! reasoning is a part of output, cached audio a part of what was read from the cache.

use super::{moment, quoted};
use crate::world::log::{Line, Record};
use crate::world::{Class, Tier};

pub(crate) fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        match line {
            Line::Record(record) => text.push_str(&json(record)),
            Line::Broken(broken) => text.push_str(broken),
            Line::Blank => {}
        }
        text.push('\n');
    }
    text
}

fn json(record: &Record) -> String {
    let mut fields: Vec<(&str, String)> = vec![("case", quoted(&record.case))];
    if let Some(time) = record.time {
        fields.push(("time", quoted(&moment(time))));
    }
    let named = [
        ("provider", &record.provider),
        ("model", &record.model),
        ("call_type", &record.call_type),
        ("team", &record.team),
        ("geo", &record.geo),
        ("finish_reason", &record.finish),
        ("request_id", &record.request_id),
        ("retry_of", &record.retry_of),
    ];
    let named = named.into_iter().filter(|(_, text)| !text.is_empty());
    fields.extend(named.map(|(name, text)| (name, quoted(text))));
    if record.tier != Tier::Standard {
        fields.push(("service_tier", quoted(record.tier.name())));
    }
    fields.extend(tokens(record).into_iter().map(|(name, count)| (name, count.to_string())));
    fields.push(match record.failed {
        Some(_) => ("status", quoted("error")),
        None => ("status", quoted("ok")),
    });
    if let Some(code) = record.failed.filter(|code| *code > 0) {
        fields.push(("http_status", code.to_string()));
    }
    fields.extend(record.attempt.map(|attempt| ("attempt", attempt.to_string())));
    fields.extend(record.logged_cost.as_ref().map(|cost| ("cost_usd", quoted(cost))));
    let fields = fields.into_iter().map(|(name, value)| format!("{}:{value}", quoted(name)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// The counts as a record has them; only input and output are always there.
fn tokens(record: &Record) -> Vec<(&'static str, u64)> {
    let sum = |classes: &[Class]| classes.iter().map(|class| record.count(*class)).sum::<u64>();
    let input = sum(&[Class::Input, Class::AudioInput, Class::ImageInput]);
    let beside = [
        ("cache_read_tokens", sum(&[Class::CacheRead, Class::AudioCacheRead])),
        ("cache_write_5m_tokens", sum(&[Class::CacheWrite5m])),
        ("cache_write_1h_tokens", sum(&[Class::CacheWrite1h])),
        ("audio_input_tokens", sum(&[Class::AudioInput])),
        ("audio_cache_read_tokens", sum(&[Class::AudioCacheRead])),
        ("image_input_tokens", sum(&[Class::ImageInput])),
        ("reasoning_tokens", sum(&[Class::Reasoning])),
        ("audio_output_tokens", sum(&[Class::AudioOutput])),
        ("image_output_tokens", sum(&[Class::ImageOutput])),
        ("searches", record.searches),
        ("file_searches", record.file_searches),
        ("calls", if record.calls == 1 { 0 } else { record.calls }),
    ];
    let mut counts = vec![("input_tokens", input), ("output_tokens", record.output())];
    counts.extend(beside.into_iter().filter(|(_, count)| *count > 0));
    counts
}
