//! The numbers of the diagnosis, in one place. Each names the case that shows why it is what it is; changing one means
//! running the calibration (`tests/calibration`), which also says what each is worth.

use crate::model::cause::{Role, Strength};

/// Width of the buckets in which occurrences are counted, in seconds: a flood of one trace counts once per bucket.
pub(super) const BUCKET: i64 = 10;
/// Coverage from which a cause without evidence is ruled out, and below which there is no data.
pub(super) const RULED_OUT: f64 = 0.9;
/// See [`RULED_OUT`].
pub(super) const NO_DATA: f64 = 0.5;
/// Two bursts of one service with one cause are one incident over a pause of up to this many seconds, unless `--gap`
/// says otherwise.
pub const GAP: i64 = 120;
/// A burst that no fault or change explains is one with its neighbour over a pause of up to this many seconds.
pub(super) const WEAK_GAP: i64 = 30;
/// What changed is listed for this long before the first 503, in seconds.
pub(super) const BEFORE: i64 = 1800;

/// A step of the weighing that can be left out, to measure what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// Strengths: without, every line is worth the same.
    Strength,
    /// Change against the background.
    Lift,
    /// Time before the first 503.
    Lead,
    /// Nearness to what failed.
    Scope,
    /// How well a state covers the incident.
    Presence,
    /// 503s that say themselves why.
    Direct,
    /// Symptoms are explained by faults and triggers.
    Roles,
    /// A change takes the blame for the fault that it made.
    Takeover,
    /// A line that can stand for several causes says less.
    Doubt,
    /// Whoever stops a service to change it means to start it again.
    Intent,
    /// Causes that could not be seen make *unknown* likelier.
    Coverage,
    /// Errors that go with the 503s second by second say more, others less.
    Alignment,
    /// The shape of the answers.
    Shape,
}

impl Factor {
    /// All of them.
    pub const ALL: [Factor; 13] = [
        Factor::Strength,
        Factor::Lift,
        Factor::Lead,
        Factor::Scope,
        Factor::Presence,
        Factor::Direct,
        Factor::Roles,
        Factor::Takeover,
        Factor::Doubt,
        Factor::Intent,
        Factor::Coverage,
        Factor::Alignment,
        Factor::Shape,
    ];
}

/// The numbers that a measurement may change.
#[derive(Debug, Clone, PartialEq)]
pub struct Constants {
    /// What one line is worth, by strength from *context* to *direct*, in nats: evidence of one such line, new, well
    /// placed and alone, makes a cause likely with `1 - exp(-base)`.
    pub base: [f64; 4],
    /// Log rate ratio at which a lift is two thirds, in nats.
    pub lift_scale: f64,
    /// A line that was never seen before counts fully once the baseline is this many times the window.
    pub novel_baseline: f64,
    /// What it counts with no baseline at all (`overload-*`: the incident fills the data).
    pub no_baseline: f64,
    /// A line in this share of the baseline's buckets counts nothing: `ln(1/β)/ln 20` falls to 0 at 1, and is 1 below
    /// 5 %.
    pub always_there: f64,
    /// How fast evidence that comes after the first 503 loses weight, in seconds.
    pub lag: f64,
    /// What late evidence keeps.
    pub least_lead: f64,
    /// What evidence keeps that belongs to an earlier incident of the same service
    /// (`maintenance-then-server-problem`).
    pub spent: f64,
    /// Nearness of what names a server that failed requests were sent to, and of what names the service that failed.
    pub near: (f64, f64),
    /// Nearness of what names neither, on a machine whose requests failed, and on any other: it may well be the
    /// database of the service (`server-problem-postgres-disk-full`).
    pub unnamed: (f64, f64),
    /// Nearness of what names a server of other services, and of what names another service.
    pub elsewhere: (f64, f64),
    /// Weight from which a fault or trigger explains symptoms away (`server-problem-haproxy-app-crash`: "no server
    /// available" is not why).
    pub explains: f64,
    /// Weight from which a change takes the blame for a fault of the kind such a change makes
    /// (`automatic-configuration-unattended-upgrade-php`). The second holds where there is no fault but only symptoms
    /// (`automatic-configuration-puppet-port`).
    pub takes_over: (f64, f64),
    /// How much less a line says for each other cause that it can stand for: a symptom or trigger, and a fault.
    pub doubt: (f64, f64),
    /// Share of the 503s that must say so themselves for *certain*.
    pub settled: f64,
    /// Probability, lead over the second and coverage for *probable*.
    pub probable: (f64, f64, f64),
    /// Probability for *possible*.
    pub possible: f64,
    /// Likelihood of *unknown* with full sight, and what is added with none. Whichever family is left
    /// out, a refit on the recorded cases asks for less of the second; it is not followed to the end, because few of
    /// them have logs that cannot tell.
    pub unknown: (f64, f64),
    /// How far any cause can be seen without a log from behind the edge (`unknown-haproxy-timeout-only`).
    pub blind: f64,
    /// What the evidence for a cause must amount to by itself, before it is set against the others: being alone makes
    /// weak evidence no stronger (`unknown-nginx-relayed`).
    pub evident: f64,
    /// Share of the 503s that must have an error line at their second for that line to be as strong as a fault, and
    /// the lift that it must have.
    pub aligned: (f64, f64),
    /// Share of the 503s below which an exception is one of other requests, and what it keeps then
    /// (`maintenance-caddy-respond`: a traceback that answers 500 on another URL).
    pub unaligned: (f64, f64),
    /// What a stop by hand keeps as maintenance when the service then fails to start
    /// (`server-problem-fpm-bad-config`).
    pub intent: f64,
    /// A step that is left out; none outside of measurements.
    pub without: Option<Factor>,
}

impl Default for Constants {
    fn default() -> Self {
        Self {
            base: [0.25, 0.7, 2.0, 3.0],
            lift_scale: 1.5,
            novel_baseline: 10.0,
            no_baseline: 0.5,
            always_there: 20.0,
            lag: 12.0,
            least_lead: 0.1,
            spent: 0.15,
            near: (0.9, 0.8),
            unnamed: (0.7, 0.6),
            elsewhere: (0.15, 0.05),
            explains: 0.35,
            takes_over: (0.3, 0.2),
            doubt: (0.5, 0.1),
            settled: 0.8,
            probable: (0.7, 0.25, 0.5),
            possible: 0.4,
            unknown: (0.05, 0.3),
            blind: 0.4,
            evident: 0.15,
            aligned: (0.6, 0.3),
            unaligned: (0.15, 0.3),
            intent: 0.3,
            without: None,
        }
    }
}

impl Constants {
    /// What one line of this strength is worth, in nats.
    pub fn base(&self, strength: Strength) -> f64 {
        match strength {
            _ if !self.uses(Factor::Strength) => self.base[2],
            Strength::Context => self.base[0],
            Strength::Contributing => self.base[1],
            Strength::Strong => self.base[2],
            Strength::Direct => self.base[3],
        }
    }

    /// How much less a line of this role says for each other cause that it can stand for.
    pub fn doubt(&self, role: Role) -> f64 {
        if matches!(role, Role::Symptom | Role::Trigger) { self.doubt.0 } else { self.doubt.1 }
    }

    /// Whether a step is taken.
    pub fn uses(&self, factor: Factor) -> bool {
        self.without != Some(factor)
    }
}
