//! When the program fails by itself: what is said of it, and what is not.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::exit_status::ExitStatus;
use super::failure::say;

/// Where it went wrong last: the others were caught, as those of damaged files are.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs the program. A failure of its own is told by its place in the sources alone: the message of
/// Rust may hold a piece of the log.
#[expect(clippy::disallowed_methods, reason = "developers ask Rust for all that it knows")]
pub(super) fn guarded(run: impl FnOnce() -> ExitCode) -> ExitCode {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|wanted| wanted == "0") {
        set_hook(Box::new(remember));
    }
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = place.map_or_else(String::new, |place| format!(" at {place}"));
        say(&format!(
            "error: llmcost failed by itself{place}\n  \
             hint: this is a bug, and nothing that was written is to be trusted; please report it with \
             this message\n  \
             hint: RUST_BACKTRACE=1 says more, and may show a piece of the log"
        ));
        ExitCode::from(ExitStatus::Bug.code())
    })
}

fn remember(of: &PanicHookInfo<'_>) {
    let place = of.location().map(|place| format!("{}:{}", place.file(), place.line()));
    *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message of a text that was cut inside a letter showed the text.
    #[test]
    fn a_failure_is_told_without_what_it_was_about() {
        let hook = std::panic::take_hook();
        let code = guarded(|| {
            let text = String::from("a secret prømpt");
            ExitCode::from(u8::try_from(text[..12].len()).unwrap_or_default())
        });
        set_hook(hook);
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(101)));
    }
}
