//! Where a report goes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;

use super::failure::Failure;

/// Gives a report to a file or to standard output. A reader that closed the pipe has seen enough.
pub(super) fn deliver(
    file: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = file else {
        let mut out = BufWriter::new(io::stdout().lock());
        return match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::output(anyhow::Error::new(error).context("cannot write the report")))
            }
            _ => Ok(()),
        };
    };
    let result = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    result
        .with_context(|| format!("cannot write the report to {}", path.display()))
        .map_err(Failure::output)
}
