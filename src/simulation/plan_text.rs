//! From the text of a plan to techniques, with the place of whatever is wrong.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table};

use crate::diagnostics::{did_you_mean, with_suggestion};
use crate::techniques::{CATALOG, Entry, Technique};
use crate::units::Factor;

use super::fine_tuning::FineTune;
use super::plan_error::{PlanError, PlanPlace};
use super::self_hosting::SelfHost;
use super::spend_caps::SpendCap;
use super::workload::Workload;

/// The key that names the columns of the before and after table.
const GROUP_BY: &str = "group_by";

/// The key of the list of budgets.
const SPEND_CAP: &str = "spend_cap";

/// The key of the table about hosting.
const SELF_HOST: &str = "self_host";

/// The key of the table about a tuned model.
const FINE_TUNE: &str = "fine_tune";

/// The key of the days of work that techniques take.
const EFFORT: &str = "effort";

/// The key of the kinds of calls that `estimate` makes up.
const WORKLOAD: &str = "workload";

/// A text with its name, for errors.
#[derive(Clone, Copy)]
pub(super) struct PlanText<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    /// The key of the table that is the plan, where it is a part of the text.
    pub(super) within: Option<&'a str>,
}

/// What a text says.
#[derive(Debug, Default)]
pub(super) struct ReadPlan {
    pub(super) techniques: Vec<Box<dyn Technique>>,
    pub(super) group_by: Option<Vec<String>>,
    pub(super) spend_caps: Vec<SpendCap>,
    pub(super) self_host: Option<SelfHost>,
    pub(super) fine_tune: Option<FineTune>,
    pub(super) workloads: Vec<Workload>,
    pub(super) effort: BTreeMap<String, Factor>,
}

impl<'a> PlanText<'a> {
    /// Reads a whole plan.
    pub(super) fn read(self) -> Result<ReadPlan, PlanError> {
        let table = self.table()?;
        let mut plan = ReadPlan::default();
        let mut found: Vec<(usize, Box<dyn Technique>)> = Vec::new();
        for (key, value) in table.into_inner() {
            if key.get_ref() == GROUP_BY {
                plan.group_by = Some(self.group_by(value)?);
                continue;
            }
            if key.get_ref() == SPEND_CAP {
                plan.spend_caps = self.spend_caps(value)?;
                continue;
            }
            if key.get_ref() == SELF_HOST {
                let start = value.span().start;
                let read = SelfHost::deserialize(ValueDeserializer::from(value));
                let read = read.map_err(|error| self.bad_setting(SELF_HOST, &error, start))?;
                plan.self_host = Some(read);
                continue;
            }
            if key.get_ref() == FINE_TUNE {
                let start = value.span().start;
                let read = FineTune::read(ValueDeserializer::from(value));
                let read = read.map_err(|error| self.bad_setting(FINE_TUNE, &error, start))?;
                plan.fine_tune = Some(read);
                continue;
            }
            if key.get_ref() == WORKLOAD {
                plan.workloads = self.workloads(value)?;
                continue;
            }
            if key.get_ref() == EFFORT {
                plan.effort = self.effort(value)?;
                continue;
            }
            let known = CATALOG.iter().position(|entry| entry.info.name == key.get_ref());
            let Some(place) = known else {
                return Err(PlanError::UnknownTechnique {
                    place: self.place(Some(key.span().start)),
                    name: key.get_ref().clone().into_owned(),
                    did_you_mean: did_you_mean(key.get_ref(), CATALOG.map(|entry| entry.info.name)),
                });
            };
            let start = key.span().start;
            found.push((place, self.technique(&CATALOG[place], value, start)?));
        }
        // The order of the file does not matter: a request meets techniques in one order.
        found.sort_by_key(|(place, _)| *place);
        plan.techniques = found.into_iter().map(|(_, technique)| technique).collect();
        Ok(plan)
    }

    /// Reads a text that holds the settings of one technique at its top.
    pub(super) fn read_settings(self, entry: &Entry) -> Result<Box<dyn Technique>, PlanError> {
        let table = self.table()?;
        let span = table.span();
        self.technique(entry, Spanned::new(span, DeValue::Table(table.into_inner())), 0)
    }

    /// Reads a text as TOML, whatever it says.
    pub(super) fn plain_table(self) -> Result<Table, PlanError> {
        let mut table: Table = self.text.parse().map_err(|error| self.syntax(&error))?;
        let Some(key) = self.within else { return Ok(table) };
        match table.remove(key) {
            Some(toml::Value::Table(plan)) => Ok(plan),
            _ => Ok(Table::new()),
        }
    }

    fn table(self) -> Result<Spanned<DeTable<'a>>, PlanError> {
        let table = DeTable::parse(self.text).map_err(|error| self.syntax(&error))?;
        let Some(wanted) = self.within else { return Ok(table) };
        let found = table.into_inner().into_iter().find(|(key, _)| key.get_ref() == wanted);
        let found = found.map(|(_, value)| (value.span(), value.into_inner()));
        Ok(match found {
            Some((span, DeValue::Table(plan))) => Spanned::new(span, plan),
            _ => Spanned::new(0..0, DeTable::new()),
        })
    }

    fn syntax(self, error: &toml::de::Error) -> PlanError {
        PlanError::Syntax {
            place: self.place(error.span().map(|span| span.start)),
            message: first_line(error.message()),
        }
    }

    fn technique(
        self,
        entry: &Entry,
        value: Spanned<DeValue<'_>>,
        start: usize,
    ) -> Result<Box<dyn Technique>, PlanError> {
        let info = entry.info;
        if let DeValue::Table(table) = value.get_ref() {
            for key in table.keys() {
                if !info.keys.contains(&key.get_ref().as_ref()) {
                    return Err(PlanError::UnknownSetting {
                        place: self.place(Some(key.span().start)),
                        technique: info.name,
                        name: key.get_ref().clone().into_owned(),
                        did_you_mean: did_you_mean(key.get_ref(), info.keys.iter().copied()),
                        known: info.keys,
                    });
                }
            }
        } else {
            let name = info.name;
            return Err(PlanError::BadSetting {
                place: self.place(Some(start)),
                name: name.to_owned(),
                message: "a technique is one table of settings".to_owned(),
                corrected: Some(format!("[{name}]")),
            });
        }
        entry
            .read(ValueDeserializer::from(value))
            .map_err(|error| self.bad_setting(info.name, &error, start))
    }

    fn group_by(self, value: Spanned<DeValue<'_>>) -> Result<Vec<String>, PlanError> {
        let start = value.span().start;
        let columns = Vec::<String>::deserialize(ValueDeserializer::from(value));
        columns.map_err(|error| self.bad_setting(GROUP_BY, &error, start))
    }

    fn spend_caps(self, value: Spanned<DeValue<'_>>) -> Result<Vec<SpendCap>, PlanError> {
        let start = value.span().start;
        if !matches!(value.get_ref(), DeValue::Array(_)) {
            return Err(PlanError::BadSetting {
                place: self.place(Some(start)),
                name: SPEND_CAP.to_owned(),
                message: "each cap is a table of a list".to_owned(),
                corrected: Some(format!("[[{SPEND_CAP}]]")),
            });
        }
        let caps = Vec::<SpendCap>::deserialize(ValueDeserializer::from(value));
        caps.map_err(|error| self.bad_setting(SPEND_CAP, &error, start))
    }

    fn effort(self, value: Spanned<DeValue<'_>>) -> Result<BTreeMap<String, Factor>, PlanError> {
        let start = value.span().start;
        let said = BTreeMap::<String, String>::deserialize(ValueDeserializer::from(value));
        let said = said.map_err(|error| self.bad_setting(EFFORT, &error, start))?;
        let wrong = |message: String| PlanError::BadSetting {
            place: self.place(Some(start)),
            name: EFFORT.to_owned(),
            message,
            corrected: None,
        };
        let read = |(name, days): (String, String)| {
            let known = CATALOG.map(|entry| entry.info.name);
            if !known.contains(&name.as_str()) {
                let similar = did_you_mean(&name, known).unwrap_or("prompt_caching");
                return Err(wrong(format!(
                    "there is no technique `{name}`; did you mean `{similar}`?"
                )));
            }
            let days = Factor::parse(&days).map_err(|_| {
                wrong(format!("`{days}` is no number of days; write {name} = \"0.5\""))
            })?;
            Ok((name, days))
        };
        said.into_iter().map(read).collect()
    }

    fn workloads(self, value: Spanned<DeValue<'_>>) -> Result<Vec<Workload>, PlanError> {
        let start = value.span().start;
        if matches!(value.get_ref(), DeValue::Table(_)) {
            return Err(PlanError::BadSetting {
                place: self.place(Some(start)),
                name: WORKLOAD.to_owned(),
                message: "there may be several kinds of calls".to_owned(),
                corrected: Some(format!("[[{WORKLOAD}]]")),
            });
        }
        let kinds = Vec::<Workload>::deserialize(ValueDeserializer::from(value));
        kinds.map_err(|error| self.bad_setting(WORKLOAD, &error, start))
    }

    fn bad_setting(self, name: &str, error: &toml::de::Error, start: usize) -> PlanError {
        let span = error.span();
        let at = span.as_ref().map_or(start, |span| span.start);
        let corrected = span.and_then(|span| self.quoted_decimal(span));
        PlanError::BadSetting {
            place: self.place(Some(at)),
            name: name.to_owned(),
            message: with_suggestion(&first_line(error.message())),
            corrected,
        }
    }

    /// The line with a bare decimal put in quotes; nothing when the span holds something else.
    fn quoted_decimal(self, span: std::ops::Range<usize>) -> Option<String> {
        let value = self.text.get(span.clone())?;
        let is_decimal =
            value.contains('.') && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = self.text.get(start..span.start)?;
        is_decimal.then(|| format!("{}\"{value}\"", before.trim_start()))
    }

    fn place(self, at: Option<usize>) -> PlanPlace {
        let line = at
            .and_then(|at| self.text.get(..at))
            .map(|before| before.bytes().filter(|byte| *byte == b'\n').count() + 1);
        PlanPlace { name: self.name.to_owned(), line: line.filter(|_| !self.name.is_empty()) }
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}
