//! Opens an input: a file or standard input, plain or compressed, told by its first bytes.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;

use super::discover::Input;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A reader that can move to another thread.
pub(super) type Source = Box<dyn Read + Send>;

/// Opens an input, whatever it is.
pub(super) fn open(input: &Input) -> io::Result<Source> {
    match input {
        Input::File(path) => open_file(path),
        Input::Stdin => open_stdin(),
        Input::Embedded(_, bytes) => open_bytes(bytes),
    }
}

fn open_file(path: &Path) -> io::Result<Source> {
    decompressed(Box::new(File::open(path)?))
}

fn open_stdin() -> io::Result<Source> {
    decompressed(Box::new(io::stdin()))
}

fn open_bytes(bytes: &'static [u8]) -> io::Result<Source> {
    decompressed(Box::new(Cursor::new(bytes)))
}

/// A source whose first bytes were looked at.
type Replayed = Chain<Cursor<Vec<u8>>, Source>;

/// Undoes compression and drops a byte order mark. Names lie; the first bytes do not.
fn decompressed(source: Source) -> io::Result<Source> {
    let (start, source) = with_start(source, ZSTD.len())?;
    let plain: Source = if start.starts_with(&GZIP) {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(source)))
    } else if start.starts_with(&ZSTD) {
        Box::new(zstd::Decoder::new(source)?)
    } else {
        Box::new(source)
    };
    let (start, mut plain) = with_start(plain, BYTE_ORDER_MARK.len())?;
    if start == BYTE_ORDER_MARK {
        plain.read_exact(&mut [0; BYTE_ORDER_MARK.len()])?;
    }
    Ok(Box::new(plain))
}

/// The first bytes of a source, and the source as if they had not been read.
fn with_start(mut source: Source, length: usize) -> io::Result<(Vec<u8>, Replayed)> {
    let mut start = Vec::with_capacity(length);
    source.by_ref().take(length as u64).read_to_end(&mut start)?;
    Ok((start.clone(), Cursor::new(start).chain(source)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn check(bytes: Vec<u8>, expected: &str) {
        let mut text = String::new();
        let source = decompressed(Box::new(Cursor::new(bytes)));
        source.expect("opens").read_to_string(&mut text).expect("reads");
        assert_eq!(text, expected);
    }

    #[test]
    fn compression_is_told_by_the_first_bytes() {
        check(b"plain".to_vec(), "plain");
        check(b"\xef\xbb\xbfmarked".to_vec(), "marked");
        check(Vec::new(), "");
        check(zstd::encode_all(&b"zstd"[..], 1).expect("encodes"), "zstd");
        let mut members = Vec::new();
        for text in ["two ", "members"] {
            let mut encoder =
                flate2::write::GzEncoder::new(&mut members, flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).expect("encodes");
            encoder.finish().expect("encodes");
        }
        check(members, "two members");
    }
}
