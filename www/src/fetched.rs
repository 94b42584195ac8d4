//! Something that is on its way from the server: under way, there, or failed and to be tried again.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Fault;

/// Where it is.
#[derive(Clone, Debug)]
pub enum Remote<T> {
    /// On its way.
    Loading,
    /// Here.
    Ready(T),
    /// Not coming.
    Failed(Fault),
}

/// Something asked of the server.
#[derive(Debug)]
pub struct Fetched<T: 'static> {
    /// Where it is now.
    pub state: RwSignal<Remote<T>>,
    again: Trigger,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T> Fetched<T> {
    /// Asks once more.
    pub fn again(self) {
        self.again.notify();
    }
}

/// Asks now, and again whenever a signal that `ask` reads has changed. Of several answers under way only that to the
/// last question counts.
pub fn fetched<T, F>(ask: impl Fn() -> F + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    let state = RwSignal::new(Remote::Loading);
    let again = Trigger::new();
    let questions = StoredValue::new(0_u64);
    Effect::new(move |_| {
        again.track();
        let answer = ask();
        questions.update_value(|asked| *asked += 1);
        let mine = questions.get_value();
        state.set(Remote::Loading);
        spawn_local(async move {
            let answer = answer.await;
            // Nothing here either if the screen was left meanwhile.
            if questions.try_get_value() == Some(mine) {
                state.set(answer.map_or_else(Remote::Failed, Remote::Ready));
            }
        });
    });
    Fetched { state, again }
}
