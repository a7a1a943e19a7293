#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

fn secrets(text: &str) -> String {
    let mut redactor = Redactor::new(Redaction::Secrets, None);
    redactor.learn(text);
    mask(&mut redactor, text)
}

fn mask(redactor: &mut Redactor, text: &str) -> String {
    let bare = redactor.without_marked(text);
    redactor.finish(&bare)
}

#[test]
fn secrets_are_masked_and_the_rest_of_the_line_stays() {
    for (line, masked) in [
        ("GET /a?token=abc123&x=1 HTTP/1.1", "GET /a?token=[secret]&x=1 HTTP/1.1"),
        ("GET /cb?code=4/0AdQ&state=xyz HTTP/1.1", "GET /cb?code=[secret]&state=[secret] HTTP/1.1"),
        ("GET /r?next=%2Fa%3Fapi_key%3Dk123%26y HTTP/1.1", "GET /r?next=%2Fa%3Fapi_key%3D[secret]%26y HTTP/1.1"),
        ("postgres://shop:hunter2@db:5432/shop refused", "postgres://shop:[secret]@db:5432/shop refused"),
        ("dsn shop:hunter2@tcp(db:3306)/shop", "dsn shop:[secret]@tcp(db:3306)/shop"),
        ("Authorization: Basic c2hvcDpodW50ZXIy, Host: x", "Authorization: Basic [secret], Host: x"),
        (r#"{"authorization":"Bearer abc.def","n":1}"#, r#"{"authorization":"Bearer [secret]","n":1}"#),
        ("Cookie: sid=abc; theme=dark", "Cookie: [secret]"),
        ("Set-Cookie: PHPSESSID=4f2a; Path=/; HttpOnly\" 200", "Set-Cookie: [secret]\" 200"),
        ("jwt eyJhbGciOi.eyJzdWIiOi.c2ln end", "jwt [secret] end"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key [secret] used"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc", "-----BEGIN RSA PRIVATE KEY-----[secret]"),
        (r#"config {"db":{"password":"a\"b","port":1}}"#, r#"config {"db":{"password":"[secret]","port":1}}"#),
        (r#"msg="{\"password\":\"hunter2\",\"n\":1}""#, r#"msg="{\"password\":\"[secret]\",\"n\":1}""#),
        (r#"msg="login password=hunter2 failed""#, r#"msg="login password=[secret] failed""#),
        ("'secret' => 'x y', 'a' => 1", "'secret' => '[secret]', 'a' => 1"),
        ("COMMAND=/usr/bin/deploy --token s3cr3t --dry-run", "COMMAND=/usr/bin/deploy --token [secret] --dry-run"),
        ("COMMAND=/usr/bin/mysqldump -u shop -phunter2 shop", "COMMAND=/usr/bin/mysqldump -u shop -p[secret] shop"),
        ("curl -s -u alice:pw http://x/", "curl -s -u alice:[secret] http://x/"),
        ("CREATE USER a IDENTIFIED BY 'pw1'", "CREATE USER a IDENTIFIED BY '[secret]'"),
        ("X-Api-Key: abcdef", "X-Api-Key: [secret]"),
        ("AWS_SECRET_ACCESS_KEY=wJalr/K7 DEBUG=1", "AWS_SECRET_ACCESS_KEY=[secret] DEBUG=1"),
        ("password=", "password="),
    ] {
        assert_eq!(secrets(line), masked);
        assert_eq!(secrets(&secrets(line)), masked, "masking twice changes nothing");
    }
}

#[test]
fn lines_that_only_speak_of_secrets_stay_readable() {
    for line in [
        "Access denied for user 'shop'@'10.0.0.7' (using password: YES)",
        "password authentication failed for user \"shop\"",
        "SyntaxError: Unexpected token: } in JSON at position 4",
        "max_tokens: 512, token_type=bearer",
        "pam_unix(sshd:session): session opened for user root(uid=0)",
        "Basic authentication is required",
        "upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.9",
        "Nov 22 08:05:16 app1 systemd[1]: shop.service: Main process exited, code=killed, status=11/SEGV",
        "haproxy[9]: 203.0.113.9:5 [22/Nov/2026:08:05:19.123] fe bk_shop/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/3",
    ] {
        assert_eq!(secrets(line), line);
    }
}

#[test]
fn a_secret_is_masked_also_where_nothing_marks_it() {
    let mut redactor = Redactor::new(Redaction::Secrets, None);
    redactor.learn("DATABASE_PASSWORD=tr0ub4dor&3");
    redactor.learn("token=production");
    assert_eq!(mask(&mut redactor, "retry with tr0ub4dor as key"), "retry with [secret] as key");
    assert_eq!(mask(&mut redactor, "in production"), "in production");
}

#[test]
fn people_and_machines_get_the_same_pseudonym_everywhere() {
    let mut redactor = Redactor::new(Redaction::All, None);
    let lines = [
        r#"203.0.113.9 - alice [22/Nov/2026:08:05:19 +0000] "GET / HTTP/1.1" 503 0"#,
        "connect() failed, client: 203.0.113.9, upstream: \"http://10.0.0.7:8080/\"",
        "haproxy: 198.51.100.4:51234 [22/Nov/2026:08:05:19] 10.0.0.7",
        "Accepted publickey for alice from 2001:db8::1 port 22, mail bob@example.org",
        "bind [::1]:80 127.0.0.1:81 0.0.0.0 at 08:05:16, std::io::Error, v1.2.3, MAC 00:11:22:33:44:55",
        "net 203.0.113.0/24 host ip-10-0-0-7.internal ::ffff:10.0.0.7 user=root 2001:db8::1: refused",
        "alice : TTY=pts/0 ; PWD=/home/alice/x ; USER=root ; COMMAND=/bin/ls",
        "10.0.0.7.443 > 10.0.0.8:80: SRC=203.0.113.9",
    ];
    for line in &lines {
        redactor.learn(line);
    }
    let masked = lines.map(|line| mask(&mut redactor, line));
    assert_eq!(masked[0], r#"client-1 - user-1 [22/Nov/2026:08:05:19 +0000] "GET / HTTP/1.1" 503 0"#);
    assert_eq!(masked[1], "connect() failed, client: client-1, upstream: \"http://addr-1:8080/\"");
    assert_eq!(masked[2], "haproxy: client-2:51234 [22/Nov/2026:08:05:19] addr-1");
    assert_eq!(masked[3], "Accepted publickey for user-1 from client-3 port 22, mail mail-1");
    assert_eq!(masked[4], lines[4]);
    assert_eq!(masked[5], "net net-1 host addr-1.internal addr-1 user=root client-3: refused");
    assert_eq!(masked[6], "user-1 : TTY=pts/0 ; PWD=/home/user-1/x ; USER=root ; COMMAND=/bin/ls");
    assert_eq!(masked[7], "addr-1.443 > addr-2:80: SRC=client-1");
}

#[test]
fn level_none_changes_nothing() {
    let mut redactor = Redactor::new(Redaction::None, None);
    redactor.learn("password=hunter22");
    assert_eq!(mask(&mut redactor, "password=hunter22 203.0.113.9"), "password=hunter22 203.0.113.9");
}

#[test]
fn with_a_key_a_pseudonym_is_the_same_whatever_else_is_in_the_report() {
    let masked = |key: &[u8], texts: &[&str]| {
        let mut redactor = Redactor::new(Redaction::All, Some(key));
        for text in texts {
            redactor.learn(text);
        }
        texts.iter().map(|text| mask(&mut redactor, text)).collect::<Vec<_>>()
    };
    let line = "client: 203.0.113.7, user=alice, mail a@example.org, peer 2001:db8::1, net 10.0.0.0/8";
    let alone = masked(b"a key", &[line]);
    assert_eq!(masked(b"a key", &["client: 203.0.113.9, user=bob", line])[1], alone[0]);
    assert_ne!(masked(b"another", &[line]), alone);
    assert!(
        !["203.0.113.7", "alice", "example.org", "2001:db8"].iter().any(|secret| alone[0].contains(secret)),
        "{alone:?}"
    );
    assert_eq!(masked(b"a key", &[&alone[0]]), alone, "masking twice changes nothing");
}

#[test]
fn a_secret_is_found_wherever_in_a_text_its_mark_stands() {
    for text in [
        "--password hunter22",
        "-pass hunter22",
        "run\r--api-key hunter22",
        "pa\u{17F}\u{17F}word 'hunter22'",
        "PASSWORD 'hunter22'",
    ] {
        let masked = mask(&mut Redactor::new(Redaction::Secrets, None), text);
        assert!(!masked.contains("hunter22"), "{text:?} → {masked:?}");
    }
}
