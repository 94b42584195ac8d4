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

/// Elements, texts and closures in the order in which they are written.
#[derive(Default)]
pub struct Markup {
    /// What is complete and in no complete element.
    views: Vec<AnyView>,
    /// Elements that were begun and not ended, the outermost first.
    begun: Vec<Element>,
}

/// An element that was begun.
struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    /// Where its children start among the views.
    children: usize,
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

impl Markup {
    /// What is fixed, a line each: `<tag`, ` name=value`, `"text`, `>`.
    #[inline(never)]
    pub fn write(&mut self, fixed: &'static str) {
        for line in fixed.split('\n') {
            match line.split_at_checked(1) {
                Some(("<", tag)) => self.begin(tag),
                Some((" ", attribute)) => {
                    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
                    self.attribute(name, value);
                }
                Some((">", _)) => self.end(),
                Some((_, text)) => self.child(text),
                None => {}
            }
        }
    }

    fn begin(&mut self, tag: &'static str) {
        self.begun.push(Element { tag, attributes: Vec::new(), children: self.views.len() });
    }

    fn end(&mut self) {
        let Some(Element { tag, attributes, children }) = self.begun.pop() else { return };
        let children = self.views.split_off(children);
        self.push(custom(tag).add_any_attr(attributes).child(children).into_any());
    }

    /// Of the element that was begun last.
    pub fn attribute(&mut self, name: &'static str, value: impl IntoValue) {
        self.set_attribute(name, value.into_value());
    }

    #[inline(never)]
    fn set_attribute(&mut self, name: &'static str, value: Value) {
        self.add(match value {
            Value::Fixed(None) => return,
            Value::Fixed(Some(text)) => custom_attribute(name, text).into_any_attr(),
            Value::Live(text) => custom_attribute(name, text).into_any_attr(),
        });
    }

    /// A property, such as what is in a field.
    pub fn property(&mut self, name: &'static str, value: impl IntoValue) {
        self.set_property(name, value.into_value());
    }

    #[inline(never)]
    fn set_property(&mut self, name: &'static str, value: Value) {
        let live: Box<dyn Fn() -> String + Send> = match value {
            Value::Fixed(text) => {
                let text = text.unwrap_or_default().into_owned();
                Box::new(move || text.clone())
            }
            Value::Live(text) => Box::new(move || text().unwrap_or_default().into_owned()),
        };
        self.add(prop(name, live).into_any_attr());
    }

    /// A property that is on or off.
    pub fn switch(&mut self, name: &'static str, on: impl Fn() -> bool + Send + 'static) {
        let on: Box<dyn Fn() -> bool + Send> = Box::new(on);
        self.add(prop(name, on).into_any_attr());
    }

    /// A class that is there or not.
    pub fn toggle(&mut self, name: &'static str, there: bool) {
        self.add(class((name, there)).into_any_attr());
    }

    pub fn on(&mut self, name: &'static str, handle: impl FnMut(web_sys::Event) + 'static) {
        self.listen(name, Box::new(handle));
    }

    #[inline(never)]
    fn listen(&mut self, name: &'static str, handle: Box<dyn FnMut(web_sys::Event)>) {
        self.add(on(event::Custom::<web_sys::Event>::new(name), handle).into_any_attr());
    }

    #[inline(never)]
    fn add(&mut self, attribute: AnyAttribute) {
        if let Some(element) = self.begun.last_mut() {
            element.attributes.push(attribute);
        }
    }

    /// What stands between tags.
    pub fn child(&mut self, child: impl Child) {
        self.push(child.into_child());
    }

    #[inline(never)]
    fn push(&mut self, view: AnyView) {
        self.views.push(view);
    }

    /// All of it.
    #[inline(never)]
    pub fn view(mut self) -> AnyView {
        if self.views.len() > 1 { self.views.into_any() } else { self.views.pop().unwrap_or_else(|| ().into_any()) }
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
        self.into_iter().map(Child::into_child).collect::<Vec<_>>().into_any()
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
