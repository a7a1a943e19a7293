//! JSON documents as lines, and the account of their physical lines.

#![no_main]

#[path = "../../tests/properties/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    checks::document(data, 1 + data.len() % 97);
});
