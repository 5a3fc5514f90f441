//! Opens an input: a file or standard input, plain or compressed, text or Parquet or a database,
//! told by its first bytes.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flate2::bufread::GzDecoder;

use super::database::{self, Beside};
use super::discover::Input;
use super::parquet_file::{self, Store, Table};
use super::unpacked::{MostUnpacked, limited};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A reader that can move to another thread.
pub(super) type Source = Box<dyn Read + Send>;

/// How many bytes of files, as they are stored, were read since somebody asked.
pub(super) type StoredBytes = Arc<AtomicU64>;

/// An input that is open.
pub(super) struct Opened {
    /// All of it, as text.
    pub(super) text: Source,
    /// The table that the text is made of.
    pub(super) table: Option<Arc<Table>>,
}

impl Opened {
    fn text(text: Source) -> Self {
        Self { text, table: None }
    }

    fn table(store: Store, stored: Counted<()>) -> io::Result<Self> {
        let table = Table::open(store, stored)?;
        Ok(Self { text: table.lines(), table: Some(table) })
    }
}

/// Opens an input, whatever it is, as text.
pub(super) fn open(input: &Input) -> io::Result<Source> {
    let opened = open_counted(input, &StoredBytes::default(), MostUnpacked::default());
    opened.map(|opened| opened.text)
}

/// Opens an input; what is read of a file is counted.
pub(super) fn open_counted(
    input: &Input,
    stored: &StoredBytes,
    most: MostUnpacked,
) -> io::Result<Opened> {
    let opened = match input {
        Input::File(path) => open_file(path, stored, most),
        Input::Stdin => text_of(Box::new(io::stdin()), None, most),
        Input::Embedded(_, bytes) => text_of(Box::new(Cursor::new(*bytes)), None, most),
    }?;
    let text = Box::new(Failing { source: opened.text, failure: None });
    Ok(Opened { text, table: opened.table })
}

/// Whether an input has at most so many bytes as it is stored. A pipe has not: what it holds may come
/// only when the one before it was read.
pub(super) fn is_small(input: &Input, most: u64) -> bool {
    match input {
        // Of one that cannot be read there is nothing.
        Input::File(path) => {
            fs::metadata(path).map_or(true, |about| about.is_file() && about.len() <= most)
        }
        Input::Stdin => false,
        Input::Embedded(..) => true,
    }
}

/// Counts what is read of a file. What is left of it counts when nobody reads it any more: tables
/// and databases are not read from their start to their end.
pub(super) struct Counted<R> {
    source: R,
    stored: StoredBytes,
    left: u64,
}

impl Counted<()> {
    /// For what is no file, or was counted before.
    pub(super) fn nothing() -> Self {
        Self { source: (), stored: StoredBytes::default(), left: 0 }
    }
}

impl<R> Counted<R> {
    /// Counts what was read.
    pub(super) fn count(&mut self, bytes: u64) {
        let bytes = self.left.min(bytes);
        self.left -= bytes;
        self.stored.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.left > 0 {
            // Its records are gone: what could be read is less than the log was.
            let message = "it became shorter while it was read";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.count(read as u64);
        Ok(read)
    }
}

impl<R> Drop for Counted<R> {
    fn drop(&mut self) {
        self.stored.fetch_add(self.left, Ordering::Relaxed);
    }
}

/// A source of which nothing counts before it is gone.
struct CountedAtEnd(
    Source,
    #[expect(dead_code, reason = "it counts when it is dropped")] Counted<()>,
);

impl Read for CountedAtEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

fn open_file(path: &Path, stored: &StoredBytes, most: MostUnpacked) -> io::Result<Opened> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        // A pipe can be read only once, from its start to its end.
        return text_of(Box::new(file), None, most);
    }
    let mut start = Vec::with_capacity(START_BYTES);
    (&file).take(START_BYTES as u64).read_to_end(&mut start)?;
    (&file).rewind()?;
    let (stored, left) = (Arc::clone(stored), about.len());
    if database::is_database(&start) {
        let lines = database::lines(path, beside(path, &start))?;
        let at_end = Counted { source: (), stored, left };
        return Ok(Opened::text(Box::new(CountedAtEnd(lines, at_end))));
    }
    if is_parquet(&start) {
        return Opened::table(Store::file(file, left), Counted { source: (), stored, left });
    }
    text_of(Box::new(Counted { source: file, stored, left }), Some(left), most)
}

/// A source whose first bytes were looked at.
type Replayed = Chain<Cursor<Vec<u8>>, Source>;

/// A table that is kept whole is no larger than this.
const TABLE_BYTES_MAX: u64 = 2 << 30;

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
/// `stored` is the size of a file.
fn text_of(source: Source, stored: Option<u64>, most: MostUnpacked) -> io::Result<Opened> {
    let (start, source) = with_start(source, START_BYTES)?;
    let source: Source = Box::new(source);
    let is_packed = |start: &[u8]| start.starts_with(&GZIP) || start.starts_with(&ZSTD);
    let plain: Source = if start.starts_with(&GZIP) {
        let unpack = |source| Ok(Box::new(Members::new(BufReader::new(source))) as Source);
        limited(source, stored, most, unpack)?
    } else if start.starts_with(&ZSTD) {
        let unpack = |source| Ok(Box::new(zstd::Decoder::new(source)?) as Source);
        limited(source, stored, most, unpack)?
    } else {
        source
    };
    let was_packed = is_packed(&start);
    let (start, mut plain) = with_start(plain, START_BYTES)?;
    if was_packed && is_packed(&start) {
        let message = "it is compressed twice; unpack it once and read that";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    if is_parquet(&start) {
        // What it holds is told at its end: without a file to go back in, it is kept whole.
        let mut bytes = Vec::new();
        let read = plain.by_ref().take(TABLE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if read as u64 > TABLE_BYTES_MAX {
            let message = "it is a Parquet file of more than 2 GiB in an archive or a pipe; put it \
                           into a file of its own";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        // Its bytes were counted as they came.
        return Opened::table(Store::Memory(Bytes::from(bytes)), Counted::nothing());
    }
    if database::is_database(&start) {
        let message = "it is an SQLite database, which can be read only from a file of its own";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    if start.starts_with(&BYTE_ORDER_MARK) {
        plain.read_exact(&mut [0; BYTE_ORDER_MARK.len()])?;
    }
    Ok(Opened::text(Box::new(plain)))
}

/// The members of a gzip file, one after another. Zeros may fill up the place behind them.
struct Members<R> {
    /// The member that is read; nothing behind the last one.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    fn new(source: R) -> Self {
        Self { member: Some(GzDecoder::new(source)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let rest = self.member.take().map(GzDecoder::into_inner);
            self.member = rest.map(behind_zeros).transpose()?.flatten().map(GzDecoder::new);
        }
        Ok(0)
    }
}

/// The source behind its zeros; nothing when there is nothing.
fn behind_zeros<R: BufRead>(mut source: R) -> io::Result<Option<R>> {
    loop {
        let bytes = source.fill_buf()?;
        let (length, zeros) = (bytes.len(), bytes.iter().take_while(|byte| **byte == 0).count());
        if length == 0 {
            return Ok(None);
        }
        source.consume(zeros);
        if zeros < length {
            return Ok(Some(source));
        }
    }
}

/// A source that goes on failing once it has failed: what looks at its start first and reads on
/// later must not take the failure for the end.
struct Failing {
    source: Source,
    failure: Option<(io::ErrorKind, String)>,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some((kind, text)) = &self.failure {
            return Err(io::Error::new(*kind, text.clone()));
        }
        let read = self.source.read(buffer);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.failure = Some((error.kind(), error.to_string()));
        }
        read
    }
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
        let source = text_of(Box::new(Cursor::new(bytes)), None, MostUnpacked::Usual);
        source.expect("opens").text.read_to_string(&mut text).expect("reads");
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
        check(members.clone(), "two members");
        members.extend([0; 1000]);
        check(members, "two members");
    }

    /// The rest of the log was missing without a word.
    #[test]
    fn a_file_that_becomes_shorter_is_told() {
        let file = Counted { source: &b"two lines"[..], stored: StoredBytes::default(), left: 10 };
        let mut text = String::new();
        let said = { file }.read_to_string(&mut text).expect_err("it is shorter").to_string();
        assert_eq!(
            (text.as_str(), said.as_str()),
            ("two lines", "it became shorter while it was read")
        );
    }

    #[test]
    fn what_is_compressed_twice_is_told_as_that() {
        let once = zstd::encode_all(&b"text"[..], 1).expect("encodes");
        let twice = zstd::encode_all(&once[..], 1).expect("encodes");
        let opened = text_of(Box::new(Cursor::new(twice)), None, MostUnpacked::Usual);
        let said = opened.map(|_| ()).expect_err("it is not read").to_string();
        assert!(said.contains("compressed twice"), "{said}");
    }

    #[test]
    fn a_source_that_failed_fails_again() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a text that is cut off").expect("encodes");
        let mut whole = encoder.finish().expect("encodes");
        whole.truncate(whole.len() - 9);
        let source = text_of(Box::new(Cursor::new(whole)), None, MostUnpacked::Usual);
        let source = source.expect("opens").text;
        let mut source = Failing { source, failure: None };
        for _ in 0..2 {
            assert!(source.read_to_end(&mut Vec::new()).is_err());
        }
    }
}
