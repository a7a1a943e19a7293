//! Real logs that were damaged on their way: what is left is used, and what is missing is said.

use crate::case::{Case, files, run};
use std::fs;

#[test]
fn a_rotated_log_that_was_cut_off_costs_only_what_is_missing() {
    let case = Case::named("unknown-access-log-only");
    let logs = case.logs_without(|_| false);
    let packed = files(logs.path()).into_iter().find(|(name, _)| name.ends_with(".gz")).unwrap();
    let bytes = fs::read(&packed.1).unwrap();
    fs::write(&packed.1, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let ran = run([logs.path()]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains(&packed.0), "{}", ran.err);
    let row = ran.rows("sources.csv").into_iter().find(|row| row["source"] == packed.0).unwrap();
    assert!(row["records"].parse::<u64>().unwrap() > 0 && row["trouble"].starts_with("partial: "), "{row:?}");
    assert!(ran.text("report.md").contains(&packed.0), "the report says so too");
    assert!(ran.out.contains("1 of 2 inputs not whole"), "{}", ran.out);
}

#[test]
fn a_core_file_and_an_empty_directory_beside_the_logs_change_nothing() {
    let case = Case::named("server-problem-haproxy-app-crash");
    let logs = case.logs_without(|_| false);
    let before = run([logs.path()]);
    fs::create_dir_all(logs.path().join("old/empty")).unwrap();
    let noise: Vec<u8> = (0..20_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    fs::write(logs.path().join("core"), [b"\x7fELF\x02\x01\x01\0".as_slice(), &noise].concat()).unwrap();
    let after = run([logs.path()]);
    assert_eq!((after.code, after.err.as_str()), (0, ""));
    for table in ["incidents.csv", "causes.csv", "evidence.csv", "checklist.csv", "timeline.csv", "affected.csv"] {
        assert_eq!(after.text(table), before.text(table), "{table}");
    }
    let row = after.rows("sources.csv").into_iter().find(|row| row["source"] == "core").unwrap();
    assert!(row["trouble"].contains("was skipped"), "{row:?}");
}
