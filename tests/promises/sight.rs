//! Nothing found is not nothing looked at.

use crate::case::{Case, Ran, run};
use std::collections::BTreeMap;

/// What a table says of each cause or check.
fn statuses(ran: &Ran, table: &str, key: &str) -> BTreeMap<String, String> {
    ran.rows(table).into_iter().map(|row| (row[key].clone(), row["status"].clone())).collect()
}

#[test]
fn without_a_firewall_log_the_firewall_is_not_ruled_out() {
    let case = Case::named("server-problem-haproxy-app-crash");
    let whole = run([case.logs()]);
    assert_eq!(statuses(&whole, "causes.csv", "cause")["firewall"], "ruled out");
    assert_eq!(statuses(&whole, "checklist.csv", "check")["firewall configuration"], "ruled out");

    let logs = case.logs_without(|name| name == "ufw.log" || name == "syslog");
    let blind = run([logs.path()]);
    assert_eq!(statuses(&blind, "causes.csv", "cause")["firewall"], "no data");
    let step = blind.rows("checklist.csv").into_iter().find(|row| row["check"] == "firewall configuration").unwrap();
    assert_eq!(step["status"], "no data");
    assert!(step["next_action"].starts_with("Add "), "names the log to add: {step:?}");
    assert_eq!(blind.rows("incidents.csv")[0]["cause"], "server-problem", "the rest is seen as before");
}

#[test]
fn with_the_balancers_log_alone_nothing_is_ruled_out() {
    let case = Case::named("server-problem-haproxy-app-crash");
    let logs = case.logs_without(|name| name != "haproxy.log");
    let ran = run([logs.path()]);
    let causes = statuses(&ran, "causes.csv", "cause");
    assert_eq!(causes.len(), 7, "{causes:?}");
    assert!(causes.values().all(|status| status != "ruled out"), "{causes:?}");
    for cause in ["automatic-configuration", "firewall", "script-bug"] {
        assert_eq!(causes[cause], "no data", "{causes:?}");
    }
    let checks = statuses(&ran, "checklist.csv", "check");
    assert_eq!(checks.len(), 9, "{checks:?}");
    assert!(checks.values().all(|status| status != "ruled out"), "{checks:?}");
    assert_eq!(checks["application and server logs"], "no data");
    assert!(ran.out.contains("Not visible"), "{}", ran.out);
}

#[test]
fn a_log_that_ends_before_the_incident_rules_nothing_out() {
    let case = Case::named("server-problem-haproxy-app-crash");
    let logs = case.logs_without(|name| name == "ufw.log" || name == "syslog");
    // One drop of a scanner, an hour before, in a log that was rotated away since.
    let early = "Nov 22 07:00:01 lb01 [UFW BLOCK] IN=eth0 OUT= MAC= SRC=198.51.100.44 DST=192.0.2.10 LEN=60 TOS=00 \
                 PREC=0x00 TTL=64 ID=3545 DF PROTO=TCP SPT=33811 DPT=8503 SEQ=1 ACK=0 WINDOW=64240 SYN URGP=0 MARK=0x0\n";
    std::fs::write(logs.path().join("ufw.log.1"), early).unwrap();
    let ran = run([logs.path()]);
    assert_ne!(statuses(&ran, "causes.csv", "cause")["firewall"], "ruled out");
    assert_ne!(statuses(&ran, "checklist.csv", "check")["firewall configuration"], "ruled out");
}
