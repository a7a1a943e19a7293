use super::*;

fn get(template: &str, line: &str, names: &[&str]) -> Option<Vec<String>> {
    let template = Template::compile(template).unwrap();
    let found = template.read(line.as_bytes())?;
    let value = |name: &&str| {
        found.fields.get(Field::from_name(name).unwrap()).map(String::from_utf8_lossy).unwrap_or_default().into_owned()
    };
    Some(names.iter().map(value).collect())
}

const COMBINED: &str = r#"<client:address> <:word> <user:word> [<timestamp:clf>] "<request:request>" <status:status> <bytes:int>[[ "<:quoted>" "<user_agent:quoted>"]]"#;

#[test]
fn a_combined_line() {
    let line = r#"203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] "GET /a?b=\"c\" HTTP/1.1" 503 216 "-" "x \"503\" y""#;
    let names = ["client", "method", "path", "status", "bytes", "user_agent"];
    let expected = ["203.0.113.9", "GET", r#"/a?b=\"c\""#, "503", "216", r#"x \"503\" y"#];
    assert_eq!(get(COMBINED, line, &names).unwrap(), expected);
    let short = r#"2001:db8::1 - bob [22/Nov/2026:08:04:28 +0000] "\x16\x03" 400 -"#;
    assert_eq!(get(COMBINED, short, &names).unwrap(), ["2001:db8::1", "", "", "400", "", ""]);
}

#[test]
fn a_request_line_without_quotes_ends_where_the_next_part_begins() {
    let template = "<client:address>|<timestamp:clf>|<request:request>|<status:status>";
    let line = "203.0.113.9|22/Nov/2026:08:04:28 +0000|GET /a HTTP/1.1|503";
    assert_eq!(get(template, line, &["method", "path", "status"]).unwrap(), ["GET", "/a", "503"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    for line in [
        "",
        "x",
        r#"203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] "GET / HTTP/1.1" 5031 216"#,
        r#"203.0.113.9 - - [2026] "GET /" 200 1"#,
    ] {
        assert!(get(COMBINED, line, &[]).is_none(), "{line}");
    }
}

#[test]
fn text_ends_at_the_group_that_follows() {
    let template = r#"[<level:word>] <message:text>[[, client: <client:text>]][[, server: <service:text>]]"#;
    let names = ["message", "client", "service"];
    assert_eq!(get(template, "[error] a, b, client: 1.2.3.4, server: x", &names).unwrap(), ["a, b", "1.2.3.4", "x"]);
    assert_eq!(get(template, "[error] a, b", &names).unwrap(), ["a, b", "", ""]);
}

#[test]
fn durations_become_microseconds() {
    assert_eq!(get("<duration:seconds>", "1.5", &["duration"]).unwrap(), ["1500000"]);
    assert_eq!(get("<duration:milliseconds>|", "12|", &["duration"]).unwrap(), ["12000"]);
    assert_eq!(get("<duration:seconds> x", "- x", &["duration"]).unwrap(), [""]);
}

#[test]
fn blanks_and_escapes() {
    assert_eq!(get(r"a~\<<level:level>\>", "a   <WARN>", &["level"]).unwrap(), ["WARN"]);
    assert!(get("<level:level> x", "WARM x", &[]).is_none());
}

#[test]
fn mistakes_are_named() {
    for (template, part) in [
        ("<client>", "field:kind"),
        ("<client:wrd>", "wrd"),
        ("<klient:word>", "klient"),
        ("[[a", "]]"),
        ("<client:clf>", "timestamp"),
    ] {
        let error = Template::compile(template).unwrap_err();
        assert!(error.contains(part), "{template}: {error}");
    }
}
