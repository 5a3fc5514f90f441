//! `-h` and `--help`: flags under headings, the usual ones in the short help, examples in both.

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::args::Cli;

/// Under which heading a flag stands, in every command that has it. Headings of derived structs
/// would go on to the flags after them, so all of them are here.
const HEADINGS: [(&str, &[&str]); 22] = [
    ("Plan", &["plan", "example"]),
    (
        "Techniques: fewer calls",
        &[
            "retries",
            "semantic-cache",
            "semantic-threshold",
            "semantic-ttl",
            "semantic-level",
            "embed-endpoint",
            "embed-model",
            "structured",
        ],
    ),
    ("Techniques: fewer tokens", &["trim", "output-cap", "concise"]),
    (
        "Techniques: cheaper models and lanes",
        &["tier", "free-models", "batch", "batch-deadline", "discount"],
    ),
    (
        "Techniques: the provider's prompt cache",
        &["cache-hit", "cache", "cacheable", "cache-ttl", "cache-hit-prob"],
    ),
    ("Apart from savings", &["spend-cap", "self-host", "fine-tune", "parallel"]),
    (
        "Questions",
        &[
            "best",
            "max-effort",
            "guard",
            "attribution",
            "claim",
            "interval",
            "deep",
            "growth",
            "compare-at",
            "invoice",
        ],
    ),
    (
        "Comparison",
        &[
            "baseline",
            "save-baseline",
            "unit",
            "case",
            "gate",
            "threshold",
            "group-threshold",
            "p95-threshold",
            "confidence",
            "min-impact",
            "units-per-month",
            "max-unpriced",
            "max-new",
            "acknowledge",
            "acknowledge-until",
        ],
    ),
    ("Limits", &["max-cost", "max-cost-per-unit", "budget"]),
    ("For pull requests", &["comment", "junit", "annotations"]),
    (
        "Workload",
        &[
            "model",
            "call-type",
            "calls-per-day",
            "calls-per-month",
            "input-tokens",
            "output-tokens",
            "shared-prompt",
            "turns",
            "arrival",
            "hours",
            "burst",
            "failures",
            "attempts",
            "days",
            "month-days",
            "from",
        ],
    ),
    ("Prediction", &["hide", "calibrate", "chain"]),
    ("The log and its engine", &["dialect", "table", "times", "keep-copies"]),
    ("Which calls", &["where", "since", "until"]),
    ("Which models", &["all", "retired", "sort"]),
    ("Of the tables", &["checked-on", "edition"]),
    (
        "Reading",
        &[
            "demo",
            "source-format",
            "map",
            "timezone",
            "assume-model",
            "assume-call-type",
            "keep-duplicates",
            "max-unpacked",
            "max-record",
        ],
    ),
    ("Who bills", &["provider"]),
    ("Prices", &["prices", "as-of", "cost-mode"]),
    ("Writing", &["force", "print"]),
    (
        "Report",
        &[
            "by",
            "max-groups",
            "every",
            "lots",
            "top",
            "show",
            "format",
            "json",
            "output",
            "redact",
            "color",
            "columns",
            "currency",
        ],
    ),
    (RUN, &["config", "strict", "threads", "quiet", "verbose", "help", "version"]),
];

/// The heading of what is about the run itself.
const RUN: &str = "Run";

/// Of commands with many flags, `-h` shows these; `--help` shows all.
const USUAL: [&str; 33] = [
    "baseline",
    "batch",
    "best",
    "budget",
    "by",
    "cache-hit",
    "calls-per-day",
    "columns",
    "compare-at",
    "demo",
    "dialect",
    "discount",
    "format",
    "help",
    "hide",
    "input-tokens",
    "invoice",
    "json",
    "model",
    "output",
    "output-cap",
    "output-tokens",
    "plan",
    "prices",
    "save-baseline",
    "shared-prompt",
    "show",
    "since",
    "table",
    "threshold",
    "tier",
    "until",
    "where",
];

/// A command with no more flags than this shows all of them in its short help.
const FEW: usize = 12;

/// What bare `llmcost` prints: what it is, and what one starts with.
pub(super) const START: &str = "\
llmcost says where an LLM bill goes, and what would have made it smaller.
It reads the usage logs you have; nothing leaves this machine.

Where the money went (without a log of your own: --demo):
  llmcost analyze usage.jsonl
What a way of spending less would have saved:
  llmcost simulate usage.jsonl --cache-hit 0.9
Whether calls became dearer:
  llmcost check old.jsonl new.jsonl
What calls will cost, without a log:
  llmcost estimate --model gpt-4o --calls-per-day 1000 \\
    --input-tokens 3000 --output-tokens 500
Settings for your log, in a file to keep:
  llmcost init usage.jsonl

llmcost --help            all commands
llmcost analyze -h        the usual flags of a command; --help has all of them
llmcost explain           techniques, formats, diagnostics, exit codes, in words
";

/// The program with its help as people see it.
pub(super) fn command() -> Command {
    dressed(Cli::command())
}

/// A flag of a command.
fn flag_of(command: &str, flag: &str) -> Option<Arg> {
    let root = Cli::command();
    let found = root.find_subcommand(command)?;
    found.get_arguments().find(|one| one.get_long() == Some(flag)).cloned()
}

/// The environment variable that says the same as a flag of a command.
pub(super) fn environment(command: &str, flag: &str) -> Option<String> {
    let flag = flag_of(command, flag)?;
    flag.get_env().map(|name| name.to_string_lossy().into_owned())
}

/// The name under which what was said by a flag is found.
pub(super) fn id_of(command: &str, flag: &str) -> Option<String> {
    flag_of(command, flag).map(|flag| flag.get_id().to_string())
}

fn dressed(command: Command) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Print the usual flags")
        .long_help("Print all flags (-h: the usual ones)");
    let command = command.disable_help_flag(true).arg(help);
    let command = if command.get_version().is_some() { with_version(command) } else { command };
    let flags = command.get_arguments().filter(|one| one.get_long().is_some()).count();
    let is_long = flags > FEW;
    let command = command.mut_args(|one| arranged(one, is_long)).mut_subcommands(dressed);
    if !is_long {
        return command;
    }
    let examples = command.get_after_help().cloned().unwrap_or_default();
    let name = command.get_name().to_owned();
    command
        .after_long_help(examples.clone())
        .after_help(format!("{examples}\n\nllmcost {name} --help shows all {flags} flags."))
}

/// The flag that says the version, under a heading like all others.
fn with_version(command: Command) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    command.disable_version_flag(true).arg(version.help("Print the version"))
}

/// Whether a flag cannot stand without a value.
fn takes_a_value(flag: &Arg) -> bool {
    let may_lack_it = flag.get_num_args().is_some_and(|number| number.min_values() == 0);
    flag.get_action().takes_values() && !may_lack_it
}

/// A flag under its heading. Values of the environment are left out: they are the machine's, and
/// manuals are made of this too.
fn arranged(flag: Arg, is_long: bool) -> Arg {
    let flag = flag.hide_env_values(true);
    let Some(name) = flag.get_long().map(str::to_owned) else { return flag };
    let is_rare = is_long && !USUAL.contains(&name.as_str());
    let flag = if is_rare { flag.hide_short_help(true) } else { flag };
    // `--top -1` is a wrong value, not a flag that does not exist.
    let flag = if takes_a_value(&flag) { flag.allow_negative_numbers(true) } else { flag };
    let heading = HEADINGS.iter().find(|(_, names)| names.contains(&name.as_str()));
    flag.help_heading(heading.map_or(RUN, |(heading, _)| *heading))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `look` for every command, with its path.
    fn walk(command: &Command, look: &mut dyn FnMut(&Command)) {
        look(command);
        command.get_subcommands().for_each(|one| walk(one, look));
    }

    fn flags(command: &Command) -> Vec<String> {
        command.get_arguments().filter_map(Arg::get_long).map(str::to_owned).collect()
    }

    #[test]
    fn the_definitions_hold_together() {
        command().debug_assert();
    }

    #[test]
    fn every_name_of_the_tables_is_a_flag() {
        let mut known = Vec::new();
        walk(&command(), &mut |one| known.extend(flags(one)));
        let listed = HEADINGS.iter().flat_map(|(_, names)| names.iter()).chain(&USUAL);
        for name in listed {
            assert!(known.iter().any(|flag| flag == name), "--{name}");
        }
    }

    #[test]
    fn the_short_help_of_a_command_fits_a_screen() {
        walk(&command(), &mut |one| {
            let text = one.clone().term_width(80).render_help().to_string();
            assert!(text.lines().count() <= 75, "{}\n{text}", one.get_name());
        });
    }

    #[test]
    fn every_flag_has_its_place() {
        walk(&command(), &mut |one| {
            for flag in flags(one) {
                let places = HEADINGS.iter().filter(|(_, names)| names.contains(&flag.as_str()));
                assert_eq!(places.count(), 1, "{} --{flag}", one.get_name());
            }
        });
    }

    /// Sixty flags in one list are read by nobody.
    #[test]
    fn no_heading_has_more_flags_than_can_be_looked_over() {
        walk(&command(), &mut |one| {
            let mut counts = std::collections::BTreeMap::new();
            for flag in one.get_arguments() {
                *counts.entry(flag.get_help_heading().unwrap_or_default()).or_insert(0) += 1;
            }
            for (heading, count) in counts {
                assert!(count <= 16, "{} {heading}: {count}", one.get_name());
            }
        });
    }

    #[test]
    fn every_command_has_examples_of_itself() {
        walk(&command(), &mut |one| {
            let name = one.get_name();
            let examples = one.get_after_help().map(ToString::to_string).unwrap_or_default();
            if name != "llmcost" {
                let commands = examples.lines().filter(|line| line.starts_with("  "));
                commands.for_each(|line| assert!(line.chars().count() <= 80, "{line}"));
                assert!(examples.contains(&format!("{name} ")), "{name}\n{examples}");
            }
        });
    }

    #[test]
    fn the_first_page_fits_a_screen_of_80_columns() {
        assert!(START.lines().count() <= 24);
        for line in START.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
