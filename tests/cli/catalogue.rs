//! `patterns` and `explain`: what is known, and what is wrong with what is added.

use crate::logs::{Logs, rows};
use crate::patterns::{LAYOUT, SIGNATURE};

#[test]
fn signatures_are_listed_and_filtered() {
    let logs = Logs::new();
    let ran = logs.run(&["patterns", "list", "--output", "csv"]);
    let all = rows(&ran.out);
    assert!(ran.code == 0 && all.len() > 500, "{}", ran.err);
    let filters = ["--product", "haproxy", "--cause", "overload", "--strength", "direct", "--role", "fault"];
    let ran = logs.run(&[&["patterns", "list", "--output", "csv"][..], &filters].concat());
    let some = rows(&ran.out);
    assert!(!some.is_empty() && some.len() < all.len());
    assert!(some.iter().all(|row| row["strength"] == "direct" && row["role"] == "fault"));
    let json = logs.run(&["patterns", "list", "--product", "nginx", "--output", "json"]).out;
    assert!(!serde_json::from_str::<Vec<serde_json::Value>>(&json).unwrap().is_empty());
    let ran = logs.run(&["patterns", "list", "--product", "haprxy"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("perhaps haproxy"), "{}", ran.err);
}

#[test]
fn one_signature_is_shown_with_all_that_is_written_of_it() {
    let logs = Logs::new();
    let shown = logs.run(&["patterns", "show", "nginx.limit-req.rejected"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for text in ["overload", "direct", "limiting requests, excess: ", "lookalikes", "ngx_http_limit_req_module.c"] {
        assert!(shown.out.contains(text), "{text}: {}", shown.out);
    }
    let json = logs.run(&["patterns", "show", "nginx.limit-req.rejected", "--output", "json"]).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["cause"], "overload");
    let ran = logs.run(&["patterns", "show", "nginx.limit-req.reject"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("perhaps nginx.limit-req.rejected"), "{}", ran.err);
}

#[test]
fn a_new_file_passes_the_check_and_is_read() {
    let logs = Logs::new();
    let new = logs.run(&["patterns", "new", "shop"]);
    assert_eq!(new.code, 0);
    let file = logs.write("config/why503/patterns/shop.toml", new.out.as_bytes());
    let ran = logs.run(&["patterns", "check", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.ends_with("1 signature (2 lines) and 1 layout hold\n"), "{}", ran.out);
    let ran = logs.run(&["explain", "shop.desk.full"]);
    assert!(ran.out.contains("All <desks> desks of shop are taken"), "{} {}", ran.out, ran.err);
    assert_eq!(logs.run(&["patterns", "new", "../shop"]).code, 2);
}

#[test]
fn what_does_not_hold_is_told_with_its_place() {
    let logs = Logs::new();
    let both = format!("{LAYOUT}{SIGNATURE}");
    for (text, expected) in [
        (
            both.replace("anchor     = \"till drawer open", "anchor     = \"till drawer ajar"),
            "x.toml:11: signature `shop.till.open`: samples: this line does not hit it: the anchor is not in the message",
        ),
        (both.replace("drawer shut\"]", "drawer open again\"]"), "x.toml:11: signature `shop.till.open`: lookalikes: "),
        (both.replace("drawer is open\"", "{drawer} is open\""), "title: {drawer} is neither"),
        (
            both.replace("shop WARN till drawer open\"]\nstrangers", "bank WARN till drawer open\"]\nstrangers"),
            "x.toml:2: layout `shop-journal`: samples: it does not read this line",
        ),
        (both.replace("anchor ", "ancor "), "x.toml:11: signature `shop.till.open`: unknown field `ancor`"),
    ] {
        logs.write("x.toml", text.as_bytes());
        let ran = logs.run(&["patterns", "check", "x.toml"]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}");
        assert!(ran.err.contains(expected), "expected {expected}\ngot {}", ran.err);
    }
    assert_eq!(logs.run(&["patterns", "check", "nowhere"]).code, 2);
}

#[test]
fn patterns_of_ones_own_are_used_and_the_report_says_so() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["logs", "-o", "without"]).code, 0);
    logs.write("config/why503/patterns/signatures/shop.toml", format!("{LAYOUT}{SIGNATURE}").as_bytes());
    assert_eq!(logs.run(&["logs", "-o", "with"]).code, 0);
    assert!(!logs.text("without/report.md").contains("beside those of the program"));
    assert!(logs.text("with/report.md").contains("beside those of the program"));
    logs.write("config/why503/patterns/wrong.toml", b"[[signature]]\n");
    let ran = logs.run(&["logs", "-o", "with"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("wrong.toml:1: "), "{}", ran.err);
}

#[test]
fn codes_and_lines_are_explained() {
    let logs = Logs::new();
    for (words, expected) in [
        (&["haproxy sQ"][..], "overload"),
        (&["haproxy", "sQ"], "overload"),
        (&["envoy UH,UF"], "connectivity"),
        (&["AH00484"], "overload"),
        (
            &[
                "2026/11/22 07:56:40 [error] 96#96: *578 limiting requests, excess: 10.280 by zone \"perip\", client: 203.0.113.101, server: www.example.org, request: \"GET /search HTTP/1.1\", host: \"www.example.org\"",
            ],
            "zone perip",
        ),
    ] {
        let ran = logs.run(&[&["explain"], words].concat());
        assert_eq!(ran.code, 0, "{words:?} {}", ran.err);
        assert!(ran.out.contains(expected), "{words:?} {}", ran.out);
    }
    let json = logs.run(&["explain", "haproxy sQ", "--output", "json"]).out;
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found[0]["cause"], "overload");
    let ran = logs.run(&["explain", "nginx.limit-req.reject"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("perhaps nginx.limit-req.rejected"), "{}", ran.err);
    let hostile = logs.run(&["explain", "\u{1b}[2J"]);
    assert!(hostile.code == 2 && !hostile.err.contains('\u{1b}'), "{}", hostile.err);
}
