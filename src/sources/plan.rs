//! How one file is read: its format, the places of its values, its dimensions.

use std::sync::atomic::Ordering;

use hashbrown::HashSet;

use crate::usage::{Dimensions, column};

use super::detect::Detection;
use super::envelope::Envelope;
use super::field::Field;
use super::format::{Convention, Format, Identity};
use super::framing::Framing;
use super::others::Others;
use super::paths::{Paths, Target, plain};
use super::reader::Spare;
use super::saved::{Constants, SavedSource};
use super::writing::{INCLUDES_CACHE, Writing, state};

/// Everything a thread needs to parse a chunk of one file.
#[derive(Debug)]
pub(super) struct FilePlan {
    pub(super) format: &'static Format,
    pub(super) framing: Framing,
    pub(super) convention: Convention,
    /// How numbers are written.
    pub(super) writing: Writing,
    /// What is the same for all records.
    pub(super) constants: Constants,
    /// Whether the columns of the file say already what a foreign name in a record would.
    pub(super) knows_foreign: bool,
    /// Places of values in JSON records.
    pub(super) paths: Paths,
    /// The names of the columns of a table.
    pub(super) names: Vec<String>,
    /// Slots of the columns of a table.
    pub(super) columns: Vec<Vec<Target>>,
    /// Dimensions beyond the fixed ones: their place in the table and the slot of their value.
    pub(super) dimensions: Vec<(usize, usize)>,
    /// How many slots there are.
    pub(super) slots: usize,
    /// For records of another format in the same file; nothing where the user said what all
    /// records are.
    pub(super) others: Option<Others>,
    /// What its records are in.
    pub(super) envelope: Option<&'static Envelope>,
    /// The keys of the first records, where those that come later are to be told.
    pub(super) known_keys: Option<HashSet<String>>,
    /// The member of its records that lists the records of the format.
    pub(super) list: Option<String>,
    /// How copies of one call are recognised; nothing where they count.
    pub(super) identity: Identity,
    /// Dimensions that may be left empty some time.
    pub(super) spare: Option<Spare>,
}

impl FilePlan {
    /// `map` holds pairs of a field or dimension and a column or path; they come before what the
    /// format knows.
    pub(super) fn new(
        detection: &Detection,
        map: &[(String, String)],
        dimensions: &Dimensions,
    ) -> Self {
        let columns = &detection.columns;
        let plan = Self::of(detection.format, detection.framing, columns, map, dimensions);
        Self { envelope: detection.envelope, list: detection.list.clone(), ..plan }
    }

    /// For a file of a saved source: only what is mapped is read. `map` comes before its own.
    pub(super) fn saved(
        detection: &Detection,
        source: &SavedSource,
        map: &[(String, String)],
        dimensions: &Dimensions,
    ) -> Self {
        let Detection { format, framing, columns, .. } = detection;
        let map = [map, &source.map].concat();
        let mut plan =
            Self::with_places(format, std::iter::empty(), *framing, columns, &map, dimensions);
        for (name, value) in &source.constants {
            if let Some(field) = Field::named(name) {
                plan.constants.fields.push((field, value.clone()));
            }
            let place = (column::FIXED.len()..dimensions.len())
                .find(|place| dimensions[*place].name == *name);
            plan.constants.dimensions.extend(place.map(|place| (place, value.clone())));
        }
        plan
    }

    /// The field that a column or path goes to.
    pub(super) fn field_at(&self, path: &str) -> Option<Field> {
        let columns = self.names.iter().position(|name| name == path);
        let of_column = columns.filter(|_| matches!(self.framing, Framing::Delimited(_)));
        let targets = if let Some(place) = of_column {
            self.columns[place].as_slice()
        } else {
            let root = Some(Paths::ROOT);
            let whole = self.paths.child(Paths::ROOT, path);
            let node = path.split('.').fold(root, |at, key| self.paths.child(at?, key));
            self.paths.targets(node.or(whole)?)
        };
        let best = targets.iter().min_by_key(|target| target.rank)?;
        Field::ALL.get(usize::from(best.slot)).copied()
    }

    /// The dimensions that are wanted now.
    pub(super) fn wanted(&self) -> &[(usize, usize)] {
        let Some(spare) = self.spare.as_ref().filter(|_| self.has_lapsed()) else {
            return &self.dimensions;
        };
        let end = self.dimensions.partition_point(|(place, _)| *place < spare.from);
        &self.dimensions[..end]
    }

    /// Whether nobody wants any more what only a look at single calls needs.
    pub(super) fn has_lapsed(&self) -> bool {
        self.spare.as_ref().is_some_and(|spare| spare.lapsed.load(Ordering::Relaxed))
    }

    /// Lets some dimensions lapse.
    pub(super) fn sparing(mut self, spare: Option<Spare>) -> Self {
        self.spare = spare;
        self
    }

    /// Lets copies of a call count.
    pub(super) fn keeping_copies(mut self) -> Self {
        if matches!(self.identity, Identity::WholeRecord | Identity::Response | Identity::Stream) {
            self.identity = Identity::Unknown;
        }
        self
    }

    /// Whether records are read as with another plan, so that what was learnt with one holds with the
    /// other. Of tables, and where late columns are told, that is not even asked.
    pub(super) fn reads_as(&self, other: &Self) -> bool {
        let is_simple = |plan: &Self| {
            !matches!(plan.framing, Framing::Delimited(_))
                && plan.is_direct()
                && plan.known_keys.is_none()
                && plan.constants.is_empty()
        };
        is_simple(self)
            && is_simple(other)
            && std::ptr::eq(self.format, other.format)
            && self.framing == other.framing
            && self.convention == other.convention
            && self.writing == other.writing
            && self.paths == other.paths
            && self.dimensions == other.dimensions
            && self.slots == other.slots
            && self.identity == other.identity
    }

    /// Whether a record of JSON is one record, with nothing around it that must be looked at first.
    pub(super) const fn is_direct(&self) -> bool {
        self.list.is_none() && self.envelope.is_none() && self.format.unfold.is_none()
    }

    /// Lets records of other formats be read as what they are.
    pub(super) fn with_others(mut self, columns: &[String], dimensions: &Dimensions) -> Self {
        self.others = Some(Others::new(columns.to_vec(), dimensions.emptied()));
        self
    }

    /// Tells of keys that the first records do not have.
    pub(super) fn with_late_columns(mut self) -> Self {
        let first = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
        let names = self.names.iter();
        self.known_keys = Some(names.flat_map(|name| [first(name), name.clone()]).collect());
        self
    }

    pub(super) fn of(
        format: &'static Format,
        framing: Framing,
        columns: &[String],
        map: &[(String, String)],
        dimensions: &Dimensions,
    ) -> Self {
        Self::with_places(format, places_of(format), framing, columns, map, dimensions)
    }

    /// As the format says, but with the values in these places.
    fn with_places(
        format: &'static Format,
        known: impl Iterator<Item = (String, Field)>,
        framing: Framing,
        columns: &[String],
        map: &[(String, String)],
        dimensions: &Dimensions,
    ) -> Self {
        let mut places: Vec<(String, Field)> = Vec::new();
        for (name, path) in map {
            places.extend(Field::named(name).map(|field| (path.clone(), field)));
        }
        let named = places.len();
        places.extend(known);
        let mut plan = Self {
            format,
            framing,
            convention: (format.convention)(columns),
            writing: Writing::default(),
            constants: Constants::default(),
            knows_foreign: (format.convention)(columns) != (format.convention)(&[]),
            paths: Paths::new(format.loose_names),
            names: columns.to_vec(),
            columns: vec![Vec::new(); columns.len()],
            dimensions: Vec::new(),
            slots: Field::ALL.len(),
            others: None,
            envelope: None,
            known_keys: None,
            list: None,
            identity: format.identity,
            spare: None,
        };
        plan.knows_foreign |= map.iter().any(|(name, _)| name == INCLUDES_CACHE);
        // The first to say something has the last word, as with fields.
        for (name, value) in map.iter().rev() {
            state(name, value, &mut plan.convention, &mut plan.writing);
        }
        if !matches!(framing, Framing::Delimited(_)) {
            plan.writing = plan.writing.of_json();
        }
        for (rank, (path, field)) in (0..).zip(&places) {
            plan.add(path, field.slot(), rank, columns, usize::from(rank) < named);
        }
        plan.add_dimensions(map, dimensions, columns);
        plan
    }

    /// `named` says that the path is the user's: then its dots may be part of a key.
    fn add(&mut self, path: &str, slot: usize, rank: u16, columns: &[String], named: bool) {
        let slot = u16::try_from(slot).expect("a record has few slots");
        let target = Target { slot, rank };
        if named {
            self.paths.add_either_way(path, target);
        } else {
            self.paths.add(path, target);
            // Keys with dots are also written as objects in objects.
            self.paths.add(&path.replace("\\.", "."), target);
        }
        if !matches!(self.framing, Framing::Delimited(_)) {
            return;
        }
        let path = &path.replace("\\.", ".");
        for (place, name) in columns.iter().enumerate() {
            let same = name == path || (self.format.loose_names && plain(name) == plain(path));
            if same {
                self.columns[place].push(target);
            }
        }
    }

    /// A dimension is what `--map` says, or the field of that name, or the column of that name.
    fn add_dimensions(
        &mut self,
        map: &[(String, String)],
        dimensions: &Dimensions,
        columns: &[String],
    ) {
        for place in column::FIXED.len()..dimensions.len() {
            let name = dimensions[place].name.clone();
            if let Some(field) = Field::of_dimension(&name) {
                self.dimensions.push((place, field.slot()));
                continue;
            }
            let mapped = map.iter().find(|(field, _)| *field == name).map(|(_, path)| path);
            let own_column = columns.contains(&name);
            if let (None, Some(field), false) = (mapped, Field::named(&name), own_column) {
                self.dimensions.push((place, field.slot()));
                continue;
            }
            let slot = self.slots;
            self.slots += 1;
            self.add(mapped.unwrap_or(&name), slot, 0, columns, true);
            self.dimensions.push((place, slot));
        }
    }
}

/// The places of a format's fields, wrapped or not; the best one of a field comes first.
pub(super) fn places_of(format: &Format) -> impl Iterator<Item = (String, Field)> {
    format.fields.iter().flat_map(|(path, field)| {
        let wrappers = wrappers_of(format, *field).into_iter();
        wrappers.map(|wrapper| (join(wrapper, path), *field))
    })
}

/// The wrappers in the order in which a field is looked for: what belongs to the response is
/// taken from the innermost, everything else from the record itself first.
fn wrappers_of(format: &Format, field: Field) -> Vec<&'static str> {
    let mut wrappers = format.wrappers.to_vec();
    if field == Field::OuterModel {
        wrappers.retain(|wrapper| wrapper.is_empty());
    } else if field.belongs_to_response() {
        wrappers.sort_by_key(|wrapper| {
            let depth = wrapper.split('.').filter(|key| !key.is_empty()).count();
            std::cmp::Reverse(depth)
        });
    }
    wrappers
}

fn join(wrapper: &str, path: &str) -> String {
    if wrapper.is_empty() { path.to_owned() } else { format!("{wrapper}.{path}") }
}
