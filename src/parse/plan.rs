//! Which layouts to try on a line, in which order.

use super::carried::Rest;
use crate::detect::catalogue::Layouts;
use crate::detect::columns::Order;
use crate::detect::headings::Headings;
use crate::detect::json_forms::KnownForms;
use crate::detect::json_quiet::Glanced;
use crate::detect::layout::Layout;
use crate::detect::recognize::{Bare, least_fit, may_carry, names, recognize, unwrap};
use crate::detect::template::{Found, Skim};
use crate::model::scan::same;
use crate::peel::Envelope;
use crate::split::lines;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Lines of a block that are tried before it is read.
const PROBES: usize = 48;
/// Of them, those that have to be read well for the others to be left out.
const FIRST_PROBES: usize = 12;
/// Lines that a block is recognized by when the probes fail.
const SAMPLE: usize = 300;
/// Programs whose layouts are kept before all are listed anew.
const MAX_PROGRAMS: usize = 2000;

/// The layouts of a member, and those that each program behind its carrier has.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Layouts of the member, specific ones first, most lines first.
    own: Vec<usize>,
    /// The same by program, filled as programs are met.
    by_program: Vec<Program>,
    /// Positions in `by_program`.
    programs: FxHashMap<Vec<u8>, usize>,
    /// The position of the program that was met last.
    recent: usize,
    /// Those of `own` whose columns a heading names.
    columned: Vec<usize>,
    /// What the headings said so far.
    headings: Headings,
    /// What JSON lines looked like so far; tells nothing but what a line says itself.
    forms: KnownForms,
}

/// A program and its layouts.
#[derive(Debug, Clone)]
struct Program {
    name: Vec<u8>,
    layouts: Vec<usize>,
    /// Told when it is first asked for.
    rest: Option<Rest>,
}

impl Plan {
    /// A plan that prefers `chosen`, most lines first.
    pub fn new(layouts: &Layouts, chosen: &[usize], headings: &Headings) -> Self {
        let mut own = chosen.to_vec();
        for (index, layout) in layouts.iter() {
            let guest =
                layout.text.beside.iter().any(|host| chosen.iter().any(|&own| layouts.get(own).text.id == *host));
            if guest && !own.contains(&index) {
                own.push(index);
            }
        }
        // One that reads anything would keep the others from their lines.
        own.sort_by_key(|&layout| {
            let layout = layouts.get(layout);
            (layout.text.generic, layout.reads_anything() && !layout.text.envelopes.is_empty())
        });
        let columned = own.iter().copied().filter(|&layout| layouts.get(layout).has_headings()).collect();
        Self {
            own,
            by_program: Vec::new(),
            programs: FxHashMap::default(),
            recent: 0,
            columned,
            headings: headings.clone(),
            forms: KnownForms::default(),
        }
    }

    /// Goes back to what the survey knew of headings, so that a block is read alike whatever was read before it.
    pub fn forget_headings(&mut self, surveyed: &Headings) {
        if !self.columned.is_empty() {
            self.headings = surveyed.clone();
        }
    }

    /// Notes a line that is no record but says what the columns of the next ones are; false for any other line.
    pub fn note_heading(&mut self, layouts: &Layouts, line: &[u8]) -> bool {
        !self.columned.is_empty() && self.headings.note(layouts, self.columned.iter().copied(), line).is_some()
    }

    /// Whether a line may be a heading.
    pub fn has_columns(&self) -> bool {
        !self.columned.is_empty()
    }

    /// The orders of columns that hold for `layout` here.
    pub fn orders(&self, layout: usize) -> &[Arc<Order>] {
        self.headings.of(layout)
    }

    /// Whether there is nothing to try.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.by_program.is_empty()
    }

    /// The layout that most lines have.
    pub fn first(&self) -> Option<usize> {
        self.own.first().copied()
    }

    /// The layout of a line; what it reads in `message`, which is the message of `bare`, is put into `found`.
    pub fn read<'m>(
        &mut self,
        layouts: &Layouts,
        bare: &Bare<'_>,
        message: &'m [u8],
        found: &mut Found<'m>,
    ) -> Option<usize> {
        found.reset();
        self.list_program(layouts, bare);
        let Self { own, by_program, recent, headings, forms, .. } = self;
        forms.next_line();
        candidates(own, by_program, *recent, bare)?.iter().copied().find(|&index| {
            let layout = layouts.get(index);
            may_stand(layout, bare)
                && layout.read_by(least(layout, bare), headings.of(index), message, Some(&mut *forms), found)
        })
    }

    /// Skims a line that the first layout to try on it reads. Nothing says only that the line is to be read whole.
    pub fn skim<'m>(
        &mut self,
        layouts: &Layouts,
        bare: &Bare<'_>,
        message: &'m [u8],
        skim: &mut Skim<'m>,
    ) -> Option<usize> {
        self.list_program(layouts, bare);
        let index = *candidates(&self.own, &self.by_program, self.recent, bare)?.first()?;
        let layout = layouts.get(index);
        (may_stand(layout, bare) && layout.skim(least(layout, bare), message, skim)).then_some(index)
    }

    /// Whether some lines that stand in no envelope can be [glanced](Self::glance) at.
    pub(super) fn has_quiet_objects(&self, layouts: &Layouts) -> bool {
        self.columned.is_empty() && self.own.iter().any(|&index| layouts.get(index).has_quiet_objects())
    }

    /// Reads the time of a JSON line that stands in no envelope; nothing if it is to be read whole.
    pub(super) fn glance<'b>(&mut self, layouts: &Layouts, line: &'b [u8], skim: &mut Skim<'b>) -> Option<Glanced<'b>> {
        self.forms.glance(layouts, &self.own, line, skim)
    }

    /// What is known of the messages of a line's program without reading them; nothing where none is named.
    pub(super) fn rest(&mut self, layouts: &Layouts, bare: &Bare<'_>) -> Option<&mut Rest> {
        bare.carrier.as_ref()?.program.as_ref()?;
        self.list_program(layouts, bare);
        let Program { layouts: list, rest, .. } = self.by_program.get_mut(self.recent)?;
        Some(rest.get_or_insert_with(|| Rest::of(layouts, list)))
    }

    /// Makes the program of a line the recent one.
    fn list_program(&mut self, layouts: &Layouts, bare: &Bare<'_>) {
        let Some(program) = bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref()) else { return };
        if self.by_program.get(self.recent).is_some_and(|recent| same(&recent.name, program)) {
            return;
        }
        self.recent = match self.programs.get(program) {
            Some(&known) => known,
            None => {
                if self.by_program.len() >= MAX_PROGRAMS {
                    self.by_program.clear();
                    self.programs.clear();
                }
                let list = self.program_layouts(layouts, bare);
                self.programs.insert(program.to_vec(), self.by_program.len());
                self.by_program.push(Program { name: program.to_vec(), layouts: list, rest: None });
                self.by_program.len() - 1
            }
        };
    }

    /// The layouts that may stand behind a program: its own by specificity, then the member's, generic ones last.
    fn program_layouts(&self, layouts: &Layouts, bare: &Bare<'_>) -> Vec<usize> {
        let program = bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref()).unwrap_or_default();
        let mut list: Vec<(bool, bool, bool, std::cmp::Reverse<u32>, usize, usize)> = layouts
            .iter()
            .filter(|(index, layout)| {
                may_carry(layout, bare) && (!layout.text.programs.is_empty() || self.own.contains(index))
            })
            .map(|(index, layout)| {
                let preferred = self.own.iter().position(|&own| own == index).unwrap_or(usize::MAX);
                (
                    layout.text.generic,
                    layout.reads_anything(),
                    !names(layout, program),
                    std::cmp::Reverse(layout.specificity()),
                    preferred,
                    index,
                )
            })
            .collect();
        list.sort_unstable();
        list.into_iter().map(|(.., index)| index).collect()
    }

    /// A log may change its layout on the way. When most probes of a block fail, the block is recognized anew; gives
    /// the plan for this block then. Depends on the block alone, so that any thread comes to the same plan.
    pub fn recheck(&mut self, layouts: &Layouts, name: &str, envelopes: &[Envelope], bytes: &[u8]) -> Option<Plan> {
        // A few that are all read settle it for most blocks.
        let (_, failed) = self.probe(layouts, envelopes, bytes, FIRST_PROBES);
        if failed == 0 {
            return None;
        }
        let (tried, failed) = self.probe(layouts, envelopes, bytes, PROBES);
        if tried == 0 || failed * 4 <= tried {
            return None;
        }
        let unread: Vec<&[u8]> = lines(bytes)
            .filter(|line| super::is_unread(self, layouts, &unwrap(envelopes, line)))
            .take(SAMPLE)
            .collect();
        let recognition = recognize(layouts, name, &unread);
        if recognition.votes.is_empty() || recognition.envelopes.iter().any(|envelope| !envelopes.contains(envelope)) {
            return None;
        }
        let mut chosen = self.own.clone();
        chosen.extend(recognition.votes.iter().map(|&(layout, _)| layout).filter(|layout| !self.own.contains(layout)));
        Some(Plan::new(layouts, &chosen, &self.headings))
    }

    /// Reads this many lines from all over a block; how many there were, and how many of them were not read.
    fn probe(&mut self, layouts: &Layouts, envelopes: &[Envelope], bytes: &[u8], probes: usize) -> (usize, usize) {
        let step = (bytes.len() / probes).max(1);
        let (mut tried, mut failed, mut at) = (0, 0, 0);
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
            let line = bytes[at..end].trim_ascii_end();
            if !line.is_empty() && !line[0].is_ascii_whitespace() {
                tried += 1;
                failed += usize::from(super::is_unread(self, layouts, &unwrap(envelopes, line)));
            }
            at = (at + step).max(end + 1);
            // To the start of a line, unless it is one already.
            if at < bytes.len() && at > 0 && bytes[at - 1] != b'\n' {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset + 1);
            }
        }
        (tried, failed)
    }
}

/// The layouts to try on a line, once its program is listed: the member's own, or those of the program.
fn candidates<'p>(own: &'p [usize], by_program: &'p [Program], recent: usize, bare: &Bare<'_>) -> Option<&'p [usize]> {
    match bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref()) {
        None => Some(own),
        Some(_) => by_program.get(recent).map(|program| program.layouts.as_slice()),
    }
}

fn may_stand(layout: &Layout, bare: &Bare<'_>) -> bool {
    layout.text.envelopes.is_empty() || may_carry(layout, bare)
}

/// What a line must have in common with a layout; the least that there is, 1, is that of a template of nothing but a
/// message.
pub(super) fn least(layout: &Layout, bare: &Bare<'_>) -> u32 {
    match least_fit(layout, bare) {
        1 => 0,
        least => least,
    }
}
