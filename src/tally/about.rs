//! What a hit is about, as its line says it.

use super::Scope;
use super::subject::host_of;
use crate::detect::settle::Reading;
use crate::model::field::Field;
use crate::model::lossy::lossy;
use crate::model::record::Record;
use crate::spot::{Hit, Signatures};

/// The parts of a [`Scope`], none of which is owned yet. The log is not among them: it is the same for a whole member.
#[derive(Debug)]
pub(super) struct About<'r> {
    pub(super) host: &'r [u8],
    pub(super) service: &'r [u8],
    pub(super) upstream: &'r [u8],
    /// Where the upstream is an address that a packet was sent to: its port.
    pub(super) port: Option<&'r [u8]>,
    pub(super) program: &'r [u8],
    pub(super) topic: &'r [u8],
}

impl<'r> About<'r> {
    /// What a hit is about, with what tells hits of one signature apart that have different reasons.
    pub(super) fn hit(
        signatures: &Signatures,
        hit: &Hit,
        record: &'r Record<'_>,
        reading: &'r Reading,
        topic: &'r str,
    ) -> Self {
        let told = signatures.subject(hit, record);
        let named = |told: Option<&'r [u8]>, field| told.or_else(|| record.fields.get(field)).unwrap_or_default();
        let (mut upstream, mut port) = (named(told.upstream, Field::Upstream), None);
        if upstream.is_empty()
            && let Some(target) = record.fields.get(Field::Dst)
        {
            (upstream, port) = (target, record.fields.get(Field::DstPort));
        }
        let host = told.host.unwrap_or_else(|| host_of(reading, record.fields.get(Field::Host)));
        Self {
            host,
            service: named(told.service, Field::Service),
            upstream,
            port,
            program: named(told.program, Field::Program),
            topic: topic.as_bytes(),
        }
    }

    /// What a scope is about.
    pub(super) fn scope(scope: &'r Scope) -> Self {
        Self {
            host: scope.host.as_bytes(),
            service: scope.service.as_bytes(),
            upstream: scope.upstream.as_bytes(),
            port: None,
            program: scope.program.as_bytes(),
            topic: scope.topic.as_bytes(),
        }
    }

    /// Writes the parts that are told apart at `level` (see [`Scope::coarser`]) one behind the other, so that others
    /// never look the same.
    pub(super) fn write(&self, level: u8, key: &mut Vec<u8>) {
        let told = |below: u8, text: &'r [u8]| if level < below { text } else { b"" };
        let texts = [told(3, self.host), told(2, self.service), told(2, self.program), told(1, self.topic)];
        let (upstream, port) = (told(1, self.upstream), self.port.filter(|_| level < 1));
        // All lengths first, so that most parts, which say nothing, cost nothing more.
        let mut lengths = [0; 20];
        let upstream_length = upstream.len() + port.map_or(0, |port| port.len() + 1);
        let each = texts.iter().map(|text| text.len()).chain([upstream_length]);
        for (written, length) in lengths.as_chunks_mut::<4>().0.iter_mut().zip(each) {
            *written = (length as u32).to_le_bytes();
        }
        key.extend_from_slice(&lengths);
        for text in texts.into_iter().chain([upstream]).filter(|text| !text.is_empty()) {
            key.extend_from_slice(text);
        }
        if let Some(port) = port {
            key.push(b':');
            key.extend_from_slice(port);
        }
    }

    /// The scope in a log of this name.
    pub(super) fn to_scope(&self, log: &str) -> Scope {
        let text = |bytes| lossy(bytes).into_owned();
        Scope {
            host: text(self.host),
            log: log.to_owned(),
            service: text(self.service),
            upstream: match self.port {
                Some(port) => format!("{}:{}", lossy(self.upstream), lossy(port)),
                None => text(self.upstream),
            },
            program: text(self.program),
            topic: text(self.topic),
        }
    }
}
