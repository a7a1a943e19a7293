//! Blocks of whole lines.

#![no_main]

#[path = "../../tests/properties/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (step, bytes) = data.split_first().map_or((1, data), |(step, bytes)| (usize::from(*step) + 1, bytes));
    checks::split(bytes, step);
});
