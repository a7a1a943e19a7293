//! What a record is about: which machine, service and server behind it.

use crate::detect::settle::Reading;
use crate::model::field::Field;
use crate::model::lossy::lossy;
use crate::model::record::Record;
use std::borrow::Cow;

/// The machine that a record is about: the one whose directory holds the log, else `named`, which its line names.
pub(super) fn named_host<'r>(reading: &'r Reading, named: Option<&'r [u8]>) -> Cow<'r, str> {
    lossy(host_of(reading, named))
}

/// The same as it is written. Where a log was placed with its host, what its lines say does not count.
pub(super) fn host_of<'r>(reading: &'r Reading, named: Option<&'r [u8]>) -> &'r [u8] {
    named.filter(|_| !reading.placed).unwrap_or(reading.host.as_bytes())
}

/// The service of requests whose lines name none: what the log is called after (`shop.access.log`), else product and
/// host.
pub(super) fn default_service(host: &str, log: &str, product: &str) -> String {
    let file = log.rsplit('/').next().unwrap_or(log);
    let named = file.find("access").map(|at| file[..at].trim_end_matches(['.', '-', '_'])).filter(|name| {
        !matches!(
            *name,
            "" | "localhost"
                | "ssl"
                | "http"
                | "https"
                | "other_vhosts"
                | "nginx"
                | "apache"
                | "apache2"
                | "httpd"
                | "default"
        )
    });
    match named {
        Some(name) => name.to_owned(),
        None if host.is_empty() => product.to_owned(),
        None => format!("{product} on {host}"),
    }
}

/// Who made a 503, as far as the access line tells.
pub(super) fn origin(record: &Record<'_>) -> &'static str {
    let upstream_status = record.fields.get(Field::UpstreamStatus);
    if let Some(status) = upstream_status {
        return if memchr::memmem::find(status, b"503").is_some() { "relayed" } else { "made here" };
    }
    match (record.fields.get(Field::Reason), record.fields.get(Field::Upstream)) {
        // HAProxy: `--` says that the session went normally, so the answer is the server's; `L` that it answered itself.
        (Some(reason), Some(upstream)) if reason.len() == 4 && upstream.contains(&b'/') => {
            if reason.starts_with(b"--") && !upstream.ends_with(b"/<NOSRV>") && !upstream.ends_with(b"/<STATS>") {
                "relayed"
            } else {
                "made here"
            }
        }
        _ => "not told",
    }
}
