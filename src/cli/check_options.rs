//! The limits and thresholds that were typed, checked.

use anyhow::anyhow;

use crate::gate::{GateOptions, Limit, Measure, Target, Unit};
use crate::sources::Field;
use crate::units::{DecimalError, Excess, Factor, Rate, Usd};

use super::check_args::{GateArgs, TargetArg, UnitArg};
use super::failure::Failure;
use super::settings::Settings;

/// How a log is measured.
pub(super) fn measure(args: &GateArgs, settings: &Settings) -> Result<Measure, Failure> {
    let unit = match args.unit() {
        UnitArg::Call => Unit::Call,
        UnitArg::Session => Unit::Session,
        UnitArg::Case => Unit::Case,
    };
    if args.case.is_some() && unit != Unit::Case && args.said_by("--case") == "--case" {
        return Err(Failure::usage(anyhow!("--case names the column of test cases"))
            .hint("it goes with --unit case"));
    }
    let case = args.case.as_deref().unwrap_or("case");
    if let Some(text) = group_names(unit, case, settings).find(|name| is_text(name)) {
        return Err(Failure::usage(anyhow!(
            "`{text}` is the text of prompts, and no group of calls"
        ))
        .hint("a baseline holds the names of groups, and no text; group by `prompt_hash`"));
    }
    let group_by = match unit {
        Unit::Case if !settings.by.is_empty() => {
            return Err(Failure::usage(anyhow!("--by: test cases are kept apart by --case"))
                .hint("leave --by out, or compare calls: --unit call"));
        }
        Unit::Case => vec![case.to_owned()],
        Unit::Call | Unit::Session if settings.by.is_empty() => unit.usual_groups(),
        Unit::Call | Unit::Session => settings.by.clone(),
    };
    Ok(Measure { unit, group_by, days: settings.days })
}

/// The columns that were named for groups.
fn group_names<'a>(
    unit: Unit,
    case: &'a str,
    settings: &'a Settings,
) -> impl Iterator<Item = &'a str> {
    let case = (unit == Unit::Case).then_some(case);
    settings.by.iter().map(String::as_str).chain(case)
}

/// Whether a column holds what people wrote.
fn is_text(column: &str) -> bool {
    let fields = [Field::named(column), Field::of_dimension(column)];
    fields.into_iter().flatten().any(|field| {
        matches!(
            field,
            Field::Prompt | Field::PromptContext | Field::SystemPrompt | Field::Embedding
        )
    })
}

/// What the gate is asked for.
pub(super) fn options(args: &GateArgs) -> Result<GateOptions, Failure> {
    check_percentile(args)?;
    if args.units_per_month == Some(0) {
        return Err(Failure::usage(anyhow!("gate.units_per_month: a month has at least 1 unit"))
            .hint("leave it out for the log's own volume"));
    }
    let mut limits = Vec::new();
    if let Some(text) = &args.max_cost {
        limits.push(Limit::Cost(dollars(args.said_by("--max-cost"), text)?));
    }
    if let Some(text) = &args.max_cost_per_unit {
        limits.push(Limit::UnitCost(dollars(args.said_by("--max-cost-per-unit"), text)?));
    }
    for text in &args.budget {
        limits.push(budget(args.said_by("--budget"), text)?);
    }
    let optional = |flag, text: &Option<String>| {
        text.as_deref().map(|text| threshold(args.said_by(flag), text)).transpose()
    };
    // Those with a default were filled in.
    let filled = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(GateOptions {
        target: match args.gate.unwrap_or(TargetArg::Unit) {
            TargetArg::Unit => Target::Unit,
            TargetArg::Total => Target::Total,
        },
        threshold: threshold(args.said_by("--threshold"), &filled(&args.threshold))?,
        group_threshold: optional("--group-threshold", &args.group_threshold)?,
        percentile_threshold: optional("--p95-threshold", &args.p95_threshold)?,
        confidence: confidence(args.said_by("--confidence"), &filled(&args.confidence))?,
        min_impact: dollars(args.said_by("--min-impact"), &filled(&args.min_impact))?,
        units_per_month: args.units_per_month,
        max_unpriced: rate(args.said_by("--max-unpriced"), &filled(&args.max_unpriced))?,
        max_not_compared: rate(args.said_by("--max-new"), &filled(&args.max_new))?,
        limits,
        ..GateOptions::default()
    })
}

/// A percentile that nothing could be compared with would be a threshold without effect.
fn check_percentile(args: &GateArgs) -> Result<(), Failure> {
    if args.p95_threshold.is_none() {
        return Ok(());
    }
    let who = args.said_by("--p95-threshold");
    if !matches!(args.unit(), UnitArg::Call) {
        return Err(
            Failure::usage(anyhow!("{who} is about single calls")).hint("it goes with --unit call")
        );
    }
    if args.baseline.len() > 1 {
        return Err(Failure::usage(anyhow!(
            "{who} takes one baseline: a percentile of several is in none of them"
        ))
        .hint("name one --baseline, or leave the percentile out"));
    }
    Ok(())
}

/// What is still allowed, as a multiple: `5%` is 1.05. It may be more than all.
fn threshold(flag: &str, text: &str) -> Result<Factor, Failure> {
    let refuse = |error: DecimalError| {
        Failure::usage(anyhow!("{flag}: `{text}` is no rate: {error}"))
            .hint("write five percent as 5% or 0.05")
    };
    let plain = match text.trim().strip_suffix('%') {
        Some(percent) => {
            let hundredths = Factor::parse(percent).map_err(refuse)?;
            Factor::of_counts(hundredths.parts(), 100_000_000_000)
        }
        None => Some(Factor::parse(text).map_err(refuse)?),
    };
    if !text.contains('%') && plain.is_some_and(|plain| plain >= Factor::ONE) {
        return Err(Failure::usage(anyhow!(
            "{flag}: `{text}` would be {text} times as much again"
        ))
        .hint(format!("write {text}% for a rise of so many percent")));
    }
    let allowed = plain.and_then(|plain| {
        Factor::of_counts(plain.parts().checked_add(Factor::ONE.parts())?, Factor::ONE.parts())
    });
    allowed.ok_or_else(|| refuse(DecimalError::TooLarge))
}

fn rate(flag: &str, text: &str) -> Result<Rate, Failure> {
    Rate::parse(text).map_err(|error| {
        Failure::usage(anyhow!("{flag}: `{text}` is no rate between 0 and 1: {error}"))
            .hint("write one percent as 1% or 0.01")
    })
}

fn confidence(flag: &str, text: &str) -> Result<Rate, Failure> {
    let found = rate(flag, text)?;
    let bounds = ["0.5", "0.99"].map(|text| Rate::parse(text).expect("a constant"));
    if found < bounds[0] || found > bounds[1] {
        return Err(Failure::usage(anyhow!("{flag}: `{text}` is not between 50% and 99%"))
            .hint("95% is usual"));
    }
    Ok(found)
}

fn dollars(flag: &str, text: &str) -> Result<Usd, Failure> {
    let plain = text.trim();
    let amount = Usd::parse(plain.strip_prefix('$').unwrap_or(plain), Excess::Reject);
    let refuse = |why: &dyn std::fmt::Display| {
        Failure::usage(anyhow!("{flag}: `{text}` is no amount of dollars: {why}"))
            .hint("write it as 0.02 or 50")
    };
    let amount = amount.map_err(|error| refuse(&error))?;
    if amount < Usd::ZERO { Err(refuse(&"it is less than nothing")) } else { Ok(amount) }
}

fn budget(flag: &str, text: &str) -> Result<Limit, Failure> {
    match text.split_once('/') {
        Some((amount, "day")) => Ok(Limit::Day(dollars(flag, amount)?)),
        Some((amount, "month")) => Ok(Limit::Month(dollars(flag, amount)?)),
        _ => Err(Failure::usage(anyhow!("{flag}: `{text}` is not dollars a day or a month"))
            .hint("write it as 50/day or 900/month")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = threshold("--threshold", text).ok().map(|found| found.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn thresholds_are_read_as_rates_and_percent() {
        check("5%", Some("1.05"));
        check("0.05", Some("1.05"));
        check("150%", Some("2.5"));
        check("0", Some("1"));
        check("2.5 %", Some("1.025"));
        check("five", None);
        check("5", None);
        check("500%", Some("6"));
        check("-1%", None);
    }

    #[test]
    fn budgets_have_an_amount_and_a_period() {
        assert!(matches!(budget("--budget", "50/day"), Ok(Limit::Day(_))));
        assert!(matches!(budget("--budget", "$900/month"), Ok(Limit::Month(_))));
        assert!(budget("--budget", "50").is_err());
        assert!(budget("--budget", "50/week").is_err());
        assert!(budget("--budget", "-1/day").is_err());
    }
}
