//! Making the page's nodes: what the page's `html!` (`web/html`) writes calls of.
//!
//! What never changes between two places of a page that do change is one text of markup, and one call of [`run`]:
//! elements with their attributes, texts, ends. What changes is a call of its own between them. So most of a page is
//! data rather than code, and a compressor knows how to take that.
//!
//! In markup a control character begins a piece: 1 opens an element (its tag), 2 names an attribute, 3 gives its value
//! (without one, [`attribute`], [`class`] or [`flag`] gives it, in order), 4 is a text, 5 opens a list (nodes that take
//! one place), 6 ends an element or list, and 7 ends an element that has exactly one child, unless what was put there
//! can be any number of nodes.
//!
//! The elements that are open stand in one place for the whole page. Everything that does not depend on a type exists
//! once; what does is a trait with one small method: [`Put`] for children, [`Attribute`] for attributes.
//!
//! The nodes are the ones that yew's own macro would make, except that both branches of an `if` share one list.

use rebalance_core::id::Name;
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use yew::functional::{FunctionComponent, FunctionProvider, HookContext};
use yew::html::{BaseComponent, Context, HtmlResult};
use yew::virtual_dom::{
    AttributeOrProperty, Attributes, Key, Listener, Listeners, VChild, VList, VNode, VTag, VText,
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

/// An element as its markup describes it; read once for each place in the program.
struct Shape {
    tag: &'static str,
    /// The first character after it.
    end: usize,
    names: &'static [&'static str],
    values: Box<[Option<&'static str>]>,
    /// All its attributes, if none changes.
    fixed: Option<&'static [(&'static str, AttributeOrProperty)]>,
}

/// An element or a list whose children are being put.
#[derive(Default)]
struct Open {
    /// None is a list.
    shape: Option<&'static Shape>,
    values: Vec<Option<AttributeOrProperty>>,
    /// How many of the values have been given or never change.
    given: usize,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    reference: NodeRef,
    key: Option<Key>,
    value: Option<AttrValue>,
    checked: Option<bool>,
    children: Vec<VNode>,
    /// What was put can be any number of nodes.
    many: bool,
}

/// Nodes in the making.
struct Builder {
    open: Vec<Open>,
    /// By the address of their markup, sorted.
    shapes: Vec<(usize, &'static Shape)>,
}

thread_local! {
    static BUILDER: RefCell<Builder> = const { RefCell::new(Builder { open: Vec::new(), shapes: Vec::new() }) };
}

fn with<T>(work: impl FnOnce(&mut Builder) -> T) -> T {
    BUILDER.with(|it| work(&mut it.borrow_mut()))
}

/// Does something with what was opened last.
fn top(work: impl FnOnce(&mut Open)) {
    with(|it| {
        if let Some(top) = it.open.last_mut() {
            work(top);
        }
    });
}

/// Cuts a piece off markup: its text, and what follows it.
fn piece(markup: &'static str) -> (&'static str, &'static str) {
    let end = markup.bytes().position(|it| it < 8);
    markup.split_at(end.unwrap_or(markup.len()))
}

impl Builder {
    fn run(&mut self, markup: &'static str) {
        let mut rest = markup;
        while let Some(&kind) = rest.as_bytes().first() {
            rest = &rest[1..];
            let (text, next) = piece(rest);
            match kind {
                1 => {
                    let shape = self.shape(rest);
                    rest = &rest[shape.end..];
                    let values = shape.values.iter();
                    let values = match shape.fixed {
                        Some(_) => Vec::new(),
                        None => values
                            .map(|it| it.map(AttributeOrProperty::Static))
                            .collect(),
                    };
                    self.open.push(Open {
                        shape: Some(shape),
                        values,
                        ..Open::default()
                    });
                    continue;
                }
                4 => self.node(VNode::VText(VText::new(AttrValue::Static(text)))),
                5 => self.open.push(Open::default()),
                kind => self.close(kind == 7),
            }
            rest = next;
        }
    }

    /// The element that begins here.
    fn shape(&mut self, markup: &'static str) -> &'static Shape {
        let address = markup.as_ptr() as usize;
        match self.shapes.binary_search_by_key(&address, |it| it.0) {
            Ok(at) => self.shapes[at].1,
            Err(at) => {
                let shape: &'static Shape = Box::leak(Box::new(read(markup)));
                self.shapes.insert(at, (address, shape));
                shape
            }
        }
    }

    fn node(&mut self, node: VNode) {
        if let Some(top) = self.open.last_mut() {
            top.children.push(node);
        }
    }

    fn close(&mut self, one: bool) {
        let open = self.open.pop().unwrap_or_default();
        let node = finish(open, one);
        self.node(node);
    }
}

/// Reads an element up to its first child.
fn read(markup: &'static str) -> Shape {
    let (tag, mut rest) = piece(markup);
    let (mut names, mut values) = (Vec::new(), Vec::new());
    while rest.as_bytes().first() == Some(&2) {
        let (name, next) = piece(&rest[1..]);
        names.push(name);
        let value = (next.as_bytes().first() == Some(&3)).then(|| piece(&next[1..]));
        values.push(value.map(|it| it.0));
        rest = value.map_or(next, |it| it.1);
    }
    let fixed = names.iter().zip(&values);
    let fixed = fixed.map(|(name, value)| Some((*name, AttributeOrProperty::Static((*value)?))));
    let fixed: Option<Vec<_>> = fixed.collect();
    Shape {
        tag,
        end: markup.len() - rest.len(),
        names: names.leak(),
        values: values.into_boxed_slice(),
        fixed: fixed.map(|it| &*it.leak()),
    }
}

/// The node of an element or a list.
fn finish(open: Open, one: bool) -> VNode {
    let Some(shape) = open.shape else {
        return VList::with_children(open.children, open.key).into();
    };
    let attributes = match shape.fixed {
        Some(fixed) => Attributes::Static(fixed),
        None => Attributes::Dynamic {
            keys: shape.names,
            values: open.values.into_boxed_slice(),
        },
    };
    let listeners = if open.listeners.is_empty() {
        Listeners::None
    } else {
        Listeners::Pending(open.listeners.into_boxed_slice())
    };
    let (node, key) = (open.reference, open.key);
    let tag = match shape.tag {
        "input" => VTag::__new_input(open.value, open.checked, node, key, attributes, listeners),
        "textarea" => VTag::__new_textarea(open.value, None, node, key, attributes, listeners),
        tag => {
            let children = together(open.children, one && !open.many);
            let tag = AttrValue::Static(tag);
            VTag::__new_other(tag, node, key, attributes, listeners, children)
        }
    };
    tag.into()
}

/// Markup.
#[inline(never)]
pub fn run(markup: &'static str) {
    with(|it| it.run(markup));
}

/// A page in the making; what is left open when it goes away is forgotten.
pub struct Whole {
    depth: usize,
}

/// Begins a page with markup.
#[inline(never)]
pub fn begin(markup: &'static str) -> Whole {
    with(|it| {
        let depth = it.open.len();
        it.open.push(Open::default());
        it.run(markup);
        Whole { depth }
    })
}

impl Whole {
    /// Ends the page with markup. `one`: it has exactly one node, unless what was put there can be any number.
    pub fn end(self, markup: &'static str, one: bool) -> Html {
        mem::forget(self);
        end(markup, one)
    }
}

#[inline(never)]
fn end(markup: &'static str, one: bool) -> Html {
    let open = with(|it| {
        it.run(markup);
        it.open.pop().unwrap_or_default()
    });
    together(open.children, one && !open.many)
}

impl Drop for Whole {
    fn drop(&mut self) {
        with(|it| it.open.truncate(self.depth));
    }
}

#[inline(never)]
fn give(value: Option<AttrValue>) {
    top(|it| {
        let fixed = it.shape.map_or(&[][..], |it| &it.values);
        while fixed.get(it.given).is_some_and(Option::is_some) {
            it.given += 1;
        }
        if let Some(place) = it.values.get_mut(it.given) {
            *place = value.map(AttributeOrProperty::Attribute);
            it.given += 1;
        }
    });
}

/// The next attribute is there or not.
#[inline(never)]
pub fn flag(on: bool) {
    // Its value is of no account: that it is there is what counts.
    give(on.then_some(AttrValue::Static("")));
}

/// What happens on an event.
#[inline(never)]
pub fn on(listener: Option<Rc<dyn Listener>>) {
    top(|it| it.listeners.push(listener));
}

/// The name among its siblings.
pub fn key(key: impl Into<Key>) {
    let key = key.into();
    top(|it| it.key = Some(key));
}

/// Where to keep the element.
pub fn reference(node: impl yew::html::IntoPropValue<NodeRef>) {
    let node = node.into_prop_value();
    top(|it| it.reference = node);
}

/// A field's value.
pub fn value(value: impl yew::html::IntoPropValue<Option<AttrValue>>) {
    let value = value.into_prop_value();
    top(|it| it.value = value);
}

/// Whether a box is ticked.
#[allow(dead_code, reason = "for the first box that can be")]
pub fn checked(checked: bool) {
    top(|it| it.checked = Some(checked));
}

/// A child.
#[inline(never)]
pub fn node(node: VNode) {
    with(|it| it.node(node));
}

/// A child that is a text.
#[inline(never)]
fn text(text: AttrValue) {
    node(VNode::VText(VText::new(text)));
}

#[inline(never)]
fn number(n: i64) {
    text(n.to_string().into());
}

/// What is put can be any number of nodes.
#[inline(never)]
fn many() {
    top(|it| it.many = true);
}

/// What a component of the page is to yew: all of them are one component there, whose properties say which. yew's own
/// care for a component, some 1.4 KB, exists once instead of once for each.
struct Lean {
    function: FunctionComponent<Self>,
    which: TypeId,
    /// Another component takes the place of the one before: for a moment nothing is there, so that nothing of it is kept.
    leaving: bool,
}

/// Which component, with its own properties.
struct Given(Rc<dyn Properties>);

trait Properties: Any {
    fn same(&self, other: &dyn Any) -> bool;
    fn run(&self, context: &mut HookContext) -> HtmlResult;
}

/// The properties of a component.
struct Own<F: FunctionProvider>(F::Properties);

impl<F: FunctionProvider + 'static> Properties for Own<F> {
    fn same(&self, other: &dyn Any) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|it| self.0 == it.0)
    }

    fn run(&self, context: &mut HookContext) -> HtmlResult {
        F::run(context, &self.0)
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

impl yew::Properties for Given {
    type Builder = ();

    fn builder() {}
}

impl Given {
    fn which(&self) -> TypeId {
        (*self.0).type_id()
    }
}

impl FunctionProvider for Lean {
    type Properties = Given;

    fn run(context: &mut HookContext, given: &Given) -> HtmlResult {
        given.0.run(context)
    }
}

impl BaseComponent for Lean {
    type Message = ();
    type Properties = Given;

    fn create(context: &Context<Self>) -> Self {
        Self {
            function: FunctionComponent::new(context),
            which: context.props().which(),
            leaving: false,
        }
    }

    fn update(&mut self, _: &Context<Self>, _: ()) -> bool {
        true
    }

    fn changed(&mut self, context: &Context<Self>, _: &Given) -> bool {
        let which = context.props().which();
        if which != self.which {
            self.function.destroy();
            *self = Self {
                leaving: true,
                ..Self::create(context)
            };
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> HtmlResult {
        if self.leaving {
            return Ok(VNode::default());
        }
        self.function.render(context.props())
    }

    fn rendered(&mut self, context: &Context<Self>, _: bool) {
        if mem::take(&mut self.leaving) {
            context.link().send_message(());
        } else {
            self.function.rendered();
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.function.destroy();
    }

    fn prepare_state(&self) -> Option<String> {
        None
    }
}

/// A component.
pub fn component<F: FunctionProvider + 'static>(key: Option<Key>, properties: F::Properties) {
    place(Rc::new(Own::<F>(properties)), key);
}

#[inline(never)]
fn place(properties: Rc<dyn Properties>, key: Option<Key>) {
    node(VNode::from(VChild::<Lean>::new(Given(properties), key)));
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
