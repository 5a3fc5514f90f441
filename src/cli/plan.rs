//! `llmcost plan`: a plan to start from.

use crate::simulation::Plan;

use super::args::PlanArgs;
use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::output::deliver;

pub(super) fn run(args: &PlanArgs) -> Result<ExitStatus, Failure> {
    debug_assert!(args.example, "the flag is required");
    deliver(None, |out| out.write_all(Plan::example().as_bytes()))?;
    Ok(ExitStatus::Delivered)
}
