//! why503: from a directory of logs to the reason of a 503.

pub mod find;
pub mod model;
pub mod open;
pub mod split;

pub mod detect;
pub mod parse;
pub mod peel;
