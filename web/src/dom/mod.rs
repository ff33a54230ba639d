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
//!
//! [`build`] reads markup and keeps what is open, [`value`] says what can be a child or an attribute, [`lean`] makes one component
//! of all components.

mod build;
mod lean;
pub mod number;
mod value;

pub use build::{begin, checked, flag, key, node, on, reference, run, value};
pub use lean::component;
pub use value::{add_class, attribute, class, put};

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
