//! The words that every stage uses: what a source, a record, a cause, a moment is.
//!
//! Types only, with the few operations that belong to them. A noun that one stage makes and the next
//! consumes is declared in the stage that makes it; here stand the ones that several stages share.

pub mod address;
pub mod byte_set;
pub mod cause;
pub mod clock;
pub mod columns;
pub mod field;
pub mod lanes;
pub mod lossy;
pub mod part;
pub mod record;
pub mod scan;
pub mod severity;
pub mod source;
pub mod stamp;
pub mod stamp_format;
pub mod sums;
pub mod trouble;
mod zone_name;
#[cfg(test)]
pub(crate) use zone_name::names_of_zones;
