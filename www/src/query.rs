//! A request to the server and the state of its answer.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Fault;
use crate::reactive::effect;

#[derive(Clone, Debug)]
pub enum Remote<T> {
    Loading,
    Ready(T),
    Failed(Fault),
}

/// A request that can be repeated.
#[derive(Debug)]
pub struct Query<T: 'static> {
    pub state: RwSignal<Remote<T>>,
    again: RwSignal<u64>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T> Query<T> {
    pub fn again(self) {
        self.again.update(|times| *times += 1);
    }
}

/// Sends a request now, and again whenever a signal that `ask` reads has changed. If several are open, only the last answer
/// counts. [`Query::again`] repeats the request; the old answer stays on the screen until the new one arrives.
pub fn fetch<T, F>(ask: impl Fn() -> F + 'static) -> Query<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    boxed(Box::new(move || Box::pin(ask())))
}

/// Sends the request.
type Ask<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, Fault>>>>>;

/// [`fetch`] with a boxed closure, so that the binary has the code below once for each type of answer.
fn boxed<T: Send + Sync + 'static>(ask: Ask<T>) -> Query<T> {
    let state = RwSignal::new(Remote::Loading);
    let again = RwSignal::new(0_u64);
    let last = StoredValue::new(0_u64);
    let mut earlier = 0;
    effect(move |_| {
        let times = again.get();
        let answer = ask();
        last.update_value(|request| *request += 1);
        let request = last.get_value();
        let repeated = earlier < times;
        earlier = times;
        if !(repeated && matches!(*state.read_untracked(), Remote::Ready(_))) {
            state.set(Remote::Loading);
        }
        spawn_local(async move {
            let answer = answer.await;
            // There is no value if the screen was left meanwhile.
            if last.try_get_value() == Some(request) {
                state.set(answer.map_or_else(Remote::Failed, Remote::Ready));
            }
        });
    });
    Query { state, again }
}
