//! Decompresses gzip files to nowhere: what the decompressor alone takes, by the back-end that why503 is built with.
//!
//! `cargo run --release --example inflate -- FILE...`

use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::process::ExitCode;

/// What is read at once, packed and unpacked: as much as why503 does.
const PACKED: usize = 128 * 1024;
const PLAIN: usize = 512 * 1024;

fn main() -> ExitCode {
    for path in std::env::args_os().skip(1) {
        if let Err(error) = File::open(&path).and_then(inflate) {
            eprintln!("decompressing {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn inflate(file: File) -> io::Result<()> {
    let mut plain = MultiGzDecoder::new(BufReader::with_capacity(PACKED, file));
    let mut buffer = vec![0; PLAIN];
    while plain.read(&mut buffer)? > 0 {}
    Ok(())
}
