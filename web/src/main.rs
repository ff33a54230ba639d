//! The page's entry: mounts the application on the document's body.
use yew::prelude::*;

/// The whole page.
#[function_component]
fn App() -> Html {
    html! { <main><h1>{ "Rebalance" }</h1></main> }
}

fn main() {
    console_error_panic_hook::set_once();
    yew::Renderer::<App>::new().render();
}
