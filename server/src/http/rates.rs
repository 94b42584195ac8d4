//! Limits the requests of each client. Its memory is bounded, however many clients there are.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::limits::RATED_MAX;

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// One limit for each client.
#[derive(Debug)]
pub struct Rates<K: Clone + Hash + Eq> {
    limiter: Option<Limiter<K>>,
    /// At so many clients, those that may send their full burst again are forgotten.
    forget_at: AtomicUsize,
}

impl<K: Clone + Hash + Eq> Rates<K> {
    /// A limit per second, with twice as many at once. 0 is no limit.
    #[must_use]
    pub fn per_second(requests: u32) -> Self {
        Self::of(NonZeroU32::new(requests).map(|requests| {
            let burst = requests.saturating_mul(NonZeroU32::MIN.saturating_add(1));
            Quota::per_second(requests).allow_burst(burst)
        }))
    }

    /// A limit per minute, with as many at once. 0 is no limit.
    #[must_use]
    pub fn per_minute(requests: u32) -> Self {
        Self::of(NonZeroU32::new(requests).map(Quota::per_minute))
    }

    fn of(quota: Option<Quota>) -> Self {
        let limiter = quota.map(|quota| RateLimiter::new(quota, HashMapStateStore::default(), MonotonicClock));
        Self { limiter, forget_at: AtomicUsize::new(RATED_MAX) }
    }

    /// Counts one more request of a client, or returns how long it has to wait.
    pub fn wait(&self, client: &K) -> Option<Duration> {
        let limiter = self.limiter.as_ref()?;
        if limiter.len() >= self.forget_at.load(Ordering::Relaxed) {
            limiter.retain_recent();
            // Doubled, so that not every request of a crowd of new clients walks the whole map.
            self.forget_at.store(RATED_MAX.max(limiter.len() * 2), Ordering::Relaxed);
        }
        let now = MonotonicClock.now();
        limiter.check_key(client).err().map(|until| until.wait_time_from(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_twice_its_rate_at_once_and_then_waits_at_most_a_second() {
        let rates = Rates::per_second(2);
        for _ in 0..4 {
            assert_eq!(rates.wait(&"ann"), None);
        }
        assert!(rates.wait(&"ann").is_some_and(|wait| wait <= Duration::from_secs(1)));
        assert_eq!(rates.wait(&"bob"), None);
    }

    #[test]
    fn a_rate_of_0_is_none() {
        let rates = Rates::per_second(0);
        assert!((0..1_000).all(|_| rates.wait(&"ann").is_none()));
    }
}
