//! What the program promises, held against the recorded cases of `fixtures/`, with the program run from outside.
//!
//! `case` a fixture and a run over it · `counts` every line and every 503 is accounted for · `bytes` the same input gives
//! the same bytes · `sight` what is not there is not ruled out · `damage` what is broken on the way · `hostile` text that
//! wants to act, in every place that a client can write to · `nights` a month of them is one run over everything ·
//! `page` the page for the browser · `skim` what is only skimmed counts as what is read · `want` the outputs that a case
//! keeps in its folder.
//!
//! Small made-up logs are in `tests/cli`; whether the verdicts are right is for `tests/fixtures.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bytes;
mod case;
mod counts;
mod damage;
mod hostile;
mod nights;
mod page;
mod sight;
mod skim;
mod want;
