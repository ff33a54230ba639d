//! What can be a child or an attribute's value: a trait of one small method each.

use super::build::{give, many, node, number, text};
use rebalance_core::id::Name;
use yew::AttrValue;
use yew::virtual_dom::VNode;

/// What can be a child.
pub trait Put {
    /// Puts it; says so with [`many`] if it is not always exactly one node.
    fn put(self);
}

/// Puts a child.
pub fn put(child: impl Put) {
    child.put();
}

impl Put for VNode {
    fn put(self) {
        node(self);
    }
}

impl Put for &VNode {
    fn put(self) {
        node(self.clone());
    }
}

impl<T: Put> Put for Option<T> {
    fn put(self) {
        many();
        if let Some(it) = self {
            it.put();
        }
    }
}

impl<T: Put> Put for Vec<T> {
    fn put(self) {
        many();
        for it in self {
            it.put();
        }
    }
}

macro_rules! text {
    ($($ty:ty: $it:ident => $text:expr;)*) => {
        $(
            impl Put for $ty {
                fn put(self) {
                    let $it = self;
                    text($text);
                }
            }

            impl Attribute for $ty {
                fn value(self) -> Option<AttrValue> {
                    let $it = self;
                    Some($text)
                }
            }
        )*
    };
}

/// What can be an attribute's value.
pub trait Attribute {
    /// The value, unless the attribute is not there.
    fn value(self) -> Option<AttrValue>;
}

text! {
    String: it => it.into();
    &String: it => it.clone().into();
    AttrValue: it => it;
    &AttrValue: it => it.clone();
    Name: it => (*it).to_owned().into();
    &Name: it => (**it).to_owned().into();
}

macro_rules! numbers {
    ($($ty:ty)*) => {
        $(
            impl Put for $ty {
                fn put(self) {
                    number(self as i64);
                }
            }

            impl Put for &$ty {
                fn put(self) {
                    number(*self as i64);
                }
            }
        )*
    };
}

numbers! { i64 u64 i32 u32 usize }

impl Put for &str {
    fn put(self) {
        text(self.to_owned().into());
    }
}

impl Attribute for &'static str {
    fn value(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl<T: Attribute> Attribute for Option<T> {
    fn value(self) -> Option<AttrValue> {
        self.and_then(T::value)
    }
}

/// The next attribute's value.
pub fn attribute(value: impl Attribute) {
    give(value.value());
}

/// The classes; none is no attribute.
pub fn class(value: impl Attribute) {
    give(value.value().filter(|it| !it.is_empty()));
}

/// Adds a class to the others.
pub fn add_class(class: impl Attribute, to: &mut String) {
    join(class.value(), to);
}

#[inline(never)]
fn join(class: Option<AttrValue>, to: &mut String) {
    if let Some(class) = class.filter(|c| !c.is_empty()) {
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(&class);
    }
}
