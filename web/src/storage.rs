//! What the browser keeps for the reader. Blocked or full storage is no error: the page works, it just forgets.

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What is kept under this name.
pub fn get(name: &str) -> Option<String> {
    local()?.get_item(name).ok()?
}

/// Keeps a text; false when the browser refuses.
pub fn set(name: &str, value: &str) -> bool {
    local().is_some_and(|s| s.set_item(name, value).is_ok())
}

/// Keeps it no longer.
pub fn remove(name: &str) {
    if let Some(it) = local() {
        let _ = it.remove_item(name);
    }
}
