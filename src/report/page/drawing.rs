//! The timeline: 503s by cause above requests, incidents shaded, with marks for what led to them.
//!
//! Every drawing has a title and a description for those who do not see it, and the same numbers as a table.

use super::axis::ticks;
use super::html::{Attr, Html, Row};
use crate::model::cause::Cause;
use crate::report::counts::{Counts, KINDS};
use crate::report::number::{count, duration, thousands};
use crate::report::view::View;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
/// Lane of the marks and of the names of incidents.
const LANE: f64 = 34.0;
/// Height of the 503s and of the requests.
const PANELS: [f64; 2] = [140.0, 64.0];
const GAP: f64 = 14.0;
const AXIS: f64 = 26.0;
const HEIGHT: f64 = LANE + PANELS[0] + GAP + PANELS[1] + AXIS;
/// The same size as an attribute.
const VIEW_BOX: &str = "0 0 960 278";
/// Room that the number of a mark needs.
const MARK: f64 = 20.0;
/// Width of a character, to tell whether a name has room.
const CHARACTER: f64 = 6.6;
/// Rows of the table of the same numbers, at most.
const MAX_ROWS: usize = 40;
/// The class of each cause, and of none.
const KIND_CLASSES: [&str; KINDS] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];

/// A stretch of time that is shaded.
pub(super) struct Band {
    pub(super) start: i64,
    pub(super) end: i64,
    /// Its name, where there is room.
    pub(super) name: String,
}

/// A moment that is marked.
pub(super) struct Mark {
    pub(super) time: i64,
    /// The number in a list near the drawing; none for a change, which is a mark of its own kind.
    pub(super) number: Option<usize>,
}

/// What is drawn.
pub(super) struct Drawing<'a> {
    /// Tells the drawings of a page apart.
    pub(super) index: usize,
    pub(super) title: String,
    pub(super) counts: &'a Counts,
    pub(super) bands: Vec<Band>,
    pub(super) marks: Vec<Mark>,
}

impl Drawing<'_> {
    /// Draws it, with its legend and its table.
    pub(super) fn write(&self, html: &mut Html, view: &View) {
        html.element("div", &[("class", "wide".into()), ("tabindex", "0".into())], |html| self.svg(html, view));
        self.legend(html, view);
        html.element("details", &[], |html| {
            html.line("summary", &[], "The same numbers as a table");
            self.table(html, view);
        });
    }

    fn svg(&self, html: &mut Html, view: &View) {
        let (most_requests, most_failed) = self.counts.most();
        let attributes = [
            ("role", "img".into()),
            ("viewBox", VIEW_BOX.into()),
            ("aria-labelledby", Attr::Names("title", "about", self.index)),
        ];
        html.element("svg", &attributes, |html| {
            html.line("title", &[("id", Attr::Name("title", self.index))], &self.title);
            html.line("desc", &[("id", Attr::Name("about", self.index))], &self.description(view));
            self.bands(html);
            let failed_base = LANE + PANELS[0];
            let requests_base = failed_base + GAP + PANELS[1];
            self.panel(html, failed_base, PANELS[0], most_failed, &view.failures());
            self.panel(html, requests_base, PANELS[1], most_requests, "requests");
            self.bars(html, failed_base, most_failed, requests_base, most_requests);
            self.marks(html, requests_base);
            for (time, name) in ticks(&view.when, self.counts.start, self.counts.end()) {
                let x = self.x(time);
                line(html, "tick", (x, requests_base), (x, requests_base + 5.0));
                // The outer ones would stand over the edge.
                let anchor = if x < LEFT + 40.0 {
                    "start"
                } else if x > WIDTH - 60.0 {
                    "end"
                } else {
                    "middle"
                };
                let place = [("x", x.into()), ("y", (requests_base + 19.0).into()), ("text-anchor", anchor.into())];
                html.line("text", &place, &name);
            }
        });
    }

    fn x(&self, time: i64) -> f64 {
        let length = (self.counts.end() - self.counts.start).max(1) as f64;
        let share = ((time - self.counts.start) as f64 / length).clamp(0.0, 1.0);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn bands(&self, html: &mut Html) {
        let mut free = LEFT;
        for band in &self.bands {
            let (from, to) = (self.x(band.start), self.x(band.end + 1));
            let width = (to - from).max(2.0);
            let height = HEIGHT - LANE - AXIS;
            let area = [
                ("class", "band".into()),
                ("x", from.into()),
                ("y", LANE.into()),
                ("width", width.into()),
                ("height", height.into()),
            ];
            html.shape("rect", &area);
            let room = band.name.chars().count() as f64 * CHARACTER;
            if from >= free && from + room <= WIDTH {
                html.line(
                    "text",
                    &[("class", "name".into()), ("x", (from + 4.0).into()), ("y", (LANE - 4.0).into())],
                    &band.name,
                );
                free = from + room + 8.0;
            }
        }
    }

    fn panel(&self, html: &mut Html, base: f64, height: f64, most: u64, name: &str) {
        line(html, "axis", (LEFT, base), (WIDTH - RIGHT, base));
        line(html, "grid", (LEFT, base - height), (WIDTH - RIGHT, base - height));
        let beside = |y: f64| [("x", Attr::Number(LEFT - 6.0)), ("y", y.into()), ("text-anchor", "end".into())];
        html.line("text", &beside(base - height + 9.0), &thousands(most));
        html.line("text", &beside(base), "0");
        html.line("text", &beside(base - height / 2.0 + 4.0), name);
    }

    fn bars(&self, html: &mut Html, failed_base: f64, most_failed: u64, requests_base: f64, most_requests: u64) {
        let scaled = |count: u64, most: u64, height: f64| height * count as f64 / most.max(1) as f64;
        for (step, (&requests, kinds)) in self.counts.requests.iter().zip(&self.counts.failed).enumerate() {
            let start = self.counts.start + self.counts.width * step as i64;
            let x = self.x(start);
            let width = (self.x(start + self.counts.width) - x - 0.6).max(0.8);
            bar(html, "requests", x, requests_base, width, scaled(requests, most_requests, PANELS[1]));
            let mut base = failed_base;
            for (class, &failed) in KIND_CLASSES.into_iter().zip(kinds) {
                // The least is still seen.
                let height = if failed == 0 { 0.0 } else { scaled(failed, most_failed, PANELS[0]).max(1.0) };
                bar(html, class, x, base, width, height);
                base -= height;
            }
        }
    }

    fn marks(&self, html: &mut Html, base: f64) {
        let mut free = LEFT;
        for mark in &self.marks {
            let x = self.x(mark.time);
            let Some(number) = mark.number else {
                let points = [("class", "change".into()), ("x", (x - 4.0).into()), ("y", (LANE - 8.0).into())];
                html.shape("rect", &[&points[..], &[("width", 8.0.into()), ("height", 8.0.into())]].concat());
                continue;
            };
            let shown = x.max(free).min(WIDTH - RIGHT);
            free = shown + MARK;
            line(html, "mark", (shown, 18.0), (x, LANE));
            line(html, "mark", (x, LANE), (x, base));
            html.shape(
                "circle",
                &[("class", "dot".into()), ("cx", shown.into()), ("cy", 10.0.into()), ("r", 9.0.into())],
            );
            let place =
                [("class", "digit".into()), ("x", shown.into()), ("y", 14.0.into()), ("text-anchor", "middle".into())];
            html.line("text", &place, &number.to_string());
        }
    }

    /// The drawing in words.
    fn description(&self, view: &View) -> String {
        let counts = self.counts;
        let (_, most) = counts.most();
        let all: u64 = counts.failed.iter().flatten().sum();
        let peak = counts.failed.iter().position(|kinds| kinds.iter().sum::<u64>() == most).unwrap_or(0) as i64;
        let mut text = format!(
            "{} of {} from {}, in steps of {}.",
            self.number_of(all, view),
            count(counts.requests.iter().sum(), "request", "requests"),
            view.when.range(counts.start, counts.end(), true),
            duration(counts.width)
        );
        if all > 0 {
            let at = view.when.date_time(counts.start + peak * counts.width);
            text += &format!(" Most in a step: {}, from {at}.", thousands(most));
        }
        for band in &self.bands {
            text += &format!(" {}: {}.", band.name, view.when.range(band.start, band.end, true));
        }
        text
    }

    fn number_of(&self, failed: u64, view: &View) -> String {
        format!("{} {}", thousands(failed), view.failures())
    }

    /// The kinds of 503 that there are.
    fn kinds(&self) -> Vec<usize> {
        (0..KINDS).filter(|&kind| self.counts.failed.iter().any(|kinds| kinds[kind] > 0)).collect()
    }

    fn legend(&self, html: &mut Html, view: &View) {
        html.element("ul", &[("class", "legend".into())], |html| {
            for kind in self.kinds() {
                let name = format!("{}: {}", view.failures(), kind_name(kind));
                entry(html, Attr::Words("swatch", KIND_CLASSES[kind]), "", &name);
            }
            entry(html, "swatch requests".into(), "", "requests");
            if !self.bands.is_empty() {
                entry(html, "swatch band".into(), "", "incident");
            }
            if self.marks.iter().any(|mark| mark.number.is_some()) {
                entry(html, "swatch round".into(), "1", "line of the chain below");
            }
            if self.marks.iter().any(|mark| mark.number.is_none()) {
                entry(html, "swatch change".into(), "", "change");
            }
            let zone = view.when.zone_name(self.counts.start);
            html.line("li", &[], &format!("each step is {}, times are {zone}", duration(self.counts.width)));
        });
    }

    fn table(&self, html: &mut Html, view: &View) {
        let kinds = self.kinds();
        let together = self.counts.requests.len().div_ceil(MAX_ROWS).max(1);
        let mut headings = vec!["from".to_owned(), "requests:".to_owned(), format!("{}:", view.failures())];
        headings.extend(kinds.iter().map(|&kind| format!("{}:", kind_name(kind))));
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let steps = self.counts.requests.chunks(together).zip(self.counts.failed.chunks(together)).enumerate();
        let rows = steps.map(|(index, (requests, failed))| {
            let start = self.counts.start + self.counts.width * (index * together) as i64;
            let of = |kind: usize| thousands(failed.iter().map(|kinds| kinds[kind]).sum());
            let mut row: Row = vec![view.when.date_time(start).into()];
            row.push(thousands(requests.iter().sum()).into());
            row.push(thousands(failed.iter().flatten().sum()).into());
            row.extend(kinds.iter().map(|&kind| of(kind).into()));
            row
        });
        let length = duration(self.counts.width * together as i64);
        html.table(&format!("{}, by {length}", self.title), &headings, rows);
    }
}

fn entry(html: &mut Html, class: Attr, sign: &str, name: &str) {
    html.element("li", &[], |html| {
        html.line("span", &[("class", class)], sign);
        html.text(" ");
        html.text(name);
    });
}

/// The name of a kind of 503.
fn kind_name(kind: usize) -> &'static str {
    Cause::ALL.get(kind).map_or("no cause known", |cause| cause.id())
}

/// The class of a cause.
pub(super) fn class_of(cause: Option<Cause>) -> &'static str {
    KIND_CLASSES[cause.map_or(KINDS - 1, Cause::index)]
}

fn line(html: &mut Html, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    let ends = [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)].map(|(name, at)| (name, Attr::Number(at)));
    html.shape("line", &[&[("class", class.into())], ends.as_slice()].concat());
}

fn bar(html: &mut Html, class: &'static str, x: f64, base: f64, width: f64, height: f64) {
    if height > 0.0 {
        let area = [("x", x), ("y", base - height), ("width", width), ("height", height)];
        let area = area.map(|(name, at)| (name, Attr::Number(at)));
        html.shape("rect", &[&[("class", class.into())], area.as_slice()].concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_its_parts() {
        assert_eq!(VIEW_BOX, format!("0 0 {WIDTH} {HEIGHT}"));
    }
}
