//! What `view!` is made of: every element, attribute and closure becomes one of few boxed types, so that the framework's code
//! for them is in the binary once.

use std::borrow::Cow;

use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute as _};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use leptos::tachys::html::class::class;
use leptos::tachys::html::element::custom;
use leptos::tachys::html::event::{self, on};
use leptos::tachys::html::property::prop;

pub use gongxiang_markup::view;

/// Views beside each other.
#[derive(Default)]
pub struct Children(Vec<AnyView>);

/// An element that is being put together.
pub struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Children,
}

/// The value of an attribute: there or not, once or whenever a signal changes.
pub enum Value {
    Fixed(Option<Cow<'static, str>>),
    Live(Box<dyn Fn() -> Option<Cow<'static, str>> + Send>),
}

/// What can be a value.
pub trait IntoValue {
    fn into_value(self) -> Value;
}

/// What an attribute can be at one moment.
pub trait IntoText {
    fn into_text(self) -> Option<Cow<'static, str>>;
}

/// What can stand between tags.
pub trait Child {
    fn into_child(self) -> AnyView;
}

impl IntoText for &'static str {
    fn into_text(self) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl IntoText for String {
    fn into_text(self) -> Option<Cow<'static, str>> {
        Some(Cow::Owned(self))
    }
}

impl IntoText for bool {
    fn into_text(self) -> Option<Cow<'static, str>> {
        self.then_some(Cow::Borrowed(""))
    }
}

impl<T: IntoText> IntoText for Option<T> {
    fn into_text(self) -> Option<Cow<'static, str>> {
        self.and_then(IntoText::into_text)
    }
}

macro_rules! fixed {
    ($($kind:ty)*) => {
        $(impl IntoValue for $kind {
            #[inline(never)]
            fn into_value(self) -> Value {
                Value::Fixed(self.into_text())
            }
        })*
    };
}

fixed! { &'static str String bool Option<&'static str> Option<String> }

impl<F, T> IntoValue for F
where
    F: Fn() -> T + Send + 'static,
    T: IntoText,
{
    #[inline(never)]
    fn into_value(self) -> Value {
        Value::Live(Box::new(move || self().into_text()))
    }
}

impl Children {
    /// One more.
    pub fn child(&mut self, child: impl Child) {
        self.push(child.into_child());
    }

    #[inline(never)]
    fn push(&mut self, child: AnyView) {
        self.0.push(child);
    }

    /// All of them.
    #[inline(never)]
    pub fn view(self) -> AnyView {
        self.0.into_any()
    }
}

impl Element {
    #[inline(never)]
    pub fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Children::default() }
    }

    pub fn attribute(&mut self, name: &'static str, value: impl IntoValue) {
        self.push(name, value.into_value());
    }

    #[inline(never)]
    fn push(&mut self, name: &'static str, value: Value) {
        self.attributes.push(match value {
            Value::Fixed(None) => return,
            Value::Fixed(Some(text)) => custom_attribute(name, text).into_any_attr(),
            Value::Live(text) => custom_attribute(name, text).into_any_attr(),
        });
    }

    /// A property of the element, such as what is in a field.
    pub fn property(&mut self, name: &'static str, value: impl IntoValue) {
        self.set(name, value.into_value());
    }

    #[inline(never)]
    fn set(&mut self, name: &'static str, value: Value) {
        let live: Box<dyn Fn() -> String + Send> = match value {
            Value::Fixed(text) => {
                let text = text.unwrap_or_default().into_owned();
                Box::new(move || text.clone())
            }
            Value::Live(text) => Box::new(move || text().unwrap_or_default().into_owned()),
        };
        self.attributes.push(prop(name, live).into_any_attr());
    }

    /// A property that is on or off.
    pub fn switch(&mut self, name: &'static str, on: impl Fn() -> bool + Send + 'static) {
        let on: Box<dyn Fn() -> bool + Send> = Box::new(on);
        self.attributes.push(prop(name, on).into_any_attr());
    }

    /// A class that is there or not.
    pub fn toggle(&mut self, name: &'static str, there: bool) {
        self.attributes.push(class((name, there)).into_any_attr());
    }

    pub fn on(&mut self, name: &'static str, handle: impl FnMut(web_sys::Event) + 'static) {
        self.listen(name, Box::new(handle));
    }

    #[inline(never)]
    fn listen(&mut self, name: &'static str, handle: Box<dyn FnMut(web_sys::Event)>) {
        self.attributes.push(on(event::Custom::<web_sys::Event>::new(name), handle).into_any_attr());
    }

    pub fn child(&mut self, child: impl Child) {
        self.children.child(child);
    }

    #[inline(never)]
    pub fn view(self) -> AnyView {
        custom(self.tag).add_any_attr(self.attributes).child(self.children.0).into_any()
    }
}

/// What is shown whenever a signal changes.
#[inline(never)]
fn live(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    view.into_any()
}

impl Child for AnyView {
    fn into_child(self) -> AnyView {
        self
    }
}

impl Child for &'static str {
    #[inline(never)]
    fn into_child(self) -> AnyView {
        Cow::Borrowed(self).into_any()
    }
}

impl Child for String {
    #[inline(never)]
    fn into_child(self) -> AnyView {
        Cow::<'static, str>::Owned(self).into_any()
    }
}

impl Child for usize {
    #[inline(never)]
    fn into_child(self) -> AnyView {
        self.to_string().into_child()
    }
}

impl<C: Child> Child for Option<C> {
    fn into_child(self) -> AnyView {
        self.map_or_else(|| ().into_any(), Child::into_child)
    }
}

impl<C: Child> Child for Vec<C> {
    #[inline(never)]
    fn into_child(self) -> AnyView {
        let mut children = Children::default();
        for child in self {
            children.child(child);
        }
        children.view()
    }
}

impl<F, C> Child for F
where
    F: Fn() -> C + Send + 'static,
    C: Child,
{
    #[inline(never)]
    fn into_child(self) -> AnyView {
        live(Box::new(move || self().into_child()))
    }
}

/// A value that follows from signals.
pub fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed_memo(Box::new(read))
}

#[inline(never)]
fn boxed_memo<T: PartialEq + Send + Sync + 'static>(read: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| read())
}

/// Does something now and whenever a signal that it reads has changed; it is told how often it ran before.
#[inline(never)]
pub fn watch(mut act: Box<dyn FnMut(u64)>) {
    Effect::new(move |times: Option<u64>| {
        let times = times.unwrap_or_default();
        act(times);
        times + 1
    });
}
