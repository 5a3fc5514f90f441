//! Where a report goes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::interruption;

/// Why nothing was given out.
pub(super) enum Undelivered {
    /// It could not be written.
    Unwritten(io::Error),
    /// There was nothing to write.
    Failed(Failure),
}

impl From<io::Error> for Undelivered {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}

/// Gives a report to a file or to standard output. A reader that closed the pipe has seen enough.
pub(super) fn deliver(
    file: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    deliver_while(file, |out| write(out).map_err(Undelivered::Unwritten)).map(|_| ())
}

/// As [`deliver`], for what is written while it is made. Nothing is returned when the reader
/// closed the pipe.
pub(super) fn deliver_while<T>(
    file: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Undelivered>,
) -> Result<Option<T>, Failure> {
    let mut is_closed = false;
    let (result, context) = if let Some(path) = file {
        let context = format!("cannot write the report to {}", path.display());
        (to_file(path, write), context)
    } else {
        let pipe = Pipe { out: io::stdout().lock(), is_closed: &mut is_closed };
        (to_end(BufWriter::new(pipe), write), "cannot write the report".to_owned())
    };
    match result {
        Ok(made) => Ok(Some(made)),
        Err(Undelivered::Failed(failure)) => Err(failure),
        Err(Undelivered::Unwritten(_)) if is_closed => Ok(None),
        Err(Undelivered::Unwritten(error)) => {
            let failure = Failure::output(anyhow::Error::new(error).context(context));
            Err(failure.hint("look at the folder, its rights and the room on the disk"))
        }
    }
}

/// Remembers that its reader is gone: some writers wrap the error into one of their own, which
/// does not say so.
struct Pipe<'p, W> {
    out: W,
    is_closed: &'p mut bool,
}

impl<W> Pipe<'_, W> {
    fn told<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        *self.is_closed |=
            result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        result
    }
}

impl<W: Write> Write for Pipe<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.out.write(bytes);
        self.told(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.told(result)
    }
}

fn to_end<T>(
    mut out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Undelivered>,
) -> Result<T, Undelivered> {
    let made = write(&mut out)?;
    out.flush()?;
    Ok(made)
}

/// Writes aside and moves into place: a run that fails leaves the old file as it was, and a log
/// can be replaced by what is made of it.
fn to_file<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Undelivered>,
) -> Result<T, Undelivered> {
    // A link stays a link to the file it means.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let known = fs::metadata(&target).ok();
    if known.as_ref().is_some_and(|known| !known.is_file()) {
        // A device or a pipe is written to, never replaced.
        return to_end(BufWriter::new(File::create(path)?), write);
    }
    let (aside, file) = aside(&target, known.is_some())?;
    let finish = || {
        if let Some(known) = &known {
            file.set_permissions(known.permissions())?;
        }
        let made = to_end(BufWriter::new(&file), write)?;
        // On the disk before it takes the place of the old one, so that a power cut leaves one of them.
        file.sync_all()?;
        fs::rename(&aside, &target)?;
        Ok(made)
    };
    let result = finish();
    if result.is_err() {
        // What is in the way is told by the error itself.
        let _ = fs::remove_file(&aside);
    }
    interruption::finished(&aside);
    result
}

/// A new file beside another. A run that was killed may have left one of the same name: numbers of
/// processes come again.
///
/// Where it takes the place of a file it is the user's alone until it has the rights of that: whoever
/// opens a file before they are taken reads on. A report of a new name has those of any new file.
fn aside(target: &Path, is_private: bool) -> io::Result<(PathBuf, File)> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut taken = None;
    for attempt in 0..100_u32 {
        let aside = target.with_file_name(format!(".{name}.{process}-{attempt}.part"));
        match interruption::create(&aside, &options) {
            Ok(file) => return Ok((aside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::Error::other("no name is free")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_will_replace_a_private_file_is_private_from_its_first_moment() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (_, file) = aside(&folder.path().join("report.json"), true).expect("writes");
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_run_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.json");
        fs::write(&path, "old").expect("writes");
        let failed = deliver(Some(&path), |out| {
            out.write_all(b"new")?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).expect("reads"), "old");
        let delivered = deliver(Some(&path), |out| out.write_all(b"new"));
        assert!(delivered.is_ok());
        assert_eq!(fs::read_to_string(&path).expect("reads"), "new");
        assert_eq!(fs::read_dir(folder.path()).expect("reads").count(), 1);
    }
}
