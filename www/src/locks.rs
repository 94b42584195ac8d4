//! Locks across tabs (Web Locks). Closing a tab releases its lock.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use leptos::prelude::window;

/// Does `work` while holding the lock of this name. A browser without locks does it at once, which is safe because the server
/// settles each idempotency key once.
pub async fn alone(name: &str, work: impl Future<Output = ()> + 'static) {
    let navigator = window().navigator();
    let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).unwrap_or_default();
    let request =
        Reflect::get(&locks, &JsValue::from_str("request")).ok().and_then(|it| it.dyn_into::<Function>().ok());
    let Some(request) = request else { return work.await };
    let mut work = Some(work);
    let held = Closure::<dyn FnMut() -> Promise>::new(move || match work.take() {
        Some(work) => future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        }),
        None => Promise::resolve(&JsValue::UNDEFINED),
    });
    let asked = request.call2(&locks, &JsValue::from_str(name), held.as_ref());
    if let Some(done) = asked.ok().and_then(|it| it.dyn_into::<Promise>().ok()) {
        let _ = JsFuture::from(done).await;
    }
}
