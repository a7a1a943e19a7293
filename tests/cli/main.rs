//! The program from outside: what is typed, what comes out.
//!
//! `inputs` what may lie under the paths · `usage` exit codes and messages · `report` the report directory and that it
//! is always the same · `hostile` text that wants to act · `records` the contract of `parse` · `listing` that of
//! `sources` · `layouts` that the documentation lists them all · `formats` the servers' own format strings · `parts` scan
//! and merge · `nights` windows, and nights that are kept · `numbers` by which lines are cited · `stretches` large logs of
//! which a part is read ·
//! `unattended` what is left for a journal and for metrics · `spreadsheet` and `browser` what opens the files · `contrib`
//! the files that users copy · `patterns` files of one's own · `catalogue` what is known, and explained.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod browser;
mod catalogue;
mod contrib;
mod documents;
mod formats;
mod hostile;
mod inputs;
mod layouts;
mod listing;
mod logs;
mod nights;
mod numbers;
mod parts;
mod patterns;
mod records;
mod report;
mod spreadsheet;
mod stretches;
mod unattended;
mod usage;
