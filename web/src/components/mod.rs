//! Small parts: icons, buttons, menus, dialogs and the forms in them.

mod button;
mod dialog;
mod forms;
mod header;
mod icon;

pub use button::{Button, Menu};
pub use dialog::{Dialogs, Modal, Refusal, dialog};
pub use header::{lang_and_theme, room_header};
pub use icon::{Icon, Logo, svg};
