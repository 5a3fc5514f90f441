//! What reports of sums have in common: rows that need no tokens, costs without usage.

use crate::diagnostics::Code;
use crate::sources::field::Field;
use crate::sources::format::{Draft, Refusal, Screen};
use crate::sources::quoting::quoted;
use crate::sources::values::Values;
use crate::usage::Counting;

/// A period in which nothing happened has a row too, with nothing in it.
pub(super) fn screen_sum(values: &Values<'_>) -> Screen {
    let counts = [
        Field::Input,
        Field::Output,
        Field::CacheRead,
        Field::Calls,
        Field::Amount,
        Field::Searches,
        Field::Foreign,
        Field::CostUsd,
        Field::CostCents,
    ];
    if counts.into_iter().any(|field| values.has(field)) {
        Screen::WithoutTokens
    } else {
        Screen::NoCall
    }
}

/// Says that the row has a number of calls that nobody knows.
pub(super) fn uncounted(values: &Values<'_>, draft: &mut Draft<'_>) {
    if !values.has(Field::Calls) {
        draft.call.counting = Counting::Unknown;
    }
}

/// Says why a sum over all models has no price.
pub(super) fn grouped_by_model(draft: &mut Draft<'_>) {
    if draft.model.is_empty() {
        let text = "the report is not grouped by model, so its rows have no price";
        draft.remarks.push((Code::MissingModel, text.to_owned()));
    }
}

/// A row of a report of costs: its amount is a logged cost if it is of a model and in dollars.
pub(super) fn cost_alone(values: &Values<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let currency = values.text(Field::Currency);
    if !currency.is_empty() && !currency.eq_ignore_ascii_case("usd") {
        let amount = values.text(Field::CostUsd);
        let text = format!("{} {} are no dollars", quoted(&amount), quoted(&currency));
        return Err((Code::CostOnly, text));
    }
    if draft.model.is_empty() {
        let text = match draft.call.logged_cost {
            Some(_) => {
                let amount = values.text(Field::CostUsd);
                format!("{} dollars that belong to no model", quoted(&amount))
            }
            None => "an amount that is none and belongs to no model".to_owned(),
        };
        return Err((Code::CostOnly, text));
    }
    draft.call.counting = Counting::Unknown;
    Ok(())
}
