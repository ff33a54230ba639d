//! What the page needs of a real browser.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn there_is_a_document_to_draw_in() {
    let document = web_sys::window().and_then(|w| w.document());
    assert!(document.is_some_and(|d| d.body().is_some()));
}
