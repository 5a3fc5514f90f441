//! A text as a baseline.

use std::collections::BTreeMap;

use crate::units::Usd;
use crate::usage::Days;

use super::super::acknowledgement::Acknowledgement;
use super::super::measurement::{Measure, MeasuredGroup, Measurement, Percentile, UnpricedCalls};
use super::super::spread::{Entry, LOTS, Spread};
use super::super::unit::Unit;
use super::document::{Document, GroupDocument, Head, PercentileDocument};
use super::error::BaselineError;
use super::row_document::{instant, usd};
use super::write::MILLION;
use super::{Baseline, KIND, REPLICATES, SCHEMA_VERSION};

pub(super) fn read(text: &str) -> Result<Baseline, BaselineError> {
    if text.trim().is_empty() {
        return Err(BaselineError::Empty);
    }
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| BaselineError::NotJson(error.to_string()))?;
    let head: Head = serde_json::from_value(value).map_err(|_| BaselineError::OtherKind)?;
    if head.kind.as_deref() != Some(KIND) {
        return Err(BaselineError::OtherKind);
    }
    if let Some(newer) = head.schema_version.filter(|version| *version > SCHEMA_VERSION) {
        return Err(BaselineError::Newer(newer));
    }
    let mut document: Document =
        serde_json::from_str(text).map_err(|error| BaselineError::Field(error.to_string()))?;
    if document.schema_version == 0 {
        return Err(BaselineError::Field("there is no schema version 0".to_owned()));
    }
    // No fuzzer gets past a fingerprint, and what is behind it must hold for whoever computes one.
    if !cfg!(fuzzing) && document.computed_fingerprint() != document.fingerprint {
        let what = "only `acknowledge` may be edited; the rest is not as it was saved";
        return Err(BaselineError::Disagrees(what.to_owned()));
    }
    let baseline = baseline(&document)?;
    check(&document, &baseline.measurement)?;
    Ok(baseline)
}

fn baseline(document: &Document) -> Result<Baseline, BaselineError> {
    let field = |what: String| BaselineError::Field(what);
    let unit = Unit::named(&document.unit)
        .ok_or_else(|| field(format!("there is no unit `{}`", document.unit)))?;
    let days = Days::of_zone(&document.timezone)
        .ok_or_else(|| field(format!("there is no time zone `{}`", document.timezone)))?;
    if (document.replicates, document.lots) != (REPLICATES, LOTS) {
        return Err(field("replicates are not as this version draws them".to_owned()));
    }
    let window = document.window.as_ref();
    let window =
        window.map(|window| Ok((instant(&window.from)?, instant(&window.to)?))).transpose()?;
    let mut by_day = BTreeMap::new();
    for (name, cost) in &document.by_day_usd {
        let day = Days::parse_day(name).ok_or_else(|| field(format!("`{name}` is no day")))?;
        by_day.insert(day, usd(cost)?);
    }
    let unpriced = document.unpriced.iter().map(|one| UnpricedCalls {
        model: one.model.clone(),
        reason: one.reason.clone(),
        calls: one.calls,
    });
    let acknowledged: Result<Vec<_>, _> =
        document.acknowledge.iter().map(Acknowledgement::try_from).collect();
    Ok(Baseline {
        tool_version: document.tool_version.clone(),
        acknowledged: acknowledged.map_err(field)?,
        measurement: Measurement {
            measure: Measure { unit, group_by: document.group_by.clone(), days },
            cluster: document.cluster.clone(),
            // A log of which that is not known is not saved.
            is_unspread: false,
            clusters: document.clusters,
            effective_clusters: document.effective_clusters,
            span: window,
            priced_at: document.priced_at.as_deref().map(instant).transpose()?,
            price_tables: document.price_tables_sha256.clone(),
            calls: document.calls,
            billed: usd(&document.billed_usd)?,
            by_day,
            unpriced: unpriced.collect(),
            without_case: document.without_case_calls,
            skipped: document.skipped_records,
            groups: document.groups.iter().map(group).collect::<Result<_, _>>()?,
            percentile: document.percentile.as_ref().map(percentile).transpose()?,
        },
    })
}

/// A changed file is found by its sums.
fn check(document: &Document, read: &Measurement) -> Result<(), BaselineError> {
    let disagrees = |what: &str| Err(BaselineError::Disagrees(what.to_owned()));
    let units = read.groups.iter().map(|group| u128::from(group.units)).sum::<u128>();
    if units != u128::from(document.units) {
        return disagrees("the units of the groups do not add up to `units`");
    }
    let mut costs = read.groups.iter().map(|group| group.cost);
    let cost = costs.try_fold(Usd::ZERO, Usd::checked_add);
    if cost != Some(usd(&document.cost_usd)?) {
        return disagrees("the costs of the groups do not add up to `cost_usd`");
    }
    for group in &read.groups {
        if group.units == 0 && group.rows.is_empty() && group.logged.is_zero() {
            return disagrees("a group has neither units nor calls");
        }
        if let Spread::Lots(entries) = &group.spread
            && (entries.iter().map(|entry| entry.units).sum::<u64>() != group.units
                || entries.iter().map(|entry| entry.cost).sum::<i128>() != group.cost.atto())
        {
            return disagrees("the trials of a case do not add up to its sums");
        }
    }
    let rows = read.groups.iter().flat_map(|group| &group.rows);
    if rows.map(|row| u128::from(row.calls)).sum::<u128>() > u128::from(read.calls) {
        return disagrees("the calls of the rows are more than `calls`");
    }
    Ok(())
}

fn group(document: &GroupDocument) -> Result<MeasuredGroup, BaselineError> {
    let cost = usd(&document.cost_usd)?;
    let spread = match (&document.lots, &document.unit_draws, &document.cost_draws) {
        (Some(lots), None, None) => {
            let entry = |one: &super::document::LotDocument| {
                if one.0 >= LOTS {
                    return Err(BaselineError::Field(format!("there is no lot {}", one.0)));
                }
                Ok(Entry { lot: one.0, units: one.1, cost: usd(&one.2)?.atto() })
            };
            Spread::Lots(lots.iter().map(entry).collect::<Result<_, _>>()?)
        }
        (None, Some(units), Some(costs)) => {
            Spread::Drawn(drawn(document.units, units, cost, costs)?)
        }
        _ => return Err(BaselineError::Field("a group has no replicates".to_owned())),
    };
    Ok(MeasuredGroup {
        key: document.key.clone(),
        is_rest: document.is_rest,
        members: document.members.clone(),
        units: document.units,
        cost,
        logged: usd(&document.logged_usd)?,
        clusters: document.clusters,
        spread,
        rows: document
            .rows
            .iter()
            .map(super::row_document::RowDocument::row)
            .collect::<Result<_, _>>()?,
    })
}

fn drawn(
    usual: u64,
    units: &str,
    cost: Usd,
    costs: &str,
) -> Result<Vec<(u64, i128)>, BaselineError> {
    let (units, costs) = (numbers(units)?, numbers(costs)?);
    let units = units.into_iter().map(|off| {
        let drawn = i128::from(usual).checked_add(off);
        drawn
            .and_then(|drawn| u64::try_from(drawn).ok())
            .ok_or_else(|| BaselineError::Field("a replicate has less than no units".to_owned()))
    });
    units.zip(costs).map(|(units, off)| Ok((units?, on(cost.atto(), off)?))).collect()
}

fn percentile(document: &PercentileDocument) -> Result<Percentile, BaselineError> {
    let cost = usd(&document.cost_usd)?;
    let drawn = numbers(&document.draws)?.into_iter().map(|off| on(cost.atto(), off));
    Ok(Percentile { cost, drawn: drawn.collect::<Result<_, _>>()? })
}

/// An amount that is so many millionths of the usual one off it.
fn on(usual: i128, off: i128) -> Result<i128, BaselineError> {
    let off = usual.checked_mul(off).map(|off| off / MILLION);
    off.and_then(|off| usual.checked_add(off))
        .filter(|amount| *amount >= 0)
        .ok_or_else(|| BaselineError::Field("a replicate has an impossible cost".to_owned()))
}

/// The numbers of a text, as many as there are replicates.
fn numbers(text: &str) -> Result<Vec<i128>, BaselineError> {
    let numbers: Result<Vec<i128>, _> = text.split(' ').map(str::parse).collect();
    numbers.ok().filter(|numbers| numbers.len() == REPLICATES).ok_or_else(|| {
        BaselineError::Field(format!("there are not {REPLICATES} whole numbers in a list of draws"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::samples::{Log, SONNET, saved_text};

    /// A baseline that a program wrote with something else in it, and what is said of that.
    fn check(change: impl Fn(&mut Document), expected: &str) {
        let log = Log::new().with(40, [SONNET, "chat", "", ""], [1_000, 200]);
        let text = saved_text(&log, Unit::Call);
        let mut document: Document = serde_json::from_str(&text).expect("it was just written");
        change(&mut document);
        document.fingerprint = document.computed_fingerprint();
        let text = serde_json::to_string(&document).expect("texts and numbers");
        let error = read(&text).expect_err("refused").to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn what_cannot_be_is_refused_even_with_its_fingerprint() {
        check(|one| one.unit = "token".to_owned(), "there is no unit `token`");
        check(|one| one.timezone = "Mars".to_owned(), "there is no time zone `Mars`");
        check(|one| one.replicates = 4, "replicates are not as this version draws them");
        check(|one| one.schema_version = 0, "there is no schema version 0");
        check(|one| one.units += 1, "do not add up to `units`");
        check(|one| one.cost_usd = "1".to_owned(), "do not add up to `cost_usd`");
        check(|one| one.calls = 7, "are more than `calls`");
        check(|one| one.groups[0].cost_draws = Some("1 2 3".to_owned()), "not 400 whole numbers");
        check(|one| one.groups[0].cost_draws = None, "a group has no replicates");
        check(|one| one.groups[0].unit_draws = Some(["-99"; 400].join(" ")), "less than no units");
        check(|one| one.groups[0].cost_usd = "-1".to_owned(), "");
        check(|one| one.by_day_usd = [("soon".into(), "1".into())].into(), "`soon` is no day");
    }

    #[test]
    fn counts_that_do_not_fit_are_refused() {
        check(
            |one| {
                one.units = u64::MAX;
                let mut other: GroupDocument =
                    serde_json::from_value(serde_json::to_value(&one.groups[0]).expect("JSON"))
                        .expect("its own form");
                (other.units, other.key) = (u64::MAX, vec!["b".to_owned()]);
                one.groups.push(other);
            },
            "",
        );
    }
}
