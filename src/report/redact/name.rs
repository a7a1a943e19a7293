//! Pseudonyms: numbered in the order of the report, or made with a key.
//!
//! With a key a pseudonym is a keyed hash (HMAC-SHA-256, RFC 2104) of what it stands for: the same client has the same
//! name in every report with that key, and without the key nobody can find out which by trying all addresses.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write;

/// Bytes of the hash in a name: two of a million clients have the same name by chance once in two reports.
const SHOWN: usize = 5;

/// How things are named.
#[derive(Clone)]
pub(super) struct Names {
    keyed: Option<Hmac<Sha256>>,
}

impl Names {
    /// With a key or without.
    pub(super) fn new(key: Option<&[u8]>) -> Self {
        // A key of any length will do.
        Self { keyed: key.and_then(|key| Hmac::<Sha256>::new_from_slice(key).ok()) }
    }

    /// The name of a thing: `client-4`, with a key `client-9f86d08188`. `number` counts the things of its kind from 1.
    pub(super) fn of(&self, kind: &str, thing: &str, number: usize) -> String {
        let Some(keyed) = &self.keyed else { return format!("{kind}-{number}") };
        let hash = keyed.clone().chain_update(thing).finalize().into_bytes();
        hash.iter().take(SHOWN).fold(format!("{kind}-"), |mut name, byte| {
            // Writing to a string does not fail.
            let _ = write!(name, "{byte:02x}");
            name
        })
    }
}
