//! Components: one to yew, however many the page has.

use super::node;
use std::any::{Any, TypeId};
use std::mem;
use std::rc::Rc;
use yew::functional::{FunctionComponent, FunctionProvider, HookContext};
use yew::html::{BaseComponent, Context, HtmlResult};
use yew::virtual_dom::{Key, VChild, VNode};

/// What a component of the page is to yew: all of them are one component there, whose properties say which. yew's own
/// care for a component, some 1.4 KB, exists once instead of once for each.
struct Lean {
    function: FunctionComponent<Self>,
    which: TypeId,
    /// Another component takes the place of the one before: for a moment nothing is there, so that nothing of it is kept.
    leaving: bool,
}

/// Which component, with its own properties.
struct Given(Rc<dyn Properties>);

trait Properties: Any {
    fn same(&self, other: &dyn Any) -> bool;
    fn run(&self, context: &mut HookContext) -> HtmlResult;
}

/// The properties of a component.
struct Own<F: FunctionProvider>(F::Properties);

impl<F: FunctionProvider + 'static> Properties for Own<F> {
    fn same(&self, other: &dyn Any) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|it| self.0 == it.0)
    }

    fn run(&self, context: &mut HookContext) -> HtmlResult {
        F::run(context, &self.0)
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

impl yew::Properties for Given {
    type Builder = ();

    fn builder() {}
}

impl Given {
    fn which(&self) -> TypeId {
        (*self.0).type_id()
    }
}

impl FunctionProvider for Lean {
    type Properties = Given;

    fn run(context: &mut HookContext, given: &Given) -> HtmlResult {
        given.0.run(context)
    }
}

impl BaseComponent for Lean {
    type Message = ();
    type Properties = Given;

    fn create(context: &Context<Self>) -> Self {
        Self {
            function: FunctionComponent::new(context),
            which: context.props().which(),
            leaving: false,
        }
    }

    fn update(&mut self, _: &Context<Self>, _: ()) -> bool {
        true
    }

    fn changed(&mut self, context: &Context<Self>, _: &Given) -> bool {
        let which = context.props().which();
        if which != self.which {
            self.function.destroy();
            *self = Self {
                leaving: true,
                ..Self::create(context)
            };
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> HtmlResult {
        if self.leaving {
            return Ok(VNode::default());
        }
        self.function.render(context.props())
    }

    fn rendered(&mut self, context: &Context<Self>, _: bool) {
        if mem::take(&mut self.leaving) {
            context.link().send_message(());
        } else {
            self.function.rendered();
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.function.destroy();
    }

    fn prepare_state(&self) -> Option<String> {
        None
    }
}

/// A component.
pub fn component<F: FunctionProvider + 'static>(key: Option<Key>, properties: F::Properties) {
    place(Rc::new(Own::<F>(properties)), key);
}

#[inline(never)]
fn place(properties: Rc<dyn Properties>, key: Option<Key>) {
    node(VNode::from(VChild::<Lean>::new(Given(properties), key)));
}
