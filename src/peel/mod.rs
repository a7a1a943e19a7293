//! In: one physical line. Out: the line without what carried it, and what the carrier said about it.
//! Promise: nothing is copied unless the carrier escaped it; a line that has no envelope is refused, not guessed at.
//! Why so: the envelope is not the product. Peeling first lets one nginx layout serve files, syslog, Docker and
//! journald alike; layouts that each knew every envelope would be a product of both lists.

mod container;
mod device;
pub mod json;
mod structured;
mod syslog;

use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// What may be wrapped around a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Envelope {
    /// A syslog header, RFC 3164 in its variants or RFC 5424; `journalctl -o short*` writes the same.
    Syslog,
    /// Docker's `json-file` driver.
    DockerJson,
    /// The Kubernetes container runtime interface.
    Cri,
    /// `journalctl -o json`.
    JournalJson,
}

impl Envelope {
    /// Every envelope, the most telling first.
    pub const ALL: [Envelope; 4] = [Envelope::DockerJson, Envelope::JournalJson, Envelope::Cri, Envelope::Syslog];

    /// The name that reports print.
    pub fn name(self) -> &'static str {
        match self {
            Envelope::Syslog => "syslog",
            Envelope::DockerJson => "docker-json",
            Envelope::Cri => "cri",
            Envelope::JournalJson => "journal-json",
        }
    }

    /// Takes this envelope off `line`; nothing when the line does not have it.
    pub fn peel(self, line: &[u8]) -> Option<Peeled<'_>> {
        match self {
            Envelope::Syslog => syslog::peel(line),
            Envelope::DockerJson => container::docker(line),
            Envelope::Cri => container::cri(line),
            Envelope::JournalJson => container::journal(line),
        }
    }
}

/// A line without its envelope.
#[derive(Debug, Clone)]
pub struct Peeled<'a> {
    /// What the program wrote.
    pub message: Cow<'a, [u8]>,
    /// When the carrier took it.
    pub stamp: Option<Stamp>,
    /// The machine.
    pub host: Option<Cow<'a, [u8]>>,
    /// The program or unit.
    pub program: Option<Cow<'a, [u8]>>,
    /// Its process id.
    pub pid: Option<Cow<'a, [u8]>>,
    /// Severity, where the carrier states one.
    pub level: Option<&'static str>,
    /// The carrier cut the line here; its next entry goes on with it.
    pub unfinished: bool,
}

impl<'a> Peeled<'a> {
    fn of(message: &'a [u8], stamp: Stamp) -> Self {
        Self {
            message: Cow::Borrowed(message),
            stamp: Some(stamp),
            host: None,
            program: None,
            pid: None,
            level: None,
            unfinished: false,
        }
    }

    fn with_message(mut self, message: Cow<'a, [u8]>) -> Self {
        self.message = message;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(envelope: Envelope, line: &str) -> Option<(String, String, String, String)> {
        let text = |value: Option<Cow<'_, [u8]>>| {
            value.map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default()
        };
        let peeled = envelope.peel(line.as_bytes())?;
        Some((text(peeled.host), text(peeled.program), text(peeled.pid), text(Some(peeled.message))))
    }

    fn strings(host: &str, program: &str, pid: &str, message: &str) -> Option<(String, String, String, String)> {
        Some((host.into(), program.into(), pid.into(), message.into()))
    }

    #[test]
    fn syslog_headers() {
        for (line, expected) in [
            ("Nov 22 08:04:28 lb01 haproxy[119]: x y", strings("lb01", "haproxy", "119", "x y")),
            ("<134>Nov  2 08:04:28 lb01 haproxy[119]: x", strings("lb01", "haproxy", "119", "x")),
            ("2026-11-22T08:04:28.222304+00:00 lb01 haproxy[119]: x", strings("lb01", "haproxy", "119", "x")),
            ("<30>1 2026-11-22T08:04:28Z lb01 app 7 ID1 [a@1 b=\"]\"] hello", strings("lb01", "app", "7", "hello")),
            ("<30>1 2026-11-22T08:04:28Z - app - - - hello", strings("", "app", "", "hello")),
            ("Nov 22 08:04:28 lb01 [UFW BLOCK] IN=eth0", strings("lb01", "", "", "[UFW BLOCK] IN=eth0")),
            ("Nov 22 08:04:28 lb01 kernel: [  12.5] Out", strings("lb01", "kernel", "", "[  12.5] Out")),
            ("Nov 22 08:04:28 web02 sudo:    alice : PWD=/", strings("web02", "sudo", "", "   alice : PWD=/")),
            ("Nov 22 08:04:28 kernel: x", strings("", "kernel", "", "x")),
            ("2026-11-22T08:04:28Z INFO main: started", None),
            ("2026-11-22T08:04:28Z web1 started without a tag", None),
            ("2026-11-22 08:04:28 web1 app: x", None),
            ("Nov 22 08:04:28 sw01 %ASA-4-106023: Deny", strings("sw01", "", "", "%ASA-4-106023: Deny")),
            ("Nov 22 2026 08:04:28 fw01 : %ASA-4-106023: Deny", strings("fw01", "", "", "%ASA-4-106023: Deny")),
            ("Nov 22 2026 08:04:28: %ASA-4-106023: Deny", strings("", "", "", "%ASA-4-106023: Deny")),
            ("Nov 22 2026 08:04:28 EST fw01 : %ASA-6-1: x", strings("fw01", "", "", "%ASA-6-1: x")),
            ("<166>%ASA-6-302013: Built", strings("", "", "", "%ASA-6-302013: Built")),
            ("<189>date=2026-11-22 time=08:04:28", strings("", "", "", "date=2026-11-22 time=08:04:28")),
            ("Nov 22 08:04:29 relay Nov 22 08:04:28 fw01 sshd[7]: x", strings("fw01", "sshd", "7", "x")),
            (
                "Nov 22 08:04:28 sw01 503: Nov 22 08:04:27: %SYS-5-X: y",
                strings("sw01", "", "", "503: Nov 22 08:04:27: %SYS-5-X: y"),
            ),
            (
                "Sun Nov 22 08:04:28 2026 kern.warn kernel: [1.5] DROP IN=a",
                strings("", "kernel", "", "[1.5] DROP IN=a"),
            ),
            ("Nov 22 08:04:28 OpenWrt kern.warn kernel: x", strings("OpenWrt", "kernel", "", "x")),
            ("2026:11:22-08:04:28 utm01 ulogd[9]: id=\"2001\"", strings("utm01", "ulogd", "9", "id=\"2001\"")),
            (
                "<14>1 2026-11-22T08:04:28Z srx RT_FLOW - DENY [junos@2636.1 a=\"]\"]",
                strings("srx", "RT_FLOW", "", "DENY [junos@2636.1 a=\"]\"]"),
            ),
            (
                "1 2026-11-22T08:04:28Z srx RT_FLOW - DENY [junos@2636.1 a=\"1\"] text",
                strings("srx", "RT_FLOW", "", "DENY [junos@2636.1 a=\"1\"] text"),
            ),
            (
                "87 <134>1 2026-11-22T08:04:28Z opn filterlog 9 - [meta sequenceId=\"1\"] 5,,,",
                strings("opn", "filterlog", "9", "5,,,"),
            ),
            (
                "<134>1 2026-11-22T08:04:28Z gw CheckPoint 9 - [action:\"Drop\"; src:\"::1\"]",
                strings("gw", "CheckPoint", "9", "[action:\"Drop\"; src:\"::1\"]"),
            ),
        ] {
            assert_eq!(parts(Envelope::Syslog, line), expected, "{line}");
        }
    }

    #[test]
    fn container_envelopes() {
        let docker = r#"{"log":"GET \"/\"\n","stream":"stdout","time":"2026-11-22T08:04:28.5Z"}"#;
        assert_eq!(parts(Envelope::DockerJson, docker), strings("", "", "", "GET \"/\""));
        assert!(parts(Envelope::DockerJson, r#"{"log":"x","level":"info","time":"2026-11-22T08:04:28Z"}"#).is_none());
        let cri = "2026-11-22T08:04:28.222304000Z stderr P half of";
        assert_eq!(parts(Envelope::Cri, cri), strings("", "", "", "half of"));
        assert!(Envelope::Cri.peel(cri.as_bytes()).unwrap().unfinished);
        let journal = r#"{"__REALTIME_TIMESTAMP":"1795335814785260","_HOSTNAME":"db1","SYSLOG_IDENTIFIER":"mariadbd","_PID":"9","PRIORITY":"3","MESSAGE":[72,105]}"#;
        assert_eq!(parts(Envelope::JournalJson, journal), strings("db1", "mariadbd", "9", "Hi"));
        assert_eq!(Envelope::JournalJson.peel(journal.as_bytes()).unwrap().level, Some("error"));
    }
}
