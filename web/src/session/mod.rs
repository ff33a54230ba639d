//! The one door to the simulation.
//!
//! `Runtime` holds the `Session` behind a `RefCell` and lets its time pass while the page plays: at most a few
//! milliseconds of work a frame, and when that is not enough it says that it is behind rather than freeze the page.
//! At most ten times a second it publishes a [`Snapshot`]: a view of the cluster and what else the page draws from. Parts that
//! did not change keep their `Rc`, so that comparing them is comparing pointers.
//!
//! Components call the [`Dispatch`] context (which never changes) and read the [`Snapshot`] context.

mod dispatch;
mod first;
mod lesson;
mod marks;
mod metrics;
mod runtime;
mod snapshot;

pub use dispatch::Dispatch;
pub use first::first_script;
pub use lesson::{Goals, Watch};
pub use marks::{Mark, MarkKind};
pub use metrics::{Metrics, Quantity};

pub use rebalance_core::session::{
    Bookmark, BranchView, Cell, CommandError, Difference, Named, ScriptError, Session, What,
};
pub use runtime::Painter;
pub use snapshot::{Echo, ROWS, Snapshot};

use crate::dom::page::*;
use rebalance_core::command::Command;

/// Speeds offered, in thousandths of real time.
pub const SPEEDS: [u32; 9] = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 100_000];

/// A command as its line of text.
pub fn line(command: &Command) -> String {
    command.to_string()
}

/// Children that may use [`use_dispatch`] and [`use_snapshot`].
#[derive(Properties, PartialEq)]
pub struct SessionProviderProps {
    /// Everything.
    pub children: Html,
}

/// Owns the simulation.
#[component]
pub fn SessionProvider(props: &SessionProviderProps) -> Html {
    let dispatch = use_memo((), |()| {
        let session = Session::new(&first_script()).expect("the first script is valid");
        Dispatch::new(session)
    });
    let snapshot = use_state(|| dispatch.snapshot());
    let set = snapshot.setter();
    use_effect_with((), {
        let dispatch = dispatch.clone();
        move |()| {
            dispatch.listen(Some(Callback::from(move |s| set.set(s))));
            move || dispatch.listen(None)
        }
    });
    html! {
        <ContextProvider<Dispatch> context={(*dispatch).clone()}>
            <ContextProvider<Snapshot> context={(*snapshot).clone()}>{ props.children.clone() }</ContextProvider<Snapshot>>
        </ContextProvider<Dispatch>>
    }
}

/// The way to change the simulation.
#[hook]
pub fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().expect("SessionProvider provides it")
}

/// What there is to draw; the calling component is drawn anew with each publication.
#[hook]
pub fn use_snapshot() -> Snapshot {
    use_context::<Snapshot>().expect("SessionProvider provides it")
}
