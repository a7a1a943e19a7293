//! In: incidents and the merged tally. Out: a [`verdict::Diagnosis`].

pub mod verdict;
