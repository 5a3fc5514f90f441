//! Every key of `llmcost.toml`: what it means, which flag says the same, and what holds without it.
//!
//! Reading, `config show`, `init` and `docs/config.md` are all made of this table.

use clap::ValueEnum;

use super::super::args::{ColorArg, CostModeArg, FormatArg, RedactArg};
use super::super::check_args::{TargetArg, UnitArg};

/// What stands behind a key.
#[derive(Clone, Copy)]
pub(in crate::cli) enum Form {
    /// A text in quotes.
    Text,
    /// A text in quotes or a number.
    Amount,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Truth,
    /// One of a few words.
    Word(fn() -> Vec<String>),
    /// A list of texts; one alone is a list too.
    List,
    /// A list of files, relative to the configuration.
    Files,
    /// Names and texts.
    Pairs,
    /// The name of a file, or tables.
    Plan,
    /// Several tables, each headed by the key in double brackets.
    Tables,
}

impl Form {
    /// What is expected, for messages and documents.
    pub(in crate::cli) fn words(self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::Amount => "a number, or a text in quotes".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Truth => "true or false".to_owned(),
            Self::Word(words) => {
                let quoted: Vec<String> =
                    words().iter().map(|word| format!("\"{word}\"")).collect();
                quoted.join(", ")
            }
            Self::List => "a list of texts".to_owned(),
            Self::Files => "a list of files, relative to this one".to_owned(),
            Self::Pairs => "a table of names and texts".to_owned(),
            Self::Plan => "a file, relative to this one, or tables".to_owned(),
            Self::Tables => "tables in double brackets".to_owned(),
        }
    }
}

/// A key and all that is said of it.
pub(in crate::cli) struct Setting {
    /// The key with its table: `gate.threshold`.
    pub(in crate::cli) key: &'static str,
    /// What it takes.
    pub(in crate::cli) form: Form,
    /// A command with the flag that says the same, and that flag; empty where there is none.
    pub(in crate::cli) flag: (&'static str, &'static str),
    /// What holds without it; the value itself where a program can use it.
    pub(in crate::cli) default: &'static str,
    /// A value in TOML.
    pub(in crate::cli) example: &'static str,
    /// What it means, in one sentence.
    pub(in crate::cli) meaning: &'static str,
}

/// The words that a flag takes.
fn words<Choice: ValueEnum>() -> Vec<String> {
    let names = Choice::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    names.map(|name| name.get_name().to_owned()).collect()
}

/// A setting of every command over a log; the flag is looked up in `check`, which has them all.
const fn common(
    key: &'static str,
    form: Form,
    flag: &'static str,
    [default, example, meaning]: [&'static str; 3],
) -> Setting {
    Setting { key, form, flag: ("check", flag), default, example, meaning }
}

/// The tables that hold further keys.
pub(in crate::cli) const SECTIONS: [&str; 1] = ["gate"];

/// Every key, in the order in which they are shown and documented.
#[rustfmt::skip]
pub(in crate::cli) const SETTINGS: &[Setting] = &[
    common("inputs", Form::Files, "", ["",
        "[\"logs/*.jsonl\"]",
        "The logs to read when none are named: files, patterns or folders."]),
    common("source_format", Form::Text, "source-format", ["what the first records say",
        "\"openai-chat\"",
        "The format of the logs; `llmcost formats` lists them."]),
    common("map", Form::Pairs, "map", ["",
        "{ input_tokens = \"tok_in\", output_tokens = \"tok_out\" }",
        "Where fields stand in the logs; a flag wins field by field."]),
    common("dimensions", Form::Pairs, "", ["",
        "{ team = \"metadata.team\" }",
        "Columns of your own and where they stand, for `by`, `--by`, `--where` and rules."]),
    common("assume_model", Form::Text, "assume-model", ["",
        "\"gpt-4o\"",
        "The model of records that name none."]),
    common("assume_call_type", Form::Text, "assume-call-type", ["",
        "\"chat\"",
        "The call type of records that name none."]),
    common("timezone", Form::Text, "timezone", ["UTC",
        "\"Europe/Berlin\"",
        "The time zone of days."]),
    common("max_unpacked", Form::Text, "max-unpacked", ["8 GiB, or 800 times its size",
        "\"50G\"",
        "The most that one compressed input may unpack to; `off` for no limit."]),
    common("max_record", Form::Text, "max-record", ["256M",
        "\"1G\"",
        "Records up to this size are read; those that are longer by more than a few blocks of 4 MiB are passed over and counted."]),
    common("source", Form::Tables, "", ["",
        "name = \"gateway\"",
        "A log of a shape of your own; `llmcost formats guess LOG` proposes one."]),
    common("prices", Form::Files, "prices", ["the built-in tables alone",
        "[\"prices.toml\"]",
        "Price tables that add to and override the built-in ones."]),
    common("as_of", Form::Text, "as-of", ["log",
        "\"2026-10-31\"",
        "The day at whose prices every call is priced; `log` is each call's own day."]),
    Setting { key: "cost_mode", form: Form::Word(words::<CostModeArg>),
        flag: ("analyze", "cost-mode"), default: "auto",
        example: "\"calculate\"",
        meaning: "Which cost counts in `analyze`: calculated where there is a price else logged, or only one of them." },
    Setting { key: "max_groups", form: Form::Whole, flag: ("analyze", "max-groups"), default: "200000",
        example: "1000000",
        meaning: "So many groups `analyze` keeps apart, the others are `(other)`; 0 for all." },
    common("contract", Form::Tables, "", ["",
        "discount = \"15%\"",
        "What you negotiated: `discount`, and for whom `provider`, `model`, `class`, `since`, `until`."]),
    common("by", Form::List, "by", ["model and call type",
        "[\"team\", \"model\"]",
        "The columns that make a group."]),
    common("top", Form::Whole, "top", ["15 on a screen, 100 in a browser, all for programs",
        "20",
        "How many groups to show; 0 for all."]),
    common("format", Form::Word(words::<FormatArg>), "format", ["table",
        "\"markdown\"",
        "The form of reports; the ending of `-o FILE` wins over it."]),
    common("currency", Form::Text, "currency", ["USD",
        "\"EUR=0.92@2026-11-20\"",
        "Show amounts in another currency, at what a dollar is worth in it."]),
    common("redact", Form::Word(words::<RedactArg>), "redact", ["auto",
        "\"all\"",
        "What reports mask of keys and e-mail addresses in a log's names; `auto` is keys in HTML, Markdown and what CI shows."]),
    common("color", Form::Word(words::<ColorArg>), "color", ["auto",
        "\"never\"",
        "When to use colours."]),
    common("quiet", Form::Truth, "quiet", ["false",
        "true",
        "No progress and no remarks on stderr, only errors."]),
    common("strict", Form::Truth, "strict", ["false",
        "true",
        "Fail if a record was skipped, a mapped column is nowhere, or usage has no price."]),
    common("threads", Form::Whole, "threads", ["all cores",
        "4",
        "How many threads read and simulate."]),
    Setting { key: "plan", form: Form::Plan, flag: ("simulate", "plan"), default: "",
        example: "\"plan.toml\"",
        meaning: "What `simulate` and `estimate` apply: a plan, or its tables here: `[plan.prompt_caching]`." },
    common("gate.baseline", Form::Files, "baseline", ["",
        "[\"llmcost-baseline.json\"]",
        "The saved baselines that `check` compares with."]),
    common("gate.unit", Form::Word(words::<UnitArg>), "unit", ["call",
        "\"session\"",
        "Whose cost is compared: a request with its further attempts, a conversation, a test case."]),
    common("gate.case", Form::Text, "case", ["case",
        "\"prompt_id\"",
        "The column with the test case, with `unit = \"case\"`."]),
    common("gate.target", Form::Word(words::<TargetArg>), "gate", ["unit",
        "\"total\"",
        "What must not be dearer: a unit at the mix of the baseline, or the whole log."]),
    common("gate.threshold", Form::Amount, "threshold", ["5%",
        "\"10%\"",
        "By how much it may be dearer."]),
    common("gate.group_threshold", Form::Amount, "group-threshold", ["",
        "\"20%\"",
        "Judge every group too: by how much one may be dearer."]),
    common("gate.p95_threshold", Form::Amount, "p95-threshold", ["",
        "\"25%\"",
        "Judge the 95th percentile of the cost of a call too."]),
    common("gate.confidence", Form::Amount, "confidence", ["95%",
        "\"99%\"",
        "How sure a verdict must be."]),
    common("gate.min_impact", Form::Amount, "min-impact", ["10",
        "\"50\"",
        "A rise of fewer dollars a month does not fail."]),
    common("gate.units_per_month", Form::Whole, "units-per-month", ["the log's own volume",
        "100000",
        "Units of a month."]),
    common("gate.max_unpriced", Form::Amount, "max-unpriced", ["1%",
        "\"2%\"",
        "Calls and records without a price or a meaning beyond this part leave a pass undecided."]),
    common("gate.max_new", Form::Amount, "max-new", ["10%",
        "\"20%\"",
        "Cost in groups that the baseline does not have beyond this part leaves a pass undecided."]),
    common("gate.max_cost", Form::Amount, "max-cost", ["",
        "\"500\"",
        "The most that the log may cost, in dollars."]),
    common("gate.max_cost_per_unit", Form::Amount, "max-cost-per-unit", ["",
        "\"0.02\"",
        "The most that a unit may cost, in dollars."]),
    common("gate.budget", Form::List, "budget", ["",
        "[\"50/day\", \"900/month\"]",
        "The most that a day or a month may cost, in dollars."]),
];

/// The keys of a table `[[contract]]`.
pub(in crate::cli) const CONTRACT_KEYS: [&str; 7] =
    ["name", "provider", "model", "class", "discount", "since", "until"];

/// The keys of a table `[[source]]`.
pub(in crate::cli) const SOURCE_KEYS: [&str; 10] = [
    "name",
    "match",
    "map",
    "columns",
    "constants",
    "input_includes_cache",
    "output_includes_reasoning",
    "cost_unit",
    "time_unit",
    "decimal_comma",
];

/// The setting of a key.
pub(in crate::cli) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// What holds where nobody said anything, for a key that has a value then.
pub(in crate::cli) fn default_of(key: &str) -> &'static str {
    setting(key).map_or("", |setting| setting.default)
}
