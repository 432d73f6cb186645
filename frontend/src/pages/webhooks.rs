//! Webhooks: other systems that are told what happens, and the messages to them.

mod columns;
mod detail;
mod dialogs;
mod events;
mod form;
mod head;
mod list;
mod message;
mod messages;
mod once;
mod removal;
mod rotation;
mod words;

pub use detail::WebhookPage;
pub use list::WebhooksPage;
pub use message::MessagePage;
