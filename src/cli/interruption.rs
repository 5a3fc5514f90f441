//! What an interrupted run leaves behind: no line of progress on the terminal, and no half file.
//!
//! A run that is killed outright (`kill -9`, a power cut) leaves the half file, `.NAME.PID-N.part`,
//! beside the old one; it disturbs no later run and may be deleted.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

/// What is to be tidied up.
#[derive(Default)]
struct Unfinished {
    files: Vec<PathBuf>,
    bars: Vec<ProgressBar>,
}

static UNFINISHED: Mutex<Unfinished> =
    Mutex::new(Unfinished { files: Vec::new(), bars: Vec::new() });

/// Who holds this when a signal comes is waited for; who comes later waits until the process is gone.
fn unfinished() -> MutexGuard<'static, Unfinished> {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(listen);
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a new file, which `options` must ask for, that is taken away when the run is interrupted.
///
/// # Errors
/// When it cannot be made, or is there.
pub(super) fn create(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let mut unfinished = unfinished();
    let file = options.open(path)?;
    unfinished.files.push(path.to_owned());
    Ok(file)
}

/// Says that such a file is finished, or gone.
pub(super) fn finished(path: &Path) {
    unfinished().files.retain(|known| known != path);
}

/// Takes a bar off the screen when the run is interrupted.
pub(super) fn clear_later(bar: &ProgressBar) {
    unfinished().bars.push(bar.clone());
}

impl Unfinished {
    fn tidy(&mut self) {
        for bar in self.bars.drain(..) {
            bar.finish_and_clear();
        }
        for file in self.files.drain(..) {
            // It may be where it belongs by now.
            let _ = fs::remove_file(file);
        }
    }
}

/// The number of the signal that came, or 0.
#[cfg(unix)]
static CAME: AtomicUsize = AtomicUsize::new(0);

/// How often it is looked whether a signal came: quick for people, and nothing to a processor.
#[cfg(unix)]
const GLANCE: Duration = Duration::from_millis(20);

/// Waits for what ends a run; then it ends as if nobody had waited, once all is tidy.
///
/// A signal leaves its number, which is looked for: what could be waited for is a pair of sockets in the
/// crate, and this program opens none.
#[cfg(unix)]
#[expect(
    clippy::disallowed_methods,
    reason = "a signal is looked for now and then; no result waits"
)]
fn listen() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::flag::register_usize;

    // `nohup` and shells that start something in the background have signals ignored.
    let ignored = fs::read_to_string("/proc/self/status").ok().and_then(|text| ignored(&text));
    let wanted: Vec<i32> = match ignored {
        Some(mask) => {
            let is_heard = |signal: &i32| mask >> (signal - 1) & 1 == 0;
            [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(is_heard).collect()
        }
        None => vec![SIGINT, SIGTERM],
    };
    for signal in wanted {
        let number = usize::try_from(signal).expect("signals are numbered from 1");
        // One that nobody listens to ends the run all the same, only less tidily.
        let _ = register_usize(signal, &CAME, number);
    }
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(GLANCE);
            obey();
        }
    });
}

/// Ends the run by the signal that came, if one did. The listener does so within a moment; a run that is
/// at its end asks once more, as the moment may not be over.
#[cfg(unix)]
pub(super) fn obey() {
    let signal = i32::try_from(CAME.swap(0, Ordering::Relaxed)).unwrap_or_default();
    if signal == 0 {
        return;
    }
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    unfinished.tidy();
    // Only a signal that cannot be raised fails, and then the run goes on.
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}

#[cfg(not(unix))]
fn listen() {}

/// Nobody listens here.
#[cfg(not(unix))]
pub(super) fn obey() {}

/// The signals that a process ignores, by their numbers from 1 as bits from 0.
#[cfg(unix)]
fn ignored(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfinished_goes_and_what_is_finished_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = ["half", "whole"].map(|name| folder.path().join(name));
        for path in &paths {
            File::create_new(path).expect("makes");
        }
        Unfinished { files: vec![paths[0].clone()], bars: vec![ProgressBar::hidden()] }.tidy();
        assert_eq!(paths.map(|path| path.exists()), [false, true]);
    }

    #[cfg(unix)]
    #[test]
    fn ignored_signals_are_bits() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000000003\n"), Some(3));
        assert_eq!(ignored("Name:\tx\n"), None);
    }
}
