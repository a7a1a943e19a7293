//! nginx `log_format`: `$name` and `${name}`.
//! Variables: nginx documentation, "Alphabetical index of variables".

use super::piece::{Look, Piece, push_literal, value};

pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(dollar) = rest.find('$') {
        push_literal(&mut pieces, &rest[..dollar]);
        rest = &rest[dollar + 1..];
        let braced = rest.strip_prefix('{');
        let body = braced.unwrap_or(rest);
        let end = body.find(|next: char| !next.is_ascii_alphanumeric() && next != '_').unwrap_or(body.len());
        let name = &body[..end];
        if name.is_empty() || (braced.is_some() && !body[end..].starts_with('}')) {
            return Err(format!("`${}` is no variable", rest.chars().take(12).collect::<String>()));
        }
        pieces.push(variable(name));
        rest = &body[end + usize::from(braced.is_some())..];
    }
    push_literal(&mut pieces, rest);
    Ok(pieces)
}

/// Any name may be a variable (`map`, `set` and modules make them), so what is not known is skipped.
fn variable(name: &str) -> Piece {
    let (field, look) = match name {
        "remote_addr"
        | "http_x_forwarded_for"
        | "http_x_real_ip"
        | "proxy_protocol_addr"
        | "realip_remote_addr"
        | "proxy_add_x_forwarded_for"
        | "the_real_ip" => ("client", Look::Kind("forwarded")),
        "remote_user" => ("user", Look::Text),
        "time_local" => ("timestamp", Look::Kind("clf")),
        "time_iso8601" => ("timestamp", Look::Kind("iso")),
        "msec" => ("timestamp", Look::Kind("epoch")),
        "request" => ("request", Look::Kind("request")),
        "request_method" => ("method", Look::Word),
        "request_uri" | "uri" => ("path", Look::Word),
        "status" => ("status", Look::Kind("status")),
        "body_bytes_sent" | "bytes_sent" => ("bytes", Look::Kind("int")),
        "request_time" => ("duration", Look::Kind("seconds")),
        "upstream_addr" => ("upstream", Look::List),
        "upstream_status" => ("upstream_status", Look::List),
        "host" | "http_host" | "server_name" | "proxy_upstream_name" => ("service", Look::Word),
        "request_id" | "req_id" | "http_x_request_id" => ("request_id", Look::Word),
        "http_user_agent" => ("user_agent", Look::Text),
        "hostname" => ("host", Look::Word),
        _ if name.starts_with("upstream_") => ("", Look::List),
        _ if name.starts_with("http_") || name.starts_with("sent_http_") || name.starts_with("cookie_") => {
            ("", Look::Text)
        }
        _ => ("", Look::Word),
    };
    value(field, look, &format!("${name}"))
}
