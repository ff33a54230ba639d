//! The page's `html!`: yew's notation, written out as calls of the builder in `web/src/dom.rs`.
//!
//! yew's own macro writes the making of every node out in place, with all its fields; for a page of this size that is the
//! larger part of its code. Here what never changes is text, and what changes a call for each attribute and child.
//! A component is its properties, made by yew's macro, and one call; one with types of its own is left to yew.
//!
//! Understood: elements, fragments, components, literals, `{ expression }`, `{ for iterator }`, `if`, `if let`, `else`.
//! Not understood, since the page does not use them: dynamic tags (`<@{…}>`), properties (`~name=`), `for` and `match` blocks.

mod node;
mod write;

use proc_macro::TokenStream;

/// Makes a `yew::Html` of yew's notation.
#[proc_macro]
pub fn html(input: TokenStream) -> TokenStream {
    match node::parse(input) {
        Ok(nodes) => write::root(&nodes),
        Err(wrong) => wrong.into_error(),
    }
}
