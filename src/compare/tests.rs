#![allow(clippy::unwrap_used)]

use super::*;

fn night(hour: i8, failed: u64, signatures: &[&str]) -> impl Fn(Date) -> Digest {
    let ids: Vec<String> = signatures.iter().map(|&id| id.to_owned()).collect();
    move |day| Digest {
        failed,
        hours: BTreeMap::from([(Hour { weekday: day.weekday().to_monday_zero_offset(), hour }, failed)]),
        causes: BTreeSet::from([Some(if ids.is_empty() { Cause::Overload } else { Cause::Firewall })]),
        signatures: ids.iter().map(|id| (id.clone(), Seen { count: 1, title: id.clone(), cause: None })).collect(),
        ..Digest::default()
    }
}

const DAY: Date = jiff::civil::date(2026, 11, 22);

fn before(count: usize, of: impl Fn(usize, Date) -> Past) -> Vec<(Date, Past)> {
    let days = days_before(DAY, count);
    days.into_iter().enumerate().map(|(index, day)| (day, of(count - index, day))).collect()
}

#[test]
fn what_is_new_and_what_came_back() {
    let usual = night(3, 12, &["a"]);
    let with = |ago: usize, day: Date| match ago {
        9 => night(3, 12, &["a", "b"])(day),
        2 => night(3, 12, &["a", "c"])(day),
        _ => usual(day),
    };
    let past = before(14, |ago, day| Past::Kept(with(ago, day)));
    let found = compare(DAY, &night(3, 12, &["a", "b", "c", "d"])(DAY), &past);
    let news: Vec<(&str, News)> = found.signatures.iter().map(|one| (one.id.as_str(), one.news)).collect();
    assert_eq!(news, [("b", News::Returned(jiff::civil::date(2026, 11, 13))), ("d", News::New)]);
    assert_eq!(found.causes, []);
    let found = compare(DAY, &night(3, 12, &[])(DAY), &past);
    assert_eq!(found.causes, [(Cause::Overload, News::New)]);
    assert_eq!((found.nights.len(), found.compared), (15, 14));
}

#[test]
fn the_noise_of_an_hour_is_no_news_at_that_hour() {
    let past = before(28, |_, day| Past::Kept(night(3, 12, &[])(day)));
    let found = compare(DAY, &night(3, 13, &[])(DAY), &past);
    assert_eq!((found.hours.as_slice(), found.usual_hours), (&[][..], 1));
    let found = compare(DAY, &night(4, 12, &[])(DAY), &past);
    let hour = Hour { weekday: 6, hour: 4 };
    let expected = UnusualHour { hour, failed: 12, low: 0, high: 0, nights: 4, same_weekday: true };
    assert_eq!((found.hours, found.usual_hours), (vec![expected], 0));
    let few = before(5, |_, day| Past::Kept(night(3, 12, &[])(day)));
    let found = compare(DAY, &night(3, 50, &[])(DAY), &few);
    assert!(!found.hours[0].same_weekday && found.hours[0].nights == 5 && found.hours[0].high == 12);
}

#[test]
fn nights_that_cannot_be_compared_are_named_and_too_few_say_nothing() {
    let past = before(14, |ago, day| match ago {
        1 | 5 => Past::Kept(night(3, 12, &["a"])(day)),
        2 => Past::Unusable("of another version".to_owned()),
        _ => Past::Missing,
    });
    let found = compare(DAY, &night(3, 900, &["b"])(DAY), &past);
    assert!(!found.enough && found.signatures.is_empty() && found.causes.is_empty() && found.hours.is_empty());
    let troubles: Vec<&str> = found.nights.iter().map(|row| row.trouble.as_str()).collect();
    assert_eq!(troubles[8..], ["not read", "", "not read", "not read", "of another version", "", ""]);
}
