use super::*;

fn columns(separator: &str, heading: &str, require: &[&str], orders: &[&str], fields: &[(&str, &[&str])]) -> Columns {
    let strings = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let fields: BTreeMap<String, Vec<String>> =
        fields.iter().map(|(name, sources)| ((*name).to_owned(), strings(sources))).collect();
    Columns::compile(&ColumnsText {
        separator: separator.into(),
        quotes: true,
        heading: heading.into(),
        require: strings(require),
        remarks: vec!["#Version:".into()],
        orders: strings(orders),
        fields,
    })
    .unwrap()
}

fn get(found: &Found<'_>, names: &[&str]) -> Vec<String> {
    let value = |name: &&str| found.fields.get(Field::from_name(name).unwrap()).unwrap_or(b"?");
    names.iter().map(|name| String::from_utf8_lossy(value(name)).into_owned()).collect()
}

#[test]
fn a_heading_names_the_columns() {
    let iis = columns(
        "blank",
        "#Fields:",
        &["sc-status"],
        &[],
        &[
            ("timestamp", &["date + time"]),
            ("status", &["sc-status"]),
            ("client", &["c-ip"]),
            ("duration", &["time-taken:milliseconds"]),
        ],
    );
    let Some(Heading::Columns(order)) = iis.heading(b"#Fields: date time sc-status c-ip time-taken ") else {
        panic!("not taken for a heading")
    };
    let line = b"2026-11-22 08:04:28 503 203.0.113.9 15";
    let found = iis.read(line, std::iter::once(order.as_ref())).unwrap();
    assert!(found.stamp.is_some());
    assert_eq!(get(&found, &["status", "client", "duration"]), ["503", "203.0.113.9", "15000"]);
    for refused in ["2026-11-22 08:04:28 OK 203.0.113.9 15", "2026-11-22 503 1.2.3.4 15", "x"] {
        assert!(iis.read(refused.as_bytes(), std::iter::once(order.as_ref())).is_none(), "{refused}");
    }
    assert!(iis.read(line, std::iter::empty()).is_none());
    assert!(iis.heading(b"#Fields: date time c-ip").is_none());
    assert!(matches!(iis.heading(b"#Version: 1.0"), Some(Heading::Remark)));
}

#[test]
fn a_usual_order_has_fixed_and_open_columns() {
    let flow = columns(
        "comma",
        "",
        &[],
        &["version=2|3, Time, Source Address, status?, …"],
        &[("timestamp", &["Time"]), ("src", &["source address"]), ("action", &["status"])],
    );
    let read = |line: &str| flow.read(line.as_bytes(), std::iter::empty()).map(|found| get(&found, &["src", "action"]));
    assert_eq!(read("2,1795335814,10.0.0.1,\"a \"\"b\"\"\",x,y").unwrap(), ["10.0.0.1", "a \"b\""]);
    assert_eq!(read("3,1795335814,10.0.0.1").unwrap(), ["10.0.0.1", "?"]);
    assert!(read("4,1795335814,10.0.0.1,x").is_none());
    assert!(read("2,1795335814").is_none());
}
