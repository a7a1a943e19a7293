//! The syslog header of the line before: a busy program writes many lines in a second, and all have the same one.

use super::{Envelope, Peeled, syslog};
use crate::model::part::place;
use crate::model::stamp::{Civil, Stamp};
use crate::model::stamp_format::{place_of_second, plain_second};
use std::borrow::Cow;
use std::ops::Range;

/// A header that names a program and its process id, and what it says. All of that is read from the header alone, so a
/// line that begins with the same bytes says the same.
#[derive(Debug, Default)]
pub struct RecentHeader {
    /// From the start of the line to the message; empty when there is none.
    text: Vec<u8>,
    /// Where in it the two digits of the second stand.
    second: Option<usize>,
    stamp: Option<Stamp>,
    host: Option<Range<usize>>,
    program: Range<usize>,
    pid: Range<usize>,
    level: Option<&'static str>,
    /// Counts the headers that were noted.
    number: u32,
}

impl RecentHeader {
    /// What stands behind the header and the host that it names, if the line has the recent header, but for the second.
    #[inline]
    pub fn strip<'a>(&mut self, line: &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        if self.text.is_empty() || !self.begins(line) {
            return None;
        }
        Some((&line[self.text.len()..], self.host.clone().map(|host| &line[host])))
    }

    /// A number that changes with the recent header, unless that is another second of it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The same as [`Envelope::Syslog`]'s [`Envelope::peel`].
    pub fn peel<'a>(&mut self, line: &'a [u8]) -> Option<Peeled<'a>> {
        if !self.text.is_empty() && self.begins(line) {
            let part = |range: &Range<usize>| Some(Cow::Borrowed(&line[range.clone()]));
            return Some(Peeled {
                by: Envelope::Syslog,
                message: Cow::Borrowed(&line[self.text.len()..]),
                stamp: self.stamp,
                host: self.host.as_ref().and_then(part),
                program: part(&self.program),
                pid: part(&self.pid),
                level: self.level,
                unfinished: false,
            });
        }
        let peeled = syslog::peel(line)?;
        self.text.clear();
        self.number = self.number.wrapping_add(1);
        self.note(line, &peeled);
        Some(peeled)
    }

    /// Whether a line has this header, but for the second, which is noted then.
    fn begins(&mut self, line: &[u8]) -> bool {
        let Some(text) = line.get(..self.text.len()) else { return false };
        if *text == self.text {
            return true;
        }
        let (Some(at), Some(Stamp::Calendar { civil, fraction, stated_year, zone })) = (self.second, self.stamp) else {
            return false;
        };
        if text[..at] != self.text[..at] || text[at + 2..] != self.text[at + 2..] {
            return false;
        }
        let Some(second) = plain_second(&text[at..at + 2]) else { return false };
        self.text[at..at + 2].copy_from_slice(&text[at..at + 2]);
        let civil = Civil { second, ..civil };
        self.stamp = Some(Stamp::Calendar { civil, fraction, stated_year, zone });
        true
    }

    fn note(&mut self, line: &[u8], peeled: &Peeled<'_>) -> Option<()> {
        let host = match &peeled.host {
            Some(host) => Some(place(line, host)?),
            None => None,
        };
        (self.program, self.pid) = (place(line, peeled.program.as_ref()?)?, place(line, peeled.pid.as_ref()?)?);
        let message = place(line, &peeled.message)?;
        // `host program[pid]: `: no other header ends like that, and nothing of this one is told from the message.
        let tag = host.as_ref().is_some_and(|host| host.end + 1 == self.program.start)
            && self.program.end + 1 == self.pid.start
            && self.pid.end + 3 == message.start
            && line[self.pid.end..].starts_with(b"]: ");
        if tag && message.end == line.len() {
            (self.host, self.stamp, self.level) = (host, peeled.stamp, peeled.level);
            self.text.extend_from_slice(&line[..message.start]);
            self.second = match self.stamp {
                Some(Stamp::Calendar { civil, .. }) => place_of_second(&self.text, civil),
                _ => None,
            };
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(peeled: Option<Peeled<'_>>) -> Option<String> {
        let text = |part: Option<Cow<'_, [u8]>>| part.map(|part| String::from_utf8_lossy(&part).into_owned());
        peeled.map(|peeled| {
            let (host, program, pid) = (text(peeled.host), text(peeled.program), text(peeled.pid));
            format!(
                "{:?} {:?} {host:?} {program:?} {pid:?} {:?}",
                peeled.stamp,
                peeled.level,
                text(Some(peeled.message))
            )
        })
    }

    proptest! {
        #[test]
        fn a_line_says_the_same_whatever_stood_before_it(
            picks in prop::collection::vec((0usize..8, 0usize..9, 0u8..70), 1..12),
        ) {
            const HEADERS: [&str; 8] = [
                "Nov 22 08:04:28 lb1 haproxy[7]: ",
                "<134>Nov 22 08:04:28 lb1 haproxy[7]: ",
                "Nov 22 08:04:28 lb1 haproxy[7]:",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd[7]: ",
                "<30>1 2026-11-22T08:04:28Z lb01 app 7 - - ",
                "2026-11-22T08:04:28.5Z web1 nginx[7]: ",
                "Nov 22 08:04:28 haproxy[7]: ",
                "Nov 22 08:04:28 kern.warn kernel[7]: ",
            ];
            const MESSAGES: [&str; 9] =
                ["", " ", "x", "IN=a OUT=b", ": %ASA-4-1: x", "%ASA-4-1: x", "Nov 22 08:04:27 web1 app[1]: x", "[1.5] y", "]: z"];
            let mut recent = RecentHeader::default();
            for (header, message, second) in picks {
                let header = HEADERS[header].replacen(":28", &format!(":{second:02}"), 1);
                let line = format!("{header}{}", MESSAGES[message]);
                let alone = parts(Envelope::Syslog.peel(line.as_bytes()));
                prop_assert_eq!(parts(recent.peel(line.as_bytes())), alone, "{}", line);
            }
        }
    }
}
