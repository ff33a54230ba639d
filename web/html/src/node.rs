//! Reading the notation: tokens to nodes.

use proc_macro::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use std::iter::Peekable;

/// What is wrong, and where.
pub(crate) struct Wrong {
    what: String,
    at: Span,
}

impl Wrong {
    fn new(what: &str, at: Span) -> Self {
        let what = what.to_owned();
        Self { what, at }
    }

    /// `compile_error!`, at the place.
    pub(crate) fn into_error(self) -> TokenStream {
        let text = format!("::std::compile_error!({:?})", self.what);
        let tokens: TokenStream = text.parse().unwrap_or_default();
        let placed = tokens.into_iter().map(|mut token| {
            token.set_span(self.at);
            token
        });
        placed.collect()
    }
}

/// A value of an attribute.
pub(crate) enum Value {
    /// A literal.
    Literal(Literal),
    /// What stood in braces.
    Expression(TokenStream),
}

/// `name=value`.
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// A piece of the page.
pub(crate) enum Node {
    Element {
        tag: String,
        attributes: Vec<Attribute>,
        children: Vec<Node>,
    },
    Fragment {
        key: Option<Value>,
        children: Vec<Node>,
    },
    /// A component of the page.
    Component {
        name: TokenStream,
        attributes: Vec<Attribute>,
        children: Vec<Node>,
    },
    /// One with types of its own (`<List<Item>>`): the name and the attributes are for yew's macro, as they stand.
    Generic {
        name: TokenStream,
        attributes: TokenStream,
        children: Vec<Node>,
    },
    Text(Literal),
    Expression(TokenStream),
    Iterator(TokenStream),
    If {
        condition: TokenStream,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
}

type Tokens = Peekable<proc_macro::token_stream::IntoIter>;

/// Reads nodes up to the end.
pub(crate) fn parse(input: TokenStream) -> Result<Vec<Node>, Wrong> {
    let mut tokens = input.into_iter().peekable();
    let mut nodes = Vec::new();
    while tokens.peek().is_some() {
        match node(&mut tokens)? {
            Read::Node(node) => nodes.push(node),
            Read::Close(at) => return Err(Wrong::new("nothing is open that this closes", at)),
        }
    }
    Ok(nodes)
}

enum Read {
    Node(Node),
    /// A closing tag.
    Close(Span),
}

fn node(tokens: &mut Tokens) -> Result<Read, Wrong> {
    let first = tokens.next();
    Ok(Read::Node(match first {
        Some(TokenTree::Punct(p)) if p.as_char() == '<' => return tag(tokens, p.span()),
        Some(TokenTree::Literal(text)) => Node::Text(text),
        Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace => block(&g),
        Some(TokenTree::Ident(word)) if word.to_string() == "if" => condition(tokens, &word)?,
        Some(other) => {
            return Err(Wrong::new(
                "expected a tag, a literal, `{`, or `if`",
                other.span(),
            ));
        }
        None => return Err(Wrong::new("expected a node", Span::call_site())),
    }))
}

fn block(group: &Group) -> Node {
    let mut inner = group.stream().into_iter().peekable();
    match inner.peek() {
        Some(TokenTree::Ident(word)) if word.to_string() == "for" => {
            inner.next();
            Node::Iterator(inner.collect())
        }
        Some(TokenTree::Literal(text))
            if text.to_string().starts_with('"') && group.stream().into_iter().count() == 1 =>
        {
            Node::Text(text.clone())
        }
        _ => Node::Expression(group.stream()),
    }
}

/// After `if`: the condition goes up to the first block that is not a pattern's.
fn condition(tokens: &mut Tokens, word: &Ident) -> Result<Node, Wrong> {
    let mut condition = Vec::new();
    let then = loop {
        match tokens.next() {
            Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace && !goes_on(tokens) => {
                break parse(g.stream())?;
            }
            Some(other) => condition.push(other),
            None => return Err(Wrong::new("this `if` has no block", word.span())),
        }
    };
    let mut otherwise = Vec::new();
    if next_is(tokens, "else") {
        tokens.next();
        match tokens.next() {
            Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace => {
                otherwise = parse(g.stream())?
            }
            Some(TokenTree::Ident(word)) if word.to_string() == "if" => {
                otherwise.push(self::condition(tokens, &word)?);
            }
            _ => {
                return Err(Wrong::new(
                    "expected a block or `if` after `else`",
                    word.span(),
                ));
            }
        }
    }
    Ok(Node::If {
        condition: condition.into_iter().collect(),
        then,
        otherwise,
    })
}

/// Whether a brace was part of the condition: a struct's pattern, a block that is called upon.
fn goes_on(tokens: &mut Tokens) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Punct(p)) if "=.&|".contains(p.as_char()))
}

fn next_is(tokens: &mut Tokens, word: &str) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Ident(i)) if i.to_string() == word)
}

fn next_is_char(tokens: &mut Tokens, c: char) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == c)
}

fn expect(tokens: &mut Tokens, c: char, at: Span) -> Result<(), Wrong> {
    if next_is_char(tokens, c) {
        tokens.next();
        return Ok(());
    }
    let at = tokens.peek().map_or(at, |t| t.span());
    Err(Wrong::new(&format!("expected `{c}`"), at))
}

/// After `<`.
fn tag(tokens: &mut Tokens, at: Span) -> Result<Read, Wrong> {
    if next_is_char(tokens, '/') {
        // `</List<Item>>` has angles of its own.
        let mut depth = 1;
        for token in tokens.by_ref() {
            let text = token.to_string();
            depth += i32::from(text == "<") - i32::from(text == ">");
            if depth == 0 {
                return Ok(Read::Close(at));
            }
        }
        return Err(Wrong::new("this closing tag does not end", at));
    }
    if next_is_char(tokens, '>') || next_is(tokens, "key") {
        let (mut attributes, empty) = attributes(tokens, at)?;
        let key = attributes.pop().map(|a| a.value);
        let children = if empty {
            Vec::new()
        } else {
            children(tokens, at)?
        };
        return Ok(Read::Node(Node::Fragment { key, children }));
    }
    let name = name(tokens, at)?;
    let text: String = name.iter().map(ToString::to_string).collect();
    if name.len() > 1 && text.contains(':') || text.starts_with(char::is_uppercase) {
        return component(tokens, name, at);
    }
    let (attributes, empty) = attributes(tokens, at)?;
    let children = if empty {
        Vec::new()
    } else {
        children(tokens, at)?
    };
    Ok(Read::Node(Node::Element {
        tag: text,
        attributes,
        children,
    }))
}

/// `span`, `my-element`, `Button`, `forms::AddTopic`.
fn name(tokens: &mut Tokens, at: Span) -> Result<Vec<TokenTree>, Wrong> {
    let mut name = Vec::new();
    loop {
        match tokens.next() {
            Some(word @ TokenTree::Ident(_)) => name.push(word),
            other => {
                return Err(Wrong::new(
                    "expected a name",
                    other.map_or(at, |t| t.span()),
                ));
            }
        }
        let joined = next_is_char(tokens, '-') || next_is_char(tokens, ':');
        if !joined {
            return Ok(name);
        }
        while next_is_char(tokens, '-') || next_is_char(tokens, ':') {
            name.extend(tokens.next());
        }
    }
}

/// What stands up to the closing tag.
fn children(tokens: &mut Tokens, at: Span) -> Result<Vec<Node>, Wrong> {
    let mut children = Vec::new();
    while tokens.peek().is_some() {
        match node(tokens)? {
            Read::Node(node) => children.push(node),
            Read::Close(_) => return Ok(children),
        }
    }
    Err(Wrong::new("this tag is not closed", at))
}

/// Attributes, and whether the tag closes itself.
fn attributes(tokens: &mut Tokens, at: Span) -> Result<(Vec<Attribute>, bool), Wrong> {
    let mut attributes = Vec::new();
    loop {
        match tokens.peek() {
            Some(TokenTree::Punct(p)) if p.as_char() == '>' => {
                tokens.next();
                return Ok((attributes, false));
            }
            Some(TokenTree::Punct(p)) if p.as_char() == '/' => {
                tokens.next();
                expect(tokens, '>', at)?;
                return Ok((attributes, true));
            }
            Some(TokenTree::Group(_)) => attributes.extend(shorthand(tokens)),
            Some(TokenTree::Ident(_)) => {
                let name = name(tokens, at)?.iter().map(ToString::to_string).collect();
                expect(tokens, '=', at)?;
                let value = value(tokens, at)?;
                attributes.push(Attribute { name, value });
            }
            other => {
                return Err(Wrong::new(
                    "expected an attribute",
                    other.map_or(at, TokenTree::span),
                ));
            }
        }
    }
}

/// `{name}` is `name={name}`.
fn shorthand(tokens: &mut Tokens) -> Option<Attribute> {
    let Some(TokenTree::Group(group)) = tokens.next() else {
        return None;
    };
    let name = group.stream().to_string();
    Some(Attribute {
        name: name.trim_start_matches("r#").to_owned(),
        value: Value::Expression(group.stream()),
    })
}

fn value(tokens: &mut Tokens, at: Span) -> Result<Value, Wrong> {
    match tokens.next() {
        Some(TokenTree::Literal(literal)) => Ok(Value::Literal(literal)),
        Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace => {
            Ok(Value::Expression(g.stream()))
        }
        Some(word @ TokenTree::Ident(_)) => Ok(Value::Expression(word.into())),
        other => Err(Wrong::new(
            "expected a literal or `{`",
            other.map_or(at, |t| t.span()),
        )),
    }
}

fn component(tokens: &mut Tokens, name: Vec<TokenTree>, at: Span) -> Result<Read, Wrong> {
    if next_is_char(tokens, '<') {
        return generic(tokens, name, at);
    }
    let (attributes, empty) = attributes(tokens, at)?;
    let children = if empty {
        Vec::new()
    } else {
        children(tokens, at)?
    };
    Ok(Read::Node(Node::Component {
        name: name.into_iter().collect(),
        attributes,
        children,
    }))
}

/// Its attributes are taken as they stand.
fn generic(tokens: &mut Tokens, mut name: Vec<TokenTree>, at: Span) -> Result<Read, Wrong> {
    let mut depth = 0;
    for token in tokens.by_ref() {
        let text = token.to_string();
        depth += i32::from(text == "<") - i32::from(text == ">");
        name.push(token);
        if depth == 0 {
            break;
        }
    }
    let mut attributes = Vec::new();
    let empty = loop {
        match tokens.next() {
            Some(TokenTree::Punct(p)) if p.as_char() == '>' => break false,
            Some(TokenTree::Punct(p)) if p.as_char() == '/' => {
                expect(tokens, '>', at)?;
                break true;
            }
            Some(other) => attributes.push(other),
            None => return Err(Wrong::new("this tag does not end", at)),
        }
    };
    let children = if empty {
        Vec::new()
    } else {
        children(tokens, at)?
    };
    Ok(Read::Node(Node::Generic {
        name: name.into_iter().collect(),
        attributes: attributes.into_iter().collect(),
        children,
    }))
}
