//! Metrics in the text format of Prometheus. No metric is labelled with a member's name.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

type Fraction = Gauge<f64, AtomicU64>;

type Labels = Vec<(&'static str, String)>;

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    request_time: Histogram,
    queue: Gauge,
    group_size: Histogram,
    commit_time: Histogram,
    conflicts: Counter,
    supply: Family<Labels, Fraction>,
    share_value: Fraction,
    last_closed_day: Gauge,
    close_waits: Gauge,
    audit: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.000_5, 2.0, 16));
        let mut this = Self {
            registry: Registry::with_prefix("gongxiang"),
            requests: Family::default(),
            request_time: seconds(),
            queue: Gauge::default(),
            group_size: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            commit_time: seconds(),
            conflicts: Counter::default(),
            supply: Family::default(),
            share_value: Fraction::default(),
            last_closed_day: Gauge::default(),
            close_waits: Gauge::default(),
            audit: Gauge::default(),
        };
        this.register();
        this
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered, by method, route and status", self.requests.clone());
        let time = "Time from a request's header to its answer's";
        registry.register_with_unit("request_time", time, Unit::Seconds, self.request_time.clone());
        registry.register("queue_depth", "Requests that wait for the writers", self.queue.clone());
        registry.register("group_size", "Events settled in one transaction", self.group_size.clone());
        let time = "Time to load, settle and commit a group";
        registry.register_with_unit("commit_time", time, Unit::Seconds, self.commit_time.clone());
        registry.register(
            "conflicts",
            "Groups settled again because another writer was faster",
            self.conflicts.clone(),
        );
        registry.register("supply", "Share points, by where they are", self.supply.clone());
        registry.register("share_value", "Share value of all members", self.share_value.clone());
        let day = "The last day that was closed, in days since 1970-01-01";
        registry.register("last_closed_day", day, self.last_closed_day.clone());
        let waits = "1 while days wait for a person to close them";
        registry.register("close_waits", waits, self.close_waits.clone());
        let audit = "The last audit: 1 clean, 0 not, -1 none yet";
        registry.register("audit_clean", audit, self.audit.clone());
        self.audit.set(-1);
    }

    pub fn queued(&self, depth: usize) {
        self.queue.set(i64::try_from(depth).unwrap_or(i64::MAX));
    }

    pub fn committed(&self, events: usize, time: Duration) {
        self.group_size.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
        self.commit_time.observe(time.as_secs_f64());
    }

    pub fn conflicted(&self) {
        self.conflicts.inc();
    }

    pub fn answered(&self, method: &str, route: &str, status: u16, time: Duration) {
        let labels = vec![("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.request_time.observe(time.as_secs_f64());
    }

    pub fn supply(&self, place: &str, points: f64) {
        self.supply.get_or_create(&vec![("place", place.to_owned())]).set(points);
    }

    pub fn share_value(&self, value: f64) {
        self.share_value.set(value);
    }

    pub fn closed(&self, days_since_1970: i64) {
        self.last_closed_day.set(days_since_1970);
    }

    pub fn close_waits(&self, waits: bool) {
        self.close_waits.set(waits.into());
    }

    pub fn audited(&self, clean: bool) {
        self.audit.set(clean.into());
    }

    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/v1/days", 200, Duration::from_millis(3));
        metrics.supply("held", 1.5);
        metrics.audited(true);
        let text = metrics.text();
        for figure in ["gongxiang_requests_total{", "gongxiang_supply{place=\"held\"} 1.5", "gongxiang_audit_clean 1"] {
            assert!(text.contains(figure), "{figure} in {text}");
        }
    }
}
