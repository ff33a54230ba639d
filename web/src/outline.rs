//! The whole state as tables and buttons, in the place of the stage: for keyboards and screen readers, and for whoever
//! would rather read than look.
//!
//! One section for each kind of thing, in the order in which data flows. Every action of the stage that works on one thing
//! is a button here, with the thing's name in its own name; "look" opens the inspector, which has the rest. Topics fold
//! open to partitions and those to their copies, as a tree.

use crate::components::Button;
use crate::dom::page::*;
use crate::futures::opener;
use crate::i18n::{FutureTexts, Lang};
use crate::route::Route;
use crate::session::{Dispatch, Snapshot, use_dispatch, use_snapshot};
use crate::stage::state_words;
use crate::state::{Dialog, Item, Ui, UiAction, UiContext, use_lang, use_ui};
use rebalance_core::command::{Command, PartitionName};
use rebalance_core::id::{BrokerId, Name};
use rebalance_core::protocol::ElectionType;
use rebalance_core::view::{
    ConsumerView, GroupView, PartitionView, ProcessState, ProducerView, ReplicaView, TopicView,
};
use wasm_bindgen::JsCast;

/// Messages listed at most.
const MESSAGES: usize = 30;

/// From the stage to the outline, and back.
pub fn toggle_outline(ui: &UseReducerDispatcher<Ui>) {
    ui.dispatch(UiAction::ToggleOutline);
    let Some(window) = web_sys::window() else {
        return;
    };
    let hash = window.location().hash().unwrap_or_default();
    if let (Route::Outline, Ok(history)) = (Route::parse(&hash), window.history()) {
        let here = Route::Sandbox.hash();
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&here));
    }
}

/// What every row needs.
struct Outline<'a> {
    t: Lang,
    f: &'static FutureTexts,
    s: &'a Snapshot,
    d: &'a Dispatch,
    ui: &'a UiContext,
}

/// The outline.
#[component]
pub fn OutlineView() -> Html {
    let (t, s, d, ui) = (use_lang(), use_snapshot(), use_dispatch(), use_ui());
    let o = Outline {
        t,
        f: t.futures(),
        s: &s,
        d: &d,
        ui: &ui,
    };
    let f = o.f;
    let sections = [
        (t.stage().producers, o.producers()),
        (f.brokers, o.brokers()),
        (f.topics, o.topics()),
        (t.stage().groups, o.groups()),
        (f.messages, o.messages()),
    ];
    let contents = sections.iter().enumerate().map(|(i, (name, _))| {
        let onclick = move |_: MouseEvent| focus(&format!("outline-{i}"));
        html! { <li key={i}><button type="button" class="link" {onclick}>{ *name }</button></li> }
    });
    let back = {
        let ui = ui.dispatcher();
        move |_: MouseEvent| toggle_outline(&ui)
    };
    let section = |(i, (name, body)): (usize, &(&'static str, Html))| {
        let id = format!("outline-{i}");
        html! {
            <section key={i} aria-labelledby={id.clone()} data-test={id.clone()}><h2 {id} tabindex="-1">{ *name }</h2>{ body }</section>
        }
    };
    html! {
        <div class="outline" data-test="outline">
            <p class="quiet">{ f.outline_why }{ " " }<button type="button" class="link" onclick={back} data-test="outline-back">{ t.controls().to_stage }</button></p>
            <nav aria-label={f.contents}><ul>{ for contents }</ul></nav>
            <>{ for sections.iter().enumerate().map(section) }</>
        </div>
    }
}

fn focus(id: &str) {
    let document = web_sys::window().and_then(|w| w.document());
    let found = document.and_then(|d| d.get_element_by_id(id));
    if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// A table with these headings.
fn table(caption: &str, heads: &[&'static str], rows: Vec<Html>) -> Html {
    let head = |h: &&'static str| html! { <th scope="col">{ *h }</th> };
    html! {
        <div class="scroll-x" tabindex="0" role="region" aria-label={caption.to_owned()}><table class="facts">
            <thead><tr>{ for heads.iter().map(head) }</tr></thead><tbody>{ for rows }</tbody>
        </table></div>
    }
}

/// Ids with commas between.
fn ids(ids: &[BrokerId], none: &str) -> String {
    if ids.is_empty() {
        return none.to_owned();
    }
    ids.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Outline<'_> {
    fn button(&self, word: &'static str, of: &str, test: String, onclick: Callback<()>) -> Html {
        let onclick = onclick.reform(|_: MouseEvent| ());
        html! { <button type="button" class="btn small" {onclick} data-test={test}>{ word }<span class="sr">{ " " }{ of }</span></button> }
    }

    /// A button that gives a command.
    fn act(&self, word: &'static str, of: &str, command: Command) -> Html {
        let d = self.d.clone();
        let test = format!("outline {command}");
        let give = Callback::from(move |()| d.click(command.clone()));
        self.button(word, of, test, give)
    }

    /// A button that opens the inspector.
    fn look(&self, of: &str, item: Item) -> Html {
        let ui = self.ui.clone();
        let test = format!("outline look {of}");
        let open = Callback::from(move |()| ui.dispatch(UiAction::Select(Some(item.clone()))));
        self.button(self.f.look, of, test, open)
    }

    fn state(&self, state: ProcessState) -> Html {
        let (class, icon, word) = state_words(state, self.t);
        html! { <span class={class}>{ icon.html() }{ " " }{ word }</span> }
    }

    /// What can be done with a process.
    fn process(&self, state: ProcessState, of: &str, command: [Command; 5]) -> Html {
        let s = self.t.stage();
        let [start, stop, crash, freeze, thaw] = command;
        match state {
            ProcessState::Crashed | ProcessState::Stopped => self.act(s.start, of, start),
            ProcessState::Frozen => {
                html! { <>{ self.act(s.thaw, of, thaw) }{ self.act(s.crash, of, crash) }</> }
            }
            _ => {
                html! { <>{ self.act(s.crash, of, crash) }{ self.act(s.stop, of, stop) }{ self.act(s.freeze, of, freeze) }</> }
            }
        }
    }

    fn node(&self, id: BrokerId, state: ProcessState, of: &str) -> Html {
        let commands = [
            Command::NodeStart(id),
            Command::NodeStop(id),
            Command::NodeCrash(id),
            Command::NodeFreeze(id),
            Command::NodeThaw(id),
        ];
        self.process(state, of, commands)
    }

    fn client(&self, name: &Name, state: ProcessState) -> Html {
        let commands = [
            Command::ClientStart(name.clone()),
            Command::ClientStop(name.clone()),
            Command::ClientCrash(name.clone()),
            Command::ClientFreeze(name.clone()),
            Command::ClientThaw(name.clone()),
        ];
        self.process(state, name, commands)
    }

    fn add(&self, word: &'static str, test: &'static str, dialog: Dialog) -> Html {
        let onclick = opener(self.ui, dialog);
        html! { <p><Button label={word} class="small" {test} {onclick} /></p> }
    }

    fn brokers(&self) -> Html {
        let (s, f) = (self.t.stage(), self.f);
        let broker = |b: &std::rc::Rc<rebalance_core::view::BrokerView>| {
            let of = (s.broker)(b.id.0);
            let groups: Vec<&str> = b.coordinates.iter().map(|g| &**g).collect();
            let leads = b
                .replicas
                .iter()
                .filter(|r| r.role == rebalance_core::view::ReplicaRole::Leader);
            html! {
                <tr key={b.id.0}><th scope="row">{ of.clone() }</th><td>{ self.state(b.state) }</td><td>{ leads.count() }</td><td>{ b.replicas.len() }</td>
                    <td>{ if groups.is_empty() { f.none.to_owned() } else { groups.join(", ") } }</td>
                    <td class="acts">{ self.node(b.id, b.state, &of) }{ self.look(&of, Item::Broker(b.id)) }</td></tr>
            }
        };
        let controller = |c: &rebalance_core::view::ControllerView| {
            let of = format!("{} {}", f.controller, c.id);
            let role = if c.active { s.active } else { "" };
            html! {
                <tr key={c.id.0}><th scope="row">{ of.clone() }</th><td>{ self.state(c.state) }{ " " }{ role }</td><td>{ c.epoch }</td><td>{ c.log_end }</td>
                    <td class="acts">{ self.node(c.id, c.state, &of) }{ self.look(&of, Item::Controller(c.id)) }</td></tr>
            }
        };
        html! {
            <>
                { table(f.brokers, &[f.broker, f.state, f.leads, f.copies, f.coordinates, f.actions], self.s.brokers.iter().map(broker).collect()) }
                <h3>{ s.controllers }</h3>
                { table(s.controllers, &[f.controller, f.state, f.epoch, f.log_end, f.actions], self.s.view.controllers.iter().map(controller).collect()) }
            </>
        }
    }

    fn topics(&self) -> Html {
        let topic = |topic: &TopicView| {
            let rows = topic.partitions.iter().map(|p| self.partition(topic, p));
            let copies = (self.t.stage().topic_title)(
                topic.partitions.len(),
                topic
                    .partitions
                    .first()
                    .map_or(0, |p| p.replication_factor()),
            );
            let f = self.f;
            html! {
                <li key={topic.name.to_string()}><details open={!topic.internal}>
                    <summary><b class="mono">{ &topic.name }</b>{ " · " }{ copies }</summary>
                    { if topic.internal && topic.partitions.len() > 20 { html! {} } else {
                        table(&topic.name, &[f.partition, f.what[6], f.what[7], f.replicas, f.what[8], f.what[9], f.what[10], f.actions], rows.collect()) } }
                </details></li>
            }
        };
        html! {
            <>
                <ul class="tree">{ for self.s.view.topics.iter().filter(|t| !t.internal).map(topic) }</ul>
                { self.add(self.t.dialogs().add_topic, "outline-add-topic", Dialog::AddTopic) }
            </>
        }
    }

    fn partition(&self, topic: &TopicView, p: &PartitionView) -> Html {
        let f = self.f;
        let name = format!("{}-{}", topic.name, p.tp.partition);
        let elect = Command::Elect(
            ElectionType::Preferred,
            PartitionName {
                topic: topic.name.clone(),
                partition: p.tp.partition,
            },
        );
        let holders = self.s.brokers.iter();
        let copies = holders.filter_map(|b| {
            let copy = b.replicas.iter().find(|r| r.tp == p.tp)?;
            Some(self.copy(b.id, copy))
        });
        let leader: Vec<BrokerId> = p.leader.into_iter().collect();
        let number = |n: i64| {
            if n < 0 {
                f.none.to_owned()
            } else {
                n.to_string()
            }
        };
        html! {
            <tr key={p.tp.partition}><th scope="row" class="mono">{ name.clone() }</th><td>{ ids(&leader, f.none) }</td><td>{ p.leader_epoch }</td>
                <td>{ ids(&p.replicas, f.none) }</td><td>{ ids(&p.isr, f.none) }</td><td>{ number(p.high_watermark) }</td><td>{ number(p.log_end) }</td>
                <td class="acts">{ self.act(self.t.stage().elect_preferred, &name, elect) }{ for copies }</td></tr>
        }
    }

    /// A copy, as the button that opens it.
    fn copy(&self, broker: BrokerId, r: &ReplicaView) -> Html {
        let of = format!(
            "{}-{} · {}",
            r.topic,
            r.tp.partition,
            (self.t.stage().broker)(broker.0)
        );
        let ui = self.ui.clone();
        let item = Item::Replica(broker, r.tp);
        let open = Callback::from(move |()| ui.dispatch(UiAction::Select(Some(item.clone()))));
        let onclick = open.reform(|_: MouseEvent| ());
        html! { <button type="button" key={broker.0} class="btn small quiet-btn" {onclick}><span class="sr">{ of }{ ", " }</span>{ broker.0 }{ ": " }{ r.log_end }</button> }
    }

    fn producers(&self) -> Html {
        let f = self.f;
        let row = |p: &std::rc::Rc<ProducerView>| {
            let last = p.last_error.as_ref().map_or("", |(_, e)| e);
            html! {
                <tr key={p.name.to_string()}><th scope="row" class="mono">{ &p.name }</th><td>{ self.state(p.state) }</td><td class="mono">{ &p.topic }</td>
                    <td>{ format!("{}.{}", p.rate_milli / 1_000, p.rate_milli / 100 % 10) }</td><td>{ p.acked }</td><td>{ p.failed }</td><td>{ last }</td>
                    <td class="acts">{ self.act(self.t.stage().send, &p.name, crate::stage::send_one(p)) }{ self.client(&p.name, p.state) }{ self.look(&p.name, Item::Producer(p.name.clone())) }</td></tr>
            }
        };
        html! {
            <>
                { table(self.t.stage().producers, &[f.what[17], f.state, self.t.stage().topic, self.t.stage().rate, f.what[18], f.what[19], f.last_error, f.actions], self.s.producers.iter().map(row).collect()) }
                { self.add(self.t.dialogs().add_producer, "outline-add-producer", Dialog::AddProducer) }
            </>
        }
    }

    fn groups(&self) -> Html {
        html! {
            <>
                <>{ for self.s.groups.iter().map(|g| self.group(g)) }</>
                { self.add(self.t.dialogs().add_consumer, "outline-add-consumer", Dialog::AddConsumer(None)) }
            </>
        }
    }

    fn group(&self, g: &GroupView) -> Html {
        let f = self.f;
        let state = g
            .state
            .map_or(f.none, rebalance_core::event::GroupState::name);
        let coordinator = match g.coordinator {
            Some(id) => (self.t.stage().coordinator)(id.0),
            None => self.t.stage().no_coordinator.to_owned(),
        };
        let rows = g.consumers.iter().map(|c| self.consumer(c)).collect();
        html! {
            <div key={g.name.to_string()} data-test={format!("outline-group-{}", g.name)}>
                <h3 class="mono">{ &g.name }</h3>
                <p>{ format!("{state} · {} {} · {coordinator} · {} {}", f.what[12], g.generation, f.what[16], g.lag) }{ " " }{ self.look(&g.name, Item::Group(g.name.clone())) }</p>
                { table(&g.name, &[f.what[13], f.state, f.owned, f.actions], rows) }
            </div>
        }
    }

    fn consumer(&self, c: &ConsumerView) -> Html {
        let f = self.f;
        let owned = c.partitions.iter().map(|p| {
            let name = format!("{}-{}", p.topic, p.tp.partition);
            let committed = if p.committed < 0 { f.none.to_owned() } else { p.committed.to_string() };
            html! { <li key={name.clone()}><span class="mono">{ name }</span>{ format!(": {} {}, {} {committed}, {} {}", f.position, p.position, f.what[15], f.what[16], p.lag) }</li> }
        });
        html! {
            <tr key={c.name.to_string()}><th scope="row" class="mono">{ &c.name }</th><td>{ self.state(c.state) }</td>
                <td>if c.partitions.is_empty() { { f.none } } else { <ul class="plain">{ for owned }</ul> }</td>
                <td class="acts">{ self.client(&c.name, c.state) }{ self.act(self.t.stage().commit_now, &c.name, Command::ConsumerCommit(c.name.clone())) }{ self.look(&c.name, Item::Consumer(c.name.clone())) }</td></tr>
        }
    }

    fn messages(&self) -> Html {
        let f = self.f;
        let flights = &self.s.view.flights;
        let node = |n| self.d.with(|s| s.node_name(n)).to_string();
        let row = |(i, m): (usize, &rebalance_core::view::FlightView)| {
            let way = format!("{} → {}", node(m.from), node(m.to));
            let kind = if m.response { f.answer } else { f.request };
            let api = m.api.name();
            html! {
                <tr key={i}><th scope="row" class="mono">{ way.clone() }</th><td class="mono">{ api }</td><td>{ kind }{ if m.lost { f.lost } else { "" } }</td><td class="mono">{ m.due.to_string() }</td>
                    <td class="acts">{ self.look(&format!("{api} {way}"), Item::Entry(m.entry)) }</td></tr>
            }
        };
        let rest = flights.len().saturating_sub(MESSAGES);
        html! {
            <>
                <p class="quiet">{ f.messages_why }</p>
                { table(f.messages, &[f.way, "API", f.kind, f.arrives, f.actions], flights.iter().take(MESSAGES).enumerate().map(row).collect()) }
                if rest > 0 { <p class="quiet">{ (f.more)(rest) }</p> }
            </>
        }
    }
}
