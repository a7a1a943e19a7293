//! What a layout file declares, compiled.

mod completion;
mod derivation;
#[cfg(test)]
mod edited;
mod family;
mod quiet;
mod skim;
mod text;
mod written;

#[cfg(test)]
pub(super) use edited::edited;
pub use family::Family;
pub use quiet::Reach;
pub use skim::{SkimAtOnce, SkimsUpstream};
pub use text::{JsonText, LayoutText, Proof, Stamps};

use super::columns::{Columns, Heading, Order};
use super::json_forms::KnownForms;
use super::json_layout::{JsonLayout, Syntax};
use super::outline::Outline;
use super::template::{Found, Ladder};
use crate::embedded::Entry;
use crate::model::field::Field;
use crate::model::stamp::{Stamp, Zone};
use completion::Completion;
use skim::Skims;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use written::Written;

/// A compiled layout.
#[derive(Debug)]
pub struct Layout {
    /// What its file states.
    pub text: LayoutText,
    /// Whether unmatched lines go on with the record before them.
    pub continuation: bool,
    last: Option<Written>,
    templates: Ladder<Written>,
    further: Ladder<Written>,
    /// In boxes, as most layouts have none of these, or are never met, and all stand in one list.
    json: OnceLock<Box<JsonLayout>>,
    columns: Option<Box<Columns>>,
    completion: OnceLock<Box<Completion>>,
    /// See [`Layout::skim`].
    skims: OnceLock<Skims>,
    /// See [`Layout::can_be_quiet`].
    is_quiet: OnceLock<bool>,
    /// Places of the templates that lines are skimmed by quietly.
    agreeing: OnceLock<Vec<usize>>,
    proof: Entry<Proof>,
}

impl Layout {
    /// Compiles a layout; the error names the key that is wrong.
    pub fn compile(mut text: LayoutText) -> Result<Self, String> {
        let samples = std::mem::take(&mut text.samples);
        let proof = Entry::ready(Proof { samples, strangers: std::mem::take(&mut text.strangers) });
        let completion = OnceLock::from(Box::new(Completion::compile(&text)?));
        let json = match written_members(&text) {
            Some((members, syntax)) => OnceLock::from(Box::new(JsonLayout::compile(members, syntax)?)),
            None => OnceLock::new(),
        };
        Ok(Self { completion, json, ..Self::compile_with(text, proof, Written::compile)? })
    }

    /// Makes a layout of the program, of which most is compiled when it is asked for.
    pub(super) fn embedded(text: LayoutText, proof: Entry<Proof>) -> Result<Self, String> {
        Self::compile_with(text, proof, |source| Ok(Written::embedded(source)))
    }

    fn compile_with(
        text: LayoutText,
        proof: Entry<Proof>,
        written: impl Fn(&str) -> Result<Written, String>,
    ) -> Result<Self, String> {
        let templates = |key: &str, lines: &[String]| -> Result<Ladder<Written>, String> {
            let each = lines.iter().map(|line| written(line).map_err(|error| format!("{key}: {error}")));
            Ok(Ladder::new(each.collect::<Result<_, _>>()?))
        };
        let further = templates("further_lines", &text.further_lines)?;
        let last = text.last.as_deref().map(&written).transpose().map_err(|error| format!("last: {error}"))?;
        let templates = templates("lines", &text.lines)?;
        let columns = text.columns.as_deref().map(Columns::compile).transpose()?.map(Box::new);
        if templates.is_empty() && text.json.is_none() && text.logfmt.is_none() && columns.is_none() {
            return Err("lines: needs at least one template, or a [layout.json] or [layout.columns] table".into());
        }
        Ok(Self {
            continuation: text.continuation.unwrap_or(text.family != Family::Access),
            last,
            templates,
            further,
            json: OnceLock::new(),
            columns,
            completion: OnceLock::new(),
            text,
            skims: OnceLock::new(),
            is_quiet: OnceLock::new(),
            agreeing: OnceLock::new(),
            proof,
        })
    }

    /// What tells its lines that are written as members, if any are.
    #[inline]
    fn json(&self) -> Option<&JsonLayout> {
        let (members, syntax) = written_members(&self.text)?;
        Some(self.json.get_or_init(|| Box::new(of_the_program(JsonLayout::compile(members, syntax)))))
    }

    /// How its lines that are written as members are, if any are.
    fn syntax(&self) -> Option<Syntax> {
        written_members(&self.text).map(|(_, syntax)| syntax)
    }

    #[inline]
    fn completion(&self) -> &Completion {
        self.completion.get_or_init(|| Box::new(of_the_program(Completion::compile(&self.text))))
    }

    /// The lines that show what it is.
    pub fn proof(&self) -> &Proof {
        self.proof.get()
    }

    /// Whether `line`, the first of a record, has this layout. With how much it had to have in common; 0 is no fit.
    pub fn fit(&self, line: &[u8]) -> u32 {
        self.fit_under(&[], line)
    }

    /// The same for a line under headings that named its columns.
    pub fn fit_under(&self, orders: &[Arc<Order>], line: &[u8]) -> u32 {
        self.fit_drawn(orders, line, None)
    }

    /// The same, with what stands in the line known.
    pub(super) fn fit_drawn(&self, orders: &[Arc<Order>], line: &[u8], outline: Option<&Outline>) -> u32 {
        // A line that is no object is none for all of the many layouts of JSON lines.
        let may_have_members = outline.is_none_or(|outline| self.text.json.is_none() || outline.has_members());
        let json = if may_have_members { self.json() } else { None };
        let json = json.filter(|json| outline.is_none_or(|outline| json.may_fit(outline)));
        let json = json.map_or(0, |json| match json.fit(line) {
            fit if fit > 0 && self.states_status(json, line) => fit,
            _ => 0,
        });
        let by_columns = |columns: &Columns| columns.fit(line, orders.iter().map(Arc::as_ref));
        let best = if json > 0 { json } else { self.columns.as_deref().map_or(0, by_columns) };
        if best > 0 {
            return best;
        }
        let template = match outline {
            None => self.templates.fitting(line),
            Some(outline) => {
                let fits = |template: &&Written| template.may_fit(line, outline) && template.fits(line);
                self.templates.iter().find(fits).map(|template| &**template)
            }
        };
        template.map_or(0, |template| template.specificity().max(1))
    }

    /// Whether a record that begins with `line` runs on until its last line is met.
    pub fn stays_open(&self, line: &[u8]) -> bool {
        // A JSON line of the same product is complete in itself.
        self.last.is_some() && self.templates.fitting(line).is_some()
    }

    /// Whether `line` is the last of a record.
    pub fn closes(&self, line: &[u8]) -> bool {
        self.last.as_ref().is_some_and(|last| last.fits(line))
    }

    /// Whether a JSON line of an access log has a status that can be one: applications log `"status":"failed"` too.
    fn states_status(&self, json: &JsonLayout, line: &[u8]) -> bool {
        let plausible = || {
            let mut found = Found::default();
            json.read_into(line, None, &mut found) && plausible_status(&found)
        };
        self.text.family != Family::Access || plausible()
    }

    /// The most that a line must have in common with one of its templates.
    pub fn specificity(&self) -> u32 {
        self.templates.iter().map(|template| template.specificity()).max().unwrap_or(20)
    }

    /// Whether it has nothing but a message, and so reads any text.
    pub fn reads_anything(&self) -> bool {
        self.templates.iter().any(|template| template.specificity() == 0)
    }

    /// Reads a whole record; nothing when it does not have this layout.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        self.read_under(0, &[], text)
    }

    /// Its columns, if it has any.
    pub(super) fn columns(&self) -> Option<&Columns> {
        self.columns.as_deref()
    }

    /// Whether heading lines name its columns.
    pub fn has_headings(&self) -> bool {
        self.columns().is_some_and(Columns::has_headings)
    }

    /// Texts of which every line that names its columns has one.
    pub fn heading_marks(&self) -> Vec<&str> {
        self.columns().map(Columns::heading_marks).unwrap_or_default()
    }

    /// What `line` says about the columns of the lines that follow; nothing when it is not a heading of this layout.
    pub fn heading(&self, line: &[u8]) -> Option<Heading> {
        self.columns.as_ref()?.heading(line)
    }

    /// Reads a sample, which may begin with the heading lines that name its columns.
    pub fn read_sample<'a>(&self, sample: &'a str) -> Option<Found<'a>> {
        let mut orders = Vec::new();
        let mut rest = sample;
        while let Some((line, behind)) = rest.split_once('\n')
            && let Some(heading) = self.heading(line.as_bytes())
        {
            if let Heading::Columns(order) = heading {
                orders.insert(0, order);
            }
            rest = behind;
        }
        self.read_under(0, &orders, rest.as_bytes())
    }

    /// Reads a record under headings that named its columns, the latest first, by templates that ask at least so much
    /// of a line.
    pub fn read_under<'a>(&self, least: u32, orders: &[Arc<Order>], text: &'a [u8]) -> Option<Found<'a>> {
        let mut found = Found::default();
        self.read_into(least, orders, text, &mut found).then_some(found)
    }

    /// The same into `found`, which is empty before, and after a refusal.
    pub fn read_into<'a>(&self, least: u32, orders: &[Arc<Order>], text: &'a [u8], found: &mut Found<'a>) -> bool {
        self.read_by(least, orders, text, None, found)
    }

    /// The same for one of many lines, with the forms of those before.
    pub(crate) fn read_by<'a>(
        &self,
        least: u32,
        orders: &[Arc<Order>],
        text: &'a [u8],
        forms: Option<&mut KnownForms>,
        found: &mut Found<'a>,
    ) -> bool {
        let fits = self.read_bare(least, orders, text, forms, found);
        if fits {
            self.read_behind(text, found);
        }
        fits
    }

    /// The timestamp of a line under headings that named its columns, which may have none; nothing if it does not have
    /// this layout. As a whole record has it, without what is made of its other fields.
    pub(super) fn stamp_under(&self, orders: &[Arc<Order>], text: &[u8]) -> Option<Option<Stamp>> {
        let mut found = Found::default();
        if !self.read_bare(0, orders, text, None, &mut found) {
            return None;
        }
        // What is read behind it gives a timestamp where there is none; a tag gives one in any case.
        if found.stamp.is_some() && self.completion().tags.is_none() {
            self.state_zone(&mut found);
        } else {
            self.read_behind(text, &mut found);
        }
        Some(found.stamp)
    }
}

impl Layout {
    /// Fills in what stands beside that by which a record was told, and what follows from its fields.
    fn read_behind<'a>(&self, text: &'a [u8], found: &mut Found<'a>) {
        if let (Some(json), Some(object)) = (self.json(), found.members) {
            json.fill(object, found);
        }
        self.completion().apply(text, found);
        self.state_zone(found);
    }

    /// Puts in the zone that the product's documentation states.
    fn state_zone(&self, found: &mut Found<'_>) {
        if let (true, Some(Stamp::Calendar { zone: zone @ Zone::Unstated, .. })) = (self.text.utc, &mut found.stamp) {
            *zone = Zone::Utc;
        }
    }

    /// Fills `found`, which is empty, by the first way that fits. A product may write the same in several, such as JSON
    /// and text.
    fn read_bare<'a>(
        &self,
        least: u32,
        orders: &[Arc<Order>],
        text: &'a [u8],
        forms: Option<&mut KnownForms>,
        found: &mut Found<'a>,
    ) -> bool {
        if let Some(json) = self.json()
            && json.read_into(text, forms, found)
        {
            if self.text.family != Family::Access || plausible_status(found) {
                return true;
            }
            found.reset();
        }
        let by_columns = |columns: &Columns| columns.read(text, orders.iter().map(Arc::as_ref));
        if let Some(other) = self.columns.as_deref().and_then(by_columns) {
            *found = other;
            return true;
        }
        self.templates.read_into(least, text, found)
            || self.further.read_into(0, text, found)
            || read_first_line(&self.templates, least, text, found)
    }
}

/// A record of several lines whose template covers only the first: the message then runs to the end.
fn read_first_line<'a>(templates: &Ladder<Written>, least: u32, text: &'a [u8], found: &mut Found<'a>) -> bool {
    let Some(end) = memchr::memchr(b'\n', text) else { return false };
    let first = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    if !templates.read_into(least, first, found) {
        return false;
    }
    let message = found.fields.get(Field::Message).map(<[u8]>::len);
    // The message is the tail of the line, so it is found by its length.
    if let Some(length) = message
        && first.ends_with(found.fields.get(Field::Message).unwrap_or_default())
    {
        found.fields.clear(Field::Message);
        found.fields.set(Field::Message, Cow::Borrowed(&text[first.len() - length..]));
    }
    true
}

/// The table of members that a layout has, and how they are written.
#[inline]
fn written_members(text: &LayoutText) -> Option<(&JsonText, Syntax)> {
    let logfmt = || text.logfmt.as_deref().map(|members| (members, Syntax::Logfmt));
    text.json.as_deref().map(|members| (members, Syntax::Json)).or_else(logfmt)
}

#[expect(
    clippy::expect_used,
    reason = "a layout of the program, of which a test compiles each; others are compiled at once"
)]
fn of_the_program<T>(compiled: Result<T, String>) -> T {
    compiled.expect("a layout of the program")
}

fn plausible_status(found: &Found<'_>) -> bool {
    found.fields.get(Field::Status).is_none_or(is_plausible_status)
}

fn is_plausible_status(status: &[u8]) -> bool {
    status.len() <= 4 && status.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}

pub(super) fn field(key: &str, name: &str) -> Result<Field, String> {
    Field::from_name(name).ok_or_else(|| format!("{key}: unknown field `{name}`"))
}

#[cfg(test)]
mod tests {
    use crate::detect::catalogue::Layouts;

    #[test]
    fn a_timestamp_is_that_of_the_whole_record() {
        let layouts = Layouts::embedded().unwrap();
        let mut stamped = 0;
        for (_, layout) in layouts.iter() {
            for line in layouts.iter().flat_map(|(_, other)| &other.proof().samples).map(String::as_bytes) {
                let whole = layout.read_under(0, &[], line).map(|found| found.stamp);
                assert_eq!(layout.stamp_under(&[], line), whole, "{}: {}", layout.text.id, line.escape_ascii());
                stamped += usize::from(matches!(whole, Some(Some(_))));
            }
        }
        assert!(stamped > 1000, "{stamped} are too few to tell");
    }
}
