//! What became of each physical line.

use crate::model::stamp::Moment;
use serde::{Deserialize, Serialize};

/// What became of one physical line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A dated record inside the window begins on it.
    Record,
    /// A further line of a record.
    Continuation,
    /// Nothing but white space, a heading that names the columns of what follows, or brackets around records.
    Blank,
    /// Fits no layout.
    Unrecognized,
    /// The first line of a record whose time cannot be told.
    Undated,
    /// The first line of a record before `--since` or after `--until`.
    OutsideWindow,
}

/// How the lines of a block, or of a whole source, fared. Only adds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fates {
    /// Physical lines read: the sum of the others.
    pub lines: u64,
    /// See [`Fate::Record`].
    pub records: u64,
    /// See [`Fate::Continuation`].
    pub continuation: u64,
    /// See [`Fate::Blank`].
    pub blank: u64,
    /// See [`Fate::Unrecognized`].
    pub unrecognized: u64,
    /// See [`Fate::Undated`].
    pub undated: u64,
    /// See [`Fate::OutsideWindow`].
    pub outside_window: u64,
    /// Records that begin on the line of another: no lines, and no part of the sum. There are `records` and these.
    #[serde(default)]
    pub further_records: u64,
    /// The earliest record inside the window, in microseconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
}

impl Fates {
    /// Counts one line. `lines` is counted apart, so that a line without a fate would show.
    pub fn count(&mut self, fate: Fate) {
        *match fate {
            Fate::Record => &mut self.records,
            Fate::Continuation => &mut self.continuation,
            Fate::Blank => &mut self.blank,
            Fate::Unrecognized => &mut self.unrecognized,
            Fate::Undated => &mut self.undated,
            Fate::OutsideWindow => &mut self.outside_window,
        } += 1;
    }

    /// Notes the moment of a record.
    pub fn saw(&mut self, moment: Moment) {
        self.first = Some(self.first.map_or(moment.0, |first| first.min(moment.0)));
        self.last = Some(self.last.map_or(moment.0, |last| last.max(moment.0)));
    }

    /// The sum over all fates; equals `lines`.
    pub fn accounted(&self) -> u64 {
        self.records + self.continuation + self.blank + self.unrecognized + self.undated + self.outside_window
    }

    /// Adds the lines of another block.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.records += other.records;
        self.continuation += other.continuation;
        self.blank += other.blank;
        self.unrecognized += other.unrecognized;
        self.undated += other.undated;
        self.outside_window += other.outside_window;
        self.further_records += other.further_records;
        for moment in [other.first, other.last].into_iter().flatten() {
            self.saw(Moment(moment));
        }
    }
}
