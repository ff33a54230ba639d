//! Writing the calls: nodes to tokens. The builder is `__h`; what the page wrote keeps its own places and names.

use crate::node::{Attribute, Node, Value};
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Attributes that are there or not.
const FLAGS: [&str; 14] = [
    "autofocus",
    "controls",
    "default",
    "disabled",
    "hidden",
    "inert",
    "loop",
    "multiple",
    "muted",
    "novalidate",
    "open",
    "readonly",
    "required",
    "selected",
];

/// The whole: a block that makes a builder and gives what it made.
pub(crate) fn root(nodes: &[Node]) -> TokenStream {
    let mut out = Out::default();
    out.code("#[allow(unused_mut, unused_braces, clippy::all)] let mut __h = crate::dom::Builder::new();");
    out.nodes(nodes);
    out.code(&format!("__h.root({})", out.one));
    out.into_block()
}

/// Tokens so far.
#[derive(Default)]
struct Out {
    tokens: Vec<TokenTree>,
    /// Says, as code, whether the nodes last written are always one node.
    one: &'static str,
}

impl Out {
    fn code(&mut self, code: &str) {
        let tokens: TokenStream = code.parse().expect("the macro writes Rust");
        self.tokens.extend(tokens);
    }

    /// `before(expression after`, the expression in parentheses of its own kind.
    fn call(&mut self, function: &str, expression: TokenStream, rest: &str) {
        self.code(function);
        let mut inner = Out::default();
        inner
            .tokens
            .push(TokenTree::Group(Group::new(Delimiter::Brace, expression)));
        inner.code(rest);
        let arguments = inner.tokens.into_iter().collect();
        self.tokens.push(TokenTree::Group(Group::new(
            Delimiter::Parenthesis,
            arguments,
        )));
        self.code(";");
    }

    fn into_block(self) -> TokenStream {
        let inner = self.tokens.into_iter().collect();
        TokenTree::Group(Group::new(Delimiter::Brace, inner)).into()
    }

    /// Nodes that stand side by side.
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
        self.one = match nodes {
            [
                Node::Element { .. }
                | Node::Fragment { .. }
                | Node::Component { .. }
                | Node::Text(_)
                | Node::If { .. },
            ] => "true",
            // The type of the expression decides.
            [Node::Expression(_)] => "__one",
            _ => "false",
        };
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(literal) => {
                let literal = TokenTree::from(literal.clone()).into();
                self.call("__h.literal", literal, "");
            }
            Node::Expression(code) if code.is_empty() => self.code("let __one = false;"),
            Node::Expression(code) => {
                self.call("let __one = crate::dom::put", code.clone(), ", &mut __h")
            }
            Node::Iterator(code) => self.iterator(code),
            Node::If {
                condition,
                then,
                otherwise,
            } => self.condition(condition, then, otherwise),
            Node::Fragment { key, children } => {
                self.code("__h.open_list();");
                if let Some(key) = key {
                    self.call("__h.key", key.tokens(), "");
                }
                self.nodes(children);
                self.code("__h.close_list();");
            }
            Node::Component {
                name,
                attributes,
                children,
            } => self.component(name, attributes, children),
            Node::Element {
                tag,
                attributes,
                children,
            } => self.element(tag, attributes, children),
        }
    }

    fn iterator(&mut self, code: &TokenStream) {
        self.code("for __node in ::std::iter::IntoIterator::into_iter");
        self.tokens.push(TokenTree::Group(Group::new(
            Delimiter::Parenthesis,
            code.clone(),
        )));
        self.code("{ crate::dom::put(__node, &mut __h); }");
    }

    /// Always one node, whatever is in it, so that what follows keeps its place.
    fn condition(&mut self, condition: &TokenStream, then: &[Node], otherwise: &[Node]) {
        self.code("__h.open_list(); if");
        self.tokens.extend(condition.clone());
        for (before, nodes) in [("", then), ("else", otherwise)] {
            self.code(before);
            let mut inner = Out::default();
            inner.nodes(nodes);
            self.tokens.extend(inner.into_block());
        }
        self.code("__h.close_list();");
    }

    fn component(&mut self, name: &TokenStream, attributes: &TokenStream, children: &[Node]) {
        let mut html = Out::default();
        html.code("<");
        html.tokens.extend(name.clone());
        html.tokens.extend(attributes.clone());
        if children.is_empty() {
            html.code("/>");
        } else {
            html.code(">");
            let inner = root(children);
            html.tokens
                .push(TokenTree::Group(Group::new(Delimiter::Brace, inner)));
            html.code("</");
            html.tokens.extend(name.clone());
            html.code(">");
        }
        self.code("__h.node");
        let mut inner = Out::default();
        inner.code("::yew::html!");
        inner.tokens.extend(html.into_block());
        let argument = inner.tokens.into_iter().collect();
        self.tokens.push(TokenTree::Group(Group::new(
            Delimiter::Parenthesis,
            argument,
        )));
        self.code(";");
    }

    fn element(&mut self, tag: &str, attributes: &[Attribute], children: &[Node]) {
        let input = tag == "input" || tag == "textarea";
        let is_own = |name: &str| {
            name == "ref"
                || name == "key"
                || name.starts_with("on")
                || input && (name == "value" || name == "checked")
        };
        let (own, mut plain): (Vec<_>, Vec<_>) = attributes.iter().partition(|a| is_own(&a.name));
        // yew's order, in which what the page wrote was moved and borrowed.
        plain.sort_by_key(|a| (FLAGS.contains(&a.name.as_str()), a.name == "class"));
        plain.sort_by_key(|a| a.name == "class");
        self.open(tag, &plain);
        let (listeners, special): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|a| a.name.starts_with("on"));
        for attribute in special {
            let method = match attribute.name.as_str() {
                "ref" => "__h.reference",
                "key" => "__h.key",
                "value" => "__h.value",
                _ => "__h.checked",
            };
            self.call(method, attribute.value.tokens(), "");
        }
        if !plain.iter().all(|a| a.is_static()) {
            plain.iter().for_each(|a| self.attribute(a));
        }
        for listener in listeners {
            let make = format!(
                "__h.on(::yew::html::{}::Wrapper::__macro_new",
                listener.name
            );
            let mut inner = Out::default();
            inner.call(
                make.trim_start_matches("__h.on("),
                listener.value.tokens(),
                "",
            );
            inner.tokens.pop();
            self.code("__h.on");
            let argument = inner.tokens.into_iter().collect();
            self.tokens.push(TokenTree::Group(Group::new(
                Delimiter::Parenthesis,
                argument,
            )));
            self.code(";");
        }
        self.nodes(children);
        let one = if children.is_empty() {
            "false"
        } else {
            self.one
        };
        self.code(&format!("__h.close({one});"));
    }

    /// Attributes that never change are a constant.
    fn open(&mut self, tag: &str, attributes: &[&Attribute]) {
        if attributes.iter().all(|a| a.is_static()) {
            let pairs = attributes.iter().map(|a| {
                let value = a.value.tokens();
                format!(
                    "({:?}, ::yew::virtual_dom::AttributeOrProperty::Static({value}))",
                    a.name
                )
            });
            let pairs: Vec<String> = pairs.collect();
            self.code(&format!(
                "__h.open_static({tag:?}, &[{}]);",
                pairs.join(", ")
            ));
        } else {
            let names: Vec<&str> = attributes.iter().map(|a| a.name.as_str()).collect();
            self.code(&format!("__h.open({tag:?}, &{names:?});"));
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let function = match attribute.name.as_str() {
            name if FLAGS.contains(&name) => "__h.flag",
            "class" => "crate::dom::class",
            _ => "crate::dom::attribute",
        };
        let rest = if function == "__h.flag" {
            ""
        } else {
            ", &mut __h"
        };
        self.call(function, attribute.value.tokens(), rest);
    }
}

impl Attribute {
    fn is_static(&self) -> bool {
        !FLAGS.contains(&self.name.as_str())
            && matches!(&self.value, Value::Literal(l) if l.to_string().starts_with('"'))
    }
}

impl Value {
    fn tokens(&self) -> TokenStream {
        match self {
            Self::Literal(literal) => TokenTree::from(literal.clone()).into(),
            Self::Expression(code) => code.clone(),
        }
    }
}
