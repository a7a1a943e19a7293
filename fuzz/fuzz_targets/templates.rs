//! Templates of layout files, and all layouts of the catalogue.

#![no_main]

#[path = "../../tests/properties/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (source, line) = halves(data);
    checks::template(&String::from_utf8_lossy(source), line);
    checks::every_layout(line);
});

/// What stands before the first NUL, and what stands behind it.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let at = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    (&data[..at], data.get(at + 1..).unwrap_or_default())
}
