//! Which techniques to simulate, and with which settings.

use toml::{Table, Value};

use crate::techniques::{CATALOG, Technique};
use crate::usage::{Days, DerivedColumn, column};

use super::asked::Asked;
use super::fine_tuning::FineTune;
use super::flags;
use super::plan_error::{PlanError, PlanPlace};
use super::plan_text::PlanText;
use super::self_hosting::SelfHost;
use super::spend_caps::SpendCap;
use super::workload::Workload;

/// The technique that takes rules from a file of their own.
const TIERING: &str = "model_tiering";

/// A plan: techniques with their settings, in the order in which a request meets them.
///
/// Its text form is TOML with one table a technique, under the canonical name.
#[derive(Debug)]
pub struct Plan {
    techniques: Vec<Box<dyn Technique>>,
    /// The columns of the before and after table.
    pub group_by: Vec<String>,
    /// The time zone of the columns `day`, `month` and `hour`; UTC unless set.
    pub days: Days,
    /// Budgets to replay apart from the techniques.
    pub spend_caps: Vec<SpendCap>,
    /// What hosting a model would cost, to compare with.
    pub self_host: Option<SelfHost>,
    /// What a tuned model would cost, to compare with.
    pub fine_tune: Option<FineTune>,
    /// The kinds of calls that `estimate` makes up; `simulate` has a log instead.
    pub workloads: Vec<Workload>,
    /// What is asked for beyond the bill before and after.
    pub asked: Asked,
    table: Table,
}

impl Default for Plan {
    /// No technique; before and after by model and call type.
    fn default() -> Self {
        Self {
            techniques: Vec::new(),
            group_by: default_groups(),
            days: Days::UTC,
            spend_caps: Vec::new(),
            self_host: None,
            fine_tune: None,
            workloads: Vec::new(),
            asked: Asked::default(),
            table: Table::new(),
        }
    }
}

fn default_groups() -> Vec<String> {
    [column::MODEL, column::CALL_TYPE].map(|place| column::FIXED[place].to_owned()).to_vec()
}

impl Plan {
    /// Reads a plan. `name` is what errors call the text.
    ///
    /// # Errors
    /// When the text is not TOML, names an unknown technique or setting, or a value is not what
    /// its key takes; with file, line and a suggestion.
    pub fn parse(name: &str, text: &str) -> Result<Self, PlanError> {
        Self::of(PlanText { name, text, within: None })
    }

    /// Reads a plan that stands below a key of another text, such as `plan` of a configuration.
    ///
    /// # Errors
    /// As [`Plan::parse`], with the lines of the whole text.
    pub fn parse_within(name: &str, text: &str, key: &str) -> Result<Self, PlanError> {
        Self::of(PlanText { name, text, within: Some(key) })
    }

    fn of(text: PlanText<'_>) -> Result<Self, PlanError> {
        let read = text.read()?;
        let table = text.plain_table()?;
        let group_by = read.group_by.unwrap_or_else(default_groups);
        let asked = Asked { effort: read.effort, ..Asked::default() };
        Ok(Self {
            techniques: read.techniques,
            group_by,
            days: Days::UTC,
            spend_caps: read.spend_caps,
            self_host: read.self_host,
            fine_tune: read.fine_tune,
            workloads: read.workloads,
            asked,
            table,
        })
    }

    /// Lays flags over this plan: a table of the same shape, key by key; the flags win, and drop
    /// what the plan says instead of them.
    ///
    /// # Errors
    /// When the result is not a valid plan.
    pub fn merge(self, mut flags: Table) -> Result<Self, PlanError> {
        flags::without_odd_shares(&mut flags);
        let mut table = self.table;
        for (key, value) in flags.clone() {
            match (table.get_mut(&key), value) {
                (Some(Value::Table(known)), Value::Table(settings)) => {
                    flags::overlay(&key, known, settings);
                }
                (_, value) => {
                    table.insert(key, value);
                }
            }
        }
        let text = toml::to_string(&table).map_err(|error| PlanError::Syntax {
            place: PlanPlace { name: flags::NAME.to_owned(), line: None },
            message: error.to_string(),
        })?;
        let merged = Self::parse(flags::NAME, &text);
        let merged = merged.map_err(|error| flags::blame(error, &text, &flags))?;
        Ok(Self { days: self.days, ..merged })
    }

    /// Reads a file of tiering rules (`[[rule]]` tables, and whatever else `[model_tiering]`
    /// takes) as flags for [`Plan::merge`].
    ///
    /// # Errors
    /// As [`Plan::parse`].
    pub fn rules(name: &str, text: &str) -> Result<Table, PlanError> {
        let rules = PlanText { name, text, within: None };
        for entry in CATALOG.iter().filter(|entry| entry.info.name == TIERING) {
            rules.read_settings(entry)?;
        }
        let settings = Value::Table(rules.plain_table()?);
        Ok(Table::from_iter([(TIERING.to_owned(), settings)]))
    }

    /// A plan with every technique and every setting explained.
    pub const fn example() -> &'static str {
        include_str!("example_plan.toml")
    }

    /// The techniques, in the order in which a request meets them.
    pub fn techniques(&self) -> impl Iterator<Item = &dyn Technique> {
        self.techniques.iter().map(AsRef::as_ref)
    }

    /// What running one call takes in memory, everything together, in bytes, at most on usual logs:
    /// the call itself, what the largest of its techniques keeps of it, and a part of that for each of
    /// the others, as not all of them need it at the same time. Measured with up to nine techniques.
    pub fn bytes_a_call(&self) -> u64 {
        const CALL: u64 = 64;
        const OTHER: u64 = 40;
        const INTERVAL: u64 = 112;
        let largest = self.techniques().map(Technique::bytes_a_call).max().unwrap_or(0);
        let others = (self.techniques.len() as u64).saturating_sub(1);
        CALL + largest + OTHER * others + if self.asked.interval { INTERVAL } else { 0 }
    }

    /// Whether there is nothing to simulate.
    pub fn is_empty(&self) -> bool {
        self.techniques.is_empty()
            && self.spend_caps.is_empty()
            && self.self_host.is_none()
            && self.fine_tune.is_none()
    }

    /// Whether nothing here looks at single calls or at the hour they come, so that one row may stand
    /// for all equal calls of a day.
    pub fn sums_rows(&self) -> bool {
        let by_hour = |name: &String| DerivedColumn::named(name) == Some(DerivedColumn::Hour);
        self.techniques().all(Technique::sums_rows)
            && self.spend_caps.is_empty()
            && self.self_host.is_none()
            && self.fine_tune.is_none()
            && !self.asked.interval
            && self.days == Days::UTC
            && !self.group_by.iter().any(by_hour)
    }

    /// What of it cannot be told from a roll-up, and why; nothing where all of it can.
    pub fn against_rollups(&self) -> Option<(&'static str, &'static str)> {
        const EACH: &str = "it follows each call in time";
        let technique =
            self.techniques().find_map(|one| Some((one.info().name, one.against_rollups()?)));
        let apart = [
            ("spend_cap", !self.spend_caps.is_empty(), EACH),
            ("self_host", self.self_host.is_some(), EACH),
            ("fine_tune", self.fine_tune.is_some(), "it looks at each call"),
            ("interval", self.asked.interval, "it draws single calls"),
        ];
        let apart = apart.into_iter().find(|(_, is_asked, _)| *is_asked);
        technique.or(apart.map(|(name, _, why)| (name, why)))
    }

    /// The columns that must be read from the log besides those every table has.
    pub fn dimensions(&self) -> Vec<String> {
        let mut needed: Vec<String> = self.techniques().flat_map(Technique::dimensions).collect();
        let logged = |name: &&str| DerivedColumn::named(name).is_none();
        let grouped = self.group_by.iter().map(String::as_str);
        let capped = self.spend_caps.iter().filter_map(SpendCap::column);
        let tuned = self.fine_tune.iter().flat_map(FineTune::columns);
        needed.extend(grouped.chain(capped).chain(tuned).filter(logged).map(ToOwned::to_owned));
        needed.retain(|name| !column::FIXED.contains(&name.as_str()));
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// The columns that are read where the log has them.
    pub fn wishes(&self) -> Vec<String> {
        let needed = self.dimensions();
        let mut wished: Vec<String> = self.techniques().flat_map(Technique::wishes).collect();
        wished.retain(|name| !needed.contains(name) && !column::FIXED.contains(&name.as_str()));
        wished.sort_unstable();
        wished.dedup();
        wished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: &Plan) -> Vec<&str> {
        plan.techniques().map(|technique| technique.info().name).collect()
    }

    fn check_refused(text: &str, expected: &str) {
        let error = Plan::parse("plan.toml", text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}\n{error}\nexpected: {expected}");
    }

    #[test]
    fn the_example_is_a_plan_with_every_technique() {
        let plan = Plan::parse("example", Plan::example()).expect("a plan");
        assert_eq!(names(&plan), CATALOG.map(|entry| entry.info.name));
    }

    #[test]
    fn the_example_explains_every_setting() {
        for entry in CATALOG {
            let header = format!("[{}]", entry.info.name);
            let (_, section) = Plan::example().split_once(&header).expect(entry.info.name);
            let section = section.split("\n\n[").next().expect("text");
            for key in entry.info.keys {
                assert!(section.contains(key), "{}.{key}", entry.info.name);
            }
        }
    }

    #[test]
    fn techniques_act_in_the_order_of_a_request_whatever_the_order_of_the_file() {
        let text = "[provider_discount]\nrate = \"30%\"\n[batch]\n[prompt_caching]\nhit = \"0.9\"";
        let plan = Plan::parse("plan.toml", text).expect("a plan");
        assert_eq!(names(&plan), ["batch", "prompt_caching", "provider_discount"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_was_meant() {
        check_refused("\n[prompt_cachin]\nhit = \"0.9\"", "plan.toml:2: there is no technique");
        check_refused("\n[prompt_cachin]\nhit = \"0.9\"", "did you mean `prompt_caching`?");
        check_refused("[prompt_caching]\nhitt = \"0.9\"", "plan.toml:2: `prompt_caching` has no");
        check_refused("[prompt_caching]\nhitt = \"0.9\"", "did you mean `hit`?");
        check_refused("[prompt_caching]\n\nhit = 0.95", "plan.toml:3");
        check_refused("[prompt_caching]\nhit = 0.95", "write: hit = \"0.95\"");
        check_refused("[prompt_caching]\nhit = \"95\"", "not a rate between 0 and 1");
        check_refused("[prompt_caching]\nttl = \"2h\"\nhit = 1", "plan.toml:2");
        check_refused("[prompt_caching]", "give the `hit` rate");
        check_refused("[batch]\nwhere = \"input_tokens >\"", "cannot use the expression");
        check_refused("[batch", "plan.toml:1");
        check_refused("[[batch]]", "`batch`: a technique is one table of settings; write: [batch]");
        check_refused("batch = true", "a technique is one table of settings; write: [batch]");
        check_refused("[batch]\nshares = \"0.5\"", "it has policy, share, where");
        check_refused("[batch]\nzzzzzzzzz = 1", "`zzzzzzzzz`; it has policy");
        check_refused("[batch]\ncall_types = []", "the list of call types is empty");
        check_refused("[batch]\ncall_types = [\"\"]", "a call type has no name");
        check_refused("[output_cap]\ntokens = 0", "an answer has at least 1 token");
        check_refused("[output_cap]\ntokens = 1000000000001", "between 0 and 1,000,000,000,000");
        check_refused("group_by = \"model\"", "plan.toml:1: `group_by`");
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = "group_by = [\"team\"]\n[prompt_caching]\nhit = \"0.5\"\nttl = \"1h\"";
        let flags = "[prompt_caching]\nhit = \"0.95\"\n[batch]\ncall_types = [\"report\"]";
        let plan = Plan::parse("plan.toml", file).expect("a plan");
        let merged = plan.merge(flags.parse().expect("TOML")).expect("a plan");
        assert_eq!(names(&merged), ["batch", "prompt_caching"]);
        let settings = format!("{:?}", merged.techniques);
        assert!(settings.contains("950000000") && settings.contains("Long"), "{settings}");
        assert_eq!(merged.dimensions(), ["conversation", "team"]);
    }

    #[test]
    fn rules_come_from_a_file_of_their_own() {
        let text = "[[rule]]\nwhere = \"team = 'ads'\"\nto = \"claude-haiku-4-5\"";
        let flags = Plan::rules("rules.toml", text).expect("rules");
        let plan = Plan::default().merge(flags).expect("a plan");
        assert_eq!(names(&plan), ["model_tiering"]);
        assert_eq!(plan.dimensions(), ["team"]);
        let error = Plan::rules("rules.toml", "[[rules]]\nto = \"x\"").expect_err("refused");
        assert!(error.to_string().contains("rules.toml:1"), "{error}");
    }
}
