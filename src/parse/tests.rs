use super::*;
use crate::detect::settle::{Assumptions, settle};
use crate::detect::survey::Survey;
use crate::model::field::Field;
use jiff::tz::TimeZone;

fn assumptions() -> Assumptions {
    Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: 1_795_335_814 }
}

/// Format, end, and chosen fields of every record of a text; and how its lines fared.
fn parse(name: &str, text: &str, fields: &[Field]) -> (Vec<String>, Fates) {
    let layouts = Layouts::embedded().unwrap();
    let survey = Survey::of(&layouts, name.to_owned(), None, text.as_bytes(), b"");
    let readings = settle(&layouts, &[survey], &assumptions());
    let mut records = Vec::new();
    let mut parser = Parser::new(&layouts, readings[0].clone().into(), Window::default());
    let fates = parser.block(text.as_bytes(), 1, &mut |parsed| {
        let mut line = format!("{} {} {}", parsed.record.line, layouts.get(parsed.record.layout).text.id, parsed.end);
        for field in fields {
            line.push(' ');
            line.push_str(&String::from_utf8_lossy(parsed.record.fields.get(*field).unwrap_or(b"?")));
        }
        records.push(line);
    });
    assert_eq!(fates.accounted(), fates.lines, "{name}");
    (records, fates)
}

#[test]
fn a_stack_trace_stays_one_record() {
    let text = "[2026-11-22 08:04:26 +0000] [101] [INFO] Booting worker with pid: 107\n\
                [2026-11-22 08:04:34 +0000] [107] [ERROR] Exception in worker process\nTraceback (most recent call last):\n  File \"x.py\", line 1\nModuleNotFoundError: No module named 'y'\n\n\
                [2026-11-22 08:04:35 +0000] [107] [INFO] Worker exiting (pid: 107)\n";
    let (records, fates) = parse("app1/error.log", text, &[Field::Level]);
    assert_eq!(
        records,
        [
            "1 gunicorn-error 2026-11-22T08:04:26Z INFO",
            "2 gunicorn-error 2026-11-22T08:04:34Z ERROR",
            "7 gunicorn-error 2026-11-22T08:04:35Z INFO"
        ]
    );
    assert_eq!((fates.records, fates.continuation, fates.blank), (3, 3, 1));
}

#[test]
fn one_syslog_file_holds_many_programs() {
    let text = "2026-11-22T08:05:19.303808+00:00 lb01 haproxy[119]: 203.0.113.5:58427 [22/Nov/2026:09:05:16.303] www bk_shop/app1 0/0/-1/-1/3000 503 216 - - SC-- 36/36/35/0/0 0/0 \"GET /product/5594 HTTP/1.1\"\n\
                2026-11-22T08:05:19.400000+00:00 lb01 haproxy[119]: backend bk_shop has no server available!\n\
                2026-11-22T08:05:20.000000+00:00 lb01 CRON[134]: (root) CMD (certbot -q renew)\n\
                2026-11-22T08:05:21.000000+00:00 lb01 deploy: shop: installing release 7\n\
                2026-11-22T08:05:22.000000+00:00 lb01 kernel: [FW-DROP] IN=eth0 OUT= MAC= SRC=10.0.0.1 DST=10.0.0.2 LEN=60 PROTO=TCP SPT=1 DPT=8000 SYN\n";
    let (records, _) = parse("syslog", text, &[Field::Program, Field::Status, Field::Service, Field::DstPort]);
    assert_eq!(
        records,
        [
            "1 haproxy-http 2026-11-22T08:05:19.303Z haproxy 503 bk_shop ?",
            "2 haproxy-event 2026-11-22T08:05:19.400Z haproxy ? bk_shop ?",
            "3 cron 2026-11-22T08:05:20Z CRON ? ? ?",
            "4 syslog 2026-11-22T08:05:21Z deploy ? ? ?",
            "5 netfilter 2026-11-22T08:05:22Z kernel ? ? 8000",
        ]
    );
}

#[test]
fn a_layout_that_begins_late_is_found() {
    let mut text = String::new();
    for second in 10..60 {
        text.push_str(&format!(
            "203.0.113.9 - - [22/Nov/2026:08:04:{second} +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n"
        ));
    }
    let head = text.clone();
    for second in 10..60 {
        text.push_str(&format!("{{\"time\":\"2026-11-22T08:05:{second}Z\",\"remote_addr\":\"203.0.113.9\",\"request\":\"GET / HTTP/1.1\",\"status\":503}}\n"));
    }
    let layouts = Layouts::embedded().unwrap();
    let survey = Survey::of(&layouts, "access.log".to_owned(), None, head.as_bytes(), b"");
    let readings = settle(&layouts, &[survey], &assumptions());
    let mut statuses = 0;
    let fates =
        Parser::new(&layouts, readings[0].clone().into(), Window::default()).block(text.as_bytes(), 1, &mut |parsed| {
            statuses += usize::from(parsed.record.fields.number(Field::Status) == Some(503));
        });
    assert_eq!((fates.records, statuses), (100, 50));
}

#[test]
fn a_line_that_its_container_runtime_cut_is_one_record() {
    let text = "2026-11-22T08:05:16.000000001Z stdout P {\"time\":\"2026-11-22T08:05:16Z\",\"level\":\"error\",\n\
                2026-11-22T08:05:16.000000002Z stdout P \"msg\":\"no \n\
                2026-11-22T08:05:16.000000003Z stdout F price\"}\n\
                2026-11-22T08:05:17.000000001Z stdout F {\"time\":\"2026-11-22T08:05:17Z\",\"level\":\"info\",\"msg\":\"ok\"}\n";
    let (records, fates) = parse("pods/0.log", text, &[Field::Level, Field::Message]);
    assert_eq!(records, ["1 json-log 2026-11-22T08:05:16Z error no price", "4 json-log 2026-11-22T08:05:17Z info ok"]);
    assert_eq!((fates.records, fates.continuation), (2, 2));
}

#[test]
fn colours_are_no_part_of_a_line() {
    let text = "\x1b[2m2026-11-22T08:05:16Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mshop::db\x1b[0m\x1b[2m:\x1b[0m timed out\n\
                \x1b[1m   0: backtrace\x1b[0m\n";
    let (records, _) = parse("shop.log", text, &[Field::Level, Field::Message]);
    assert_eq!(records, ["1 rust-log 2026-11-22T08:05:16Z ERROR timed out\n   0: backtrace"]);
}

#[test]
fn lines_that_explain_the_record_above_belong_to_it() {
    let text = "2026-11-22 08:05:16.123 UTC [4711] shop@shop ERROR:  relation \"x\" does not exist\n\
                2026-11-22 08:05:16.123 UTC [4711] shop@shop STATEMENT:  select *\n\tfrom x\n\
                2026-11-22 08:05:17.123 UTC [4711] shop@shop LOG:  disconnection\n";
    let (records, fates) = parse("postgresql/main.log", text, &[Field::Level]);
    assert_eq!(records, ["1 postgresql 2026-11-22T08:05:16.123Z ERROR", "4 postgresql 2026-11-22T08:05:17.123Z LOG"]);
    assert_eq!((fates.records, fates.continuation), (2, 2));
}

#[test]
fn containers_share_a_file() {
    let text = "web-1  | 203.0.113.9 - - [22/Nov/2026:08:05:16 +0000] \"GET / HTTP/1.1\" 503 197 \"-\" \"-\"\n\
                app-1  | [2026-11-22 08:05:16 +0000] [107] [ERROR] Exception in worker process\n\
                app-1  | Traceback (most recent call last):\n\
                app-1  |   File \"x.py\", line 1\n\
                app-1  | ModuleNotFoundError: No module named 'y'\n\
                web-1  | 203.0.113.9 - - [22/Nov/2026:08:05:17 +0000] \"GET / HTTP/1.1\" 503 197 \"-\" \"-\"\n";
    let (records, fates) = parse("compose.log", text, &[Field::Host, Field::Status]);
    assert_eq!(
        records,
        [
            "1 combined 2026-11-22T08:05:16Z web-1 503",
            "2 gunicorn-error 2026-11-22T08:05:16Z app-1 ?",
            "6 combined 2026-11-22T08:05:17Z web-1 503",
        ]
    );
    assert_eq!(fates.continuation, 3);
}

#[test]
fn a_go_panic_behind_a_carrier_is_one_record() {
    let line =
        |text: &str| format!("{{\"log\":\"{text}\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T08:05:16Z\"}}\n");
    let lines = [
        "listening on :8080",
        "panic: no price",
        "",
        "goroutine 1 [running]:",
        "main.main()",
        "\\t/srv/x.go:3 +0x1",
        "exit status 2",
        "listening on :8080",
    ];
    let text: String = lines.into_iter().map(line).collect();
    let (records, fates) = parse("x-json.log", &text, &[Field::Message]);
    assert_eq!(records.len(), 3, "{records:#?}");
    assert!(records[1].contains("main.main()") && records[1].ends_with("exit status 2"), "{records:#?}");
    assert_eq!((fates.blank, fates.continuation), (1, 4));
}

#[test]
fn every_layout_reads_its_samples_and_refuses_its_strangers() {
    let layouts = Layouts::embedded().unwrap();
    for (_, layout) in layouts.iter() {
        for sample in &layout.proof().samples {
            assert!(layout.read_sample(sample).is_some(), "{} does not read {sample}", layout.text.id);
        }
        // What any text fits is told by what carries it; `prove` holds its strangers against whole files.
        for stranger in layout.proof().strangers.iter().filter(|_| !layout.reads_anything()) {
            assert_eq!(layout.fit(stranger.as_bytes()), 0, "{} reads {stranger}", layout.text.id);
        }
    }
}

#[test]
fn headings_name_the_columns_of_what_follows() {
    let mut layouts = Layouts::embedded().unwrap();
    let text = r##"
        id = "test-columns"
        title = "columns"
        product = "test"
        family = "access"
        utc = true
        samples = []
        strangers = []
        [columns]
        separator = "blank"
        heading = "#Columns:"
        require = ["test-status"]
        remarks = ["#Made:"]
        [columns.fields]
        timestamp = ["date + time"]
        status = ["test-status"]
    "##;
    layouts.add(toml::from_str(text).unwrap()).unwrap();
    let log = "2026-11-22 08:00:00 500 a\n#Made: 1\n#Columns: date time test-status x\n2026-11-22 08:00:01 501 b\n\
               #Columns: test-status date time\n503 2026-11-22 08:00:02\nnot of these\n";
    let survey = Survey::of(&layouts, "a.log".to_owned(), None, log.as_bytes(), b"");
    let readings = settle(&layouts, &[survey], &assumptions());
    let mut statuses = Vec::new();
    let mut parser = Parser::new(&layouts, readings[0].clone().into(), Window::default());
    let mut read = |text: &str, from: u64| {
        parser.block(text.as_bytes(), from, &mut |parsed| {
            statuses.push((parsed.record.line, parsed.record.fields.number(Field::Status).unwrap()));
        })
    };
    let fates = read(log, 1);
    assert_eq!((fates.records, fates.blank, fates.unrecognized), (3, 3, 1));
    // A later block has no heading of its own.
    assert_eq!(read("504 2026-11-22 08:00:03\n", 8).records, 1);
    assert_eq!(statuses, [(1, 500), (4, 501), (6, 503), (8, 504)]);
}

#[test]
fn devices_without_a_tag_share_a_collector() {
    let text = "Nov 22 08:14:02 fw1 %ASA-4-106023: Deny tcp src dmz:10.0.2.1/33038 dst inside:10.0.4.11/8000 by access-group \"in\" [0x0, 0x0]\n\
                <189>date=2026-11-22 time=08:14:03 devname=\"fw2\" devid=\"F\" logid=\"0000000013\" type=\"traffic\" srcip=10.0.2.1 dstip=10.0.4.11 dstport=8000 action=\"deny\"\n\
                Nov 22 08:14:04 gw firewall,info DROP-FWD forward: in:a out:b, proto TCP (SYN), 10.0.2.1:33038->10.0.4.11:8000, len 60\n\
                Nov 22 08:14:05 fw3 kernel: FW-REJECT IN=a OUT= SRC=10.0.2.1 DST=10.0.4.11 PROTO=ICMP TYPE=3 [SRC=10.0.4.11 DST=10.0.2.1 PROTO=TCP DPT=9 ]\n";
    let (records, _) = parse("syslog", text, &[Field::Host, Field::Src, Field::DstPort, Field::Action]);
    assert_eq!(
        records,
        [
            "1 cisco-asa 2026-11-22T08:14:02Z fw1 10.0.2.1 8000 deny",
            "2 fortigate 2026-11-22T08:14:03Z fw2 10.0.2.1 8000 deny",
            "3 mikrotik 2026-11-22T08:14:04Z gw 10.0.2.1 8000 drop",
            "4 netfilter 2026-11-22T08:14:05Z fw3 10.0.2.1 ? reject",
        ]
    );
}

#[test]
fn a_record_with_a_last_line_holds_whatever_stands_before_it() {
    let entry = |id: &str, status: &str| {
        format!(
            "--{id}-A--\n[22/Nov/2026:08:14:02 +0000] Z0 198.51.100.61 50311 192.0.2.20 443\n--{id}-B--\nGET /cart HTTP/1.1\n\n\
             --{id}-C--\n203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n\
             --{id}-F--\nHTTP/1.1 {status} X\n\n--{id}-Z--\n\n"
        )
    };
    let text = entry("7e11c04a", "503") + &entry("7e11c04b", "200");
    let (records, fates) = parse("modsec_audit.log", &text, &[Field::Client, Field::Path, Field::Status]);
    assert_eq!(
        records,
        [
            "1 modsecurity-audit 2026-11-22T08:14:02Z 198.51.100.61 /cart 503",
            "13 modsecurity-audit 2026-11-22T08:14:02Z 198.51.100.61 /cart 200"
        ]
    );
    assert_eq!(fates.unrecognized, 0);
}
