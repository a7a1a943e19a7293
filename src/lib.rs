//! why503: from a directory of logs to the reason of a 503.

pub mod model;

pub mod detect;
pub mod find;
pub mod open;
pub mod parse;
pub mod peel;
pub mod split;
pub mod spot;
