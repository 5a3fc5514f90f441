//! Delimited text to values: the columns of a table, by the slots of its header.

use crate::diagnostics::Code;

use super::chunk::newlines;
use super::parse::Parser;
use super::values::Values;
use super::walk::walk_cell;

/// Parses a chunk of a table. The first chunk of a file starts with the header.
pub(super) fn parse_delimited(parser: &mut Parser<'_>, bytes: &[u8], first: bool, delimiter: u8) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut spare = Values::new(parser.plan.slots).written(parser.plan.writing);
    let mut ends = Vec::new();
    // A drawn table may have a rule before its header, so the header is known by its names.
    let drawn = delimiter == b'|';
    let (mut header, mut line, mut at) = (first && !drawn, 1, 0);
    // Reading from memory with a flexible width has no errors left to give.
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        // The parser's own count of lines is late where blank lines come before a row.
        let blank = bytes[at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let start_line = line + newlines(&bytes[at..at + blank]);
        line += newlines(&bytes[at..end]);
        at = end;
        ends.push(end);
        if drawn && (is_drawing(record.as_slice()) || is_header(&record, &parser.plan.names)) {
            parser.lines.continuation += 1;
            continue;
        }
        if std::mem::take(&mut header) {
            parser.lines.continuation += 1;
            continue;
        }
        let mut values = spare.reuse();
        row(parser, &record, start_line, &mut values);
        spare = values.reuse();
    }
    parser.count_other_lines(bytes, &ends);
}

fn is_header(record: &csv::ByteRecord, names: &[String]) -> bool {
    record.len() == names.len()
        && record.iter().zip(names).all(|(cell, name)| cell.trim_ascii() == name.as_bytes())
}

/// Whether a line of a table drawn with bars, as database clients and Markdown have them, holds no
/// row: a rule, or the number of rows below them. The bars are taken out already.
pub(super) fn is_drawing(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let ruled = |byte: &u8| matches!(byte, b'-' | b'+' | b'=' | b':' | b'|' | b' ');
    let rule = line.iter().all(ruled) && line.windows(2).any(|pair| pair == b"--");
    let counted = [&b" rows)"[..], b" row)"].iter().any(|end| line.ends_with(end));
    let told = [&b" rows in set"[..], b" row in set"]
        .iter()
        .any(|part| memchr::memmem::find(line, part).is_some());
    rule || counted && line.starts_with(b"(")
        || told && line.first().is_some_and(u8::is_ascii_digit)
}

fn row<'a>(
    parser: &mut Parser<'_>,
    record: &'a csv::ByteRecord,
    line: u64,
    values: &mut Values<'a>,
) {
    let plan = parser.plan;
    if record.len() != plan.columns.len() {
        parser.skip(line, Code::FieldCount, || {
            format!(
                "expected {} fields as in the header, found {}",
                plan.columns.len(),
                record.len()
            )
        });
        return;
    }
    let Ok(text) = std::str::from_utf8(record.as_slice()) else {
        parser.not_utf8(line);
        return;
    };
    for (place, targets) in plan.columns.iter().enumerate() {
        let cell = record.range(place).map_or("", |range| text[range].trim());
        for target in targets {
            values.set(target.slot, target.rank, cell);
        }
        if cell.starts_with('{') {
            let column = &plan.names[place];
            if !walk_cell(cell, column, &plan.paths, values) {
                parser.remark(line, Code::BadNumber, || {
                    format!("`{column}` is no JSON; counts inside it were not read")
                });
            }
        }
    }
    parser.record(values, line);
}
