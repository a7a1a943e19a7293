//! JSON that does nothing to a terminal: what changes how the text around it is seen is written as `\uXXXX`, which
//! says the same.

use crate::report::escape;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Writes a value on one line, without a line end.
pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Harmless);
    Ok(value.serialize(&mut serializer)?)
}

struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, unseen)) = rest.char_indices().find(|(_, character)| escape::is_unseen(*character)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in unseen.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + unseen.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn unseen_characters_are_escaped_and_read_back() {
        let text = "a\u{1b}[2J\u{9b}31m\u{202e}x\u{e0041}\u{7f}\n\"é漢";
        let mut out = Vec::new();
        super::write(&text, &mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        assert!(written.chars().all(|character| !crate::report::escape::is_unseen(character)), "{written}");
        assert!(written.contains("é漢") && written.contains("\\u202e") && written.contains("\\udb40\\udc41"));
    }
}
