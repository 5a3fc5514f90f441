//! How much memory there is, so that a log that does not fit is refused before the system ends the
//! program.

use anyhow::anyhow;

use crate::usage::Calls;

use super::failure::Failure;

/// Says how much memory a run may take, instead of what is free: `24G`, `512M`.
const VARIABLE: &str = "LLMCOST_MEMORY";

/// What a call takes where it is looked at again without a plan, in bytes, at most on usual logs.
pub(super) const REPLAYED: u64 = 256;

/// What a row of a roll-up takes until it is written, in bytes: 3,700 at most were measured.
pub(super) const ROLLED: u64 = 4_000;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The calls of a log, as long as there is room for them and for what is computed with them.
pub(super) struct Held {
    table: Option<Calls>,
    calls: u64,
    /// What one call takes, everything together, in bytes.
    each: u64,
    /// How much may be taken, in bytes; nothing where nobody knows.
    room: Option<u64>,
}

impl Held {
    /// None so far, where one call takes so many bytes.
    ///
    /// # Errors
    /// When the environment says no size.
    pub(super) fn new(each: u64) -> Result<Self, Failure> {
        Ok(Self { table: None, calls: 0, each, room: room()? })
    }

    /// Takes some calls more; once they do not fit, they are only counted.
    pub(super) fn add(&mut self, calls: &Calls) {
        self.calls = self.calls.saturating_add(calls.len() as u64);
        if self.fits() {
            let table = self.table.get_or_insert_with(|| Calls::new(calls.dimensions.emptied()));
            table.append(calls);
        } else {
            self.table = None;
        }
    }

    fn needed(&self) -> u64 {
        self.calls.saturating_mul(self.each)
    }

    fn fits(&self) -> bool {
        self.room.is_none_or(|room| self.needed() <= room)
    }

    /// All calls; nothing where there were none.
    ///
    /// # Errors
    /// When they do not fit: how many there are, what they would take, and what to do.
    pub(super) fn into_table(self) -> Result<Option<Calls>, Failure> {
        let Some(room) = self.room.filter(|_| !self.fits()) else { return Ok(self.table) };
        let (calls, needed, room) = (self.calls, told(self.needed()), told(room));
        Err(Failure::input(anyhow!(
            "the log has {calls} calls: to run them again takes some {needed} of memory, and {room} \
             are free"
        ))
        .hint("take a part of them: --since and --until, or --where")
        .hint("`llmcost rollup` sums up a log of any length; assumed rates, such as --cache-hit 0.9, \
               are told from the sums")
        .hint(format!("{VARIABLE}=64G says how much may be taken, whatever is free")))
    }
}

/// How much a run may take, in bytes; nothing where nobody knows.
///
/// # Errors
/// When the environment says no size.
pub(super) fn room() -> Result<Option<u64>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "how much to take is the user's setting")]
    let said = std::env::var(VARIABLE).ok().filter(|said| !said.is_empty());
    let Some(text) = said else { return Ok(free(|path| std::fs::read_to_string(path).ok())) };
    size(&text).map(Some).ok_or_else(|| {
        Failure::usage(anyhow!("{VARIABLE}: `{text}` is no size")).hint("write it as 24G or 512M")
    })
}

/// Refuses a roll-up that does not fit: how many rows there were, and what to do.
pub(super) fn too_many_rows(rows: u64, room: u64) -> Failure {
    let (needed, room) = (told(rows.saturating_mul(ROLLED)), told(room));
    Failure::input(anyhow!(
        "the roll-up has more than {rows} rows: they take some {needed} of memory, and {room} were \
         free"
    ))
    .hint("leave out of --by what differs from call to call, such as an id")
    .hint("take a part of the log: roll-ups of parts add up")
    .hint(format!("{VARIABLE}=64G says how much may be taken, whatever is free"))
}

/// Whole GiB, or MiB where it is less than one.
fn told(bytes: u64) -> String {
    if bytes < GIB {
        format!("{} MiB", bytes.div_ceil(MIB))
    } else {
        format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB)
    }
}

/// Reads `24G`, `512M`, `64K` or a number of bytes; `GB` and `GiB` mean the same.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => MIB,
        "g" => GIB,
        "t" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// What the system can still give, and no more than its control groups allow; nothing where it does
/// not say. `read` gives the text of a file.
fn free(read: impl Fn(&str) -> Option<String>) -> Option<u64> {
    let meminfo = read("/proc/meminfo");
    let available = meminfo.as_deref().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1 << 10)
    });
    let groups = read("/proc/self/cgroup").unwrap_or_default();
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    // A limit of any group around this one holds too.
    let ends = own.match_indices('/').map(|(end, _)| end).chain([0, own.len()]);
    let paths = ends.map(|end| {
        let group = own[..end].trim_matches('/');
        let folder = if group.is_empty() { String::new() } else { format!("/{group}") };
        format!("/sys/fs/cgroup{folder}/memory.max")
    });
    let paths = paths.chain(["/sys/fs/cgroup/memory/memory.limit_in_bytes".to_owned()]);
    let limits = paths.filter_map(|path| read(&path)?.trim().parse().ok());
    limits.chain(available).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_free(files: &[(&str, &str)], expected: Option<u64>) {
        let read = |path: &str| {
            let found = files.iter().find(|(known, _)| *known == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        assert_eq!(free(read), expected, "{files:?}");
    }

    #[test]
    fn the_narrowest_limit_holds() {
        const MEMINFO: (&str, &str) =
            ("/proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:    4096 kB\n");
        const OWN: (&str, &str) = ("/proc/self/cgroup", "0::/jobs/7\n");
        check_free(&[], None);
        check_free(&[MEMINFO], Some(4 * MIB));
        check_free(&[MEMINFO, ("/sys/fs/cgroup/memory.max", "max\n")], Some(4 * MIB));
        check_free(&[MEMINFO, ("/sys/fs/cgroup/memory.max", "1048576\n")], Some(MIB));
        check_free(&[MEMINFO, OWN, ("/sys/fs/cgroup/jobs/memory.max", "2097152\n")], Some(2 * MIB));
        check_free(&[MEMINFO, OWN, ("/sys/fs/cgroup/jobs/7/memory.max", "5\n")], Some(5));
        let old = ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        check_free(&[MEMINFO, old], Some(4 * MIB));
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        let check = |text, expected| assert_eq!(size(text), expected, "{text}");
        check("24G", Some(24 * GIB));
        check("24 GiB", Some(24 * GIB));
        check("512m", Some(512 * MIB));
        check("1000", Some(1_000));
        check("much", None);
        check("12X", None);
        check("", None);
    }

    #[test]
    fn sizes_are_told_in_words() {
        let check = |bytes, expected| assert_eq!(told(bytes), expected, "{bytes}");
        check(1, "1 MiB");
        check(300 * MIB, "300 MiB");
        check(24 * GIB + GIB / 2, "24.5 GiB");
    }
}
