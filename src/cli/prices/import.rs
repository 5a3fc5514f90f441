//! `llmcost prices import`: tables made of public price collections.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context, anyhow};

use crate::pricing::{
    ImportError, ImportFormat, ImportOptions, ImportProblem, Imported, import_prices,
};
use crate::render::{write_import, write_left_out};
use crate::usage::{Days, Instant};

use super::super::exit_status::ExitStatus;
use super::super::failure::Failure;
use super::super::given;
use super::super::output::deliver;
use super::args::{CollectionArg, ImportArgs, ImportFormArg};

pub(super) fn run(args: &ImportArgs) -> Result<ExitStatus, Failure> {
    let (name, bytes) = read(&args.file)?;
    let options = ImportOptions {
        format: args.from.map(|from| match from {
            CollectionArg::Litellm => ImportFormat::LiteLlm,
            CollectionArg::ModelsDev => ImportFormat::ModelsDev,
            CollectionArg::GenaiPrices => ImportFormat::GenaiPrices,
        }),
        provider: args.provider.clone(),
        models: args.model.clone(),
        edition: args.edition.clone().unwrap_or_default(),
        checked_on: args.checked_on.clone().map_or_else(|| written_on(&args.file), Ok)?,
    };
    let imported = import_prices(&name, &bytes, &options).map_err(failure)?;
    if imported.tables.is_empty() {
        tell(args, &imported);
        return Err(Failure::input(anyhow!("{name}: no model has a price that a table can hold")));
    }
    match (args.format, args.output.as_deref()) {
        (Some(ImportFormArg::Json), output) => deliver(output, |out| write_import(&imported, out))?,
        (_, Some(folder)) if is_folder(folder) => write_folder(folder, &imported)?,
        (_, output) => {
            let [table] = imported.tables.as_slice() else { return Err(several(&imported)) };
            deliver(output, |out| out.write_all(table.toml.as_bytes()))?;
        }
    }
    if args.format.is_none() {
        tell(args, &imported);
    }
    Ok(ExitStatus::Delivered)
}

fn read(file: &str) -> Result<(String, Vec<u8>), Failure> {
    if file == "-" {
        let read = given::bytes(std::io::stdin());
        let bytes = read.context("cannot read standard input").map_err(Failure::input)?;
        return Ok(("standard input".to_owned(), bytes));
    }
    let bytes = fs::File::open(file).and_then(given::bytes);
    let bytes = bytes.with_context(|| format!("cannot read {file}")).map_err(Failure::input)?;
    Ok((file.to_owned(), bytes))
}

/// The day a file was last written: nobody can have looked at its prices later than that.
fn written_on(file: &str) -> Result<String, Failure> {
    let modified = fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let age = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let millis = age.and_then(|age| i64::try_from(age.as_millis()).ok());
    let day = millis.and_then(|millis| Days::UTC.day_of(Instant::from_millis(millis)));
    day.map(Days::name).ok_or_else(|| {
        Failure::usage(anyhow!("it is not known when {file} was fetched"))
            .hint("say so: --checked-on 2026-11-10")
    })
}

/// Says what was lost, on stderr: standard output is for tables.
fn tell(args: &ImportArgs, imported: &Imported) {
    if !args.quiet {
        // With stderr gone there is nobody left to tell.
        let mut text = Vec::new();
        let _ = write_left_out(imported, &mut text);
        let _ = std::io::stderr().write_all(&text);
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR])
}

fn write_folder(folder: &Path, imported: &Imported) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
        .map_err(Failure::output)?;
    for table in &imported.tables {
        let path = folder.join(format!("{}.toml", file_name(&table.provider)));
        refuse_own(&path)?;
        deliver(Some(&path), |out| out.write_all(table.toml.as_bytes()))?;
    }
    Ok(())
}

/// A table that somebody wrote by hand is not written over.
fn refuse_own(path: &Path) -> Result<(), Failure> {
    let Ok(text) = given::text(path) else { return Ok(()) };
    if text.starts_with("# Imported from ") {
        return Ok(());
    }
    Err(Failure::output(anyhow!("{} is there and was not imported", path.display()))
        .hint("name another folder, or move the file away"))
}

/// A provider's id as the name of a file: nothing of it leads to another folder.
fn file_name(provider: &str) -> String {
    let is_safe = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name: String =
        provider.chars().map(|letter| if is_safe(letter) { letter } else { '_' }).collect();
    name.trim_start_matches('.').to_owned()
}

fn several(imported: &Imported) -> Failure {
    const SHOWN: usize = 8;
    let names: Vec<_> = imported.tables.iter().map(|table| table.provider.as_str()).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let few = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    Failure::usage(anyhow!("a table is of one provider, and this has {}: {few}{more}", names.len()))
        .hint("choose one with --provider NAME, or name a folder: -o tables/")
}

fn failure(error: ImportError) -> Failure {
    let is_usage = matches!(
        error.problem,
        ImportProblem::BadDay(_)
            | ImportProblem::NoProvider
            | ImportProblem::OtherShape(_)
            | ImportProblem::UnknownProvider(..)
            | ImportProblem::UnknownModel(..)
    );
    if is_usage { Failure::usage(error) } else { Failure::input(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_provider_leads_to_another_folder() {
        assert_eq!(file_name("x-ai"), "x-ai");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name("a/b"), "a_b");
    }
}
