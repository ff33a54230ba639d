//! The page: a Yew application around one simulated Kafka.
//!
//! Reading order: [`session`] holds the simulation and the clock that drives it; [`state`] holds what belongs to the
//! reader (language, theme, what is selected); [`app`] lays the page out; [`stage`] draws the cluster, [`controls`] the
//! time; [`components`] are the small parts; [`panels`] are the drawer, the inspector and the terminal; [`labs`] are pages of their own.
//! Every visible word comes from [`i18n`].
#![forbid(unsafe_code)]

mod dom;
mod i18n;

mod frame;
mod keep;
mod recovery;
mod restore;
mod route;
mod session;
mod share;
mod state;
mod storage;

mod components;
mod controls;
mod labs;
mod panels;
mod stage;

mod app;

fn main() {
    recovery::install();
    yew::Renderer::<app::App>::new().render();
}
