//! A file from its first look to its records.

#![no_main]

#[path = "../../tests/properties/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    checks::whole_file("web1/var/log/x.log", data);
});
