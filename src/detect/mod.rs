//! In: the sources, and the layouts of the catalogue. Out: for each member of a source a [`settle::Reading`]: its
//! envelopes, its layouts, its host, its clock.
//! Promise: a layout is the vote of many lines, told with its score and the runner-up; the same bytes are taken for
//! the same thing whatever the order of the files.
//! Why before parsing, and not line by line: product, zone, year and host of one log often stand only in another.

mod anywhere;
pub mod catalogue;
mod cells;
pub mod columns;
pub mod configured;
mod contest;
mod endpoint;
pub mod family_name;
pub mod format_string;
mod heading_signs;
pub mod headings;
mod hosts;
pub(crate) mod json_forms;
mod json_gap;
mod json_layout;
pub(crate) mod json_quiet;
mod json_recent;
mod json_seen;
mod json_text;
pub mod layout;
mod logfmt;
mod outline;
mod pair_style;
mod pairs;
mod plain_pairs;
pub mod recognize;
mod scaled;
pub mod settle;
pub mod severity;
mod shape;
pub mod survey;
pub mod template;
mod unit;
pub mod values;
mod web_kinds;
mod zone;
