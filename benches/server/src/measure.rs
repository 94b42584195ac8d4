//! Clients side by side, and the figures of what they did.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// Time that passes before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// What was measured.
#[derive(Debug)]
pub struct Figures {
    time: Duration,
    /// In their order.
    latencies: Vec<Duration>,
}

impl Figures {
    /// So long it took together, and each of them so long.
    pub fn new(time: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self { time, latencies }
    }

    /// How many a second, in whole ones.
    pub fn rate(&self) -> u128 {
        let done = u128::try_from(self.latencies.len()).unwrap_or(u128::MAX);
        done * 1_000_000 / self.time.as_micros().max(1)
    }

    /// The latency that so many in a hundred do not exceed.
    pub fn percentile(&self, hundredths: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * hundredths / 100).copied().unwrap_or_default()
    }
}

/// So many clients do `work` over and over: they tell it which client it is, and count from 0.
pub fn clients(count: usize, time: Duration, work: impl Fn(usize, u64) -> Result<()> + Sync) -> Result<Figures> {
    let (counts, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let client = |number| -> Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        for n in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let (counted, started) = (counts.load(Ordering::Relaxed), Instant::now());
            // One that fails ends the others too.
            work(number, n).inspect_err(|_| over.store(true, Ordering::Relaxed))?;
            if counted {
                latencies.push(started.elapsed());
            }
        }
        Ok(latencies)
    };
    thread::scope(|scope| {
        let client = &client;
        let running: Vec<_> = (0..count).map(|number| scope.spawn(move || client(number))).collect();
        thread::sleep(WARM_UP);
        counts.store(true, Ordering::Relaxed);
        let started = Instant::now();
        thread::sleep(time);
        over.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for client in running {
            all.extend(client.join().map_err(|_| anyhow!("a client failed"))??);
        }
        Ok(Figures::new(started.elapsed(), all))
    })
}

/// How often `b` goes into `a`, in hundredths, as it is printed.
pub fn ratio(a: u128, b: u128) -> String {
    let hundredths = a * 100 / b.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Milliseconds with two places.
pub fn milliseconds(time: Duration) -> String {
    ratio(time.as_micros(), 1_000)
}
