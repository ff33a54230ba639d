//! Gliding chips (FLIP: first, last, invert, play): an element that carries the same `data-flip` name as one seen
//! before, at another place, starts from the old place and glides to the new one.
//!
//! Places are remembered relative to the lane, and also while a partition has no owner, so that after an eager
//! rebalance a chip comes from where it was before. Small shifts are not animated, and with reduced motion nothing is.

use crate::dom::page::*;
use crate::state::use_prefs;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsCast;

/// With more chips than this nobody could follow one, and measuring them all would cost too much.
const MOST: usize = 120;

/// The lane whose chips glide.
#[derive(Properties, PartialEq)]
pub struct GlideProps {
    /// The lane.
    pub children: Html,
    /// How many chips it has.
    pub chips: usize,
}

/// Where a chip was: the consumer it was with, x, y.
type Place = (String, f64, f64);

/// See [`GlideProps`].
#[component]
pub fn Glide(p: &GlideProps) -> Html {
    let node = use_node_ref();
    let seen = use_memo((), |()| RefCell::new(HashMap::<String, Place>::new()));
    let still = use_prefs().still;
    let few = p.chips <= MOST;
    use_effect({
        let node = node.clone();
        move || {
            if let Some(root) = node.cast::<web_sys::Element>().filter(|_| few) {
                glide(&root, &mut seen.borrow_mut(), still);
            }
        }
    });
    html! { <div ref={node}>{ p.children.clone() }</div> }
}

fn glide(root: &web_sys::Element, seen: &mut HashMap<String, Place>, still: bool) {
    let Ok(chips) = root.query_selector_all("[data-flip]") else {
        return;
    };
    let home = root.get_bounding_client_rect();
    for i in 0..chips.length() {
        let Some(chip) = chips
            .item(i)
            .and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok())
        else {
            continue;
        };
        let Some(name) = chip.get_attribute("data-flip") else {
            continue;
        };
        let owner = owner_of(&chip);
        let before = seen.get(&name).cloned();
        if before.as_ref().is_some_and(|b| b.0 == owner) && chip.style().length() > 0 {
            continue; // on its way: its place says nothing
        }
        let rect = chip.get_bounding_client_rect();
        let (x, y) = (rect.left() - home.left(), rect.top() - home.top());
        if let Some((was, from_x, from_y)) = before
            && was != owner
            && !still
        {
            play(&chip, from_x - x, from_y - y);
        }
        seen.insert(name, (owner, x, y));
    }
}

/// The consumer that a chip is shown with.
fn owner_of(chip: &web_sys::Element) -> String {
    let card = chip.closest(".consumer").ok().flatten();
    card.and_then(|c| c.get_attribute("data-test"))
        .unwrap_or_default()
}

/// From there to here.
fn play(chip: &web_sys::HtmlElement, dx: f64, dy: f64) {
    let style = chip.style();
    let _ = style.set_property("transition", "none");
    let _ = style.set_property(
        "transform",
        &format!("translate({}px,{}px)", dx as i32, dy as i32),
    );
    let _ = style.set_property("position", "relative");
    let _ = style.set_property("z-index", "4");
    let _ = chip.offset_width(); // lays the page out with the chip at the old place
    let _ = style.set_property("transition", "transform var(--glide)");
    let _ = style.set_property("transform", "none");
    let landed = chip.clone();
    let done = wasm_bindgen::closure::Closure::once_into_js(move || {
        for name in ["transition", "transform", "position", "z-index"] {
            let _ = landed.style().remove_property(name);
        }
    });
    if let Some(window) = web_sys::window() {
        let _ =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(done.unchecked_ref(), 520);
    }
}
