//! `report.html` in a browser: its policy lets its own style through, and nothing else.

use crate::logs::Logs;
use std::process::Command;

/// What Chromium says while it shows a page, and the page as it took it; nothing where there is no Chromium.
fn shown(logs: &Logs, name: &str) -> Option<(String, String)> {
    let ran = Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", logs.path("profile").display()))
        .args(["--dump-dom".to_owned(), format!("file://{}", logs.path(name).display())])
        .output();
    let Ok(ran) = ran else {
        eprintln!("SKIPPED {name}: chromium is not installed, so no browser has shown the page");
        return None;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let console = String::from_utf8_lossy(&ran.stderr)
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect::<Vec<_>>()
        .join("\n");
    Some((console, String::from_utf8_lossy(&ran.stdout).into_owned()))
}

#[test]
fn the_page_is_shown_without_a_complaint() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["logs"]).code, 0);
    let Some((console, dom)) = shown(&logs, "why503-report/report.html") else { return };
    assert_eq!(console, "", "the browser has something to say of the page");
    assert!(dom.contains("503 because: server-problem") && dom.contains("<svg "), "{dom}");
    // A style that is not ours is refused, and so the silence above means something.
    let page = logs.text("why503-report/report.html");
    logs.write("changed.html", page.replace("<style>", "<style>h1{color:red}").as_bytes());
    let Some((console, _)) = shown(&logs, "changed.html") else { return };
    assert!(console.contains("Content Security Policy"), "{console}");
}
