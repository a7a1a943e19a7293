//! What stands in every heading: most lines of most logs are none, and every line of a sample is asked.

use super::layout::Layout;
use aho_corasick::packed;

/// What tells that a line is no heading of any layout, and no remark around one.
#[derive(Debug)]
pub(super) struct HeadingSigns {
    /// Bytes that such a line may begin with.
    firsts: [bool; 256],
    /// Names of which each heading has one that begins with nothing of its own.
    names: Names,
}

#[derive(Debug)]
enum Names {
    /// There is no such heading.
    None,
    /// One search for all of them.
    Searched(packed::Searcher),
    /// They cannot be searched, so that any line may have one.
    Any,
}

impl HeadingSigns {
    /// Those of some layouts.
    pub(super) fn of(layouts: &[Layout]) -> Self {
        let mut signs = Self { firsts: [false; 256], names: Names::None };
        let mut names: Vec<&str> = Vec::new();
        for columns in layouts.iter().filter(|layout| layout.has_headings()).filter_map(Layout::columns) {
            // A heading may stand behind a byte order mark.
            signs.firsts[0xEF] = true;
            let begins = columns.remarks().iter().map(String::as_str).chain(columns.heading_mark());
            for begin in begins {
                match begin.as_bytes().first() {
                    Some(&first) => signs.firsts[usize::from(first)] = true,
                    None => signs.firsts = [true; 256],
                }
            }
            if columns.heading_mark().is_none() {
                names.extend(columns.heading_marks());
            }
        }
        if !names.is_empty() {
            let searcher = if names.contains(&"") { None } else { packed::Searcher::new(&names) };
            signs.names = searcher.map_or(Names::Any, Names::Searched);
        }
        signs
    }

    /// Whether a line may be a heading or a remark; false only if it is none.
    pub(super) fn may_stand_in(&self, line: &[u8]) -> bool {
        line.first().is_none_or(|&first| self.firsts[usize::from(first)])
            || match &self.names {
                Names::None => false,
                Names::Searched(searcher) => searcher.find(line).is_some(),
                Names::Any => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::catalogue::Layouts;

    #[test]
    fn no_line_of_a_sample_is_taken_for_less_than_it_is() {
        let layouts = Layouts::embedded().unwrap();
        let signs = layouts.heading_signs();
        let (mut headings, mut sent_away) = (0, 0);
        for line in layouts.iter().flat_map(|(_, layout)| &layout.proof().samples).flat_map(|sample| sample.lines()) {
            for line in [line.to_owned(), format!("\u{feff}{line}")] {
                let is_one = layouts
                    .iter()
                    .any(|(_, layout)| layout.has_headings() && layout.heading(line.as_bytes()).is_some());
                let may = signs.may_stand_in(line.as_bytes());
                assert!(may || !is_one, "{line}");
                headings += usize::from(is_one);
                sent_away += usize::from(!may);
            }
        }
        assert!(headings > 10 && sent_away > 500, "{headings} and {sent_away} are too few to tell");
    }
}
