//! Where the walk over a line puts what it reads.

use super::Found;
use super::recent_stamp::RecentStamp;
use crate::model::field::Field;
use crate::model::record::FieldsMark;
use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// Takes what a template reads. One walk serves all who read, so that none of them can come to another result; and who
/// only asks whether a line fits pays for no fields.
pub(in crate::detect) trait Sink<'a> {
    /// Whether values are taken at all; without it none need be made.
    const KEEPS: bool;

    /// What brings back the state that [`Sink::mark`] saw.
    type Mark;

    /// Whether this field is taken.
    fn wants(&self, field: Field) -> bool;

    /// Takes the timestamp.
    fn stamp(&mut self, stamp: Stamp);

    /// Sets a field.
    fn set(&mut self, field: Field, value: Cow<'a, [u8]>);

    /// Sets a field that is not set yet.
    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>);

    /// Sets a field that is not set yet to a number.
    fn set_default_number(&mut self, field: Field, value: i64) {
        self.set_default(field, Cow::Owned(value.to_string().into_bytes()));
    }

    /// Takes the JSON object that the line ends in.
    fn members(&mut self, object: &'a [u8]);

    /// Whether the line was cut inside quotes.
    fn cut(&mut self) -> &mut bool;

    /// The state before a group that may not fit.
    fn mark(&self) -> Self::Mark;

    /// Forgets the fields that were set since; in between, [`Sink::set_default`] alone was called, and no timestamp read.
    fn undo(&mut self, mark: Self::Mark);

    /// The timestamp that was taken, where it can be [put back](Sink::restamp); nothing where it cannot.
    fn stamped(&self) -> Option<Option<Stamp>> {
        None
    }

    /// Goes back to a timestamp that was taken before, or to none.
    fn restamp(&mut self, _: Option<Stamp>) {}

    /// The timestamp that was read last, for lines of the same second.
    fn recent(&mut self) -> Option<&mut RecentStamp> {
        None
    }
}

/// Takes nothing but the fit.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// See [`Found::cut`].
    pub(super) cut: bool,
}

impl<'a> Sink<'a> for Fit {
    const KEEPS: bool = false;

    type Mark = ();

    fn wants(&self, _: Field) -> bool {
        false
    }

    fn stamp(&mut self, _: Stamp) {}

    fn set(&mut self, _: Field, _: Cow<'a, [u8]>) {}

    fn set_default(&mut self, _: Field, _: Cow<'a, [u8]>) {}

    fn members(&mut self, _: &'a [u8]) {}

    fn cut(&mut self) -> &mut bool {
        &mut self.cut
    }

    fn mark(&self) {}

    fn undo(&mut self, _: ()) {}
}

impl<'a> Sink<'a> for Found<'a> {
    const KEEPS: bool = true;

    type Mark = FieldsMark;

    fn wants(&self, _: Field) -> bool {
        true
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    fn set(&mut self, field: Field, value: Cow<'a, [u8]>) {
        self.fields.set(field, value);
    }

    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>) {
        self.fields.set_default(field, value);
    }

    fn members(&mut self, object: &'a [u8]) {
        self.members = Some(object);
    }

    fn cut(&mut self) -> &mut bool {
        &mut self.cut
    }

    fn mark(&self) -> Self::Mark {
        self.fields.mark()
    }

    fn undo(&mut self, mark: FieldsMark) {
        self.fields.undo(&mark);
    }

    fn stamped(&self) -> Option<Option<Stamp>> {
        Some(self.stamp)
    }

    fn restamp(&mut self, stamp: Option<Stamp>) {
        self.stamp = stamp;
    }
}
