//! What is selected, open or hidden on the page.

use crate::dom::page::*;
use crate::panels::{Notice, Tab};
use crate::stage::Kind;
use rebalance_core::event::EntryId;
use rebalance_core::id::{BrokerId, Name, TopicPartition};
use std::rc::Rc;

/// Something that the inspector can show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// The cluster itself: settings of brokers and network.
    Cluster,
    /// A broker.
    Broker(BrokerId),
    /// A controller.
    Controller(BrokerId),
    /// A topic.
    Topic(Name),
    /// A partition's copy on a broker.
    Replica(BrokerId, TopicPartition),
    /// A producer.
    Producer(Name),
    /// A group.
    Group(Name),
    /// A consumer.
    Consumer(Name),
    /// The link between two nodes, by name ("1", "101", "p1").
    Link(Name, Name),
    /// A message, or anything else that has a journal entry.
    Entry(EntryId),
}

/// A question put in the middle of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Dialog {
    /// A new producer.
    AddProducer,
    /// A new consumer, perhaps for this group.
    AddConsumer(Option<Name>),
    /// A new topic.
    AddTopic,
    /// A link to cut, heal or slow down.
    Link(Option<Name>),
    /// Begin again with another cluster.
    NewCluster,
    /// The link that recreates this moment.
    Share,
    /// A script to run instead.
    Import,
    /// Every future: names, and two of them beside each other.
    Futures,
    /// Named moments.
    Bookmarks,
    /// Keys and shapes explained.
    Help,
}

/// State of the page around the stage.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ui {
    /// What the inspector shows.
    pub selected: Option<Item>,
    /// What is asked.
    pub dialog: Option<Dialog>,
    /// One line over the page.
    pub notice: Option<Notice>,
    /// Which panel the drawer shows.
    pub tab: Tab,
    /// The drawer is folded away.
    pub drawer_shut: bool,
    /// Tables and buttons in the place of the stage.
    pub outline: bool,
    /// Goes up each time the terminal is to take the focus.
    pub terminal_focus: u32,
    /// Kinds of messages not drawn.
    pub hidden: Vec<Kind>,
}

/// A change of [`Ui`].
#[derive(Clone, Debug)]
pub enum UiAction {
    /// Show this in the inspector, or shut it.
    Select(Option<Item>),
    /// Show the entry after the one that is shown, of these, or the first of them.
    NextEntry(Vec<EntryId>),
    /// Say this in one line over the page, or no more.
    Notice(Option<Notice>),
    /// Ask.
    Open(Dialog),
    /// Shut the dialog.
    CloseDialog,
    /// Open the drawer at this panel.
    Tab(Tab),
    /// Fold or unfold the drawer.
    ToggleDrawer,
    /// Fold the drawer or not.
    DrawerShut(bool),
    /// Tables and buttons in the place of the stage, or the stage.
    Outline(bool),
    /// The other of the two.
    ToggleOutline,
    /// Put the focus into the terminal.
    FocusTerminal,
    /// Draw or do not draw this kind of message.
    ToggleKind(Kind),
    /// Escape: shut the topmost thing.
    Escape,
}

impl Ui {
    /// At first: the journal open, the quiet kinds of messages hidden.
    pub fn new() -> Self {
        Self {
            hidden: Kind::QUIET.to_vec(),
            ..Self::default()
        }
    }
}

impl Reducible for Ui {
    type Action = UiAction;

    fn reduce(self: Rc<Self>, action: UiAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            UiAction::Select(item) => next.selected = item,
            UiAction::NextEntry(entries) => {
                let shown = match next.selected {
                    Some(Item::Entry(id)) => id,
                    _ => 0,
                };
                let after = entries.iter().find(|id| **id > shown).or(entries.first());
                next.selected = after.map(|id| Item::Entry(*id));
            }
            UiAction::Notice(notice) => next.notice = notice,
            UiAction::Open(dialog) => next.dialog = Some(dialog),
            UiAction::CloseDialog => next.dialog = None,
            UiAction::Tab(tab) => (next.tab, next.drawer_shut) = (tab, false),
            UiAction::DrawerShut(shut) => next.drawer_shut = shut,
            UiAction::ToggleDrawer => next.drawer_shut = !next.drawer_shut,
            UiAction::Outline(on) => next.outline = on,
            UiAction::ToggleOutline => next.outline = !next.outline,
            UiAction::FocusTerminal => next.terminal_focus += 1,
            UiAction::ToggleKind(kind) => toggle(&mut next.hidden, kind),
            UiAction::Escape if next.dialog.is_some() => next.dialog = None,
            UiAction::Escape => next.selected = None,
        }
        Rc::new(next)
    }
}

fn toggle(list: &mut Vec<Kind>, kind: Kind) {
    match list.iter().position(|k| *k == kind) {
        Some(at) => drop(list.remove(at)),
        None => list.push(kind),
    }
}

/// The page's state with the way to change it.
pub type UiContext = UseReducerHandle<Ui>;

/// The page's state.
#[hook]
pub fn use_ui() -> UiContext {
    use_context::<UiContext>().expect("App provides the page's state")
}
