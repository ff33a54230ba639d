//! The page: a Yew application around one simulated Kafka.
//!
//! Reading order: `session` holds the simulation and the clock that drives it; `state` holds what belongs to the
//! reader (language, theme, what is selected); `app` lays the page out; `stage` draws the cluster, `controls` the
//! time; `components` are the small parts; `panels` are the drawer, the inspector and the terminal; `lesson` is a text beside the stage.
//! Every visible word comes from `i18n`.
//!
//! What is not needed to open the sandbox is fetched when it is first wanted: [`part`] says where the program is cut, and
//! [`rooms`] what lies behind the cuts.
#![forbid(unsafe_code)]

mod dom;
mod i18n;

mod frame;
mod keep;
mod part;
mod qr;
mod recovery;
mod restore;
mod rooms;
mod route;
mod session;
mod share;
mod squeeze;
mod state;
mod storage;
mod tools;

mod components;
mod controls;
mod futures;
mod labs;
mod lesson;
mod offline;
mod outline;
mod panels;
mod stage;
mod twins;

mod app;

/// Starts the page in its element.
pub fn start() {
    recovery::install();
    let element = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.get_element_by_id("app"));
    if let Some(element) = element {
        yew::Renderer::<app::App>::with_root(element).render();
    }
}
