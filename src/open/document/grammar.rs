//! Whether bytes that come one after the other are JSON, and where values begin and end in them.
//!
//! Incremental, as a document may be larger than memory; a stack of brackets instead of recursion, as its depth is the
//! file's choice.

/// How deep brackets may be nested; what is deeper is no log.
const MAX_DEPTH: usize = 128;

/// What a byte was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Part of something.
    Inside,
    /// The bracket of a list that begins.
    ListOpened,
    /// The end of the whole value.
    Done,
}

/// The bytes are no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// Reads one value, an object or a list.
#[derive(Debug, Clone)]
pub(super) struct Grammar {
    /// Whether each open bracket is that of an object.
    objects: Vec<bool>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value must come.
    Value,
    /// The first element of a list, or its end.
    FirstElement,
    /// The first key of an object, or its end.
    FirstKey,
    /// A key must come.
    Key,
    Colon,
    /// A comma, or the end of the innermost bracket.
    Comma,
    String {
        key: bool,
        escaped: bool,
    },
    Number,
    /// What is left of `true`, `false` or `null`.
    Word(&'static [u8]),
    Done,
}

impl Grammar {
    /// Before the first byte of a value.
    pub(super) fn new() -> Self {
        Self { objects: Vec::new(), state: State::Value }
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.objects.len()
    }

    /// Whether every bracket that is open but the innermost is that of an object.
    pub(super) fn is_below_objects(&self) -> bool {
        self.objects.iter().rev().skip(1).all(|&object| object)
    }

    /// Whether the next byte is one of a string and no escaped one.
    pub(super) fn is_in_string(&self) -> bool {
        matches!(self.state, State::String { escaped: false, .. })
    }

    /// Takes the next byte.
    pub(super) fn step(&mut self, byte: u8) -> Result<Step, Broken> {
        match self.state {
            State::String { escaped: true, key } => self.state = State::String { key, escaped: false },
            State::String { key, .. } => match byte {
                b'"' => self.state = if key { State::Colon } else { State::Comma },
                b'\\' => self.state = State::String { key, escaped: true },
                // Must be escaped in a string. One that is not shows that the string, and what it is in, was cut.
                b'\n' => return Err(Broken),
                _ => {}
            },
            State::Number if byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-') => {}
            State::Word([next, rest @ ..]) if *next == byte => self.state = State::Word(rest),
            State::Word([]) | State::Number => {
                self.state = State::Comma;
                return self.step(byte);
            }
            State::Word(_) => return Err(Broken),
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {}
            State::FirstKey | State::Key if byte == b'"' => self.state = State::String { key: true, escaped: false },
            State::Colon if byte == b':' => self.state = State::Value,
            State::Comma if byte == b',' => {
                self.state = if self.objects.last() == Some(&true) { State::Key } else { State::Value };
            }
            State::FirstKey | State::Comma if byte == b'}' => return self.close(true),
            State::FirstElement | State::Comma if byte == b']' => return self.close(false),
            State::Value | State::FirstElement => return self.begin(byte),
            _ => return Err(Broken),
        }
        Ok(Step::Inside)
    }

    fn begin(&mut self, byte: u8) -> Result<Step, Broken> {
        self.state = match byte {
            b'"' => State::String { key: false, escaped: false },
            b't' => State::Word(b"rue"),
            b'f' => State::Word(b"alse"),
            b'n' => State::Word(b"ull"),
            b'-' | b'0'..=b'9' => State::Number,
            b'{' | b'[' if self.objects.len() < MAX_DEPTH => {
                self.objects.push(byte == b'{');
                if byte == b'[' {
                    self.state = State::FirstElement;
                    return Ok(Step::ListOpened);
                }
                State::FirstKey
            }
            _ => return Err(Broken),
        };
        Ok(Step::Inside)
    }

    fn close(&mut self, object: bool) -> Result<Step, Broken> {
        if self.objects.pop() != Some(object) {
            return Err(Broken);
        }
        if self.objects.is_empty() {
            self.state = State::Done;
            return Ok(Step::Done);
        }
        self.state = State::Comma;
        Ok(Step::Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Result<Option<usize>, usize> {
        let mut grammar = Grammar::new();
        for (at, byte) in text.bytes().enumerate() {
            match grammar.step(byte) {
                Ok(Step::Done) => return Ok(Some(at + 1)),
                Ok(_) => {}
                Err(Broken) => return Err(at),
            }
        }
        Ok(None)
    }

    #[test]
    fn values_end_where_their_bracket_closes() {
        for text in
            ["{}", "[]", r#"{"a":1}"#, r#"{ "a" : [ 1, -2.5e3, true ] , "b" : { "c" : null } }"#, r#"["\"]","\\"]"#]
        {
            assert_eq!(end(&format!("{text} tail")), Ok(Some(text.len())), "{text}");
        }
        assert_eq!(end(r#"{"a":{"b":[1"#), Ok(None));
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_stops_being_it() {
        for (text, at) in [
            ("{a", 1),
            (r#"{"a":1,}"#, 7),
            (r#"{"a" 1"#, 5),
            ("[2026-11-22 08", 12),
            ("[tru]", 4),
            ("[1}", 2),
            ("{\"a\":\"cut\n", 9),
            ("{\"a\":1\n{", 7),
        ] {
            assert_eq!(end(text), Err(at), "{text}");
        }
        assert_eq!(end(&"[".repeat(MAX_DEPTH + 1)), Err(MAX_DEPTH));
    }
}
