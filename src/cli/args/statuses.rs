//! Which answers are looked for.

use std::str::FromStr;

/// `--status`: a set of statuses, as sorted ranges that do not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statuses(Vec<(i64, i64)>);

const FORMS: &str = "write statuses from 100 to 999: 503, a list (502,503), a class (5xx) or a range (502-504)";

impl FromStr for Statuses {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ranges = text.split(',').map(range).collect::<Option<Vec<_>>>().ok_or(FORMS)?;
        Ok(Self::of(ranges))
    }
}

/// One item of the list.
fn range(item: &str) -> Option<(i64, i64)> {
    let status = |text: &str| (text.len() == 3).then(|| text.parse::<u16>().ok())?.filter(|status| *status >= 100);
    let item = item.trim();
    let (low, high) = match (item.strip_suffix("xx").or_else(|| item.strip_suffix("XX")), item.split_once('-')) {
        (Some(class), _) => {
            let class: u16 = (class.len() == 1).then(|| class.parse().ok())?.filter(|class| *class > 0)?;
            (class * 100, class * 100 + 99)
        }
        (None, Some((low, high))) => (status(low)?, status(high)?),
        (None, None) => (status(item)?, status(item)?),
    };
    (low <= high).then_some((i64::from(low), i64::from(high)))
}

impl Statuses {
    /// The set of these ranges: sorted and joined, so that it does not matter how it was typed.
    pub(crate) fn of(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (low, high) in ranges {
            match joined.last_mut() {
                Some((_, end)) if low <= *end + 1 => *end = (*end).max(high),
                _ => joined.push((low, high)),
            }
        }
        Self(joined)
    }

    /// The ranges.
    pub(crate) fn ranges(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// What a sentence calls them: `503`, `5xx`, `502 and 504`.
    pub(crate) fn label(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|&(low, high)| name(low, high)).collect();
        match names.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            _ => names.concat(),
        }
    }
}

fn name(low: i64, high: i64) -> String {
    if low == high {
        low.to_string()
    } else if low % 100 == 0 && high == low + 99 {
        format!("{}xx", low / 100)
    } else {
        format!("{low}-{high}")
    }
}

impl std::fmt::Display for Statuses {
    /// As it could be typed: `502,504`, `500-599`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let written = |&(low, high): &(i64, i64)| if low == high { low.to_string() } else { format!("{low}-{high}") };
        formatter.write_str(&self.0.iter().map(written).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_classes_and_ranges() {
        for (text, ranges, label) in [
            ("503", vec![(503, 503)], "503"),
            ("503,502", vec![(502, 503)], "502-503"),
            ("502, 504", vec![(502, 502), (504, 504)], "502 and 504"),
            ("5xx", vec![(500, 599)], "5xx"),
            ("500-599,429", vec![(429, 429), (500, 599)], "429 and 5xx"),
        ] {
            let statuses: Statuses = text.parse().unwrap();
            assert_eq!((statuses.ranges(), statuses.label().as_str()), (ranges.as_slice(), label), "{text}");
            assert_eq!(statuses.to_string().parse(), Ok(statuses), "{text}");
        }
        for text in ["", "50", "5x", "abc", "504-502", "503,", "0xx", "1503", "+03"] {
            assert!(text.parse::<Statuses>().is_err(), "{text}");
        }
    }
}
