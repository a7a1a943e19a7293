//! The outputs that a case keeps in its `want/` folder.
//!
//! `want/terminal.txt` is what stands on standard output; any other name is a file of the report. `UPDATE_WANT=1` writes
//! what the program says now into the files that are there, for a look at the difference.

use crate::case::{Case, files, run};
use std::fs;
use std::path::Path;

#[test]
fn every_case_gives_what_its_folder_wants() {
    let update = std::env::var_os("UPDATE_WANT").is_some();
    let mut compared = 0;
    for case in Case::all().iter().filter(|case| case.want().is_dir()) {
        let ran = run([case.logs()]);
        assert_eq!(ran.code, 0, "{}: {}", case.name, ran.err);
        for (name, path) in files(&case.want()) {
            let got = if name == "terminal.txt" { ran.out.clone() } else { ran.text(&name) };
            if update {
                fs::write(&path, &got).unwrap();
            }
            let wanted = fs::read_to_string(&path).unwrap();
            assert!(
                got == wanted,
                "{}: {name} is not as wanted\n--- wanted\n{wanted}\n--- got\n{got}\nUPDATE_WANT=1 takes it",
                case.name
            );
            compared += 1;
        }
    }
    let all = std::env::var_os("CASE").is_none();
    assert!(!all || compared >= 3, "{compared} files were compared: the cases' want/ folders are gone");
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = readme.split_once("$ why503 fixtures/").expect("an example");
    let (shown, _) = rest.split_once("```").expect("the end of the example");
    let (logs, shown) = shown.split_once('\n').expect("the output of the example");
    let case = Case::named(logs.strip_suffix("/logs").expect("the logs of a case"));
    assert_eq!(run([case.logs()]).out, shown);
}
