//! `llmcost completions` and `llmcost man`: made of the same definitions as the flags.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::exit_status::ExitStatus;
use super::failure::Failure;
use super::help;
use super::output::deliver;

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  llmcost completions bash > ~/.local/share/bash-completion/completions/llmcost
  llmcost completions zsh > ~/.zfunc/_llmcost   (fpath+=~/.zfunc)
  llmcost completions fish > ~/.config/fish/completions/llmcost.fish
  llmcost completions powershell >> $PROFILE";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  llmcost man | man -l -
  llmcost man --output ~/.local/share/man/man1";

/// `llmcost completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// `llmcost man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for each command into this folder, which is made where there is none.
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut help::command(), NAME, &mut script);
    deliver(None, |out| out.write_all(&script))?;
    Ok(ExitStatus::Delivered)
}

pub(super) fn man(args: &ManArgs) -> Result<ExitStatus, Failure> {
    let command = documented();
    let Some(folder) = &args.output else {
        let page = whole(&command).context("cannot make the manual").map_err(Failure::output)?;
        let page = with_examples(&page);
        deliver(None, |out| out.write_all(&page))?;
        return Ok(ExitStatus::Delivered);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
        .map_err(|error| Failure::output(error).hint("name a folder that you may write to"))?;
    for (name, command) in pages(&command) {
        let mut page = Vec::new();
        titled(&command, &name)
            .render(&mut page)
            .context("cannot make the manual")
            .map_err(Failure::output)?;
        let page = with_examples(&page);
        deliver(Some(&folder.join(format!("{name}.1"))), |out| out.write_all(&page))?;
    }
    Ok(ExitStatus::Delivered)
}

/// The name of the program.
const NAME: &str = "llmcost";

/// All definitions, without the `help` commands that only repeat them.
fn documented() -> Command {
    // A manual has every flag: those that `-h` leaves out would have no text.
    fn without(command: Command) -> Command {
        let command = command.mut_args(|flag| flag.hide_short_help(false));
        command.disable_help_subcommand(true).mut_subcommands(without)
    }
    let mut command = without(help::command());
    command.build();
    command
}

/// Every command with the name of its page, the program itself first.
fn pages(root: &Command) -> Vec<(String, Command)> {
    fn walk(command: &Command, name: &str, found: &mut Vec<(String, Command)>) {
        found.push((name.to_owned(), command.clone()));
        for one in command.get_subcommands() {
            walk(one, &format!("{name}-{}", one.get_name()), found);
        }
    }
    let mut found = Vec::new();
    walk(root, NAME, &mut found);
    found
}

/// A page without the day it was made on: the same program writes the same page.
fn titled(command: &Command, name: &str) -> Man {
    let version = env!("CARGO_PKG_VERSION");
    Man::new(command.clone()).title(name).date("").source(format!("{NAME} {version}"))
}

/// What stands at the end of a page are examples; the library calls it extra.
fn with_examples(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page).replace(".SH EXTRA\n", ".SH EXAMPLES\n");
    text.replace(".SS EXTRA\n", ".SS EXAMPLES\n").into_bytes()
}

/// One page of everything: each command as a section of that of the program.
fn whole(root: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    for (name, command) in pages(root) {
        let man = titled(&command, &name);
        if name == NAME {
            man.render(&mut page)?;
            continue;
        }
        let mut text = Vec::new();
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
        man.render_extra_section(&mut text)?;
        writeln!(page, ".SH \"{}\"", name.replace('-', " ").to_uppercase())?;
        let text = String::from_utf8_lossy(&text).replace("\n.SH ", "\n.SS ");
        let text = text.strip_prefix(".SH ").map_or(text.clone(), |rest| format!(".SS {rest}"));
        page.write_all(text.as_bytes())?;
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let pages = pages(&documented());
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["llmcost", "llmcost-analyze", "llmcost-prices-list", "llmcost-config-show"] {
            assert!(names.contains(&name), "{name} of {names:?}");
        }
        assert!(names.iter().all(|name| !name.contains("help")), "{names:?}");
    }

    #[test]
    fn the_whole_manual_has_every_flag_of_every_command() {
        let root = documented();
        let whole = String::from_utf8(whole(&root).expect("writes")).expect("text");
        for (name, command) in pages(&root) {
            let heading = name.replace('-', " ").to_uppercase();
            assert!(name == NAME || whole.contains(&format!(".SH \"{heading}\"")), "{name}");
            for flag in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(whole.contains(&flag.replace('-', "\\-")), "{name} --{flag}");
            }
        }
    }
}
