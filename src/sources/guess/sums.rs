//! What the sums of a record show: which count is the other one, and what is inside what.

use super::names::Name;
use super::survey::{Column, Survey};
use crate::sources::formats::counts_inside_input;

/// The counts of a column by record; nothing counts as zero.
fn counts(column: &Column) -> Vec<u64> {
    column.cells.iter().map(|cell| cell.count().unwrap_or(0)).collect()
}

/// Whether `total` is the sum of `parts` in every record that has a total, and in at least two
/// that differ: one may be chance.
pub(super) fn adds_up(total: &Column, parts: &[&Column]) -> bool {
    sums_found(total, parts) >= 2
}

/// The same where the name says already that it is a total: then one record is enough.
pub(super) fn named_adds_up(total: &Column, parts: &[&Column]) -> bool {
    sums_found(total, parts) >= 1
}

/// In how many records that differ `total` is the sum; none if any says otherwise.
fn sums_found(total: &Column, parts: &[&Column]) -> usize {
    let sums: Vec<Vec<u64>> = parts.iter().map(|part| counts(part)).collect();
    let mut seen = Vec::new();
    for (record, cell) in total.cells.iter().enumerate() {
        let Some(total) = cell.count() else { continue };
        let sum = sums.iter().try_fold(0u64, |sum, part| sum.checked_add(part[record]));
        if sum != Some(total) {
            return 0;
        }
        if total > 0 && !seen.contains(&total) {
            seen.push(total);
        }
    }
    seen.len()
}

/// Columns `a`, `b` of `free` with `a + b = total`, if there is just one such pair.
pub(super) fn pair<'s>(total: &Column, free: &[&'s Column]) -> Option<[&'s Column; 2]> {
    let mut found = Vec::new();
    for (place, first) in free.iter().enumerate() {
        for second in &free[place + 1..] {
            if adds_up(total, &[first, second]) {
                found.push([*first, *second]);
            }
        }
    }
    if let [one] = found[..] { Some(one) } else { None }
}

/// Whether one count is part of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    pub(super) holds: bool,
    pub(super) reason: String,
    /// Whether the records show it, not only a name.
    pub(super) shown: bool,
}

/// The counts between which sums decide.
pub(super) struct Counts<'s> {
    pub(super) input: &'s Column,
    pub(super) output: &'s Column,
    /// Read from and written to the cache.
    pub(super) cached: Vec<&'s Column>,
    pub(super) reasoning: Option<&'s Column>,
    pub(super) total: Option<&'s Column>,
}

/// Whether any record has tokens here: without, a sum shows nothing.
fn has_tokens(columns: &[&Column]) -> bool {
    columns.iter().any(|column| counts(column).iter().any(|count| *count > 0))
}

/// In how many records `parts` are together more than `whole`.
fn exceeds(parts: &[&Column], whole: &Column) -> usize {
    let whole = counts(whole);
    let parts: Vec<Vec<u64>> = parts.iter().map(|part| counts(part)).collect();
    let sum = |record: usize| parts.iter().map(|part| part[record]).fold(0, u64::saturating_add);
    (0..whole.len()).filter(|record| sum(*record) > whole[*record]).count()
}

impl Counts<'_> {
    /// Whether cached tokens are part of the input; nothing if there are none in the file.
    pub(super) fn cache(&self, survey: &Survey) -> Option<Inside> {
        let first = self.cached.first()?;
        let told = |inside, reason| Some(Inside { holds: inside, reason, shown: true });
        let records = survey.records;
        let more = exceeds(&self.cached, self.input);
        if more > 0 {
            let text = format!(
                "beside `{}`: larger than it in {more} of {records} records",
                self.input.path
            );
            return told(false, text);
        }
        if let Some([inside, _]) = self.by_total() {
            let side = if inside { "inside" } else { "beside" };
            return told(inside, format!("{side} `{}`: {}", self.input.path, self.equation()));
        }
        if let Some(found) = is_part(first, self.input) {
            return Some(found);
        }
        let by_name = |inside: bool, like: &str| {
            let side = if inside { "inside" } else { "beside" };
            let reason = format!("{side} `{}` by the names, as {like} has it", self.input.path);
            Some(Inside { holds: inside, reason, shown: false })
        };
        if [*first, self.input].iter().any(|column| counts_inside_input(last(column))) {
            return by_name(true, "OpenAI");
        }
        let name = Name::of(&first.path);
        if name.says(&["read", "reads", "creation"]).is_some() {
            return by_name(false, "Anthropic");
        }
        let reason =
            format!("whether inside `{}` cannot be told: taken as beside", self.input.path);
        Some(Inside { holds: false, reason, shown: false })
    }

    /// Whether reasoning is part of the output; nothing if there is none in the file.
    pub(super) fn reasoning(&self, survey: &Survey) -> Option<Inside> {
        let column = self.reasoning?;
        let told = |inside, reason| Some(Inside { holds: inside, reason, shown: true });
        let (records, more) = (survey.records, exceeds(&[column], self.output));
        if more > 0 {
            let text = format!(
                "beside `{}`: larger than it in {more} of {records} records",
                self.output.path
            );
            return told(false, text);
        }
        if let Some([_, inside]) = self.by_total() {
            let side = if inside { "inside" } else { "beside" };
            return told(inside, format!("{side} `{}`: {}", self.output.path, self.equation()));
        }
        if let Some(found) = is_part(column, self.output) {
            return Some(found);
        }
        let reason = format!("taken as inside `{}`, as most providers have it", self.output.path);
        Some(Inside { holds: true, reason, shown: false })
    }

    /// Whether cache and reasoning are inside, if the total fits one way only.
    fn by_total(&self) -> Option<[bool; 2]> {
        let total = self.total?;
        let reasoning: Vec<&Column> = self.reasoning.into_iter().collect();
        let mut found = None;
        for beside in [[false, false], [true, false], [false, true], [true, true]] {
            let mut parts = vec![self.input, self.output];
            parts.extend(self.cached.iter().filter(|_| beside[0]));
            parts.extend(reasoning.iter().filter(|_| beside[1]));
            let says = !beside[0] || has_tokens(&self.cached);
            let says = says && (!beside[1] || has_tokens(&reasoning));
            // Whether it is a total at all was settled before.
            if !says || !named_adds_up(total, &parts) {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some(beside.map(|beside| !beside));
        }
        let shows = has_tokens(&self.cached) || has_tokens(&reasoning);
        found.filter(|_| shows)
    }

    fn equation(&self) -> String {
        let total = self.total.map_or("", |total| last(total));
        let (input, output) = (last(self.input), last(self.output));
        match self.by_total() {
            Some([true, true]) | None => format!("`{total}` = `{input}` + `{output}`"),
            Some([false, true]) => format!("`{total}` = `{input}` + `{output}` + cached"),
            Some([true, false]) => format!("`{total}` = `{input}` + `{output}` + reasoning"),
            Some([false, false]) => format!("`{total}` = all of them together"),
        }
    }
}

/// Whether a column says that it is part of another: by its name, or as it stands beside the total
/// of one object.
fn is_part(part: &Column, whole: &Column) -> Option<Inside> {
    let reason = if Name::of(&part.path).is_of_which() {
        format!("inside `{}`, as its name says", whole.path)
    } else {
        let (object, _) = whole.path.rsplit_once('.')?;
        let beside = part.path.rsplit_once('.').is_some_and(|(other, _)| other == object);
        if !beside || !Name::of(&whole.path).is_bare_total() {
            return None;
        }
        format!("inside `{}`, the total of the object they are in", whole.path)
    };
    Some(Inside { holds: true, reason, shown: true })
}

fn last(column: &Column) -> &str {
    column.path.rsplit('.').next().unwrap_or_default()
}
