//! Something that is on its way from the server: under way, there, or failed and to be tried again.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Fault;
use crate::markup::watch;

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
    again: RwSignal<u64>,
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
        self.again.update(|times| *times += 1);
    }
}

/// Asks now, and again whenever a signal that `ask` reads has changed. Of several answers under way only that to the
/// last question counts. What is asked once more without another question stays on the screen until the answer is there.
pub fn fetched<T, F>(ask: impl Fn() -> F + 'static) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    boxed(Box::new(move || Box::pin(ask())))
}

/// An answer on its way.
type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Fault>>>>;

/// In the binary once for each kind of answer, not for each question.
#[inline(never)]
fn boxed<T: Send + Sync + 'static>(ask: Box<dyn Fn() -> Answer<T>>) -> Fetched<T> {
    let state = RwSignal::new(Remote::Loading);
    let again = RwSignal::new(0_u64);
    let questions = StoredValue::new(0_u64);
    let asked_again = StoredValue::new(0_u64);
    watch(Box::new(move |_| {
        let times = again.get();
        let answer = ask();
        questions.update_value(|asked| *asked += 1);
        let mine = questions.get_value();
        let once_more = asked_again.get_value() < times;
        asked_again.set_value(times);
        if !(once_more && matches!(*state.read_untracked(), Remote::Ready(_))) {
            state.set(Remote::Loading);
        }
        spawn_local(async move {
            let answer = answer.await;
            // Nothing here either if the screen was left meanwhile.
            if questions.try_get_value() == Some(mine) {
                state.set(answer.map_or_else(Remote::Failed, Remote::Ready));
            }
        });
    }));
    Fetched { state, again }
}
