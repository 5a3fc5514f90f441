//! Negotiated discounts of a configuration file.

use anyhow::anyhow;
use serde::Deserialize;

use crate::diagnostics::did_you_mean;
use crate::pricing::{Contract, Span};
use crate::units::{PerClass, Rate, TokenClass};
use crate::usage::Days;

use super::failure::Failure;

/// The word for fees of searches and requests among the classes of a contract.
const FEES: &str = "fees";

/// A table `[[contract]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractConfig {
    /// What reports call it; its place in the file without this.
    name: Option<String>,
    /// Who bills; everyone without this.
    provider: Option<String>,
    /// The model; all without this.
    model: Option<String>,
    /// Classes of tokens, and `fees`; everything without this.
    class: Option<Vec<String>>,
    /// The part that it takes off: `"15%"` or `"0.15"`.
    discount: String,
    /// The first day, included.
    since: Option<String>,
    /// The last day, included.
    until: Option<String>,
}

/// The contracts of a configuration.
pub(super) fn contracts(configs: &[ContractConfig], days: Days) -> Result<Vec<Contract>, Failure> {
    let read = configs.iter().enumerate().map(|(index, config)| {
        let name = config.name.clone().unwrap_or_else(|| format!("contract {}", index + 1));
        read_contract(config, name, days)
    });
    read.collect()
}

fn read_contract(config: &ContractConfig, name: String, days: Days) -> Result<Contract, Failure> {
    let discount = Rate::parse(&config.discount).map_err(|error| {
        let text = &config.discount;
        Failure::usage(anyhow!("contract `{name}`: `{text}` is no discount: {error}"))
            .hint("write the part that is taken off: discount = \"15%\" or \"0.15\"")
    })?;
    let day = |key: &str, text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        Days::parse_day(text).map(Some).ok_or_else(|| {
            Failure::usage(anyhow!("contract `{name}`: {key}: `{text}` is no day"))
                .hint("write it as 2026-10-31")
        })
    };
    let (since, until) = (day("since", &config.since)?, day("until", &config.until)?);
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Failure::usage(anyhow!("contract `{name}`: since is after until")));
    }
    let start = |day: Option<i32>| day.and_then(|day| days.start_of(day));
    let (classes, fees) = classes(config.class.as_deref(), &name)?;
    Ok(Contract {
        provider: config.provider.clone(),
        model: config.model.clone(),
        classes,
        fees,
        discount,
        span: Span { from: start(since), to: start(until.map(|day| day + 1)) },
        name,
    })
}

fn classes(names: Option<&[String]>, contract: &str) -> Result<(PerClass<bool>, bool), Failure> {
    let Some(names) = names else { return Ok((PerClass::from_fn(|_| true), true)) };
    if names.is_empty() {
        return Err(Failure::usage(anyhow!("contract `{contract}`: the list of classes is empty"))
            .hint("leave `class` out for everything"));
    }
    let (mut classes, mut fees) = (PerClass::default(), false);
    for name in names {
        if name == FEES {
            fees = true;
            continue;
        }
        let Some(class) = TokenClass::ALL.into_iter().find(|class| class.name() == name) else {
            let known = TokenClass::ALL.iter().map(|class| class.name()).chain([FEES]);
            let known: Vec<_> = known.collect();
            let failure =
                Failure::usage(anyhow!("contract `{contract}`: there is no class `{name}`"));
            return Err(match did_you_mean(name, known.iter().copied()) {
                Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
                None => failure.hint(format!("classes: {}", known.join(", "))),
            });
        };
        classes[class] = true;
    }
    Ok((classes, fees))
}
