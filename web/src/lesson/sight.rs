//! What the eyes need: the place in the text, what a line adds to the stage, the step's panel.

use super::desk::{Mark, StepDesk};
use super::state::State;
use crate::dom::page::*;
use crate::panels::Tab;
use crate::state::{Ui, UiAction, use_ui};
use web_sys::ScrollLogicalPosition;

/// The element of this id.
fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

fn scroll(to: &web_sys::Element, place: ScrollLogicalPosition) {
    let how = web_sys::ScrollIntoViewOptions::new();
    how.set_block(place);
    to.scroll_into_view_with_scroll_into_view_options(&how);
}

/// What a line is about, such as the consumer of `consumer add c2 …`, comes into sight, where the stage is larger than the
/// screen.
pub fn bring_into_view(line: &str) {
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let (Some(kind), Some(name)) = (words.first(), words.get(2)) else {
        return;
    };
    let css = format!("#stage [data-test=\"{kind}-{name}\"]");
    let document = web_sys::window().and_then(|it| it.document());
    let card = document.and_then(|it| it.query_selector(&css).ok()?);
    if let Some(card) = card {
        scroll(&card, ScrollLogicalPosition::Nearest);
    }
}

/// Opens the panel that a step names.
pub fn show_panel(ui: &UseReducerDispatcher<Ui>, name: Option<&str>) {
    if let Some(tab) = name.and_then(Tab::named) {
        ui.dispatch(UiAction::Tab(tab));
    }
}

/// A step begins at its top; what appears in it is brought into view.
#[hook]
pub fn use_place(state: &State, slug: &AttrValue, reading: usize, mine: Option<StepDesk>) {
    let seen = use_mut_ref(|| None);
    use_effect_with((slug.clone(), reading), {
        let (gloss, fold) = (state.gloss.setter(), state.fold.clone());
        move |_| {
            gloss.set(None);
            fold.set((*fold).max(1));
            for it in ["lesson-body", "stage"].into_iter().filter_map(element) {
                it.set_scroll_top(0);
            }
        }
    });
    let news = mine.map(|it| (it.mark, it.chosen, it.hints));
    use_effect_with((reading, news, state.playing.is_some()), {
        move |(reading, mine, _)| {
            let same = seen.borrow_mut().replace(*reading) == Some(*reading);
            if let Some(it) = element("lesson-now").filter(|_| same) {
                // What was seen begins where one looks; a hint only has to be in sight.
                let open = mine.is_some_and(|it| it.0 == Mark::Open);
                scroll(
                    &it,
                    match open {
                        true => ScrollLogicalPosition::Nearest,
                        false => ScrollLogicalPosition::Start,
                    },
                );
            }
        }
    });
}

/// The drawer is shut while a lesson is open, unless a step opens it: one text at a time.
#[hook]
pub fn use_quiet_drawer() {
    let ui = use_ui();
    use_effect_with((), move |()| {
        let was_shut = ui.drawer_shut;
        let ui = ui.dispatcher();
        if !was_shut {
            ui.dispatch(UiAction::DrawerShut(true));
        }
        // What was selected belongs to another cluster.
        ui.dispatch(UiAction::Select(None));
        move || {
            ui.dispatch(UiAction::Select(None));
            ui.dispatch(UiAction::DrawerShut(was_shut));
        }
    });
}
