//! Which layouts fit a line best, asked of one line after the other of the same member.

use super::catalogue::{Layouts, wildcard};
use super::headings::Headings;
use super::layout::Layout;
use super::outline::Outline;
use super::recognize::{Bare, least_fit, may_carry};
use crate::peel::Envelope;
use crate::peel::json::Members;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// Lines that are asked of every layout before a winner is believed.
const FULL: u32 = 8;
/// Of the lines behind them, every so many is still asked of every layout.
const EVERY: u32 = 32;
/// Beginnings of lines whose layouts are remembered.
const MAX_MET: usize = 512;
/// Programs whose layouts are remembered.
const MAX_PROGRAMS: usize = 64;
/// Bytes of a line that are its beginning.
const BEGINNING: usize = 48;

/// The contest of all layouts for the lines of one member.
///
/// Most logs have one layout, so a line that fits those that won before, as well as the winner's line did, is theirs.
/// Asking all of a hundred layouts for each line cost more than reading the log. What the full contests find
/// otherwise ends the trust in the winners that they refute. Where only a generic layout fits, another line that it fits
/// may have one of its own; but hardly one of the same program that begins alike.
#[derive(Debug)]
pub(super) struct Contest<'c> {
    layouts: &'c Layouts,
    name: &'c str,
    asked: u32,
    winners: Vec<Winners>,
    /// Generic layouts that won, or none, by [`beginning`] of the line.
    met: FxHashMap<u64, Vec<usize>>,
    outline: Outline,
    /// Layouts that may be met, by who brought the line: half of all name their programs, and are not to be asked about
    /// the lines of others.
    admitted: Vec<Admitted<'c>>,
}

/// Layouts that may be met behind a carrier that names this program.
#[derive(Debug)]
struct Admitted<'c> {
    by: Option<Envelope>,
    program: Option<Vec<u8>>,
    /// With their indexes.
    layouts: Vec<(usize, &'c Layout)>,
}

/// Layouts that won together.
#[derive(Debug)]
struct Winners {
    fit: u32,
    layouts: Vec<usize>,
    trusted: bool,
}

impl<'c> Contest<'c> {
    /// A contest for the lines of the member called `name`.
    pub(super) fn new(layouts: &'c Layouts, name: &'c str) -> Self {
        let (winners, met, outline, admitted) = Default::default();
        Self { layouts, name, asked: 0, winners, met, outline, admitted }
    }

    /// The layouts that fit a line best: specific ones before generic ones, and all that tie.
    pub(super) fn best(&mut self, headings: &Headings, bare: &Bare<'_>) -> Vec<usize> {
        self.asked += 1;
        let checks = self.asked <= FULL || self.asked.is_multiple_of(EVERY);
        // Columns that a heading names are told by how many there are, and little else.
        let beginning = headings.is_empty().then(|| beginning(bare));
        if let Some(layouts) = beginning.and_then(|beginning| self.met.get(&beginning)).filter(|_| !checks) {
            return layouts.clone();
        }
        let known = self.winners.iter().position(|winners| self.fits_as_well(winners, headings, bare));
        if let Some(known) = known
            && !checks
            && self.winners[known].trusted
        {
            return self.winners[known].layouts.clone();
        }
        let (rank, fit, layouts) = self.all(headings, bare);
        match known {
            Some(known) if self.winners[known].layouts == layouts => {}
            Some(known) => self.winners[known].trusted = false,
            None if rank > Rank::Generic && self.winners.len() < 8 => {
                self.winners.push(Winners { fit, layouts: layouts.clone(), trusted: true });
            }
            None => {}
        }
        if let Some(beginning) = beginning {
            if rank > Rank::Generic {
                // Another line that begins so may have had none of its own; this one refutes it.
                self.met.remove(&beginning);
            } else if self.met.len() < MAX_MET {
                self.met.insert(beginning, layouts.clone());
            }
        }
        layouts
    }

    fn fits_as_well(&self, winners: &Winners, headings: &Headings, bare: &Bare<'_>) -> bool {
        winners.layouts.iter().all(|&index| {
            let layout = self.layouts.get(index);
            may_carry(layout, bare)
                && is_at_home(layout, self.name, bare)
                && layout.fit_under(headings.of(index), &bare.message) == winners.fit
        })
    }

    /// Asks every layout that may fit.
    fn all(&mut self, headings: &Headings, bare: &Bare<'_>) -> (Rank, u32, Vec<usize>) {
        let mut best = (Rank::Generic, 0, Vec::new());
        self.outline.draw(&bare.message);
        let place = self.admitted_by(bare);
        for &(index, layout) in &self.admitted[place].layouts {
            let fit = layout.fit_drawn(headings.of(index), &bare.message, Some(&self.outline));
            if fit < least_fit(layout, bare) {
                continue;
            }
            let rank = Rank::of(layout, self.name);
            match (rank, fit).cmp(&(best.0, best.1)) {
                std::cmp::Ordering::Greater => best = (rank, fit, vec![index]),
                std::cmp::Ordering::Equal => best.2.push(index),
                std::cmp::Ordering::Less => {}
            }
        }
        best
    }

    /// Where the layouts stand that may be met behind the carrier of a line.
    fn admitted_by(&mut self, bare: &Bare<'_>) -> usize {
        let by = bare.carrier.as_ref().map(|carrier| carrier.by);
        let program = bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref());
        let known = self.admitted.iter().position(|known| known.by == by && known.program.as_deref() == program);
        known.unwrap_or_else(|| {
            if self.admitted.len() >= MAX_PROGRAMS {
                self.admitted.clear();
            }
            let may = |(_, layout): &(usize, &Layout)| may_carry(layout, bare) && is_at_home(layout, self.name, bare);
            let layouts = self.layouts.iter().filter(may).collect();
            self.admitted.push(Admitted { by, program: program.map(<[u8]>::to_vec), layouts });
            self.admitted.len() - 1
        })
    }
}

/// A hash of a line's carrier and program, and of how it begins: with any number for any other, as numbers change from
/// line to line; of an object its keys, as any may stand first.
fn beginning(bare: &Bare<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    if let Some(carrier) = &bare.carrier {
        (carrier.by, carrier.program.as_deref()).hash(&mut hasher);
    }
    if let Some(members) = Members::of(&bare.message) {
        members.for_each(|(key, _)| key.hash(&mut hasher));
        return hasher.finish();
    }
    let mut number = false;
    for byte in bare.message.iter().take(BEGINNING) {
        if !byte.is_ascii_digit() {
            hasher.write_u8(*byte);
        } else if !number {
            hasher.write_u8(b'0');
        }
        number = byte.is_ascii_digit();
    }
    hasher.finish()
}

/// What comes before how much a line has in common with a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It fits a great deal.
    Generic,
    /// It is a product's.
    Specific,
    /// The server's configuration, or the operator, says that this file has it.
    Stated,
}

impl Rank {
    fn of(layout: &Layout, name: &str) -> Self {
        let text = &layout.text;
        if text.own_string && text.paths.iter().any(|path| wildcard(path, name.as_bytes())) {
            Self::Stated
        } else if text.generic {
            Self::Generic
        } else {
            Self::Specific
        }
    }
}

/// Whether a layout that is bound to certain files or programs may be met in the member called `name`.
fn is_at_home(layout: &Layout, name: &str, bare: &Bare<'_>) -> bool {
    let is_named = |names: &[String], text: &[u8]| names.iter().any(|pattern| wildcard(pattern, text));
    let program = bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref());
    !layout.text.bound
        || is_named(&layout.text.paths, name.as_bytes())
        || program.is_some_and(|program| is_named(&layout.text.programs, program))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Samples of all layouts, changed in places that mean something: each layout fits as well by the outline as
        /// when it is asked in full.
        #[test]
        fn an_outline_keeps_no_layout_from_its_lines(
            from in 0usize..5000,
            edits in prop::collection::vec((0usize..500, 0usize..3, prop::sample::select(&b" \"\\-[]{}:,./09nZ\n"[..])), 0..3),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let samples: Vec<&String> = layouts.iter().flat_map(|(_, layout)| &layout.proof().samples).collect();
                let mut outline = Outline::default();
                for sample in samples.iter().cycle().skip(from).step_by(17).take(24) {
                    let mut line = sample.as_bytes().to_vec();
                    for &(at, edit, byte) in &edits {
                        let at = at % (line.len() + 1);
                        let taken = at..(at + usize::from(edit > 0)).min(line.len());
                        line.splice(taken, (edit != 1).then_some(byte));
                    }
                    outline.draw(&line);
                    let mut fitting = 0;
                    for (_, layout) in layouts.iter() {
                        let full = layout.fit_under(&[], &line);
                        prop_assert_eq!(layout.fit_drawn(&[], &line, Some(&outline)), full, "{}: {}", layout.text.id, String::from_utf8_lossy(&line));
                        fitting += usize::from(full > 0);
                    }
                    prop_assert!(fitting > 0 || !edits.is_empty() || line.contains(&b'\n') || line.starts_with(b"#"));
                }
                Ok(())
            })?;
        }
    }
}
