//! OTLP JSON taken apart: each span or event with its attributes as an object.
//!
//! Source: the OTLP description: attributes are lists of keys and typed values, whole numbers are
//! texts; older exporters wrote `instrumentationLibrarySpans`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::sources::rows::{Row, elements, list_in, members};

/// Where the spans and the events are, from the outside in.
const SPANS: [[&str; 3]; 2] = [
    ["resourceSpans", "scopeSpans", "spans"],
    ["resourceSpans", "instrumentationLibrarySpans", "spans"],
];
const EVENTS: [&str; 3] = ["resourceLogs", "scopeLogs", "logRecords"];

/// The spans and events of an export; nothing when the record is no export. Metrics are sums over
/// time that repeat the spans, and are left out.
pub(super) fn unfold(record: &str) -> Option<Vec<Row<'_>>> {
    let found = members(record)?;
    if !["resourceSpans", "resourceLogs", "resourceMetrics"]
        .iter()
        .any(|key| found.contains_key(*key))
    {
        return None;
    }
    let mut parts = Vec::new();
    for path in SPANS.iter().chain([&EVENTS]) {
        for outer in found.get(path[0]).map(|list| elements(list)).unwrap_or_default() {
            let resource = members(outer).and_then(|outer| attributes(outer.get("resource")?));
            for scope in list_in(outer, path[1]).unwrap_or_default() {
                for part in list_in(scope, path[2]).unwrap_or_default() {
                    parts.push((part, flat(part, resource.as_ref())));
                }
            }
        }
    }
    parts.sort_by_key(|(part, _)| part.as_ptr().addr());
    let outer = repeating(&parts);
    let rows = parts.into_iter().zip(outer).map(|((part, mut call), repeats)| {
        if repeats || sums_up(&call) {
            call.insert("repeats_inner".to_owned(), true.into());
        }
        Row::rewritten(record, part, Value::Object(call).to_string())
    });
    Some(rows.collect())
}

/// What a span says of itself, and its attributes as an object.
fn flat(part: &str, resource: Option<&Map<String, Value>>) -> Map<String, Value> {
    const KEPT: [&str; 9] = [
        "name",
        "traceId",
        "spanId",
        "parentSpanId",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "timeUnixNano",
        "observedTimeUnixNano",
        "status",
    ];
    let Some(found) = members(part) else { return Map::new() };
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let kept = KEPT.iter().filter_map(|key| Some(((*key).to_owned(), value(found.get(*key)?))));
    let mut call: Map<String, Value> = kept.collect();
    let mut own = attributes(part).unwrap_or_default();
    let event = |own: &Map<String, Value>| own.get("event.name").is_some();
    if !event(&own)
        && let Some(body) = found.get("body")
    {
        // The events of Claude Code are named in their bodies alone by older versions.
        own.extend(scalar(&value(body)).map(|name| ("event.name".to_owned(), name)));
    }
    call.insert("attributes".to_owned(), Value::Object(own));
    call.extend(resource.map(|resource| ("resource".to_owned(), Value::Object(resource.clone()))));
    call
}

/// The attributes of a span or a resource, by key.
fn attributes(of: &str) -> Option<Map<String, Value>> {
    let pair = |text: &str| {
        let attribute: Value = serde_json::from_str(text).ok()?;
        let key = attribute.get("key")?.as_str()?.to_owned();
        Some((key, scalar(attribute.get("value")?)?))
    };
    Some(list_in(of, "attributes")?.into_iter().filter_map(pair).collect())
}

/// A typed value as a plain one.
fn scalar(value: &Value) -> Option<Value> {
    let (kind, value) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "arrayValue" => {
            let list = value.get("values")?.as_array()?;
            Some(Value::Array(list.iter().filter_map(scalar).collect()))
        }
        "kvlistValue" => None,
        _ => Some(value.clone()),
    }
}

/// For each span, whether it has counts and a span inside it has, too.
fn repeating(parts: &[(&str, Map<String, Value>)]) -> Vec<bool> {
    let id = |call: &Map<String, Value>, key: &str| {
        call.get(key).and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
    };
    let parents: BTreeMap<String, String> = parts
        .iter()
        .filter_map(|(_, call)| Some((id(call, "spanId")?, id(call, "parentSpanId")?)))
        .collect();
    let mut around = BTreeSet::new();
    for (_, call) in parts.iter().filter(|(_, call)| is_counted(call)) {
        let mut next = id(call, "spanId").and_then(|span| parents.get(&span));
        while let Some(parent) = next {
            if !around.insert(parent.clone()) {
                break;
            }
            next = parents.get(parent);
        }
    }
    let repeats = |call: &Map<String, Value>| {
        is_counted(call) && id(call, "spanId").is_some_and(|span| around.contains(&span))
    };
    parts.iter().map(|(_, call)| repeats(call)).collect()
}

/// Whether the name of a span says that it is around those of calls and repeats their counts: they
/// may be in another export.
fn sums_up(call: &Map<String, Value>) -> bool {
    let has_kind = |key: &str| call.get("attributes").and_then(|own| own.get(key)).is_some();
    let name = call.get("name").and_then(Value::as_str).unwrap_or_default();
    let starts = ["agent run", "invoke_agent ", "invoke_workflow "];
    let ends = [".workflow", ".agent", ".task"];
    !has_kind("gen_ai.operation.name")
        && (starts.iter().any(|start| name.starts_with(start))
            || ends.iter().any(|end| name.ends_with(end)))
}

/// Whether a span has counts, in any dialect.
fn is_counted(call: &Map<String, Value>) -> bool {
    const STARTS: [&str; 4] = ["gen_ai.usage.", "llm.usage.", "llm.token_count.", "ai.usage."];
    let attributes = call.get("attributes").and_then(Value::as_object);
    attributes.is_some_and(|attributes| {
        attributes.keys().any(|key| STARTS.iter().any(|start| key.starts_with(start)))
    })
}
