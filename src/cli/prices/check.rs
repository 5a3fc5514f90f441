//! `llmcost prices check`: what is wrong with tables of one's own.

use anyhow::anyhow;

use crate::pricing::check_table;
use crate::render::write_table_check;

use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::output::deliver;
use super::super::supplies::read_table;
use super::args::CheckArgs;

pub(super) fn run(args: &CheckArgs) -> Result<ExitStatus, Failure> {
    let mut bad = 0;
    let mut checks = Vec::new();
    for path in &args.files {
        let (file, text) = read_table(path)?;
        let check = check_table(&file, &text);
        bad += usize::from(!check.problems.is_empty());
        checks.push((file, check));
    }
    deliver(None, |out| {
        checks.iter().try_for_each(|(file, check)| write_table_check(file, check, out))
    })?;
    match bad {
        0 => Ok(ExitStatus::Delivered),
        1 if checks.len() == 1 => Err(Failure::pricing(anyhow!("the table is not valid"))
            .hint("`llmcost explain prices` has the schema and tables to start from")),
        _ => Err(Failure::pricing(anyhow!("{bad} of {} tables are not valid", checks.len()))
            .hint("`llmcost explain prices` has the schema and tables to start from")),
    }
}
