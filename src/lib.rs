//! why503: from a directory of logs to the reason of a 503.
//!
//! The modules below are the stages, in the order in which the data passes them. A stage imports from the ones before
//! it and from [`model`], never from one after it. What a stage does side by side, it does on the threads of the pool that
//! it is called in, if any.
//!
//! ```text
//! paths ─find→ Source ─open→ bytes ─split→ blocks of whole lines ─peel→ line + envelope ─detect→ layout
//!       ─parse→ Record ─spot→ Hit ─tally→ Tally ⊕ Tally ─segment→ Incident ─diagnose→ Diagnosis ─report→ files
//! ```

// A test may stop at the first thing that is not as it should be; the program may not.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

// The words that the stages share.
pub mod model;

// The data that is part of the program.
mod embedded;

// Many things of one kind to what becomes of them, side by side.
mod spread;

// Paths to sources.
pub mod find;

// A source to its members' bytes.
pub mod open;

// Bytes to blocks of whole lines.
pub mod split;

// A line to what the program wrote.
pub mod peel;

// Sources to how each is to be read.
pub mod detect;

// Lines to records.
pub mod parse;

// Records to hits.
pub mod spot;

// Single lines to what they are, and patterns to what is wrong with them.
pub mod prove;

// Records and hits to counts.
pub mod tally;

// Counts to incidents.
pub mod segment;

// The diagnosis of what was counted.
pub mod diagnose;

// A night's diagnosis beside those of the nights before.
pub mod compare;

// A diagnosis to the files and the text that people read.
pub mod report;

// Sources to one tally, on all threads.
pub mod run;

// The command line: what was typed to what is done.
pub mod cli;
