//! An e-mail's status, as one sees it.

use esteira_shared::{
    dto::emails::SentEmailDto,
    status::{EmailStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::{IconName, Mark},
    i18n::tr,
    text::status,
};

pub(super) fn mark(email: &SentEmailDto, pill: bool) -> AnyView {
    let tried = email.status == EmailStatus::Pending && email.last_error.is_some();
    let word = if tried {
        tr!(emails.will_retry)
    } else {
        status::email(email.status)
    };
    let doubt = email.uncertain.then(|| {
        view! { <Mark tone=Tone::NeedsYou word=tr!(emails.uncertain) pill icon=IconName::Needs/> }
    });
    view! {
        <span class="email-state"><Mark tone=email.status.tone() word pill/>{doubt}</span>
    }
    .into_any()
}

/// Address, subject and status: enough to tell rows apart when read aloud.
pub(super) fn label(email: &SentEmailDto) -> String {
    format!("{}, {}, {}", email.to, email.subject, status::email(email.status))
}
