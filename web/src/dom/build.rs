//! From markup to yew's nodes: shapes that are read once, and the elements that are open.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use yew::virtual_dom::{
    AttributeOrProperty, Attributes, Key, Listener, Listeners, VList, VNode, VTag, VText,
};
use yew::{AttrValue, Html, NodeRef};

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
pub(super) fn give(value: Option<AttrValue>) {
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
pub(super) fn text(text: AttrValue) {
    node(VNode::VText(VText::new(text)));
}

#[inline(never)]
pub(super) fn number(n: i64) {
    text(n.to_string().into());
}

/// What is put can be any number of nodes.
#[inline(never)]
pub(super) fn many() {
    top(|it| it.many = true);
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
