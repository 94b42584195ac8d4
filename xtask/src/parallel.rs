//! Work on several things at once.

use std::panic;
use std::sync::Mutex;
use std::thread;

use anyhow::Result;

/// Does `work` for each item, as many at once as the machine has processors. Fails with the first failure.
pub fn for_each<T: Sync>(items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let rest = Mutex::new(items.iter());
    let next = || rest.lock().ok().and_then(|mut rest| rest.next());
    let until_done = || -> Result<()> {
        while let Some(item) = next() {
            work(item)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(until_done)).collect();
        running.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|fault| panic::resume_unwind(fault)))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use anyhow::bail;

    use super::for_each;

    #[test]
    fn every_item_is_worked_on_once_and_a_failure_is_told() {
        let sum = AtomicUsize::new(0);
        let items: Vec<usize> = (1..=100).collect();
        for_each(&items, |item| {
            sum.fetch_add(*item, Ordering::Relaxed);
            Ok(())
        })
        .expect("no failure");
        assert_eq!(sum.into_inner(), 5_050);
        assert!(for_each(&items, |item| if *item == 7 { bail!("seven") } else { Ok(()) }).is_err());
        assert!(for_each(&[0_u8; 0], |_| bail!("nothing to do")).is_ok());
    }
}
