//! What may leave the machine: secrets are masked, and on request addresses and people get pseudonyms.
//!
//! Masking works on whole texts and not field by field, because free text leaks what fields hide. It takes two passes
//! over everything that is to be printed: the first learns (the secrets themselves, so that they are masked also where
//! nothing marks them; which addresses are clients), the second writes. Pseudonyms are numbered in the order of the
//! second pass, which is the order of the report, so that the same input gives the same pseudonyms on every run.

mod address;
mod hint;
mod known;
mod name;
mod pair;
mod people;
mod secret;

use known::Known;
use name::Names;
use people::People;
use secret::Secrets;

/// What is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redaction {
    /// Nothing.
    None,
    /// Passwords, tokens, keys, cookies, credentials.
    #[default]
    Secrets,
    /// Also addresses, e-mail addresses and user names, with consistent pseudonyms.
    All,
}

impl Redaction {
    /// The level that `--redact` calls `name`: `none`, `secrets`, `all`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Redaction::None),
            "secrets" => Some(Redaction::Secrets),
            "all" => Some(Redaction::All),
            _ => None,
        }
    }
}

/// Masks texts, alike wherever the same thing appears.
pub(super) struct Redactor {
    secrets: Option<Secrets>,
    known: Known,
    people: Option<People>,
}

impl Redactor {
    /// A redactor that knows nothing yet. With a key, pseudonyms are the same in every run with it.
    pub(super) fn new(level: Redaction, key: Option<&[u8]>) -> Self {
        Self {
            secrets: (level != Redaction::None).then(Secrets::new),
            known: Known::default(),
            people: (level == Redaction::All).then(|| People::new(&Names::new(key))),
        }
    }

    /// First pass: takes note of what a text gives away, and gives it without the secrets that are marked in it.
    pub(super) fn learn(&mut self, text: &str) -> String {
        if let Some(people) = &mut self.people {
            people.learn(text);
        }
        match &self.secrets {
            Some(secrets) => secrets.mask(text, |secret| self.known.add(secret)),
            None => text.to_owned(),
        }
    }

    /// Whether texts have to be masked further than [`Redactor::learn`] did: there are secrets that may stand without
    /// their mark, or addresses and people.
    pub(super) fn has_more(&self) -> bool {
        self.people.is_some() || !self.known.is_empty()
    }

    /// The text without the secrets that are marked in it.
    pub(super) fn without_marked(&self, text: &str) -> String {
        self.secrets.as_ref().map_or_else(|| text.to_owned(), |secrets| secrets.mask(text, |_| ()))
    }

    /// Second pass: what may be shown of a text [without its marked secrets](Redactor::without_marked).
    pub(super) fn finish(&mut self, text: &str) -> String {
        let masked = self.known.mask(text);
        match &mut self.people {
            Some(people) => people.mask(&masked),
            None => masked,
        }
    }
}

/// What stands for a secret.
const MASK: &str = "[secret]";

/// A pattern of ours. They are constants: one that does not compile is a mistake that every test of this stage meets.
#[expect(clippy::expect_used, reason = "a constant, compiled by every test")]
fn pattern(text: &str) -> regex::Regex {
    regex::Regex::new(text).expect("a pattern of the program")
}

/// The text with the given parts replaced. Parts must be in order; those that overlap an earlier one are left out.
fn replaced(text: &str, parts: &[(std::ops::Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in parts {
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(replacement);
            at = range.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests;
