//! Sentences with places for what a line says: `The worker {pid} was killed`.

use crate::model::field::Field;

/// A title, cut at its places once: a report quotes many lines by the same one.
#[derive(Debug)]
pub(super) struct Title {
    places: Vec<Place>,
    tail: String,
}

/// A place of a title.
#[derive(Debug)]
pub(super) struct Place {
    /// What stands before it.
    before: String,
    /// The name of a capture, or of a field.
    name: String,
    /// The place of the capture among the names of the signature's groups.
    pub(super) group: Option<usize>,
    /// The field that has this name.
    pub(super) field: Option<Field>,
}

impl Title {
    /// A title whose captures have the places that `group` tells by their names.
    pub(super) fn new(template: &str, group: impl Fn(&str) -> Option<usize>) -> Self {
        let mut places = Vec::new();
        let mut rest = template;
        while let Some((before, name, behind)) = next_placeholder(rest) {
            let (group, field) = (group(name), Field::from_name(name));
            places.push(Place { before: before.to_owned(), name: name.to_owned(), group, field });
            rest = behind;
        }
        Self { places, tail: rest.to_owned() }
    }

    /// Writes the title with values put in by `value`; false stands for none.
    pub(super) fn fill(&self, out: &mut String, mut value: impl FnMut(&Place, &mut String) -> bool) {
        for place in &self.places {
            out.push_str(&place.before);
            if !value(place, out) {
                out.push('?');
            }
        }
        out.push_str(&self.tail);
    }
}

/// A title for lines of which none was kept: without the brackets that hold nothing but what a line would have said.
pub fn unfilled(template: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, behind)) = rest.split_once('(') {
        match behind.split_once(')') {
            Some((inside, further)) if next_placeholder(inside).is_some() => {
                out.push_str(before.trim_end());
                rest = further;
            }
            _ => {
                out.push_str(before);
                out.push('(');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    fill(&out, |_| None)
}

/// Puts values in the place of `{name}`; a name without a value becomes `?`. Other braces, as in a command line, stay.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    Title::new(template, |_| None).fill(&mut filled, |place, out| match value(&place.name) {
        Some(value) => {
            out.push_str(&value);
            true
        }
        None => false,
    });
    filled
}

/// The names in braces of a title or an advice.
pub fn placeholders(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, name, behind)) = next_placeholder(rest) {
        names.push(name);
        rest = behind;
    }
    names
}

/// What stands before the next `{name}`, the name, and what stands behind.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.match_indices('{').find_map(|(open, _)| {
        let (name, behind) = text[open + 1..].split_once('}')?;
        is_name(name).then_some((&text[..open], name, behind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_without_a_line_has_no_empty_places() {
        for (template, expected) in [
            ("The filter drops packets ({src} to port {dst_port})", "The filter drops packets"),
            ("Out of memory (OOM) in {program}", "Out of memory (OOM) in ?"),
            ("Refused ({host}), again (x", "Refused, again (x"),
        ] {
            assert_eq!(unfilled(template), expected);
        }
    }

    #[test]
    fn only_names_are_filled_in() {
        let value = |name: &str| (name == "zone").then(|| "perip".to_owned());
        for (template, expected) in [
            ("zone {zone} of {server}", "zone perip of ?"),
            ("awk '{print $1}' {zone}", "awk '{print $1}' perip"),
            ("{\"a\": {zone}}", "{\"a\": perip}"),
            ("{", "{"),
            ("{zone", "{zone"),
        ] {
            assert_eq!(fill(template, value), expected);
        }
        assert_eq!(placeholders("{zone} {print $1} {server_2}"), ["zone", "server_2"]);
    }
}
