use super::*;
use crate::detect::layout::Layout;
use crate::model::field::Field;

fn read(server: &str, format: &str, line: &str, names: &[&str]) -> Vec<String> {
    let layout =
        Layout::compile(compile(Server::from_name(server).unwrap(), &FormatString::Text(format.to_owned())).unwrap())
            .unwrap();
    let found = layout.read(line.as_bytes()).unwrap_or_else(|| panic!("{:?} does not read {line}", layout.text.lines));
    assert!(found.stamp.is_some(), "{line}");
    let value = |name: &&str| found.fields.get(Field::from_name(name).unwrap()).unwrap_or(b"?");
    names.iter().map(|name| String::from_utf8_lossy(value(name)).into_owned()).collect()
}

#[test]
fn nginx_strings() {
    let format = r#"$remote_addr|$time_iso8601|$host|"$request"|${status}|$request_time|$upstream_addr|"$upstream_status"|$http_user_agent"#;
    let line = r#"203.0.113.9|2026-11-22T08:04:28+00:00|www.example.org|"GET /a HTTP/1.1"|503|0.120|10.0.0.7:80, 10.0.0.8:80|"502, 503"|a b"#;
    let names = ["client", "service", "path", "status", "duration", "upstream", "upstream_status", "user_agent"];
    let expected = ["203.0.113.9", "www.example.org", "/a", "503", "120000", "10.0.0.8:80", "503", "a b"];
    assert_eq!(read("nginx", format, line, &names), expected);
    let json = r#"{"t":"$msec","s":$status,"r":"$request","u":"$http_user_agent"}"#;
    let line = r#"{"t":"1795335868.123","s":503,"r":"GET / HTTP/1.1","u":"a \"b\""}"#;
    assert_eq!(read("nginx", json, line, &["status", "user_agent"]), ["503", r#"a \"b\""#]);
}

#[test]
fn apache_strings() {
    let format = r#"%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D"#;
    let line = r#"www.example.org:443 2001:db8::7 - a b [22/Nov/2026:08:04:28 +0000] "GET /a HTTP/1.1" 503 551 "-" "curl" 1234"#;
    let names = ["service", "client", "user", "path", "status", "bytes", "user_agent", "duration"];
    let expected = ["www.example.org", "2001:db8::7", "a b", "/a", "503", "551", "curl", "1234"];
    assert_eq!(read("apache", format, line, &names), expected);
    let format = "%{%Y-%m-%dT%H:%M:%S}t %a %m %U%q %s %{ms}T";
    assert_eq!(
        read("apache", format, "2026-11-22T08:04:28 203.0.113.9 GET /a?b=c 503 12", &["path", "duration"]),
        ["/a?b=c", "12000"]
    );
}

#[test]
fn times_in_pieces() {
    let line = "203.0.113.9 [22/Nov/2026 08:04:28.123 +0100] \"GET /a HTTP/1.1\" 503 S1";
    assert_eq!(read("apache", "%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] \"%r\" %>s %S", line, &["status"]), ["503"]);
    assert_eq!(
        read("haproxy", "%Ts.%ms %ci %ST", "1795335868.123 203.0.113.9 503", &["client", "status"]),
        ["203.0.113.9", "503"]
    );
    let quoted = "\"203.0.113.9\":\"5180\" [22/Nov/2026:08:04:28.123] 503 \"GET /a HTTP/1.1\"";
    assert_eq!(
        read("haproxy", "%{+Q}o %ci:%cp [%t] %ST %r", quoted, &["client", "status", "path"]),
        ["203.0.113.9", "503", "/a"]
    );
}

#[test]
fn an_object_of_operators() {
    let format = r#"{"status":"%RESPONSE_CODE%","p":"%REQ(:PATH)%","t":"%START_TIME%","host":"a"}"#;
    let line = r#"{"p":"/a","t":"2026-11-22T08:04:28.310Z","status":503,"host":"a"}"#;
    assert_eq!(read("envoy", format, line, &["status", "path"]), ["503", "/a"]);
}

#[test]
fn haproxy_strings() {
    let format = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[ssl_fc_sni]";
    let names = ["client", "service", "upstream", "status", "duration", "reason", "path"];
    let expected = ["2001:db8::7", "bk", "bk/<NOSRV>", "503", "5000000", "sQ--", "/a"];
    for captured in ["", " {www.example.org|x}", " {a} {b}"] {
        let line = format!(
            "2001:db8::7:5180 [22/Nov/2026:08:05:19.303] www bk/<NOSRV> 0/5000/-1/-1/+5000 503 +216 - - sQ-- 1/1/1/0/+3 0/4{captured} \"GET /a HTTP/1.1\" www"
        );
        assert_eq!(read("haproxy", format, &line, &names), expected);
    }
}

#[test]
fn envoy_strings() {
    let format = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION% \"%REQ(USER-AGENT)%\" \"%UPSTREAM_HOST%\" %DOWNSTREAM_REMOTE_ADDRESS%\\n";
    let line = r#"[2026-11-22T08:04:28.310Z] "GET /a HTTP/1.1" 503 UF,URX 12 "a b" "10.0.0.7:80" 203.0.113.9:5180"#;
    let names = ["method", "path", "status", "reason", "duration", "user_agent", "upstream", "client"];
    let expected = ["GET", "/a", "503", "UF,URX", "12000", "a b", "10.0.0.7:80", "203.0.113.9"];
    assert_eq!(read("envoy", format, line, &names), expected);
}

#[test]
fn what_is_not_understood_is_named() {
    for (server, format, part) in [
        ("nginx", "$remote_addr $- x", "$-"),
        ("nginx", "$remote_addr$status", "$status"),
        ("apache", "%h %Z", "%Z"),
        ("apache", "%h %{%A}t", "%{%A}t"),
        ("haproxy", "%ci %XY", "%XY"),
        ("envoy", "%START_TIME(%A)% x", "START_TIME"),
        ("envoy", "100% of", "% of"),
        ("nginx", "nothing", "nothing"),
    ] {
        let error = compile(Server::from_name(server).unwrap(), &FormatString::Text(format.to_owned())).unwrap_err();
        assert!(error.contains(part), "{format}: {error}");
    }
}
