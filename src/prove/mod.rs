//! In: the catalogue, and single lines. Out: what a line is taken for ([`Look`]), and what is wrong with a signature or
//! a layout by its own samples.
//! Promise: a line goes through detect, parse and spot as it would in a file; a mistake says what was met instead.
//! Why a stage, and not a test: who writes patterns of their own has no test suite, and wants the same proof.

#[cfg(test)]
mod tests;

use crate::detect::catalogue::Layouts;
use crate::detect::layout::Layout;
use crate::detect::settle::{Assumptions, settle};
use crate::detect::survey::Survey;
use crate::model::field::Field;
use crate::model::record::Record;
use crate::parse::{Parser, Window};
use crate::spot::condition::Reaches;
use crate::spot::signature::{Reference, Signature};
use crate::spot::{Hit, Recalled, Signatures, placeholders};
use jiff::tz::TimeZone;

/// Seconds since 1970 at which samples are read: only a year that none of them states hangs on it, and a proof must
/// come out alike on every day.
const NOW: i64 = 1_795_335_814;

/// The catalogue that lines are held against.
#[derive(Debug, Clone, Copy)]
pub struct Prover<'a> {
    /// Its layouts.
    pub layouts: &'a Layouts,
    /// Its signatures.
    pub signatures: &'a Signatures,
}

/// One record of a text, as the stages saw it.
#[derive(Debug, Clone)]
pub struct Look {
    /// Index of its layout.
    pub layout: usize,
    /// What signatures search.
    pub message: String,
    /// What it hits.
    pub hits: Vec<Shown>,
    /// The fields that it has, by name.
    pub fields: Vec<(&'static str, String)>,
}

/// A signature that a record hit.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Index of the signature.
    pub signature: usize,
    /// What its regular expression captured, by name.
    pub captures: Vec<(String, String)>,
    /// The title that the report would show.
    pub title: String,
}

impl Prover<'_> {
    /// Reads a text as a file that holds nothing else. Where the lines fit several layouts, one of `preferred` is taken.
    pub fn look(&self, text: &str, preferred: &[usize]) -> Vec<Look> {
        let mut survey = Survey::of(self.layouts, "sample".to_owned(), None, text.as_bytes(), b"");
        let votes = &mut survey.recognition.votes;
        votes.sort_by_key(|&(layout, count)| (!preferred.contains(&layout), std::cmp::Reverse(count), layout));
        if !preferred.is_empty() {
            votes.truncate(1);
        }
        let assumptions = Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: NOW };
        let Some(reading) = settle(self.layouts, &[survey], &assumptions).pop() else { return Vec::new() };
        let mut looks = Vec::new();
        let mut parser = Parser::new(self.layouts, reading.into(), Window::default()).keep_undated();
        parser.block(text.as_bytes(), 1, &mut |parsed| looks.push(self.record(&parsed.record)));
        looks
    }

    fn record(&self, record: &Record<'_>) -> Look {
        let mut hits = Vec::new();
        self.signatures.spot(record, &mut Recalled::default(), &mut hits);
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let shown = |hit: &Hit| {
            let captures = self.signatures.captures(hit, record).map(|(name, value)| (name.to_owned(), lossy(value)));
            let title = self.signatures.title(hit, record);
            Shown { signature: hit.signature, captures: captures.collect(), title }
        };
        let field = |field: &Field| Some((field.name(), lossy(record.fields.get(*field)?)));
        Look {
            layout: record.layout,
            message: lossy(record.message()),
            hits: hits.iter().map(shown).collect(),
            fields: Field::ALL.iter().filter_map(field).collect(),
        }
    }

    /// What is wrong with a signature: its form, what it names, and what its samples and look-alikes hit.
    pub fn signature(&self, signature: &Signature, reference: &Reference) -> Vec<String> {
        let mut mistakes = form(signature, reference);
        let layouts = &signature.text.layouts;
        if layouts.is_empty() {
            mistakes.push("layouts: name at least one layout or family".to_owned());
        }
        let unknown = layouts.iter().filter(|name| self.layouts.resolve(name).is_empty());
        mistakes.extend(unknown.map(|name| format!("layouts: `{name}` is neither a layout nor a family")));
        let named: Vec<usize> = layouts.iter().flat_map(|name| self.layouts.resolve(name)).collect();
        for sample in &reference.samples {
            mistakes.extend(self.sample(signature, sample, &named));
        }
        for lookalike in &reference.lookalikes {
            if self.ids(&self.look(lookalike, &named)).contains(&signature.text.id.as_str()) {
                mistakes.push(format!(
                    "lookalikes: this line hits it: make anchor or regex say what only the real one has: {lookalike}"
                ));
            }
        }
        mistakes
    }

    fn sample(&self, signature: &Signature, sample: &str, named: &[usize]) -> Option<String> {
        let looks = self.look(sample, named);
        let ids = self.ids(&looks);
        let id = signature.text.id.as_str();
        if ids == [id] {
            return None;
        }
        let others: Vec<&str> = ids.iter().copied().filter(|other| *other != id).collect();
        let why = if ids.contains(&id) {
            format!("also hits {}: make one of them more specific", others.join(", "))
        } else {
            let instead =
                if others.is_empty() { String::new() } else { format!(" (it hits {} instead)", others.join(", ")) };
            format!("does not hit it{instead}: {}", self.why_not(signature, &looks, named))
        };
        Some(format!("samples: this line {why}: {sample}"))
    }

    /// Ids that the records hit, each once, sorted.
    fn ids(&self, looks: &[Look]) -> Vec<&str> {
        let hits = looks.iter().flat_map(|look| &look.hits);
        let mut ids: Vec<&str> = hits.map(|hit| self.signatures.get(hit.signature).text.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The first step on the way to a hit that fails.
    fn why_not(&self, signature: &Signature, looks: &[Look], named: &[usize]) -> String {
        let Some(look) = looks.iter().find(|look| named.contains(&look.layout)).or(looks.first()) else {
            return "no layout reads it".to_owned();
        };
        let layout = &self.layouts.get(look.layout).text.id;
        if !named.contains(&look.layout) {
            return format!("it is read as {layout}, which `layouts` does not name");
        }
        if !signature.anchors.is_empty() && !signature.anchors.iter().any(|anchor| look.message.contains(anchor)) {
            return format!("the anchor is not in the message, which {layout} reads as `{}`", look.message);
        }
        let mut fields = crate::model::record::Fields::default();
        for (name, value) in &look.fields {
            if let Some(field) = Field::from_name(name) {
                fields.set(field, value.as_bytes());
            }
        }
        if let Some(condition) =
            signature.conditions.iter().find(|condition| !condition.holds(&fields, &mut Reaches::default()))
        {
            let name = condition.field().name();
            let met = look.fields.iter().find(|(known, _)| *known == name);
            let met = met.map_or_else(|| "is not there".to_owned(), |(_, value)| format!("is `{value}`"));
            return format!("when.{name} does not hold: in {layout} the field {met}");
        }
        if signature.text.regex.is_some() {
            return "the anchor is there, but the regex does not match the record's text".to_owned();
        }
        "another signature replaces it, or a wording that is not `generic` hit the line".to_owned()
    }

    /// What is wrong with a layout by its own samples and strangers.
    pub fn layout(&self, layout: &Layout) -> Vec<String> {
        let (text, proof) = (&layout.text, layout.proof());
        let mut mistakes = Vec::new();
        if !well_formed(&text.id, 1) {
            mistakes.push("id: lower-case letters, digits and `-` only".to_owned());
        }
        // What is told by its program, its envelope or its path, and not by its lines, need refuse none.
        let told_by_lines = !text.generic && !text.bound && text.programs.is_empty() && text.envelopes.is_empty();
        if proof.samples.is_empty() || (told_by_lines && proof.strangers.is_empty()) {
            mistakes.push("samples, strangers: needs a line that it reads, and one that it must refuse".to_owned());
        }
        let unread = proof.samples.iter().filter(|sample| layout.read_sample(sample).is_none());
        mistakes.extend(unread.map(|sample| format!("samples: it does not read this line: {sample}")));
        // A layout that is told by what carries the line reads any text: it must not be taken where nothing carries it.
        let taken = |stranger: &str| match layout.reads_anything() {
            true => self.look(stranger, &[]).iter().any(|look| self.layouts.get(look.layout).text.id == text.id),
            false => layout.fit(stranger.as_bytes()) > 0,
        };
        let read = proof.strangers.iter().filter(|stranger| taken(stranger));
        mistakes.extend(read.map(|stranger| format!("strangers: it reads this line: {stranger}")));
        mistakes
    }
}

/// What is wrong with a signature as it is written.
fn form(signature: &Signature, reference: &Reference) -> Vec<String> {
    let mut mistakes = Vec::new();
    if !well_formed(&signature.text.id, 2) {
        mistakes.push(
            "id: write <product>.<topic>.<detail> (or without detail), of lower-case letters, digits and `-`"
                .to_owned(),
        );
    }
    if reference.samples.is_empty() || reference.lookalikes.is_empty() {
        mistakes.push("samples, lookalikes: needs a line that hits it, and one like it that must not".to_owned());
    }
    if reference.source.is_empty() {
        mistakes.push("source: say where the wording is documented".to_owned());
    }
    let groups: Vec<String> = match signature.compile_regex() {
        Ok(regex) => regex.iter().flat_map(|regex| regex.capture_names().flatten()).map(ToOwned::to_owned).collect(),
        Err(error) => {
            mistakes.push(error);
            return mistakes;
        }
    };
    let texts = std::iter::once(("title", &signature.text.title)).chain(reference.fix.iter().map(|fix| ("fix", fix)));
    for (key, text) in texts {
        for name in placeholders(text) {
            if Field::from_name(name).is_none() && !groups.iter().any(|group| group == name) {
                mistakes.push(format!("{key}: {{{name}}} is neither a named group of the regex nor a field"));
            }
        }
    }
    mistakes
}

/// Whether an id has at least so many parts between dots, each of lower-case letters, digits and `-`.
fn well_formed(id: &str, parts: usize) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    id.split('.').count() >= parts && id.split('.').all(|part| !part.is_empty() && part.bytes().all(fits))
}
