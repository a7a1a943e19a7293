use super::*;

fn found(files: &[(&str, &str)]) -> Vec<(String, String, Vec<String>)> {
    let read: Vec<(&str, Configuration)> = files
        .iter()
        .map(|(name, text)| {
            (*name, Configuration::read(name, text.as_bytes()).unwrap_or_else(|| panic!("{name} is not told")))
        })
        .collect();
    let files: Vec<(&str, &Configuration)> = read.iter().map(|(name, file)| (*name, file)).collect();
    let shown = |one: Configured| match one.format {
        FormatString::Text(text) => (one.name, text, one.paths),
        FormatString::Members(members) => (one.name, format!("{members:?}"), one.paths),
    };
    resolve(&files).into_iter().map(shown).collect()
}

fn one(name: &str, format: &str, paths: &[&str]) -> (String, String, Vec<String>) {
    (name.to_owned(), format.to_owned(), paths.iter().map(|path| (*path).to_owned()).collect())
}

#[test]
fn nginx_files_are_read_together() {
    let main = "user www;\nhttp {\n  log_format main escape=json '$remote_addr [$time_local] '\n    '\"$request\" $status'; # x; y\n  access_log off;\n  log_format unused '$status';\n}\n";
    let site = "server {\n  listen 80;\n  access_log /var/log/nginx/${host}.access.log main buffer=32k;\n  access_log syslog:server=10.0.0.9 main;\n}\n";
    assert_eq!(
        found(&[("etc/nginx/nginx.conf", main), ("etc/nginx/sites-enabled/shop", site)]),
        [
            one("main", "$remote_addr [$time_local] \"$request\" $status", &["*.access.log*"]),
            one("unused", "$status", &[])
        ]
    );
}

#[test]
fn of_two_formats_with_one_name_the_nearer_counts() {
    let site = |format: &str, log: &str| {
        format!("server {{ listen 80; }}\nlog_format main '{format}';\naccess_log /var/log/{log} main;\n")
    };
    assert_eq!(
        found(&[("web1/a.conf", &site("$status", "a.log")), ("web2/a.conf", &site("$request", "b.log"))]),
        [one("main", "$status", &["*a.log*"]), one("main", "$request", &["*b.log*"])]
    );
}

#[test]
fn apache_files() {
    let text = "ServerName www.example.org\nLogFormat \"%h %t \\\"%r\\\" %>s\" short\nCustomLog ${APACHE_LOG_DIR}/shop.log short env=!dontlog\nCustomLog \"|/usr/bin/rotatelogs /var/log/x.%Y.log\" \"%h %s\"\n";
    assert_eq!(
        found(&[("apache2.conf", text)]),
        [
            one("short", "%h %t \"%r\" %>s", &["*shop.log*"]),
            one("|/usr/bin/rotatelogs /var/log/x.%Y.log", "%h %s", &["*x.*.log*"])
        ]
    );
}

#[test]
fn haproxy_files() {
    let text = "global\n  log /dev/log local0\ndefaults\n  log-format \"%ci %ST\"\nfrontend www # public\n  log-format %ci\\ %ST if x\n  error-log-format \"${HAPROXY_TCP_LOG_FMT} x\"\n";
    let all = found(&[("haproxy.cfg", text)]);
    assert_eq!(all[..2], [one("defaults", "%ci %ST", &[]), one("frontend www", "%ci\\ %ST", &[])]);
    assert!(all[2].1.starts_with("%ci:%cp [%t] ") && all[2].1.ends_with("%sq/%bq x"), "{all:?}");
}

#[test]
fn envoy_and_istio_files() {
    let yaml = "static_resources:\n  listeners:\n  - name: &l edge\n    access_log:\n    - name: envoy.access_loggers.file\n      typed_config:\n        path: /var/log/envoy/shop.log\n        log_format:\n          text_format_source:\n            inline_string: \"[%START_TIME%] %RESPONSE_CODE%\\n\"\n    - typed_config:\n        path: /dev/stdout\n        log_format: { json_format: { code: \"%RESPONSE_CODE%\", n: 1, req: { path: \"%REQ(:PATH)%\" } } }\n    other: *l\n";
    assert_eq!(
        found(&[("envoy.yaml", yaml)]),
        [
            one("/var/log/envoy/shop.log", "[%START_TIME%] %RESPONSE_CODE%\n", &["*shop.log*"]),
            one("/dev/stdout", r#"[("code", "%RESPONSE_CODE%"), ("req.path", "%REQ(:PATH)%")]"#, &[])
        ]
    );
    let istio = "apiVersion: v1\nkind: ConfigMap\ndata:\n  mesh: |-\n    accessLogFile: /dev/stdout\n    accessLogFormat: |\n      [%START_TIME%] \"%REQ(:METHOD)%\"\n";
    assert_eq!(found(&[("istio.yml", istio)])[0].1, "[%START_TIME%] \"%REQ(:METHOD)%\"\n");
}

#[test]
fn what_is_no_configuration_is_left_alone() {
    for (name, text) in [
        ("notes.conf", "nothing here\nis a directive\n"),
        ("access.log", "log_format main '$status';\nserver { listen 80; }\n"),
        ("envoy.json", "{\"access_log\":\"x\",\"response_code\":\"50%\"}\n{\"response_code\":503}\n"),
        ("deep.yaml", &format!("static_resources: {}\n", "[".repeat(10_000))),
        ("a.yaml", "static_resources: [\n"),
    ] {
        assert_eq!(Configuration::read(name, text.as_bytes()), None, "{name}");
    }
    let dump = "# configuration file /etc/nginx/nginx.conf:\nevents { }\nhttp { log_format x '$status'; }\n";
    assert!(Configuration::read("nginx-T.txt", dump.as_bytes()).is_some());
}
