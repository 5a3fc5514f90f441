//! A format in words: what its counts include, how copies are told, where its values stand.

use std::fmt::Write as _;

use super::field::Field;
use super::format::{Convention, Format, Identity};
use super::session::Totals;

/// The page of a format, in Markdown.
pub fn page(format: &Format) -> String {
    let mut text = format!("# {}\n\n{}\n\n", format.name, format.summary);
    for sentence in [&*includes(format), copies(format), depends(format)] {
        let _ = writeln!(text, "- {sentence}");
    }
    if !format.provider.is_empty() {
        let _ = writeln!(text, "- A record that does not say who bills is {}'s.", format.provider);
    }
    text.push_str("\n| value | where it stands; the first that is there counts |\n|---|---|\n");
    for field in Field::ALL {
        let places = format.fields.iter().filter(|(_, known)| *known == field);
        let shown = |path: &str| format!("`{}`", path.replace("\\.", "."));
        let places: Vec<_> = places.map(|(path, _)| shown(path)).collect();
        if let (Some(name), false) = (name(field), places.is_empty()) {
            let _ = writeln!(text, "| {name} | {} |", places.join(", "));
        }
    }
    text
}

fn includes(format: &Format) -> String {
    let counts = [Field::Input, Field::Output, Field::Parts, Field::Amount];
    if !format.fields.iter().any(|(_, field)| counts.contains(field)) {
        return "It has no tokens.".to_owned();
    }
    let convention = (format.convention)(&[]);
    let named = ["prompt_tokens", "cached_tokens"].map(str::to_owned);
    if (format.convention)(&named) != convention {
        return "What the input includes is told by the names of the columns.".to_owned();
    }
    if convention == Convention::APART {
        let how = "is settled record by record, from its total and counts";
        return format!("What the input and the output include {how}.");
    }
    let side = |inside| if inside { "inside" } else { "beside" };
    let Convention {
        input_includes_cache: cache,
        output_includes_reasoning: reasoning,
        settled,
        ..
    } = convention;
    let totals = format.fields.iter().any(|(_, field)| *field == Field::Total);
    let shown = totals && !settled;
    let unless = if shown { ", unless the total of a record shows otherwise" } else { "" };
    format!(
        "Cached tokens are {} the input, reasoning is {} the output{unless}.",
        side(cache),
        side(reasoning)
    )
}

fn copies(format: &Format) -> &'static str {
    match format.identity {
        Identity::Unknown => "No record is taken for a copy.",
        Identity::WholeRecord => "A record with the same id and contents is a copy.",
        Identity::Response => "A response with the same id is a copy; its largest counts hold.",
        Identity::Stream => {
            "Records with the same ids are one response; its largest counts hold, and those in \
             another file are copies."
        }
        Identity::Bucket => {
            "A sum over the same period of the same things in another file is a copy; the larger \
             counts hold."
        }
        Identity::Pivot => {
            "Rows over the same period of the same things are one sum; in another file they are \
             copies."
        }
        Identity::Running => {
            "The same total in a session and those it came from or started is a copy; the \
             earliest is the original."
        }
    }
}

fn depends(format: &Format) -> &'static str {
    match format.session.map(|session| session.totals) {
        None => "Each record stands for itself.",
        Some(Totals::No) => "What the start of a session says holds for its records.",
        Some(Totals::OfSession) => "Counts are totals of the session so far: the growth is used.",
        Some(Totals::OfModel) => "Counts are totals of each model so far: the growth is used.",
    }
}

/// What a value is called; nothing for what only serves to tell others apart.
fn name(field: Field) -> Option<&'static str> {
    field.own_name().or(match field {
        Field::OuterModel => Some("model around a response"),
        Field::ToolInput => Some("input of tool results, beside the input"),
        Field::Total => Some("total tokens"),
        Field::RecordType => Some("kind of record"),
        Field::Parts => Some("calls or counts inside the record"),
        Field::InputModalities => Some("input by modality"),
        Field::CacheModalities => Some("cached input by modality"),
        Field::OutputModalities => Some("output by modality"),
        Field::Rows => Some("list of records"),
        Field::Inside => Some("text with the record as JSON"),
        Field::Parent => Some("session it comes from"),
        Field::CostCents => Some("cost in cents"),
        Field::EndTime => Some("end of the call"),
        Field::Metric => Some("what the row counts"),
        Field::Amount => Some("how much of it"),
        Field::Unit => Some("what that is counted in"),
        Field::Currency => Some("currency of the cost"),
        Field::AudioCacheRead => Some("cached input that was audio"),
        Field::CacheLifetimes => Some("cache writes by lifetime"),
        Field::OutputItems => Some("pieces of the answer"),
        Field::BucketEnd => Some("end of the period"),
        Field::Project => Some("project or workspace"),
        Field::ApiKey => Some("key of the API"),
        Field::User => Some("who called"),
        Field::ContextWindow => Some("range of prompt sizes"),
        Field::CostTicks => Some("cost in 10⁻¹⁰ dollars"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{FORMATS, find_format};

    #[test]
    fn every_format_has_a_page_that_says_where_its_counts_stand() {
        for format in FORMATS {
            let page = page(format);
            let named = |name: &str| page.contains(&format!("\n| {name} | "));
            let counted = named("output_tokens") || named("how much of it");
            let counted = counted || page.contains("- It has no tokens.");

            assert!(counted && page.starts_with("# "), "{page}");
        }
        let codex = page(find_format("codex").expect("known"));
        assert!(codex.contains("Cached tokens are inside the input"), "{codex}");
        let table = page(find_format("table").expect("known"));
        assert!(table.contains("told by the names"), "{table}");
    }
}
