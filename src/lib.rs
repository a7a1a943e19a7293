//! why503: from a directory of logs to the reason of a 503.

pub mod model;
