//! Baselines as files: reads them, saves them, and notes what was accepted.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::gate::{Acknowledgement, Baseline, Measure, Outcome, Verdict, Why};
use crate::render::printable_json;
use crate::usage::Days;

use super::check_args::GateArgs;
use super::exit_status::ExitStatus;
use super::failure::{Failure, note, warn};
use super::given;
use super::output::deliver;

/// Reads a baseline that was measured as the log will be.
pub(super) fn read_baseline(path: &Path, how: &Measure) -> Result<Baseline, Failure> {
    let name = path.display();
    let text = given::text(path)
        .with_context(|| format!("cannot read the baseline {name}"))
        .map_err(|error| {
            Failure::input(error)
                .hint(format!("llmcost check LOG --save-baseline {name} writes one"))
        })?;
    let baseline = Baseline::parse(&text).map_err(|error| {
        let hint = error.hint();
        Failure::input(anyhow!("{name} cannot be used: {error}")).hint(hint)
    })?;
    let saved = &baseline.measurement.measure;
    if saved.unit != how.unit {
        let (saved, asked) = (saved.unit.name(), how.unit.name());
        return Err(Failure::usage(anyhow!("{name} was saved with --unit {saved}, not {asked}"))
            .hint(format!("add --unit {saved}, or save a new baseline")));
    }
    if saved.group_by != how.group_by {
        let names = |columns: &[String]| {
            if columns.is_empty() { "nothing".to_owned() } else { columns.join(",") }
        };
        let (saved, asked) = (names(&saved.group_by), names(&how.group_by));
        return Err(Failure::usage(anyhow!("{name} was saved by {saved}, not by {asked}")).hint(
            format!("use the same columns (--by or --case {saved}), or save a new baseline"),
        ));
    }
    if saved.days != how.days {
        return Err(Failure::usage(anyhow!(
            "{name} was saved with --timezone {}, not {}",
            saved.days.zone(),
            how.days.zone()
        ))
        .hint("use the same time zone, or save a new baseline"));
    }
    Ok(baseline)
}

/// Saves a baseline; after a comparison only one that passed, so that a rise never becomes normal
/// unseen.
pub(super) fn save_fresh(
    path: &Path,
    fresh: &Baseline,
    outcome: Option<&Outcome>,
    is_quiet: bool,
) -> Result<(), Failure> {
    let name = path.display();
    if let Some(verdict) = outcome.map(|one| one.verdict).filter(|one| *one != Verdict::Pass) {
        warn(&format!(
            "{name} was not saved: the verdict is {}; without --baseline and limits it is saved \
             as it is",
            verdict.name()
        ));
        return Ok(());
    }
    let dropped = given::text(path).ok().and_then(|text| Baseline::parse(&text).ok());
    let dropped = dropped.map_or(0, |old| old.acknowledged.len());
    save(path, fresh)?;
    if dropped > 0 {
        warn(&format!("{name} had {dropped} acknowledgements: the new baseline has none"));
    }
    let unpriced = fresh.measurement.unpriced_calls();
    if unpriced > 0 {
        warn(&format!("calls without a price, which are not in {name}: {unpriced}"));
    }
    if !is_quiet {
        let of = &fresh.measurement;
        let [one, many] = of.measure.unit.words();
        let units = if of.units() == 1 { one } else { many };
        note(&format!("saved {} {units} to {name}; commit it", of.units()));
    }
    Ok(())
}

fn save(path: &Path, baseline: &Baseline) -> Result<(), Failure> {
    // Names of its groups are a log's; escapes are read back as the same.
    let text = printable_json(&baseline.to_text());
    deliver(Some(path), |out| out.write_all(text.as_bytes()))
}

/// Writes into the baseline that what fails now may be dearer.
pub(super) fn acknowledge(
    reason: &str,
    gate: &GateArgs,
    saved: Vec<Baseline>,
    outcome: &Outcome,
) -> Result<ExitStatus, Failure> {
    let ([path], Ok([mut baseline])) = (&gate.baseline[..], <[Baseline; 1]>::try_from(saved))
    else {
        return Err(Failure::usage(anyhow!("--acknowledge is written into one baseline")));
    };
    let until = acknowledged_until(gate)?;
    let last = outcome.after.span.and_then(|(_, last)| outcome.after.measure.days.day_of(last));
    match last {
        None => {
            return Err(Failure::usage(anyhow!(
                "--acknowledge: the calls have no times, so nothing could hold until a day"
            )));
        }
        Some(last) if last > until => {
            return Err(Failure::usage(anyhow!(
                "--acknowledge-until: this log ends on {}, after that day",
                Days::name(last)
            )));
        }
        Some(_) => {}
    }
    let judgements = outcome.comparison.iter().flat_map(|comparison| &comparison.judgements);
    let failed = judgements.filter(|one| one.decides && one.why == Why::Beyond);
    let mut accepted = 0_usize;
    for one in failed {
        let Some(estimate) = one.estimate else { continue };
        baseline.acknowledged.retain(|known| known.what != one.what);
        baseline.acknowledged.push(Acknowledgement {
            what: one.what.clone(),
            up_to: estimate.interval[1],
            until,
            reason: reason.to_owned(),
        });
        accepted += 1;
    }
    if accepted == 0 {
        return Err(Failure::usage(anyhow!(
            "--acknowledge: no comparison fails, so there is nothing to accept"
        ))
        .hint("limits in dollars are changed where they are given"));
    }
    save(path, &baseline)?;
    note(&format!(
        "acknowledged in {} until {}: run the check again, and commit it",
        path.display(),
        Days::name(until)
    ));
    Ok(ExitStatus::Delivered)
}

/// The last day of an acknowledgement that was typed; 0 without one.
///
/// # Errors
/// When it is no day, nobody says why, or there is no baseline to write it into.
pub(super) fn acknowledged_until(gate: &GateArgs) -> Result<i32, Failure> {
    let Some(reason) = &gate.acknowledge else { return Ok(0) };
    if gate.baseline.is_empty() {
        return Err(Failure::usage(anyhow!("--acknowledge is written into a baseline"))
            .hint("name it with --baseline <FILE>, or as `baseline` under [gate]"));
    }
    if reason.trim().is_empty() {
        return Err(Failure::usage(anyhow!("--acknowledge: say why it may be dearer"))
            .hint("for example: --acknowledge \"longer answers, agreed\""));
    }
    let text = gate.acknowledge_until.as_deref().unwrap_or_default();
    Days::parse_day(text).ok_or_else(|| {
        Failure::usage(anyhow!("--acknowledge-until: `{text}` is no day"))
            .hint("write it as 2026-12-31")
    })
}

/// A baseline that is named twice would count twice.
pub(super) fn refuse_repeats(paths: &[PathBuf]) -> Result<(), Failure> {
    for (place, path) in paths.iter().enumerate() {
        if paths[..place].contains(path) {
            let name = path.display();
            return Err(Failure::usage(anyhow!("--baseline: {name} is given twice"))
                .hint("its calls would count twice: name it once"));
        }
    }
    Ok(())
}
