//! The longer texts of `--help`.

pub(super) const ABOUT: &str = "Says why a site answered 503 Service Unavailable, from its logs";

pub(super) const LONG_ABOUT: &str = "\
Says why a site answered 503 Service Unavailable, from its logs.

Point it at a directory of logs. It tells when, how many, which service and why, with the lines that prove it, \
and what could not be seen. It reads access logs, error logs, application, database, system and firewall logs, plain, \
compressed or bundled, and never writes to them.";

pub(super) const USAGE: &str = "why503 [OPTIONS] <PATH>...\n       why503 <COMMAND> [OPTIONS] ...";

/// The examples stand in the short help and in the long one.
macro_rules! examples {
    () => {
        "\
Examples:
  why503 /var/log
      in the middle of an incident: the answer here, the report in why503-report/
  why503 --history /var/lib/why503 --summary --tz system -o /srv/reports/yesterday /var/log
      a nightly job: the day that has ended, and what is new beside the days before
  why503 --redact all --csv-excel --csv-delimiter ';' -o for-the-vendor logs.tar.gz
      tables that open in a spreadsheet and name no client"
    };
}

pub(super) const EXAMPLES: &str = examples!();

pub(super) const LONG_AFTER: &str = concat!(
    examples!(),
    "

Exit codes:
  0  it ran, with or without incidents; an empty directory included
  1  there are incidents, and --fail-on-incident was given
  2  wrong use, bad patterns, or the report could not be written
  3  it ran, but some input could not be read whole
  4  no input could be read"
);

pub(super) const PARSE_EXAMPLES: &str = "\
Examples:
  why503 parse /var/log/haproxy.log | jq -c 'select(.status == 503)'
  why503 parse --output csv --since 08:00 /var/log > records.csv
  ssh web1 cat /var/log/nginx/access.log.1.gz | why503 parse -";

pub(super) const SOURCES_EXAMPLES: &str = "\
Examples:
  why503 sources /var/log
  why503 sources --output csv /var/log > sources.csv
  why503 sources --list";

pub(super) const SCAN_EXAMPLES: &str = "\
Examples:
  why503 scan /var/log -o web1.why503
  ssh web1 why503 scan /var/log -o - > web1.why503
  why503 merge web1.why503 db1.why503 -o report";

pub(super) const PATTERNS_EXAMPLES: &str = "\
Examples:
  why503 patterns list --product haproxy --cause overload
  why503 patterns show nginx.limit-req.rejected
  why503 patterns new shop > ~/.config/why503/patterns/shop.toml
  why503 patterns check ~/.config/why503/patterns";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  why503 explain haproxy sQ
  why503 explain envoy UH,UF
  why503 explain AH00484
  why503 explain \"$(tail -n 1 /var/log/nginx/error.log)\"";
