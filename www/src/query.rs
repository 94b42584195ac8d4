//! A request to the server and the state of its answer.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Fault;
use crate::reactive::effect;

#[derive(Clone, Debug, PartialEq, Eq)]
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
    boxed(None, Box::new(move || Box::pin(ask())), |_, _| false)
}

/// [`fetch`] for what is asked again while somebody looks at it. It begins with an earlier answer, if there is one. A later answer that is
/// equal draws nothing anew, and without a network the old one stays.
pub fn refetch<T, F>(earlier: Option<T>, ask: impl Fn() -> F + 'static) -> Query<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + 'static,
{
    boxed(earlier, Box::new(move || Box::pin(ask())), |known, answer| match answer {
        Ok(answer) => answer == known,
        Err(fault) => *fault == Fault::Unreachable,
    })
}

/// Sends the request.
type Ask<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, Fault>>>>>;

/// Whether a repeated answer leaves what is known on the screen as it is.
type Leaves<T> = fn(&T, &Result<T, Fault>) -> bool;

/// [`fetch`] with a boxed closure, so that the binary has the code below once for each type of answer.
fn boxed<T: Send + Sync + 'static>(earlier: Option<T>, ask: Ask<T>, leaves: Leaves<T>) -> Query<T> {
    let state = RwSignal::new(earlier.map_or(Remote::Loading, Remote::Ready));
    let again = RwSignal::new(0_u64);
    let last = StoredValue::new(0_u64);
    let mut earlier = 0;
    effect(move |first| {
        let times = again.get();
        let answer = ask();
        last.update_value(|request| *request += 1);
        let request = last.get_value();
        let repeated = first || earlier < times;
        earlier = times;
        if !(repeated && matches!(*state.read_untracked(), Remote::Ready(_))) {
            state.set(Remote::Loading);
        }
        spawn_local(async move {
            let answer = answer.await;
            // There is no value if the screen was left meanwhile.
            if last.try_get_value() != Some(request) {
                return;
            }
            let same = matches!(&*state.read_untracked(), Remote::Ready(known) if leaves(known, &answer));
            if !same {
                state.set(answer.map_or_else(Remote::Failed, Remote::Ready));
            }
        });
    });
    Query { state, again }
}
