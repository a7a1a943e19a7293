//! Variants of a case, each with what must still hold.

use crate::clock::{shifted, states_zone};
use crate::labelled::Case;
use crate::noise;
use crate::tiers;
use crate::tree::{Tree, log_name};
use std::collections::{BTreeMap, BTreeSet};
use why503::detect::layout::Family;
use why503::diagnose::verdict::Diagnosis;
use why503::tally::Tally;

/// How a variant differs from its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Nothing is changed.
    Whole,
    /// One log is missing, with its rotated parts.
    LogRemoved,
    /// All logs of one family are missing, but not the edge's.
    ClassRemoved,
    /// Only the edge's log is there.
    EdgeAlone,
    /// A healthy database and a healthy site of another host beside.
    Noise,
    /// A host's clock is off by some seconds.
    SkewSmall,
    /// A host's clock is off by minutes.
    SkewLarge,
    /// Logs that state no zone are in another than the rest.
    ForeignZone,
    /// All clocks are set to another zone, where a zone is stated and where none is.
    MovedZone,
    /// Every log is rotated and compressed.
    Rotated,
    /// The paths are given one by one, in reverse.
    Reversed,
    /// Lines of the edge's log are slightly out of order.
    Jittered,
    /// The edge's log is there twice.
    Doubled,
    /// A tier in front has logged the same requests.
    TierInFront,
}

/// What must hold of the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It is as labelled.
    Same,
    /// It is as labelled, the second best, or unknown.
    Weaker,
}

/// A variant of a case.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) kind: Kind,
    /// What was changed.
    pub(crate) what: String,
    pub(crate) tree: Tree,
    pub(crate) cause: Cause,
    /// Whether the 503s and incidents at the edge must be as labelled.
    pub(crate) counted: bool,
    /// By how much the edge's clock is ahead.
    pub(crate) shift: i64,
    /// Whether the edge's log states no zone, so that a missing log may have told it.
    pub(crate) lends_zone: bool,
    /// Kinds of log that are no longer there.
    pub(crate) missing: BTreeSet<Family>,
}

/// What variants are made from.
pub(crate) struct Maker {
    tree: Tree,
    /// Names of the edge's logs, without rotation.
    edges: BTreeSet<String>,
    families: BTreeMap<String, Family>,
    /// Whether any log states its zone: else nobody can tell that all were moved to another.
    told_zone: bool,
    /// First and last second.
    window: (i64, i64),
}

impl Maker {
    /// From a case and what the program says of it.
    pub(crate) fn new(case: &Case, tally: &Tally, diagnosis: &Diagnosis) -> Self {
        let edges = diagnosis.vantage_points.iter().filter(|point| point.edge && point.requests > 0);
        let families = tally.sources.iter().filter_map(|(name, source)| Some((name.clone(), source.family?)));
        Self {
            tree: Tree::read(&case.logs()),
            edges: edges.map(|point| point.log.clone()).collect(),
            families: families.collect(),
            told_zone: tally.sources.values().any(|source| source.zone.starts_with("stated")),
            window: diagnosis.window.unwrap_or_default(),
        }
    }

    /// All variants.
    pub(crate) fn variants(&self) -> Vec<Variant> {
        let mut all = vec![self.kept(Kind::Whole, String::new(), self.tree.clone())];
        all.extend(self.removed());
        all.extend(self.skewed());
        all.extend(self.zones());
        all.push(self.kept(Kind::Noise, "noise1/".into(), noise::beside(&self.tree, self.window)));
        all.push(self.kept(Kind::Rotated, String::new(), tiers::rotated(&self.tree)));
        all.push(self.kept(Kind::Reversed, String::new(), self.tree.clone()));
        let edge = |name: &str| self.is_edge(name);
        all.push(self.kept(Kind::Jittered, String::new(), self.tree.map(edge, tiers::jittered)));
        all.push(self.kept(Kind::Doubled, String::new(), tiers::doubled(&self.tree, edge)));
        let front = tiers::in_front(&self.tree, edge);
        all.extend(front.map(|tree| self.kept(Kind::TierInFront, "cdn1/".into(), tree)));
        all
    }

    fn is_edge(&self, name: &str) -> bool {
        self.edges.contains(log_name(name))
    }

    fn lends_zone(&self) -> bool {
        self.tree.files.iter().any(|(name, text)| self.is_edge(name) && !states_zone(text))
    }

    fn kept(&self, kind: Kind, what: String, tree: Tree) -> Variant {
        Variant {
            kind,
            what,
            tree,
            cause: Cause::Same,
            counted: true,
            shift: 0,
            lends_zone: false,
            missing: BTreeSet::new(),
        }
    }

    fn weaker(&self, kind: Kind, what: String, tree: Tree) -> Variant {
        Variant { cause: Cause::Weaker, ..self.kept(kind, what, tree) }
    }

    fn removed(&self) -> Vec<Variant> {
        let logs: BTreeSet<&str> = self.tree.files.keys().map(|name| log_name(name)).collect();
        let mut all = Vec::new();
        for log in logs {
            let tree = self.tree.without(|name| log_name(name) == log);
            if !tree.files.is_empty() {
                let counted = !self.edges.contains(log);
                let missing = self.gone(&tree);
                let lends_zone = self.lends_zone();
                all.push(Variant {
                    counted,
                    missing,
                    lends_zone,
                    ..self.weaker(Kind::LogRemoved, log.to_owned(), tree)
                });
            }
        }
        let families: BTreeSet<Family> = self.families.values().copied().collect();
        for family in families {
            let tree = self.tree.without(|name| self.families.get(name) == Some(&family) && !self.is_edge(name));
            if tree.files.len() < self.tree.files.len() {
                let missing = self.gone(&tree);
                let lends_zone = self.lends_zone();
                all.push(Variant {
                    missing,
                    lends_zone,
                    ..self.weaker(Kind::ClassRemoved, format!("{family:?}"), tree)
                });
            }
        }
        let alone = self.tree.without(|name| !self.is_edge(name));
        if alone.files.len() < self.tree.files.len() {
            let missing = self.gone(&alone);
            let lends_zone = self.lends_zone();
            all.push(Variant { missing, lends_zone, ..self.weaker(Kind::EdgeAlone, String::new(), alone) });
        }
        all
    }

    /// Kinds of log that the case has and a variant does not.
    fn gone(&self, tree: &Tree) -> BTreeSet<Family> {
        let left: BTreeSet<Family> = self
            .families
            .iter()
            .filter(|(name, _)| tree.files.contains_key(*name))
            .map(|(_, family)| *family)
            .collect();
        self.families.values().filter(|family| !left.contains(family)).copied().collect()
    }

    fn skewed(&self) -> Vec<Variant> {
        let mut all = Vec::new();
        for host in self.tree.hosts() {
            let of_host = |name: &str| name.split_once('/').is_some_and(|(top, _)| top == host);
            let edge = self.edges.iter().any(|log| of_host(log));
            for seconds in [7, 90, -300] {
                let tree = self.tree.map(of_host, |text| shifted(text, seconds));
                let kind = if seconds == 7 { Kind::SkewSmall } else { Kind::SkewLarge };
                let shift = if edge { seconds } else { 0 };
                all.push(Variant { shift, ..self.weaker(kind, format!("{host} {seconds:+} s"), tree) });
            }
        }
        all
    }

    fn zones(&self) -> Vec<Variant> {
        let silent = |name: &str| !states_zone(&self.tree.files[name]) && !self.is_edge(name);
        let mut all = Vec::new();
        if self.tree.files.keys().any(|name| silent(name)) {
            let tree = self.tree.map(silent, |text| shifted(text, 7200));
            all.push(self.weaker(Kind::ForeignZone, "+2 h".into(), tree));
        }
        if let Some(tree) = tiers::moved_zone(&self.tree).filter(|_| self.told_zone) {
            all.push(self.kept(Kind::MovedZone, "UTC+1".into(), tree));
        }
        all
    }
}
