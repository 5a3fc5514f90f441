//! Opens an input: a file or standard input, plain or compressed, text or Parquet or a database,
//! told by its first bytes.

use std::fs::{self, File};
use std::io::{self, BufReader, Chain, Cursor, Read, Seek};
use std::path::Path;

use bytes::Bytes;

use super::database::{self, Beside};
use super::discover::Input;
use super::parquet_file;

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
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        // A pipe can be read only once, from its start to its end.
        return text_of(Box::new(file));
    }
    let mut start = Vec::with_capacity(START_BYTES);
    (&file).take(START_BYTES as u64).read_to_end(&mut start)?;
    (&file).rewind()?;
    if database::is_database(&start) {
        return database::lines(path, beside(path, &start));
    }
    if is_parquet(&start) {
        return parquet_file::lines(file);
    }
    text_of(Box::new(file))
}

fn open_stdin() -> io::Result<Source> {
    text_of(Box::new(io::stdin()))
}

fn open_bytes(bytes: &'static [u8]) -> io::Result<Source> {
    text_of(Box::new(Cursor::new(bytes)))
}

/// A source whose first bytes were looked at.
type Replayed = Chain<Cursor<Vec<u8>>, Source>;

/// As much of a file as tells what it is.
const START_BYTES: usize = 20;

fn is_parquet(start: &[u8]) -> bool {
    parquet_file::STARTS.iter().any(|known| start.starts_with(known))
}

/// The files that SQLite keeps beside a database.
fn beside(path: &Path, start: &[u8]) -> Beside {
    let is_there = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        fs::metadata(name).is_ok_and(|about| about.len() > 0)
    };
    Beside {
        may_have_log: start.get(18..20).is_some_and(|versions| versions.contains(&2)),
        has_log: is_there("-wal"),
        has_index: is_there("-shm"),
    }
}

/// Undoes compression and drops a byte order mark. Names lie; the first bytes do not.
fn text_of(source: Source) -> io::Result<Source> {
    let (start, source) = with_start(source, START_BYTES)?;
    let plain: Source = if start.starts_with(&GZIP) {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(source)))
    } else if start.starts_with(&ZSTD) {
        Box::new(zstd::Decoder::new(source)?)
    } else {
        Box::new(source)
    };
    let (start, mut plain) = with_start(plain, START_BYTES)?;
    if is_parquet(&start) {
        // What it holds is told at its end: without a file to go back in, it is kept whole.
        let mut bytes = Vec::new();
        plain.read_to_end(&mut bytes)?;
        return parquet_file::lines(Bytes::from(bytes));
    }
    if database::is_database(&start) {
        let message = "it is an SQLite database, which can be read only from a file of its own";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    if start.starts_with(&BYTE_ORDER_MARK) {
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
        let source = text_of(Box::new(Cursor::new(bytes)));
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
