//! The table of rooms in `ARCHITECTURE.md`, which is where the rules about imports are written.

use std::collections::{BTreeMap, BTreeSet};

/// One row: where a room stands and what it may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Its floor; imports go down.
    pub(crate) floor: u32,
    /// The rooms it may import.
    pub(crate) may_import: BTreeSet<String>,
}

/// All rooms by name.
pub(crate) type Rooms = BTreeMap<String, Room>;

/// Reads the table whose header begins with `floor` and `room`.
///
/// A rule is refused when it names no room, or a room that does not stand lower.
pub(crate) fn parse(markdown: &str) -> Result<Rooms, String> {
    let mut rows = markdown.lines().map(cells);
    rows.find(|row| row.starts_with(&["floor".to_owned(), "room".to_owned()]))
        .ok_or("there is no table with the columns `floor` and `room`")?;
    let mut rooms = Rooms::new();
    for row in rows.skip(1).take_while(|row| !row.is_empty()) {
        let [floor, name, may_import, sentence] = row.as_slice() else {
            return Err(format!("a row has {} cells, expected 4: {row:?}", row.len()));
        };
        let floor = floor.parse().map_err(|_| format!("`{floor}` is no floor"))?;
        if sentence.is_empty() {
            return Err(format!("{name} has no sentence"));
        }
        let room = Room { floor, may_import: quoted(may_import).map(ToOwned::to_owned).collect() };
        let name = quoted(name).next().ok_or(format!("`{name}` is no name of a room"))?;
        if rooms.insert(name.to_owned(), room).is_some() {
            return Err(format!("`{name}` has two rows"));
        }
    }
    check_floors(&rooms)?;
    Ok(rooms)
}

fn check_floors(rooms: &Rooms) -> Result<(), String> {
    for (name, room) in rooms {
        for other in &room.may_import {
            let below = rooms.get(other).ok_or(format!("`{name}` may import `{other}`: no row"))?;
            if below.floor >= room.floor {
                return Err(format!("`{name}` may import `{other}`, which does not stand lower"));
            }
        }
    }
    Ok(())
}

/// The cells of a row of a table; none when the line is no row.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inner.map_or_else(Vec::new, |row| row.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!("text\n\n| floor | room | may import | holds |\n|---|---|---|---|\n{rows}\n\nmore")
    }

    fn check_refused(rows: &str, part: &str) {
        let error = parse(&table(rows)).expect_err(rows);
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn rows_are_read() {
        let rooms = parse(&table("| 0 | `a` | nothing | A. |\n| 1 | `b` | `a` | B. |"));
        let rooms = rooms.expect("a good table");
        assert_eq!(rooms.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(rooms["a"], Room { floor: 0, may_import: BTreeSet::new() });
        assert_eq!(rooms["b"], Room { floor: 1, may_import: BTreeSet::from(["a".to_owned()]) });
    }

    #[test]
    fn a_table_that_allows_nonsense_is_refused() {
        check_refused("| 0 | `a` | `b` | A. |\n| 1 | `b` | | B. |", "does not stand lower");
        check_refused("| 1 | `a` | `b` | A. |\n| 1 | `b` | | B. |", "does not stand lower");
        check_refused("| 1 | `a` | `c` | A. |", "no row");
        check_refused("| 0 | `a` | | A. |\n| 0 | `a` | | A. |", "two rows");
        check_refused("| 0 | `a` | |", "3 cells");
        check_refused("| x | `a` | | A. |", "no floor");
        check_refused("| 0 | `a` | | |", "no sentence");
        assert!(parse("no table").is_err());
    }
}
