//! The records of all sources in their order, in the memory of one block.
//!
//! On one thread: the records have to come in order, so that others could only wait with theirs.

use crate::detect::settle::{Context, Reading};
use crate::detect::survey::{Survey, read_head};
use crate::model::source::Source;
use crate::model::trouble::Trouble;
use crate::open::{self, Member};
use crate::parse::{Parsed, Parser, Passing, Window};
use crate::run::Plan;
use crate::split::{Bytes, Splitter};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Arc;

/// Takes one record, with how its member is read.
pub(super) type Each<'e> = &'e mut dyn FnMut(&Reading, &Parsed<'_>) -> io::Result<()>;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Streamed {
    /// Names of the members.
    pub(super) members: BTreeSet<String>,
    /// What went wrong.
    pub(super) troubles: BTreeSet<Trouble>,
}

/// The sources, ready to be read.
pub(super) struct Stream<'s> {
    plan: &'s Plan,
    sources: &'s [Source],
    context: Context<'s>,
    surveys: BTreeMap<&'s str, &'s Survey>,
}

impl<'s> Stream<'s> {
    /// A stream over `sources`, which are sorted by name, as the surveys say.
    pub(super) fn new(plan: &'s Plan, sources: &'s [Source], surveys: &'s [Survey]) -> Self {
        Self {
            plan,
            sources,
            context: Context::new(&plan.layouts, surveys),
            surveys: surveys.iter().map(|survey| (survey.name.as_str(), survey)).collect(),
        }
    }

    /// Hands on every record. An error of `each` ends the reading.
    pub(super) fn each(self, each: Each<'_>) -> io::Result<Streamed> {
        let mut streamed = Streamed::default();
        for source in self.sources {
            let opened = open::open(source, &mut |member| self.member(source, member, &mut streamed, each));
            streamed.troubles.extend(opened.troubles);
            if let Some(error) = opened.stopped {
                return Err(error);
            }
        }
        Ok(streamed)
    }

    fn member(&self, source: &Source, member: Member<'_>, streamed: &mut Streamed, each: Each<'_>) -> io::Result<()> {
        let Plan { layouts, assumptions, window, .. } = self.plan;
        let mut head = Vec::new();
        let reading = match self.surveys.get(member.name.as_str()) {
            Some(survey) => self.context.reading(survey, assumptions),
            // Standard input cannot be read twice, so it is looked at here.
            None => {
                head = read_head(member.reader)?;
                let modified = member.modified.or(source.modified);
                self.context.reading(&Survey::of(layouts, member.name.clone(), modified, &head, b""), assumptions)
            }
        };
        if reading.configuration {
            return Ok(());
        }
        let reading = Arc::new(reading);
        streamed.members.insert(reading.name.clone());
        let mut starts = Parser::new(layouts, Arc::clone(&reading), Window::default());
        let mut parser = Parser::new(layouts, Arc::clone(&reading), *window).keep_undated();
        let mut splitter = Splitter::new(head.as_slice().chain(member.reader)).with_marks(member.marks);
        splitter.set_record_start(Some(Box::new(move |line| starts.starts_record(line))));
        let mut passing = Passing::new(layouts, &reading);
        let mut buffer = Bytes::default();
        while let Some(block) = splitter.next_block(std::mem::take(&mut buffer))? {
            parser.set_headings(passing.as_mut().map(|passing| passing.pass(&block.bytes)));
            let mut result = Ok(());
            parser.each(&block, &mut |parsed| {
                if result.is_ok() {
                    result = each(&reading, parsed);
                }
            });
            result?;
            buffer = block.bytes;
        }
        streamed.troubles.extend(splitter.long_lines().trouble(&reading.name));
        Ok(())
    }
}
