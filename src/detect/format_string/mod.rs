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
        if format.contains("$status") || format.contains("$request") || format.contains("$remote_addr") {
            Some(Self::Nginx)
        } else if format.contains("%RESPONSE_CODE") || format.contains("%START_TIME") {
            Some(Self::Envoy)
        } else if format.contains("%ST") || format.contains("%ci") || format.contains("%ft") {
            Some(Self::Haproxy)
        } else if format.contains("%>s") || format.contains("%s") || format.contains("%h") {
            Some(Self::Apache)
        } else {
            None
        }
    }

    fn product(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
        }
    }
}

/// Makes a layout of a format string; the error names the specifier that is not understood.
pub fn compile(server: Server, format: &str) -> Result<LayoutText, String> {
    let pieces = match server {
        Server::Nginx => nginx::pieces(format),
        Server::Apache => apache::pieces(format),
        Server::Haproxy => haproxy::pieces(format),
        Server::Envoy => envoy::pieces(format),
    }?;
    if !pieces.iter().any(|piece| matches!(piece, Piece::Value { .. })) {
        return Err(format!("`{format}` has no {} specifier", server.product()));
    }
    let template = assemble(&pieces)?;
    let product = server.product();
    let mut shape = BTreeMap::new();
    let fills = |name: &str| template.contains(&format!("<{name}:"));
    for (field, rule) in [("upstream", "last"), ("upstream_status", "last"), ("client", "first")] {
        if server == Server::Nginx && fills(field) {
            shape.insert(field.to_owned(), rule.to_owned());
        }
    }
    if server == Server::Haproxy && fills("service") && fills("upstream") {
        shape.insert("upstream".to_owned(), "behind service /".to_owned());
    }
    Ok(LayoutText {
        id: format!("{product}-custom"),
        title: format!("{product} access log by its own format string"),
        product: product.to_owned(),
        family: Family::Access,
        tier: if matches!(server, Server::Haproxy | Server::Envoy) { 20 } else { 40 },
        lines: vec![template],
        stamps: if server == Server::Nginx { Stamps::End } else { Stamps::Start },
        shape,
        ..LayoutText::default()
    })
}

#[cfg(test)]
mod tests;
