//! The labs, as a program that is fetched when somebody opens one (`part.rs`).
#![forbid(unsafe_code)]

use wasm_bindgen::prelude::wasm_bindgen;

/// Shows the labs inside an element; returns the function that takes them away.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element) -> js_sys::Function {
    rebalance_web::mount_labs(root)
}

fn main() {
    rebalance_web::start_part();
}
