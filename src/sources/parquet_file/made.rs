//! Small Parquet files of all kinds, for tests.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;
use proptest::prelude::*;

use super::OWN_KEY;

/// A kind of column: what it is in a schema, and what may stand in it.
#[derive(Debug)]
pub(super) struct Sort {
    schema: &'static str,
    values: Values,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Values {
    Bools,
    /// Of 32 bits.
    Ints(&'static [i32]),
    /// Of 64 bits.
    Longs(&'static [i64]),
    Int96s,
    Floats(&'static [f32]),
    Doubles(&'static [f64]),
    Texts(&'static [&'static str]),
    /// Sixteen bytes.
    Fixed,
}

const COUNTS: &[i64] =
    &[0, 1, 7, 690, 12_000, 12_000, 345, 1_000_000_000_000, 1_000_000_000_001, -3];
const USUAL_COUNTS: &[i64] = &[0, 1, 7, 690, 12_000, 345, 99_999_999];
const SMALL: &[i32] = &[0, 1, 3, 500, 429, -1, 99_999];
const DOUBLES: &[f64] = &[0.0, 12.0, 690.0, 12.5, 1e13, -4.0, f64::NAN, f64::INFINITY, 1e-9];
const TEXTS: &[&str] = &[
    "a",
    "b",
    "null",
    "None",
    "-",
    "",
    "{}",
    "{\"a\":1}",
    "[1]",
    "caf\u{e9} \"x\"\n",
    "12",
    "1e3",
    "true",
    "error",
    "batch",
    "a longer text of more than sixteen bytes",
    "a longer text of the same bytes!",
];
const MODELS: &[&str] = &["gpt-5", "gpt-5", "claude-sonnet-4-5", "gpt-4o-mini", "", "total"];
const TIMES: &[&str] = &[
    "2026-01-01T00:00:00.571Z",
    "2026-01-01T00:00:04Z",
    "2026-01-02 00:00:04",
    "1767225624",
    "never",
    "2026-01-01T00:00:00.571234+02:00",
    "2026-02-30T00:00:00Z",
];
const MILLIS: &[i64] = &[
    1_767_225_624_123,
    1_767_225_624_123,
    1_767_225_625_000,
    -1,
    i64::MAX,
    i64::MIN + 1,
    253_402_300_799_999,
    253_402_300_800_000,
    -62_167_219_200_000,
    -62_167_219_200_001,
    0,
];
const MICROS: &[i64] = &[1_767_225_624_123_456, 1_767_225_625_000_000, -1, i64::MAX, 0];
const NANOS: &[i64] = &[1_767_225_624_123_456_789, 1_767_225_625_000_000_000, -1, i64::MIN, 0];

/// The sorts of each column; the first one is the most usual.
pub(super) type Sorts = &'static [&'static [Sort]];

/// Of a log as llmcost has it.
pub(super) const OWN: Sorts = &[
    &[
        Sort { schema: "int64 time (TIMESTAMP(MILLIS,true))", values: Values::Longs(MILLIS) },
        Sort { schema: "int64 time (TIMESTAMP(MICROS,true))", values: Values::Longs(MICROS) },
        Sort { schema: "int64 time (TIMESTAMP(MICROS,false))", values: Values::Longs(MICROS) },
        Sort { schema: "int64 time (TIMESTAMP(NANOS,false))", values: Values::Longs(NANOS) },
        Sort { schema: "binary time (UTF8)", values: Values::Texts(TIMES) },
        Sort { schema: "int64 time", values: Values::Longs(MILLIS) },
        Sort { schema: "int32 time (DATE)", values: Values::Ints(&[20_000, 20_001, i32::MAX]) },
        Sort { schema: "int96 time", values: Values::Int96s },
        Sort { schema: "double time", values: Values::Doubles(&[1_767_225_624.25, 12.0]) },
    ],
    &[
        Sort { schema: "binary model (UTF8)", values: Values::Texts(MODELS) },
        Sort { schema: "binary model", values: Values::Texts(MODELS) },
    ],
    &[
        Sort { schema: "int64 input_tokens", values: Values::Longs(USUAL_COUNTS) },
        Sort { schema: "int64 input_tokens", values: Values::Longs(COUNTS) },
        Sort { schema: "int64 input_tokens (UINT_64)", values: Values::Longs(COUNTS) },
        Sort { schema: "int32 input_tokens (UINT_32)", values: Values::Ints(SMALL) },
        Sort { schema: "double input_tokens", values: Values::Doubles(DOUBLES) },
        Sort { schema: "binary input_tokens (UTF8)", values: Values::Texts(&["12", "690", "x"]) },
        Sort { schema: "int64 input_tokens (DECIMAL(18,2))", values: Values::Longs(&[1200, 1250]) },
    ],
    &[
        Sort { schema: "int64 output_tokens", values: Values::Longs(USUAL_COUNTS) },
        Sort { schema: "int32 output_tokens", values: Values::Ints(SMALL) },
        Sort {
            schema: "float output_tokens",
            values: Values::Floats(&[0.0, 12.0, 690.5, f32::NAN]),
        },
    ],
    &[
        Sort { schema: "int64 cache_read_tokens", values: Values::Longs(USUAL_COUNTS) },
        Sort { schema: "int64 cache_read_input_tokens", values: Values::Longs(COUNTS) },
    ],
    &[
        Sort { schema: "binary request_id (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "fixed_len_byte_array(16) request_id (UUID)", values: Values::Fixed },
        Sort { schema: "int64 request_id", values: Values::Longs(COUNTS) },
    ],
    &[
        Sort { schema: "int64 latency_ms", values: Values::Longs(USUAL_COUNTS) },
        Sort { schema: "double latency_ms", values: Values::Doubles(DOUBLES) },
    ],
    &[
        Sort { schema: "binary status (UTF8)", values: Values::Texts(&["ok", "error", "odd"]) },
        Sort { schema: "binary status (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "boolean status", values: Values::Bools },
        Sort { schema: "int32 http_status", values: Values::Ints(SMALL) },
    ],
    &[
        Sort { schema: "binary note (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "binary team (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "binary prompt (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "binary speed (UTF8)", values: Values::Texts(&["fast", "slow"]) },
        Sort { schema: "boolean batch", values: Values::Bools },
        Sort { schema: "binary error (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "int32 calls", values: Values::Ints(SMALL) },
        Sort { schema: "int32 attempt", values: Values::Ints(SMALL) },
        Sort { schema: "binary session_id (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "binary meta (JSON)", values: Values::Texts(TEXTS) },
        Sort { schema: "int64 cost_usd (DECIMAL(18,6))", values: Values::Longs(COUNTS) },
        Sort { schema: "double cost_usd", values: Values::Doubles(DOUBLES) },
        Sort { schema: "binary provider (UTF8)", values: Values::Texts(TEXTS) },
        Sort { schema: "int64 total_tokens", values: Values::Longs(USUAL_COUNTS) },
        Sort {
            schema: "group list (LIST) { repeated group list { optional int64 element; } }",
            values: Values::Longs(COUNTS),
        },
        Sort {
            schema: "group usage { optional int64 input_tokens; }",
            values: Values::Longs(COUNTS),
        },
        Sort {
            schema: "group usage { optional int64 prompt_tokens; }",
            values: Values::Longs(COUNTS),
        },
    ],
];

/// Of a log of responses.
pub(super) const RESPONSES: Sorts = &[
    &[Sort { schema: "binary id (UTF8)", values: Values::Texts(&["chatcmpl-1", "chatcmpl-2"]) }],
    &[Sort { schema: "binary object (UTF8)", values: Values::Texts(&["chat.completion"]) }],
    &[
        Sort { schema: "int64 created", values: Values::Longs(&[1_767_225_624, 1_767_225_625]) },
        Sort { schema: "int64 created (TIMESTAMP(MILLIS,true))", values: Values::Longs(MILLIS) },
    ],
    &[
        Sort { schema: "binary model (UTF8)", values: Values::Texts(&["gpt-5", "gpt-4o"]) },
        Sort { schema: "binary model (UTF8)", values: Values::Texts(MODELS) },
    ],
    &[
        Sort {
            schema: "group usage { optional int64 prompt_tokens; required int64 completion_tokens; }",
            values: Values::Longs(USUAL_COUNTS),
        },
        Sort {
            schema: "group usage { required int64 prompt_tokens; optional int64 completion_tokens; \
                     optional group prompt_tokens_details { optional int64 cached_tokens; } \
                     optional int64 total_tokens; }",
            values: Values::Longs(USUAL_COUNTS),
        },
        Sort {
            schema: "group usage { required binary prompt_tokens (UTF8); \
                     optional double completion_tokens; }",
            values: Values::Longs(USUAL_COUNTS),
        },
    ],
    &[
        Sort {
            schema: "group choices (LIST) { repeated group list { required int64 element; } }",
            values: Values::Longs(USUAL_COUNTS),
        },
        Sort { schema: "binary usage_note (JSON)", values: Values::Texts(TEXTS) },
    ],
];

/// A file at random.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) table: Sorts,
    /// The sort of each column, and whether it may lack values.
    pub(super) columns: Vec<(usize, bool)>,
    /// For each row, for each column, which value; none for the last ones.
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) group: usize,
    pub(super) has_dictionaries: bool,
    pub(super) is_second_version: bool,
    pub(super) is_own: bool,
    pub(super) page: usize,
    pub(super) sizes: (u64, u64),
}

pub(super) fn plans(table: Sorts) -> impl Strategy<Value = Plan> {
    let sort = prop_oneof![3 => Just(0), 1 => 0usize..32];
    let columns = proptest::collection::vec((sort, any::<bool>()), table.len());
    let rows = proptest::collection::vec(proptest::collection::vec(0usize..24, table.len()), 1..40);
    let written = (1usize..40, any::<bool>(), any::<bool>(), any::<bool>(), 1usize..200);
    (columns, rows, written, (1u64..9, 1u64..20)).prop_map(
        move |(columns, rows, written, sizes)| {
            let (group, has_dictionaries, is_second_version, is_own, page) = written;
            Plan {
                table,
                columns,
                rows,
                group,
                has_dictionaries,
                is_second_version,
                is_own,
                page,
                sizes,
            }
        },
    )
}

pub(super) fn write(plan: &Plan) -> Bytes {
    let sorts = plan.table.iter().zip(&plan.columns);
    let sorts: Vec<_> = sorts.map(|(sorts, (sort, _))| &sorts[sort % sorts.len()]).collect();
    let fields: Vec<_> = sorts
        .iter()
        .zip(&plan.columns)
        .map(|(sort, (_, is_optional))| {
            let repetition = if *is_optional { "optional" } else { "required" };
            let end = if sort.schema.ends_with('}') { "" } else { ";" };
            format!("{repetition} {}{end}", sort.schema)
        })
        .collect();
    let schema = format!("message rows {{ {} }}", fields.join(" "));
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let about = SchemaDescriptor::new(Arc::clone(&schema));
    let version = if plan.is_second_version {
        WriterVersion::PARQUET_2_0
    } else {
        WriterVersion::PARQUET_1_0
    };
    let own = plan.is_own.then(|| vec![KeyValue::new(OWN_KEY.to_owned(), "1".to_owned())]);
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(plan.has_dictionaries)
        .set_writer_version(version)
        .set_compression(if plan.is_own { Compression::SNAPPY } else { Compression::UNCOMPRESSED })
        .set_data_page_size_limit(plan.page)
        .set_write_batch_size(3)
        .set_key_value_metadata(own)
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("begins");
    for rows in plan.rows.chunks(plan.group) {
        let mut group = writer.next_row_group().expect("begins");
        for leaf in 0..about.num_columns() {
            let mut column = group.next_column().expect("begins").expect("a column");
            let place = about.get_column_root_idx(leaf);
            // What is in one object differs.
            let inner = (0..leaf).filter(|leaf| about.get_column_root_idx(*leaf) == place).count();
            let picks: Vec<usize> = rows.iter().map(|row| row[place] + inner).collect();
            put(column.untyped(), sorts[place].values, &picks);
            column.close().expect("ends");
        }
        group.close().expect("ends");
    }
    writer.close().expect("ends");
    Bytes::from(bytes)
}

/// Writes the values that were picked.
fn put(writer: &mut ColumnWriter<'_>, values: Values, picks: &[usize]) {
    macro_rules! put {
        ($writer:expr, $count:expr, $value:expr) => {{
            let about = $writer.get_descriptor().clone();
            let (there, repeats) = (about.max_def_level(), about.max_rep_level());
            // Few of the picks are beyond the values; those stand for none.
            let is_there = |pick: &usize| there == 0 || *pick < 20;
            let found: Vec<_> = picks
                .iter()
                .filter(|pick| is_there(pick))
                .map(|pick| $value(pick % $count))
                .collect();
            let level = |pick: &usize| {
                if is_there(pick) { there } else { i16::try_from(*pick).expect("few") % there }
            };
            let definition: Vec<i16> = picks.iter().map(level).collect();
            let repetition = vec![0; picks.len()];
            let definition = (there > 0).then_some(&definition[..]);
            let repetition = (repeats > 0).then_some(&repetition[..]);
            $writer.write_batch(&found, definition, repetition).expect("writes");
        }};
    }
    match (writer, values) {
        (ColumnWriter::BoolColumnWriter(writer), _) => put!(writer, 2, |pick| pick == 1),
        (ColumnWriter::Int32ColumnWriter(writer), Values::Ints(all)) => {
            put!(writer, all.len(), |pick: usize| all[pick]);
        }
        (ColumnWriter::Int64ColumnWriter(writer), Values::Longs(all)) => {
            put!(writer, all.len(), |pick: usize| all[pick]);
        }
        (ColumnWriter::DoubleColumnWriter(writer), Values::Doubles(all)) => {
            put!(writer, all.len(), |pick: usize| all[pick]);
        }
        (ColumnWriter::DoubleColumnWriter(writer), Values::Longs(all)) => {
            put!(writer, all.len(), |pick: usize| f64::from(
                i32::try_from(all[pick]).expect("a usual count")
            ));
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Values::Longs(all)) => {
            put!(writer, all.len(), |pick: usize| ByteArray::from(all[pick].to_string().as_str()));
        }
        (ColumnWriter::FloatColumnWriter(writer), Values::Floats(all)) => {
            put!(writer, all.len(), |pick: usize| all[pick]);
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Values::Texts(all)) => {
            put!(writer, all.len() + 1, |pick: usize| {
                // Bytes that are no text are the last ones.
                ByteArray::from(
                    all.get(pick).map_or(&b"\xff\x00"[..], |text| text.as_bytes()).to_vec(),
                )
            });
        }
        (ColumnWriter::FixedLenByteArrayColumnWriter(writer), _) => {
            put!(writer, 3, |pick: usize| FixedLenByteArray::from(vec![
                b'0' + u8::try_from(pick)
                    .expect("few");
                16
            ]));
        }
        (ColumnWriter::Int96ColumnWriter(writer), _) => {
            put!(writer, 3, |pick: usize| {
                let mut time = Int96::new();
                time.set_data(u32::try_from(pick).expect("few") * 1_000_000, 7, 2_461_042);
                time
            });
        }
        _ => unreachable!("each schema has its values"),
    }
}

/// Rows of a table with nothing unusual about them.
pub(super) fn usual(table: Sorts) -> Plan {
    Plan {
        table,
        columns: vec![(0, true); table.len()],
        rows: (0..25).map(|row| vec![row % 4; table.len()]).collect(),
        group: 10,
        has_dictionaries: true,
        is_second_version: false,
        is_own: false,
        page: 50,
        sizes: (3, 6),
    }
}
