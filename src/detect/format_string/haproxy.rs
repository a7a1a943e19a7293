//! HAProxy `log-format`: `%ci`, `%{+Q}r`, `%[expression]`.
//! Names: HAProxy configuration manual, 8.2.6 "Custom log format".

use super::piece::{Look, Piece, push_literal, value};

pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let text = format.replace("\\ ", " ").replace("\\\"", "\"");
    let mut rest = text.as_str();
    let mut all_quoted = false;
    while let Some(percent) = rest.find('%') {
        push_literal(&mut pieces, &rest[..percent]);
        let item = Item::read(&rest[percent..])?;
        rest = &rest[percent + item.whole.len()..];
        match item.name {
            "%" => push_literal(&mut pieces, "%"),
            // Flags for all that follow.
            "o" => {
                all_quoted = item.flags.contains("+Q");
                // It writes nothing, and HAProxy begins no line with a blank.
                if pieces.is_empty() {
                    rest = rest.trim_start_matches(' ');
                }
            }
            // The format of the seconds reads the fraction behind them.
            "ms" if after_seconds(&pieces) => drop(pieces.pop()),
            "hr" | "hs" => {
                drop_blank(&mut pieces);
                pieces.push(Piece::Template("[[ {<:text>}]]"));
            }
            "cp" if after_client(&pieces) => {
                pieces.pop();
                if let Some(Piece::Value { look, .. }) = pieces.last_mut() {
                    *look = Look::Kind("address-port");
                }
            }
            _ => {
                let quoted = item.flags.contains("+Q") || (all_quoted && !item.flags.contains("-Q"));
                push_value(&mut pieces, &item, quoted)?;
            }
        }
    }
    push_literal(&mut pieces, rest);
    Ok(pieces)
}

struct Item<'a> {
    whole: &'a str,
    flags: &'a str,
    name: &'a str,
}

impl<'a> Item<'a> {
    /// `%name`, `%{flags}name`, `%[expression]`, `%(name){flags}[expression]`.
    fn read(text: &'a str) -> Result<Self, String> {
        let bad = || format!("`{}` is no specifier", text.chars().take(12).collect::<String>());
        let (mut at, mut flags) = (1, "");
        loop {
            let rest = &text[at..];
            let close = |bracket: char| rest.find(bracket).ok_or_else(bad);
            match rest.chars().next().ok_or_else(bad)? {
                '{' => {
                    let end = close('}')?;
                    flags = &rest[1..end];
                    at += end + 1;
                }
                '(' => at += close(')')? + 1,
                '[' => {
                    let end = close(']')?;
                    return Ok(Self { whole: &text[..at + end + 1], flags, name: "[]" });
                }
                '%' => return Ok(Self { whole: &text[..at + 1], flags, name: "%" }),
                _ => {
                    let end = rest.find(|next: char| !next.is_ascii_alphanumeric()).unwrap_or(rest.len());
                    // A name ends where a known one does: `%Tt` in `%Ttms` has no other border.
                    let known = (1..=end).rev().find(|&end| meaning(&rest[..end]).is_some());
                    let end = known.ok_or_else(|| format!("`%{}` is not understood", &rest[..end]))?;
                    return Ok(Self { whole: &text[..at + end], flags, name: &rest[..end] });
                }
            }
        }
    }
}

fn push_value(pieces: &mut Vec<Piece>, item: &Item<'_>, quoted: bool) -> Result<(), String> {
    let (field, look) = meaning(item.name).ok_or_else(|| format!("`%{}` is not understood", item.name))?;
    // Numbers and times stay bare whatever the flags say; addresses and ports are text.
    let port = matches!(item.name, "cp" | "fp" | "bp" | "sp");
    let quoted = quoted && (port || !matches!(look, Look::Kind("int" | "status" | "milliseconds" | "epoch" | "clf")));
    if quoted {
        push_literal(pieces, "\"");
    }
    if matches!(item.name, "B" | "Ta" | "Tt" | "rc") {
        pieces.push(Piece::Template("[[+]]"));
    }
    pieces.push(value(field, look, item.whole));
    if quoted {
        push_literal(pieces, "\"");
    }
    Ok(())
}

/// Without captured headers nothing is written, not even the blank before.
fn drop_blank(pieces: &mut Vec<Piece>) {
    if let Some(Piece::Literal(text)) = pieces.last_mut() {
        if text == " " {
            pieces.pop();
        } else if text.ends_with(' ') {
            text.pop();
        }
    }
}

fn after_seconds(pieces: &[Piece]) -> bool {
    matches!(pieces, [.., Piece::Value { look: Look::Kind("epoch"), .. }, Piece::Literal(dot)] if dot == ".")
}

fn after_client(pieces: &[Piece]) -> bool {
    matches!(pieces, [.., Piece::Value { field: "client", .. }, Piece::Literal(colon)] if colon == ":")
}

fn meaning(name: &str) -> Option<(&'static str, Look)> {
    Some(match name {
        "ci" => ("client", Look::Kind("address")),
        "t" | "tr" | "T" | "Tl" | "trg" | "trl" => ("timestamp", Look::Kind("clf")),
        "Ts" => ("timestamp", Look::Kind("epoch")),
        "b" => ("service", Look::Word),
        "s" => ("upstream", Look::Word),
        "ST" => ("status", Look::Kind("status")),
        "B" => ("bytes", Look::Kind("int")),
        "Ta" | "Tt" => ("duration", Look::Kind("milliseconds")),
        "ts" | "tsc" => ("reason", Look::Word),
        "r" => ("request", Look::Kind("request")),
        "HM" => ("method", Look::Word),
        "HU" | "HP" | "HPO" => ("path", Look::Word),
        "ID" => ("request_id", Look::Word),
        "H" => ("host", Look::Word),
        "pid" => ("pid", Look::Kind("int")),
        "TR" | "Tw" | "Tc" | "Tr" | "Td" | "Th" | "Ti" | "Tq" | "TU" | "Tu" | "ac" | "fc" | "bc" | "sc" | "rc"
        | "sq" | "bq" | "cp" | "fp" | "bp" | "sp" | "lc" | "ms" | "rt" | "U" => ("", Look::Kind("int")),
        "bi" | "fi" | "si" => ("", Look::Kind("address")),
        "o" | "hr" | "hs" | "f" | "ft" | "CC" | "CS" | "HQ" | "HV" | "sslc" | "sslv" => ("", Look::Word),
        "[]" | "hrl" | "hsl" => ("", Look::Text),
        _ => return None,
    })
}
