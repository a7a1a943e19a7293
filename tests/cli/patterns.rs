//! Pattern files of one's own.

use crate::logs::Logs;

pub(crate) const LAYOUT: &str = r#"
[[layout]]
id        = "shop-journal"
title     = "journal of the shop"
product   = "shop"
family    = "application"
lines     = ["<timestamp:iso> shop <level:word> <message:text>"]
samples   = ["2026-11-22T08:00:00Z shop WARN till drawer open"]
strangers = ["2026-11-22T08:00:00Z bank WARN till drawer open"]
"#;

pub(crate) const SIGNATURE: &str = r#"
[[signature]]
id         = "shop.till.open"
layouts    = ["shop-journal"]
anchor     = "till drawer open"
cause      = "overload"
strength   = "strong"
role       = "fault"
family     = "shop.till"
title      = "The till drawer is open"
fix        = ["Close the drawer."]
source     = "the shop's manual"
samples    = ["2026-11-22T08:00:00Z shop WARN till drawer open"]
lookalikes = ["2026-11-22T08:00:00Z shop WARN till drawer shut"]
"#;

fn logs() -> Logs {
    let logs = Logs::new();
    logs.write("logs/shop.log", b"2026-11-22T08:00:00Z shop WARN till drawer open\n");
    logs
}

fn parsed(logs: &Logs, patterns: &str) -> serde_json::Value {
    let ran = logs.run(&["parse", "--patterns", patterns, "logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(ran.out.lines().next().unwrap_or("null")).unwrap()
}

#[test]
fn layouts_and_signatures_are_added() {
    let logs = logs();
    logs.write("split/layouts/shop.toml", LAYOUT.as_bytes());
    logs.write("split/signatures/shop.toml", SIGNATURE.as_bytes());
    logs.write("flat/shop.toml", format!("{LAYOUT}{SIGNATURE}").as_bytes());
    for patterns in ["split", "flat", "flat/shop.toml"] {
        let record = parsed(&logs, patterns);
        assert_eq!(record["format"], "shop-journal", "{patterns} {record}");
        assert_eq!(record["signatures"], serde_json::json!(["shop.till.open"]), "{patterns} {record}");
    }
    assert!(logs.run(&["sources", "--list", "--patterns", "flat"]).out.contains("journal of the shop"));
}

#[test]
fn an_entry_replaces_the_one_with_its_id() {
    let logs = logs();
    logs.write("one/shop.toml", format!("{LAYOUT}{SIGNATURE}").as_bytes());
    logs.write("two/shop.toml", SIGNATURE.replace("drawer open\"\ncause", "drawer shut\"\ncause").as_bytes());
    let ran = logs.run(&["parse", "--patterns", "one", "--patterns", "two", "logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("signatures"), "{}", ran.out);
}

#[test]
fn mistakes_are_told_with_file_line_and_entry() {
    let logs = logs();
    let both = format!("{LAYOUT}{SIGNATURE}");
    for (text, expected) in [
        ("[[signature]\n".to_owned(), "p/x.toml:1: "),
        ("\n[[signatur]]\n".to_owned(), "p/x.toml:2: unknown field `signatur`"),
        (both.replace("anchor ", "ancor "), "p/x.toml:11: signature `shop.till.open`: unknown field `ancor`"),
        (both.replace("\"overload\"", "\"bad-luck\""), "unknown variant `bad-luck`"),
        (both.replace("[\"shop-journal\"]", "[\"shop-jurnal\"]"), "`shop-jurnal` is neither a layout nor a family"),
        (
            both.replace("family    = \"application\"", "family = \"shop\""),
            "layout `shop-journal`: unknown variant `shop`",
        ),
        (both.replace("<message:text>", "<mesage:text>"), "p/x.toml:2: layout `shop-journal`: lines: "),
        (both.replace("cause      =", "regex = '(till'\ncause ="), "shop.till.open`: regex: "),
        (format!("{both}{SIGNATURE}"), "p/x.toml:25: signature `shop.till.open`: the id stands in line 11 already"),
        (both.replace("id         = \"shop.till.open\"", ""), "signature `(without an id)`: missing field `id`"),
    ] {
        logs.write("p/x.toml", text.as_bytes());
        let ran = logs.run(&["--patterns", "p", "logs"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(expected), "expected {expected}\ngot {}", ran.err);
    }
    assert!(!logs.path("why503-report").exists());
}

#[test]
fn all_mistakes_are_told_at_once() {
    let logs = logs();
    logs.write("p/a.toml", LAYOUT.replace("<message:text>", "<mesage:text>").as_bytes());
    logs.write("p/b.toml", SIGNATURE.replace("anchor ", "ancor ").as_bytes());
    let ran = logs.run(&["--patterns", "p", "logs"]);
    assert!(ran.err.contains("p/a.toml:2: ") && ran.err.contains("p/b.toml:2: "), "{}", ran.err);
}

#[test]
fn a_directory_without_patterns_is_a_mistake() {
    let logs = logs();
    let ran = logs.run(&["--patterns", "logs", "logs"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("there is no *.toml in it"), "{}", ran.err);
}
