//! Records of another format than the rest of their file: each is read as what it is.

use std::sync::OnceLock;

use serde_json::Value;

use crate::usage::Dimensions;

use super::field::Field;
use super::format::{Convention, Format, Screen};
use super::formats::FORMATS;
use super::framing::Framing;
use super::plan::FilePlan;
use super::values::Values;

/// The plans of all formats for one file, built when its first odd record comes.
#[derive(Debug)]
pub(super) struct Others {
    columns: Vec<String>,
    dimensions: Dimensions,
    plans: OnceLock<Vec<FilePlan>>,
}

impl Others {
    pub(super) const fn new(columns: Vec<String>, dimensions: Dimensions) -> Self {
        Self { columns, dimensions, plans: OnceLock::new() }
    }

    fn plan(&self, format: &Format) -> Option<&FilePlan> {
        let plans = self.plans.get_or_init(|| {
            let plan = |format: &&'static Format| {
                FilePlan::of(format, Framing::Lines, &self.columns, &[], &self.dimensions)
            };
            FORMATS.iter().map(plan).collect()
        });
        plans.iter().find(|plan| plan.format.name == format.name)
    }
}

/// Whether the values of a record, read as `plan` says, call for a look at other formats: it has
/// no counts, or one that the format does not know.
pub(super) fn is_odd(plan: &FilePlan, values: &Values<'_>) -> bool {
    let counted = values.has(Field::Input) || values.has(Field::Output);
    plan.others.is_some()
        && (!counted || (values.has(Field::Foreign) && !plan.knows_foreign))
        && (plan.format.screen)(values) == Screen::Call
}

/// The format that recognises an odd record, and what its counts include; nothing if that is what
/// its file has anyway. Costs a tree of the record.
pub(super) fn other<'p>(plan: &'p FilePlan, text: &str) -> Option<(&'p FilePlan, Convention)> {
    let record: Value = serde_json::from_str(text).ok()?;
    let format = FORMATS.iter().find(|format| (format.recognises)(&record))?;
    let names: Vec<String> = record.as_object()?.keys().cloned().collect();
    let convention = (format.convention)(&names);
    if format.name == plan.format.name && convention == plan.convention {
        return None;
    }
    Some((plan.others.as_ref()?.plan(format)?, convention))
}
