//! The text format of Prometheus, version 0.0.4: a writer of our own, because a few dozen lines need no registry.

use std::fmt::{Display, Write as _};

/// What sort of figure a metric is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only goes up while the process runs.
    Counter,
    /// Counts by upper bound.
    Histogram,
}

/// Lines of text under way.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a metric; its samples follow.
    pub(super) fn metric(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One value of it.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (label, of)) in labels.iter().enumerate() {
            let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{of}\"", if at == 0 { '{' } else { ',' });
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    /// The buckets of a histogram, each with what lies below it, from counts of what lies in each. Bounds and the sum are
    /// given in microseconds and written in seconds; the last count is of what lies above all bounds.
    pub(super) fn histogram(&mut self, name: &str, bounds: &[u64], counts: &[u64], sum: u64) {
        let bucket = format!("{name}_bucket");
        let mut below = 0;
        let bounds = bounds.iter().map(|bound| seconds(*bound)).chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(counts) {
            below += count;
            self.sample(&bucket, &[("le", &bound)], below);
        }
        self.sample(&format!("{name}_sum"), &[], seconds(sum));
        self.sample(&format!("{name}_count"), &[], below);
    }

    /// All of it.
    pub(super) fn end(self) -> String {
        self.0
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let whole = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    whole.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Text, seconds};

    #[test]
    fn what_would_break_a_line_is_escaped() {
        let mut text = Text::default();
        text.metric("a_total", Kind::Counter, "One\nline, a \\ in it.");
        text.sample("a_total", &[("state", "a \"b\"\n\\"), ("other", "c")], 3);
        text.sample("a_total", &[], 4);
        let expected = "# HELP a_total One\\nline, a \\\\ in it.\n# TYPE a_total counter\n\
                        a_total{state=\"a \\\"b\\\"\\n\\\\\",other=\"c\"} 3\na_total 4\n";
        assert_eq!(text.end(), expected);
    }

    #[test]
    fn a_histogram_counts_upwards_and_ends_with_all() {
        let mut text = Text::default();
        text.histogram("took_seconds", &[2_500, 1_000_000], &[2, 0, 1], 4_002_000);
        let expected = "took_seconds_bucket{le=\"0.0025\"} 2\ntook_seconds_bucket{le=\"1\"} 2\n\
                        took_seconds_bucket{le=\"+Inf\"} 3\ntook_seconds_sum 4.002\ntook_seconds_count 3\n";
        assert_eq!(text.end(), expected);
    }

    #[test]
    fn seconds_are_exact() {
        assert_eq!(["0", "0.000001", "30"], [0, 1, 30_000_000].map(seconds).each_ref().map(String::as_str));
    }
}
