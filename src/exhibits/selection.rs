//! Which exhibits a page shows.

use std::error::Error;
use std::fmt;

use super::exhibit::Exhibit;

/// What stands for every exhibit where names are given.
pub const ALL: &str = "all";

/// A name that no exhibit of this report has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownExhibit {
    /// What was asked for.
    pub name: String,
    /// What there is, in the order of the report.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownExhibit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, known } = self;
        if known.is_empty() {
            return write!(f, "there is no table `{name}`: this report has none");
        }
        write!(f, "there is no table `{name}` in this report; it has {}", known.join(", "))
    }
}

impl Error for UnknownExhibit {}

/// Makes exhibits part of the page that would be left out of it, by name.
///
/// # Errors
/// When no exhibit has one of the names.
pub fn reveal(exhibits: &mut [Exhibit], names: &[String]) -> Result<(), UnknownExhibit> {
    for name in names {
        let mut is_known = name == ALL;
        for exhibit in exhibits.iter_mut().filter(|one| name == ALL || one.name == name) {
            exhibit.is_detail = false;
            is_known = true;
        }
        if !is_known {
            let known = exhibits.iter().map(|exhibit| exhibit.name).collect();
            return Err(UnknownExhibit { name: name.clone(), known });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exhibits() -> Vec<Exhibit> {
        ["curve", "sweep"].map(|name| Exhibit::new(name, name, &[("a", "a")]).as_detail()).to_vec()
    }

    fn check(names: &[&str], shown: &[&str]) {
        let mut all = exhibits();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        reveal(&mut all, &names).expect("known");
        let found: Vec<_> = all.iter().filter(|one| !one.is_detail).map(|one| one.name).collect();
        assert_eq!(found, shown);
    }

    #[test]
    fn details_are_shown_by_name_or_all() {
        check(&[], &[]);
        check(&["sweep"], &["sweep"]);
        check(&["all"], &["curve", "sweep"]);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = reveal(&mut exhibits(), &["curves".to_owned()]).expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "there is no table `curves` in this report; it has curve, sweep"
        );
    }
}
