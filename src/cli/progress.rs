//! How far a run has come, on standard error, for as long as somebody watches.

use crate::model::source::Source;
use crate::run::Progress;
use indicatif::style::ProgressTracker;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(200);
/// The first seconds say nothing about the time that is left.
const WARM_UP: f64 = 2.0;

/// A line that shows the progress until it is dropped.
pub(super) struct ProgressLine {
    bar: ProgressBar,
}

impl ProgressLine {
    /// Shows that the inputs are being looked at, before the first is read.
    pub(super) fn looking(sources: usize) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(format!("looking at {sources} inputs"));
        bar.enable_steady_tick(TICK);
        Self { bar }
    }

    /// Shows how the reading of `sources` goes on.
    pub(super) fn reading(sources: &[Source], progress: &Arc<Progress>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let state = State {
            progress: Arc::clone(progress),
            sources: sources.len() as u64,
            // Of standard input it is not known how much there is.
            stored: sources.iter().map(|source| source.size).sum(),
            started: Instant::now(),
        };
        // The line is made from the counters whenever it is drawn, so that nobody has to feed it.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {state}") {
            bar.set_style(style.with_key("state", state));
        }
        bar.enable_steady_tick(TICK);
        Self { bar }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[derive(Clone)]
struct State {
    progress: Arc<Progress>,
    sources: u64,
    stored: Option<u64>,
    started: Instant,
}

impl State {
    /// `read 1.2 GiB, 340 MiB/s, 12 of 40 inputs, 20 seconds left`.
    fn line(&self, elapsed: Duration) -> String {
        let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (bytes, stored, done) =
            (load(&self.progress.bytes), load(&self.progress.stored), load(&self.progress.sources));
        let seconds = elapsed.as_secs_f64();
        let mut line = format!("read {}", HumanBytes(bytes));
        if seconds > 0.0 {
            let _ = write!(line, ", {}/s", HumanBytes((bytes as f64 / seconds) as u64));
        }
        let _ = write!(line, ", {done} of {} inputs", self.sources);
        if let Some(total) = self.stored
            && seconds >= WARM_UP
            && stored > 0
            && stored < total
        {
            let left = seconds * (total - stored) as f64 / stored as f64;
            let _ = write!(line, ", {} left", HumanDuration(Duration::from_secs(left as u64)));
        }
        line
    }
}

impl ProgressTracker for State {
    fn clone_box(&self) -> Box<dyn ProgressTracker> {
        Box::new(self.clone())
    }

    fn tick(&mut self, _: &ProgressState, _: Instant) {}

    fn reset(&mut self, _: &ProgressState, _: Instant) {}

    fn write(&self, _: &ProgressState, line: &mut dyn Write) {
        let _ = line.write_str(&self.line(self.started.elapsed()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_bytes_rate_inputs_and_time_left() {
        let progress = Arc::new(Progress::default());
        let mut state = State { progress, sources: 40, stored: Some(1000), started: Instant::now() };
        state.progress.bytes.store(10 << 20, Ordering::Relaxed);
        state.progress.stored.store(250, Ordering::Relaxed);
        state.progress.sources.store(12, Ordering::Relaxed);
        let line = state.line(Duration::from_secs(10));
        assert_eq!(line, "read 10.00 MiB, 1.00 MiB/s, 12 of 40 inputs, 30 seconds left");
        assert!(!state.line(Duration::from_secs(1)).contains("left"), "too early to tell");
        state.stored = None;
        assert!(!state.line(Duration::from_secs(10)).contains("left"), "standard input has no size");
    }
}
