//! Memos and effects with boxed closures. Without the boxes, the binary would contain leptos' code once for each
//! closure.

use leptos::prelude::*;

/// A value that follows from signals.
pub fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed_memo(Box::new(read))
}

fn boxed_memo<T: PartialEq + Send + Sync + 'static>(read: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| read())
}

/// Runs `act` now, with `true`, and with `false` whenever a signal that it reads has changed.
pub fn effect(act: impl FnMut(bool) + 'static) {
    boxed_effect(Box::new(act));
}

fn boxed_effect(mut act: Box<dyn FnMut(bool)>) {
    Effect::new(move |earlier: Option<()>| act(earlier.is_none()));
}
