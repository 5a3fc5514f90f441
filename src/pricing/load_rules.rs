//! Rules of a price table that stand on their own: hours of the week, and calls that are free.

use toml::Spanned;

use crate::usage::{Days, FinishReason};

use super::load_provider::find_place;
use super::resolve::{Provider, Unbilled};
use super::schedule::{Schedule, WeekWindow};
use super::schema::{RawSchedule, RawStatus, RawUnbilled, RawWindow, Text};
use super::table_error::{PriceTableError, PriceTableProblem as Problem, Source};

/// Reads hours of the week.
pub(super) fn read_schedule(
    raw: &RawSchedule,
    source: Source,
) -> Result<Schedule, PriceTableError> {
    let windows = raw.windows.iter().map(|window| read_window(window, source));
    let windows = windows.collect::<Result<Vec<_>, _>>()?;
    if windows.is_empty() {
        return Err(source.error(raw.id.span(), Problem::Empty("list of windows")));
    }
    let except = raw.except.iter().map(|text| {
        let day = source.day(text)?;
        Days::parse_day(&day)
            .map(i64::from)
            .ok_or_else(|| source.error(text.span(), Problem::BadDay))
    });
    let mut except = except.collect::<Result<Vec<_>, _>>()?;
    except.sort_unstable();
    Ok(Schedule {
        id: source.filled("schedule id", &raw.id)?,
        windows,
        except,
        source: source.filled("source", &raw.source)?,
        checked_on: source.day(&raw.checked_on)?,
    })
}

fn read_window(raw: &Spanned<RawWindow>, source: Source) -> Result<WeekWindow, PriceTableError> {
    let at = raw.span();
    let raw = raw.get_ref();
    let (from, to) = (read_minute(&raw.from, source)?, read_minute(&raw.to, source)?);
    let mut days = [false; 7];
    for day in &raw.days {
        days[*day as usize] = true;
    }
    if from >= to || raw.days.is_empty() {
        return Err(source.error(at, Problem::BadHours));
    }
    Ok(WeekWindow { days, from, to })
}

/// The minute of the day, from `00:00` to `24:00`.
fn read_minute(text: &Text, source: Source) -> Result<i64, PriceTableError> {
    let digits = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i64>().ok()).flatten()
    };
    let (hour, minute) = text.get_ref().split_once(':').unwrap_or_default();
    let minute = digits(hour).zip(digits(minute)).filter(|(_, minute)| *minute < 60);
    let minute = minute.map(|(hour, minute)| hour * 60 + minute);
    minute
        .filter(|minute| *minute <= 24 * 60)
        .ok_or_else(|| source.error(text.span(), Problem::BadHours))
}

/// Reads which calls are not charged.
pub(super) fn read_unbilled(
    provider: &Provider,
    raw: &Spanned<RawUnbilled>,
    source: Source,
) -> Result<Unbilled, PriceTableError> {
    let at = raw.span();
    let raw = raw.get_ref();
    if raw.status.is_none() && raw.finish_reason.is_none() && !raw.without_output {
        return Err(source.error(at, Problem::EmptyUnbilled));
    }
    let tiers = raw.tiers.as_ref().map(|tiers| {
        tiers.iter().map(|tier| source.tier(tier.get_ref(), tier)).collect::<Result<_, _>>()
    });
    let places = raw.places.as_ref().map(|places| {
        places.iter().map(|place| find_place(provider, place, source)).collect::<Result<_, _>>()
    });
    Ok(Unbilled {
        statuses: raw.status.as_ref().map(|status| read_status(status, source)).transpose()?,
        finish_reason: raw
            .finish_reason
            .as_ref()
            .map(|reason| read_reason(reason, source))
            .transpose()?,
        without_output: raw.without_output,
        tiers: tiers.transpose()?,
        places: places.transpose()?,
        source: source.filled("source", &raw.source)?,
        checked_on: source.day(&raw.checked_on)?,
    })
}

fn read_status(raw: &Spanned<RawStatus>, source: Source) -> Result<Vec<u16>, PriceTableError> {
    let refuse = |word: String| Err(source.error(raw.span(), Problem::BadStatus(word)));
    match raw.get_ref() {
        RawStatus::Word(word) if word == "any" => Ok(Vec::new()),
        RawStatus::Word(word) => refuse(word.clone()),
        // An empty list would stand for every failed call.
        RawStatus::Codes(codes) if codes.is_empty() => refuse("[]".to_owned()),
        RawStatus::Codes(codes) => match codes.iter().find(|code| !(100..600).contains(*code)) {
            Some(code) => refuse(code.to_string()),
            None => Ok(codes.clone()),
        },
    }
}

fn read_reason(text: &Text, source: Source) -> Result<FinishReason, PriceTableError> {
    const KNOWN: [FinishReason; 5] = [
        FinishReason::Stop,
        FinishReason::Length,
        FinishReason::ToolUse,
        FinishReason::Refusal,
        // Not the reasons that have no name here: a spelling nobody has heard of is no failure.
        FinishReason::Error,
    ];
    let known = KNOWN.into_iter().find(|reason| reason.name() == text.get_ref());
    known.ok_or_else(|| source.unknown("finish reason", text.get_ref(), text))
}
