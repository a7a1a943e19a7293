//! Parts of the program that are data, read when they are first needed.

use serde::de::DeserializeOwned;
use std::sync::OnceLock;

/// One entry of the catalogue: JSON that the build made of a pattern file, or what was read at run time.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    text: &'static str,
    /// In a box: most of a thousand entries are never read, and their empty places would be filled and freed.
    value: OnceLock<Box<T>>,
}

impl<T: DeserializeOwned> Entry<T> {
    /// An entry that is part of the program.
    pub(crate) fn embedded(text: &'static str) -> Self {
        Self { text, value: OnceLock::new() }
    }

    /// An entry that is there already.
    pub(crate) fn ready(value: T) -> Self {
        Self { text: "", value: OnceLock::from(Box::new(value)) }
    }

    /// The entry; read at the first call.
    pub(crate) fn get(&self) -> &T {
        self.value.get_or_init(|| Box::new(parse(self.text)))
    }
}

/// The lines of a part of the program. `str::lines` searches byte by byte.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

#[expect(clippy::expect_used, reason = "a constant that the build wrote; a test reads each")]
fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("an entry of the embedded catalogue")
}
