//! Which envelope and which layouts a run of lines has: a vote of many lines, not the look of the first.

use super::catalogue::{Layouts, wildcard};
use super::contest::Contest;
use super::headings::Headings;
use super::layout::Layout;
use crate::peel::{Envelope, Peeled, RecentHeader, ansi};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Envelopes may hold envelopes; three deep has been seen, more is noise.
const MAX_ENVELOPES: usize = 3;
/// Lines that are looked at for what a shipper sent.
const SHIPPED_SAMPLE: usize = 24;
/// Lines that vote for an envelope.
const ENVELOPE_SAMPLE: usize = 200;
/// After so many lines in sequence that all have the same layouts, every so many are looked at.
const ALIKE: u32 = 48;
/// See [`ALIKE`].
const EVERY: u32 = 8;

/// A line after its envelopes.
#[derive(Debug, Clone)]
pub struct Bare<'a> {
    /// What the program wrote.
    pub message: Cow<'a, [u8]>,
    /// What the envelopes said, the innermost that said it; the message in it is empty.
    pub carrier: Option<Peeled<'a>>,
}

/// What a run of lines was taken for.
#[derive(Debug, Clone, Default)]
pub struct Recognition {
    /// Envelopes from the outside in.
    pub envelopes: Vec<Envelope>,
    /// Layouts, and how many of the sampled lines each was the best fit of; most lines first, then by index.
    /// Layouts that fit a line equally well all count it.
    pub votes: Vec<(usize, u32)>,
    /// What headings say about the columns.
    pub headings: Headings,
    /// Lines that fitted a layout.
    pub recognized: u32,
    /// Lines that should have: neither blank nor the continuation of a record.
    pub considered: u32,
}

impl Recognition {
    /// Share of the lines that fitted, 0 to 1.
    pub fn score(&self) -> f64 {
        if self.considered == 0 { 0.0 } else { f64::from(self.recognized) / f64::from(self.considered) }
    }
}

/// Takes the envelopes off a line, as far as it has them.
pub fn unwrap<'a>(envelopes: &[Envelope], line: &'a [u8]) -> Bare<'a> {
    unwrap_plain(envelopes, ansi::strip(line))
}

/// The same for one line after the other, whose colours were taken off. Always in place, as to copy what it gives from one
/// function to the next takes longer than to find it.
#[inline(always)]
pub fn unwrap_next<'a>(header: &mut RecentHeader, envelopes: &[Envelope], line: Cow<'a, [u8]>) -> Bare<'a> {
    match (envelopes, &line) {
        (&[], _) => Bare { message: line, carrier: None },
        (&[Envelope::Syslog], &Cow::Borrowed(text)) => match header.peel(text) {
            None => Bare { message: line, carrier: None },
            Some(mut peeled) => Bare { message: std::mem::take(&mut peeled.message), carrier: Some(peeled) },
        },
        _ => unwrap_plain(envelopes, line),
    }
}

/// The same for a line whose colours were taken off.
pub fn unwrap_plain<'a>(envelopes: &[Envelope], line: Cow<'a, [u8]>) -> Bare<'a> {
    let mut bare = Bare { message: line, carrier: None };
    if envelopes.is_empty() {
        return bare;
    }
    for envelope in envelopes {
        let peeled = match &bare.message {
            Cow::Borrowed(text) => envelope.peel(text),
            // The outer envelope had to be unescaped, so what the inner one says has to be owned too.
            Cow::Owned(text) => envelope.peel(text).map(owned),
        };
        let Some(mut peeled) = peeled else { break };
        bare.message = std::mem::take(&mut peeled.message);
        bare.carrier = Some(match bare.carrier {
            None => peeled,
            Some(outer) => Peeled {
                by: peeled.by,
                message: Cow::Borrowed(b""),
                stamp: outer.stamp.or(peeled.stamp),
                host: peeled.host.or(outer.host),
                program: peeled.program.or(outer.program),
                pid: peeled.pid.or(outer.pid),
                level: peeled.level.or(outer.level),
                unfinished: outer.unfinished || peeled.unfinished,
            },
        });
    }
    // An envelope may have had the colours in escaped form.
    if let Cow::Owned(text) = &bare.message
        && let Cow::Owned(plain) = ansi::strip(text)
    {
        bare.message = Cow::Owned(plain);
    }
    bare
}

fn owned<'a>(peeled: Peeled<'_>) -> Peeled<'a> {
    let own = |text: Cow<'_, [u8]>| Cow::Owned(text.into_owned());
    Peeled {
        by: peeled.by,
        message: own(peeled.message),
        stamp: peeled.stamp,
        host: peeled.host.map(own),
        program: peeled.program.map(own),
        pid: peeled.pid.map(own),
        level: peeled.level,
        unfinished: peeled.unfinished,
    }
}

/// Recognizes a sample of the lines of the member called `name`.
pub fn recognize(layouts: &Layouts, name: &str, lines: &[&[u8]]) -> Recognition {
    let every = lines.len().div_ceil(ENVELOPE_SAMPLE).max(1);
    let sample: Vec<&[u8]> = lines.iter().copied().step_by(every).collect();
    let mut envelopes = vote_envelopes(&sample, &Envelope::ALL);
    if let Some(at) = envelopes.iter().position(|&envelope| envelope == Envelope::Shipped)
        && !holds_lines(layouts, name, &envelopes[..=at], &sample)
    {
        envelopes = vote_envelopes(&sample, Envelope::ALL.split_last().map_or(&[], |(_, others)| others));
    }
    let mut votes: BTreeMap<usize, u32> = BTreeMap::new();
    let (mut recognized, mut considered) = (0, 0);
    let mut continued = false;
    let mut open: Option<usize> = None;
    let (mut headings, mut header) = (Headings::default(), RecentHeader::default());
    let mut contest = Contest::new(layouts, name);
    // What the last lines had, how many they are, and how many were left out since.
    let (mut recent, mut alike, mut skipped): (Vec<usize>, u32, u32) = Default::default();
    let columned: Vec<usize> = layouts.iter().filter(|(_, layout)| layout.has_headings()).map(|(at, _)| at).collect();
    let signs = layouts.heading_signs();
    for line in lines.iter().filter(|line| !line.trim_ascii().is_empty()) {
        // A heading may stand anywhere in a log that has one.
        if alike >= ALIKE && skipped + 1 < EVERY && headings.is_empty() {
            skipped += 1;
            continue;
        }
        skipped = 0;
        let bare = unwrap_next(&mut header, &envelopes, ansi::strip(line));
        if let Some(layout) = open.map(|layout| layouts.get(layout)) {
            if layout.closes(&bare.message) {
                open = None;
            }
            continue;
        }
        let heading = if signs.may_stand_in(&bare.message) {
            headings.note(layouts, columned.iter().copied(), &bare.message)
        } else {
            None
        };
        let remark = heading.as_ref().is_some_and(Vec::is_empty);
        let best = heading.unwrap_or_else(|| contest.best(&headings, &bare));
        if remark {
            continue;
        }
        alike = if recent == best && !best.is_empty() { alike + 1 } else { 0 };
        recent.clone_from(&best);
        if best.is_empty() {
            considered += u32::from(!continued);
            continue;
        }
        considered += 1;
        recognized += 1;
        open = best.iter().copied().find(|&layout| layouts.get(layout).stays_open(&bare.message));
        if open.is_some() {
            alike = 0;
        }
        continued = best.iter().any(|&layout| layouts.get(layout).continuation);
        for layout in best {
            *votes.entry(layout).or_default() += 1;
        }
    }
    let mut votes: Vec<(usize, u32)> = votes.into_iter().collect();
    votes.sort_by_key(|&(layout, count)| (std::cmp::Reverse(count), layout));
    Recognition { envelopes, votes, headings, recognized, considered }
}

/// Whether what stands in these envelopes are lines of programs that are known, or lines in further envelopes. What is
/// just text is told better by the object that holds it.
fn holds_lines(layouts: &Layouts, name: &str, envelopes: &[Envelope], lines: &[&[u8]]) -> bool {
    let mut contest = Contest::new(layouts, name);
    let headings = Headings::default();
    let (mut held, mut known) = (0_usize, 0);
    for line in lines.iter().take(SHIPPED_SAMPLE) {
        let bare = unwrap(envelopes, line);
        if bare.carrier.as_ref().is_some_and(|carrier| carrier.by == Envelope::Shipped) {
            held += 1;
            let inner = || Envelope::Syslog.peel(&bare.message).is_some();
            let specific = contest.best(&headings, &bare).iter().any(|&layout| {
                let layout = layouts.get(layout);
                !layout.text.generic && !layout.reads_anything()
            });
            known += usize::from(specific || inner());
        }
    }
    known * 2 >= held.max(1)
}

/// The envelopes of `among` that at least half of the lines have, from the outside in.
fn vote_envelopes(lines: &[&[u8]], among: &[Envelope]) -> Vec<Envelope> {
    let mut chosen = Vec::new();
    while chosen.len() < MAX_ENVELOPES {
        let mut filled = 0_usize;
        let mut counts = vec![0_usize; among.len()];
        for (seen, line) in lines.iter().enumerate() {
            let bare = unwrap(&chosen, line);
            if bare.message.trim_ascii().is_empty() {
                continue;
            }
            let before = filled;
            filled += 1;
            // One that more than half of all lines refuse, whatever the further ones are, need not be asked again.
            let most = filled + lines.len() - seen - 1;
            for (count, &envelope) in counts.iter_mut().zip(among).filter(|(count, _)| 2 * (before - **count) <= most) {
                *count += usize::from(!chosen.contains(&envelope) && envelope.peel(&bare.message).is_some());
            }
        }
        let best = counts.iter().zip(among).max_by_key(|&(count, envelope)| (*count, std::cmp::Reverse(*envelope)));
        match best {
            // A carrier's line may hold several physical lines of an application, so half is enough.
            Some((&count, &envelope)) if count > 0 && count * 2 >= filled => chosen.push(envelope),
            _ => break,
        }
    }
    chosen
}

/// How much a line must have in common with a layout. Without a carrier that names the program, a template of
/// little more than `<message>` would read any text; but a layout that asks for an envelope is meant to.
pub fn least_fit(layout: &Layout, bare: &Bare<'_>) -> u32 {
    let named = bare.carrier.as_ref().is_some_and(|carrier| carrier.program.is_some());
    if named || !layout.text.envelopes.is_empty() { 1 } else { 10 }
}

/// Whether a layout can stand behind this carrier: one that names programs, only behind such a program (or in a
/// file of its own, where nothing names a program); one that names envelopes, only behind such an envelope.
pub fn may_carry(layout: &Layout, bare: &Bare<'_>) -> bool {
    let by = bare.carrier.as_ref().map(|carrier| carrier.by);
    if !layout.text.envelopes.is_empty() && by.is_none_or(|by| !layout.text.envelopes.contains(&by)) {
        return false;
    }
    let program = bare.carrier.as_ref().and_then(|carrier| carrier.program.as_deref());
    match program {
        Some(program) if !layout.text.programs.is_empty() => names(layout, program),
        // `programs = ["*"]` is any program, and none.
        None if !layout.text.envelopes.is_empty() => names(layout, b""),
        _ => true,
    }
}

/// Whether a layout names this program.
pub fn names(layout: &Layout, program: &[u8]) -> bool {
    layout.text.programs.iter().any(|pattern| wildcard(pattern, program))
}
