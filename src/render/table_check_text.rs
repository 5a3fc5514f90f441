//! What is wrong with a price table, a line each as compilers write it: `file:line: error: …`.

use std::io;

use crate::report::TableCheck;

use super::figures::{counted, name};

/// Writes what was found in a file.
pub(super) fn write(file: &str, check: &TableCheck, out: &mut dyn io::Write) -> io::Result<()> {
    let file = name(file);
    for problem in &check.problems {
        writeln!(out, "{file}:{}: error: {}", problem.line, shown(&problem.problem.to_string()))?;
        if !problem.text.trim().is_empty() {
            writeln!(out, "  {}", name(problem.text.trim()))?;
        }
        if let Some(hint) = problem.problem.hint() {
            writeln!(out, "  hint: {}", name(&hint))?;
        }
    }
    for warning in &check.warnings {
        let (line, model) = (warning.line, name(&warning.model));
        writeln!(out, "{file}:{line}: warning: {model}: {}", name(&warning.remark.to_string()))?;
    }
    writeln!(out, "{file}: {}", verdict(check))
}

/// A message of the parser may take several lines.
fn shown(message: &str) -> String {
    message.lines().map(name).collect::<Vec<_>>().join(" ")
}

fn verdict(check: &TableCheck) -> String {
    let problems = counted(check.problems.len() as u64, "problem", "problems");
    if !check.complete {
        return format!("{problems}; what follows was not looked at");
    }
    let warnings = counted(check.warnings.len() as u64, "warning", "warnings");
    let models = counted(check.models as u64, "model", "models");
    match check.problems.len() {
        0 => format!("good: {models}, {warnings}"),
        _ => format!("{models}, {problems}, {warnings}"),
    }
}
