//! What there is to parse, one piece after another: whoever asks opens the next file, reads the
//! next chunk, or is told that there is no more.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use super::assembly::Step;
use super::chunk::Chunk;
use super::discover::Input;
use super::open::is_small;
use super::opening::{Cuts, Opener, Trouble};
use super::parquet_file::{Piece, Pieces};
use super::plan::FilePlan;

/// Where a piece stands among all others: what comes of the pieces is put in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) file: u32,
    /// Its number in the file; the first one is its opening.
    pub(super) piece: u64,
}

impl Position {
    /// The one behind it; the last piece of a file is followed by the next file.
    pub(super) const fn next(self, is_last: bool) -> Self {
        if is_last {
            Self { file: self.file + 1, piece: 0 }
        } else {
            Self { piece: self.piece + 1, ..self }
        }
    }
}

/// What goes to a thread that parses.
pub(super) struct Job {
    pub(super) position: Position,
    pub(super) plan: Arc<FilePlan>,
    pub(super) work: Work,
}

/// How much of a file goes to one thread.
pub(super) enum Work {
    /// A chunk; the first one of a file is told apart.
    Chunk(Chunk, bool),
    /// Rows of a table that are no text.
    Rows(Piece),
    /// The whole file: its records depend on those before them.
    File(Box<Cuts>),
}

/// What comes next.
pub(super) enum Next {
    /// Something to parse.
    Job(Job),
    /// An input to open.
    Open(u32),
    /// A file ends; what is to be told of that.
    Last(Position, Option<Step>),
    /// Nothing before something has changed.
    Later,
    /// Nothing more.
    End,
}

/// The inputs, as far as they are read.
///
/// Small files are opened by any thread, several at a time. A large one is opened in its turn, once all
/// of those before it is handed out: then all threads read it, chunk by chunk.
pub(super) struct Feed<'i> {
    inputs: &'i [Input],
    opener: Opener<'i>,
    /// The next input to open.
    next: u32,
    /// Those that threads are opening.
    opening: BTreeSet<u32>,
    /// Those that are read piece by piece.
    open: BTreeMap<u32, Current>,
}

/// A file that is read piece by piece.
pub(super) struct Current {
    plan: Arc<FilePlan>,
    rest: Rest,
    pieces: u64,
}

/// What is left of a file.
enum Rest {
    Text(Box<Cuts>),
    Rows(Pieces),
}

impl Rest {
    /// The next piece, and how many bytes it is; nothing at the end.
    fn next(&mut self, is_first: bool) -> io::Result<Option<(Work, u64)>> {
        match self {
            Self::Text(cuts) => Ok(cuts.next()?.map(|chunk| {
                let bytes = chunk.bytes.len() as u64;
                (Work::Chunk(chunk, is_first), bytes)
            })),
            Self::Rows(pieces) => Ok(pieces.next().map(|piece| {
                let bytes = piece.bytes;
                (Work::Rows(piece), bytes)
            })),
        }
    }
}

impl Current {
    /// A file that is text.
    pub(super) const fn text(plan: Arc<FilePlan>, cuts: Box<Cuts>) -> Self {
        Self { plan, rest: Rest::Text(cuts), pieces: 1 }
    }

    /// A table.
    pub(super) const fn rows(plan: Arc<FilePlan>, pieces: Pieces) -> Self {
        Self { plan, rest: Rest::Rows(pieces), pieces: 1 }
    }
}

impl<'i> Feed<'i> {
    pub(super) fn new(inputs: &'i [Input], opener: Opener<'i>) -> Self {
        assert!(u32::try_from(inputs.len()).is_ok(), "fewer than 2^32 inputs");
        Self { inputs, opener, next: 0, opening: BTreeSet::new(), open: BTreeMap::new() }
    }

    /// The next piece. Cuts depend on the bytes alone, never on who asks when. `ahead` says whether
    /// there is room for pieces that do not belong to the first file that is not read yet: that one
    /// must always go on, or all others would wait for it.
    pub(super) fn next(&mut self, ahead: bool) -> Next {
        let open = self.open.keys().next().copied();
        let first = self.opening.first().copied().into_iter().chain(open).min();
        if let Some(file) = open
            && (ahead || first == open)
        {
            return self.read_on(file);
        }
        let Some(input) = self.inputs.get(self.next as usize) else {
            return if first.is_none() { Next::End } else { Next::Later };
        };
        if first.is_some() && !(ahead && is_small(input, self.opener.limits.sample as u64)) {
            return Next::Later;
        }
        self.opening.insert(self.next);
        self.next += 1;
        Next::Open(self.next - 1)
    }

    /// Takes a file that was opened, if it is to be read piece by piece.
    pub(super) fn opened(&mut self, file: u32, current: Option<Current>) {
        self.opening.remove(&file);
        self.open.extend(current.map(|current| (file, current)));
    }

    fn read_on(&mut self, file: u32) -> Next {
        let mut current = self.open.remove(&file).expect("it is open");
        let piece = current.pieces;
        let position = Position { file, piece };
        match current.rest.next(piece == 1) {
            Ok(Some((work, bytes))) => {
                self.opener.told.advance(bytes);
                let plan = Arc::clone(&current.plan);
                current.pieces += 1;
                self.open.insert(file, current);
                Next::Job(Job { position, plan, work })
            }
            Ok(None) => Next::Last(position, None),
            Err(error) => Next::Last(position, Some(Trouble::Failed(error, true).step(file))),
        }
    }
}
