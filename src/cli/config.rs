//! Configuration files: the project's `llmcost.toml` and the user's own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

use super::contracts::ContractConfig;
use super::currency::CurrencyConfig;
use super::failure::Failure;
use super::sources::SourceConfig;

/// The name of the project's file.
const PROJECT_FILE: &str = "llmcost.toml";

/// What a configuration file may say; flags and environment win over it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// Logs to read when none are named; relative to the file.
    #[serde(default)]
    pub(super) inputs: Vec<String>,
    /// As `--prices`; paths are relative to the file.
    #[serde(default)]
    pub(super) prices: Vec<PathBuf>,
    /// As `--source-format`.
    pub(super) source_format: Option<String>,
    /// As `--map`.
    #[serde(default)]
    pub(super) map: BTreeMap<String, String>,
    /// As `--by`.
    #[serde(default)]
    pub(super) by: Vec<String>,
    /// As `--top`.
    pub(super) top: Option<usize>,
    /// As `--timezone`.
    pub(super) timezone: Option<String>,
    /// As `--assume-model`.
    pub(super) assume_model: Option<String>,
    /// As `--assume-call-type`.
    pub(super) assume_call_type: Option<String>,
    /// As `--currency`.
    pub(super) currency: Option<CurrencyConfig>,
    /// As `--plan`; relative to the file.
    pub(super) plan: Option<PathBuf>,
    /// Negotiated discounts, each a table `[[contract]]`.
    #[serde(default)]
    pub(super) contract: Vec<ContractConfig>,
    /// Saved mappings, each a table `[[source]]`.
    #[serde(default)]
    pub(super) source: Vec<SourceConfig>,
}

impl Config {
    /// The project's configuration over the user's.
    pub(super) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let project = match named {
            Some(path) => Some(Self::read(path)?),
            None => Self::read_if_there(Path::new(PROJECT_FILE))?,
        };
        let user = user_file().map_or(Ok(None), |path| Self::read_if_there(&path))?;
        Ok(project.unwrap_or_default().over(user.unwrap_or_default()))
    }

    fn read_if_there(path: &Path) -> Result<Option<Self>, Failure> {
        if path.is_file() { Self::read(path).map(Some) } else { Ok(None) }
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {name}"))
            .map_err(Failure::usage)?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| anyhow::anyhow!("{name}: {}", error.to_string().trim_end()))
            .map_err(|error| with_brackets(&text, Failure::usage(error)))?;
        for source in &mut config.source {
            source.stands_in(&name.to_string(), &text);
        }
        Ok(config.relative_to(path.parent().unwrap_or(Path::new(""))))
    }

    fn relative_to(mut self, folder: &Path) -> Self {
        for path in self.prices.iter_mut().chain(&mut self.plan) {
            *path = folder.join(&*path);
        }
        for input in self.inputs.iter_mut().filter(|input| *input != "-") {
            *input = folder.join(&*input).display().to_string();
        }
        self
    }

    fn over(self, weaker: Self) -> Self {
        let list = |strong: Vec<String>, weak| if strong.is_empty() { weak } else { strong };
        Self {
            inputs: list(self.inputs, weaker.inputs),
            prices: if self.prices.is_empty() { weaker.prices } else { self.prices },
            source_format: self.source_format.or(weaker.source_format),
            map: if self.map.is_empty() { weaker.map } else { self.map },
            by: list(self.by, weaker.by),
            top: self.top.or(weaker.top),
            timezone: self.timezone.or(weaker.timezone),
            assume_model: self.assume_model.or(weaker.assume_model),
            assume_call_type: self.assume_call_type.or(weaker.assume_call_type),
            currency: self.currency.or(weaker.currency),
            plan: self.plan.or(weaker.plan),
            contract: if self.contract.is_empty() { weaker.contract } else { self.contract },
            source: more_sources(self.source, weaker.source),
        }
    }
}

/// The configuration files that count for a run, the strongest first.
pub(super) fn files(named: Option<&Path>) -> Vec<PathBuf> {
    let project = named.map_or_else(|| PathBuf::from(PROJECT_FILE), Path::to_owned);
    [Some(project), user_file()].into_iter().flatten().filter(|path| path.is_file()).collect()
}

/// Tables of which there may be several are easily written like those of which there is one.
fn with_brackets(text: &str, failure: Failure) -> Failure {
    let Ok(tables) = text.parse::<toml::Table>() else { return failure };
    let single = ["source", "contract"].into_iter().filter(|name| {
        let is_table = |value: &toml::Value| value.is_table();
        tables.get(*name).is_some_and(is_table)
    });
    single.fold(failure, |failure, name| {
        failure.hint(format!("there may be several: write [[{name}]] instead of [{name}]"))
    })
}

/// The project's sources, then those of the user's that it does not name.
fn more_sources(mut strong: Vec<SourceConfig>, weak: Vec<SourceConfig>) -> Vec<SourceConfig> {
    let named = |source: &SourceConfig| strong.iter().any(|known| known.name() == source.name());
    let more: Vec<_> = weak.into_iter().filter(|source| !named(source)).collect();
    strong.extend(more);
    strong
}

/// The user's own configuration, where their system keeps such files.
#[expect(clippy::disallowed_methods, reason = "the place of the file is the user's setting")]
fn user_file() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty());
    let folder = folder
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("llmcost").join("config.toml"))
}
