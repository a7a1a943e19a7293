//! The parts of a line that most access logs have, each read at once: the front of the Common Log Format,
//! `203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] "GET / HTTP/1.1" 503 `, and what the combined one has behind it,
//! ` "https://www.example.org/" "curl/8"`.
//!
//! To go from step to step took twice as long as to read what they find.

use super::addresses::address_end;
use super::values::{Shape, request_line, unquoted};
use super::{Step, What};
use crate::detect::template::kind::Formats;
use crate::detect::template::skim::{Place, Skim};

/// A part of a line that stands for several steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Usual {
    Front(Front),
    Quotes(Quotes),
}

impl Usual {
    /// What can be read at once instead of the first of these steps, and how many of them.
    pub(super) fn of(steps: &[Step]) -> Option<(Self, usize)> {
        let front = || Some((Self::Front(Front::of(steps.first_chunk()?)?), 6));
        let quotes = || {
            let (first, further) = steps.split_first_chunk()?;
            // A line that is cut inside quotes fits without what must stand behind them.
            further.iter().all(Step::may_be_missing).then_some(())?;
            Some((Self::Quotes(Quotes::of(first)?), 3))
        };
        front().or_else(quotes)
    }

    /// Reads it where it has its usual form, and gives its length; nothing, and nothing kept, where it has another.
    #[inline]
    pub(super) fn read<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
        match self {
            Self::Front(front) => front.read(text, skim),
            Self::Quotes(quotes) => quotes.read(text, skim),
        }
    }
}

/// What is filled by the front of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Front {
    client: Place,
    formats: Formats,
    status: Place,
}

impl Front {
    fn of(steps: &[Step; 6]) -> Option<Self> {
        let ends: [&[u8]; 6] = [b" ", b" ", b" [", b"] \"", b"\" ", b" "];
        if !steps.iter().zip(ends).all(|(step, end)| step.then.is(end)) {
            return None;
        }
        let [client, identity, user, time, request, status] = steps;
        match (&client.what, &identity.what, &user.what, &time.what, &request.what, &status.what) {
            (
                What::Word { shape: Shape::Forwarded, place: client, .. },
                What::Word { shape: Shape::Ident, .. },
                What::Text { .. },
                What::Time { formats, counts: true },
                What::Request { .. },
                What::Status(status),
            ) => Some(Self { client: *client, formats: *formats, status: *status }),
            _ => None,
        }
    }

    #[inline]
    fn read<'a>(&self, line: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
        let Start { client, length } = self.start(line, skim)?;
        let request = &line[length..];
        let quote = unquoted(request)?;
        let status = three_digits(request[quote..].strip_prefix(b"\" ")?)?;
        skim.put(self.client, client);
        skim.stamp_recent();
        request_line(&request[..quote], skim);
        skim.put(self.status, status);
        Some(length + quote + 6)
    }

    /// What stands in front of the request line, in its usual form; its timestamp is the recent one then.
    #[inline(always)]
    pub(super) fn start<'a>(&self, line: &'a [u8], skim: &mut Skim<'_>) -> Option<Start<'a>> {
        let client = address_end(line)?;
        let dated = line[client..].strip_prefix(b" - - [")?;
        let taken = skim.recent.read(self.formats, dated)?;
        let request = dated.get(taken..)?.strip_prefix(b"] \"")?;
        Some(Start { client: &line[..client], length: line.len() - request.len() })
    }

    /// Whether these are the places that it fills.
    pub(super) fn fills(&self, client: Place, status: Place) -> bool {
        (self.client, self.status) == (client, status)
    }
}

/// What a line says in front of its request.
pub(super) struct Start<'a> {
    pub(super) client: &'a [u8],
    /// Bytes up to the request, with the quote before it.
    pub(super) length: usize,
}

/// The three digits that stand in front, if a blank follows.
#[inline(always)]
pub(super) fn three_digits(text: &[u8]) -> Option<&[u8]> {
    matches!(text, [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b' ', ..]).then(|| &text[..3])
}

/// Two quoted texts, each behind a blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotes {
    first: Place,
    second: Place,
}

impl Quotes {
    fn of([start, first, second]: &[Step; 3]) -> Option<Self> {
        if !(start.then.is(b" \"") && first.then.is(b"\" \"") && second.then.is(b"\"")) {
            return None;
        }
        match (&start.what, &first.what, &second.what) {
            (What::Literal, What::Quoted { place: first, .. }, What::Quoted { place: second, .. }) => {
                Some(Self { first: *first, second: *second })
            }
            _ => None,
        }
    }

    #[inline]
    fn read<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
        let inside = text.strip_prefix(b" \"")?;
        let first = unquoted(inside)?;
        let behind = inside[first..].strip_prefix(b"\" \"")?;
        let second = unquoted(behind)?;
        skim.put(self.first, &inside[..first]);
        skim.put(self.second, &behind[..second]);
        Some(text.len() - behind.len() + second + 1)
    }

    /// Whether these are the places that it fills.
    pub(super) fn fills(&self, first: Place, second: Place) -> bool {
        (self.first, self.second) == (first, second)
    }
}
