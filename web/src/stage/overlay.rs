//! The canvas above the stage, the legend that says and chooses what is drawn, and the label of the message pointed at.

use super::geometry::Geometry;
use super::kinds::Kind;
use super::paint::{Colours, Scene};
use super::sight::Sight;
use crate::components::svg;
use crate::dom::page::*;
use crate::session::{Dispatch, Painter, Snapshot, use_dispatch, use_snapshot};
use crate::state::{Item, UiAction, use_lang, use_prefs, use_ui};
use rebalance_core::id::{Name, NodeId};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

type Shared = Rc<RefCell<Scene>>;

/// Shapes and what they mean; pressing one shows or hides its kind.
#[component]
pub fn Legend() -> Html {
    let (t, ui) = (use_lang(), use_ui());
    let one = |kind: &Kind| {
        let (kind, shown) = (*kind, !ui.hidden.contains(kind));
        let onclick = {
            let ui = ui.clone();
            move |_: MouseEvent| ui.dispatch(UiAction::ToggleKind(kind))
        };
        html! { <button key={kind.index()} {onclick} aria-pressed={shown.to_string()} data-test={format!("legend-{}", kind.index())}>{ svg(kind.shape(), "icon") }{ kind.name(t) }</button> }
    };
    html! { <div class="legend" role="group" aria-label={t.stage().legend} title={t.stage().legend}>{ for Kind::ALL.iter().map(one) }</div> }
}

/// Properties of [`Overlay`].
#[derive(Properties, PartialEq)]
pub struct OverlayProps {
    /// Learns which cards are in sight.
    pub sight: Sight,
}

/// The canvas.
#[component]
pub fn Overlay(p: &OverlayProps) -> Html {
    let (s, d, ui, prefs) = (use_snapshot(), use_dispatch(), use_ui(), use_prefs());
    let canvas = use_node_ref();
    let probes = use_node_ref();
    let scene: Rc<Shared> = use_memo((), |()| Rc::new(RefCell::new(Scene::new())));
    let tip = use_state(|| None::<(i32, i32, String)>);
    use_effect_with((), {
        let (canvas, scene, d) = (canvas.clone(), (*scene).clone(), d.clone());
        let sight = p.sight.clone();
        move |()| connect(&canvas, scene, d, sight)
    });
    use_effect_with((), {
        let (scene, tip, ui) = ((*scene).clone(), tip.setter(), ui.dispatcher());
        move |()| point(scene, tip, ui)
    });
    use_effect_with(prefs.theme.is_dark(), {
        let (scene, probes) = ((*scene).clone(), probes.clone());
        move |_| scene.borrow_mut().colours = read_colours(&probes)
    });
    use_effect_with(
        (
            prefs.theme,
            prefs.lang,
            s.version,
            ui.hidden.clone(),
            ui.selected.is_some(),
        ),
        {
            let (scene, d) = ((*scene).clone(), d.clone());
            let (still, hidden, names) = (prefs.still, ui.hidden.clone(), names(&s));
            move |_| {
                let mut scene = scene.borrow_mut();
                scene.moved = true;
                (scene.still, scene.hidden, scene.names) = (still, hidden, names);
                drop(scene);
                d.redraw();
            }
        },
    );
    html! {
        <>
            <canvas class="overlay" ref={canvas} aria-hidden="true" data-test="overlay" />
            <div class="probes" ref={probes} aria-hidden="true">
                { for ["part-0", "part-1", "part-2", "part-3", "part-4", "part-5", "part-6", "part-7"].map(|c| html! { <i class={classes!("part", c)} /> }) }
                <i style="color:var(--ink2)" /><i style="color:var(--bad)" /><i style="color:var(--card)" />
            </div>
            if let Some((x, y, text)) = &*tip {
                <div class="flight-tip" style={format!("left:{}px;top:{}px", x + 14, y + 10)}>{ text }</div>
            }
        </>
    }
}

/// What the reader calls the clients.
fn names(s: &Snapshot) -> Vec<(NodeId, Name)> {
    let producers = s.producers.iter().map(|p| (p.node, p.name.clone()));
    let consumers = s
        .groups
        .iter()
        .flat_map(|g| &g.consumers)
        .map(|c| (c.node, c.name.clone()));
    producers.chain(consumers).collect()
}

/// Colours as the browser resolved them.
fn read_colours(probes: &NodeRef) -> Colours {
    let children = probes.cast::<Element>().map(|p| p.children());
    let colour = |i: u32| {
        let element = children.as_ref().and_then(|c| c.item(i))?;
        web_sys::window()?
            .get_computed_style(&element)
            .ok()??
            .get_property_value("color")
            .ok()
    };
    let named = |i| colour(i).unwrap_or_default();
    Colours {
        parts: (0..8).map(named).collect(),
        ink: named(8),
        bad: named(9),
        paper: named(10),
    }
}

/// Hands the painter to the runtime, and measures again after scrolling and resizing.
fn connect(canvas: &NodeRef, scene: Shared, d: Dispatch, sight: Sight) -> Box<dyn FnOnce()> {
    let (Some(canvas), Some(window)) = (canvas.cast::<HtmlCanvasElement>(), web_sys::window())
    else {
        return Box::new(|| ());
    };
    let painter: Painter = {
        let (scene, window) = (scene.clone(), window.clone());
        let context = canvas.get_context("2d").ok().flatten();
        let ctx = context.and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok());
        Rc::new(move |now, flights| {
            let ratio = window.device_pixel_ratio().clamp(1.0, 3.0);
            let (moved, scrolled) = (scene.borrow().moved, scene.borrow().scrolled);
            let waiting = moved && sight.go_on();
            if moved && (scrolled || !waiting) {
                let geometry = Geometry::measure().unwrap_or_default();
                let again = sight.measured(geometry.away.clone());
                let mut scene = scene.borrow_mut();
                (scene.geometry, scene.moved) = (geometry, again || waiting);
                scene.scrolled = false;
                resize(&canvas, ratio);
            }
            if let Some(ctx) = &ctx {
                clear(&canvas, ctx);
                scene.borrow_mut().paint(ctx, ratio, now, flights);
            }
        })
    };
    d.set_painter(Some(painter));
    let measure = {
        let d = d.clone();
        Closure::<dyn Fn()>::new(move || {
            let mut scene = scene.borrow_mut();
            (scene.moved, scene.scrolled) = (true, true);
            drop(scene);
            d.redraw();
        })
    };
    let listen = measure.as_ref().unchecked_ref::<js_sys::Function>().clone();
    for event in ["scroll", "resize"] {
        let _ = window.add_event_listener_with_callback_and_bool(event, &listen, true);
    }
    Box::new(move || {
        for event in ["scroll", "resize"] {
            let _ = window.remove_event_listener_with_callback_and_bool(event, &listen, true);
        }
        drop(measure);
        d.set_painter(None);
    })
}

/// The canvas in the screen's own pixels.
fn resize(canvas: &HtmlCanvasElement, ratio: f64) {
    let (width, height) = (
        (f64::from(canvas.client_width()) * ratio) as u32,
        (f64::from(canvas.client_height()) * ratio) as u32,
    );
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

fn clear(canvas: &HtmlCanvasElement, ctx: &CanvasRenderingContext2d) {
    let _ = ctx.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    ctx.clear_rect(0.0, 0.0, canvas.width().into(), canvas.height().into());
}

/// Shows what is under the pointer; a click selects it.
fn point(
    scene: Shared,
    tip: UseStateSetter<Option<(i32, i32, String)>>,
    ui: UseReducerDispatcher<crate::state::Ui>,
) -> impl FnOnce() {
    let shown = Rc::new(RefCell::new(false));
    let near = {
        let scene = scene.clone();
        move |e: &MouseEvent| {
            let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
            let free = target.is_some_and(|t| t.closest("#stage").ok().flatten().is_some());
            free.then(|| {
                scene
                    .borrow()
                    .nearest(f64::from(e.client_x()), f64::from(e.client_y()))
            })
            .flatten()
        }
    };
    let on_move = {
        let near = near.clone();
        Closure::<dyn Fn(MouseEvent)>::new(move |e: MouseEvent| {
            let found = near(&e);
            if found.is_some() || *shown.borrow() {
                *shown.borrow_mut() = found.is_some();
                tip.set(found.map(|(_, text)| (e.client_x(), e.client_y(), text)));
            }
        })
    };
    let on_click = Closure::<dyn Fn(MouseEvent)>::new(move |e: MouseEvent| {
        let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
        let busy = target.is_some_and(|t| {
            t.closest("button, a, summary, input, select")
                .ok()
                .flatten()
                .is_some()
        });
        if let Some((entry, _)) = near(&e).filter(|_| !busy) {
            ui.dispatch(UiAction::Select(Some(Item::Entry(entry))));
        }
    });
    let document = web_sys::window().and_then(|w| w.document());
    if let Some(d) = &document {
        let _ = d.add_event_listener_with_callback("mousemove", on_move.as_ref().unchecked_ref());
        let _ = d.add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    }
    move || {
        if let Some(d) = document {
            let _ = d
                .remove_event_listener_with_callback("mousemove", on_move.as_ref().unchecked_ref());
            let _ =
                d.remove_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
        }
    }
}
