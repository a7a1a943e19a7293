//! Text that wants to act on whoever reads it: it may stand in a log, and in the name of a log.

use crate::logs::{Logs, haproxy, rows};

/// Escape sequences, C1 controls, marks that reverse the reading order, a formula, links.
const ATTACK: &str =
    "=HYPERLINK(\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}gpj\u{200b}<script>x</script>[a](http://e.example)|@all`";

fn is_unseen(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn logs() -> Logs {
    let logs = Logs::new();
    let lines: String = (0..400)
        .map(|second| haproxy(second, if (200..240).contains(&second) { 503 } else { 200 }, &format!("/{ATTACK}")))
        .collect();
    logs.write("logs/haproxy.log", lines.replace("bk_shop", "=bk\u{1b}[31m\u{202e}shop").as_bytes());
    let error = format!(
        "2026/11/22 08:03:20 [error] 96#96: *578 connect() failed (111: Connection refused) while connecting to upstream, \
         client: 203.0.113.1, server: {ATTACK}, request: \"GET /{ATTACK} HTTP/1.1\", upstream: \"http://10.0.0.1:80/\"\n"
    );
    logs.write("logs/nginx-error.log", error.as_bytes());
    #[cfg(unix)]
    logs.write("logs/=1+1\u{1b}[31m\u{202e}\nx.log", b"\x1b[2J nothing\n");
    logs
}

#[test]
fn the_terminal_shows_it_and_does_nothing() {
    let logs = logs();
    for arguments in [
        &["-v", "logs", "no\u{1b}[2Jwhere"][..],
        &["sources", "logs"],
        &["sources", "--output", "csv", "logs"],
        &["sources", "--output", "json", "logs"],
        &["parse", "logs"],
        &["parse", "--output", "csv", "logs"],
        &["merge", "no\u{1b}[2Jwhere"],
        &["--patterns", "no\u{1b}[2Jwhere", "logs"],
        &["-o", "logs/haproxy.log/\u{1b}[2J", "logs"],
    ] {
        let ran = logs.run(arguments);
        for (name, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            let unseen: Vec<char> = text.chars().filter(|character| is_unseen(*character)).collect();
            assert_eq!(unseen, Vec::<char>::new(), "{arguments:?} {name}: {text:.400}");
        }
    }
}

#[test]
fn no_file_of_the_report_acts() {
    let logs = logs();
    assert_eq!(logs.run(&["logs"]).code, 0);
    for (name, bytes) in logs.files("why503-report") {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.chars().any(is_unseen), "{name}");
        if name == "report.md" {
            assert!(
                !text.replace('`', "").is_empty() && !text.contains("<script>x</script>[a](http") || text.contains('`')
            );
        }
        if name.ends_with(".csv") {
            for row in rows(&text) {
                for cell in row.values() {
                    let formula =
                        cell.starts_with(['=', '+', '@']) || (cell.starts_with('-') && cell.parse::<f64>().is_err());
                    assert!(!formula, "{name}: {cell}");
                    assert!(!cell.contains('\n'), "{name}: {cell}");
                }
            }
        }
    }
}

/// Only escape sequences of a terminal are gone before: programs colour their lines.
#[test]
fn json_keeps_the_exact_text() {
    let logs = logs();
    let ran = logs.run(&["parse", "logs/haproxy.log"]);
    let first: serde_json::Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    assert!(first["path"].as_str().unwrap().contains("\u{9b}31m\u{202e}gpj\u{200b}<script>"), "{first}");
}
