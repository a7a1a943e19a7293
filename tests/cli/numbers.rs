//! Lines are cited by their numbers, whoever read what stands before them.

use crate::logs::{Logs, SUPERVISOR, gzipped, haproxy, rows};

/// Some three megabytes, in several blocks, with an outage in the last one and a line before it that is too long.
fn log() -> String {
    let mut text = String::new();
    for second in -9000..600_i64 {
        let status = if (319..359).contains(&second) { 503 } else { 200 };
        text.push_str(&haproxy(second, status, "/"));
        text.push_str(&haproxy(second, status, &format!("/product/{second}")));
        if second == 0 {
            text.push_str(&"x".repeat((1 << 20) + 7));
            text.push('\n');
        }
    }
    text
}

#[test]
fn a_line_in_a_later_block_is_cited_by_its_number() {
    let text = log();
    let long = 1 + text.lines().position(|line| line.len() > 1 << 20).unwrap();
    for (name, bytes) in [("haproxy.log", text.as_bytes().to_vec()), ("haproxy.log.gz", gzipped(&[&text]))] {
        let logs = Logs::new();
        logs.write(&format!("logs/lb1/{name}"), &bytes);
        logs.write("logs/app1/supervisord.log", SUPERVISOR.as_bytes());
        for threads in ["1", "2", "3"] {
            let ran = logs.run(&["logs", "-o", "report", "--threads", threads]);
            assert_eq!(ran.code, 3, "{name}: {}", ran.err);
            assert!(ran.err.contains("is longer than 1048576 bytes"), "{name}: {}", ran.err);
            assert!(ran.err.contains(&format!("line {long} ")), "{name}: {}", ran.err);
            let evidence = rows(&logs.text("report/evidence.csv"));
            let of_it: Vec<_> = evidence.iter().filter(|row| row["source"].ends_with(name)).collect();
            assert!(!of_it.is_empty(), "{name}");
            for row in of_it {
                let number: usize = row["line"].parse().unwrap();
                let line = text.lines().nth(number - 1).unwrap();
                assert!(line.contains(&row["text"]), "{name} -j {threads}: line {number} is {line}, not {row:?}");
            }
        }
    }
}
