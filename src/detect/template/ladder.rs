//! Templates of which the first that fits is taken.
//!
//! Those of a layout mostly differ far behind: a dozen begin with the same time and level. What one of them has shown
//! about its beginning holds for the next that begins alike: where the one failed there, so does the other, and where
//! it failed further on, the other goes on from there.

use super::compile::is_undoable;
use super::sink::{Fit, Sink};
use super::starts::Starts;
use super::walk::walk;
use super::{Found, Op, Template};
use std::ops::Deref;
use std::sync::OnceLock;

/// Templates in the order in which they are tried.
#[derive(Debug)]
pub(in crate::detect) struct Ladder<T> {
    templates: Vec<T>,
    /// Told when a line is first read.
    rungs: OnceLock<Rungs>,
}

/// What is known of the templates without a walk.
#[derive(Debug)]
struct Rungs {
    /// What a line of any of them can begin with.
    starts: Starts,
    each: Vec<Rung>,
}

/// What the walks over a template need to know of its steps. What sends a template away stands here, not behind the
/// pointer to it: most templates are sent away.
#[derive(Debug)]
struct Rung {
    specificity: u32,
    starts: Starts,
    /// The number of steps that it has in common with the one before.
    shared: usize,
    /// From this step on, what is read can be taken back.
    undoable_from: usize,
}

/// What the templates so far have shown of those steps that the next has in common with the last of them.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    /// So many steps cannot all be taken.
    failing: Option<usize>,
    /// So many steps can, and lead to a place in the text. The sink holds what they read.
    steps: usize,
    place: usize,
}

impl<T: Deref<Target = Template>> Ladder<T> {
    pub(in crate::detect) fn new(templates: Vec<T>) -> Self {
        Self { templates, rungs: OnceLock::new() }
    }

    fn rungs(&self) -> &Rungs {
        self.rungs.get_or_init(|| {
            let common =
                |one: &T, other: &T| one.ops.iter().zip(&other.ops).take_while(|(one, other)| one == other).count();
            let before = std::iter::once(None).chain(self.templates.iter().map(Some));
            let each = self.templates.iter().zip(before).map(|(template, before)| Rung {
                specificity: template.specificity,
                starts: template.starts.clone(),
                shared: before.map_or(0, |before| common(before, template)),
                undoable_from: template.ops.iter().rposition(|op| !is_undoable(op)).map_or(0, |last| last + 1),
            });
            let each: Vec<Rung> = each.collect();
            let mut starts = Starts::default();
            each.iter().for_each(|rung| starts.join(&rung.starts));
            Rungs { starts, each }
        })
    }

    pub(in crate::detect) fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    pub(in crate::detect) fn get(&self, place: usize) -> Option<&T> {
        self.templates.get(place)
    }

    pub(in crate::detect) fn iter(&self) -> impl Iterator<Item = &T> {
        self.templates.iter()
    }

    /// Reads `text` by the first template that fits and asks at least so much of a line, into `found`, which is empty
    /// before and after a refusal.
    pub(in crate::detect) fn read_into<'a>(&self, least: u32, text: &'a [u8], found: &mut Found<'a>) -> bool {
        self.climb(least, text, found, Found::reset).is_some()
    }

    /// The first template that fits all of `text`.
    pub(in crate::detect) fn fitting(&self, text: &[u8]) -> Option<&Template> {
        self.climb(0, text, &mut Fit::default(), |fit| fit.cut = false)
    }

    fn climb<'a, S: Sink<'a>>(
        &self,
        least: u32,
        text: &'a [u8],
        sink: &mut S,
        reset: impl Fn(&mut S),
    ) -> Option<&Template> {
        let Rungs { starts, each: all } = self.rungs();
        if !starts.may_begin(text) {
            return None;
        }
        let mut shown = Shown::default();
        for (index, (template, rung)) in self.templates.iter().zip(all).enumerate() {
            let &Rung { specificity, ref starts, shared, undoable_from } = rung;
            if shown.failing.is_some_and(|steps| steps <= shared) {
                continue;
            }
            shown.failing = None;
            let able = specificity >= least && starts.may_begin(text);
            if shown.steps > 0 && (!able || shown.steps > shared) {
                reset(sink);
                shown = Shown::default();
            }
            if !able {
                continue;
            }
            // Steps that the next has in common are walked apart, the first for itself: it refuses most lines.
            let next = all.get(index + 1).map_or(0, |next| next.shared);
            let stops = [next.min(1), next, template.ops.len()];
            if walk_to(&template.ops, stops, undoable_from, text, sink, &mut shown) {
                return Some(template);
            }
            if shown.steps == 0 {
                reset(sink);
            }
        }
        if shown.steps > 0 {
            reset(sink);
        }
        None
    }
}

/// Walks from one of these steps to the next. False where they do not take all of `text`; what was shown then is noted,
/// and the sink brought back to where it led.
fn walk_to<'a, S: Sink<'a>>(
    ops: &[Op],
    stops: [usize; 3],
    undoable_from: usize,
    text: &'a [u8],
    sink: &mut S,
    shown: &mut Shown,
) -> bool {
    for stop in stops {
        if stop <= shown.steps && stop < ops.len() {
            continue;
        }
        let mark = sink.mark();
        let steps = &ops[shown.steps..stop];
        let end = walk(steps, text, shown.place, sink);
        // Cut inside quotes, it says no more.
        let (is_cut, is_last) = (*sink.cut(), stop == ops.len());
        let fits = if is_cut { S::KEEPS } else { is_last && end == Some(text.len()) };
        if fits {
            return true;
        }
        match end {
            Some(end) if !is_last && !is_cut => (shown.steps, shown.place) = (stop, end),
            _ => {
                shown.failing = (!is_last && end.is_none()).then_some(stop);
                if shown.steps > 0 && shown.steps >= undoable_from {
                    sink.undo(mark);
                    *sink.cut() = false;
                } else {
                    (shown.steps, shown.place) = (0, 0);
                }
                return false;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::Field;
    use proptest::prelude::*;

    fn told(found: &Found<'_>) -> String {
        let fields: Vec<_> = Field::ALL.iter().map(|&field| found.fields.get(field).map(<[u8]>::to_vec)).collect();
        format!("{:?} {} {:?} {fields:?}", found.stamp, found.cut, found.members)
    }

    /// The same by one template after the other.
    fn each(templates: &[Template], least: u32, text: &[u8]) -> Option<String> {
        let able = templates.iter().filter(|template| template.specificity() >= least);
        able.filter_map(|template| template.read(text)).next().map(|found| told(&found))
    }

    const OPS: [&str; 15] = [
        "a",
        "b ",
        "<status:status>",
        "<user:word>",
        "~",
        "[[<level:level>b]]",
        "<message:text>",
        "\"<path:quoted>\"",
        "<rule:label>",
        "<timestamp:epoch> ",
        "[[<timestamp:epoch> <user:word>,]]",
        "[[<src:endpoint> ]]",
        "<reason:rest>",
        "[[<pid:int>,]]",
        "<:int>",
    ];
    const PIECES: [&str; 14] =
        ["a", "b", " ", "503", "x", "INFO", "\"", "a\" ", "1795335814 ", "10.0.0.1:80 ", "7,", "-", "[", "b "];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_first_that_fits_is_taken(
            ends in prop::collection::vec((0usize..5, prop::collection::vec(0usize..OPS.len(), 1..5)), 1..7),
            beginning in prop::collection::vec(0usize..OPS.len(), 5),
            texts in prop::collection::vec(prop::collection::vec(0usize..PIECES.len(), 0..9), 1..12),
            least in 0u32..4,
        ) {
            let source = |(shared, own): &(usize, Vec<usize>)| {
                beginning[..*shared].iter().chain(own).map(|&at| OPS[at]).collect::<String>()
            };
            let templates: Vec<Template> =
                ends.iter().filter_map(|end| Template::compile(&source(end)).ok()).collect();
            let ladder = Ladder::new(templates.iter().cloned().map(Box::new).collect());
            for text in texts {
                let text: String = text.into_iter().map(|at| PIECES[at]).collect();
                let mut found = Found::default();
                let read = ladder.read_into(least, text.as_bytes(), &mut found).then(|| told(&found));
                prop_assert_eq!(&read, &each(&templates, least, text.as_bytes()), "{}", text);
                if read.is_none() {
                    prop_assert_eq!(told(&found), told(&Found::default()));
                }
                let fitting = templates.iter().find(|template| template.fits(text.as_bytes()));
                let place = |template: &Template| format!("{:?}", template.ops);
                prop_assert_eq!(ladder.fitting(text.as_bytes()).map(place), fitting.map(place));
            }
        }
    }
}
