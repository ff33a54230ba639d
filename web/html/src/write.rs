//! Writing the calls: nodes to tokens. What the page wrote keeps its own places and names.
//!
//! What never changes is gathered as markup (`web/src/dom.rs` says how it reads) until something that changes comes;
//! then the markup so far is written as one call.

use crate::node::{Attribute, Node, Value};
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};
use std::mem;

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

/// The pieces of markup.
const OPEN: &str = "\\x01";
const NAME: &str = "\\x02";
const VALUE: &str = "\\x03";
const TEXT: &str = "\\x04";
const LIST: &str = "\\x05";
const CLOSE: &str = "\\x06";
const CLOSE_ONE: &str = "\\x07";

/// The whole: a block that makes a page and gives it.
pub(crate) fn root(nodes: &[Node]) -> TokenStream {
    let mut out = Out::default();
    out.nodes(nodes);
    if !out.begun {
        out.write();
    }
    let end = out.gathered();
    out.code(&format!("__whole.end({end}, {})", is_one(nodes)));
    out.into_block()
}

/// Whether the nodes are always one node; for an expression its type may still say otherwise.
fn is_one(nodes: &[Node]) -> bool {
    matches!(nodes, [node] if !matches!(node, Node::Iterator(_)))
}

/// Tokens so far.
#[derive(Default)]
struct Out {
    tokens: Vec<TokenTree>,
    /// Markup that is not written yet: literals, as code.
    markup: Vec<String>,
    /// The page has been begun.
    begun: bool,
}

impl Out {
    fn code(&mut self, code: &str) {
        let tokens: TokenStream = code.parse().expect("the macro writes Rust");
        self.tokens.extend(tokens);
    }

    /// The markup so far, as an expression.
    fn gathered(&mut self) -> String {
        match mem::take(&mut self.markup).as_slice() {
            [] => "\"\"".to_owned(),
            [one] => one.clone(),
            all => format!("::std::concat!({})", all.join(", ")),
        }
    }

    /// Writes the markup so far as a call.
    fn write(&mut self) {
        if !self.begun {
            self.begun = true;
            let markup = self.gathered();
            self.code(&format!("let __whole = crate::dom::begin({markup});"));
        } else if !self.markup.is_empty() {
            let markup = self.gathered();
            self.code(&format!("crate::dom::run({markup});"));
        }
    }

    /// Gathers a piece of markup: what kind it is, and a literal.
    fn piece(&mut self, kind: &str, literal: &str) {
        match literal {
            "" => self.markup.push(format!("\"{kind}\"")),
            text => self.markup.extend([format!("\"{kind}\""), text.to_owned()]),
        }
    }

    /// `function({expression})`, after the markup so far.
    fn call(&mut self, function: &str, expression: TokenStream) {
        self.write();
        self.code("crate::dom::");
        self.applied(function, group(Delimiter::Brace, expression));
        self.code(";");
    }

    /// `function(argument)`.
    fn applied(&mut self, function: &str, argument: TokenTree) {
        self.code(function);
        self.tokens
            .push(group(Delimiter::Parenthesis, argument.into()));
    }

    fn into_block(self) -> TokenStream {
        group(Delimiter::Brace, self.tokens.into_iter().collect()).into()
    }

    /// Nodes that stand side by side.
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(literal) => self.piece(TEXT, &literal.to_string()),
            Node::Expression(code) if code.is_empty() => {}
            Node::Expression(code) => self.call("put", code.clone()),
            Node::Iterator(code) => self.iterator(code),
            Node::If {
                condition,
                then,
                otherwise,
            } => self.condition(condition, then, otherwise),
            Node::Fragment { key, children } => {
                self.piece(LIST, "");
                if let Some(key) = key {
                    self.call("key", key.tokens());
                }
                self.nodes(children);
                self.piece(CLOSE, "");
            }
            Node::Component {
                name,
                attributes,
                children,
            } => self.component(name, attributes, children),
            Node::Generic {
                name,
                attributes,
                children,
            } => self.generic(name, attributes, children),
            Node::Element {
                tag,
                attributes,
                children,
            } => self.element(tag, attributes, children),
        }
    }

    fn iterator(&mut self, code: &TokenStream) {
        self.write();
        let code = group(Delimiter::Parenthesis, code.clone());
        self.code("for __node in ");
        self.applied("::std::iter::IntoIterator::into_iter", code);
        self.code("{ crate::dom::put(__node); }");
    }

    /// Always one node, whatever is in it, so that what follows keeps its place.
    fn condition(&mut self, condition: &TokenStream, then: &[Node], otherwise: &[Node]) {
        self.piece(LIST, "");
        self.write();
        self.code("if");
        self.tokens.extend(condition.clone());
        for (before, nodes) in [("", then), ("else", otherwise)] {
            self.code(before);
            let mut inner = Out {
                begun: true,
                ..Out::default()
            };
            inner.nodes(nodes);
            inner.write();
            self.tokens.extend(inner.into_block());
        }
        self.piece(CLOSE, "");
    }

    /// The properties are made as yew's macro makes them, the component by the page's builder.
    fn component(&mut self, name: &TokenStream, attributes: &[Attribute], children: &[Node]) {
        let mut props = Out::default();
        props.code("let mut __props = <<");
        props.tokens.extend(name.clone());
        props.code("as ::yew::html::BaseComponent>::Properties as ::yew::Properties>::builder();");
        props.code("let __all = ::yew::html::AssertAllProps;");
        let mut key = None;
        for attribute in attributes {
            match attribute.name.as_str() {
                "key" => key = Some(attribute.value.tokens()),
                name => props.property(name, attribute.value.tokens()),
            }
        }
        if !children.is_empty() {
            props.property("children", root(children));
        }
        props.code("::yew::html::Buildable::prepare_build(__props, &__all).build()");
        self.write();
        let mut given = Out::default();
        match key {
            None => given.code("::std::option::Option::None"),
            Some(key) => given.applied(
                "::std::option::Option::Some",
                group(Delimiter::Brace, Out::key(key)),
            ),
        }
        given.code(", ");
        given
            .tokens
            .push(group(Delimiter::Brace, props.tokens.into_iter().collect()));
        self.code("crate::dom::component::<");
        self.tokens.extend(name.clone());
        self.code(">");
        let given = given.tokens.into_iter().collect();
        self.tokens.push(group(Delimiter::Parenthesis, given));
        self.code(";");
    }

    fn key(value: TokenStream) -> TokenStream {
        let mut key = Self::default();
        key.applied(
            "::yew::virtual_dom::Key::from",
            group(Delimiter::Brace, value),
        );
        key.tokens.into_iter().collect()
    }

    fn property(&mut self, name: &str, value: TokenStream) {
        let mut given = Out::default();
        given.code("__all, ");
        given.tokens.push(group(Delimiter::Brace, value));
        self.code(&format!("let __all = __props.{name}"));
        let given = given.tokens.into_iter().collect();
        self.tokens.push(group(Delimiter::Parenthesis, given));
        self.code(";");
    }

    fn generic(&mut self, name: &TokenStream, attributes: &TokenStream, children: &[Node]) {
        let mut html = Out::default();
        html.code("<");
        html.tokens.extend(name.clone());
        html.tokens.extend(attributes.clone());
        if children.is_empty() {
            html.code("/>");
        } else {
            html.code(">");
            html.tokens.push(group(Delimiter::Brace, root(children)));
            html.code("</");
            html.tokens.extend(name.clone());
            html.code(">");
        }
        let mut made = Out::default();
        made.code("::yew::html!");
        made.tokens.extend(html.into_block());
        self.call("node", made.tokens.into_iter().collect());
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
        self.piece(OPEN, &format!("{tag:?}"));
        for attribute in &plain {
            self.piece(NAME, &format!("{:?}", attribute.name));
            if let (true, Value::Literal(text)) = (attribute.is_static(), &attribute.value) {
                self.piece(VALUE, &text.to_string());
            }
        }
        let (listeners, special): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|a| a.name.starts_with("on"));
        for attribute in special {
            let function = match attribute.name.as_str() {
                "ref" => "reference",
                "key" => "key",
                "value" => "value",
                _ => "checked",
            };
            self.call(function, attribute.value.tokens());
        }
        for attribute in plain.iter().filter(|it| !it.is_static()) {
            let function = match attribute.name.as_str() {
                name if FLAGS.contains(&name) => "flag",
                "class" => "class",
                _ => "attribute",
            };
            self.call(function, attribute.value.tokens());
        }
        for listener in listeners {
            let mut made = Out::default();
            let wrapper = format!("::yew::html::{}::Wrapper::__macro_new", listener.name);
            made.applied(&wrapper, group(Delimiter::Brace, listener.value.tokens()));
            self.call("on", made.tokens.into_iter().collect());
        }
        self.nodes(children);
        self.piece(if is_one(children) { CLOSE_ONE } else { CLOSE }, "");
    }
}

fn group(delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    TokenTree::Group(Group::new(delimiter, tokens))
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
