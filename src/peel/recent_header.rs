//! The syslog header of the line before: a busy program writes many lines in a second, and all have the same one.

use super::{Envelope, Peeled, syslog};
use crate::model::part::place;
use crate::model::stamp::{Civil, Stamp};
use crate::model::stamp_format::{place_of_second, plain_second};
use std::borrow::Cow;
use std::ops::Range;

/// A header that names a host and a program, perhaps with its process id, and what it says. All of that is read from the
/// header alone, so a line that begins with the same bytes says the same; but what looks like the name of a program is
/// the prefix of a packet filter's rule where a packet follows.
#[derive(Debug, Default)]
pub struct RecentHeader {
    /// From the start of the line to the message; empty when there is none.
    text: Vec<u8>,
    /// Where in it the two digits of the second stand.
    second: Option<usize>,
    stamp: Option<Stamp>,
    host: Option<Range<usize>>,
    program: Range<usize>,
    pid: Option<Range<usize>>,
    /// What stands where the program does may be the prefix of a rule.
    may_be_prefix: bool,
    level: Option<&'static str>,
    /// Counts the headers that were noted.
    number: u32,
}

impl RecentHeader {
    /// What stands behind the header and the host that it names, if the line has the recent header, but for the second.
    #[inline]
    pub fn strip<'a>(&mut self, line: &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        if !self.is_of(line) {
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
        if self.is_of(line) {
            let part = |range: &Range<usize>| Some(Cow::Borrowed(&line[range.clone()]));
            return Some(Peeled {
                by: Envelope::Syslog,
                message: Cow::Borrowed(&line[self.text.len()..]),
                stamp: self.stamp,
                host: self.host.as_ref().and_then(part),
                program: part(&self.program),
                pid: self.pid.as_ref().and_then(part),
                level: self.level,
                unfinished: false,
            });
        }
        self.text.clear();
        self.number = self.number.wrapping_add(1);
        let peeled = syslog::peel(line)?;
        self.note(line, &peeled);
        Some(peeled)
    }

    /// Whether a line has the recent header, but for the second, and says the same by it.
    #[inline]
    fn is_of(&mut self, line: &[u8]) -> bool {
        !self.text.is_empty()
            && self.begins(line)
            && !(self.may_be_prefix && syslog::is_packet_line(&line[self.text.len()..]))
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
        let program = place(line, peeled.program.as_ref()?)?;
        let pid = match &peeled.pid {
            Some(pid) => Some(place(line, pid)?),
            None => None,
        };
        let message = place(line, &peeled.message)?;
        // `host program[pid]: ` or `host program: `: no other header ends like that, and nothing else of this one is told
        // from the message.
        let end = match &pid {
            Some(pid) => (program.end + 1 == pid.start && line[pid.end..].starts_with(b"]: ")).then_some(pid.end + 3),
            None => line[program.end..].starts_with(b": ").then_some(program.end + 2),
        };
        let tag = host.as_ref().is_some_and(|host| host.end + 1 == program.start) && end == Some(message.start);
        if tag && message.end == line.len() {
            self.may_be_prefix = pid.is_none() && line[program.clone()] != *b"kernel";
            (self.program, self.pid) = (program, pid);
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
            picks in prop::collection::vec((0usize..12, 0usize..11, 0u8..70), 1..12),
        ) {
            const HEADERS: [&str; 12] = [
                "Nov 22 08:04:28 lb1 haproxy[7]: ",
                "<134>Nov 22 08:04:28 lb1 haproxy[7]: ",
                "Nov 22 08:04:28 lb1 haproxy[7]:",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd[7]: ",
                "<30>1 2026-11-22T08:04:28Z lb01 app 7 - - ",
                "2026-11-22T08:04:28.5Z web1 nginx[7]: ",
                "Nov 22 08:04:28 haproxy[7]: ",
                "Nov 22 08:04:28 kern.warn kernel[7]: ",
                "Nov 22 08:04:28 lb1 kernel: ",
                "Nov 22 08:04:28 lb1 drop: ",
                "Nov 22 08:04:28 lb1 drop:",
                "Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd: ",
            ];
            const MESSAGES: [&str; 11] = [
                "", " ", "x", "IN=a OUT=b", ": %ASA-4-1: x", "%ASA-4-1: x", "Nov 22 08:04:27 web1 app[1]: x", "[1.5] y",
                "]: z", "  IN=a OUT=b", "INFO IN=a OUT=b",
            ];
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
