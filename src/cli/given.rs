//! Files that are given beside a log: price tables, plans, configurations, baselines.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// None of them comes near to this. What is longer is something else, and read whole it would take all
/// memory.
const BYTES_MAX: u64 = 64 << 20;

/// The text of a file.
///
/// # Errors
/// When it cannot be read, is no text, or is far too long.
pub(super) fn text(path: &Path) -> io::Result<String> {
    let bytes = bytes(File::open(path)?)?;
    String::from_utf8(bytes).map_err(|_| invalid("it is not text in UTF-8"))
}

/// All there is to read.
///
/// # Errors
/// When it cannot be read, or is far too long.
pub(super) fn bytes(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(invalid("it is larger than 64 MiB, as no file of its kind is"));
    }
    Ok(bytes)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It was read until the memory was full.
    #[test]
    fn what_has_no_end_is_refused() {
        let said = bytes(io::repeat(0)).expect_err("no end").to_string();
        assert!(said.contains("64 MiB"), "{said}");
        assert_eq!(bytes(&b"short"[..]).expect("reads"), b"short");
    }
}
