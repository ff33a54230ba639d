//! The page: a Yew application around one simulated Kafka.
//!
//! Reading order: `session` holds the simulation and the clock that drives it; `state` holds what belongs to the
//! reader (language, theme, what is selected); `app` lays the page out; `stage` draws the cluster, `controls` the
//! time; `components` are the small parts; `panels` are the drawer, the inspector and the terminal; `lesson` is a text beside the stage.
//! Every visible word comes from `i18n`.
//!
//! One library, several programs: `main.rs` is the page of a first visit. What not everybody opens is a program of its
//! own in `bin/`, fetched when it is first wanted (`part`): `bin/labs.rs` is the `labs`. The compiler leaves out of
//! each what it does not call.
#![forbid(unsafe_code)]

mod dom;
mod i18n;

mod frame;
mod keep;
mod part;
mod qr;
mod recovery;
mod restore;
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

pub use labs::mount as mount_labs;

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

/// Starts a part: nothing is seen before its functions are called.
pub fn start_part() {
    recovery::install_in_part();
}
