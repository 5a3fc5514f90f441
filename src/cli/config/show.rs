//! `llmcost config show`: what is in force, and who said so.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::parser::ValueSource;
use clap::{Args, Subcommand};

use crate::render::write_settings;
use crate::report::{EffectiveSetting, EffectiveSettings, SettingOrigin};

use super::super::args::OutputArgs;
use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::help;
use super::super::output::deliver;
use super::super::prices::FormArgs;
use super::super::settings::{fill, output_format, style};
use super::Config;
use super::keys::{SETTINGS, Setting};
use super::read::Level;

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  llmcost config show
  llmcost config show --json
  llmcost explain config      (every key, with an example)";

const SHOW_EXAMPLES: &str = "\
Examples:
  llmcost config show
  LLMCOST_BY=team llmcost config show
  llmcost config show --config other.toml --json";

/// `llmcost config`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

/// Questions about the configuration.
#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Every setting with its value, and where that comes from.
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
}

/// `llmcost config show`.
#[derive(Debug, Args)]
struct ShowArgs {
    #[command(flatten)]
    form: FormArgs,
    /// The project's configuration instead of the nearest llmcost.toml.
    #[arg(long, value_name = "FILE", env = "LLMCOST_CONFIG")]
    config: Option<PathBuf>,
}

pub(in crate::cli) fn run(args: ConfigArgs) -> Result<ExitStatus, Failure> {
    let ConfigCommand::Show(args) = args.command;
    let config = Config::load(args.config.as_deref())?;
    let shown = EffectiveSettings {
        files: config.files.iter().map(|(_, path)| path.display().to_string()).collect(),
        settings: SETTINGS
            .iter()
            .map(|one| effective(one, &config))
            .collect::<Result<_, Failure>>()?,
    };
    let mut output = OutputArgs::from(args.form);
    fill(&mut output, &config);
    let format = output_format(&output)?;
    deliver(output.output.as_deref(), |out| write_settings(&shown, format, style(&output), out))?;
    Ok(ExitStatus::Delivered)
}

fn effective(one: &Setting, config: &Config) -> Result<EffectiveSetting, Failure> {
    if let Some((variable, values)) = of_environment(one)? {
        return Ok(EffectiveSetting {
            key: one.key,
            values,
            origin: SettingOrigin::Environment(variable),
        });
    }
    if let Some(said) = config.said(one.key) {
        let place = format!("{}:{}", said.place.file, said.place.line);
        let origin = match said.place.level {
            Level::Project => SettingOrigin::Project(place),
            Level::User => SettingOrigin::User(place),
        };
        return Ok(EffectiveSetting { key: one.key, values: said.texts.clone(), origin });
    }
    let default = Some(one.default).filter(|text| !text.is_empty());
    let values = default.map(str::to_owned).into_iter().collect();
    Ok(EffectiveSetting { key: one.key, values, origin: SettingOrigin::Default })
}

/// What the environment says, read as the command would read it.
fn of_environment(one: &Setting) -> Result<Option<(String, Vec<String>)>, Failure> {
    let (command, flag) = one.flag;
    let (Some(variable), Some(id)) = (help::environment(command, flag), help::id_of(command, flag))
    else {
        return Ok(None);
    };
    let matches = help::command().try_get_matches_from(["llmcost", command]).map_err(|error| {
        let told = error.to_string();
        let told = told.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Failure::usage(anyhow!("{told}")).hint("an environment variable says so")
    })?;
    let Some((_, matches)) = matches.subcommand() else { return Ok(None) };
    let is_said = matches.value_source(&id) == Some(ValueSource::EnvVariable);
    let values = matches.get_raw(&id).filter(|_| is_said);
    Ok(values.map(|values| {
        let texts = values.map(|value| value.to_string_lossy().into_owned());
        (variable, texts.collect())
    }))
}
