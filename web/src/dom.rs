//! Making the page's nodes: what the page's `html!` (`web/html`) writes calls of.
//!
//! A [`Builder`] keeps the elements that are open. Everything that does not depend on a type is a method of it and exists
//! once; what does is a trait with one small method: [`Put`] for children, [`Attribute`] for attributes.
//!
//! The nodes are the ones that yew's own macro would make, except that both branches of an `if` share one list.

use rebalance_core::id::Name;
use std::mem;
use std::rc::Rc;
use yew::virtual_dom::{
    AttributeOrProperty, Attributes, Key, Listener, Listeners, VList, VNode, VTag, VText,
};
use yew::{AttrValue, Html, NodeRef};

/// What a file that makes nodes needs: yew, with the page's own macros before yew's.
pub mod page {
    pub(crate) use super::classes;
    pub use rebalance_html::html;
    pub use yew::prelude::*;
}

/// Several classes, those that are there, as one attribute.
macro_rules! classes {
    ($($class:expr),* $(,)?) => {{
        let mut all = ::std::string::String::new();
        $($crate::dom::add_class($class, &mut all);)*
        ::yew::AttrValue::from(all)
    }};
}
pub(crate) use classes;

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

/// An element or a list whose children are being put.
#[derive(Default)]
struct Open {
    tag: &'static str,
    fixed: &'static [(&'static str, AttributeOrProperty)],
    names: &'static [&'static str],
    values: Vec<Option<AttributeOrProperty>>,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    reference: NodeRef,
    key: Option<Key>,
    value: Option<AttrValue>,
    checked: Option<bool>,
    children: Vec<VNode>,
}

/// Nodes in the making.
#[derive(Default)]
pub struct Builder {
    top: Open,
    below: Vec<Open>,
}

impl Builder {
    /// Nothing yet.
    #[inline(never)]
    pub fn new() -> Self {
        Self::default()
    }

    fn begin(&mut self, next: Open) {
        self.below.push(mem::replace(&mut self.top, next));
    }

    fn end(&mut self) -> Open {
        let below = self.below.pop().unwrap_or_default();
        mem::replace(&mut self.top, below)
    }

    /// An element whose attributes have values that change.
    #[inline(never)]
    pub fn open(&mut self, tag: &'static str, names: &'static [&'static str]) {
        let values = Vec::with_capacity(names.len());
        self.begin(Open {
            tag,
            names,
            values,
            ..Open::default()
        });
    }

    /// An element whose attributes never change.
    #[inline(never)]
    pub fn open_static(
        &mut self,
        tag: &'static str,
        fixed: &'static [(&'static str, AttributeOrProperty)],
    ) {
        self.begin(Open {
            tag,
            fixed,
            ..Open::default()
        });
    }

    /// Nodes that take one place.
    #[inline(never)]
    pub fn open_list(&mut self) {
        self.begin(Open::default());
    }

    /// The next attribute's value.
    #[inline(never)]
    pub fn attribute(&mut self, value: Option<AttrValue>) {
        let value = value.map(AttributeOrProperty::Attribute);
        self.top.values.push(value);
    }

    /// The next attribute is there or not.
    #[inline(never)]
    pub fn flag(&mut self, on: bool) {
        let name = self.top.names[self.top.values.len()];
        self.attribute(on.then_some(AttrValue::Static(name)));
    }

    /// What happens on an event.
    #[inline(never)]
    pub fn on(&mut self, listener: Option<Rc<dyn Listener>>) {
        self.top.listeners.push(listener);
    }

    /// The name among its siblings.
    pub fn key(&mut self, key: impl Into<Key>) {
        self.top.key = Some(key.into());
    }

    /// Where to keep the element.
    pub fn reference(&mut self, node: impl yew::html::IntoPropValue<NodeRef>) {
        self.top.reference = node.into_prop_value();
    }

    /// A field's value.
    pub fn value(&mut self, value: impl yew::html::IntoPropValue<Option<AttrValue>>) {
        self.top.value = value.into_prop_value();
    }

    /// Whether a box is ticked.
    #[allow(dead_code, reason = "for the first box that can be")]
    pub fn checked(&mut self, checked: bool) {
        self.top.checked = Some(checked);
    }

    /// A child.
    #[inline(never)]
    pub fn node(&mut self, node: VNode) {
        self.top.children.push(node);
    }

    /// A text that is written in the page.
    #[inline(never)]
    pub fn literal(&mut self, text: &'static str) {
        self.text(AttrValue::Static(text));
    }

    #[inline(never)]
    fn text(&mut self, text: AttrValue) {
        self.node(VNode::VText(VText::new(text)));
    }

    #[inline(never)]
    fn number(&mut self, n: i64) {
        self.text(n.to_string().into());
    }

    /// Closes an element. `one`: it always has exactly one child.
    #[inline(never)]
    pub fn close(&mut self, one: bool) {
        let open = self.end();
        let attributes = if open.names.is_empty() {
            Attributes::Static(open.fixed)
        } else {
            Attributes::Dynamic {
                keys: open.names,
                values: open.values.into_boxed_slice(),
            }
        };
        let listeners = if open.listeners.is_empty() {
            Listeners::None
        } else {
            Listeners::Pending(open.listeners.into_boxed_slice())
        };
        let (node, key) = (open.reference, open.key);
        let tag = match open.tag {
            "input" => {
                VTag::__new_input(open.value, open.checked, node, key, attributes, listeners)
            }
            "textarea" => VTag::__new_textarea(open.value, None, node, key, attributes, listeners),
            tag => {
                let children = together(open.children, one);
                let tag = AttrValue::Static(tag);
                VTag::__new_other(tag, node, key, attributes, listeners, children)
            }
        };
        self.node(tag.into());
    }

    /// Closes what [`Builder::open_list`] opened.
    #[inline(never)]
    pub fn close_list(&mut self) {
        let open = self.end();
        self.node(VList::with_children(open.children, open.key).into());
    }

    /// The whole. `one`: it is always exactly one node.
    #[inline(never)]
    pub fn root(&mut self, one: bool) -> Html {
        together(mem::take(&mut self.top.children), one)
    }
}

/// Several nodes as one.
fn together(mut nodes: Vec<VNode>, one: bool) -> VNode {
    match nodes.pop() {
        None => VNode::default(),
        Some(node) if one && nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            VList::with_children(nodes, None).into()
        }
    }
}

/// What can be a child.
pub trait Put {
    /// It is always exactly one node.
    const ONE: bool = true;

    /// Puts it.
    fn put(self, to: &mut Builder);
}

/// Puts a child; says whether its kind is always one node.
pub fn put<T: Put>(child: T, to: &mut Builder) -> bool {
    child.put(to);
    T::ONE
}

impl Put for VNode {
    fn put(self, to: &mut Builder) {
        to.node(self);
    }
}

impl Put for &VNode {
    fn put(self, to: &mut Builder) {
        to.node(self.clone());
    }
}

impl<T: Put> Put for Option<T> {
    const ONE: bool = false;

    fn put(self, to: &mut Builder) {
        if let Some(it) = self {
            it.put(to);
        }
    }
}

impl<T: Put> Put for Vec<T> {
    const ONE: bool = false;

    fn put(self, to: &mut Builder) {
        for it in self {
            it.put(to);
        }
    }
}

macro_rules! text {
    ($($ty:ty: $it:ident => $text:expr;)*) => {
        $(
            impl Put for $ty {
                fn put(self, to: &mut Builder) {
                    let $it = self;
                    to.text($text);
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
                fn put(self, to: &mut Builder) {
                    to.number(self as i64);
                }
            }

            impl Put for &$ty {
                fn put(self, to: &mut Builder) {
                    to.number(*self as i64);
                }
            }
        )*
    };
}

numbers! { i64 u64 i32 u32 usize }

impl Put for &str {
    fn put(self, to: &mut Builder) {
        to.text(self.to_owned().into());
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
pub fn attribute(value: impl Attribute, to: &mut Builder) {
    to.attribute(value.value());
}

/// The classes; none is no attribute.
pub fn class(value: impl Attribute, to: &mut Builder) {
    to.attribute(value.value().filter(|it| !it.is_empty()));
}
