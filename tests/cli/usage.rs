//! Exit codes and messages.

use crate::logs::Logs;

#[test]
fn wrong_use_is_2_and_names_the_option() {
    let logs = Logs::of_an_outage();
    logs.write("file", b"");
    for (arguments, expected) in [
        (&["--since", "tomorow", "logs"][..], "--since"),
        (&["--until", "2026-13-01", "logs"], "--until"),
        (&["--since", "2026-11-23", "--until", "2026-11-22", "logs"], "nothing can lie between"),
        (&["--tz", "Mars/Olympus", "logs"], "IANA name"),
        (&["--log-tz", "+99:00", "logs"], "--log-tz"),
        (&["--status", "50x", "logs"], "--status"),
        (&["--format", "*=no-such-format", "logs"], "no format is called `no-such-format`"),
        (&["--format", "*=nginx-acess", "logs"], "nginx-access"),
        (&["--emit", "pdf", "logs"], "--emit"),
        (&["--csv-delimiter", "\"", "logs"], "--csv-delimiter"),
        (&["--gap", "soon", "logs"], "--gap"),
        (&["-j", "0", "logs"], "--threads"),
        (&["-q", "-v", "logs"], "cannot be used with"),
        (&["--no-such-option", "logs"], "--no-such-option"),
        (&["-q", "sources", "logs"], "put the command first"),
        (&["--out", "file", "logs"], "--out file: exists and is no directory"),
        (&["--out", "file/report", "logs"], "--out file/report: file is no directory"),
        (&["scan", "logs", "--out", "logs"], "--out logs: is a directory"),
        (&["scan", "logs", "--out", "file/part"], "--out file/part"),
        (&["scan", "logs"], "--out"),
        (&["--patterns", "nowhere", "logs"], "--patterns: patterns in nowhere"),
        (&["man", "nothing"], "there is no such command"),
    ] {
        let ran = logs.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(expected), "{arguments:?} {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    assert!(!logs.path("why503-report").exists(), "nothing was read or written");
}

#[test]
fn an_incident_is_told_by_number_only_when_asked() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["logs"]).code, 0);
    assert_eq!(logs.run(&["--fail-on-incident", "logs"]).code, 1);
    assert_eq!(logs.run(&["--fail-on-incident", "logs", "nowhere"]).code, 1, "found is found");
    assert_eq!(logs.run(&["--fail-on-incident", "--status", "504", "logs"]).code, 0);
    assert_eq!(logs.run(&["--fail-on-incident", "logs/app1"]).code, 0);
}

#[test]
fn quiet_says_nothing_and_writes_the_report() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["-q", "logs", "nowhere"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (3, "", ""));
    assert!(logs.path("why503-report/report.md").is_file());
}

#[test]
fn colour_only_when_asked_or_on_a_terminal() {
    let logs = Logs::of_an_outage();
    assert!(!logs.run(&["logs"]).out.contains('\u{1b}'));
    assert!(logs.run(&["--color", "always", "logs"]).out.contains('\u{1b}'));
}

#[test]
fn a_slip_in_a_glob_is_told() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["--edge", "*nginx*", "logs"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("--edge *nginx*: fits the name of no access log"), "{}", ran.err);
    assert!(ran.err.contains("lb1/haproxy.log"), "{}", ran.err);
    let ran = logs.run(&["--format", "*nginx*=nginx-access", "logs"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("fits the name of no input"), "{}", ran.err);
}

#[test]
fn a_window_beside_the_logs_is_told() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["--until", "2025-01-01", "logs"]);
    assert!(ran.out.starts_with("No record between --since and --until: 1,205 dated lines"), "{}", ran.out);
    let ran = logs.run(&["--since", "2027-01-01", "logs"]);
    assert!(ran.out.starts_with("No record between --since and --until: 3 inputs end before it"), "{}", ran.out);
}

#[test]
fn times_follow_the_zone() {
    let logs = Logs::of_an_outage();
    let ran =
        logs.run(&["--tz", "Europe/Berlin", "--since", "2026-11-22 09:05", "--until", "2026-11-22T08:05:30Z", "logs"]);
    assert!(ran.out.contains("22 of 60 requests") || ran.out.contains("22 of 22 requests"), "{}", ran.out);
    assert!(ran.out.contains("09:05:19-09:05:29 CET"), "{}", ran.out);
}

#[test]
fn help_is_for_operators() {
    let logs = Logs::new();
    let help = logs.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for piece in ["Reading:", "Diagnosis:", "Report:", "Run:", "Examples:", "Exit codes:", "[default: why503-report/]"]
    {
        assert!(help.out.contains(piece), "{piece}");
    }
    for command in ["parse", "sources", "scan", "merge"] {
        assert_eq!(logs.run(&[command, "--help"]).code, 0);
        assert!(logs.run(&["man", command]).out.contains(&format!("why503\\-{command}")), "{command}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(logs.run(&["completions", shell]).out.contains("fail-on-incident"), "{shell}");
    }
    assert_eq!(logs.run(&[]).code, 2);
    assert!(logs.run(&["--version"]).out.starts_with("why503 "));
}

#[test]
#[cfg(unix)]
fn a_closed_pipe_is_a_quiet_end() {
    let logs = Logs::of_an_outage();
    for arguments in ["parse logs", "sources logs --output ndjson", "logs", "sources --list", "scan logs -o -"] {
        let program = assert_cmd::cargo::cargo_bin!("why503");
        let script = format!("{} {arguments} | true; exit ${{PIPESTATUS[0]}}", program.display());
        let output =
            std::process::Command::new("bash").current_dir(logs.path(".")).args(["-c", &script]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
    }
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let logs = Logs::of_an_outage();
    let coloured = |settings: &[(&str, &str)]| {
        let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("why503"));
        command.current_dir(logs.path("")).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").arg("logs");
        let output = command.envs(settings.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured(&[]), "this is no terminal");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}
