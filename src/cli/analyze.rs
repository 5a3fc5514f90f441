//! `llmcost analyze`: where the money went.

use anyhow::anyhow;

use crate::diagnostics::did_you_mean;
use crate::insights::{AnalysisOptions, Analyzer, CostMode};
use crate::pricing::PriceBook;
use crate::render::write_analysis;
use crate::report::AnalysisReport;
use crate::units::{Excess, Usd};

use super::args::{AnalyzeArgs, CostModeArg};
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::intake::Intake;
use super::output::deliver;
use super::settings::Settings;
use super::supplies::{Prices, judge};

/// A trillion dollars: nobody is billed more.
const LARGEST_INVOICE: Usd = Usd::from_atto(1_000_000_000_000 * 1_000_000_000_000_000_000);

pub(super) fn run(args: AnalyzeArgs) -> Result<ExitStatus, Failure> {
    let settings = Settings::resolve(args.common)?;
    let prices = Prices::load(&settings)?;
    let invoice = args.invoice.as_deref().map(amount).transpose()?;
    let seller = args.provider.as_deref().map(|name| seller(&prices.book, name)).transpose()?;
    let defaults = AnalysisOptions::default();
    let by = if settings.by.is_empty() { defaults.group_by } else { settings.by.clone() };
    let options = AnalysisOptions {
        group_by: by,
        days: settings.days,
        cost_mode: match args.cost_mode {
            None | Some(CostModeArg::Auto) => CostMode::Auto,
            Some(CostModeArg::Calculate) => CostMode::Calculate,
            Some(CostModeArg::Logged) => CostMode::Logged,
        },
        seller,
        ..defaults
    };
    let mut analyzer = Analyzer::with_list(&prices.book, prices.list.as_ref(), options);
    let intake = Intake::read(&settings, &[], &mut |calls| analyzer.add(calls))?;
    let analysis = analyzer.finish();
    let unpriced = analysis.unpriced.iter().map(|model| model.calls).sum();
    let report = AnalysisReport::new(
        analysis,
        intake.accounting(),
        &intake.reading.ledger,
        prices.source(),
        settings.top,
    );
    let report = match invoice {
        Some(invoice) => report.reconciled(invoice),
        None => report,
    };
    deliver(settings.output.as_deref(), |out| {
        write_analysis(&report, settings.format, settings.style, out)
    })?;
    judge(settings.strict, &intake.reading, unpriced)
}

/// The amount of an invoice.
fn amount(text: &str) -> Result<Usd, Failure> {
    let plain = text.trim();
    let plain = plain.strip_prefix('$').unwrap_or(plain).replace(',', "");
    let refuse = |why: &dyn std::fmt::Display| {
        Failure::usage(anyhow!("--invoice: `{text}` is no amount of dollars: {why}"))
            .hint("write it as 48210.07")
    };
    let amount = Usd::parse(&plain, Excess::Reject).map_err(|error| refuse(&error))?;
    if amount < Usd::ZERO || amount > LARGEST_INVOICE {
        return Err(refuse(&"it must be between nothing and a trillion"));
    }
    Ok(amount)
}

/// Who bills under a name.
fn seller(book: &PriceBook, name: &str) -> Result<String, Failure> {
    if let Some(seller) = book.seller_named(name) {
        return Ok(seller.to_owned());
    }
    let failure = Failure::usage(anyhow!("--provider: no price table has a provider `{name}`"));
    let names = book.provider_names();
    Err(match did_you_mean(name, names.iter().copied()) {
        Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
        None => failure.hint(format!("known names: {}", names.join(", "))),
    })
}
