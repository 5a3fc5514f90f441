//! `llmcost prices list`: what models cost.

use anyhow::anyhow;
use glob::{MatchOptions, Pattern};

use crate::diagnostics::did_you_mean;
use crate::pricing::PriceBook;
use crate::render::write_price_list;
use crate::report::{PriceList, PriceQuery, PriceSort, Retired};
use crate::units::TokenClass;

use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::output::deliver;
use super::super::settings::{output_format, style};
use super::args::{ListArgs, SortArg};

pub(super) fn run(args: ListArgs) -> Result<ExitStatus, Failure> {
    let (at, as_of) = super::moment(args.as_of.as_deref())?;
    let (book, config) = super::book(&args.book)?;
    let provider = args.provider.as_deref();
    check_provider(&book, provider)?;
    let pattern = args.model.as_deref().map(wanted).transpose()?;
    let query = PriceQuery {
        at,
        provider: &|name| provider.is_none_or(|wanted| wanted.eq_ignore_ascii_case(name)),
        model: &|name| pattern.as_ref().is_none_or(|pattern| matches(pattern, name)),
        retired: match (args.all, args.retired) {
            (true, _) => Retired::Show,
            (_, true) => Retired::Only,
            _ => Retired::Hide,
        },
        sort: args.sort.map_or(PriceSort::Provider, order),
    };
    let list = PriceList::new(&book, super::source(&book, &as_of), &query);
    if list.rows.is_empty() && list.retired_left_out == 0 && list.unpriced.is_empty() {
        return Err(nothing(&book, args.model.as_deref()));
    }
    let output = super::form(args.form, &config);
    let format = output_format(&output)?;
    deliver(output.output.as_deref(), |out| write_price_list(&list, format, style(&output), out))?;
    Ok(ExitStatus::Delivered)
}

const fn order(sort: SortArg) -> PriceSort {
    match sort {
        SortArg::Provider => PriceSort::Provider,
        SortArg::Model => PriceSort::Model,
        SortArg::Input => PriceSort::Class(TokenClass::Input),
        SortArg::CacheRead => PriceSort::Class(TokenClass::CacheRead),
        SortArg::CacheWrite => PriceSort::Class(TokenClass::CacheWrite5m),
        SortArg::Output => PriceSort::Class(TokenClass::Output),
        SortArg::Batch => PriceSort::Batch,
        SortArg::Context => PriceSort::Context,
        SortArg::Since => PriceSort::Since,
        SortArg::Checked => PriceSort::Checked,
    }
}

/// A part of a name is as good as the whole of it, unless the pattern says where it stands.
fn wanted(text: &str) -> Result<Pattern, Failure> {
    let whole = if text.contains(['*', '?']) { text.to_owned() } else { format!("*{text}*") };
    Pattern::new(&whole).map_err(|error| {
        Failure::usage(anyhow!("--model: `{text}` is no pattern: {}", error.msg))
            .hint("for example: --model 'claude-*'")
    })
}

fn matches(pattern: &Pattern, name: &str) -> bool {
    let options = MatchOptions { case_sensitive: false, ..MatchOptions::new() };
    pattern.matches_with(name, options)
}

fn check_provider(book: &PriceBook, wanted: Option<&str>) -> Result<(), Failure> {
    let Some(wanted) = wanted else { return Ok(()) };
    let mut known: Vec<_> = book.models().map(|(_, model)| model.provider.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if known.iter().any(|name| name.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    let failure = Failure::usage(anyhow!("--provider: no table is of `{wanted}`"));
    Err(match did_you_mean(wanted, known.iter().copied()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint(format!("the providers are {}", known.join(", "))),
    })
}

fn nothing(book: &PriceBook, pattern: Option<&str>) -> Failure {
    let Some(pattern) = pattern else {
        return Failure::usage(anyhow!("no model is retired"));
    };
    let failure = Failure::usage(anyhow!("--model: no model is called `{pattern}`"));
    match book.suggest(pattern) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint("without --model, all are listed"),
    }
}
