//! What a spreadsheet makes of the tables and of the workbook: LibreOffice opens them and writes what it took them for.

use crate::logs::{Logs, haproxy};
use std::fs;
use std::process::Command;

/// Requests of which forty fail, by somebody who wants to act in a spreadsheet.
fn logs() -> Logs {
    let logs = Logs::new();
    let path = "/=HYPERLINK(0)+cmd|calc!A0;\t@SUM(1+1)";
    let text: String =
        (0..400).map(|second| haproxy(second, if (200..240).contains(&second) { 503 } else { 200 }, path)).collect();
    logs.write("logs/haproxy.log", text.as_bytes());
    logs.write("logs/app.log", format!("{} ERROR =1+1 it fails\n", "2026-11-22 08:03:21,000").repeat(30).as_bytes());
    logs
}

/// Converts a file with LibreOffice; nothing where there is none.
fn converted(logs: &Logs, file: &str, filter: &str, to: &str) -> Option<String> {
    let profile = format!("-env:UserInstallation=file://{}", logs.path("profile").display());
    let ran = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
        .arg(logs.path("converted"))
        .arg(logs.path(file))
        .output();
    let Ok(ran) = ran else {
        eprintln!("SKIPPED {file}: soffice is not installed, so no spreadsheet has opened it");
        return None;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let path = logs.path("converted").join(to);
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Cells of a flat OpenDocument file: type and text.
fn cells(document: &str) -> Vec<(String, String)> {
    const OFFICE: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(document, options).unwrap();
    let cells = document.descendants().filter(|node| node.tag_name().name() == "table-cell");
    let formula = |node: &roxmltree::Node| node.attributes().any(|attribute| attribute.name() == "formula");
    assert!(!cells.clone().any(|node| formula(&node)), "a cell was taken for a formula");
    cells
        .filter_map(|node| {
            let text: String =
                node.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
            Some((node.attribute((OFFICE, "value-type"))?.to_owned(), text.trim().to_owned()))
        })
        .collect()
}

#[test]
fn dates_are_dates_and_counts_are_numbers() {
    let logs = logs();
    assert_eq!(logs.run(&["logs", "--emit", "xlsx,csv,json"]).code, 0);
    let Some(document) = converted(&logs, "why503-report/report.xlsx", "fods", "report.fods") else { return };
    let found = cells(&document);
    let has = |kind: &str, text: &str| found.iter().any(|(one, shown)| one == kind && shown == text);
    assert!(has("date", "2026-11-22 08:03:20") && has("float", "40"), "{found:?}");
    assert!(
        !found.iter().any(|(kind, text)| kind == "string" && text.starts_with("2026-11-22 08:03") && text.len() == 19)
    );
    assert!(found.iter().any(|(_, text)| text.contains("HYPERLINK")), "the attack did get there");
}

#[test]
fn tables_of_both_kinds_open_as_they_are() {
    let logs = logs();
    for (options, filter) in [
        // Field and text separator by code, UTF-8, from the first line, language, cells as text not quoted, detect numbers.
        (&[][..], "fods:OpenDocument Spreadsheet Flat XML"),
        (&["--csv-excel", "--csv-delimiter", ";"], "fods:OpenDocument Spreadsheet Flat XML"),
    ] {
        assert_eq!(logs.run(&[&["logs"], options].concat()).code, 0);
        for table in ["incidents", "timeline", "evidence", "affected"] {
            let rows = logs.text(&format!("why503-report/{table}.csv")).lines().count();
            let separator = if options.is_empty() { 44 } else { 59 };
            let infilter = format!("--infilter=CSV:{separator},34,76,1,,0,false,true");
            let profile = format!("-env:UserInstallation=file://{}", logs.path("profile").display());
            let ran = Command::new("soffice")
                .args([&profile, "--headless", &infilter, "--convert-to", filter, "--outdir"])
                .arg(logs.path("converted"))
                .arg(logs.path(&format!("why503-report/{table}.csv")))
                .output();
            let Ok(ran) = ran else {
                return eprintln!("SKIPPED {table}.csv: soffice is not installed, so no spreadsheet has opened it");
            };
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            let document = logs.text(&format!("converted/{table}.fods"));
            let found = cells(&document);
            assert!(rows > 1 && found.iter().any(|(kind, _)| kind == "float"), "{table}: {found:?}");
            let time = ["incidents", "timeline", "evidence"].contains(&table);
            assert!(!time || found.iter().any(|(kind, _)| kind == "date"), "{table}: no date in {found:?}");
        }
    }
}

#[test]
fn the_workbook_is_written_when_asked_for() {
    let logs = logs();
    assert_eq!(logs.run(&["logs", "--emit", "xlsx"]).code, 0);
    let first = logs.files("why503-report");
    assert!(first.keys().eq(["report.xlsx"]), "{:?}", first.keys());
    assert!(first["report.xlsx"].starts_with(b"PK"));
    assert_eq!(logs.run(&["logs", "--emit", "xlsx", "-j", "1"]).code, 0);
    assert_eq!(logs.files("why503-report"), first, "the same bytes");
}
