//! Configuration files: the project's `llmcost.toml` over the user's own, key by key.

mod docs;
mod init;
mod keys;
mod read;
mod show;

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use super::contracts::ContractConfig;
use super::failure::{Failure, note};
use super::sources::SourceConfig;

use self::keys::{default_of, setting};
use self::read::{ConfigFile, Said, read};

pub(super) use self::docs::page;
pub(super) use self::init::{EXAMPLES as INIT_EXAMPLES, InitArgs, run as init};
pub(super) use self::read::{Level, PlanSource};
pub(super) use self::show::{ConfigArgs, EXAMPLES as CONFIG_EXAMPLES, run};

/// The name of the project's file.
const PROJECT_FILE: &str = "llmcost.toml";

/// What configuration files say; flags and environment win over them.
#[derive(Default)]
pub(super) struct Config {
    said: BTreeMap<&'static str, Said>,
    /// The plan that `simulate` and `estimate` apply.
    pub(super) plan: Option<PlanSource>,
    /// Negotiated discounts, each a table `[[contract]]`.
    pub(super) contract: Vec<ContractConfig>,
    /// Saved mappings, each a table `[[source]]`.
    pub(super) source: Vec<SourceConfig>,
    /// The files that were read, the stronger first.
    files: Vec<(Level, PathBuf)>,
}

impl Config {
    /// The project's configuration, which is the one that was named or the nearest in this folder
    /// and those above it, over the user's.
    pub(super) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let project = named.map(Path::to_owned).or_else(project_file);
        let user = user_file().filter(|path| path.is_file());
        let mut config = Self::default();
        for (level, path) in [(Level::Project, project), (Level::User, user)] {
            let Some(path) = path else { continue };
            let file = read(&path, level)?;
            config.lay_over(file);
            config.files.push((level, path));
        }
        Ok(config)
    }

    /// Adds what a weaker file says of what no stronger one does.
    fn lay_over(&mut self, weaker: ConfigFile) {
        for (key, said) in weaker.said {
            self.said.entry(key).or_insert(said);
        }
        self.plan = self.plan.take().or(weaker.plan);
        if self.contract.is_empty() {
            self.contract = weaker.contract;
        }
        self.source = more_sources(std::mem::take(&mut self.source), weaker.source);
    }

    /// Says that a file above this folder counts, which is easily overlooked.
    pub(super) fn tell(&self, is_quiet: bool) {
        let above = self
            .files
            .iter()
            .find(|(level, path)| *level == Level::Project && path.starts_with("..") && !is_quiet);
        if let Some((_, path)) = above {
            note(&format!("settings are those of {}; `llmcost config show`", path.display()));
        }
    }

    /// The files that count, the stronger first.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(_, path)| path.as_path())
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.said(key)?.texts.first().map(String::as_str)
    }

    /// The list of a key; empty where nobody says one.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        self.said(key).map(|said| said.texts.clone()).unwrap_or_default()
    }

    /// The files of a key.
    pub(super) fn paths(&self, key: &str) -> Vec<PathBuf> {
        self.list(key).into_iter().map(PathBuf::from).collect()
    }

    /// The pairs of a key, sorted.
    pub(super) fn pairs(&self, key: &str) -> Vec<(String, String)> {
        self.said(key).map(|said| said.pairs.clone()).unwrap_or_default()
    }

    /// The number of a key.
    pub(super) fn whole(&self, key: &str) -> Option<u32> {
        self.text(key)?.parse().ok()
    }

    /// Whether a key is true.
    pub(super) fn truth(&self, key: &str) -> Option<bool> {
        self.text(key).map(|text| text == "true")
    }

    /// The text of a key, or what holds without it.
    pub(super) fn text_or_default(&self, key: &str) -> String {
        self.text(key).unwrap_or_else(|| default_of(key)).to_owned()
    }

    /// File, line and key, for messages.
    pub(super) fn place(&self, key: &str) -> Option<String> {
        let place = &self.said(key)?.place;
        Some(format!("{}:{}: {key}", place.file, place.line))
    }

    fn said(&self, key: &str) -> Option<&Said> {
        debug_assert!(setting(key).is_some(), "`{key}` is in the table");
        self.said.get(key)
    }
}

/// The project's sources, then those of the user's that it does not name.
fn more_sources(mut strong: Vec<SourceConfig>, weak: Vec<SourceConfig>) -> Vec<SourceConfig> {
    let named = |source: &SourceConfig| strong.iter().any(|known| known.name() == source.name());
    let more: Vec<_> = weak.into_iter().filter(|source| !named(source)).collect();
    strong.extend(more);
    strong
}

/// The nearest file of the project: in this folder, or in one above it.
fn project_file() -> Option<PathBuf> {
    let mut folder = PathBuf::new();
    for _ in env::current_dir().ok()?.ancestors() {
        let path = folder.join(PROJECT_FILE);
        if path.is_file() {
            return Some(path);
        }
        folder.push("..");
    }
    None
}

/// The user's own configuration, where their system keeps such files.
#[expect(clippy::disallowed_methods, reason = "the place of the file is the user's setting")]
fn user_file() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty());
    let folder = folder
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("llmcost").join("config.toml"))
}
