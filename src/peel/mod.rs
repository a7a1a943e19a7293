//! In: one physical line. Out: the line without what carried it, and what the carrier said about it.
//! Promise: nothing is copied unless the carrier escaped it; a line that has no envelope is refused, not guessed at.
//! Why so: the envelope is not the product. Peeling first lets one nginx layout serve files, syslog, Docker and
//! journald alike; layouts that each knew every envelope would be a product of both lists.

pub mod ansi;
mod beginning;
mod container;
mod device;
pub mod json;
mod prefix;
mod recent_header;
mod shipped;
mod structured;
mod syslog;

pub use recent_header::RecentHeader;

use crate::model::severity::SYSLOG;
use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// What may be wrapped around a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
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
    /// Graylog's extended log format, a JSON object a line.
    Gelf,
    /// The name that Compose, `kubectl logs --prefix` or pm2 put before a line.
    Prefix,
    /// The time that `docker logs --timestamps` puts before a line.
    Stamped,
    /// An event of Amazon CloudWatch Logs, as subscriptions and the command line give it.
    CloudWatch,
    /// What a shipper wraps around a line: an object with the line in it, as it was written.
    Shipped,
}

impl Envelope {
    /// Every envelope, the most telling first.
    pub const ALL: [Envelope; 9] = [
        Envelope::DockerJson,
        Envelope::CloudWatch,
        Envelope::JournalJson,
        Envelope::Gelf,
        Envelope::Cri,
        Envelope::Syslog,
        Envelope::Prefix,
        Envelope::Stamped,
        Envelope::Shipped,
    ];

    /// The name that reports print.
    pub fn name(self) -> &'static str {
        match self {
            Envelope::Syslog => "syslog",
            Envelope::DockerJson => "docker-json",
            Envelope::Cri => "cri",
            Envelope::JournalJson => "journal-json",
            Envelope::Gelf => "gelf",
            Envelope::Prefix => "prefix",
            Envelope::Stamped => "stamped",
            Envelope::CloudWatch => "cloud-watch",
            Envelope::Shipped => "shipped",
        }
    }

    /// Takes this envelope off `line`; nothing when the line does not have it.
    pub fn peel(self, line: &[u8]) -> Option<Peeled<'_>> {
        match self {
            Envelope::Syslog => syslog::peel(line),
            Envelope::DockerJson => container::docker(line),
            Envelope::Cri => container::cri(line),
            Envelope::JournalJson => container::journal(line),
            Envelope::Gelf => container::gelf(line),
            Envelope::Prefix => prefix::named(line),
            Envelope::Stamped => prefix::stamped(line),
            Envelope::CloudWatch => container::cloud_watch(line).or_else(|| prefix::tailed(line)),
            Envelope::Shipped => shipped::line(line),
        }
    }
}

/// A line without its envelope.
#[derive(Debug, Clone)]
pub struct Peeled<'a> {
    /// The envelope that was taken off, the innermost of several.
    pub by: Envelope,
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
    fn of(by: Envelope, message: &'a [u8], stamp: Stamp) -> Self {
        Self {
            by,
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

/// The name of a severity that is written as a digit (RFC 5424, table 2).
fn severity(written: &[u8]) -> Option<&'static str> {
    match written {
        [digit @ b'0'..=b'7'] => SYSLOG.get(usize::from(digit - b'0')).copied(),
        _ => None,
    }
}

/// Whether a word is what an application, and no carrier, writes behind its time.
fn is_level_word(word: &[u8]) -> bool {
    const LEVELS: [&str; 19] = [
        "INFO", "WARN", "WARNING", "ERROR", "ERR", "DEBUG", "TRACE", "FATAL", "CRITICAL", "CRIT", "NOTICE", "PANIC",
        "I", "W", "E", "F", "D", "SUBDEBUG", "DDEBUG",
    ];
    let word = word.strip_prefix(b"[").unwrap_or(word);
    // Most words that are asked for are names of machines: too long, or with a number.
    if word.len() > 10 || word.last().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let word = word.strip_suffix(b"]").or_else(|| word.strip_suffix(b":")).unwrap_or(word);
    std::str::from_utf8(word).is_ok_and(|word| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)))
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
    fn words_of_applications() {
        for word in ["INFO", "info:", "[Warn]", "[SUBDEBUG]", "[subdebug:", "e"] {
            assert!(is_level_word(word.as_bytes()), "{word}");
        }
        for word in ["app1", "", "[]", "information", "infos", "db-prod.local"] {
            assert!(!is_level_word(word.as_bytes()), "{word}");
        }
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
            ("Nov 22 08:04:28 lb01 drop:  IN=eth0 OUT= x", strings("lb01", "", "", "drop:  IN=eth0 OUT= x")),
            ("Nov 22 08:04:28 lb01 kernel: [  12.5] Out", strings("lb01", "kernel", "", "[  12.5] Out")),
            ("Nov 22 08:04:28 web02 sudo:    alice : PWD=/", strings("web02", "sudo", "", "   alice : PWD=/")),
            ("Nov 22 08:04:28 kernel: x", strings("", "kernel", "", "x")),
            ("Sun 2026-11-22 08:04:28 UTC web1 nginx[7]: x", strings("web1", "nginx", "7", "x")),
            ("1795335814.785260 web1 nginx[7]: x", strings("web1", "nginx", "7", "x")),
            ("Nov 22 08:04:28 relay Nov 22 08:04:27 web1 app[1]: x", strings("web1", "app", "1", "x")),
            ("2026-11-22T08:04:28Z relay 2026-11-22T08:04:27Z web1 app[1]: x", strings("web1", "app", "1", "x")),
            ("213 <30>1 2026-11-22T08:04:28Z lb01 app - - - x", strings("lb01", "app", "", "x")),
            (
                "2026-11-22T08:04:28Z web1 last message repeated 3 times",
                strings("web1", "", "", "last message repeated 3 times"),
            ),
            ("Nov 22 08:04:28 Updated: nginx-1.20", None),
            ("Nov 22 08:04:28 web1 app: error: Nov 22", strings("web1", "app", "", "error: Nov 22")),
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
    fn prefixes_of_containers() {
        for (envelope, line, expected) in [
            (Envelope::Prefix, "app-1  | started", strings("app-1", "", "", "started")),
            (Envelope::Prefix, "db-1   |", strings("db-1", "", "", "")),
            (Envelope::Prefix, "0|shop  | started", strings("shop", "", "", "started")),
            (Envelope::Prefix, "[pod/shop-7d/app] started", strings("shop-7d", "", "", "started")),
            (Envelope::Prefix, "a|b", None),
            (Envelope::Prefix, "two words | x", None),
            (Envelope::Stamped, "2026-11-22T08:04:28.222304123Z started", strings("", "", "", "started")),
            (Envelope::Stamped, "2026-11-22T08:04:28.222304123Z INFO started", None),
            (Envelope::Stamped, "2026-11-22T08:04:28.222304Z started", None),
            (
                Envelope::Gelf,
                r#"{"version":"1.1","host":"app1","short_message":"a","full_message":"a\nb","timestamp":1795335814.785,"level":3}"#,
                strings("app1", "", "", "a\nb"),
            ),
            (Envelope::Gelf, r#"{"version":"1.1","short_message":"a","timestamp":1795335814.785}"#, None),
        ] {
            assert_eq!(parts(envelope, line), expected, "{line}");
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
        let event = r#"{"logGroup":"/ecs/web","logStream":"web/nginx/5f","id":"3712","timestamp":1795335814785,"message":"GET\n"}"#;
        assert_eq!(parts(Envelope::CloudWatch, event), strings("", "", "", "GET"));
        let event = "2026-11-22T08:23:34.785000+00:00 web/nginx/5f GET /";
        assert_eq!(parts(Envelope::CloudWatch, event), strings("", "", "", "GET /"));
        let event = "2026-11-22T08:23:34.785000+00:00 web1 nginx[5]: GET /";
        assert!(parts(Envelope::CloudWatch, event).is_none());
        let event = r#"{"logStreamName":"i-0a1b","timestamp":1795335814785,"message":"x","ingestionTime":1795335814999,"eventId":"3712"}"#;
        assert_eq!(parts(Envelope::CloudWatch, event), strings("", "", "", "x"));
        assert!(parts(Envelope::CloudWatch, r#"{"timestamp":1795335814785,"message":"x"}"#).is_none());
        assert!(
            parts(Envelope::CloudWatch, r#"{"id":"7","timestamp":1795335814785,"message":"x","level":"info"}"#)
                .is_none()
        );
        let journal = r#"{"__REALTIME_TIMESTAMP":"1795335814785260","_HOSTNAME":"db1","SYSLOG_IDENTIFIER":"mariadbd","_PID":"9","PRIORITY":"3","MESSAGE":[72,105]}"#;
        assert_eq!(parts(Envelope::JournalJson, journal), strings("db1", "mariadbd", "9", "Hi"));
        assert_eq!(Envelope::JournalJson.peel(journal.as_bytes()).unwrap().level, Some("error"));
    }
}
