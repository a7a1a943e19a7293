//! A server's own log format string as a layout: nginx `log_format`, Apache `LogFormat`, HAProxy `log-format`, Envoy's
//! access-log format.
//!
//! The string is the only sure word about a custom log, so it becomes a template of its own instead of a guess. What
//! the server writes but no field holds is skipped; what cannot be told apart in the line is an error with its name.

mod apache;
pub mod config;
mod envoy;
mod haproxy;
mod nginx;
mod piece;

use super::layout::{Family, LayoutText, Stamps};
use piece::{Piece, assemble};
use std::collections::BTreeMap;

/// A server whose format strings are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// nginx and what is built on it.
    Nginx,
    /// Apache httpd; lighttpd, varnishncsa, Tomcat and Undertow use its letters.
    Apache,
    /// HAProxy.
    Haproxy,
    /// Envoy and Istio.
    Envoy,
}

impl Server {
    /// The server that `name` means.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "nginx" => Self::Nginx,
            "apache" | "apache2" | "httpd" | "lighttpd" | "varnish" | "varnishncsa" | "tomcat" | "undertow" => {
                Self::Apache
            }
            "haproxy" => Self::Haproxy,
            "envoy" | "istio" => Self::Envoy,
            _ => return None,
        })
    }

    /// The server whose specifiers stand in `format`, where they tell.
    pub fn of(format: &str) -> Option<Self> {
        let has = |marks: &[&str]| marks.iter().any(|mark| format.contains(mark));
        if envoy::has_operator(format) {
            Some(Self::Envoy)
        } else if has(&["$status", "$request", "$remote_addr", "$time_", "$msec", "$upstream_", "${status}", "$http_"])
        {
            Some(Self::Nginx)
        } else if has(&["%ST", "%ci", "%ft", "%HM", "%tsc", "%TR", "%Ta", "%[", "%{+"]) {
            Some(Self::Haproxy)
        } else if has(&["%>s", "%s", "%h", "%r", "%t", "%a", "}i", "%D"]) {
            Some(Self::Apache)
        } else {
            None
        }
    }

    /// The layout that this server's access log has when nobody chose a format. A log by a format string is of the
    /// same kind: the same signatures and causes hold for it.
    pub fn standing(self) -> &'static str {
        match self {
            Self::Nginx => "nginx-access",
            Self::Apache => "apache-access",
            Self::Haproxy => "haproxy-http",
            Self::Envoy => "envoy-access",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "Apache httpd",
            Self::Haproxy => "HAProxy",
            Self::Envoy => "Envoy",
        }
    }
}

/// How a server was told to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatString {
    /// Text with specifiers in it.
    Text(String),
    /// A JSON object: its members by dotted path, and the one operator that each holds (Envoy).
    Members(Vec<(String, String)>),
}

/// Makes a layout of a format; the error names the specifier that is not understood.
pub fn compile(server: Server, format: &FormatString) -> Result<LayoutText, String> {
    match format {
        FormatString::Text(text) => match envoy::object(text).filter(|_| server == Server::Envoy) {
            Some(members) => compile(server, &FormatString::Members(members)),
            None => compile_text(server, text),
        },
        FormatString::Members(members) => envoy::members(members).map(|json| LayoutText {
            json: Some(Box::new(json)),
            shape: BTreeMap::from([("client".to_owned(), "first".to_owned())]),
            ..layout(server)
        }),
    }
}

fn compile_text(server: Server, format: &str) -> Result<LayoutText, String> {
    let pieces = match server {
        Server::Nginx => nginx::pieces(format),
        Server::Apache => apache::pieces(format),
        Server::Haproxy => haproxy::pieces(format),
        Server::Envoy => envoy::pieces(format),
    }?;
    if !pieces.iter().any(|piece| matches!(piece, Piece::Value { .. })) {
        return Err(format!("`{format}` has no {} specifier", server.title()));
    }
    let template = assemble(&pieces)?;
    let fills = |name: &str| template.contains(&format!("<{name}:"));
    if !["timestamp", "status", "request", "path"].iter().any(|name| fills(name)) {
        return Err(format!("`{format}` writes neither a time nor a request nor a status"));
    }
    let mut shape = BTreeMap::new();
    for (field, rule) in [("upstream", "last"), ("upstream_status", "last"), ("client", "first")] {
        if matches!(server, Server::Nginx | Server::Envoy) && fills(field) {
            shape.insert(field.to_owned(), rule.to_owned());
        }
    }
    if server == Server::Haproxy && fills("service") && fills("upstream") {
        shape.insert("upstream".to_owned(), "behind service /".to_owned());
    }
    Ok(LayoutText { lines: vec![template], shape, ..layout(server) })
}

/// What layouts of a server's own format strings have in common.
fn layout(server: Server) -> LayoutText {
    LayoutText {
        id: server.standing().to_owned(),
        family: Family::Access,
        stamps: if server == Server::Nginx { Stamps::End } else { Stamps::Start },
        own_string: true,
        ..LayoutText::default()
    }
}

#[cfg(test)]
mod tests;
