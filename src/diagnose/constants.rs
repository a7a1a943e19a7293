//! The numbers of the diagnosis, in one place. Each names the fixture that shows why it is what it is; changing one
//! means running `cargo test --test fixtures`.

use crate::model::cause::Strength;

/// What one line is worth, in nats: evidence of one line of this strength, new, well placed and alone, makes a cause
/// likely with `1 - exp(-base)`.
pub(super) fn base(strength: Strength) -> f64 {
    match strength {
        Strength::Direct => 3.0,
        Strength::Strong => 2.0,
        Strength::Contributing => 0.7,
        Strength::Context => 0.25,
    }
}

/// Width of the buckets in which occurrences are counted, in seconds: a flood of one trace counts once per bucket.
pub(super) const BUCKET: i64 = 10;
/// Log rate ratio at which a lift is two thirds, in nats.
pub(super) const LIFT_SCALE: f64 = 1.5;
/// A line that was never seen before counts fully once the baseline is this many times the window.
pub(super) const NOVEL_BASELINE: f64 = 10.0;
/// What it counts with no baseline at all (`overload-*`: the incident fills the data).
pub(super) const NO_BASELINE: f64 = 0.5;
/// A line in this share of the baseline's buckets counts nothing: `ln(1/β)/ln 20` falls to 0 at 1, and is 1 below 5 %.
pub(super) const ALWAYS_THERE: f64 = 20.0;
/// How fast evidence that comes after the first 503 loses weight, in seconds.
pub(super) const LAG: f64 = 12.0;
/// What late evidence keeps.
pub(super) const LEAST_LEAD: f64 = 0.1;
/// What evidence keeps that belongs to an earlier incident of the same service (`maintenance-then-server-problem`).
pub(super) const SPENT: f64 = 0.15;
/// Weight from which a fault or trigger explains symptoms away (`haproxy-app-crash`: "no server available" is not why).
pub(super) const EXPLAINS: f64 = 0.35;
/// Weight from which a change takes the blame for a fault of the kind such a change makes (`unattended-upgrade-php`).
/// The second holds where there is no fault but only symptoms (`automatic-configuration-puppet-port`).
pub(super) const TAKES_OVER: (f64, f64) = (0.3, 0.2);
/// Share of the 503s that must say so themselves for *certain*.
pub(super) const SETTLED: f64 = 0.8;
/// Probability, lead over the second and coverage for *probable*.
pub(super) const PROBABLE: (f64, f64, f64) = (0.7, 0.25, 0.5);
/// Probability for *possible*.
pub(super) const POSSIBLE: f64 = 0.4;
/// Probability of *unknown* with full sight, and what is added with none.
pub(super) const UNKNOWN: (f64, f64) = (0.05, 0.6);
/// Coverage from which a cause without evidence is ruled out, and below which there is no data.
pub(super) const RULED_OUT: f64 = 0.9;
/// See [`RULED_OUT`].
pub(super) const NO_DATA: f64 = 0.5;
/// Two bursts of one service with one cause are one incident over a pause of up to this many seconds, unless `--gap`
/// says otherwise.
pub const GAP: i64 = 120;
/// What changed is listed for this long before the first 503, in seconds.
pub(super) const BEFORE: i64 = 1800;
/// How far any cause can be seen without a log from behind the edge (`unknown-haproxy-timeout-only`).
pub(super) const BLIND: f64 = 0.4;
/// What the evidence for a cause must amount to by itself, before it is set against the others: being alone makes weak
/// evidence no stronger (`unknown-nginx-relayed`).
pub(super) const EVIDENT: f64 = 0.15;
/// Share of the 503s that must have an error line at their second for that line to be as strong as a fault, and the
/// lift that it must have.
pub(super) const ALIGNED: (f64, f64) = (0.6, 0.3);
/// Share of the 503s below which an exception is one of other requests, and what it keeps then
/// (`maintenance-caddy-respond`: a traceback that answers 500 on another URL).
pub(super) const UNALIGNED: (f64, f64) = (0.15, 0.3);
/// What a stop by hand keeps as maintenance when the service then fails to start (`server-problem-fpm-bad-config`).
pub(super) const INTENT: f64 = 0.3;
/// A burst that no fault or change explains is one with its neighbour over a pause of up to this many seconds.
pub(super) const WEAK_GAP: i64 = 30;
