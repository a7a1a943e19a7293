//! Severities that are written as a number, a letter or a mark, and the word that each means.
//!
//! A word is kept as written; but `50` is an error to bunyan and nothing to syslog, so that whoever reads the record
//! later could not tell. Only the layout knows the scale.

use crate::model::severity::SYSLOG;

/// A way to write a severity without a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// `E`, `W`, `I`, `D2`: glog, MongoDB, Passenger.
    Letter,
    /// `#`, `*`, `-`, `.`: Redis.
    Mark,
    /// 10 to 60: bunyan, pino.
    Bunyan,
    /// 0 to 7: RFC 5424, GELF.
    Syslog,
    /// 1 to 24: OpenTelemetry.
    Otel,
    /// 0 to 5: Windows events.
    Windows,
}

impl Scale {
    /// The scale that layout files call `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "letter" => Self::Letter,
            "mark" => Self::Mark,
            "bunyan" => Self::Bunyan,
            "syslog-level" => Self::Syslog,
            "otel" => Self::Otel,
            "windows-level" => Self::Windows,
            _ => return None,
        })
    }

    /// How many bytes at the front of `text` are a value of this scale.
    pub(super) fn extent(self, text: &[u8]) -> Option<usize> {
        let length = match self {
            // `D2` is one level, `E1122` is a level and the date that follows it.
            Scale::Letter => 1 + usize::from(matches!(text, [_, b'1'..=b'5', b' ', ..])),
            Scale::Mark => 1,
            _ => text.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        };
        self.word(text.get(..length)?).map(|_| length)
    }

    /// The word for what was written; nothing when it is not on the scale.
    pub fn word(self, written: &[u8]) -> Option<&'static str> {
        match self {
            Scale::Letter => letter(written),
            Scale::Mark => Some(match written {
                b"#" => "warning",
                b"*" => "notice",
                b"-" => "verbose",
                b"." => "debug",
                _ => return None,
            }),
            _ => self.number(std::str::from_utf8(written).ok()?.trim().parse().ok()?),
        }
    }

    fn number(self, value: u32) -> Option<&'static str> {
        const WINDOWS: [&str; 6] = ["Information", "Critical", "Error", "Warning", "Information", "Verbose"];
        const RISING: [&str; 6] = ["trace", "debug", "info", "warn", "error", "fatal"];
        let index = usize::try_from(value).ok()?;
        match self {
            Scale::Syslog => SYSLOG.get(index).copied(),
            Scale::Windows => WINDOWS.get(index).copied(),
            Scale::Otel => RISING.get(index.checked_sub(1)? / 4).copied(),
            // Levels of one's own stand between the ten known ones; each counts as the one below it.
            Scale::Bunyan => RISING.get((index / 10).checked_sub(1)?.min(5)).copied(),
            Scale::Letter | Scale::Mark => None,
        }
    }
}

fn letter(written: &[u8]) -> Option<&'static str> {
    Some(match written {
        b"F" | b"f" => "fatal",
        b"C" | b"c" => "critical",
        b"E" | b"e" => "error",
        b"W" | b"w" => "warning",
        b"N" | b"n" => "notice",
        b"I" | b"i" => "info",
        b"D" | b"d" | b"D1" | b"D2" | b"D3" | b"D4" | b"D5" => "debug",
        b"T" | b"t" => "trace",
        b"V" | b"v" => "verbose",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scale_has_its_own_words() {
        for (scale, written, word) in [
            (Scale::Letter, "E", Some("error")),
            (Scale::Letter, "X", None),
            (Scale::Mark, "#", Some("warning")),
            (Scale::Bunyan, "50", Some("error")),
            (Scale::Bunyan, "35", Some("info")),
            (Scale::Bunyan, "5", None),
            (Scale::Syslog, "3", Some("error")),
            (Scale::Otel, "17", Some("error")),
            (Scale::Otel, "0", None),
            (Scale::Windows, "2", Some("Error")),
        ] {
            assert_eq!(scale.word(written.as_bytes()), word, "{scale:?} {written}");
        }
        assert_eq!(Scale::Letter.extent(b"E1122 08:14:03"), Some(1));
        assert_eq!(Scale::Letter.extent(b"D2 NETWORK"), Some(2));
    }
}
