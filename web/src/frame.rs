//! One reused `requestAnimationFrame` closure: asked for when something moves, silent when nothing does.
//!
//! Browsers do not call it while the page is hidden; the receiver clamps the gap that this leaves.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Asks the browser for frames and hands each to one function.
pub struct FrameLoop {
    pending: Rc<Cell<Option<i32>>>,
    closure: RefCell<Option<Closure<dyn FnMut(f64)>>>,
}

impl std::fmt::Debug for FrameLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameLoop")
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

impl FrameLoop {
    /// `on_frame` gets the frame's time in milliseconds; it calls [`Self::request`] if it wants another.
    pub fn new(mut on_frame: impl FnMut(f64) + 'static) -> Self {
        let pending = Rc::new(Cell::new(None));
        let seen = pending.clone();
        let closure = Closure::new(move |at: f64| {
            seen.set(None);
            on_frame(at);
        });
        Self {
            pending,
            closure: RefCell::new(Some(closure)),
        }
    }

    /// One more frame; asking twice is asking once.
    pub fn request(&self) {
        if self.pending.get().is_some() {
            return;
        }
        if let (Some(window), Some(closure)) = (web_sys::window(), self.closure.borrow().as_ref()) {
            self.pending.set(
                window
                    .request_animation_frame(closure.as_ref().unchecked_ref())
                    .ok(),
            );
        }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        if let (Some(id), Some(window)) = (self.pending.take(), web_sys::window()) {
            let _ = window.cancel_animation_frame(id);
        }
    }
}
