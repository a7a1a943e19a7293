//! The program: everything is in the library, see its map there.

use std::process::ExitCode;

fn main() -> ExitCode {
    why503::cli::main(std::env::args_os()).into()
}
