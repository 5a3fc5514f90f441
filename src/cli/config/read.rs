//! One configuration file: its keys held to the table, each with its line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::did_you_mean;
use crate::techniques::CATALOG;

use super::super::contracts::ContractConfig;
use super::super::failure::Failure;
use super::super::given;
use super::super::sources::SourceConfig;
use super::keys::{CONTRACT_KEYS, Form, SECTIONS, SETTINGS, SOURCE_KEYS, Setting, setting};

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Level {
    /// The project's: wins over the user's.
    Project,
    /// The user's own.
    User,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct ConfigPlace {
    /// Whose file.
    pub(in crate::cli) level: Level,
    /// The file, as it is named in messages.
    pub(in crate::cli) file: String,
    /// The line, from 1.
    pub(in crate::cli) line: usize,
}

/// What a key says.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Said {
    /// Its text, its list, or its pairs as `name=text`.
    pub(in crate::cli) texts: Vec<String>,
    /// Its pairs.
    pub(in crate::cli) pairs: Vec<(String, String)>,
    /// Where it stands.
    pub(in crate::cli) place: ConfigPlace,
}

/// Where the plan of a configuration is.
#[derive(Clone, Debug)]
pub(in crate::cli) enum PlanSource {
    /// In a file.
    File(PathBuf),
    /// In the configuration itself, below `plan`.
    Inline {
        /// The configuration, as messages call it.
        name: String,
        /// All of its text.
        text: String,
    },
}

/// What a file says.
#[derive(Default)]
pub(super) struct ConfigFile {
    pub(super) said: BTreeMap<&'static str, Said>,
    pub(super) plan: Option<PlanSource>,
    pub(super) contract: Vec<ContractConfig>,
    pub(super) source: Vec<SourceConfig>,
}

/// The tables of which there may be several.
#[derive(Deserialize)]
struct Tables {
    #[serde(default)]
    contract: Vec<ContractConfig>,
    #[serde(default)]
    source: Vec<SourceConfig>,
}

/// Reads a file.
pub(super) fn read(path: &Path, level: Level) -> Result<ConfigFile, Failure> {
    let name = path.display().to_string();
    let text = given::text(path)
        .with_context(|| format!("cannot read the configuration {name}"))
        .map_err(|error| {
        Failure::usage(error).hint(
            "`llmcost init LOG` writes one; without --config, the nearest llmcost.toml is read",
        )
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut reader =
        Reader { name: &name, text: &text, folder, level, file: ConfigFile::default() };
    reader.read()?;
    Ok(reader.file)
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    folder: &'t Path,
    level: Level,
    file: ConfigFile,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Failure> {
        let table = DeTable::parse(self.text).map_err(|error| self.syntax(&error))?;
        self.table("", table.get_ref())?;
        let tables: Tables = toml::from_str(self.text).map_err(|error| self.syntax(&error))?;
        self.file.contract = tables.contract;
        self.file.source = tables.source;
        for source in &mut self.file.source {
            source.stands_in(self.name, self.text);
        }
        Ok(())
    }

    fn table(&mut self, section: &str, table: &DeTable<'_>) -> Result<(), Failure> {
        for (key, value) in table {
            let start = key.span().start;
            let name = key.get_ref().as_ref();
            let full =
                if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            if let Some(known) = setting(&full) {
                self.setting(known, start, value.get_ref())?;
            } else if SECTIONS.contains(&full.as_str()) {
                let Some(inner) = value.get_ref().as_table() else {
                    return Err(self
                        .wrong(start, &format!("`{full}` is a table of settings"))
                        .hint(format!("write [{full}] and its settings below it")));
                };
                self.table(&full, inner)?;
            } else {
                return Err(self.unknown(start, section, name));
            }
        }
        Ok(())
    }

    fn setting(
        &mut self,
        known: &'static Setting,
        start: usize,
        value: &DeValue<'_>,
    ) -> Result<(), Failure> {
        let (mut texts, mut pairs) = (Vec::new(), Vec::new());
        match known.form {
            Form::Tables => {
                self.tables(known, start, value)?;
                texts = named(value);
            }
            Form::Plan => texts.push(self.plan(known, start, value)?),
            Form::Pairs => {
                let table = value.as_table().ok_or_else(|| self.expected(known, start, value))?;
                for (name, text) in table {
                    let start = name.span().start;
                    let text = text.get_ref();
                    let text = text.as_str().ok_or_else(|| self.expected(known, start, text))?;
                    pairs.push((name.get_ref().to_string(), text.to_owned()));
                }
                pairs.sort_unstable();
                texts.extend(pairs.iter().map(|(name, text)| format!("{name}={text}")));
            }
            Form::List | Form::Files => {
                texts = self.list(known, start, value)?;
                if matches!(known.form, Form::Files) {
                    texts.iter_mut().filter(|text| *text != "-").for_each(|text| {
                        *text = self.folder.join(&*text).display().to_string();
                    });
                }
            }
            Form::Text | Form::Amount | Form::Whole | Form::Truth | Form::Word(_) => {
                texts.push(self.scalar(known, start, value)?);
            }
        }
        let said = Said { texts, pairs, place: self.place(start) };
        self.file.said.insert(known.key, said);
        Ok(())
    }

    fn scalar(
        &self,
        known: &Setting,
        start: usize,
        value: &DeValue<'_>,
    ) -> Result<String, Failure> {
        let text = match (known.form, value) {
            (Form::Text | Form::Amount | Form::Word(_), DeValue::String(text)) => text.to_string(),
            (Form::Amount | Form::Whole, DeValue::Integer(number)) if number.radix() == 10 => {
                number.as_str().to_owned()
            }
            (Form::Amount, DeValue::Float(number)) => number.as_str().to_owned(),
            (Form::Truth, DeValue::Boolean(truth)) => truth.to_string(),
            _ => return Err(self.expected(known, start, value)),
        };
        match known.form {
            Form::Whole if text.parse::<u32>().is_err() => Err(self.expected(known, start, value)),
            Form::Word(words) if !words().contains(&text) => {
                let words = words();
                let failure = self.wrong(start, &format!("`{}` cannot be `{text}`", known.key));
                let known = format!("it is one of {}", words.join(", "));
                Err(match did_you_mean(&text, words.iter().map(String::as_str)) {
                    Some(similar) => failure.hint(format!("did you mean `{similar}`?")).hint(known),
                    None => failure.hint(known),
                })
            }
            _ => Ok(text),
        }
    }

    fn list(
        &self,
        known: &Setting,
        start: usize,
        value: &DeValue<'_>,
    ) -> Result<Vec<String>, Failure> {
        if let Some(one) = value.as_str() {
            return Ok(vec![one.to_owned()]);
        }
        let list = value.as_array().ok_or_else(|| self.expected(known, start, value))?;
        let text = |one: &Spanned<DeValue<'_>>| {
            let (start, one) = (one.span().start, one.get_ref());
            one.as_str().map(str::to_owned).ok_or_else(|| self.expected(known, start, one))
        };
        list.iter().map(text).collect()
    }

    /// The name of a plan's file, or what is said of the tables here.
    fn plan(
        &mut self,
        known: &Setting,
        start: usize,
        value: &DeValue<'_>,
    ) -> Result<String, Failure> {
        match value {
            DeValue::String(file) => {
                let path = self.folder.join(file.as_ref());
                let shown = path.display().to_string();
                self.file.plan = Some(PlanSource::File(path));
                Ok(shown)
            }
            DeValue::Table(tables) => {
                let (name, text) = (self.name.to_owned(), self.text.to_owned());
                self.file.plan = Some(PlanSource::Inline { name, text });
                let names: Vec<&str> = tables.keys().map(|key| key.get_ref().as_ref()).collect();
                Ok(names.join(", "))
            }
            _ => Err(self.expected(known, start, value)),
        }
    }

    /// Holds the keys of tables to those there are; what they say is read elsewhere.
    fn tables(&self, known: &Setting, start: usize, value: &DeValue<'_>) -> Result<(), Failure> {
        let key = known.key;
        let keys: &[&str] = if key == "contract" { &CONTRACT_KEYS } else { &SOURCE_KEYS };
        let DeValue::Array(list) = value else {
            let failure = self.wrong(start, &format!("`{key}`: there may be several"));
            return Err(failure.hint(format!("write [[{key}]] instead of [{key}]")));
        };
        for one in list {
            let inner = one.get_ref();
            let table = inner.as_table().ok_or_else(|| self.expected(known, start, inner))?;
            for name in table.keys() {
                let text = name.get_ref().as_ref();
                if !keys.contains(&text) {
                    let what = format!("a [[{key}]] has no setting `{text}`");
                    return Err(self.suggested(name.span().start, &what, text, keys));
                }
            }
        }
        Ok(())
    }

    fn unknown(&self, start: usize, section: &str, name: &str) -> Failure {
        let prefix = if section.is_empty() { String::new() } else { format!("{section}.") };
        let keys = SETTINGS.iter().filter_map(|setting| setting.key.strip_prefix(&*prefix));
        let keys = keys.filter(|key| !key.contains('.')).chain(SECTIONS).collect::<Vec<_>>();
        let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
        let what = format!("there is no setting `{name}`{place}");
        let elsewhere = SECTIONS.iter().find(|one| setting(&format!("{one}.{name}")).is_some());
        if let Some(other) = elsewhere.filter(|_| section.is_empty()) {
            return self.wrong(start, &what).hint(format!("it stands under [{other}]"));
        }
        if !section.is_empty() && setting(name).is_some() {
            return self.wrong(start, &what).hint(format!("put `{name}` above [{section}]"));
        }
        if CATALOG.iter().any(|entry| entry.info.name == name) {
            let hint = format!("techniques stand under plan: [plan.{name}]");
            return self.wrong(start, &what).hint(hint);
        }
        self.suggested(start, &what, name, &keys)
    }

    fn suggested(&self, start: usize, what: &str, name: &str, keys: &[&str]) -> Failure {
        let failure = self.wrong(start, what);
        match did_you_mean(name, keys.iter().copied()) {
            Some(similar) => failure.hint(format!("did you mean `{similar}`?")),
            None => failure
                .hint(format!("there are {}", keys.join(", ")))
                .hint("`llmcost explain config` says what each means"),
        }
    }

    fn expected(&self, known: &Setting, start: usize, found: &DeValue<'_>) -> Failure {
        let what =
            format!("`{}` takes {}, not {}", known.key, known.form.words(), described(found));
        let name = known.key.rsplit('.').next().unwrap_or_default();
        self.wrong(start, &what).hint(format!("for example: {name} = {}", known.example))
    }

    fn wrong(&self, start: usize, what: &str) -> Failure {
        let ConfigPlace { file, line, .. } = self.place(start);
        Failure::usage(anyhow!("{file}:{line}: {what}"))
    }

    fn syntax(&self, error: &toml::de::Error) -> Failure {
        let start = error.span().map_or(0, |span| span.start);
        self.wrong(start, error.message().lines().next().unwrap_or_default())
            .hint("`llmcost explain config` shows every key with an example")
    }

    fn place(&self, start: usize) -> ConfigPlace {
        let before = self.text.as_bytes().get(..start).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        ConfigPlace { level: self.level, file: self.name.to_owned(), line }
    }
}

/// The names of tables of which there may be several.
fn named(value: &DeValue<'_>) -> Vec<String> {
    let tables = value.as_array().into_iter().flat_map(|list| list.iter());
    let name = |(place, table): (usize, &Spanned<DeValue<'_>>)| {
        let name = table.get_ref().get("name").and_then(|name| name.get_ref().as_str());
        name.map_or_else(|| format!("number {}", place + 1), str::to_owned)
    };
    tables.enumerate().map(name).collect()
}

fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text \"{text}\""),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
        DeValue::Datetime(_) => "a date without quotes".to_owned(),
    }
}
