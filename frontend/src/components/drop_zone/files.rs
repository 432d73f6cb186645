//! The files of a drop zone: who is sent when, and how each one stands.

use std::rc::Rc;

use leptos::{prelude::*, task::spawn_local};

use super::{
    super::{Button, Icon, IconButton, IconName, ProgressBar},
    Refusal, RefusedView, Upload, UploadCall,
};
use crate::{
    api::{ApiError, Cause, UploadAbort},
    i18n::tr,
    text::format,
};

/// Sent at the same time; browsers allow six connections, and the live stream holds one.
const AT_ONCE: usize = 3;

#[derive(Clone, PartialEq)]
pub(super) enum FileState {
    Waiting,
    /// Share sent, 0 to 1; at 1 the server is checking.
    Sending(f64),
    Sent,
    /// Refused by the server.
    Refused(Box<ApiError>),
    /// Refused here, before it was sent.
    Unfit(String),
}

#[derive(Clone, Copy)]
pub(super) struct FileItem {
    pub(super) id: u32,
    state: RwSignal<FileState>,
    name: StoredValue<String>,
    size: i64,
    file: StoredValue<web_sys::File, LocalStorage>,
    abort: StoredValue<UploadAbort, LocalStorage>,
    accept_duplicate: StoredValue<bool>,
}

#[derive(Clone, Copy)]
pub(super) struct Queue {
    pub(super) items: RwSignal<Vec<FileItem>>,
    next: StoredValue<u32>,
    upload: UploadCall,
    max_bytes: Signal<i64>,
    on_done: Option<Callback<()>>,
    /// Owns what belongs to the files: they are added from events, outside the component.
    owner: StoredValue<Option<Owner>>,
}

impl Queue {
    pub(super) fn new(upload: UploadCall, max_bytes: Signal<i64>, on_done: Option<Callback<()>>) -> Self {
        let owner = StoredValue::new(Owner::current());
        Self {
            items: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            upload,
            max_bytes,
            on_done,
            owner,
        }
    }

    pub(super) fn add(self, files: impl Iterator<Item = web_sys::File>) {
        let Some(owner) = self.owner.get_value() else { return };
        let added: Vec<FileItem> = owner.with(|| files.map(|file| self.item(file)).collect());
        self.items.update(|items| items.extend(added));
        self.pump();
    }

    fn item(self, file: web_sys::File) -> FileItem {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        #[expect(clippy::cast_possible_truncation, reason = "file sizes are far below 2^53")]
        let size = file.size() as i64;
        let state = match unfit(&file, size, self.max_bytes.get_untracked()) {
            Some(reason) => FileState::Unfit(reason),
            None => FileState::Waiting,
        };
        FileItem {
            id,
            state: RwSignal::new(state),
            name: StoredValue::new(file.name()),
            size,
            file: StoredValue::new_local(file),
            abort: StoredValue::new_local(UploadAbort::default()),
            accept_duplicate: StoredValue::new(false),
        }
    }

    fn again(self, item: FileItem, accept_duplicate: bool) {
        item.accept_duplicate.set_value(accept_duplicate);
        item.state.set(FileState::Waiting);
        self.pump();
    }

    fn forget(self, item: FileItem) {
        item.abort.with_value(UploadAbort::abort);
        self.items.update(|items| items.retain(|other| other.id != item.id));
        self.pump();
    }

    /// Starts waiting files while there is room.
    fn pump(self) {
        let Some(items) = self.items.try_get_untracked() else {
            return;
        };
        let sending = items
            .iter()
            .filter(|item| matches!(item.state.get_untracked(), FileState::Sending(_)))
            .count();
        let waiting = items
            .into_iter()
            .filter(|item| item.state.get_untracked() == FileState::Waiting);
        for item in waiting.take(AT_ONCE.saturating_sub(sending)) {
            self.send(item);
        }
    }

    fn send(self, item: FileItem) {
        let abort = UploadAbort::default();
        item.abort.set_value(abort.clone());
        item.state.set(FileState::Sending(0.0));
        let upload = Upload {
            file: item.file.get_value(),
            accept_duplicate: item.accept_duplicate.get_value(),
            progress: Rc::new(move |share| {
                let _ = item.state.try_set(FileState::Sending(share));
            }),
            abort,
        };
        let Some(call) = self.upload.start(upload) else { return };
        spawn_local(async move {
            let state = match call.await {
                Ok(()) => FileState::Sent,
                Err(error) => FileState::Refused(Box::new(error)),
            };
            let sent = state == FileState::Sent;
            // The page may be gone; the file was sent all the same.
            let _ = item.state.try_set(state);
            if sent && let Some(on_done) = self.on_done {
                let _ = on_done.try_run(());
            }
            self.pump();
        });
    }
}

/// Why a file need not be sent at all. The server judges the content; here only what is plain to see.
fn unfit(file: &web_sys::File, size: i64, limit: i64) -> Option<String> {
    let named_pdf = file.name().to_lowercase().ends_with(".pdf") || file.type_() == "application/pdf";
    if size == 0 {
        Some(tr!(errors.empty_file).to_owned())
    } else if size > limit {
        Some(tr!(
            parts.drop_too_large,
            size = format::bytes(size),
            limit = format::limit(limit)
        ))
    } else if !named_pdf {
        Some(tr!(parts.drop_not_pdf).to_owned())
    } else {
        None
    }
}

#[component]
pub(super) fn FileRow(item: FileItem, queue: Queue, refused: Option<RefusedView>) -> impl IntoView {
    let name = item.name.get_value();
    // Progress moves many times a second; only a change of kind draws the row again.
    let kind = Memo::new(move |_| match item.state.get() {
        FileState::Sending(_) => FileState::Sending(0.0),
        other => other,
    });
    let share = Signal::derive(move || match item.state.get() {
        FileState::Sending(share) => Some(share),
        _ => None,
    });
    let class = move || match kind.get() {
        FileState::Sent => "files__item is-done",
        FileState::Unfit(_) => "files__item is-fail",
        FileState::Refused(error) if error.cause == Cause::Cancelled => "files__item",
        FileState::Refused(_) => "files__item is-fail",
        FileState::Waiting | FileState::Sending(_) => "files__item",
    };
    let icon = move || match kind.get() {
        FileState::Sent => IconName::Done,
        FileState::Unfit(_) => IconName::Failed,
        FileState::Refused(error) if error.cause == Cause::Cancelled => IconName::Cancelled,
        FileState::Refused(_) => IconName::Failed,
        FileState::Waiting | FileState::Sending(_) => IconName::File,
    };
    let more = {
        let name = name.clone();
        move || match kind.get() {
            FileState::Waiting => tr!(parts.drop_waiting).into_any(),
            FileState::Sent => tr!(parts.drop_sent).into_any(),
            FileState::Unfit(reason) => reason.into_any(),
            FileState::Sending(_) => view! {
                <ProgressBar share label=name.clone()/>
                {move || share.get().is_some_and(|share| share >= 1.0).then(|| tr!(parts.drop_checking))}
            }
            .into_any(),
            FileState::Refused(error) => {
                let refusal = Refusal {
                    error: (*error).clone(),
                    accept: Callback::new(move |()| queue.again(item, true)),
                    forget: Callback::new(move |()| queue.forget(item)),
                };
                let extra = refused.as_ref().and_then(|draw| draw(refusal));
                view! { <span role="alert">{error.text()}</span>{extra} }.into_any()
            }
        }
    };
    let acts = move || {
        match kind.get() {
        FileState::Sending(_) => {
            let label = tr!(parts.drop_cancel, name = item.name.get_value());
            view! { <IconButton icon=IconName::Close label on_click=move |()| item.abort.with_value(UploadAbort::abort)/> }.into_any()
        }
        FileState::Refused(_) => view! {
            <Button small=true icon=IconName::Retry on_click=move |()| queue.again(item, false)>{tr!(parts.retry)}</Button>
            <IconButton icon=IconName::Close label=tr!(parts.drop_remove) on_click=move |()| queue.forget(item)/>
        }
        .into_any(),
        FileState::Waiting | FileState::Unfit(_) | FileState::Sent => {
            view! { <IconButton icon=IconName::Close label=tr!(parts.drop_remove) on_click=move |()| queue.forget(item)/> }.into_any()
        }
    }
    };
    view! {
        <li class=class>
            {move || view! { <Icon name=icon()/> }}
            <span class="files__name">{name}<small>{format::bytes(item.size)}</small></span>
            <span class="files__acts">{acts}</span>
            <span class="files__more">{more}</span>
        </li>
    }
    .into_any()
}
