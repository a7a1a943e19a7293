//! Envoy's access-log format: `%RESPONSE_CODE%`, `%REQ(:METHOD)%`.
//! Operators: Envoy documentation, "Access logging", "Command operators".

use super::piece::{Look, Piece, push_literal, value};
use crate::detect::layout::JsonText;
use std::collections::BTreeMap;

pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let text = format.trim_end_matches('\n').trim_end_matches("\\n").replace("\\\"", "\"");
    let mut rest = text.as_str();
    while let Some(percent) = rest.find('%') {
        push_literal(&mut pieces, &rest[..percent]);
        let operator = operator(&rest[percent..])?;
        rest = &rest[percent + operator.len()..];
        pieces.push(meaning(operator)?);
    }
    push_literal(&mut pieces, rest);
    Ok(pieces)
}

/// Whether one of Envoy's operators stands in `text`; two percent signs around capitals are no other server's.
pub(super) fn has_operator(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| operator(&text[at..]).is_ok_and(|found| found.len() > 4))
}

/// Whether `text` is one operator and nothing else.
pub(super) fn is_operator(text: &str) -> bool {
    text.starts_with('%') && operator(text).is_ok_and(|found| found.len() == text.len())
}

/// The members of a format that is written as one JSON object. Envoy writes numbers without the quotes that they have
/// there, so the text is no template of the line.
pub(super) fn object(format: &str) -> Option<Vec<(String, String)>> {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(format).ok()?;
    let one = |(key, value): (String, serde_json::Value)| {
        Some((key, value.as_str().filter(|text| is_operator(text))?.to_owned()))
    };
    Some(members.into_iter().filter_map(one).collect())
}

/// The members of a JSON format as the members of a layout.
pub(super) fn members(members: &[(String, String)]) -> Result<JsonText, String> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut require = Vec::new();
    for (path, operator) in members {
        let Piece::Value { field, look, .. } = meaning(operator)? else { continue };
        let (field, unit) = match (field, look) {
            ("", _) => continue,
            (field, Look::Kind("milliseconds")) => (field, ":milliseconds"),
            (field, _) => (field, ""),
        };
        if path.contains([':', '|']) {
            return Err(format!("the member `{path}` cannot be named"));
        }
        if matches!(field, "status" | "timestamp") {
            require.push(path.clone());
        }
        fields.entry(field.to_owned()).or_default().push(format!("{path}{unit}"));
    }
    if !fields.contains_key("status") {
        return Err("no member holds `%RESPONSE_CODE%`".to_owned());
    }
    Ok(JsonText { require, fields, ..JsonText::default() })
}

/// `%NAME%`, `%NAME(argument)%`, `%NAME(argument):length%`; the argument of a time may hold percent signs.
fn operator(text: &str) -> Result<&str, String> {
    let bad = || format!("`{}` is no operator", text.chars().take(16).collect::<String>());
    let body = &text[1..];
    let name =
        body.find(|next: char| !next.is_ascii_uppercase() && !matches!(next, '_' | '0'..='9')).ok_or_else(bad)?;
    let mut end = 1 + name;
    if text[end..].starts_with('(') {
        end += text[end..].find(')').ok_or_else(bad)? + 1;
    }
    let close = text[end..].find('%').ok_or_else(bad)?;
    let between = &text[end..end + close];
    let length = between.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if name == 0 || !(between.is_empty() || length) {
        return Err(bad());
    }
    Ok(&text[..end + close + 1])
}

fn meaning(operator: &str) -> Result<Piece, String> {
    let body = operator.trim_matches('%');
    let (name, argument) = body
        .split_once('(')
        .map_or((body, ""), |(name, rest)| (name, rest.rsplit_once(')').map_or(rest, |(argument, _)| argument)));
    let (field, look) = match name {
        "START_TIME" => {
            let kind = match argument {
                "" => "iso",
                _ if argument.starts_with("%Y-%m-%d") || argument.starts_with("%F") => "iso",
                _ if argument.starts_with("%d/%b/%Y") => "clf",
                _ if argument.starts_with("%Y/%m/%d") => "slash",
                _ if argument.starts_with("%s") => "epoch",
                _ => return Err(format!("`{operator}` is not understood")),
            };
            ("timestamp", Look::Kind(kind))
        }
        "REQ" | "REQ_WITHOUT_QUERY" => request_header(argument),
        "RESPONSE_CODE" => ("status", Look::Kind("status")),
        "RESPONSE_FLAGS" => ("reason", Look::Word),
        "RESPONSE_CODE_DETAILS" => ("message", Look::Word),
        "BYTES_SENT" => ("bytes", Look::Kind("int")),
        "BYTES_RECEIVED" => ("", Look::Kind("int")),
        "DURATION" => ("duration", Look::Kind("milliseconds")),
        "UPSTREAM_HOST" => ("upstream", Look::Word),
        "UPSTREAM_CLUSTER" | "UPSTREAM_CLUSTER_RAW" => ("service", Look::Word),
        "DOWNSTREAM_REMOTE_ADDRESS" => ("client", Look::Kind("address-port")),
        "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" => ("client", Look::Kind("address")),
        "RESP" | "TRAILER" | "DYNAMIC_METADATA" | "UPSTREAM_TRANSPORT_FAILURE_REASON" | "FILTER_STATE" => {
            ("", Look::Text)
        }
        _ => ("", Look::Word),
    };
    // What may hold blanks stands in quotes or at the end in every format that can be read at all.
    let look = if look == Look::Text && name == "RESP" { Look::Word } else { look };
    Ok(value(field, look, operator))
}

/// `X?Y` is the header X, else Y; what the second one means counts, it is the usual one.
fn request_header(argument: &str) -> (&'static str, Look) {
    let name = argument.rsplit('?').next().unwrap_or_default().to_ascii_uppercase();
    match name.as_str() {
        ":METHOD" => ("method", Look::Word),
        ":PATH" => ("path", Look::Word),
        ":AUTHORITY" | "HOST" => ("service", Look::Word),
        "X-FORWARDED-FOR" | "X-REAL-IP" => ("client", Look::Kind("forwarded")),
        "USER-AGENT" => ("user_agent", Look::Text),
        "X-REQUEST-ID" => ("request_id", Look::Word),
        _ => ("", Look::Word),
    }
}
