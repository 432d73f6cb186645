//! What webhooks tell, in words.

use esteira_shared::webhook::WebhookEvent;

use crate::i18n::tr;

/// Short enough for a list.
pub fn event(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::ProcessAwaitingApproval => tr!(webhooks.process_awaiting_approval),
        WebhookEvent::ProcessApproved => tr!(webhooks.process_approved),
        WebhookEvent::ProcessRejected => tr!(webhooks.process_rejected),
        WebhookEvent::ProcessSent => tr!(webhooks.process_sent),
        WebhookEvent::ProcessFailed => tr!(webhooks.process_failed),
        WebhookEvent::JobFailed => tr!(webhooks.job_failed),
        WebhookEvent::Test => tr!(webhooks.test_event),
    }
}

/// When it is told, in one sentence.
pub fn explained(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::ProcessAwaitingApproval => tr!(webhooks.process_awaiting_approval_text),
        WebhookEvent::ProcessApproved => tr!(webhooks.process_approved_text),
        WebhookEvent::ProcessRejected => tr!(webhooks.process_rejected_text),
        WebhookEvent::ProcessSent => tr!(webhooks.process_sent_text),
        WebhookEvent::ProcessFailed => tr!(webhooks.process_failed_text),
        WebhookEvent::JobFailed => tr!(webhooks.job_failed_text),
        WebhookEvent::Test => tr!(webhooks.test_event_text),
    }
}
