//! The steps of `action.yml` and of the workflows in `docs/ci/` run as on a hosted machine: with the
//! program itself, and with stand-ins that end in every way a program can.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::support::{finish, llmcost, project, run};

/// Nothing of the machine but what every one has; no llmcost, no cargo.
const PATH: &str = "/usr/bin:/bin";

/// What a step runs, and the environment it declares.
#[derive(Debug, Default)]
struct Step {
    script: String,
    environment: Vec<(String, String)>,
}

fn text_of(file: &str) -> String {
    fs::read_to_string(project().join(file)).expect(file)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines below a key that belong to it.
fn below<'t>(lines: &[&'t str], depth: usize) -> Vec<&'t str> {
    let belongs = |line: &&&str| line.trim().is_empty() || indentation(line) > depth;
    lines.iter().take_while(belongs).copied().collect()
}

/// The steps of an action or a workflow. This is no YAML: it knows how these files are indented.
fn steps(file: &str) -> Vec<Step> {
    let text = text_of(file);
    let lines: Vec<&str> = text.lines().collect();
    let mut steps: Vec<Step> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let key = line.trim_start().trim_start_matches("- ");
        let inner = below(&lines[index + 1..], line.len() - key.len());
        if line.trim_start().starts_with("- ") {
            steps.push(Step::default());
        }
        let Some(step) = steps.last_mut() else { continue };
        if key == "env:" {
            let pairs = inner.iter().filter_map(|line| line.trim().split_once(": "));
            step.environment = pairs.map(|(name, value)| (name.into(), value.into())).collect();
        } else if key == "run: |" {
            let margin = inner.first().map_or(0, |line| indentation(line));
            let cut = inner.iter().map(|line| line.get(margin..).unwrap_or_default());
            step.script = cut.collect::<Vec<_>>().join("\n");
        } else if let Some(command) = key.strip_prefix("run: ") {
            command.clone_into(&mut step.script);
        }
    }
    steps.retain(|step| !step.script.is_empty());
    steps
}

/// The inputs of the action that have a default.
fn defaults() -> BTreeMap<String, String> {
    let text = text_of("action.yml");
    let inputs = text.lines().skip_while(|line| *line != "inputs:").skip(1);
    let (mut defaults, mut name) = (BTreeMap::new(), String::new());
    for line in inputs.take_while(|line| line.is_empty() || indentation(line) > 0) {
        if let (2, Some(input)) = (indentation(line), line.trim().strip_suffix(':')) {
            input.clone_into(&mut name);
        } else if let Some(value) = line.strip_prefix("    default: ") {
            defaults.insert(name.clone(), value.trim_matches('\'').to_owned());
        }
    }
    defaults
}

/// A workspace of a hosted machine. Its name has spaces, as a name may.
struct Machine {
    folder: tempfile::TempDir,
    path: String,
}

/// How the action ended, and what it left behind.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    shown: String,
    summary: String,
    outputs: BTreeMap<String, String>,
}

impl Ended {
    fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("a machine").tempdir().expect("a folder");
        for part in ["work", "temp of the runner", "bin"] {
            fs::create_dir(folder.path().join(part)).expect("a folder");
        }
        Self { folder, path: PATH.to_owned() }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    /// Puts a program there. Another process writes it: a file that a test still has open for
    /// writing in one thread cannot be run from another.
    fn install(&self, name: &str, script: &str) -> String {
        let program = self.at("bin").join(name);
        let draft = self.at(&format!("{name}.draft"));
        fs::write(&draft, script).expect("writes");
        let copied = Command::new("bash")
            .args(["-c", "cp \"$1\" \"$2\" && chmod +x \"$2\"", "install"])
            .args([&draft, &program])
            .status();
        assert!(copied.expect("bash is there").success());
        program.to_str().expect("text").to_owned()
    }

    /// A program that ends with this code, says this verdict, and notes what it was asked.
    fn stand_in(&self, verdict: &str, code: u8) -> String {
        let seen = self.at("seen");
        let script = format!(
            "#!/usr/bin/env bash
             [ \"$1\" != --version ] || exit 0
             printf '%s\\n' \"$@\" > '{seen}'
             while [ \"$1\" != --comment ]; do shift; done
             if [ -n '{verdict}' ]; then
               printf '<!-- llmcost check -->\\n**{verdict}**\\n::error::out of a log\\n' > \"$2\"
               printf '{{\\n  \"schema_version\": \"1.0\",\\n  \"verdict\": \"{verdict}\",\\n'
               printf '  \"groups\": [{{\\n    \"verdict\": \"other\"\\n  }}]\\n}}\\n'
               printf '::error title=cost::dearer\\n'
             fi
             printf '%s: the reason\\n' '{verdict}' >&2
             exit {code}\n",
            seen = seen.display(),
        );
        self.install("llmcost", &script)
    }

    /// Runs steps one after the other until one fails, as a runner does.
    fn run(
        &self,
        steps: &[Step],
        value: impl Fn(&str, &BTreeMap<String, String>) -> String,
    ) -> Ended {
        let mut ended = Ended {
            code: Some(0),
            shown: String::new(),
            summary: String::new(),
            outputs: BTreeMap::new(),
        };
        for step in steps {
            fs::write(self.at("step.sh"), &step.script).expect("writes");
            fs::write(self.at("output"), "").expect("writes");
            let mut bash = Command::new("bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(self.at("step.sh"));
            bash.current_dir(self.at("work")).env_clear().env("PATH", &self.path);
            bash.env("HOME", self.at("home")).env("RUNNER_TEMP", self.at("temp of the runner"));
            bash.env("GITHUB_ACTION_PATH", project());
            bash.env("GITHUB_OUTPUT", self.at("output"));
            bash.env("GITHUB_STEP_SUMMARY", self.at("summary"));
            for (name, written) in &step.environment {
                bash.env(name, value(written, &ended.outputs));
            }
            let run = finish(&mut bash);
            let output = self.read("output");
            let pairs = output.lines().filter_map(|line| line.split_once('='));
            ended.outputs.extend(pairs.map(|(name, value)| (name.into(), value.into())));
            ended.shown += &run.stdout;
            ended.shown += &run.stderr;
            ended.code = run.code;
            if run.code != Some(0) {
                break;
            }
        }
        ended.summary = self.read("summary");
        ended
    }

    /// Runs the action with these inputs.
    fn act(&self, inputs: &[(&str, &str)]) -> Ended {
        let mut given = defaults();
        given.extend(inputs.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        self.run(&steps("action.yml"), |written, outputs| {
            let name = written.trim_start_matches("${{ ").trim_end_matches(" }}");
            if let Some(input) = name.strip_prefix("inputs.") {
                return given.get(input).unwrap_or_else(|| panic!("no input {input}")).clone();
            }
            let (_, output) = name.split_once(".outputs.").expect("an input or an output");
            outputs.get(output).unwrap_or_else(|| panic!("no output {output}")).clone()
        })
    }
}

/// Runs the action over a log of `fixtures/gate/`, with the program itself and a baseline made of
/// the log from before.
fn judge(log: &str, baseline: &str) -> (Ended, Machine) {
    let machine = Machine::new();
    let before = project().join("fixtures/gate/before.jsonl.gz");
    let before = before.to_str().expect("text");
    let saved = run(&machine.at("work"), &["check", before, "--save-baseline", "base line.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.stderr);
    fs::copy(project().join("fixtures/gate").join(log), machine.at("work/the log.jsonl.gz"))
        .expect("a log of fixtures/gate");
    let ended = machine.act(&[
        ("llmcost", env!("CARGO_BIN_EXE_llmcost")),
        ("log", "the log*.gz"),
        ("baseline", baseline),
        ("junit", "junit.xml"),
    ]);
    (ended, machine)
}

#[test]
fn a_log_that_costs_as_before_passes() {
    let (ended, machine) = judge("clean.jsonl.gz", "base line.json");
    assert_eq!(ended.code, Some(0), "{}", ended.shown);
    assert_eq!((ended.output("verdict"), ended.output("exit-code")), ("pass", "0"));
    assert_eq!(ended.summary, fs::read_to_string(ended.output("comment")).expect("a comment"));
    assert!(ended.summary.starts_with("<!-- llmcost check -->\n"), "{}", ended.summary);
    assert!(machine.read("work/junit.xml").contains("<testsuite"));
    assert!(!ended.shown.contains("::error"), "{}", ended.shown);
}

#[test]
fn a_log_that_costs_more_fails_the_step() {
    let (ended, machine) = judge("output.jsonl.gz", "base line.json");
    assert_eq!(ended.code, Some(1), "{}", ended.shown);
    assert_eq!((ended.output("verdict"), ended.output("exit-code")), ("fail", "1"));
    assert_eq!(ended.summary, fs::read_to_string(ended.output("comment")).expect("a comment"));
    assert!(machine.read("work/junit.xml").contains("<failure"));
    assert!(ended.shown.contains("::error"), "{}", ended.shown);
}

#[test]
fn without_a_baseline_there_is_no_verdict() {
    let (ended, _machine) = judge("clean.jsonl.gz", "missing.json");
    assert_eq!(ended.code, Some(3), "{}", ended.shown);
    assert_eq!((ended.output("verdict"), ended.output("exit-code")), ("", "3"));
    assert_eq!(ended.output("comment"), "");
    assert!(ended.summary.contains("missing.json"), "{}", ended.summary);
    assert!(ended.shown.contains("::error"), "{}", ended.shown);
}

/// What a stand-in says and ends with, what the step ends with, and with `fail: false`.
fn check(said: &str, code: u8, verdict: &str, expected: i32, forgiven: i32) {
    for (fail, expected) in [("true", expected), ("false", forgiven)] {
        let machine = Machine::new();
        let program = machine.stand_in(said, code);
        let ended = machine.act(&[("llmcost", &program), ("log", "a"), ("fail", fail)]);
        assert_eq!(ended.code, Some(expected), "{said} {code} {fail}\n{}", ended.shown);
        assert_eq!(ended.output("verdict"), verdict, "{said} {code}");
        assert_eq!(ended.output("exit-code"), code.to_string(), "{said} {code}");
        assert_eq!(ended.output("comment").is_empty(), verdict.is_empty(), "{said} {code}");
        let told = if verdict.is_empty() { "could not judge" } else { said };
        assert!(ended.summary.contains(told), "{said} {code}\n{}", ended.summary);
    }
}

#[test]
fn the_step_ends_as_the_program_does() {
    check("pass", 0, "pass", 0, 0);
    check("inconclusive", 0, "inconclusive", 0, 0);
    check("fail", 1, "fail", 1, 0);
    check("inconclusive", 6, "inconclusive", 6, 0);
}

#[test]
fn an_error_fails_the_step_whatever_the_inputs_say() {
    for code in [2, 3, 4, 5, 101] {
        check("", code, "", i32::from(code), i32::from(code));
    }
}

#[test]
fn what_report_and_exit_code_do_not_agree_on_is_no_verdict() {
    check("", 0, "", 5, 5);
    check("fail", 0, "", 5, 5);
    check("", 1, "", 1, 1);
    check("pass", 1, "", 1, 1);
    check("pass", 6, "", 6, 6);
}

#[test]
fn names_and_flags_reach_the_program_as_they_are_written() {
    let machine = Machine::new();
    let program = machine.stand_in("pass", 0);
    let ended = machine.act(&[
        ("llmcost", &program),
        ("log", "logs/a b.jsonl\r\n\n*.jsonl\n-dash 'quoted'\n"),
        ("baseline", "base $HOME.json"),
        (
            "arguments",
            "--threshold 3%\n--where \"model = 'a  b'\" $(touch x) `touch y` * ; \\\" ''\n",
        ),
        ("junit", "out/j u.xml"),
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.shown);
    let seen = machine.read("seen");
    let comment = ended.output("comment");
    let wanted = [
        "check",
        "--format",
        "json",
        "--annotations",
        "--comment",
        comment,
        "--baseline",
        "base $HOME.json",
        "--junit",
        "out/j u.xml",
        "--threshold",
        "3%",
        "--where",
        "model = 'a  b'",
        "$(touch",
        "x)",
        "`touch",
        "y`",
        "*",
        ";",
        "\"",
        "",
        "--",
        "logs/a b.jsonl",
        "*.jsonl",
        "-dash 'quoted'",
    ];
    assert_eq!(seen.lines().collect::<Vec<_>>(), wanted);
    assert_eq!(fs::read_dir(machine.at("work")).expect("a folder").count(), 0);
}

#[test]
fn no_baseline_is_handed_on_where_none_is_named() {
    let machine = Machine::new();
    let program = machine.stand_in("pass", 0);
    machine.act(&[("llmcost", &program), ("log", "a"), ("baseline", ""), ("arguments", " \n")]);
    let seen = machine.read("seen");
    assert!(!seen.contains("--baseline") && seen.ends_with("\n--\na\n"), "{seen}");
}

#[test]
fn inputs_that_mean_nothing_are_refused() {
    for (name, value) in
        [("log", " \n"), ("fail", "no"), ("arguments", "it's"), ("llmcost", "bin/missing")]
    {
        let machine = Machine::new();
        let program = machine.stand_in("pass", 0);
        let ended = machine.act(&[("llmcost", &program), ("log", "a"), (name, value)]);
        assert_eq!(ended.code, Some(2), "{name}\n{}", ended.shown);
        assert!(ended.shown.contains("::error title=llmcost check::"), "{name}\n{}", ended.shown);
        assert_eq!(machine.read("seen"), "", "{name}");
    }
}

/// A runner takes any line that begins with `::` for a command of the step.
#[test]
fn what_comes_out_of_a_log_commands_nothing() {
    let machine = Machine::new();
    let program = machine.stand_in("fail", 1);
    let ended = machine.act(&[("llmcost", &program), ("log", "a")]);
    let (mut commands, mut stopped) = (Vec::new(), None);
    for line in ended.shown.lines().filter(|line| line.starts_with("::")) {
        match (&stopped, line.strip_prefix("::stop-commands::")) {
            (None, Some(token)) => stopped = Some(format!("::{token}::")),
            (Some(end), _) if end == line => stopped = None,
            (Some(_), _) => assert_eq!(line, "::error::out of a log"),
            (None, None) => commands.push(line),
        }
    }
    assert_eq!((commands, stopped), (vec!["::error title=cost::dearer"], None));
}

#[test]
fn a_program_in_the_path_is_taken() {
    let mut machine = Machine::new();
    let program = machine.stand_in("pass", 0);
    machine.path = format!("{}:{PATH}", machine.at("bin").display());
    let ended = machine.act(&[("log", "a")]);
    assert_eq!((ended.code, ended.output("program")), (Some(0), program.as_str()));
    assert!(machine.read("seen").contains("\n--baseline\nllmcost-baseline.json\n"));
}

#[test]
fn without_a_program_the_action_builds_itself_once() {
    let mut machine = Machine::new();
    let built = machine.stand_in("pass", 0);
    fs::rename(&built, machine.at("built")).expect("renames");
    let script = format!(
        "#!/usr/bin/env bash
         printf '%s\\n' \"$PWD\" \"$@\" >> '{calls}'
         while [ \"$1\" != --root ]; do shift; done
         mkdir -p \"$2/bin\" && cp '{built}' \"$2/bin/llmcost\"\n",
        calls = machine.at("calls").display(),
        built = machine.at("built").display(),
    );
    machine.install("cargo", &script);
    machine.path = format!("{}:{PATH}", machine.at("bin").display());
    for _ in 0..2 {
        let ended = machine.act(&[("log", "a")]);
        assert_eq!((ended.code, ended.output("verdict")), (Some(0), "pass"), "{}", ended.shown);
        assert!(ended.output("program").contains(".cache/llmcost/"), "{ended:?}");
    }
    let calls = machine.read("calls");
    let project = project().to_str().expect("text");
    let start = format!("{project}\ninstall\n--locked\n--path\n{project}\n--root\n");
    assert!(calls.starts_with(&start), "{calls}");
    assert_eq!(calls.matches("install\n").count(), 1, "{calls}");
}

/// What the second workflow asks a stand-in for `gh` to write.
fn comment(verdict: &str, comment: &str, there: &str, commit: &str) -> String {
    let mut machine = Machine::new();
    fs::create_dir(machine.at("artifact")).expect("a folder");
    fs::write(machine.at("artifact/comment.md"), comment).expect("writes");
    fs::write(machine.at("artifact/verdict.txt"), format!("{verdict}\n")).expect("writes");
    let script = format!(
        "#!/usr/bin/env bash
         case \"$*\" in
           *--method\\ GET*/artifacts*) [ '{verdict}' = '' ] && echo 0 || echo 1 ;;
           run\\ download*) cp -R '{artifact}' \"${{@: -1}}\" ;;
           *--method\\ GET*/pulls*) printf '6\\tother\\tfork/app\\n7\\tabc\\tfork/app\\n' ;;
           *--method\\ GET*/issues/7/comments*) printf '%s' '{there}' ;;
           *) printf '%s ' \"${{@:1:4}}\" >> '{calls}' ;;
         esac\n",
        artifact = machine.at("artifact").display(),
        calls = machine.at("calls").display(),
    );
    machine.install("gh", &script);
    machine.path = format!("{}:{PATH}", machine.at("bin").display());
    let ended = machine.run(&steps("docs/ci/github-comment.yml"), |written, _| {
        let values = [
            ("${{ github.token }}", "none"),
            ("${{ github.repository }}", "owner/app"),
            ("${{ github.event.workflow_run.id }}", "1"),
            ("${{ github.event.workflow_run.head_repository.owner.login }}", "fork"),
            ("${{ github.event.workflow_run.head_repository.full_name }}", "fork/app"),
            ("${{ github.event.workflow_run.head_branch }}", "a;b"),
            ("${{ github.event.workflow_run.head_sha }}", commit),
        ];
        let value = values.iter().find(|(name, _)| *name == written);
        value.unwrap_or_else(|| panic!("no {written}")).1.to_owned()
    });
    assert_eq!(ended.code, Some(0), "{}", ended.shown);
    machine.read("calls").trim_end().to_owned()
}

#[test]
fn a_pull_request_has_one_comment_and_none_for_a_first_pass() {
    let text = "<!-- llmcost check -->\n**a result**\n";
    let made = "api --method POST repos/owner/app/issues/7/comments";
    let renewed = "api --method PATCH repos/owner/app/issues/comments/70";
    for (verdict, there, expected) in [
        ("pass", "", ""),
        ("fail", "", made),
        ("inconclusive", "", made),
        ("pass", "70\n71\n", renewed),
        ("fail", "70\n", renewed),
        ("", "70\n", ""),
    ] {
        let asked = comment(verdict, text, there, "abc");
        assert_eq!(asked, expected, "{verdict} {there}");
    }
}

#[test]
fn a_comment_that_is_none_or_comes_too_late_is_not_written() {
    let text = "<!-- llmcost check -->\n**a result**\n";
    for (text, commit) in [
        (text, "older"),
        ("**another**\n<!-- llmcost check -->\n", "abc"),
        ("", "abc"),
        (&format!("{text}{}", "x".repeat(70_000)), "abc"),
    ] {
        let asked = comment("fail", text, "", commit);
        assert_eq!(asked, "", "{commit}");
    }
}

const FILES: [&str; 6] = [
    "action.yml",
    ".pre-commit-hooks.yaml",
    "docs/ci.md",
    "docs/ci/github-check.yml",
    "docs/ci/github-comment.yml",
    "docs/ci/gitlab.yml",
];

#[test]
fn actions_are_pinned_and_scripts_hold_no_expressions() {
    for file in FILES {
        for line in text_of(file).lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            let version = action.split(' ').next().and_then(|name| name.split_once('@'));
            let (name, version) = version.expect("a version");
            let pinned = version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(pinned || (name, version) == ("OWNER/llmcost", "COMMIT"), "{file}: {line}");
        }
        for step in steps(file) {
            assert!(!step.script.contains("${{"), "{file}: {}", step.script);
        }
    }
}

/// Flags of other programs that these files mention.
const OTHERS: [&str; 11] = [
    "--dir",
    "--git",
    "--jq",
    "--locked",
    "--method",
    "--name",
    "--paginate",
    "--repo",
    "--rev",
    "--root",
    "--silent",
];

#[test]
fn every_flag_that_is_mentioned_is_one_of_the_command() {
    let help = finish(llmcost(project()).args(["check", "--help"]));
    assert_eq!(help.code, Some(0), "{}", help.stderr);
    let flags = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let flags =
            words.filter(|word| word.starts_with("--") && word.contains(|c: char| c != '-'));
        flags.map(str::to_owned).collect()
    };
    let known = flags(&help.stdout);
    for file in FILES {
        for flag in flags(&text_of(file)) {
            assert!(
                known.contains(&flag) || OTHERS.contains(&flag.as_str()),
                "{file} mentions {flag}"
            );
        }
    }
}
