//! Apache `LogFormat` and its relatives: `%h`, `%>s`, `%{User-Agent}i`.
//! Letters: Apache documentation, mod_log_config, "Custom Log Formats".

use super::piece::{Look, Piece, push_literal, value};

pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let text = format.replace("\\\"", "\"").replace("\\t", "\t");
    let mut rest = text.as_str();
    while let Some(percent) = rest.find('%') {
        push_literal(&mut pieces, &rest[..percent]);
        let (name, argument, letter) = specifier(&rest[percent..])?;
        rest = &rest[percent + name.len()..];
        if letter == '%' {
            push_literal(&mut pieces, "%");
            continue;
        }
        match letter {
            // `%t` writes its own brackets.
            't' if argument.is_none() => {
                push_literal(&mut pieces, "[");
                pieces.push(value("timestamp", Look::Kind("clf"), name));
                push_literal(&mut pieces, "]");
            }
            // A time in pieces: its format reads the fraction and the zone that stand behind it.
            't' if matches!(argument, Some("msec_frac" | "usec_frac")) && push_back_to_time(&mut pieces, ".") => {}
            't' if argument == Some("%z") && push_back_to_time(&mut pieces, " ") => {}
            // The query stands right behind the path, where there is one.
            'q' if matches!(pieces.last(), Some(Piece::Value { field: "path", .. })) => {}
            // `%v:%p` is the virtual host with its port.
            'p' if ends_with_host(&pieces) => {
                pieces.pop();
                if let Some(Piece::Value { look, .. }) = pieces.last_mut() {
                    *look = Look::Kind("address");
                }
            }
            _ => pieces.push(meaning(name, argument, letter)?),
        }
    }
    push_literal(&mut pieces, rest);
    Ok(pieces)
}

/// The specifier at the front: all of it, its `{argument}`, its letter.
fn specifier(text: &str) -> Result<(&str, Option<&str>, char), String> {
    let bad = || format!("`{}` is no specifier", text.chars().take(12).collect::<String>());
    let mut at = 1;
    let mut argument = None;
    loop {
        let next = text[at..].chars().next().ok_or_else(bad)?;
        match next {
            // Conditions on the status, and the choice of the original or the last request.
            '<' | '>' | '!' | ',' | '0'..='9' => at += 1,
            '{' => {
                let end = text[at..].find('}').ok_or_else(bad)?;
                argument = Some(&text[at + 1..at + end]);
                at += end + 1;
            }
            '^' => {
                let end = text[at..].chars().take(4).map(char::len_utf8).sum::<usize>();
                return Ok((&text[..at + end], argument, '^'));
            }
            letter => return Ok((&text[..at + letter.len_utf8()], argument, letter)),
        }
    }
}

/// Whether the pieces end with a time and `between`, which is then taken away.
fn push_back_to_time(pieces: &mut Vec<Piece>, between: &str) -> bool {
    let after_time = matches!(pieces.as_slice(), [.., Piece::Value { field: "timestamp", .. }, Piece::Literal(text)] if text == between);
    if after_time {
        pieces.pop();
    }
    after_time
}

fn ends_with_host(pieces: &[Piece]) -> bool {
    matches!(pieces, [.., Piece::Value { field: "service", .. }, Piece::Literal(colon)] if colon == ":")
}

fn meaning(name: &str, argument: Option<&str>, letter: char) -> Result<Piece, String> {
    let unknown = || format!("`{name}` is not understood");
    let (field, look) = match letter {
        'h' | 'a' => ("client", Look::Kind("forwarded")),
        'u' => ("user", Look::Text),
        't' => ("timestamp", Look::Kind(time(argument.unwrap_or_default()).ok_or_else(unknown)?)),
        'r' => ("request", Look::Kind("request")),
        'm' => ("method", Look::Word),
        'U' => ("path", Look::Word),
        's' => ("status", Look::Kind("status")),
        'b' | 'B' | 'O' => ("bytes", Look::Kind("int")),
        'D' => ("duration", Look::Kind("microseconds")),
        'T' => (
            "duration",
            Look::Kind(match argument {
                None | Some("s") => "seconds",
                Some("ms") => "milliseconds",
                Some("us") => "microseconds",
                Some(_) => return Err(unknown()),
            }),
        ),
        'v' | 'V' => ("service", Look::Word),
        'P' => ("", Look::Word),
        'i' => header(argument.ok_or_else(unknown)?),
        'I' | 'k' | 'p' => ("", Look::Kind("int")),
        // Bytes for Apache, the session for Tomcat.
        'S' | 'A' | 'H' | 'L' | 'l' | 'q' | 'R' | 'X' | 'F' => ("", Look::Word),
        'f' | 'e' | 'n' | 'o' | 'C' | 'x' | 'c' | 'g' | '^' => ("", Look::Text),
        _ => return Err(unknown()),
    };
    Ok(value(field, look, name))
}

fn header(name: &str) -> (&'static str, Look) {
    match name.to_ascii_lowercase().as_str() {
        "x-forwarded-for" | "x-real-ip" | "cf-connecting-ip" | "true-client-ip" => ("client", Look::Kind("forwarded")),
        "user-agent" => ("user_agent", Look::Text),
        "host" => ("service", Look::Word),
        "x-request-id" => ("request_id", Look::Word),
        _ => ("", Look::Text),
    }
}

/// The kind of a `%{…}t`.
fn time(format: &str) -> Option<&'static str> {
    let format = format.trim_start_matches("begin:").trim_start_matches("end:");
    Some(match format {
        "sec" | "msec" | "usec" | "%s" => "epoch",
        _ if ["%d/%b/%Y:%T", "%d/%b/%Y:%H:%M:%S", "%d/%b/%Y %T", "%d/%b/%Y %H:%M:%S"]
            .iter()
            .any(|known| format.starts_with(known)) =>
        {
            "clf"
        }
        _ if format.starts_with("%Y-%m-%d") || format.starts_with("%F") => "iso",
        _ if format.starts_with("%Y/%m/%d") => "slash",
        _ => return None,
    })
}
