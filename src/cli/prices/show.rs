//! `llmcost prices show`: all about one model.

use anyhow::anyhow;

use crate::diagnostics::did_you_mean;
use crate::pricing::{PriceBook, Unpriced};
use crate::render::write_price_sheet;
use crate::report::PriceSheet;

use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::output::deliver;
use super::super::settings::{output_format, style};
use super::args::ShowArgs;

/// More names than this are no help.
const NAMES_MAX: usize = 8;

pub(super) fn run(args: ShowArgs) -> Result<ExitStatus, Failure> {
    let (at, as_of) = super::moment(args.as_of.as_deref())?;
    let (book, config) = super::book(&args.book)?;
    let provider = args.provider.as_deref().unwrap_or_default();
    let id = book
        .find(provider, &args.model)
        .map_err(|reason| unknown(&book, provider, &args.model, reason))?;
    let sheet = PriceSheet::new(&book, id, &args.model, at, super::source(&book, &as_of));
    let output = super::form(args.form, &config);
    let format = output_format(&output)?;
    deliver(output.output.as_deref(), |out| {
        write_price_sheet(&sheet, format, style(&output), out)
    })?;
    Ok(ExitStatus::Delivered)
}

fn unknown(book: &PriceBook, provider: &str, model: &str, reason: Unpriced) -> Failure {
    let failure = Failure::usage(anyhow!("{reason}: `{model}`"));
    match reason {
        Unpriced::OtherProvider | Unpriced::UnknownProvider => {
            let failure = failure.hint(format!("without --provider {provider}, it is found"));
            return failure.hint(match did_you_mean(provider, book.provider_names()) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => "`llmcost prices list` shows who sells what".to_owned(),
            });
        }
        Unpriced::SeveralSellers => {
            let mut sellers: Vec<_> = book
                .models()
                .map(|(_, known)| known.provider.as_str())
                .filter(|seller| book.find(seller, model).is_ok())
                .collect();
            sellers.dedup();
            return failure.hint(format!("name one: --provider {}", sellers.join("|")));
        }
        _ => {}
    }
    if let Some(similar) = book.suggest(model) {
        return failure.hint(format!("did you mean `{similar}`?"));
    }
    let wanted = model.to_lowercase();
    let models = book.models().map(|(_, known)| known.id.as_str());
    let mut alike: Vec<_> = models.filter(|id| id.to_lowercase().contains(&wanted)).collect();
    alike.sort_unstable();
    alike.dedup();
    match alike.len() {
        0 => failure.hint("`llmcost prices list` lists the known models"),
        1..=NAMES_MAX => {
            failure.hint(format!("models with it in their name: {}", alike.join(", ")))
        }
        more => failure.hint(format!(
            "{more} models have it in their name: llmcost prices list --model {model}"
        )),
    }
}
