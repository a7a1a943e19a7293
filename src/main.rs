//! The program: parse the command line, run it, turn the outcome into an exit code.
use why503::*;
fn main() {
    let inputs: Vec<_> = std::env::args_os().skip(1).collect();
    let found = find::find(&inputs);
    let layouts = detect::catalogue::Layouts::embedded().unwrap();
    let signatures = spot::Signatures::embedded(&layouts).unwrap();
    let plan = run::Plan {
        layouts,
        signatures,
        wanted: tally::collect::Wanted { statuses: vec![(503, 503)], probes: vec![] },
        assumptions: detect::settle::Assumptions {
            log_zone: None,
            system_zone: jiff::tz::TimeZone::UTC,
            formats: vec![],
            now: 1795335814,
        },
        window: Default::default(),
        threads: 2,
    };
    let surveys = run::survey_all(&plan, &found.sources);
    let mut tally = run::read_all(&plan, &found.sources, &surveys, &Default::default());
    tally.settle();
    for (n, s) in &tally.sources {
        println!(
            "{n} host={} fmt={} score={} {:?} zone={} year={} lines={} rec={} cont={} blank={} unrec={} undated={} 503={} runner={}",
            s.host,
            s.format,
            s.score,
            s.envelopes,
            s.zone,
            s.year,
            s.fates.lines,
            s.fates.records,
            s.fates.continuation,
            s.fates.blank,
            s.fates.unrecognized,
            s.fates.undated,
            s.failed,
            s.runner_up
        );
    }
    for (k, v) in &tally.vantages {
        println!(
            "V {k:?} tier {} req {} 503 {} services {:?} clients {} fp {}",
            v.tier,
            v.requests(),
            v.failed(),
            v.services.keys().collect::<Vec<_>>(),
            v.clients.distinct(),
            v.fingerprints.iter().count()
        );
    }
    for (id, s) in &tally.hits {
        for (sc, h) in &s.scopes {
            println!("H {id} {sc:?} n={} on503={} span={:?}", h.times.total(), h.on_failed.total(), h.times.span());
        }
    }
    for (k, v) in &tally.unknown {
        for (s, h) in &v.shapes {
            println!("U {k:?} {} {s}", h.times.total());
        }
    }
    for t in &tally.troubles {
        println!("T {t:?}");
    }
}
