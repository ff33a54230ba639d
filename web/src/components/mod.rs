//! Small parts: buttons, chips, dialogs, forms.

use yew::prelude::*;

/// Whatever dialog is open.
#[component]
pub fn Dialogs() -> Html {
    html! {}
}
